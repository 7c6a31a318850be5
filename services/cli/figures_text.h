// Figures as people read them and as they write them.
#ifndef THIDUA_SERVICES_CLI_FIGURES_TEXT_H_
#define THIDUA_SERVICES_CLI_FIGURES_TEXT_H_

#include <cstdint>
#include <string>

#include "google/protobuf/timestamp.pb.h"
#include "google/type/decimal.pb.h"
#include "thidua/reporting/v1/consolidation_service.pb.h"
#include "thidua/reporting/v1/report_service.pb.h"

namespace thidua::cli {

// "71,25" of 71.25 in Vietnamese.
std::string DecimalText(const google::type::Decimal& decimal, bool vietnamese);
// "+4", "−65", "0".
std::string SignedText(int64_t number, bool vietnamese);
std::string SignedText(const google::type::Decimal& decimal, bool vietnamese);

// "chưa báo cáo", "không thuộc diện"; the number where there is one: "1.206", "≥ 450", "≈ 12,5",
// and "0" only for what was counted and is none.
std::string FigureText(reporting::v1::FigureState state, int64_t value,
                       const google::type::Decimal* decimal, reporting::v1::Qualifier qualifier,
                       bool vietnamese);
// The same of any message that states a figure (Figure, Contribution, DeclaredTotal).
template <class Stated>
std::string FigureText(const Stated& stated, bool vietnamese) {
  return FigureText(stated.state(), stated.value(),
                    stated.has_decimal_value() ? &stated.decimal_value() : nullptr,
                    stated.qualifier(), vietnamese);
}
// A cluster's computed side: the sum also when it is 0, "chưa báo cáo" when no school said
// anything, "không cộng" when it must not be added.
std::string ComputedText(const reporting::v1::ComputedTotal& computed, bool vietnamese);

// "chính xác", "ít nhất", "khoảng".
std::string QualifierText(reporting::v1::Qualifier qualifier, bool vietnamese);
std::string ReportStateText(reporting::v1::ReportState state, bool vietnamese);
// Who did something, as people know it: "school/lao-cai" of "spiffe://thidua.vn/school/lao-cai"; a
// person as it is.
std::string WhoText(const std::string& who);
// The instant in Việt Nam, "2024-06-25 14:30:00"; empty for one that is not set.
std::string InstantText(const google::protobuf::Timestamp& instant);

}  // namespace thidua::cli

#endif  // THIDUA_SERVICES_CLI_FIGURES_TEXT_H_
