#include "services/awards/scoring/publication_document.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/contract/refusal.h"
#include "common/contract/resource_name.h"
#include "common/document/canonical_json.h"
#include "common/document/digest.h"
#include "common/runtime/dates.h"
#include "services/awards/scoring/points.h"

namespace thidua::awards {
namespace {

using document::Value;
using reporting::v1::Publication;

constexpr char kDocumentType[] = "thidua.reporting.consolidation/1";

absl::Status Broken(const Publication& publication, const std::string& why,
                    const std::string& why_vi) {
  return contract::Refuse(access::v1::REASON_DOCUMENT_BROKEN,
                          {{"resource", publication.name()}, {"why", why}, {"why_vi", why_vi}});
}

struct WordOfState {
  std::string_view word;
  reporting::v1::FigureState state;
};
constexpr WordOfState kStates[] = {{"VALUE", reporting::v1::FIGURE_STATE_VALUE},
                                   {"ZERO", reporting::v1::FIGURE_STATE_ZERO},
                                   {"NOT_REPORTED", reporting::v1::FIGURE_STATE_NOT_REPORTED},
                                   {"NOT_APPLICABLE", reporting::v1::FIGURE_STATE_NOT_APPLICABLE}};

struct WordOfQualifier {
  std::string_view word;
  reporting::v1::Qualifier qualifier;
};
constexpr WordOfQualifier kQualifiers[] = {{"EXACT", reporting::v1::QUALIFIER_EXACT},
                                           {"AT_LEAST", reporting::v1::QUALIFIER_AT_LEAST},
                                           {"ABOUT", reporting::v1::QUALIFIER_ABOUT}};

// Reads one document. Places in it are JSON pointers (RFC 6901). The first fault is kept, and what
// is read after it means nothing.
class Reading {
 public:
  Reading(const Publication& publication, PublishedFigures& figures)
      : publication_(publication), figures_(figures) {}

  // What is wrong with the document; empty when nothing is.
  std::string Read(const Value& root) {
    if (Text(root, "type", "") != kDocumentType)
      Fault("/type is not " + std::string(kDocumentType));
    ReadHeading(root);
    ReadMembers(root);
    ReadSources(root);
    const Value::Array& cells = List(root, "cells", "");
    for (size_t i = 0; i < cells.size(); ++i) ReadCell(cells[i], absl::StrCat("/cells/", i));
    return std::move(fault_);
  }

 private:
  void Fault(const std::string& fault) {
    if (fault_.empty()) fault_ = fault;
  }

  const Value& Member(const Value& object, std::string_view key, const std::string& path) {
    static const Value kNothing;
    const Value* member = object.Find(key);
    if (member == nullptr) Fault(absl::StrCat(path, "/", std::string(key), " is missing"));
    return member == nullptr ? kNothing : *member;
  }

  const std::string& AsText(const Value& value, const std::string& path) {
    static const std::string kNothing;
    const std::string* text = value.AsString();
    if (text == nullptr) Fault(path + " is no text");
    return text == nullptr ? kNothing : *text;
  }

  const std::string& Text(const Value& object, std::string_view key, const std::string& path) {
    return AsText(Member(object, key, path), absl::StrCat(path, "/", std::string(key)));
  }

  int32_t Revision(const Value& object, const std::string& path) {
    const int64_t* number = Member(object, "revision", path).AsInt();
    if (number != nullptr && *number > 0 && *number <= INT32_MAX)
      return static_cast<int32_t>(*number);
    Fault(path + "/revision is no revision");
    return 0;
  }

  const Value::Array& List(const Value& object, std::string_view key, const std::string& path) {
    static const Value::Array kNothing;
    const Value::Array* array = Member(object, key, path).AsArray();
    if (array == nullptr) Fault(absl::StrCat(path, "/", std::string(key), " is no list"));
    return array == nullptr ? kNothing : *array;
  }

  void ReadHeading(const Value& root) {
    const Value& window = Member(root, "window", "");
    const std::string& name = Text(window, "name", "/window");
    if (!publication_.name().starts_with(name + "/publications/"))
      Fault("/window/name is another window");
    if (Text(Member(root, "cluster", ""), "name", "/cluster") != publication_.cluster()) {
      Fault("/cluster/name is another cluster");
    }
    const absl::StatusOr<absl::CivilDay> day =
        runtime::ParseDay(Text(window, "membership_date", "/window"));
    if (!day.ok()) return Fault("/window/membership_date is no day");
    figures_.membership_date = *day;
  }

  void ReadMembers(const Value& root) {
    const Value::Array& members = List(root, "members", "");
    for (size_t i = 0; i < members.size(); ++i) {
      const std::string path = absl::StrCat("/members/", i);
      const std::string& school = Text(members[i], "school", path);
      if (!places_.emplace(school, i).second) Fault(path + " occurs twice");
      figures_.schools.push_back({school, Text(members[i], "display_name", path), {}});
    }
  }

  void ReadSources(const Value& root) {
    const Value::Array& sources = List(root, "sources", "");
    for (size_t i = 0; i < sources.size(); ++i) {
      const std::string path = absl::StrCat("/sources/", i);
      const std::string& report = Text(sources[i], "report", path);
      const std::optional<std::string> id = contract::SegmentAfter(report, "reports");
      if (!id.has_value()) Fault(path + "/report is no report");
      reports_["schools/" + id.value_or("")] = {report, Revision(sources[i], path)};
    }
  }

