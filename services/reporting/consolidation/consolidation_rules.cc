#include "services/reporting/consolidation/consolidation_rules.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/contract/resource_name.h"
#include "common/document/decimal.h"
#include "common/runtime/dates.h"
#include "google/protobuf/util/message_differencer.h"

namespace thidua::reporting {
namespace {

using contract::FieldViolation;
using contract::Reason;
using document::Decimal;
using google::protobuf::util::MessageDifferencer;
using v1::ConsolidatedCell;
using v1::Consolidation;
using v1::DeclaredTotal;
using DeclaredTotals = google::protobuf::RepeatedPtrField<DeclaredTotal>;

// A declared and a computed number side by side.
struct Pair {
  Decimal declared;
  Decimal computed;
};

// Nothing when there is nothing to hold against each other.
std::optional<Pair> PairOf(const ConsolidatedCell& cell) {
  if (!cell.has_declared()) return std::nullopt;
  const DeclaredTotal& declared = cell.declared();
  const auto stated = declared.has_decimal_value()
                          ? Decimal::Parse(declared.decimal_value().value())
                          : Decimal::FromInt(declared.value());
  if (!stated.ok()) return std::nullopt;
  switch (cell.computed().state()) {
    case v1::COMPUTED_STATE_SUM:
      return Pair{*stated, Decimal::FromInt(cell.computed().value())};
    case v1::COMPUTED_STATE_RECOMPUTED:
      if (const auto ratio = Decimal::Parse(cell.computed().decimal_value().value()); ratio.ok()) {
        return Pair{*stated, *ratio};
      }
      return std::nullopt;
    default:
      return std::nullopt;
  }
}

bool Contradict(const Pair& pair, v1::Qualifier declared, v1::Qualifier computed) {
  if (pair.declared == pair.computed) return false;
  if (declared == v1::QUALIFIER_ABOUT || computed == v1::QUALIFIER_ABOUT) return true;
  const bool declared_may_be_more = declared == v1::QUALIFIER_AT_LEAST;
  const bool computed_may_be_more = computed == v1::QUALIFIER_AT_LEAST;
  return pair.declared < pair.computed ? !declared_may_be_more : !computed_may_be_more;
}

// A declared number without who said it, for "says the same".
DeclaredTotal NumberOf(DeclaredTotal total) {
  total.clear_source_text();
  total.clear_declared_by();
  total.clear_declare_time();
  return total;
}

bool SameNumbers(const ConsolidatedCell& left, const ConsolidatedCell& right) {
  return MessageDifferencer::Equals(NumberOf(left.declared()), NumberOf(right.declared())) &&
         MessageDifferencer::Equals(left.computed(), right.computed());
}

void PutDifference(const Pair& pair, const ConsolidatedCell& cell, v1::Discrepancy* discrepancy) {
  if (cell.computed().state() == v1::COMPUTED_STATE_SUM) {
    discrepancy->set_difference(cell.declared().value() - cell.computed().value());
  } else if (const auto difference = pair.declared.Minus(pair.computed); difference.ok()) {
    discrepancy->mutable_decimal_difference()->set_value(difference->ToString());
  }
}

// Opens, keeps or closes the discrepancy of one cell. `before` is the cell as it was, null when
// there was none.
void ReconcileCell(const ConsolidatedCell* before, ConsolidatedCell* cell) {
  cell->clear_discrepancy();
  const std::optional<Pair> pair = PairOf(*cell);
  if (!pair.has_value() ||
      !Contradict(*pair, cell->declared().qualifier(), cell->computed().qualifier()))
    return;
  if (before != nullptr && before->has_discrepancy() && SameNumbers(*before, *cell)) {
    *cell->mutable_discrepancy() = before->discrepancy();
    return;
  }
  v1::Discrepancy* discrepancy = cell->mutable_discrepancy();
  discrepancy->set_state(v1::DISCREPANCY_STATE_OPEN);
  PutDifference(*pair, *cell, discrepancy);
}

void CountOpen(Consolidation* consolidation) {
  const auto open = std::count_if(consolidation->cells().begin(), consolidation->cells().end(),
                                  [](const ConsolidatedCell& cell) {
                                    return cell.discrepancy().state() == v1::DISCREPANCY_STATE_OPEN;
                                  });
  consolidation->set_open_discrepancies(static_cast<int32_t>(open));
  consolidation->set_state(open > 0 ? v1::CONSOLIDATION_STATE_OPEN : v1::CONSOLIDATION_STATE_CLEAR);
}

void PutComputed(const CellSum& sum, ConsolidatedCell* cell) {
  v1::ComputedTotal* computed = cell->mutable_computed();
  computed->set_state(sum.state);
  if (sum.state == v1::COMPUTED_STATE_SUM) computed->set_value(sum.value);
  if (sum.state == v1::COMPUTED_STATE_RECOMPUTED)
    computed->mutable_decimal_value()->set_value(sum.ratio);
  if (sum.state == v1::COMPUTED_STATE_SUM || sum.state == v1::COMPUTED_STATE_RECOMPUTED) {
    computed->set_qualifier(sum.qualifier);
  }
}

// What one school stated, by cell; unset for what it did not state at all.
using Statements = std::vector<std::optional<v1::Contribution>>;

absl::StatusOr<Statements> StatementsOf(const Form& form, const AcceptedReport& report) {
  Statements statements(static_cast<size_t>(form.size()));
  PackedReader reader(report.figures);
  PackedFigure figure;
  while (reader.Next(figure)) {
    const int cell = form.FindOrdinal(figure.ordinal);
    if (cell < 0)
      return absl::DataLossError(
          absl::StrCat("no cell of the window has ordinal ", figure.ordinal));
    v1::Contribution& contribution = statements[static_cast<size_t>(cell)].emplace();
    contribution.set_school("schools/" + report.school);
    contribution.set_revision(report.revision);
    contribution.set_state(figure.state);
    if (figure.state != v1::FIGURE_STATE_VALUE) continue;
    contribution.set_value(figure.value);
    contribution.set_qualifier(figure.qualifier);
    if (!figure.decimal.empty())
      contribution.mutable_decimal_value()->set_value(std::string(figure.decimal));
  }
  if (!reader.ok())
    return absl::DataLossError(
        absl::StrCat("the accepted figures of ", report.school, " are damaged"));
  return statements;
}

bool IsStated(v1::FigureState state) {
  return state == v1::FIGURE_STATE_VALUE || state == v1::FIGURE_STATE_ZERO;
}

// True when this school's parts of a recomputed ratio are all stated.
bool StatedParts(const Form& form, const v1::RatioParts& parts, const Statements& statements) {
  const auto stated = [&](const std::string& indicator) {
    const std::optional<int> cell = form.Find(indicator);
    if (!cell.has_value()) return false;
    const auto& statement = statements[static_cast<size_t>(*cell)];
    return statement.has_value() && IsStated(statement->state());
  };
  return stated(parts.denominator()) &&
         std::all_of(parts.numerators().begin(), parts.numerators().end(), stated);
}

class Drilldown {
 public:
  Drilldown(const Form& form, absl::Span<const AcceptedReport> reports)
      : form_(form), reports_(reports) {}

