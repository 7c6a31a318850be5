// Words of the registry as people read them.
#ifndef THIDUA_SERVICES_CLI_REGISTRY_TEXT_H_
#define THIDUA_SERVICES_CLI_REGISTRY_TEXT_H_

#include <string>
#include <vector>

#include "google/type/date.pb.h"
#include "services/cli/session.h"
#include "thidua/registry/v1/cluster_service.pb.h"
#include "thidua/registry/v1/school_service.pb.h"

namespace thidua::cli {

// "25/06/2024" in Vietnamese, "2024-06-25" otherwise; "…" for an open bound.
std::string DayText(const Session& session, const google::type::Date& date, bool present = true);
// "[from, to)" of a dated message as two days.
template <class Dated>
std::string PeriodText(const Session& session, const Dated& dated) {
  return DayText(session, dated.valid_from(), dated.has_valid_from()) + " → " +
         DayText(session, dated.valid_to(), dated.has_valid_to());
}
// The role, also as the enum's own word in brackets, so that what people read can be found in the
// contract: "Cụm trưởng (HEAD)".
std::string RoleText(const Session& session, registry::v1::LeadershipRole role);
// "đã bầu (ELECTED)".
std::string TermStateText(const Session& session, registry::v1::LeadershipTermState state);
// Empty for what is documented; otherwise "provisional: SOURCE; NOTE".
std::string ProvenanceText(const Session& session, const registry::v1::Provenance& provenance);
// Where a table's facts come from, each source said once below it: a mark "tạm thời [1]" in the
// row, "[1] source; note" as a foot note.
class Footnotes {
 public:
  // Empty for what is documented.
  std::string Mark(const Session& session, const registry::v1::Provenance& provenance);
  // The notes, one a line; empty when there are none.
  std::string Render() const;

 private:
  std::vector<std::string> notes_;
};
// A written name may be given without quotes, each of its words an operand.
inline constexpr size_t kMostWordsOfName = 40;
// Why a name matches, as people read it: "tên riêng, sai 1 chữ cái".
std::string ReasonsText(const Session& session, const google::protobuf::RepeatedField<int>& reasons,
                        int distance);
// The exit status of a command that resolves a written name.
int ExitOf(registry::v1::NameOutcome outcome);
// "quang-ninh" of "schools/quang-ninh".
std::string IdOf(const std::string& name);
// "clusters/mnbg" of "clusters/mnbg/memberships/quang-ninh"; empty at the top level.
std::string ParentOf(const std::string& name);

}  // namespace thidua::cli

#endif  // THIDUA_SERVICES_CLI_REGISTRY_TEXT_H_
