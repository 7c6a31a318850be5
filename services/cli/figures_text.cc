#include "services/cli/figures_text.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/time.h"
#include "google/protobuf/util/time_util.h"
#include "services/cli/table.h"

namespace thidua::cli {

using namespace reporting::v1;  // NOLINT: the contract's own words

namespace {

std::string Bounded(Qualifier qualifier, const std::string& number) {
  switch (qualifier) {
    case QUALIFIER_AT_LEAST:
      return "≥ " + number;
    case QUALIFIER_ABOUT:
      return "≈ " + number;
    default:
      return number;
  }
}

std::string NotReported(bool vietnamese) { return vietnamese ? "chưa báo cáo" : "not reported"; }

}  // namespace

std::string DecimalText(const google::type::Decimal& decimal, bool vietnamese) {
  std::string text =
      absl::StartsWith(decimal.value(), "-") ? "−" + decimal.value().substr(1) : decimal.value();
  return vietnamese ? absl::StrReplaceAll(text, {{".", ","}}) : text;
}

std::string SignedText(int64_t number, bool vietnamese) {
  return number > 0 ? "+" + Grouped(number, vietnamese) : Grouped(number, vietnamese);
}

std::string SignedText(const google::type::Decimal& decimal, bool vietnamese) {
  const std::string text = DecimalText(decimal, vietnamese);
  return decimal.value() == "0" || absl::StartsWith(decimal.value(), "-") ? text : "+" + text;
}

std::string FigureText(FigureState state, int64_t value, const google::type::Decimal* decimal,
                       Qualifier qualifier, bool vietnamese) {
  switch (state) {
    case FIGURE_STATE_VALUE:
      return Bounded(qualifier, decimal != nullptr ? DecimalText(*decimal, vietnamese)
                                                   : Grouped(value, vietnamese));
    case FIGURE_STATE_ZERO:
      return "0";
    case FIGURE_STATE_NOT_REPORTED:
      return NotReported(vietnamese);
    case FIGURE_STATE_NOT_APPLICABLE:
      return vietnamese ? "không thuộc diện" : "not applicable";
    default:
      return "?";
  }
}

std::string ComputedText(const ComputedTotal& computed, bool vietnamese) {
  switch (computed.state()) {
    case COMPUTED_STATE_SUM:
      return Bounded(computed.qualifier(), Grouped(computed.value(), vietnamese));
    case COMPUTED_STATE_RECOMPUTED:
      return Bounded(computed.qualifier(), DecimalText(computed.decimal_value(), vietnamese));
    case COMPUTED_STATE_NOT_ADDITIVE:
      return vietnamese ? "không cộng" : "not additive";
    case COMPUTED_STATE_NOTHING_REPORTED:
      return NotReported(vietnamese);
    default:
      return "";
  }
}

std::string QualifierText(Qualifier qualifier, bool vietnamese) {
  switch (qualifier) {
    case QUALIFIER_EXACT:
      return vietnamese ? "chính xác" : "exact";
    case QUALIFIER_AT_LEAST:
      return vietnamese ? "ít nhất" : "at least";
    case QUALIFIER_ABOUT:
      return vietnamese ? "khoảng" : "about";
    default:
      return "";
  }
}

std::string ReportStateText(ReportState state, bool vietnamese) {
  switch (state) {
    case REPORT_STATE_DRAFT:
      return vietnamese ? "bản nháp (DRAFT)" : "DRAFT";
    case REPORT_STATE_SUBMITTED:
      return vietnamese ? "đã nộp (SUBMITTED)" : "SUBMITTED";
    case REPORT_STATE_RETURNED:
      return vietnamese ? "trả lại (RETURNED)" : "RETURNED";
    case REPORT_STATE_ACCEPTED:
      return vietnamese ? "đã tiếp nhận (ACCEPTED)" : "ACCEPTED";
    default:
      return "?";
  }
}

std::string WhoText(const std::string& who) {
  static constexpr absl::string_view kScheme = "spiffe://";
  if (!absl::StartsWith(who, kScheme)) return who;
  const size_t path = who.find('/', kScheme.size());
  return path == std::string::npos ? who : who.substr(path + 1);
}

std::string InstantText(const google::protobuf::Timestamp& instant) {
  if (instant.seconds() == 0) return "";
  const absl::Time time =
      absl::FromUnixMicros(google::protobuf::util::TimeUtil::TimestampToMicroseconds(instant));
  return absl::FormatTime("%Y-%m-%d %H:%M:%S", time, absl::FixedTimeZone(7 * 60 * 60));
}

}  // namespace thidua::cli
