// Builders of programmes, texts and activities: the cluster of the northern mountains in 2024.
#ifndef THIDUA_TESTS_SUPPORT_PROGRAMME_FACTS_H_
#define THIDUA_TESTS_SUPPORT_PROGRAMME_FACTS_H_

#include <string>
#include <utility>
#include <vector>

#include "tests/support/school_facts.h"
#include "thidua/registry/v1/programme_service.pb.h"

namespace thidua::testing {

inline constexpr char kProgramme2024[] = "clusters/mnbg/programmes/2024";

// What is not known is 0.
inline google::type::Date DateOf(int year, int month = 0, int day = 0) {
  google::type::Date date;
  date.set_year(year);
  date.set_month(month);
  date.set_day(day);
  return date;
}

inline registry::v1::Programme Programme(int year) {
  registry::v1::Programme programme;
  programme.set_name("clusters/mnbg/programmes/" + std::to_string(year));
  programme.set_year(year);
  programme.set_theme("Dân chủ - Kỷ cương - Sáng tạo - Nêu gương - Chất lượng - Hiệu quả");
  return Documented(std::move(programme), "Trường Nguyễn Văn Cừ Quảng Ninh (site) 25-06-2024");
}

inline registry::v1::ProgrammeText ProgrammeText(registry::v1::ProgrammeTextKind kind) {
  registry::v1::ProgrammeText text;
  text.set_kind(kind);
  text.set_title("Kế hoạch hoạt động Cụm thi đua năm 2024");
  return Documented(std::move(text), "Trường Nguyễn Văn Cừ Quảng Ninh (site) 25-06-2024");
}

inline registry::v1::Adoption Adoption(const std::string& day,
                                       const std::vector<std::string>& schools) {
  registry::v1::Adoption adoption;
  *adoption.mutable_adopt_date() = runtime::DayToProto(Day(day));
  adoption.set_meeting("Hội nghị ký kết giao ước thi đua");
  for (const std::string& school : schools) adoption.add_schools("schools/" + school);
  return Documented(std::move(adoption), "Trường Nguyễn Văn Cừ Quảng Ninh (site) 25-06-2024");
}

inline registry::v1::Participant Participant(
    const std::string& school,
    registry::v1::ActivityRole role = registry::v1::ACTIVITY_ROLE_PARTICIPANT) {
  registry::v1::Participant participant;
  participant.set_school("schools/" + school);
  participant.set_role(role);
  return participant;
}

// As a request brings it, without a name.
inline registry::v1::Activity Activity(registry::v1::ActivityKind kind, const std::string& title,
                                       const google::type::Date& planned_date,
                                       const std::string& host = "") {
  registry::v1::Activity activity;
  activity.set_kind(kind);
  activity.set_title(title);
  *activity.mutable_planned_date() = planned_date;
  if (!host.empty()) activity.set_host("schools/" + host);
  return Documented(std::move(activity), "Trường Nguyễn Văn Cừ Quảng Ninh (site) 25-06-2024");
}

// The inspection of 2023 and 2024 at Cao Bằng, led by Lạng Sơn.
inline registry::v1::Activity Inspection() {
  registry::v1::Activity activity =
      Activity(registry::v1::ACTIVITY_KIND_INSPECTION,
               "Kiểm tra công tác thi đua, khen thưởng năm 2023, 2024", DateOf(2024, 9));
  activity.set_inspected_school("schools/cao-bang");
  activity.add_inspected_years(2023);
  activity.add_inspected_years(2024);
  activity.add_chairs("schools/lang-son");
  return activity;
}

inline registry::v1::ActivityOutcome Outcome(const google::type::Date& held_date) {
  registry::v1::ActivityOutcome outcome;
  *outcome.mutable_held_date() = held_date;
  return Documented(std::move(outcome), "Báo Hà Giang");
}

}  // namespace thidua::testing

#endif  // THIDUA_TESTS_SUPPORT_PROGRAMME_FACTS_H_