  absl::Status Read() {
    for (const AcceptedReport& report : reports_) {
      absl::StatusOr<Statements> statements = StatementsOf(form_, report);
      if (!statements.ok()) return statements.status();
      by_school_["schools/" + report.school] = *std::move(statements);
    }
    return absl::OkStatus();
  }

  // Says for every member what it stated, or that it did not.
  void Fill(int index, const ClusterOnDay& cluster, ConsolidatedCell* cell) const {
    if (form_.cell(index).cluster_only()) return;
    for (const v1::ExpectedSchool& member : cluster.members) {
      const auto found = by_school_.find(member.school());
      const v1::Contribution* statement = nullptr;
      if (found != by_school_.end() && found->second[static_cast<size_t>(index)].has_value()) {
        statement = &*found->second[static_cast<size_t>(index)];
        *cell->add_contributions() = *statement;
      }
      if (Counts(index, cell->computed().state(),
                 found == by_school_.end() ? nullptr : &found->second))
        continue;
      if (statement != nullptr && statement->state() == v1::FIGURE_STATE_NOT_APPLICABLE) {
        cell->add_not_applicable(member.school());
      } else {
        cell->add_not_reported(member.school());
      }
    }
    cell->set_expected_count(static_cast<int32_t>(cluster.members.size()) -
                             cell->not_applicable_size());
  }

