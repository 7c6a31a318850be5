// Schemes, cases and assessments of the standard in the database.
#ifndef THIDUA_SERVICES_REGISTRY_STANDARDS_STANDARD_STORE_H_
#define THIDUA_SERVICES_REGISTRY_STANDARDS_STANDARD_STORE_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/civil_time.h"
#include "common/contract/filter.h"
#include "common/resource/table.h"
#include "services/registry/schools/school_store.h"
#include "thidua/registry/v1/standard_service.pb.h"

namespace thidua::registry {

// Tables `standard_scheme`, `standard_case` and `standard_assessment`. Errors are those of
// resource::Table. `touched` of a school serialises everything about its cases.
class StandardStore {
 public:
  StandardStore();

  // By level, then by name.
  const resource::Table<v1::StandardScheme>& schemes() const { return schemes_; }
  // By name.
  const resource::Table<v1::StandardCase>& cases() const { return cases_; }
  // By day, then by name.
  const resource::Table<v1::StandardAssessment>& assessments() const { return assessments_; }

  // The case, or nothing when there is none.
  absl::StatusOr<std::optional<v1::StandardCase>> FindCase(database::Connection& connection,
                                                           const std::string& name) const;
  absl::StatusOr<std::vector<v1::StandardCase>> CasesOfSchool(database::Connection& connection,
                                                              const std::string& school) const;
  absl::StatusOr<std::vector<v1::StandardCase>> CasesOfLevel(database::Connection& connection,
                                                             int level) const;
  // Those of the named cases that there are, with those of all their predecessors.
  absl::StatusOr<std::vector<v1::StandardCase>> CasesInLine(database::Connection& connection,
                                                            std::vector<std::string> names) const;
  absl::StatusOr<bool> IsUsed(database::Connection& connection, const std::string& scheme) const;
  // By day, then by name.
  absl::StatusOr<std::vector<v1::StandardAssessment>> AssessmentsOf(
      database::Connection& connection, const std::string& standard_case) const;

  // Touches the school and all that follow upon it, in order of name: those whose cases opening one
  // of this school may write.
  absl::Status HoldLine(database::Transaction& transaction, const std::string& school) const;

  // Recognition does not pass to a successor by itself (BR-33): where a predecessor in `event` has
  // a case, every successor gets one of that level, REASSESSMENT_DUE unless it has steps of its
  // own, that names it; so do the successors of those. The cases of the predecessors follow their
  // end. Does nothing where that is so already. The schools that the event names are held (touched)
  // by the caller.
  absl::Status EnsureReassessments(database::Transaction& transaction, const journal::Act& act,
                                   const v1::LineageEvent& event) const;

  // The same by every event that `school` was a predecessor in: for a case that is new.
  absl::Status EnsureFollowers(database::Transaction& transaction, const journal::Act& act,
                               const std::string& school) const;

  // Follows a change of the life of a school that is held: the days of recognition of its cases;
  // refused when a step of them would lie outside.
  absl::Status Resettle(database::Transaction& transaction, const journal::Act& act,
                        const v1::School& school) const;

  // Fields that ListStandardCases filters by.
  static const contract::FilterFields& Filters();
  // Cases of `school` (of any when empty), certainly recognised by `day` (any when absent), that
  // match the filter.
  static resource::Where CasesMatching(std::string_view school, std::optional<absl::CivilDay> day,
                                       const contract::SqlCondition& filter);
  static resource::Where OfCase(const std::string& standard_case);

 private:
  // Adds `predecessor` to the case of `successor`; true when that case is new.
  absl::StatusOr<bool> EnsureReassessment(database::Transaction& transaction,
                                          const journal::Act& act, const v1::LineageEvent& event,
                                          const v1::StandardCase& predecessor,
                                          const std::string& successor) const;

  const SchoolStore schools_;
  resource::Table<v1::StandardScheme> schemes_;
  resource::Table<v1::StandardCase> cases_;
  resource::Table<v1::StandardAssessment> assessments_;
};

}  // namespace thidua::registry

#endif  // THIDUA_SERVICES_REGISTRY_STANDARDS_STANDARD_STORE_H_
