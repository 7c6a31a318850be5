#include "services/cli/reference_data.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/civil_time.h"
#include "common/directory/period.h"
#include "common/runtime/dates.h"
#include "common/text/number.h"

namespace thidua::cli {
namespace {

using directory::Period;
using registry::v1::Cluster;
using registry::v1::ClusterRegime;
using registry::v1::LeadershipTerm;
using registry::v1::LineageEvent;
using registry::v1::Membership;
using registry::v1::School;
using reporting::v1::Indicator;

CsvColumns ColumnsOf(const std::string& file) {
  if (file == kRegimesFile) {
    return {{"code", "name_vi", "decision_number", "decision_date", "decision_issuer", "first_day",
             "last_day", "deputy_limit", "confidence", "source", "note"},
            {}};
  }
  if (file == kClustersFile) {
    return {{"code", "regime", "number", "name_vi", "aliases", "region_vi", "confidence", "source",
             "note"},
            {}};
  }
  if (file == kSchoolsFile) {
    return {{"code", "kind", "province_id", "province_vi", "name_vi", "short_name_vi", "aliases",
             "first_day", "last_day", "confidence", "source", "note"},
            {}};
  }
  if (file == kMembershipsFile)
    return {{"cluster_code", "school_code", "from_year", "to_year", "confidence", "source", "note"},
            {}};
  if (file == kLeadershipFile)
    return {{"cluster_code", "year", "school_code", "role", "confidence", "source", "note"}, {}};
  if (file == kMergersFile) {
    return {{"successor_code", "predecessor_code", "effective_date", "decision_number",
             "decision_date", "confidence", "source", "note"},
            {}};
  }
  return {{"code", "name_vi", "unit_vi", "kind", "aggregation", "numerators", "denominator",
           "factor", "digits", "group", "note", "seen_in"},
          {}};
}

std::vector<std::string> Parts(const std::string& cell) {
  std::vector<std::string> parts;
  for (absl::string_view part : absl::StrSplit(cell, ';', absl::SkipWhitespace())) {
    parts.emplace_back(absl::StripAsciiWhitespace(part));
  }
  return parts;
}

// Cells of one row as what they mean; a problem where they do not.
class Row {
 public:
  Row(const CsvRecord& record, CsvProblems& problems) : record_(record), problems_(problems) {}

  const std::string& Text(const std::string& column) const { return record_[column]; }

  void Complain(const std::string& column, std::string text, std::string text_vi) const {
    record_.Complain(column, std::move(text), std::move(text_vi), problems_);
  }

  const std::string& Required(const std::string& column) const {
    if (Text(column).empty()) Complain(column, "must not be blank", "không được để trống");
    return Text(column);
  }

  std::optional<int32_t> Number(const std::string& column) const {
    const absl::StatusOr<int64_t> number = text::ReadCount(Text(column));
    if (number.ok() && *number <= 9999) return static_cast<int32_t>(*number);
    Complain(column, number.ok() ? "is too large" : std::string(number.status().message()),
             "không phải là số hợp lệ");
    return std::nullopt;
  }

  std::optional<int32_t> OptionalNumber(const std::string& column) const {
    return Text(column).empty() ? std::nullopt : Number(column);
  }

  std::optional<absl::CivilDay> OptionalDay(const std::string& column) const {
    if (Text(column).empty()) return std::nullopt;
    const absl::StatusOr<absl::CivilDay> day = runtime::ParseDay(Text(column));
    if (day.ok()) return *day;
    Complain(column, std::string(day.status().message()), "ngày phải viết dạng 2024-06-25");
    return std::nullopt;
  }

  // The value of the contract's enum called PREFIX_<cell>.
  template <class Enum>
  Enum Word(const std::string& column, const std::string& prefix) const {
    const auto* value = google::protobuf::GetEnumDescriptor<Enum>()->FindValueByName(
        absl::StrCat(prefix, Text(column)));
    if (value != nullptr && value->number() != 0) return static_cast<Enum>(value->number());
    Complain(column, absl::StrCat("\"", Text(column), "\" is not a word of the contract"),
             absl::StrCat("\"", Text(column), "\" không phải từ của hợp đồng dịch vụ"));
    return static_cast<Enum>(0);
  }

  registry::v1::Provenance Provenance() const {
    registry::v1::Provenance provenance;
    const std::string& confidence = Text("confidence");
    provenance.set_confidence(confidence == "documented" ? registry::v1::CONFIDENCE_DOCUMENTED
                                                         : registry::v1::CONFIDENCE_PROVISIONAL);
    if (confidence != "documented" && confidence != "provisional") {
      Complain("confidence", "must be documented or provisional",
               "phải là documented hoặc provisional");
    }
    if (confidence == "documented") Required("source");
    provenance.set_source(Text("source"));
    provenance.set_note(Text("note"));
    return provenance;
  }

