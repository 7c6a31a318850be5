// Builders of pacts as the tests of several rooms need them.
#ifndef THIDUA_TESTS_SUPPORT_PACT_FACTS_H_
#define THIDUA_TESTS_SUPPORT_PACT_FACTS_H_

#include <string>
#include <utility>

#include "tests/support/school_facts.h"
#include "thidua/registry/v1/pact_service.pb.h"

namespace thidua::testing {

inline registry::v1::PactTarget TextTarget(int number, const std::string& text) {
  registry::v1::PactTarget target;
  target.set_number(number);
  target.set_text(text);
  return target;
}

inline registry::v1::PactTarget NumberTarget(int number, const std::string& text,
                                             const std::string& indicator,
                                             registry::v1::PactOperator op,
                                             const std::string& value, const std::string& unit) {
  registry::v1::PactTarget target = TextTarget(number, text);
  target.set_indicator(indicator);
  target.set_operator_(op);
  target.mutable_value()->set_value(value);
  target.set_unit(unit);
  return target;
}

// A documented pact with a number and a text; the texts of real ones are not known.
inline registry::v1::Pact Pact(const std::string& cluster, int year) {
  registry::v1::Pact pact;
  pact.set_name("clusters/" + cluster + "/pacts/" + std::to_string(year));
  pact.set_year(year);
  pact.set_theme("Chủ động - Đồng bộ - Đột phá - Kỷ cương - Chất lượng - Hiệu quả");
  *pact.add_targets() =
      NumberTarget(1, "Ít nhất 95% kế hoạch mở lớp được thực hiện", "class_plan_rate",
                   registry::v1::PACT_OPERATOR_AT_LEAST, "95", "%");
  *pact.add_targets() = TextTarget(2, "Mỗi trường có đề án xây dựng trường chính trị chuẩn");
  return Documented(std::move(pact), "Dự thảo giao ước thi đua năm " + std::to_string(year));
}

}  // namespace thidua::testing

#endif  // THIDUA_TESTS_SUPPORT_PACT_FACTS_H_
