#include "services/reporting/indicators/indicator_store.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/contract/etag.h"
#include "common/contract/refusal.h"

namespace thidua::reporting {
namespace {

using v1::Indicator;

// One statement takes the next number and holds the counter until the transaction ends.
constexpr char kTakeOrdinal[] =
    "INSERT INTO indicator_counter (counter, last_ordinal) VALUES (1, 1) "
    "ON DUPLICATE KEY UPDATE last_ordinal = last_ordinal + 1";
constexpr char kTakenOrdinal[] = "SELECT last_ordinal FROM indicator_counter WHERE counter = 1";
constexpr char kKeepDefinition[] =
    "INSERT INTO indicator_definition (indicator, definition_version, snapshot) VALUES (?, ?, ?)";
constexpr char kOneDefinition[] =
    "SELECT snapshot FROM indicator_definition WHERE indicator = ? AND definition_version = ?";

std::vector<database::Value> Columns(const Indicator& indicator) {
  return {int64_t{indicator.ordinal()}, indicator.group()};
}

absl::StatusOr<Indicator> Read(std::string_view name, const std::string& snapshot) {
  Indicator indicator;
  if (!indicator.ParseFromString(snapshot)) {
    return absl::DataLossError(
        absl::StrCat("a definition of ", std::string(name), " cannot be read"));
  }
  return indicator;
}

absl::Status KeepDefinition(database::Transaction& transaction, Indicator indicator) {
  indicator.clear_etag();
  return transaction
      .Execute(kKeepDefinition, {indicator.name(), int64_t{indicator.definition_version()},
                                 indicator.SerializeAsString()})
      .status();
}

absl::StatusOr<int64_t> TakeOrdinal(database::Transaction& transaction) {
  if (auto taken = transaction.Execute(kTakeOrdinal); !taken.ok()) return taken.status();
  const absl::StatusOr<database::Rows> rows = transaction.Query(kTakenOrdinal);
  if (!rows.ok()) return rows.status();
  if (rows->empty()) return absl::InternalError("the counter of ordinals is gone");
  return rows->front().Int(0);
}

}  // namespace

IndicatorStore::IndicatorStore()
    : indicators_("indicator", {"ordinal", "group_code"}, Columns,
                  {resource::OrderColumn::Integer("ordinal"), "name"}) {}

absl::StatusOr<Indicator> IndicatorStore::Get(database::Connection& connection,
                                              std::string_view name) const {
  return indicators_.Get(connection, name);
}

absl::StatusOr<Indicator> IndicatorStore::GetVersion(database::Connection& connection,
                                                     std::string_view name,
                                                     int definition_version) const {
  const auto rows =
      connection.Query(kOneDefinition, {std::string(name), int64_t{definition_version}});
  if (!rows.ok()) return rows.status();
  if (rows->empty()) {
    return contract::Refuse(
        contract::Reason::REASON_NOT_FOUND,
        {{"resource", absl::StrCat(std::string(name), " version ", definition_version)}});
  }
  return Read(name, rows->front().Text(0));
}

absl::StatusOr<resource::Table<Indicator>::Page> IndicatorStore::List(
    database::Connection& connection, std::string_view group, const contract::Parameters& after,
    int limit) const {
  resource::Where where;
  if (!group.empty()) where = {"group_code = ?", {std::string(group)}};
  return indicators_.List(connection, where, after, limit);
}

absl::StatusOr<std::vector<Indicator>> IndicatorStore::GetAll(
    database::Connection& connection, const std::vector<std::string>& names) const {
  if (names.empty()) return std::vector<Indicator>();
  resource::Where where{"name IN (?", {names.front()}};
  for (size_t i = 1; i < names.size(); ++i) {
    where.sql += ",?";
    where.parameters.emplace_back(names[i]);
  }
  where.sql += ")";
  auto page = indicators_.List(connection, where, {}, static_cast<int>(names.size()));
  if (!page.ok()) return page.status();
  return std::move(page->resources);
}

absl::StatusOr<Indicator> IndicatorStore::Create(database::Transaction& transaction,
                                                 const journal::Act& act,
                                                 Indicator indicator) const {
  const absl::StatusOr<int64_t> ordinal = TakeOrdinal(transaction);
  if (!ordinal.ok()) return ordinal.status();
  indicator.set_ordinal(static_cast<int32_t>(*ordinal));
  indicator.set_definition_version(1);
  absl::StatusOr<Indicator> created =
      indicators_.Create(transaction, act, std::move(indicator), {"CREATED", ""});
  if (!created.ok()) return created;
  if (absl::Status kept = KeepDefinition(transaction, *created); !kept.ok()) return kept;
  return created;
}

absl::StatusOr<Indicator> IndicatorStore::Update(database::Transaction& transaction,
                                                 const journal::Act& act, Indicator indicator,
                                                 std::string_view etag) const {
  indicator.set_definition_version(indicator.definition_version() + 1);
  absl::StatusOr<Indicator> updated =
      indicators_.Update(transaction, act, std::move(indicator), etag, {"UPDATED", ""});
  if (!updated.ok()) return updated;
  if (absl::Status kept = KeepDefinition(transaction, *updated); !kept.ok()) return kept;
  return updated;
}

}  // namespace thidua::reporting
