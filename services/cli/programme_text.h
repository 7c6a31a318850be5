// Words of programmes and activities as people write and read them.
#ifndef THIDUA_SERVICES_CLI_PROGRAMME_TEXT_H_
#define THIDUA_SERVICES_CLI_PROGRAMME_TEXT_H_

#include <map>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "services/cli/arguments.h"
#include "thidua/registry/v1/programme_service.pb.h"

namespace thidua::cli {

// "clusters/mnbg/programmes/2024" for "mnbg" and "2024".
std::string ProgrammeName(const std::string& cluster, const std::string& year);

// "tọa đàm" or "roundtable", and likewise.
std::string KindText(registry::v1::ActivityKind kind, bool vietnamese);
std::string StateText(registry::v1::ActivityState state, bool vietnamese);
std::string RoleText(registry::v1::ActivityRole role, bool vietnamese);
std::string ModeText(registry::v1::ActivityMode mode, bool vietnamese);
std::string KindText(registry::v1::ProgrammeTextKind kind, bool vietnamese);
std::string StateText(registry::v1::ProgrammeTextState state, bool vietnamese);
// "LATE", "QUÁ HẠN"; empty for anything else.
std::string LateText(registry::v1::ActivityTiming timing, bool vietnamese);
// When it is to be or was held: "09/2024", "12/09/2024", or "2024" of the programme where no date
// is known.
std::string WhenText(const registry::v1::Activity& activity, bool vietnamese);

// The contract's words in any case, with - or _: "year-end-review". INVALID_ARGUMENT with all of
// them.
absl::StatusOr<registry::v1::ActivityKind> ReadActivityKind(std::string_view word);
absl::StatusOr<registry::v1::ActivityState> ReadActivityState(std::string_view word);
absl::StatusOr<registry::v1::ActivityMode> ReadActivityMode(std::string_view word);
absl::StatusOr<registry::v1::ActivityRole> ReadActivityRole(std::string_view word);
absl::StatusOr<registry::v1::ProgrammeTextKind> ReadTextKind(std::string_view word);

// "lang-son", "lang-son:presenter" or "lang-son:presenter:online".
absl::StatusOr<registry::v1::Participant> ReadParticipant(std::string_view text);
// "Kỷ yếu=https://…" or "Kỷ yếu=documents/…".
absl::StatusOr<registry::v1::ActivityEvidence> ReadEvidence(std::string_view text);
// A school's code, or else a place in words.
registry::v1::Bridge ReadBridge(const std::string& text);

// What --source, --note, --document and --provisional say. False when none was given.
bool TakeProvenance(const Arguments& arguments, registry::v1::Provenance* provenance);

// What schools are called: the short name, else the identifier.
class SchoolTitles {
 public:
  SchoolTitles() = default;
  explicit SchoolTitles(const registry::v1::ProgrammeOverview& overview);
  std::string TitleOf(const std::string& school) const;

 private:
  std::map<std::string, std::string> titles_;
};

}  // namespace thidua::cli

#endif  // THIDUA_SERVICES_CLI_PROGRAMME_TEXT_H_