  // first_day and last_day, both inclusive, as [first, day after last).
  Period Days() const {
    Period period;
    if (const auto first = OptionalDay("first_day"); first.has_value()) period.from = *first;
    if (const auto last = OptionalDay("last_day"); last.has_value()) period.to = *last + 1;
    if (period.Empty()) Complain("last_day", "is before first_day", "trước first_day");
    return period;
  }

 private:
  const CsvRecord& record_;
  CsvProblems& problems_;
};

template <class Dated>
void SetPeriod(const Period& period, Dated* dated) {
  if (period.from != directory::kOpenStart)
    *dated->mutable_valid_from() = runtime::DayToProto(period.from);
  if (period.to != directory::kOpenEnd) *dated->mutable_valid_to() = runtime::DayToProto(period.to);
}

// The period of a message made here, so that it is one.
template <class Dated>
Period PeriodIn(const Dated& dated) {
  return directory::PeriodOf(dated).value_or(Period());
}

Period YearsFrom(int32_t from, std::optional<int32_t> to) {
  return {absl::CivilDay(from, 1, 1),
          to.has_value() ? absl::CivilDay(*to + 1, 1, 1) : directory::kOpenEnd};
}

// Reads the files one after another; later ones look up what earlier ones defined.
class Reader {
 public:
  Reader(const std::map<std::string, std::string>& texts, CsvProblems& problems)
      : texts_(texts), problems_(problems) {}

  ReferenceData Read() {
    Each(kRegimesFile, &Reader::ReadRegime);
    Each(kClustersFile, &Reader::ReadCluster);
    Each(kSchoolsFile, &Reader::ReadSchool);
    Each(kMembershipsFile, &Reader::ReadMembership);
    Each(kLeadershipFile, &Reader::ReadTerm);
    Each(kMergersFile, &Reader::ReadMerger);
    Each(kIndicatorsFile, &Reader::ReadIndicator);
    return std::move(data_);
  }

 private:
  void Each(const std::string& file, void (Reader::*read)(const CsvRecord&, const Row&)) {
    const auto text = texts_.find(file);
    if (text == texts_.end()) {
      problems_.push_back({file, 0, "", "the file is missing", "thiếu tệp này"});
      return;
    }
    for (const CsvRecord& record : ReadRecords(file, text->second, ColumnsOf(file), problems_)) {
      (this->*read)(record, Row(record, problems_));
    }
  }

  // False when a row before has the same name.
  bool IsFirst(const std::string& name, const std::string& column, const Row& row) {
    if (names_.insert(name).second) return true;
    row.Complain(column, absl::StrCat(name, " is given twice"), absl::StrCat(name, " bị lặp lại"));
    return false;
  }

  // The resource that the cell names; null after adding a problem.
  template <class Resource>
  const Resource* Find(const std::vector<Fact<Resource>>& facts, const std::string& collection,
                       const std::string& column, const Row& row) {
    const std::string name = absl::StrCat(collection, "/", row.Text(column));
    const auto found = std::find_if(facts.begin(), facts.end(), [&](const Fact<Resource>& fact) {
      return fact.wanted.name() == name;
    });
    if (found != facts.end()) return &found->wanted;
    row.Complain(column, absl::StrCat(name, " is not in the files"),
                 absl::StrCat("các tệp không có ", name));
    return nullptr;
  }

  Period RegimeOf(const Cluster& cluster) const {
    for (const auto& regime : data_.regimes) {
      if (regime.wanted.name() == cluster.regime()) return PeriodIn(regime.wanted);
    }
    return Period();
  }

  void ReadRegime(const CsvRecord& record, const Row& row);
  void ReadCluster(const CsvRecord& record, const Row& row);
  void ReadSchool(const CsvRecord& record, const Row& row);
  void ReadMembership(const CsvRecord& record, const Row& row);
  void ReadTerm(const CsvRecord& record, const Row& row);
  void ReadMerger(const CsvRecord& record, const Row& row);
  void ReadIndicator(const CsvRecord& record, const Row& row);
  void ReadParts(const Row& row, Indicator& indicator);

