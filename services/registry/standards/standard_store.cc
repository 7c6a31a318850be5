#include "services/registry/standards/standard_store.h"

#include <algorithm>
#include <set>
#include <utility>

#include "common/contract/resource_name.h"
#include "common/directory/period.h"
#include "google/protobuf/util/message_differencer.h"
#include "services/registry/standards/standard_rules.h"

namespace thidua::registry {
namespace {

using database::Value;
using directory::DayNumber;
using google::protobuf::util::MessageDifferencer;
using v1::LineageEvent;
using v1::StandardAssessment;
using v1::StandardCase;
using v1::StandardScheme;

constexpr int kRowsAtOnce = 500;

std::vector<Value> SchemeColumns(const StandardScheme& scheme) { return {int64_t{scheme.level()}}; }

std::vector<Value> CaseColumns(const StandardCase& standard_case) {
  const absl::CivilDay recognised =
      standard_case.has_recognised_latest()
          ? runtime::DayFromProto(standard_case.recognised_latest()).value()
          : directory::kOpenEnd;
  return {SchoolOf(standard_case.name()), standard_case.scheme(), int64_t{standard_case.level()},
          int64_t{standard_case.state()}, DayNumber(recognised)};
}

std::vector<Value> AssessmentColumns(const StandardAssessment& assessment) {
  return {assessment.name().substr(0, assessment.name().rfind("/assessments/")),
          DayNumber(runtime::DayFromProto(assessment.date()).value())};
}

// Every row that matches, read in pages.
template <class M>
absl::StatusOr<std::vector<M>> All(const resource::Table<M>& table,
                                   database::Connection& connection, const resource::Where& where) {
  std::vector<M> all;
  contract::Parameters after;
  do {
    auto page = table.List(connection, where, after, kRowsAtOnce);
    if (!page.ok()) return page.status();
    for (M& resource : page->resources) all.push_back(std::move(resource));
    after = std::move(page->next);
  } while (!after.empty());
  return all;
}

void AddCondition(resource::Where& where, std::string_view sql) {
  if (!where.sql.empty()) where.sql += " AND ";
  where.sql += sql;
}

bool Holds(const google::protobuf::RepeatedPtrField<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

StandardStore::StandardStore()
    : schemes_("standard_scheme", {"level"}, SchemeColumns,
               {resource::OrderColumn::Integer("level"), "name"}),
      cases_("standard_case", {"school", "scheme", "level", "state", "recognised_day"},
             CaseColumns),
      assessments_("standard_assessment", {"standard_case", "assessed_day"}, AssessmentColumns,
                   {resource::OrderColumn::Integer("assessed_day"), "name"}) {}

absl::StatusOr<std::optional<StandardCase>> StandardStore::FindCase(
    database::Connection& connection, const std::string& name) const {
  auto page = cases_.List(connection, {"name = ?", {name}}, {}, 1);
  if (!page.ok()) return page.status();
  if (page->resources.empty()) return std::nullopt;
  return std::move(page->resources.front());
}

absl::StatusOr<std::vector<StandardCase>> StandardStore::CasesOfSchool(
    database::Connection& connection, const std::string& school) const {
  return All(cases_, connection, {"school = ?", {school}});
}

absl::StatusOr<std::vector<StandardCase>> StandardStore::CasesOfLevel(
    database::Connection& connection, int level) const {
  return All(cases_, connection, {"level = ?", {int64_t{level}}});
}

absl::StatusOr<std::vector<StandardCase>> StandardStore::CasesInLine(
    database::Connection& connection, std::vector<std::string> names) const {
  std::vector<StandardCase> line;
  std::set<std::string> asked(names.begin(), names.end());
  while (!names.empty()) {
    auto found = FindCase(connection, names.back());
    names.pop_back();
    if (!found.ok()) return found.status();
    if (!found->has_value()) continue;
    for (const std::string& earlier : (*found)->predecessor_cases()) {
      if (asked.insert(earlier).second) names.push_back(earlier);
    }
    line.push_back(**std::move(found));
  }
  return line;
}

absl::StatusOr<bool> StandardStore::IsUsed(database::Connection& connection,
                                           const std::string& scheme) const {
  auto page = cases_.List(connection, {"scheme = ?", {scheme}}, {}, 1);
  if (!page.ok()) return page.status();
  return !page->resources.empty();
}

absl::StatusOr<std::vector<StandardAssessment>> StandardStore::AssessmentsOf(
    database::Connection& connection, const std::string& standard_case) const {
  return All(assessments_, connection, OfCase(standard_case));
}

absl::Status StandardStore::HoldLine(database::Transaction& transaction,
                                     const std::string& school) const {
  std::set<std::string> line = {school};
  std::vector<std::string> next = {school};
  while (!next.empty()) {
    const std::string earlier = std::move(next.back());
    next.pop_back();
    const auto events = schools_.EventsNaming(transaction.connection(), earlier);
    if (!events.ok()) return events.status();
    for (const LineageEvent& event : *events) {
      if (!MakesSuccessors(event) || !Holds(event.predecessors(), earlier)) continue;
      for (const std::string& successor : event.successors()) {
        if (line.insert(successor).second) next.push_back(successor);
      }
    }
  }
  for (const std::string& name : line) {
    if (absl::Status status = schools_.schools().Touch(transaction, name); !status.ok())
      return status;
  }
  return absl::OkStatus();
}

absl::Status StandardStore::EnsureReassessments(database::Transaction& transaction,
                                                const journal::Act& act,
                                                const LineageEvent& event) const {
  if (!MakesSuccessors(event)) return absl::OkStatus();
  for (const std::string& predecessor : event.predecessors()) {
    const auto school = schools_.schools().Get(transaction.connection(), predecessor);
    if (!school.ok()) return school.status();
    if (absl::Status status = Resettle(transaction, act, *school); !status.ok()) return status;
  }
  std::vector<std::string> successors(event.successors().begin(), event.successors().end());
  std::sort(successors.begin(), successors.end());
  for (const std::string& successor : successors) {
    bool opened = false;
    for (const std::string& predecessor : event.predecessors()) {
      const auto cases = CasesOfSchool(transaction.connection(), predecessor);
      if (!cases.ok()) return cases.status();
      for (const StandardCase& standard_case : *cases) {
        const auto is_new = EnsureReassessment(transaction, act, event, standard_case, successor);
        if (!is_new.ok()) return is_new.status();
        opened = opened || *is_new;
      }
    }
    if (!opened) continue;
    if (absl::Status status = EnsureFollowers(transaction, act, successor); !status.ok())
      return status;
  }
  return absl::OkStatus();
}

absl::Status StandardStore::EnsureFollowers(database::Transaction& transaction,
                                            const journal::Act& act,
                                            const std::string& school) const {
  const auto events = schools_.EventsNaming(transaction.connection(), school);
  if (!events.ok()) return events.status();
  for (const LineageEvent& event : *events) {
    if (!Holds(event.predecessors(), school)) continue;
    if (absl::Status status = EnsureReassessments(transaction, act, event); !status.ok())
      return status;
  }
  return absl::OkStatus();
}

absl::Status StandardStore::Resettle(database::Transaction& transaction, const journal::Act& act,
                                     const v1::School& school) const {
  const auto cases = CasesOfSchool(transaction.connection(), school.name());
  if (!cases.ok()) return cases.status();
  for (const StandardCase& standard_case : *cases) {
    const auto settled = registry::Resettle(standard_case, school);
    if (!settled.ok()) return settled.status();
    if (MessageDifferencer::Equals(standard_case, *settled)) continue;
    const auto changed =
        cases_.Update(transaction, act, *settled, standard_case.etag(), {"SCHOOL_CHANGED", ""});
    if (!changed.ok()) return changed.status();
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> StandardStore::EnsureReassessment(database::Transaction& transaction,
                                                       const journal::Act& act,
                                                       const LineageEvent& event,
                                                       const StandardCase& predecessor,
                                                       const std::string& successor) const {
  const std::string name = CaseName(successor, predecessor.level());
  const auto found = FindCase(transaction.connection(), name);
  if (!found.ok()) return found.status();
  if (!found->has_value()) {
    StandardCase due;
    due.set_name(name);
    due.set_scheme(predecessor.scheme());
    due.set_level(predecessor.level());
    const auto created =
        cases_.Create(transaction, act, WithPredecessor(std::move(due), predecessor.name(), event),
                      {"REASSESSMENT_DUE", event.name()});
    if (!created.ok()) return created.status();
    return true;
  }
  if (Holds((*found)->predecessor_cases(), predecessor.name())) return false;
  const std::string etag = (*found)->etag();
  const auto changed =
      cases_.Update(transaction, act, WithPredecessor(**found, predecessor.name(), event), etag,
                    {"PREDECESSOR_NAMED", event.name()});
  if (!changed.ok()) return changed.status();
  return false;
}

const contract::FilterFields& StandardStore::Filters() {
  using Kind = contract::FilterField::Kind;
  static const auto& fields = *new contract::FilterFields{
      {"level", {"level", Kind::kInteger}},
      {"state", {"state", Kind::kEnumNumber, v1::StandardCaseState_descriptor()}},
      {"scheme", {"scheme", Kind::kText}},
  };
  return fields;
}

resource::Where StandardStore::CasesMatching(std::string_view school,
                                             std::optional<absl::CivilDay> day,
                                             const contract::SqlCondition& filter) {
  resource::Where where{filter.sql, {}};
  for (const contract::Parameter& parameter : filter.parameters) {
    std::visit([&](const auto& value) { where.parameters.emplace_back(value); }, parameter);
  }
  if (!school.empty()) {
    AddCondition(where, "school = ?");
    where.parameters.emplace_back(std::string(school));
  }
  if (day.has_value()) {
    AddCondition(where, "recognised_day <= ?");
    where.parameters.emplace_back(DayNumber(*day));
  }
  return where;
}

resource::Where StandardStore::OfCase(const std::string& standard_case) {
  return {"standard_case = ?", {standard_case}};
}

}  // namespace thidua::registry
