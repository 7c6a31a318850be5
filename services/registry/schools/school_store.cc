#include "services/registry/schools/school_store.h"

#include <algorithm>
#include <bit>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/directory/period.h"
#include "common/directory/school_map.h"
#include "common/text/collation.h"
#include "common/text/fold.h"

namespace thidua::registry {
namespace {

using database::Value;
using directory::DayNumber;
using directory::Period;
using v1::LineageEvent;
using v1::School;
using v1::SchoolName;

// Width of the column. A longer key would order names only behind their 400th letter.
constexpr size_t kLongestSortKey = 700;

constexpr int kMostEventsOfOneSchool = 100;

// Every name of every period, folded, each word with a blank before it: what `query` is looked up
// in.
std::string SearchText(const School& school) {
  std::set<std::string> folds = {text::SearchFold(school.province())};
  for (const SchoolName& name : school.names()) {
    folds.insert(text::SearchFold(name.official_name()));
    folds.insert(text::SearchFold(name.short_name()));
    for (const std::string& alias : name.aliases()) folds.insert(text::SearchFold(alias));
  }
  folds.erase("");
  return absl::StrCat(" ", absl::StrJoin(folds, " "));
}

std::vector<Value> SchoolColumns(const School& school) {
  // Rules have let only good periods through.
  const Period validity = directory::PeriodOf(school).value();
  std::string sort_key = text::SortKey(directory::DisplayNameOf(school, directory::kOpenEnd));
  if (sort_key.size() > kLongestSortKey) sort_key.resize(kLongestSortKey);
  return {
      int64_t{school.kind()},   school.province_id(),   int64_t{school.provenance().confidence()},
      DayNumber(validity.from), DayNumber(validity.to), std::move(sort_key),
      SearchText(school)};
}

std::vector<Value> EventColumns(const LineageEvent& event) {
  return {DayNumber(runtime::DayFromProto(event.effective_date()).value())};
}

void AddCondition(resource::Where& where, std::string_view sql) {
  if (!where.sql.empty()) where.sql += " AND ";
  where.sql += sql;
}

}  // namespace

SchoolStore::SchoolStore()
    : schools_(
          "school",
          {"kind", "province_id", "confidence", "valid_from", "valid_to", "sort_key", "search"},
          SchoolColumns, {"sort_key", "name"}),
      events_("lineage_event", {"effective_day"}, EventColumns,
              {resource::OrderColumn::Integer("effective_day"), "name"}) {}

absl::StatusOr<LineageEvent> SchoolStore::CreateEvent(database::Transaction& transaction,
                                                      const journal::Act& act,
                                                      LineageEvent event) const {
  absl::StatusOr<LineageEvent> stored =
      events_.Create(transaction, act, std::move(event), {"CREATED", ""});
  if (!stored.ok()) return stored;
  std::set<std::string> parties(stored->predecessors().begin(), stored->predecessors().end());
  parties.insert(stored->successors().begin(), stored->successors().end());
  for (const std::string& school : parties) {
    const absl::StatusOr<int64_t> inserted = transaction.Execute(
        "INSERT INTO lineage_party (school, event) VALUES (?, ?)", {school, stored->name()});
    if (!inserted.ok()) return inserted.status();
  }
  return stored;
}

absl::StatusOr<std::vector<LineageEvent>> SchoolStore::EventsNaming(
    database::Connection& connection, std::string_view school) const {
  auto page =
      events_.List(connection, EventsMatching(school, std::nullopt), {}, kMostEventsOfOneSchool);
  if (!page.ok()) return page.status();
  return std::move(page->resources);
}

absl::StatusOr<std::vector<LineageEvent>> SchoolStore::EventsOnwardFrom(
    database::Connection& connection, std::vector<std::string> schools) const {
  std::vector<LineageEvent> onward;
  std::set<std::string> seen(schools.begin(), schools.end());
  while (!schools.empty()) {
    const std::string school = std::move(schools.back());
    schools.pop_back();
    absl::StatusOr<std::vector<LineageEvent>> events = EventsNaming(connection, school);
    if (!events.ok()) return events.status();
    for (LineageEvent& event : *events) {
      const auto& before = event.predecessors();
      if (std::find(before.begin(), before.end(), school) == before.end()) continue;
      for (const std::string& next : event.successors()) {
        if (seen.insert(next).second) schools.push_back(next);
      }
      onward.push_back(std::move(event));
    }
  }
  return onward;
}

absl::StatusOr<std::vector<School>> SchoolStore::SchoolsNamed(
    database::Connection& connection,
    const google::protobuf::RepeatedPtrField<std::string>& names) const {
  const std::set<std::string> distinct(names.begin(), names.end());
  if (distinct.empty()) return std::vector<School>();
  resource::Where where;
  where.parameters.assign(distinct.begin(), distinct.end());
  // Filled up to a power of two, so that a connection prepares ten texts and not five hundred.
  where.parameters.resize(std::bit_ceil(distinct.size()), Value(*distinct.begin()));
  where.sql = absl::StrCat(
      "name IN (", absl::StrJoin(std::vector<const char*>(where.parameters.size(), "?"), ", "),
      ")");
  auto page = schools_.List(connection, where, {}, static_cast<int>(distinct.size()));
  if (!page.ok()) return page.status();
  return std::move(page->resources);
}

const contract::FilterFields& SchoolStore::Filters() {
  using Kind = contract::FilterField::Kind;
  static const auto& fields = *new contract::FilterFields{
      {"kind", {"kind", Kind::kEnumNumber, v1::SchoolKind_descriptor()}},
      {"province_id", {"province_id", Kind::kText}},
      {"provenance.confidence", {"confidence", Kind::kEnumNumber, v1::Confidence_descriptor()}},
  };
  return fields;
}

resource::Where SchoolStore::Matching(std::optional<absl::CivilDay> day,
                                      const contract::SqlCondition& filter,
                                      std::string_view query) {
  resource::Where where{filter.sql, {}};
  for (const contract::Parameter& parameter : filter.parameters) {
    std::visit([&](const auto& value) { where.parameters.emplace_back(value); }, parameter);
  }
  if (day.has_value()) {
    AddCondition(where, "valid_from <= ? AND ? < valid_to");
    where.parameters.insert(where.parameters.end(), 2, Value(DayNumber(*day)));
  }
  // A fold has only letters, digits and single blanks: nothing in it that LIKE reads as a pattern.
  for (const std::string& word :
       std::vector<std::string>(absl::StrSplit(text::SearchFold(query), ' ', absl::SkipEmpty()))) {
    AddCondition(where, "search LIKE ?");
    where.parameters.emplace_back(absl::StrCat("% ", word, "%"));
  }
  return where;
}

resource::Where SchoolStore::EventsMatching(std::string_view school,
                                            std::optional<absl::CivilDay> day) {
  resource::Where where;
  if (!school.empty()) {
    AddCondition(where, "name IN (SELECT event FROM lineage_party WHERE school = ?)");
    where.parameters.emplace_back(std::string(school));
  }
  if (day.has_value()) {
    AddCondition(where, "effective_day <= ?");
    where.parameters.emplace_back(DayNumber(*day));
  }
  return where;
}

}  // namespace thidua::registry
