#include "services/registry/schools/school_rules.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "common/runtime/dates.h"

namespace thidua::registry {
namespace {

using contract::Reason;
using directory::Period;
using v1::LineageEvent;
using v1::School;
using v1::SchoolName;
using SchoolNames = google::protobuf::RepeatedPtrField<std::string>;

std::string Text(absl::CivilDay day) { return absl::FormatCivilTime(day); }

// Open bounds mean "as far as the school": only those that are written can lie outside.
bool WrittenBoundsWithin(const SchoolName& name, const Period& period, const Period& validity) {
  return (!name.has_valid_from() || (validity.from <= period.from && period.from < validity.to)) &&
         (!name.has_valid_to() || (validity.from < period.to && period.to <= validity.to));
}

absl::Status CheckNames(const School& school, const Period& validity, Violations& violations) {
  std::vector<Period> periods;
  for (int i = 0; i < school.names_size(); ++i) {
    const std::string path = absl::StrCat("school.names[", i, "]");
    const std::optional<Period> period = CheckPeriod(school.names(i), path, violations);
    if (!period.has_value()) continue;
    if (!WrittenBoundsWithin(school.names(i), *period, validity)) {
      violations.push_back({path, "lies outside the validity of the school",
                            "nằm ngoài thời gian tồn tại của trường"});
    }
    periods.push_back(*period);
  }
  if (!violations.empty()) return contract::RefuseFields(violations);
  for (size_t i = 0; i < periods.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      if (!periods[i].Overlaps(periods[j])) continue;
      const Period common = periods[i].Common(periods[j]);
      return contract::Refuse(Reason::REASON_OVERLAP,
                              {{"resource", school.names(static_cast<int>(i)).official_name()},
                               {"other", school.names(static_cast<int>(j)).official_name()},
                               {"why", "both are names on " + Text(common.from)},
                               {"why_vi", "cùng là tên gọi vào ngày " + Text(common.from)}});
    }
  }
  return absl::OkStatus();
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
  return CheckNames(school, validity.value_or(Period()), violations);
}

absl::Status CheckLineageEvent(const LineageEvent& event) {
  Violations violations;
  const Sides sides = SidesOf(event.type());
  CheckSide(event.predecessors(), sides.least_predecessors, sides.one_to_one,
            "lineage_event.predecessors", violations);
  CheckSide(event.successors(), sides.least_successors, sides.one_to_one,
            "lineage_event.successors", violations);
  CheckProvenance(event.provenance(), "lineage_event.provenance", violations);
  if (!violations.empty()) return contract::RefuseFields(violations);
  for (const std::string& school : event.predecessors()) {
    const bool on_both_sides = Holds(event.successors(), school);
    if (on_both_sides && !IsRenaming(event)) {
      return contract::Refuse(Reason::REASON_LINEAGE_CYCLE,
                              {{"resource", event.name()}, {"school", school}});
    }
    if (!on_both_sides && IsRenaming(event)) {
      return BreaksRule(event.name(),
                        "a renamed school stays the same school; a new one is a REBRAND",
                        "đổi tên vẫn là một trường; thành trường mới thì phải là REBRAND");
    }
  }
  return absl::OkStatus();
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
