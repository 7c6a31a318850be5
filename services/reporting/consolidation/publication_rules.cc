#include "services/reporting/consolidation/publication_rules.h"

#include <utility>

#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "common/document/canonical_json.h"
#include "common/document/digest.h"

namespace thidua::reporting {
namespace {

using document::Value;
using Names = google::protobuf::RepeatedPtrField<std::string>;

constexpr char kDocumentType[] = "thidua.reporting.consolidation/1";

std::string Word(const std::string& enum_value, const char* prefix) {
  return std::string(absl::StripPrefix(enum_value, prefix));
}

Value DayValue(const google::type::Date& day) {
  return absl::StrFormat("%04d-%02d-%02d", day.year(), day.month(), day.day());
}

Value InstantValue(const google::protobuf::Timestamp& instant) {
  const absl::Time time =
      absl::FromUnixSeconds(instant.seconds()) + absl::Nanoseconds(instant.nanos());
  return absl::FormatTime("%Y-%m-%d%ET%H:%M:%E6SZ", time, absl::UTCTimeZone());
}

Value NameArray(const Names& names) {
  Value::Array array;
  for (const std::string& name : names) array.emplace_back(name);
  return array;
}

// The number of a figure-like message: an integer, a decimal text, or nothing where its state says
// all.
template <class Stated>
void PutNumber(const Stated& stated, Value::Object& object) {
  object["state"] = StateWord(stated.state());
  if (stated.state() != v1::FIGURE_STATE_VALUE) return;
  object["value"] =
      stated.has_decimal_value() ? Value(stated.decimal_value().value()) : Value(stated.value());
  object["qualifier"] = QualifierWord(stated.qualifier());
}

Value WindowValue(const v1::Window& window) {
  return Value::Object{{"name", window.name()},
                       {"title", window.title()},
                       {"kind", Word(v1::WindowKind_Name(window.kind()), "WINDOW_KIND_")},
                       {"period_start", DayValue(window.period_start())},
                       {"period_end", DayValue(window.period_end())},
                       {"cut_off_date", DayValue(window.cut_off_date())},
                       {"membership_date", DayValue(window.membership_date())}};
}

Value SourceValue(const v1::SourceRevision& source) {
  return Value::Object{{"report", source.report()},
                       {"revision", source.revision()},
                       {"sha256", document::Hex(source.sha256())},
                       {"accepted_by", source.accepted_by()},
                       {"accept_time", InstantValue(source.accept_time())}};
}

Value ComputedValue(const v1::ComputedTotal& computed) {
  Value::Object object;
  object["state"] = Word(v1::ComputedState_Name(computed.state()), "COMPUTED_STATE_");
  if (computed.state() == v1::COMPUTED_STATE_SUM) object["value"] = computed.value();
  if (computed.state() == v1::COMPUTED_STATE_RECOMPUTED)
    object["value"] = computed.decimal_value().value();
  if (computed.qualifier() != v1::QUALIFIER_UNSPECIFIED)
    object["qualifier"] = QualifierWord(computed.qualifier());
  return object;
}

Value ContributionValue(const v1::Contribution& contribution) {
  Value::Object object{{"school", contribution.school()}, {"revision", contribution.revision()}};
  PutNumber(contribution, object);
  return object;
}

Value DeclaredValue(const v1::DeclaredTotal& declared) {
  Value::Object object{{"declared_by", declared.declared_by()},
                       {"declare_time", InstantValue(declared.declare_time())}};
  PutNumber(declared, object);
  if (!declared.source_text().empty()) object["source_text"] = declared.source_text();
  return object;
}

Value DiscrepancyValue(const v1::Discrepancy& discrepancy) {
  return Value::Object{
      {"difference", discrepancy.has_decimal_difference()
                         ? Value(discrepancy.decimal_difference().value())
                         : Value(discrepancy.difference())},
      {"state", Word(v1::DiscrepancyState_Name(discrepancy.state()), "DISCREPANCY_STATE_")},
      {"resolution",
       Word(v1::DiscrepancyResolution_Name(discrepancy.resolution()), "DISCREPANCY_RESOLUTION_")},
      {"explanation", discrepancy.explanation()},
      {"explained_by", discrepancy.explained_by()},
      {"explain_time", InstantValue(discrepancy.explain_time())}};
}

Value CellValue(const v1::Indicator& definition, const v1::ConsolidatedCell& cell) {
  Value::Array contributions;
  for (const v1::Contribution& contribution : cell.contributions())
    contributions.push_back(ContributionValue(contribution));
  Value::Object object{{"indicator", cell.indicator()},
                       {"display_name", definition.display_name()},
                       {"unit", definition.unit()},
                       {"kind", Word(v1::IndicatorKind_Name(definition.kind()), "INDICATOR_KIND_")},
                       {"aggregation", Word(v1::IndicatorAggregation_Name(definition.aggregation()),
                                            "INDICATOR_AGGREGATION_")},
                       {"definition_version", cell.definition_version()},
                       {"computed", ComputedValue(cell.computed())},
                       {"reported", cell.reported_count()},
                       {"expected", cell.expected_count()},
                       {"not_reported", NameArray(cell.not_reported())},
                       {"not_applicable", NameArray(cell.not_applicable())},
                       {"contributions", std::move(contributions)}};
  if (cell.has_declared()) object["declared"] = DeclaredValue(cell.declared());
  if (cell.has_discrepancy()) object["discrepancy"] = DiscrepancyValue(cell.discrepancy());
  return object;
}

}  // namespace

absl::StatusOr<std::string> PublicationDocument(const Form& form,
                                                const v1::Consolidation& consolidation) {
  Value::Array members, sources, cells;
  for (const v1::ExpectedSchool& member : consolidation.members()) {
    members.push_back(
        Value::Object{{"school", member.school()}, {"display_name", member.display_name()}});
  }
  for (const v1::SourceRevision& source : consolidation.sources())
    sources.push_back(SourceValue(source));
  for (int i = 0; i < consolidation.cells_size(); ++i) {
    cells.push_back(CellValue(form.cell(i).definition(), consolidation.cells(i)));
  }
  return document::Canonical(Value::Object{
      {"type", kDocumentType},
      {"window", WindowValue(form.window())},
      {"cluster", Value::Object{{"name", consolidation.cluster()},
                                {"display_name", consolidation.cluster_display_name()}}},
      {"registry_position", consolidation.registry_position()},
      {"members", std::move(members)},
      {"missing_schools", NameArray(consolidation.missing_schools())},
      {"sources", std::move(sources)},
      {"cells", std::move(cells)}});
}

std::vector<v1::SupersededCell> ChangedCells(
    const Form& form, const google::protobuf::RepeatedPtrField<v1::Figure>& before,
    int old_revision, const v1::SchoolReport& accepted, const std::string& reopen_reason) {
  std::vector<v1::SupersededCell> cells;
  for (v1::CellChange& change : Difference(form, before, accepted.figures())) {
    v1::SupersededCell& cell = cells.emplace_back();
    cell.set_school(accepted.school());
    if (old_revision == 0) change.clear_old_figure();
    *cell.mutable_change() = std::move(change);
    cell.set_old_revision(old_revision);
    cell.set_new_revision(accepted.accepted_revision());
    cell.set_accepted_by(accepted.accepted_by());
    *cell.mutable_accept_time() = accepted.accept_time();
    cell.set_reason(reopen_reason);
  }
  return cells;
}

void Supersede(const std::vector<v1::SupersededCell>& cells, const std::string& newer,
               const google::protobuf::Timestamp& now, v1::Publication* publication) {
  for (const v1::SupersededCell& cell : cells) *publication->add_superseded_cells() = cell;
  if (!newer.empty()) publication->set_superseded_by(newer);
  if (publication->state() == v1::PUBLICATION_STATE_SUPERSEDED) return;
  publication->set_state(v1::PUBLICATION_STATE_SUPERSEDED);
  *publication->mutable_supersede_time() = now;
}

}  // namespace thidua::reporting
