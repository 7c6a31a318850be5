#include "services/reporting/windows/window_store.h"

#include <string>
#include <utility>

#include "common/contract/refusal.h"

namespace thidua::reporting {
namespace {

using v1::Window;

constexpr char kUse[] =
    "UPDATE reporting_window SET used = 1, touched = touched + 1 WHERE name = ?";
constexpr char kUsed[] = "SELECT used FROM reporting_window WHERE name = ?";

std::vector<database::Value> Columns(const Window& window) {
  const google::type::Date& day = window.cut_off_date();
  return {-(absl::CivilDay(day.year(), day.month(), day.day()) - absl::CivilDay(1970, 1, 1))};
}

absl::Status Missing(std::string_view name) {
  return contract::Refuse(contract::Reason::REASON_NOT_FOUND, {{"resource", std::string(name)}});
}

}  // namespace

WindowStore::WindowStore()
    : windows_("reporting_window", {"cut_off_order"}, Columns,
               {resource::OrderColumn::Integer("cut_off_order"), "name"}) {}

absl::StatusOr<Window> WindowStore::Get(database::Connection& connection,
                                        std::string_view name) const {
  return windows_.Get(connection, name);
}

absl::StatusOr<resource::Table<Window>::Page> WindowStore::List(database::Connection& connection,
                                                                const contract::Parameters& after,
                                                                int limit) const {
  return windows_.List(connection, {}, after, limit);
}

absl::StatusOr<Window> WindowStore::Create(database::Transaction& transaction,
                                           const journal::Act& act, Window window) const {
  return windows_.Create(transaction, act, std::move(window), {"CREATED", ""});
}

absl::StatusOr<Window> WindowStore::Update(database::Transaction& transaction,
                                           const journal::Act& act, Window window,
                                           std::string_view etag) const {
  return windows_.Update(transaction, act, std::move(window), etag, {"UPDATED", ""});
}

absl::Status WindowStore::Use(database::Transaction& transaction, std::string_view name) const {
  // "Used" is never taken back, so having read it is as good as having written it, and spares a row
  // that every new report would share.
  const absl::StatusOr<database::Rows> rows = transaction.Query(kUsed, {std::string(name)});
  if (!rows.ok()) return rows.status();
  if (!rows->empty() && rows->front().Int(0) != 0) return absl::OkStatus();
  const absl::StatusOr<int64_t> matched = transaction.Execute(kUse, {std::string(name)});
  if (!matched.ok()) return matched.status();
  return *matched == 1 ? absl::OkStatus() : Missing(name);
}

absl::StatusOr<bool> WindowStore::HoldAndAskUsed(database::Transaction& transaction,
                                                 std::string_view name) const {
  if (absl::Status held = windows_.Touch(transaction, name); !held.ok()) return held;
  const absl::StatusOr<database::Rows> rows = transaction.Query(kUsed, {std::string(name)});
  if (!rows.ok()) return rows.status();
  if (rows->empty()) return Missing(name);
  return rows->front().Int(0) != 0;
}

}  // namespace thidua::reporting
