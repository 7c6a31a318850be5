#include "services/registry/successions/succession_store.h"

#include <string>
#include <utility>

#include "common/contract/resource_name.h"

namespace thidua::registry {
namespace {

using v1::SuccessionFate;

constexpr int kRowsAtOnce = 500;

std::vector<database::Value> FateColumns(const SuccessionFate& fate) {
  return {contract::Join(
      {"lineageEvents", contract::SegmentAfter(fate.name(), "lineageEvents").value_or("")})};
}

}  // namespace

SuccessionStore::SuccessionStore() : fates_("succession_fate", {"lineage_event"}, FateColumns) {}

absl::StatusOr<std::vector<SuccessionFate>> SuccessionStore::FatesOf(
    database::Connection& connection, std::string_view event) const {
  std::vector<SuccessionFate> fates;
  contract::Parameters after;
  do {
    auto page = fates_.List(connection, OfEvent(event), after, kRowsAtOnce);
    if (!page.ok()) return page.status();
    for (SuccessionFate& fate : page->resources) fates.push_back(std::move(fate));
    after = std::move(page->next);
  } while (!after.empty());
  return fates;
}

resource::Where SuccessionStore::OfEvent(std::string_view event) {
  if (event == kAllEvents) return {};
  return {"lineage_event = ?", {std::string(event)}};
}

}  // namespace thidua::registry
