#include "services/cli/report_drafting.h"

#include <map>
#include <string>

#include "google/protobuf/util/message_differencer.h"

namespace thidua::cli {

using namespace reporting::v1;  // NOLINT: the contract's own words

namespace {

// What is left unsaid means MANUAL in the contract; EXACT belongs to numbers.
Figure Completed(Figure figure) {
  if (figure.source() == FIGURE_SOURCE_UNSPECIFIED) figure.set_source(FIGURE_SOURCE_MANUAL);
  if (figure.state() != FIGURE_STATE_VALUE) {
    figure.clear_qualifier();
  } else if (figure.qualifier() == QUALIFIER_UNSPECIFIED) {
    figure.set_qualifier(QUALIFIER_EXACT);
  }
  return figure;
}

// A cell without a statement has no source to speak of.
bool SaysNothing(const Figure& figure) {
  return figure.state() == FIGURE_STATE_NOT_REPORTED && figure.raw_text().empty() &&
         figure.note().empty();
}

bool Same(const Figure& left, const Figure& right) {
  if (SaysNothing(left) && SaysNothing(right)) return true;
  return google::protobuf::util::MessageDifferencer::Equals(Completed(left), Completed(right));
}

}  // namespace

std::vector<Figure> WholeReport(const Window& window, const std::vector<Figure>& stated) {
  std::map<std::string, const Figure*> by_indicator;
  for (const Figure& figure : stated) by_indicator[figure.indicator()] = &figure;
  std::vector<Figure> whole;
  for (const WindowIndicator& cell : window.indicators()) {
    if (cell.cluster_only()) continue;
    const auto found = by_indicator.find(cell.indicator());
    if (found != by_indicator.end()) {
      whole.push_back(*found->second);
      continue;
    }
    Figure& nothing = whole.emplace_back();
    nothing.set_indicator(cell.indicator());
    nothing.set_state(FIGURE_STATE_NOT_REPORTED);
  }
  return whole;
}

std::vector<Figure> ChangedFigures(const SchoolReport& stored, const std::vector<Figure>& wanted) {
  std::map<std::string, const Figure*> by_indicator;
  for (const Figure& figure : stored.figures()) by_indicator[figure.indicator()] = &figure;
  std::vector<Figure> changed;
  for (const Figure& figure : wanted) {
    const auto found = by_indicator.find(figure.indicator());
    if (found == by_indicator.end() || !Same(*found->second, figure)) changed.push_back(figure);
  }
  return changed;
}

}  // namespace thidua::cli
