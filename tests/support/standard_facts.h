// Builders of schemes, steps and assessments of the standard.
#ifndef THIDUA_TESTS_SUPPORT_STANDARD_FACTS_H_
#define THIDUA_TESTS_SUPPORT_STANDARD_FACTS_H_

#include <string>
#include <utility>

#include "tests/support/school_facts.h"
#include "thidua/registry/v1/standard_service.pb.h"

namespace thidua::testing {

// A date known in part; 0 for what is unknown.
inline google::type::Date PartialDate(int year, int month = 0, int day = 0) {
  google::type::Date date;
  date.set_year(year);
  date.set_month(month);
  date.set_day(day);
  return date;
}

// Level 1 or 2 as far as it is known: six criteria, of which the third has 5 indicators at level 1,
// and the share of lecturers.
inline registry::v1::StandardScheme StandardScheme(int level = 1) {
  registry::v1::StandardScheme scheme;
  scheme.set_name("standardSchemes/11-qd-tw-level-" + std::to_string(level));
  scheme.set_level(level);
  scheme.set_display_name("Trường chính trị chuẩn mức " + std::to_string(level));
  scheme.set_indicator_total(level == 1 ? 55 : 64);
  int number = 0;
  for (const char* name :
       {"Thể chế, quy định", "Đội ngũ cán bộ, viên chức", "Hoạt động đào tạo, bồi dưỡng",
        "Nghiên cứu khoa học, tổng kết thực tiễn", "Văn hóa trường đảng, kỷ luật, kỷ cương",
        "Cơ sở vật chất, phương tiện kỹ thuật, tài chính"}) {
    auto& criterion = *scheme.add_criteria();
    criterion.set_number(++number);
    criterion.set_display_name(name);
  }
  if (level == 1) scheme.mutable_criteria(2)->set_indicator_total(5);
  auto& lecturers = *scheme.add_indicators();
  lecturers.set_code("2-lecturer-share");
  lecturers.set_criterion(2);
  lecturers.set_text("Giảng viên cơ hữu và kiêm nhiệm đạt ít nhất 75 % tổng số viên chức");
  lecturers.mutable_threshold()->mutable_at_least()->set_value("75");
  lecturers.mutable_threshold()->set_unit("% viên chức");
  return Documented(std::move(scheme), "Quy định 11-QĐ/TW, 19-5-2021");
}

// The same with `listed` more indicators of the fourth criterion: "4-1", "4-2" …
inline registry::v1::StandardScheme SchemeListing(int listed, int level = 1) {
  registry::v1::StandardScheme scheme = StandardScheme(level);
  for (int i = 1; i <= listed; ++i) {
    auto& indicator = *scheme.add_indicators();
    indicator.set_code("4-" + std::to_string(i));
    indicator.set_criterion(4);
    indicator.set_text("Chỉ tiêu 4." + std::to_string(i));
  }
  return scheme;
}

inline registry::v1::StandardCounts Met(int met, int total = 55) {
  registry::v1::StandardCounts counts;
  counts.set_met(met);
  counts.set_total(total);
  return counts;
}

inline registry::v1::StandardStep Step(registry::v1::StandardStepType type) {
  registry::v1::StandardStep step;
  step.set_type(type);
  return Documented(std::move(step), "Báo Nhân Dân");
}

inline registry::v1::StandardStep Step(registry::v1::StandardStepType type,
                                       const google::type::Date& date) {
  registry::v1::StandardStep step = Step(type);
  *step.mutable_date() = date;
  return step;
}

inline registry::v1::StandardAssessment Assessment(const std::string& standard_case,
                                                   const std::string& id, const std::string& day) {
  registry::v1::StandardAssessment assessment;
  assessment.set_name(standard_case + "/assessments/" + id);
  assessment.set_assessor(registry::v1::STANDARD_ASSESSOR_SCHOOL);
  *assessment.mutable_date() = runtime::DayToProto(Day(day));
  return Documented(std::move(assessment), "Báo cáo tự đánh giá");
}

inline void Find(registry::v1::StandardAssessment& assessment, const std::string& indicator,
                 registry::v1::IndicatorResult result, const std::string& evidence = "") {
  auto& finding = *assessment.add_findings();
  finding.set_indicator(indicator);
  finding.set_result(result);
  if (!evidence.empty()) finding.add_evidence()->set_title(evidence);
}

}  // namespace thidua::testing

#endif  // THIDUA_TESTS_SUPPORT_STANDARD_FACTS_H_
