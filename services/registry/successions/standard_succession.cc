#include "services/registry/successions/standard_succession.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "services/registry/schools/school_rules.h"
#include "services/registry/standards/standard_rules.h"
#include "services/registry/successions/succession_rules.h"

namespace thidua::registry {

using v1::StandardCase;
using v1::SuccessionItem;

absl::StatusOr<std::vector<SuccessionItem>> StandardSuccession::Find(
    database::Connection& connection, const v1::LineageEvent& event,
    const std::string& predecessor) const {
  const auto cases = standards_.CasesOfSchool(connection, predecessor);
  if (!cases.ok()) return cases.status();
  std::vector<SuccessionItem> items;
  for (const StandardCase& standard_case : *cases) {
    if (standard_case.state() == v1::STANDARD_CASE_STATE_RECOGNISED ||
        standard_case.state() == v1::STANDARD_CASE_STATE_CERTIFIED) {
      continue;
    }
    SuccessionItem item =
        NewItem(event, v1::SUCCESSION_KIND_STANDARD_CASE, standard_case.name(), predecessor);
    item.set_text(absl::StrCat("case of standard level ", standard_case.level(),
                               ", not come to recognition"));
    item.set_text_vi(
        absl::StrCat("hồ sơ chuẩn mức ", standard_case.level(), ", chưa được công nhận"));
    for (const std::string& successor : event.successors()) {
      const std::string name = CaseName(successor, standard_case.level());
      const auto own = standards_.FindCase(connection, name);
      if (!own.ok()) return own.status();
      if (own->has_value()) item.add_in_place(name);
    }
    items.push_back(std::move(item));
  }
  return items;
}

absl::Status StandardSuccession::CarryOut(rpc::Mutation& mutation, const v1::LineageEvent&,
                                          v1::SuccessionFate& fate) const {
  if (fate.fate() != v1::FATE_TRANSFER) return absl::OkStatus();
  const auto ended = standards_.cases().Get(mutation.connection(), fate.subject());
  if (!ended.ok()) return ended.status();
  const std::string name = CaseName(fate.successor(), ended->level());
  const auto own = standards_.FindCase(mutation.connection(), name);
  if (!own.ok()) return own.status();
  if (!own->has_value()) {
    return BreaksRule(fate.subject(), fate.successor() + " has no case of that level to go on with",
                      fate.successor() + " chưa có hồ sơ cùng mức để tiếp tục");
  }
  fate.add_continued_by(name);
  return absl::OkStatus();
}

}  // namespace thidua::registry
