// How the reports of a cluster's schools become its totals, and how these are held against what the
// cluster itself declares. Pure.
//
// Arithmetic:
//  - Flows, and stocks at the window's one cut-off date, are summed over the schools that stated
//    VALUE or ZERO. A school that said nothing adds nothing and is named; it is never a 0. A total
//    that does not fit into an int64 is an error, never a wrapped number.
//  - A ratio is made again from the sums of its parts, over the schools that stated all of them,
//    when the window has all parts; else, like everything of aggregation NONE, it is "not
//    additive".
//  - The result is ABOUT when any part is, else AT_LEAST when any part is, else EXACT. A ratio of
//    parts that are not all exact is ABOUT, since a bound above or below the line bounds nothing.
//
// Declared and computed contradict each other when they cannot both be true: a lower bound is
// contradicted only by less; "about" has no stated tolerance, so any other number needs a person's
// word. What the cluster alone states, and what is not additive, has nothing to be held against.
#ifndef THIDUA_SERVICES_REPORTING_CONSOLIDATION_CONSOLIDATION_RULES_H_
#define THIDUA_SERVICES_REPORTING_CONSOLIDATION_CONSOLIDATION_RULES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/contract/refusal.h"
#include "common/directory/school_map.h"
#include "services/reporting/windows/figure_rules.h"
#include "thidua/reporting/v1/consolidation_service.pb.h"

namespace thidua::reporting {

// The revision of a school's report that is in force.
struct AcceptedReport {
  std::string school;  // identifier
  int32_t revision = 0;
  std::string sha256;   // of the revision's content, 32 raw bytes
  std::string figures;  // packed; see figure_rules.h
  std::string accepted_by;
  absl::Time accept_time;
};

// A cluster with its members on one day, as one position of the registry's feed tells it.
struct ClusterOnDay {
  std::string cluster;  // identifier
  std::string display_name;
  std::vector<v1::ExpectedSchool> members;  // in order of resource name
  int64_t registry_position = 0;
};

// REASON_NOT_FOUND when the map does not hold the cluster.
absl::StatusOr<ClusterOnDay> ReadCluster(const directory::SchoolMap& map,
                                         const std::string& cluster, absl::CivilDay day);

// What adds up to one cell.
struct CellSum {
  v1::ComputedState state = v1::COMPUTED_STATE_NOTHING_REPORTED;
  v1::Qualifier qualifier = v1::QUALIFIER_EXACT;
  int64_t value = 0;     // with SUM
  std::string ratio;     // decimal text, with RECOMPUTED
  int32_t reported = 0;  // schools that stated the cell, with RECOMPUTED all its parts
  int32_t not_applicable = 0;
};

// One sum for each cell of the form. One pass over the packed figures; what a SELECT with GROUP BY
// would compute. DATA_LOSS for damaged bytes, OUT_OF_RANGE, naming the indicator, for a total that
// does not fit.
absl::StatusOr<std::vector<CellSum>> SumCells(const Form& form,
                                              absl::Span<const AcceptedReport> reports);

// The consolidation of the cluster: sums, who stands behind each, and, from `previous` (null when
// there is none), the declared totals and those explanations whose two numbers are the same.
// `reports`: of members only, in order of school. The position of the registry stays the previous
// one as long as what was read there is the same, so that the same inputs give the same
// consolidation. Equal to `previous`, etag and state included, when nothing changed.
// REASON_NOTHING_ACCEPTED; REASON_RULE_VIOLATED for a total that does not fit.
absl::StatusOr<v1::Consolidation> Consolidate(const Form& form, const ClusterOnDay& cluster,
                                              absl::Span<const AcceptedReport> reports,
                                              const v1::Consolidation* previous);

// What is wrong with declared totals; paths begin with "totals".
std::vector<contract::FieldViolation> CheckDeclared(
    const Form& form, const google::protobuf::RepeatedPtrField<v1::DeclaredTotal>& totals);

// Replaces the declared totals. One that says the same as before keeps who said it, when, and its
// source text unless another is given. `totals` were checked.
void Declare(const Form& form, const google::protobuf::RepeatedPtrField<v1::DeclaredTotal>& totals,
             const std::string& person, const google::protobuf::Timestamp& now,
             v1::Consolidation* consolidation);

// REASON_RULE_VIOLATED when the cell has no discrepancy.
absl::Status Explain(const v1::ExplainDiscrepancyRequest& request, const std::string& person,
                     const google::protobuf::Timestamp& now, v1::Consolidation* consolidation);

// REASON_OPEN_DISCREPANCIES, naming every open cell with its difference.
absl::Status CheckNothingOpen(const v1::Consolidation& consolidation);

}  // namespace thidua::reporting

#endif  // THIDUA_SERVICES_REPORTING_CONSOLIDATION_CONSOLIDATION_RULES_H_
