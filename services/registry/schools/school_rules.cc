#include "services/registry/schools/school_rules.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "common/document/decimal.h"
#include "common/runtime/dates.h"

namespace thidua::registry {
namespace {

using contract::Reason;
using directory::Period;
using document::Decimal;
using v1::Campus;
using v1::LineageEvent;
using v1::School;
using v1::SchoolName;
using SchoolNames = google::protobuf::RepeatedPtrField<std::string>;

std::string Text(absl::CivilDay day) { return absl::FormatCivilTime(day); }

// Open bounds mean "as far as the school": only those that are written can lie outside.
template <class Dated>
bool WrittenBoundsWithin(const Dated& dated, const Period& period, const Period& validity) {
  return (!dated.has_valid_from() || (validity.from <= period.from && period.from < validity.to)) &&
         (!dated.has_valid_to() || (validity.from < period.to && period.to <= validity.to));
}

// The period of a name or campus at `path`; nothing after adding a violation of its own.
template <class Part>
std::optional<Period> CheckPart(const Part& part, const Period& validity, const std::string& path,
                                Violations& violations) {
  if (part.has_provenance()) CheckProvenance(part.provenance(), path + ".provenance", violations);
  const std::optional<Period> period = CheckPeriod(part, path, violations);
  if (period.has_value() && !WrittenBoundsWithin(part, *period, validity)) {
    violations.push_back({path, "lies outside the validity of the school",
                          "nằm ngoài thời gian tồn tại của trường"});
  }
  return period;
}

// One dated part of a school of which there may be one at a time.
struct Exclusive {
  std::string called;
  Period period;
};

absl::Status CheckOneAtATime(const std::vector<Exclusive>& parts, const std::string& what,
                             const std::string& what_vi) {
  for (size_t i = 0; i < parts.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      if (!parts[i].period.Overlaps(parts[j].period)) continue;
      const std::string day = Text(parts[i].period.Common(parts[j].period).from);
      return contract::Refuse(Reason::REASON_OVERLAP,
                              {{"resource", parts[i].called},
                               {"other", parts[j].called},
                               {"why", absl::StrCat("both are ", what, " on ", day)},
                               {"why_vi", absl::StrCat("cùng là ", what_vi, " vào ngày ", day)}});
    }
  }
  return absl::OkStatus();
}

absl::Status CheckParts(const School& school, const Period& validity, Violations& violations) {
  std::vector<Exclusive> names, main_campuses;
  for (int i = 0; i < school.names_size(); ++i) {
    const SchoolName& name = school.names(i);
    const std::optional<Period> period =
        CheckPart(name, validity, absl::StrCat("school.names[", i, "]"), violations);
    if (period.has_value()) names.push_back({name.official_name(), *period});
  }
  for (int i = 0; i < school.campuses_size(); ++i) {
    const Campus& campus = school.campuses(i);
    const std::optional<Period> period =
        CheckPart(campus, validity, absl::StrCat("school.campuses[", i, "]"), violations);
    if (period.has_value() && campus.is_main()) main_campuses.push_back({campus.name(), *period});
  }
  if (!violations.empty()) return contract::RefuseFields(violations);
  absl::Status status = CheckOneAtATime(names, "names", "tên gọi");
  if (status.ok()) status = CheckOneAtATime(main_campuses, "the main campus", "trụ sở chính");
  return status;
}

void CheckProvince(const School& school, Violations& violations) {
  const bool provincial = school.kind() == v1::SCHOOL_KIND_PROVINCIAL;
  const auto check = [&](const std::string& value, const std::string& field) {
    if (provincial && value.empty()) {
      violations.push_back({"school." + field, "is required for a provincial school",
                            "bắt buộc đối với trường của tỉnh"});
    } else if (!provincial && !value.empty()) {
      violations.push_back({"school." + field, "must be empty for a central cadre school",
                            "phải để trống đối với trường cán bộ Trung ương"});
    }
  };
  check(school.province_id(), "province_id");
  check(school.province(), "province");
}

void CheckEachOnce(const SchoolNames& names, const std::string& path, Violations& violations) {
  std::set<std::string> seen;
  for (int i = 0; i < names.size(); ++i) {
    if (seen.insert(names.Get(i)).second) continue;
    violations.push_back({absl::StrCat(path, "[", i, "]"), "is named twice", "được nêu hai lần"});
  }
}

struct Sides {
  int least_predecessors;
  int least_successors;
  bool one_to_one;
};

Sides SidesOf(v1::LineageEventType type) {
  switch (type) {
    case v1::LINEAGE_EVENT_TYPE_MERGE:
      return {2, 1, false};
    case v1::LINEAGE_EVENT_TYPE_SPLIT:
      return {1, 2, false};
    default:
      return {1, 1, true};
  }
}

void CheckSide(const SchoolNames& names, int least, bool one, const std::string& path,
               Violations& violations) {
  CheckEachOnce(names, path, violations);
  if (names.size() >= least && (!one || names.size() == 1)) return;
  const std::string number = one ? "exactly 1" : absl::StrCat("at least ", least);
  const std::string number_vi = one ? "đúng 1" : absl::StrCat("ít nhất ", least);
  violations.push_back({path, "an event of this type needs " + number + " school(s)",
                        "loại sự kiện này cần " + number_vi + " trường"});
}

bool Holds(const SchoolNames& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool IsRenaming(const LineageEvent& event) { return event.type() == v1::LINEAGE_EVENT_TYPE_RENAME; }

// The share as a number; nothing after adding a violation.
std::optional<Decimal> CheckShare(const v1::LineageShare& share, const std::string& path,
                                  Violations& violations) {
  const absl::StatusOr<Decimal> part = Decimal::Parse(share.share().value());
  if (part.ok() && *part > Decimal() && *part <= Decimal::FromInt(1)) return *part;
  violations.push_back({path + ".share", "must be above 0 and at most 1, written like 0.375",
                        "phải lớn hơn 0 và không quá 1, viết như 0.375"});
  return std::nullopt;
}

void CheckShares(const LineageEvent& event, Violations& violations) {
  if (event.shares_size() > 0 && event.type() != v1::LINEAGE_EVENT_TYPE_SPLIT) {
    violations.push_back({"lineage_event.shares", "only a split has shares",
                          "chỉ việc chia tách mới có tỷ lệ phân chia"});
    return;
  }
  std::map<std::string, Decimal> sums;
  std::set<std::pair<std::string, std::string>> seen;
  for (int i = 0; i < event.shares_size(); ++i) {
    const v1::LineageShare& share = event.shares(i);
    const std::string path = absl::StrCat("lineage_event.shares[", i, "]");
    if (!Holds(event.successors(), share.successor())) {
      violations.push_back({path + ".successor", "is not a successor of the event",
                            "không phải trường kế thừa trong sự kiện"});
    }
    if (!seen.emplace(share.indicator_group(), share.successor()).second) {
      violations.push_back(
          {path, "the successor has a share of that group already", "nhóm này đã có tỷ lệ"});
    }
    const std::optional<Decimal> part = CheckShare(share, path, violations);
    if (!part.has_value()) continue;
    Decimal& sum = sums[share.indicator_group()];
    sum = sum.Plus(*part).value();  // at most 400 parts of at most 1 each
  }
  if (!violations.empty()) return;
  for (const auto& [group, sum] : sums) {
    if (sum == Decimal::FromInt(1)) continue;
    violations.push_back(
        {"lineage_event.shares",
         absl::StrCat("the shares of ", group, " add up to ", sum.ToString(), " instead of 1"),
         absl::StrCat("các tỷ lệ của ", group, " cộng lại là ", sum.ToString(),
                      " chứ không phải 1")});
  }
}

absl::Status WouldBeItsOwnPredecessor(const LineageEvent& event, const std::string& school) {
  return contract::Refuse(Reason::REASON_LINEAGE_CYCLE,
                          {{"resource", event.name()}, {"school", school}});
}

absl::Status CheckRenaming(const LineageEvent& event, const School& school, const Period& validity,
                           absl::CivilDay effective) {
  const bool named =
      std::any_of(school.names().begin(), school.names().end(), [&](const SchoolName& name) {
        const absl::StatusOr<Period> period = directory::PeriodOf(name);
        return period.ok() && period->from == effective;
      });
  if (named && validity.from < effective && effective < validity.to) return absl::OkStatus();
  return BreaksRule(
      event.name(), absl::StrCat(school.name(), " has no name that begins on ", Text(effective)),
      absl::StrCat(school.name(), " không có tên gọi nào bắt đầu từ ", Text(effective)));
}

}  // namespace

absl::Status BreaksRule(const std::string& resource, const std::string& why,
                        const std::string& why_vi) {
  return contract::Refuse(Reason::REASON_RULE_VIOLATED,
                          {{"resource", resource}, {"why", why}, {"why_vi", why_vi}});
}

void CheckProvenance(const v1::Provenance& provenance, const std::string& path,
                     Violations& violations) {
  if (provenance.confidence() == v1::CONFIDENCE_DOCUMENTED && provenance.source().empty()) {
    violations.push_back({path + ".source", "is required for a documented fact",
                          "bắt buộc đối với dữ kiện có tài liệu"});
  }
}

absl::Status CheckSchool(const School& school) {
  Violations violations;
  CheckProvince(school, violations);
  CheckProvenance(school.provenance(), "school.provenance", violations);
  const std::optional<Period> validity = CheckPeriod(school, "school", violations);
  return CheckParts(school, validity.value_or(Period()), violations);
}

absl::Status CheckLineageEvent(const LineageEvent& event) {
  Violations violations;
  const Sides sides = SidesOf(event.type());
  CheckSide(event.predecessors(), sides.least_predecessors, sides.one_to_one,
            "lineage_event.predecessors", violations);
  CheckSide(event.successors(), sides.least_successors, sides.one_to_one,
            "lineage_event.successors", violations);
  CheckShares(event, violations);
  CheckProvenance(event.provenance(), "lineage_event.provenance", violations);
  if (!violations.empty()) return contract::RefuseFields(violations);
  for (const std::string& school : event.predecessors()) {
    const bool on_both_sides = Holds(event.successors(), school);
    if (on_both_sides && !IsRenaming(event)) return WouldBeItsOwnPredecessor(event, school);
    if (!on_both_sides && IsRenaming(event)) {
      return BreaksRule(event.name(),
                        "a renamed school stays the same school; a new one is a REBRAND",
                        "đổi tên vẫn là một trường; thành trường mới thì phải là REBRAND");
    }
  }
  return absl::OkStatus();
}

absl::Status CheckLineageAcyclic(const LineageEvent& event,
                                 const std::vector<LineageEvent>& onward) {
  // A renamed school stays itself.
  if (IsRenaming(event)) return absl::OkStatus();
  std::set<std::string> reached(event.successors().begin(), event.successors().end());
  for (size_t before = 0; before != reached.size();) {
    before = reached.size();
    for (const LineageEvent& next : onward) {
      const bool leads_on = std::any_of(next.predecessors().begin(), next.predecessors().end(),
                                        [&](const auto& name) { return reached.contains(name); });
      if (leads_on) reached.insert(next.successors().begin(), next.successors().end());
    }
  }
  for (const std::string& school : event.predecessors()) {
    if (reached.contains(school)) return WouldBeItsOwnPredecessor(event, school);
  }
  return absl::OkStatus();
}

bool EndsPredecessors(const LineageEvent& event) { return !IsRenaming(event); }

absl::StatusOr<School> EndedBy(const LineageEvent& event, School school) {
  if (!EndsPredecessors(event) || school.has_valid_to() ||
      !Holds(event.predecessors(), school.name())) {
    return school;
  }
  const absl::StatusOr<absl::CivilDay> effective = runtime::DayFromProto(event.effective_date());
  const absl::StatusOr<Period> validity = directory::PeriodOf(school);
  if (!effective.ok()) return effective.status();
  if (!validity.ok()) return validity.status();
  if (*effective <= validity->from) {
    return BreaksRule(event.name(),
                      absl::StrCat(school.name(), " does not exist before ", Text(*effective)),
                      absl::StrCat(school.name(), " chưa tồn tại trước ngày ", Text(*effective)));
  }
  for (SchoolName& name : *school.mutable_names()) {
    const absl::StatusOr<Period> period = directory::PeriodOf(name);
    if (!period.ok()) return period.status();
    if (*effective <= period->from) {
      return BreaksRule(event.name(),
                        absl::StrCat(school.name(), " has a name that begins on ",
                                     Text(period->from), ", after its end"),
                        absl::StrCat(school.name(), " có tên gọi bắt đầu từ ", Text(period->from),
                                     ", sau khi trường kết thúc"));
    }
    if (name.has_valid_to() && *effective < period->to) {
      *name.mutable_valid_to() = event.effective_date();
    }
  }
  *school.mutable_valid_to() = event.effective_date();
  return school;
}

absl::Status CheckLineageDates(const LineageEvent& event, const School& school) {
  const absl::StatusOr<absl::CivilDay> effective = runtime::DayFromProto(event.effective_date());
  const absl::StatusOr<Period> validity = directory::PeriodOf(school);
  if (!effective.ok()) return effective.status();
  if (!validity.ok()) return validity.status();
  if (IsRenaming(event)) return CheckRenaming(event, school, *validity, *effective);
  if (Holds(event.predecessors(), school.name()) && validity->to != *effective) {
    return BreaksRule(event.name(), absl::StrCat(school.name(), " must end on ", Text(*effective)),
                      absl::StrCat(school.name(), " phải kết thúc vào ", Text(*effective)));
  }
  if (Holds(event.successors(), school.name()) && validity->from != *effective) {
    return BreaksRule(event.name(),
                      absl::StrCat(school.name(), " must begin on ", Text(*effective)),
                      absl::StrCat(school.name(), " phải bắt đầu từ ", Text(*effective)));
  }
  return absl::OkStatus();
}

absl::Status CheckLineageOnce(const LineageEvent& event,
                              const std::vector<LineageEvent>& recorded) {
  if (IsRenaming(event)) return absl::OkStatus();
  for (const LineageEvent& other : recorded) {
    if (IsRenaming(other)) continue;
    for (const std::string& school : event.predecessors()) {
      if (!Holds(other.predecessors(), school)) continue;
      return BreaksRule(
          event.name(),
          absl::StrCat(school, " is followed by others in ", other.name(), " already"),
          absl::StrCat(school, " đã có trường kế thừa trong ", other.name()));
    }
    for (const std::string& school : event.successors()) {
      if (!Holds(other.successors(), school)) continue;
      return BreaksRule(event.name(),
                        absl::StrCat(school, " has its predecessors in ", other.name(), " already"),
                        absl::StrCat(school, " đã có tiền thân trong ", other.name()));
    }
  }
  return absl::OkStatus();
}

}  // namespace thidua::registry
