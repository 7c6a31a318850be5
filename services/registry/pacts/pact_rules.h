// What must hold for pacts: their targets, their signatures, and when they bind. Pure: messages and
// days in, the changed message or a refusal out. Single fields are within their bounds already; the
// request checks see to that. BR-nn: business rules of the Academy's emulation clusters.
#ifndef THIDUA_SERVICES_REGISTRY_PACTS_PACT_RULES_H_
#define THIDUA_SERVICES_REGISTRY_PACTS_PACT_RULES_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "google/protobuf/repeated_field.h"
#include "thidua/registry/v1/cluster_service.pb.h"
#include "thidua/registry/v1/pact_service.pb.h"

namespace thidua::registry {

// True when the pact binds, or bound, its cluster on the days of its period: it was in force here,
// or a source says that every member signed it (BR-12).
bool Binds(const v1::Pact& pact);

// A new draft: what a person may say of a pact and nothing that only the verbs set, for the whole
// year where no dates are given.
absl::StatusOr<v1::Pact> Draft(const v1::Pact& said);

// A pact that a source tells of, from the day of signing on where no first day is given. It was
// signed by `today`.
absl::StatusOr<v1::Pact> Record(const v1::Pact& said, absl::CivilDay today);

// What a pact says by itself, after a change: targets numbered from 1 without gaps, each a number
// or a text; a period within its year; a record exactly where it is RECORDED.
absl::Status CheckContent(const v1::Pact& pact, absl::CivilDay today);

// A pact may be changed while it is DRAFT, and what is RECORDED may be corrected.
absl::Status CheckChangeable(const v1::Pact& pact);

// No other pact binds the cluster on a day on which this one would. `of_year`: all of the cluster
// and year; the pact itself, in its old form, is passed over.
absl::Status CheckBindsAlone(const v1::Pact& pact, const std::vector<v1::Pact>& of_year);

// DRAFT → OPEN_FOR_SIGNING.
absl::StatusOr<v1::Pact> OpenForSigning(v1::Pact pact);

// OPEN_FOR_SIGNING → DRAFT, without signatures: they were given to another text.
absl::StatusOr<v1::Pact> ReturnToDraft(v1::Pact pact);

// Who makes the call that signs.
struct Signatory {
  bool is_the_school = false;  // and not the academy, which enters what was signed on paper
  std::string identity;
  std::string person;  // whom it acts for; empty when none is named
};

// The signature that the request asks for. A school signs today through a person; on paper it has
// signed on a day up to today.
absl::StatusOr<v1::PactSignature> SignatureOf(const v1::SignPactRequest& request,
                                              const Signatory& signatory, absl::CivilDay today);

// With the signature: while the pact is open, once a school, by a member of the cluster on the day
// of signing. `of_school`: all memberships of the school.
absl::StatusOr<v1::Pact> Sign(v1::Pact pact, const v1::PactSignature& signature,
                              const std::vector<v1::Membership>& of_school);

// True when the school signed the pact, and the pact is open for signing or in force beyond `day`,
// on which the school ends and nobody has decided about its part.
bool IsOpenPartOf(const v1::Pact& pact, const std::string& school, absl::CivilDay day);

// With `successor` in the place of a school that ended on `day`, or nobody where that is empty,
// while the pact is open for signing or in force. The successor signs itself.
absl::StatusOr<v1::Pact> Succeed(v1::Pact pact, const std::string& predecessor,
                                 const std::string& successor, absl::CivilDay day);

// Without the signature of the school, while the pact is open.
absl::StatusOr<v1::Pact> Withdraw(v1::Pact pact, const std::string& school);

// OPEN_FOR_SIGNING → IN_FORCE from `day` on, and the pact that it amends, SUPERSEDED from that day.
// `memberships`: all of the cluster; `of_year`: all pacts of cluster and year.
struct Enforcement {
  v1::Pact in_force;
  std::optional<v1::Pact> superseded;
};
absl::StatusOr<Enforcement> BringIntoForce(v1::Pact pact, absl::CivilDay day, absl::CivilDay today,
                                           const std::vector<v1::Membership>& memberships,
                                           const std::vector<v1::Pact>& of_year);

// The draft that amends a pact in force: with the content of `said`, or of the pact itself where
// that is null. At most one amendment of a pact is under way.
absl::StatusOr<v1::Pact> Amend(const v1::Pact& pact, const v1::Pact* said,
                               const std::vector<v1::Pact>& of_year);

// IN_FORCE → ASSESSED, every target judged: of a number the verdict follows from the operator. An
// ASSESSED pact may be judged again with a reason.
absl::StatusOr<v1::Pact> Assess(
    v1::Pact pact, const google::protobuf::RepeatedPtrField<v1::TargetAssessment>& assessments,
    const std::string& reason, absl::CivilDay today);

// DRAFT or OPEN_FOR_SIGNING → CANCELLED.
absl::StatusOr<v1::Pact> Cancel(v1::Pact pact, const std::string& reason);

// The pact that binds on the day, or why none does. `of_year`: all of a cluster and the day's year.
struct Binding {
  const v1::Pact* pact = nullptr;
  v1::NoBindingPact why = v1::NO_BINDING_PACT_UNSPECIFIED;
};
Binding BindingOn(const std::vector<v1::Pact>& of_year, absl::CivilDay day);

// The signature of the school under the pact; null when it has not signed.
const v1::PactSignature* SignatureBy(const v1::Pact& pact, const std::string& school);

}  // namespace thidua::registry

#endif  // THIDUA_SERVICES_REGISTRY_PACTS_PACT_RULES_H_
