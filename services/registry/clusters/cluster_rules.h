// What must hold for clusters, their members and their leaders. Pure: messages and days in, OK, the
// changed message or a refusal out. Single fields are within their bounds already; the request
// checks see to that. BR-nn: business rules of the Academy's emulation clusters, quoted where they
// come from a document.
#ifndef THIDUA_SERVICES_REGISTRY_CLUSTERS_CLUSTER_RULES_H_
#define THIDUA_SERVICES_REGISTRY_CLUSTERS_CLUSTER_RULES_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "thidua/registry/v1/cluster_service.pb.h"
#include "thidua/registry/v1/school_service.pb.h"

namespace thidua::registry {

// Cụm phó: two in every documented case (2020 Cụm 8, 2021 Đồng bằng sông Cửu Long, 2023 Nam Trung
// Bộ và Tây Nguyên, 2024 miền núi, biên giới phía Bắc); a regime may say otherwise.
inline constexpr int kUsualDeputyLimit = 2;

// The standing deputy is a deputy.
bool IsDeputy(v1::LeadershipRole role);
// "standing deputy", "Cụm phó thường trực".
std::string RoleName(v1::LeadershipRole role);
std::string RoleNameVi(v1::LeadershipRole role);

// With the usual deputy limit where none is given.
absl::StatusOr<v1::ClusterRegime> CheckRegime(v1::ClusterRegime regime);

absl::Status CheckCluster(const v1::Cluster& cluster);

// With the bounds of school and regime where none is given.
v1::Membership WithBounds(v1::Membership membership, const v1::School& school,
                          const v1::ClusterRegime& regime);

// The period lies within that of the school and of the regime, and the school is a member nowhere
// else on any day of it. `of_school`: all memberships of the school; the membership itself, in its
// old form, is passed over.
absl::Status CheckMembership(const v1::Membership& membership, const v1::School& school,
                             const v1::ClusterRegime& regime,
                             const std::vector<v1::Membership>& of_school);

// Every membership of the school still lies within the school's validity, every one of the regime's
// within the regime's.
absl::Status CheckMembershipsWithin(const v1::School& school,
                                    const std::vector<v1::Membership>& memberships);
absl::Status CheckMembershipsWithin(const v1::ClusterRegime& regime,
                                    const std::vector<v1::Membership>& memberships);

// Every term of the membership's school is still covered by a membership of that school in that
// cluster. `in_cluster` and `terms`: all of the cluster; the membership's old form is passed over.
absl::Status CheckTermsCovered(const v1::Membership& changed,
                               const std::vector<v1::Membership>& in_cluster,
                               const std::vector<v1::LeadershipTerm>& terms);

// A new term: ELECTED, the whole year where no dates are given.
v1::LeadershipTerm NewTerm(v1::LeadershipTerm term);

// "clusters/mnbg/leadershipTerms/2024-quang-ninh": with the identifier `given`, or else one made of
// year and school where they leave room for it.
absl::StatusOr<std::string> NewTermName(const std::string& cluster, const std::string& given,
                                        int year, const std::string& school);

// What else stands in a cluster.
struct ClusterFacts {
  std::vector<v1::Membership> memberships;
  std::vector<v1::LeadershipTerm> terms;
  int deputy_limit = kUsualDeputyLimit;
};

// The school is a member throughout; on each day of the term there is one HEAD, at most one
// STANDING_DEPUTY, no more deputies than the limit (the standing one counts), and no school with
// two posts. The term itself, in its old form, is passed over in `facts`.
absl::Status CheckTerm(const v1::LeadershipTerm& term, const ClusterFacts& facts);

// A term may be corrected while it is ELECTED or RECOGNISED.
absl::Status CheckCorrectable(const v1::LeadershipTerm& term);

// ELECTED → RECOGNISED. `provenance` replaces that of the term; null keeps it.
absl::StatusOr<v1::LeadershipTerm> Recognise(v1::LeadershipTerm term, const v1::Decision& decision,
                                             const v1::Provenance* provenance);

// ELECTED or RECOGNISED → ENDED. `end`: first day after the term, within it and not after today, or
// its first day: then it never began.
absl::StatusOr<v1::LeadershipTerm> End(v1::LeadershipTerm term, absl::CivilDay end,
                                       absl::CivilDay today);

// ELECTED or RECOGNISED → REPLACED from `day` on, and the ELECTED term of the other school for the
// rest. `successor` brings name, school and provenance.
struct Replacement {
  v1::LeadershipTerm replaced;
  v1::LeadershipTerm successor;
};
absl::StatusOr<Replacement> Replace(v1::LeadershipTerm term, v1::LeadershipTerm successor,
                                    absl::CivilDay day, absl::CivilDay today);

// A term that a lineage event has cut on `day` → REPLACED, and the ELECTED term of the successor
// for the rest of the emulation year; of a term that never began, for the whole of it. Not before
// `day`: until then the school holds the post.
absl::StatusOr<Replacement> TakeOver(v1::LeadershipTerm term, v1::LeadershipTerm successor,
                                     absl::CivilDay day, absl::CivilDay today);

// A membership with another last day.
absl::StatusOr<v1::Membership> End(v1::Membership membership, absl::CivilDay end);

// What becomes of a membership or a term of a school that ends on `day`; nothing when it has ended
// by then. One that has begun ends on that day; a term keeps its state, so that its rights last as
// long as the school. One that would begin later never begins: it is left without a day, a term is
// ENDED.
std::optional<v1::Membership> CutAt(v1::Membership membership, absl::CivilDay day);
std::optional<v1::LeadershipTerm> CutAt(v1::LeadershipTerm term, absl::CivilDay day);

}  // namespace thidua::registry

#endif  // THIDUA_SERVICES_REGISTRY_CLUSTERS_CLUSTER_RULES_H_