  // A cell in which no school has a place is stated by the cluster alone: schools are not asked for
  // it.
  void ReadCell(const Value& cell, const std::string& path) {
    const std::string& indicator = Text(cell, "indicator", path);
    const Value::Array& contributions = List(cell, "contributions", path);
    const Value::Array& silent = List(cell, "not_reported", path);
    if (contributions.empty() && silent.empty()) return;
    for (size_t i = 0; i < contributions.size(); ++i) {
      const std::string at = absl::StrCat(path, "/contributions/", i);
      Put(Text(contributions[i], "school", at), ReadFigure(contributions[i], indicator, at));
    }
    // Silent members with a report have said so in it; the others are named here alone.
    for (size_t i = 0; i < silent.size(); ++i) {
      const std::string at = absl::StrCat(path, "/not_reported/", i);
      const std::string& school = AsText(silent[i], at);
      if (!reports_.contains(school)) Put(school, Unreported(indicator, at));
    }
    for (const SchoolFigures& school : figures_.schools) {
      if (!school.figures.contains(indicator))
        Fault(absl::StrCat(path, " says nothing about ", school.school));
    }
  }

  void Put(const std::string& school, v1::ScoredFigure figure) {
    const auto place = places_.find(school);
    if (place == places_.end()) return Fault(figure.cell() + " is of no member");
    if (auto report = reports_.find(school); report != reports_.end())
      figure.set_report(report->second.name);
    if (figure.report_revision() != RevisionOf(school))
      Fault(figure.cell() + " is of another revision than /sources");
    const std::string cell = figure.cell();
    if (!figures_.schools[place->second]
             .figures.emplace(figure.indicator(), std::move(figure))
             .second) {
      Fault(cell + " occurs twice");
    }
  }

  // 0 for a school without an accepted report.
  int32_t RevisionOf(const std::string& school) const {
    const auto report = reports_.find(school);
    return report == reports_.end() ? 0 : report->second.revision;
  }

  static v1::ScoredFigure Unreported(const std::string& indicator, const std::string& path) {
    v1::ScoredFigure figure;
    figure.set_indicator(indicator);
    figure.set_state(reporting::v1::FIGURE_STATE_NOT_REPORTED);
    figure.set_cell(path);
    return figure;
  }

  v1::ScoredFigure ReadFigure(const Value& contribution, const std::string& indicator,
                              const std::string& path) {
    v1::ScoredFigure figure = Unreported(indicator, path);
    figure.set_report_revision(Revision(contribution, path));
    figure.set_state(StateOf(Text(contribution, "state", path), path));
    if (figure.state() == reporting::v1::FIGURE_STATE_ZERO) {
      *figure.mutable_value() = ToProto(Decimal());
      figure.set_qualifier(reporting::v1::QUALIFIER_EXACT);
    }
    if (figure.state() == reporting::v1::FIGURE_STATE_VALUE) {
      *figure.mutable_value() = ToProto(Number(Member(contribution, "value", path), path));
      figure.set_qualifier(QualifierOf(Text(contribution, "qualifier", path), path));
    }
    return figure;
  }

  // Counts are integers, ratios decimals in quotes.
  Decimal Number(const Value& value, const std::string& path) {
    if (const int64_t* number = value.AsInt(); number != nullptr) return Decimal::FromInt(*number);
    const absl::StatusOr<Decimal> number = Decimal::Parse(AsText(value, path + "/value"));
    if (!number.ok()) Fault(path + "/value is no number");
    return number.value_or(Decimal());
  }

  reporting::v1::FigureState StateOf(const std::string& word, const std::string& path) {
    for (const WordOfState& known : kStates) {
      if (word == known.word) return known.state;
    }
    Fault(path + "/state is unknown");
    return reporting::v1::FIGURE_STATE_NOT_REPORTED;
  }

  reporting::v1::Qualifier QualifierOf(const std::string& word, const std::string& path) {
    for (const WordOfQualifier& known : kQualifiers) {
      if (word == known.word) return known.qualifier;
    }
    Fault(path + "/qualifier is unknown");
    return reporting::v1::QUALIFIER_ABOUT;
  }

  struct Report {
    std::string name;
    int32_t revision = 0;
  };

  const Publication& publication_;
  PublishedFigures& figures_;
  std::map<std::string, size_t> places_;   // school → index in figures_.schools
  std::map<std::string, Report> reports_;  // by school; those without an accepted report have none
  std::string fault_;
};

}  // namespace

absl::Status CheckIntegrity(const Publication& publication, const document::VerifyingKeys* keys) {
  if (document::Sha256(publication.document()) != publication.sha256()) {
    return Broken(publication, "it does not have the digest it was published with",
                  "mã băm không khớp với bản công bố");
  }
  if (keys == nullptr) return absl::OkStatus();
  const absl::Status verified =
      keys->Verify(publication.key_id(), publication.document(), publication.signature());
  if (verified.ok()) return absl::OkStatus();
  return Broken(publication, std::string(verified.message()),
                absl::StrCat("chữ ký không phải của khóa ", keys->Fingerprint()));
}

absl::StatusOr<PublishedFigures> ReadFigures(const Publication& publication) {
  const absl::StatusOr<Value> root = document::ParseCanonical(publication.document());
  if (!root.ok()) {
    return Broken(publication, std::string(root.status().message()),
                  "không phải là JSON chính tắc");
  }
  PublishedFigures figures;
  const std::string fault = Reading(publication, figures).Read(*root);
  if (!fault.empty())
    return Broken(publication, fault,
                  "nội dung sai cấu trúc tại " + fault.substr(0, fault.find(' ')));
  return figures;
}

}  // namespace thidua::awards
