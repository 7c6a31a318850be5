// Figures: what fills one cell of a window's form. The four things a figure may say, whether it
// fits its indicator, what is the same and what differs, and the bytes in which the figures of an
// accepted report are kept. Pure.
#ifndef THIDUA_SERVICES_REPORTING_WINDOWS_FIGURE_RULES_H_
#define THIDUA_SERVICES_REPORTING_WINDOWS_FIGURE_RULES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/contract/refusal.h"
#include "thidua/reporting/v1/report_service.pb.h"
#include "thidua/reporting/v1/window_service.pb.h"

namespace thidua::reporting {

// A window as the form to be filled in: its cells by indicator and by ordinal. Views into the
// window, which must outlive the form and not change. Cells are numbered in the window's order.
class Form {
 public:
  explicit Form(const v1::Window& window);

  const v1::Window& window() const { return window_; }
  int size() const { return window_.indicators_size(); }
  const v1::WindowIndicator& cell(int index) const { return window_.indicators(index); }
  bool IsRatio(int index) const {
    return cell(index).definition().kind() == v1::INDICATOR_KIND_RATIO;
  }

  // The cell of an indicator; nothing when the window does not ask for it.
  std::optional<int> Find(std::string_view indicator) const;
  // The cell of the indicator with that ordinal; -1 when there is none.
  int FindOrdinal(int64_t ordinal) const {
    return ordinal >= 0 && ordinal < static_cast<int64_t>(by_ordinal_.size())
               ? by_ordinal_[static_cast<size_t>(ordinal)]
               : -1;
  }

 private:
  const v1::Window& window_;
  std::unordered_map<std::string_view, int> by_indicator_;
  std::vector<int> by_ordinal_;
};

// What is wrong with the figures that a caller sends, each path below `path` ("report.figures"): an
// indicator that the form does not ask of schools, one given twice, a state without or with the
// wrong number, a number where there must be none.
std::vector<contract::FieldViolation> CheckFigures(
    const Form& form, const google::protobuf::RepeatedPtrField<v1::Figure>& figures,
    std::string_view path);

// What is wrong with a state and its number for one cell; appended under `path`. Shared by figures
// and declared totals.
void CheckNumber(const Form& form, int cell, v1::FigureState state, int64_t value,
                 const std::optional<std::string>& decimal, v1::Qualifier qualifier,
                 const std::string& path, std::vector<contract::FieldViolation>& violations);

// The figure in its one stored form: qualifier and source set where they were left out, the decimal
// in canonical form. It was checked.
v1::Figure Normalised(v1::Figure figure);

// NOT_REPORTED for the indicator.
v1::Figure Unreported(const std::string& indicator);

// True when both say the same: state, number and qualifier. Source, raw text and note say nothing
// about the school.
bool SameStatement(const v1::Figure& left, const v1::Figure& right);

// The cells in which two reports differ, in the form's order. A figure that one of them lacks is
// NOT_REPORTED there.
std::vector<v1::CellChange> Difference(const Form& form,
                                       const google::protobuf::RepeatedPtrField<v1::Figure>& before,
                                       const google::protobuf::RepeatedPtrField<v1::Figure>& after);

// The words that documents use: "VALUE", "EXACT".
std::string StateWord(v1::FigureState state);
std::string QualifierWord(v1::Qualifier qualifier);

// One packed figure. `decimal` is a view into the packed bytes; set for a RATIO with VALUE.
struct PackedFigure {
  int64_t ordinal = 0;
  v1::FigureState state = v1::FIGURE_STATE_UNSPECIFIED;
  v1::Qualifier qualifier = v1::QUALIFIER_UNSPECIFIED;
  int64_t value = 0;
  std::string_view decimal;
};

// The figures of a complete report as bytes: format version 1, then for each figure in order of
// ordinal
//   varint  difference to the ordinal before (the first: to 0)
//   byte    state (bits 0–2), qualifier (bits 3–4), bit 5: a decimal follows instead of an integer
//   VALUE:  varint, or varint length and the decimal's text
// States are stored as themselves; no number stands for "not reported". Source, raw text and note
// stay in the revision.
std::string Pack(const Form& form, const google::protobuf::RepeatedPtrField<v1::Figure>& figures);

// Reads packed figures one after another.
class PackedReader {
 public:
  explicit PackedReader(std::string_view bytes);
  // False at the end and when the bytes are damaged; see ok().
  bool Next(PackedFigure& figure);
  bool ok() const { return ok_; }

 private:
  bool Varint(uint64_t& value);

  std::string_view rest_;
  int64_t ordinal_ = 0;
  bool ok_ = true;
};

// Back to figures, in the form's order. DATA_LOSS when the bytes are damaged or hold what the form
// does not ask for.
absl::StatusOr<std::vector<v1::Figure>> Unpack(const Form& form, std::string_view bytes);

}  // namespace thidua::reporting

#endif  // THIDUA_SERVICES_REPORTING_WINDOWS_FIGURE_RULES_H_