  const std::map<std::string, std::string>& texts_;
  CsvProblems& problems_;
  std::set<std::string> names_;
  ReferenceData data_;
};

void Reader::ReadRegime(const CsvRecord& record, const Row& row) {
  ClusterRegime regime;
  regime.set_name(absl::StrCat("clusterRegimes/", row.Required("code")));
  regime.set_display_name(row.Required("name_vi"));
  if (!row.Text("decision_number").empty() || !row.Text("decision_date").empty()) {
    regime.mutable_decision()->set_number(row.Text("decision_number"));
    regime.mutable_decision()->set_issuer(row.Text("decision_issuer"));
    if (const auto day = row.OptionalDay("decision_date"); day.has_value()) {
      *regime.mutable_decision()->mutable_date() = runtime::DayToProto(*day);
    }
  }
  SetPeriod(row.Days(), &regime);
  regime.set_deputy_limit(row.Number("deputy_limit").value_or(0));
  *regime.mutable_provenance() = row.Provenance();
  if (IsFirst(regime.name(), "code", row)) data_.regimes.push_back({std::move(regime), record});
}

void Reader::ReadCluster(const CsvRecord& record, const Row& row) {
  Cluster cluster;
  cluster.set_name(absl::StrCat("clusters/", row.Required("code")));
  const ClusterRegime* regime = Find(data_.regimes, "clusterRegimes", "regime", row);
  if (const auto number = row.OptionalNumber("number"); number.has_value())
    cluster.set_number(*number);
  cluster.set_display_name(row.Required("name_vi"));
  for (std::string& alias : Parts(row.Text("aliases"))) cluster.add_aliases(std::move(alias));
  cluster.set_region(row.Text("region_vi"));
  *cluster.mutable_provenance() = row.Provenance();
  if (!IsFirst(cluster.name(), "code", row) || regime == nullptr) return;
  cluster.set_regime(regime->name());
  data_.clusters.push_back({std::move(cluster), record});
}

void Reader::ReadSchool(const CsvRecord& record, const Row& row) {
  School school;
  school.set_name(absl::StrCat("schools/", row.Required("code")));
  school.set_kind(row.Word<registry::v1::SchoolKind>("kind", "SCHOOL_KIND_"));
  school.set_province_id(row.Text("province_id"));
  school.set_province(row.Text("province_vi"));
  SetPeriod(row.Days(), &school);
  if (!row.Text("name_vi").empty()) {
    registry::v1::SchoolName* name = school.add_names();
    name->set_official_name(row.Text("name_vi"));
    name->set_short_name(row.Text("short_name_vi"));
    for (std::string& alias : Parts(row.Text("aliases"))) name->add_aliases(std::move(alias));
  } else if (row.Text("confidence") == "documented") {
    row.Complain("name_vi", "a documented school has a name", "trường có tài liệu thì phải có tên");
  }
  *school.mutable_provenance() = row.Provenance();
  if (IsFirst(school.name(), "code", row)) data_.schools.push_back({std::move(school), record});
}

void Reader::ReadMembership(const CsvRecord& record, const Row& row) {
  const Cluster* cluster = Find(data_.clusters, "clusters", "cluster_code", row);
  const School* school = Find(data_.schools, "schools", "school_code", row);
  const std::optional<int32_t> from = row.Number("from_year");
  const std::optional<int32_t> to = row.OptionalNumber("to_year");
  const registry::v1::Provenance provenance = row.Provenance();
  if (cluster == nullptr || school == nullptr || !from.has_value()) return;
  const Period period = YearsFrom(*from, to).Common(PeriodIn(*school)).Common(RegimeOf(*cluster));
  if (period.Empty()) {
    row.Complain("from_year", "no day of these years lies within both school and regime",
                 "không có ngày nào thuộc cả trường và giai đoạn phân cụm");
    return;
  }
  Membership membership;
  membership.set_name(absl::StrCat(cluster->name(), "/memberships/", row.Text("school_code")));
  membership.set_school(school->name());
  SetPeriod(period, &membership);
  *membership.mutable_provenance() = provenance;
  if (IsFirst(membership.name(), "school_code", row))
    data_.memberships.push_back({std::move(membership), record});
}

void Reader::ReadTerm(const CsvRecord& record, const Row& row) {
  const Cluster* cluster = Find(data_.clusters, "clusters", "cluster_code", row);
  const School* school = Find(data_.schools, "schools", "school_code", row);
  const std::optional<int32_t> year = row.Number("year");
  LeadershipTerm term;
  term.set_role(row.Word<registry::v1::LeadershipRole>("role", "LEADERSHIP_ROLE_"));
  *term.mutable_provenance() = row.Provenance();
  if (cluster == nullptr || school == nullptr || !year.has_value()) return;
  const Period period = YearsFrom(*year, year).Common(RegimeOf(*cluster));
  if (period.Empty()) {
    row.Complain("year", "lies outside the cluster's regime", "nằm ngoài giai đoạn phân cụm");
    return;
  }
  term.set_name(
      absl::StrCat(cluster->name(), "/leadershipTerms/", *year, "-", row.Text("school_code")));
  term.set_school(school->name());
  term.set_year(*year);
  SetPeriod(period, &term);
  const bool documented = term.provenance().confidence() == registry::v1::CONFIDENCE_DOCUMENTED;
  term.set_state(documented ? registry::v1::LEADERSHIP_TERM_STATE_RECOGNISED
                            : registry::v1::LEADERSHIP_TERM_STATE_ELECTED);
  if (IsFirst(term.name(), "school_code", row)) data_.terms.push_back({std::move(term), record});
}

// A merger has a row for each predecessor; rows of one successor tell the same otherwise.
void Reader::ReadMerger(const CsvRecord& record, const Row& row) {
  const School* successor = Find(data_.schools, "schools", "successor_code", row);
  const School* predecessor = Find(data_.schools, "schools", "predecessor_code", row);
  const std::optional<absl::CivilDay> day = row.OptionalDay("effective_date");
  if (row.Text("effective_date").empty()) row.Required("effective_date");
  LineageEvent event;
  event.set_name(absl::StrCat("lineageEvents/", row.Text("successor_code")));
  event.set_type(registry::v1::LINEAGE_EVENT_TYPE_MERGE);
  if (!row.Text("decision_number").empty())
    event.mutable_decision()->set_number(row.Text("decision_number"));
  if (const auto decided = row.OptionalDay("decision_date"); decided.has_value()) {
    *event.mutable_decision()->mutable_date() = runtime::DayToProto(*decided);
  }
  *event.mutable_provenance() = row.Provenance();
  if (successor == nullptr || predecessor == nullptr || !day.has_value()) return;
  *event.mutable_effective_date() = runtime::DayToProto(*day);
  event.add_successors(successor->name());

  for (auto& known : data_.mergers) {
    if (known.wanted.name() != event.name()) continue;
    LineageEvent rest = known.wanted;
    rest.clear_predecessors();
    if (rest.SerializeAsString() != event.SerializeAsString()) {
      row.Complain("successor_code", "another row tells this merger differently",
                   "một dòng khác ghi sự kiện sáp nhập này khác đi");
    }
    known.wanted.add_predecessors(predecessor->name());
    return;
  }
  event.add_predecessors(predecessor->name());
  data_.mergers.push_back({std::move(event), record});
}

void Reader::ReadParts(const Row& row, Indicator& indicator) {
  if (row.Text("numerators").empty() && row.Text("denominator").empty()) return;
  reporting::v1::RatioParts& parts = *indicator.mutable_ratio_parts();
  const auto named = [&](const std::string& column, const std::string& code) {
    const std::string name = absl::StrCat("indicators/", code);
    if (!names_.contains(name)) {
      row.Complain(column, absl::StrCat(code, " is not among the rows before"),
                   absl::StrCat(code, " không có trong các dòng phía trên"));
    }
    return name;
  };
  for (const std::string& code : Parts(row.Text("numerators")))
    parts.add_numerators(named("numerators", code));
  parts.set_denominator(named("denominator", row.Text("denominator")));
  parts.set_factor(row.Number("factor").value_or(0));
  parts.set_fraction_digits(row.Number("digits").value_or(0));
}

void Reader::ReadIndicator(const CsvRecord& record, const Row& row) {
  Indicator indicator;
  indicator.set_name(absl::StrCat("indicators/", row.Required("code")));
  indicator.set_display_name(row.Required("name_vi"));
  indicator.set_unit(row.Required("unit_vi"));
  indicator.set_kind(row.Word<reporting::v1::IndicatorKind>("kind", "INDICATOR_KIND_"));
  indicator.set_aggregation(
      row.Word<reporting::v1::IndicatorAggregation>("aggregation", "INDICATOR_AGGREGATION_"));
  ReadParts(row, indicator);
  indicator.set_group(row.Required("group"));
  indicator.set_note(row.Text("note"));
  indicator.set_provenance(row.Text("seen_in"));
  if (IsFirst(indicator.name(), "code", row))
    data_.indicators.push_back({std::move(indicator), record});
}

}  // namespace

ReferenceData ReadReference(const std::map<std::string, std::string>& texts,
                            CsvProblems& problems) {
  return Reader(texts, problems).Read();
}

}  // namespace thidua::cli
