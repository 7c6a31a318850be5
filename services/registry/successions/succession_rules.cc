#include "services/registry/successions/succession_rules.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/contract/refusal.h"
#include "common/contract/resource_name.h"
#include "common/document/digest.h"
#include "common/runtime/dates.h"
#include "services/registry/clusters/cluster_rules.h"
#include "services/registry/schools/school_rules.h"

namespace thidua::registry {
namespace {

using directory::Period;
using v1::LeadershipTerm;
using v1::LineageEvent;
using v1::Membership;
using v1::SuccessionFate;
using v1::SuccessionItem;

std::string Text(absl::CivilDay day) { return absl::FormatCivilTime(day); }

template <class Dated>
Period PeriodOf(const Dated& dated) {
  return directory::PeriodOf(dated).value_or(Period{directory::kOpenStart, directory::kOpenStart});
}

std::string ClusterOf(const std::string& name) {
  return contract::Join({"clusters", contract::SegmentAfter(name, "clusters").value_or("")});
}

// Whether something with that period was there, or was still to come, when the school ended.
bool WasLeft(const Period& period, absl::CivilDay day) {
  return period.Empty() ? day <= period.from : period.to == day;
}

// ", until 2025-06-30": people name the last day, not the day after it.
std::string Until(const SuccessionItem& item, absl::CivilDay day) {
  return item.never_began() ? ", had not begun" : ", until " + Text(day - 1);
}
std::string UntilVi(const SuccessionItem& item, absl::CivilDay day) {
  return item.never_began() ? ", chưa bắt đầu" : ", đến hết ngày " + Text(day - 1);
}

bool MayBeCancelled(const SuccessionItem& item) {
  return item.never_began() || item.kind() == v1::SUCCESSION_KIND_PACT ||
         item.kind() == v1::SUCCESSION_KIND_ACTIVITY;
}

absl::Status CheckFate(const SuccessionItem& item, v1::Fate fate) {
  if (item.settled()) {
    return BreaksRule(item.subject(), "was settled by hand; nothing is left to decide",
                      "đã được xử lý trực tiếp, không còn gì phải quyết định");
  }
  if (fate == v1::FATE_CLOSE && item.never_began()) {
    return BreaksRule(item.subject(), "had not begun: it is cancelled or transferred, not closed",
                      "chưa bắt đầu: chỉ có thể hủy hoặc chuyển giao, không kết thúc");
  }
  if (fate == v1::FATE_CANCEL && !MayBeCancelled(item)) {
    return BreaksRule(item.subject(), "had begun: it is closed or transferred, not cancelled",
                      "đã bắt đầu: chỉ có thể kết thúc hoặc chuyển giao, không hủy");
  }
  return absl::OkStatus();
}

void CheckSuccessor(const v1::DecideSuccessionItemRequest& request, const LineageEvent& event,
                    Violations& violations) {
  if (request.fate() != v1::FATE_TRANSFER) {
    if (!request.successor().empty())
      violations.push_back({"successor", "is for TRANSFER only", "chỉ dùng khi chuyển giao"});
    return;
  }
  if (request.successor().empty()) {
    if (event.successors_size() != 1)
      violations.push_back({"successor", "is required: the event has several",
                            "bắt buộc: sự kiện có nhiều trường kế thừa"});
    return;
  }
  if (std::find(event.successors().begin(), event.successors().end(), request.successor()) ==
      event.successors().end()) {
    violations.push_back({"successor", "is no successor of " + event.name(),
                          "không phải trường kế thừa theo " + event.name()});
  }
}

void CheckCluster(const v1::DecideSuccessionItemRequest& request, const SuccessionItem& item,
                  Violations& violations) {
  const bool needed =
      request.fate() == v1::FATE_TRANSFER && item.kind() == v1::SUCCESSION_KIND_MEMBERSHIP;
  if (needed && request.cluster().empty()) {
    violations.push_back({"cluster", "is required for the transfer of a membership",
                          "bắt buộc khi chuyển giao tư cách thành viên"});
  } else if (!needed && !request.cluster().empty()) {
    violations.push_back({"cluster", "is for the transfer of a membership only",
                          "chỉ dùng khi chuyển giao tư cách thành viên"});
  }
}

}  // namespace

absl::CivilDay EffectiveDay(const LineageEvent& event) {
  return runtime::DayFromProto(event.effective_date()).value_or(absl::CivilDay());
}

std::string FateName(const std::string& event, const std::string& subject,
                     const std::string& predecessor) {
  constexpr size_t kDigits = 32;
  const std::string id =
      document::Hex(document::Sha256(absl::StrCat(subject, "\n", predecessor))).substr(0, kDigits);
  return contract::Join({event, "fates", id});
}

SuccessionItem NewItem(const LineageEvent& event, v1::SuccessionKind kind,
                       const std::string& subject, const std::string& predecessor) {
  SuccessionItem item;
  item.set_lineage_event(event.name());
  *item.mutable_effective_date() = event.effective_date();
  item.set_kind(kind);
  item.set_subject(subject);
  item.set_predecessor(predecessor);
  *item.mutable_successors() = event.successors();
  return item;
}

std::optional<SuccessionItem> ItemOf(const LineageEvent& event, const Membership& membership) {
  const absl::CivilDay day = EffectiveDay(event);
  const Period period = PeriodOf(membership);
  if (!WasLeft(period, day)) return std::nullopt;
  SuccessionItem item =
      NewItem(event, v1::SUCCESSION_KIND_MEMBERSHIP, membership.name(), membership.school());
  item.set_never_began(period.Empty());
  const std::string cluster = ClusterOf(membership.name());
  item.set_text(absl::StrCat("member of ", cluster, Until(item, day)));
  item.set_text_vi(absl::StrCat("thành viên ", cluster, UntilVi(item, day)));
  return item;
}

std::optional<SuccessionItem> ItemOf(const LineageEvent& event, const LeadershipTerm& term) {
  const absl::CivilDay day = EffectiveDay(event);
  const Period period = PeriodOf(term);
  if (!WasLeft(period, day) || absl::CivilDay(term.year() + 1, 1, 1) <= day) return std::nullopt;
  SuccessionItem item =
      NewItem(event, v1::SUCCESSION_KIND_LEADERSHIP_TERM, term.name(), term.school());
  item.set_never_began(period.Empty());
  const std::string cluster = ClusterOf(term.name());
  item.set_text(
      absl::StrCat(RoleName(term.role()), " of ", cluster, " in ", term.year(), Until(item, day)));
  item.set_text_vi(absl::StrCat(RoleNameVi(term.role()), " ", cluster, " năm ", term.year(),
                                UntilVi(item, day)));
  const bool replaced = term.state() == v1::LEADERSHIP_TERM_STATE_REPLACED;
  if (replaced) item.add_in_place(term.replaced_by());
  item.set_settled(replaced ||
                   (term.state() == v1::LEADERSHIP_TERM_STATE_ENDED && !period.Empty()));
  return item;
}

SuccessionItem ItemOf(const LineageEvent& event, const SuccessionFate& fate) {
  SuccessionItem item = NewItem(event, fate.kind(), fate.subject(), fate.predecessor());
  item.set_text(fate.text());
  item.set_text_vi(fate.text_vi());
  *item.mutable_in_place() = fate.continued_by();
  item.set_fate_record(fate.name());
  item.set_fate(fate.fate());
  return item;
}

Membership Continuing(const Membership& ended, const LineageEvent& event,
                      const std::string& successor, const std::string& cluster) {
  Membership membership;
  membership.set_name(contract::Join(
      {cluster, "memberships", contract::SegmentAfter(successor, "schools").value_or("")}));
  membership.set_school(successor);
  const absl::CivilDay from = std::max(EffectiveDay(event), PeriodOf(ended).from);
  *membership.mutable_valid_from() = runtime::DayToProto(from);
  return membership;
}

absl::StatusOr<SuccessionFate> Decide(const v1::DecideSuccessionItemRequest& request,
                                      const LineageEvent& event, const SuccessionItem& item) {
  Violations violations;
  CheckSuccessor(request, event, violations);
  CheckCluster(request, item, violations);
  CheckProvenance(request.provenance(), "provenance", violations);
  if (!violations.empty()) return contract::RefuseFields(violations);
  if (absl::Status status = CheckFate(item, request.fate()); !status.ok()) return status;
  SuccessionFate fate;
  fate.set_name(FateName(event.name(), item.subject(), item.predecessor()));
  fate.set_kind(item.kind());
  fate.set_subject(item.subject());
  fate.set_predecessor(item.predecessor());
  fate.set_text(item.text());
  fate.set_text_vi(item.text_vi());
  fate.set_fate(request.fate());
  if (request.fate() == v1::FATE_TRANSFER) {
    fate.set_successor(request.successor().empty() ? event.successors(0) : request.successor());
    fate.set_cluster(request.cluster());
  }
  fate.set_reason(request.reason());
  *fate.mutable_provenance() = request.provenance();
  return fate;
}

}  // namespace thidua::registry
