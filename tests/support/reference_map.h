// deploy/reference as one map in memory: the real schools, mergers, clusters and memberships.
#ifndef THIDUA_TESTS_SUPPORT_REFERENCE_MAP_H_
#define THIDUA_TESTS_SUPPORT_REFERENCE_MAP_H_

#include <fstream>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "common/directory/directory.h"
#include "common/text/csv.h"
#include "tests/support/school_facts.h"

namespace thidua::testing {

using CsvRow = std::map<std::string, std::string>;

inline std::vector<CsvRow> ReadReferenceFile(const std::string& name) {
  std::ifstream in(std::string(THIDUA_SOURCE_DIR "/deploy/reference/") + name);
  std::stringstream content;
  content << in.rdbuf();
  const text::CsvTable table = text::ReadCsv(content.str()).value();
  std::vector<CsvRow> rows;
  for (const text::CsvRow& cells : table.rows) {
    CsvRow& row = rows.emplace_back();
    for (size_t i = 0; i < table.header.size(); ++i) row[table.header[i]] = cells.cells[i].text;
  }
  return rows;
}

// The day after `last`, as texts; empty for an open end.
inline std::string DayAfter(const std::string& last) {
  return last.empty() ? "" : absl::FormatCivilTime(Day(last) + 1);
}

template <class Fact>
Fact WithConfidence(Fact fact, const CsvRow& row) {
  fact.mutable_provenance()->set_confidence(row.at("confidence") == "documented"
                                                ? registry::v1::CONFIDENCE_DOCUMENTED
                                                : registry::v1::CONFIDENCE_PROVISIONAL);
  fact.mutable_provenance()->set_source(row.at("source"));
  return fact;
}

template <class Named>
void AddAliases(const CsvRow& row, Named& named) {
  for (const absl::string_view alias :
       absl::StrSplit(row.at("aliases"), ';', absl::SkipWhitespace())) {
    named.add_aliases(std::string(absl::StripAsciiWhitespace(alias)));
  }
}

inline registry::v1::School ReferenceSchool(const CsvRow& row) {
  registry::v1::School school;
  school.set_name("schools/" + row.at("code"));
  school.set_kind(row.at("kind") == "PROVINCIAL" ? registry::v1::SCHOOL_KIND_PROVINCIAL
                                                 : registry::v1::SCHOOL_KIND_CENTRAL_CADRE_SCHOOL);
  school.set_province_id(row.at("province_id"));
  school.set_province(row.at("province_vi"));
  if (!row.at("name_vi").empty()) {
    registry::v1::SchoolName& name = *school.add_names();
    name.set_official_name(row.at("name_vi"));
    name.set_short_name(row.at("short_name_vi"));
    AddAliases(row, name);
  }
  return WithConfidence(
      Dating(std::move(school), row.at("first_day"), DayAfter(row.at("last_day"))), row);
}

inline std::shared_ptr<const directory::SchoolMap> ReferenceMap() {
  std::vector<directory::Entry> entries;
  for (const CsvRow& row : ReadReferenceFile("regimes.csv")) {
    entries.push_back(
        EntryOf(Regime(row.at("code"), row.at("first_day"), DayAfter(row.at("last_day")))));
  }
  for (const CsvRow& row : ReadReferenceFile("clusters.csv")) {
    registry::v1::Cluster cluster = Cluster(row.at("code"), row.at("regime"), row.at("name_vi"));
    if (!row.at("number").empty()) cluster.set_number(std::stoi(row.at("number")));
    cluster.set_region(row.at("region_vi"));
    AddAliases(row, cluster);
    entries.push_back(EntryOf(WithConfidence(std::move(cluster), row)));
  }
  for (const CsvRow& row : ReadReferenceFile("schools.csv"))
    entries.push_back(EntryOf(ReferenceSchool(row)));
  for (const CsvRow& row : ReadReferenceFile("memberships.csv")) {
    const std::string& to = row.at("to_year");
    entries.push_back(EntryOf(WithConfidence(
        Membership(row.at("cluster_code"), row.at("school_code"), row.at("from_year") + "-01-01",
                   to.empty() ? "" : std::to_string(std::stoi(to) + 1) + "-01-01"),
        row)));
  }
  std::map<std::string, registry::v1::LineageEvent> mergers;
  for (const CsvRow& row : ReadReferenceFile("mergers.csv")) {
    registry::v1::LineageEvent& event = mergers[row.at("successor_code")];
    if (event.name().empty()) {
      event =
          WithConfidence(Lineage(registry::v1::LINEAGE_EVENT_TYPE_MERGE, row.at("successor_code"),
                                 row.at("effective_date"), {}, {row.at("successor_code")}),
                         row);
    }
    event.add_predecessors("schools/" + row.at("predecessor_code"));
  }
  for (const auto& [code, event] : mergers) entries.push_back(EntryOf(event));
  directory::Directory directory;
  (void)directory.Apply(entries, 1);
  return directory.Current();
}

}  // namespace thidua::testing

#endif  // THIDUA_TESTS_SUPPORT_REFERENCE_MAP_H_
