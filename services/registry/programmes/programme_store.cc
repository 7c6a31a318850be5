#include "services/registry/programmes/programme_store.h"

#include <utility>

#include "common/directory/period.h"
#include "services/registry/programmes/activity_rules.h"
#include "services/registry/programmes/programme_rules.h"

namespace thidua::registry {
namespace {

using database::Value;
using directory::DayNumber;
using directory::Period;
using v1::Activity;
using v1::Programme;
using v1::ProgrammeText;

constexpr int kRowsAtOnce = 500;

std::vector<Value> ProgrammeColumns(const Programme& programme) {
  return {ClusterOfProgramme(programme.name()), int64_t{programme.year()}};
}

std::vector<Value> TextColumns(const ProgrammeText& text) {
  return {ProgrammeOf(text.name()), int64_t{text.kind()}, int64_t{text.version()}};
}

std::vector<Value> ActivityColumns(const Activity& activity) {
  const Period days = PossibleDays(activity);
  const absl::CivilDay held =
      activity.has_outcome() ? DaysOf(activity.outcome().held_date()).from : directory::kOpenEnd;
  return {ClusterOfProgramme(activity.name()),
          int64_t{YearOf(activity.name())},
          int64_t{activity.kind()},
          int64_t{activity.state()},
          DayNumber(days.from),
          DayNumber(days.to - 1),
          DayNumber(held)};
}

absl::Status InsertRoles(database::Transaction& transaction, const Activity& activity) {
  for (const auto& [school, role] : RolesIn(activity)) {
    const absl::StatusOr<int64_t> inserted =
        transaction.Execute("INSERT INTO activity_school (activity, school, role) VALUES (?, ?, ?)",
                            {activity.name(), school, int64_t{role}});
    if (!inserted.ok()) return inserted.status();
  }
  return absl::OkStatus();
}

void Add(resource::Where& where, std::string_view sql, std::vector<Value> parameters) {
  if (!where.sql.empty()) where.sql += " AND ";
  where.sql += sql;
  for (Value& value : parameters) where.parameters.push_back(std::move(value));
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

}  // namespace

ProgrammeStore::ProgrammeStore()
    : programmes_("programme", {"cluster", "year"}, ProgrammeColumns,
                  {resource::OrderColumn::Integer("year"), "name"}),
      texts_("programme_text", {"programme", "kind", "text_version"}, TextColumns,
             {resource::OrderColumn::Integer("kind"),
              resource::OrderColumn::Integer("text_version"), "name"}),
      activities_(
          "activity",
          {"cluster", "year", "kind", "state", "planned_first", "planned_last", "held_first"},
          ActivityColumns, {resource::OrderColumn::Integer("planned_first"), "name"}) {}

absl::StatusOr<Activity> ProgrammeStore::CreateActivity(database::Transaction& transaction,
                                                        const journal::Act& act, Activity activity,
                                                        const resource::Why& why) const {
  absl::StatusOr<Activity> stored = activities_.Create(transaction, act, std::move(activity), why);
  if (!stored.ok()) return stored;
  if (absl::Status status = InsertRoles(transaction, *stored); !status.ok()) return status;
  return stored;
}

absl::StatusOr<Activity> ProgrammeStore::UpdateActivity(database::Transaction& transaction,
                                                        const journal::Act& act,
                                                        const Activity& before, Activity after,
                                                        std::string_view etag,
                                                        const resource::Why& why) const {
  absl::StatusOr<Activity> stored =
      activities_.Update(transaction, act, std::move(after), etag, why);
  if (!stored.ok() || RolesIn(before) == RolesIn(*stored)) return stored;
  const absl::StatusOr<int64_t> removed =
      transaction.Execute("DELETE FROM activity_school WHERE activity = ?", {stored->name()});
  if (!removed.ok()) return removed.status();
  if (absl::Status status = InsertRoles(transaction, *stored); !status.ok()) return status;
  return stored;
}

absl::StatusOr<std::vector<ProgrammeText>> ProgrammeStore::TextsOf(
    database::Connection& connection, std::string_view programme) const {
  return All(texts_, connection, OfProgramme(programme));
}

absl::StatusOr<std::vector<Activity>> ProgrammeStore::ActivitiesOf(
    database::Connection& connection, std::string_view programme) const {
  ActivitiesAsked asked;
  asked.cluster = ClusterOfProgramme(programme);
  asked.year = YearOf(programme);
  return All(activities_, connection, Matching(asked));
}

resource::Where ProgrammeStore::OfCluster(std::string_view cluster, int year) {
  resource::Where where;
  if (!cluster.empty()) Add(where, "cluster = ?", {std::string(cluster)});
  if (year != 0) Add(where, "year = ?", {int64_t{year}});
  return where;
}

resource::Where ProgrammeStore::OfProgramme(std::string_view programme) {
  return {"programme = ?", {std::string(programme)}};
}

const contract::FilterFields& ProgrammeStore::Filters() {
  using Kind = contract::FilterField::Kind;
  static const auto& fields = *new contract::FilterFields{
      {"kind", {"kind", Kind::kEnumNumber, v1::ActivityKind_descriptor()}},
      {"state", {"state", Kind::kEnumNumber, v1::ActivityState_descriptor()}},
  };
  return fields;
}

resource::Where ProgrammeStore::Matching(const ActivitiesAsked& asked) {
  resource::Where where = OfCluster(asked.cluster, asked.year);
  if (!asked.filter.sql.empty()) {
    std::vector<Value> values;
    for (const contract::Parameter& parameter : asked.filter.parameters)
      std::visit([&](const auto& value) { values.emplace_back(value); }, parameter);
    Add(where, asked.filter.sql, std::move(values));
  }
  if (!asked.school.empty())
    Add(where, "name IN (SELECT activity FROM activity_school WHERE school = ?)", {asked.school});
  if (asked.from.has_value()) Add(where, "planned_last >= ?", {DayNumber(*asked.from)});
  if (asked.to.has_value()) Add(where, "planned_first <= ?", {DayNumber(*asked.to)});
  if (asked.overdue_as_of.has_value()) {
    const int64_t day = DayNumber(*asked.overdue_as_of);
    Add(where, "held_first > ? AND planned_last < ? AND state <> ?",
        {day, day, int64_t{v1::ACTIVITY_STATE_CANCELLED}});
  }
  return where;
}

}  // namespace thidua::registry