 private:
  bool Counts(int index, v1::ComputedState state, const Statements* statements) const {
    if (statements == nullptr) return false;
    if (state == v1::COMPUTED_STATE_RECOMPUTED) {
      return StatedParts(form_, form_.cell(index).definition().ratio_parts(), *statements);
    }
    const auto& statement = (*statements)[static_cast<size_t>(index)];
    return statement.has_value() && IsStated(statement->state());
  }

  const Form& form_;
  absl::Span<const AcceptedReport> reports_;
  std::map<std::string, Statements> by_school_;
};

void PutMembers(const Form& form, const ClusterOnDay& cluster, const Consolidation* previous,
                Consolidation* consolidation) {
  consolidation->set_name(
      contract::Join({form.window().name(), "consolidations", cluster.cluster}));
  consolidation->set_cluster("clusters/" + cluster.cluster);
  consolidation->set_cluster_display_name(cluster.display_name);
  *consolidation->mutable_membership_date() = form.window().membership_date();
  for (const v1::ExpectedSchool& member : cluster.members) *consolidation->add_members() = member;
  const bool same = previous != nullptr &&
                    previous->cluster_display_name() == cluster.display_name &&
                    std::equal(previous->members().begin(), previous->members().end(),
                               consolidation->members().begin(), consolidation->members().end(),
                               [](const auto& left, const auto& right) {
                                 return MessageDifferencer::Equals(left, right);
                               });
  consolidation->set_registry_position(same ? previous->registry_position()
                                            : cluster.registry_position);
}

void PutSources(const Form& form, const ClusterOnDay& cluster,
                absl::Span<const AcceptedReport> reports, Consolidation* consolidation) {
  std::set<std::string> present;
  for (const AcceptedReport& report : reports) {
    present.insert("schools/" + report.school);
    v1::SourceRevision* source = consolidation->add_sources();
    source->set_report(contract::Join({form.window().name(), "reports", report.school}));
    source->set_revision(report.revision);
    source->set_sha256(report.sha256);
    source->set_accepted_by(report.accepted_by);
    *source->mutable_accept_time() = runtime::TimeToProto(report.accept_time);
  }
  for (const v1::ExpectedSchool& member : cluster.members) {
    if (!present.contains(member.school())) consolidation->add_missing_schools(member.school());
  }
}

const ConsolidatedCell* FindCell(const Consolidation* consolidation, const std::string& indicator) {
  if (consolidation == nullptr) return nullptr;
  for (const ConsolidatedCell& cell : consolidation->cells()) {
    if (cell.indicator() == indicator) return &cell;
  }
  return nullptr;
}

absl::Status PutCells(const Form& form, const ClusterOnDay& cluster,
                      absl::Span<const AcceptedReport> reports, const Consolidation* previous,
                      Consolidation* consolidation) {
  const auto sums = SumCells(form, reports);
  if (!sums.ok()) return sums.status();
  Drilldown drilldown(form, reports);
  if (absl::Status read = drilldown.Read(); !read.ok()) return read;
  for (int index = 0; index < form.size(); ++index) {
    const CellSum& sum = (*sums)[static_cast<size_t>(index)];
    ConsolidatedCell* cell = consolidation->add_cells();
    cell->set_indicator(form.cell(index).indicator());
    cell->set_definition_version(form.cell(index).definition_version());
    cell->set_reported_count(sum.reported);
    PutComputed(sum, cell);
    drilldown.Fill(index, cluster, cell);
    const ConsolidatedCell* before = FindCell(previous, cell->indicator());
    if (before != nullptr && before->has_declared()) *cell->mutable_declared() = before->declared();
    ReconcileCell(before, cell);
  }
  return absl::OkStatus();
}

// What is unchanged stays PUBLISHED.
void KeepState(const Consolidation& previous, Consolidation* consolidation) {
  const v1::ConsolidationState computed = consolidation->state();
  consolidation->set_state(previous.state());
  if (!MessageDifferencer::Equals(previous, *consolidation)) consolidation->set_state(computed);
}

// What the computation does not decide comes from the previous consolidation.
void KeepWhatStands(const Consolidation& previous, Consolidation* consolidation) {
  consolidation->set_publication(previous.publication());
  consolidation->set_etag(previous.etag());
  *consolidation->mutable_create_time() = previous.create_time();
  *consolidation->mutable_update_time() = previous.update_time();
  KeepState(previous, consolidation);
}

absl::Status TooLarge(const std::string& name, const absl::Status& status) {
  if (status.code() != absl::StatusCode::kOutOfRange) return status;
  const std::string indicator(status.message());
  return contract::Refuse(
      Reason::REASON_RULE_VIOLATED,
      {{"resource", name},
       {"why", absl::StrCat("the total of ", indicator, " is too large to be a count")},
       {"why_vi", absl::StrCat("tổng của ", indicator, " quá lớn")}});
}

DeclaredTotal NormalisedTotal(DeclaredTotal total) {
  if (total.state() != v1::FIGURE_STATE_VALUE) {
    total.clear_qualifier();
  } else if (total.qualifier() == v1::QUALIFIER_UNSPECIFIED) {
    total.set_qualifier(v1::QUALIFIER_EXACT);
  }
  if (total.has_decimal_value()) {
    if (const auto number = Decimal::Parse(total.decimal_value().value()); number.ok()) {
      total.mutable_decimal_value()->set_value(number->ToString());
    }
  }
  return total;
}

std::string DifferenceOf(const v1::Discrepancy& discrepancy) {
  if (discrepancy.has_decimal_difference()) return discrepancy.decimal_difference().value();
  return absl::StrCat(discrepancy.difference() > 0 ? "+" : "", discrepancy.difference());
}

}  // namespace

absl::StatusOr<ClusterOnDay> ReadCluster(const directory::SchoolMap& map,
                                         const std::string& cluster, absl::CivilDay day) {
  const registry::v1::Cluster* known = map.Cluster(cluster);
  if (known == nullptr)
    return contract::Refuse(Reason::REASON_NOT_FOUND, {{"resource", "clusters/" + cluster}});
  ClusterOnDay on_day{cluster, known->display_name(), {}, map.position()};
  for (const directory::Member& member : map.MembersOf(cluster, day)) {
    v1::ExpectedSchool& expected = on_day.members.emplace_back();
    expected.set_school("schools/" + std::string(member.school));
    expected.set_display_name(std::string(member.display_name));
  }
  std::sort(on_day.members.begin(), on_day.members.end(),
            [](const auto& left, const auto& right) { return left.school() < right.school(); });
  return on_day;
}

absl::StatusOr<Consolidation> Consolidate(const Form& form, const ClusterOnDay& cluster,
                                          absl::Span<const AcceptedReport> reports,
                                          const Consolidation* previous) {
  Consolidation consolidation;
  PutMembers(form, cluster, previous, &consolidation);
  if (reports.empty())
    return contract::Refuse(Reason::REASON_NOTHING_ACCEPTED, {{"resource", consolidation.name()}});
  PutSources(form, cluster, reports, &consolidation);
  if (absl::Status put = PutCells(form, cluster, reports, previous, &consolidation); !put.ok()) {
    return TooLarge(consolidation.name(), put);
  }
  CountOpen(&consolidation);
  if (previous != nullptr) KeepWhatStands(*previous, &consolidation);
  return consolidation;
}

std::vector<FieldViolation> CheckDeclared(const Form& form, const DeclaredTotals& totals) {
  std::vector<FieldViolation> violations;
  std::set<std::string> seen;
  for (int i = 0; i < totals.size(); ++i) {
    const DeclaredTotal& total = totals[i];
    const std::string at = absl::StrCat("totals[", i, "]");
    const std::optional<int> cell = form.Find(total.indicator());
    if (!cell.has_value()) {
      violations.push_back({at + ".indicator", "is not asked for in this window",
                            "không thuộc chỉ tiêu của kỳ này"});
      continue;
    }
    if (!seen.insert(total.indicator()).second) {
      violations.push_back({at + ".indicator", "is given twice", "bị lặp lại"});
    }
    if (!IsStated(total.state())) {
      violations.push_back({at + ".state", "must be VALUE or ZERO; what is not stated is left out",
                            "phải là VALUE hoặc ZERO; không công bố thì bỏ trống"});
      continue;
    }
    const std::optional<std::string> decimal =
        total.has_decimal_value() ? std::optional(total.decimal_value().value()) : std::nullopt;
    CheckNumber(form, *cell, total.state(), total.value(), decimal, total.qualifier(), at,
                violations);
  }
  return violations;
}

void Declare(const Form& form, const DeclaredTotals& totals, const std::string& person,
             const google::protobuf::Timestamp& now, Consolidation* consolidation) {
  const Consolidation previous = *consolidation;
  std::map<int, const DeclaredTotal*> by_cell;
  for (const DeclaredTotal& total : totals) by_cell[*form.Find(total.indicator())] = &total;
  for (int index = 0; index < consolidation->cells_size(); ++index) {
    ConsolidatedCell* cell = consolidation->mutable_cells(index);
    const ConsolidatedCell& before = previous.cells(index);
    cell->clear_declared();
    if (const auto given = by_cell.find(index); given != by_cell.end()) {
      DeclaredTotal total = NormalisedTotal(*given->second);
      total.set_declared_by(person);
      *total.mutable_declare_time() = now;
      const bool same =
          before.has_declared() &&
          MessageDifferencer::Equals(NumberOf(before.declared()), NumberOf(total)) &&
          (total.source_text().empty() || total.source_text() == before.declared().source_text());
      *cell->mutable_declared() = same ? before.declared() : std::move(total);
    }
    ReconcileCell(&before, cell);
  }
  CountOpen(consolidation);
  KeepState(previous, consolidation);
}

absl::Status Explain(const v1::ExplainDiscrepancyRequest& request, const std::string& person,
                     const google::protobuf::Timestamp& now, Consolidation* consolidation) {
  for (ConsolidatedCell& cell : *consolidation->mutable_cells()) {
    if (cell.indicator() != request.indicator() || !cell.has_discrepancy()) continue;
    v1::Discrepancy* discrepancy = cell.mutable_discrepancy();
    discrepancy->set_state(v1::DISCREPANCY_STATE_EXPLAINED);
    discrepancy->set_resolution(request.resolution());
    discrepancy->set_explanation(request.explanation());
    discrepancy->set_explained_by(person);
    *discrepancy->mutable_explain_time() = now;
    CountOpen(consolidation);
    return absl::OkStatus();
  }
  return contract::Refuse(
      Reason::REASON_RULE_VIOLATED,
      {{"resource", consolidation->name()},
       {"why", absl::StrCat(request.indicator(), " has no discrepancy to explain")},
       {"why_vi", absl::StrCat(request.indicator(), " không có chênh lệch cần giải trình")}});
}

absl::Status CheckNothingOpen(const Consolidation& consolidation) {
  std::vector<std::string> cells;
  std::vector<contract::Precondition> preconditions;
  for (const ConsolidatedCell& cell : consolidation.cells()) {
    if (cell.discrepancy().state() != v1::DISCREPANCY_STATE_OPEN) continue;
    const std::string difference = DifferenceOf(cell.discrepancy());
    cells.push_back(absl::StrCat(cell.indicator(), " (", difference, ")"));
    preconditions.push_back(
        {"OPEN_DISCREPANCY", consolidation.name(),
         absl::StrCat(cell.indicator(), ": declared minus computed is ", difference)});
  }
  if (cells.empty()) return absl::OkStatus();
  return contract::RefusePreconditions(Reason::REASON_OPEN_DISCREPANCIES,
                                       {{"resource", consolidation.name()},
                                        {"count", absl::StrCat(cells.size())},
                                        {"cells", absl::StrJoin(cells, ", ")}},
                                       preconditions);
}

}  // namespace thidua::reporting
