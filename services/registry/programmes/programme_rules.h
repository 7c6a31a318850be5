// What must hold for programmes and their texts. Pure: messages and days in, OK, the changed
// message or a refusal out. Single fields are within their bounds already; the request checks see
// to that. BR-nn: business rules of the Academy's emulation clusters, quoted where they come from a
// document.
#ifndef THIDUA_SERVICES_REGISTRY_PROGRAMMES_PROGRAMME_RULES_H_
#define THIDUA_SERVICES_REGISTRY_PROGRAMMES_PROGRAMME_RULES_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "thidua/registry/v1/cluster_service.pb.h"
#include "thidua/registry/v1/programme_service.pb.h"

namespace thidua::registry {

// "clusters/mnbg" of the programme or of anything in it.
std::string ClusterOfProgramme(std::string_view name);
// "clusters/mnbg/programmes/2024" of anything in the programme.
std::string ProgrammeOf(std::string_view name);
// 2024 of the programme or of anything in it; 0 when its identifier is no number.
int YearOf(std::string_view name);

absl::Status CheckProgramme(const v1::Programme& programme);

// The regime of the cluster is in force on some day of the year.
absl::Status CheckYear(const v1::Programme& programme, const v1::ClusterRegime& regime);

absl::Status CheckText(const v1::ProgrammeText& text);

// The next version of its kind: a DRAFT, named and numbered. `texts`: all of the programme.
v1::ProgrammeText NewText(v1::ProgrammeText text, const std::string& programme,
                          const std::vector<v1::ProgrammeText>& texts);

// A text may be changed while it is a DRAFT.
absl::Status CheckDraft(const v1::ProgrammeText& text);

// DRAFT → ADOPTED, and what was ADOPTED of that kind → SUPERSEDED. The plan and the by-law are
// adopted by the members (BR-11: Nam Trung Bộ và Tây Nguyên, 10-3-2023); how many must be present
// is unknown (BR-10). `texts`: all of the programme; `memberships`: all of the cluster.
struct Adopted {
  v1::ProgrammeText text;
  std::optional<v1::ProgrammeText> superseded;
};
absl::StatusOr<Adopted> Adopt(v1::ProgrammeText text, const v1::Adoption& adoption,
                              const std::vector<v1::ProgrammeText>& texts,
                              const std::vector<v1::Membership>& memberships, absl::CivilDay today);

// The version of that kind that counted on `day`; null when none did.
const v1::ProgrammeText* TextInForce(const std::vector<v1::ProgrammeText>& texts,
                                     v1::ProgrammeTextKind kind, absl::CivilDay day);

}  // namespace thidua::registry

#endif  // THIDUA_SERVICES_REGISTRY_PROGRAMMES_PROGRAMME_RULES_H_
