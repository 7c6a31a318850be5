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
#include "services/registry/clusters/cluster_rules.h"
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

inline registry::v1::School ReferenceSchool(const CsvRow& row, const std::vector<CsvRow>& names) {
  registry::v1::School school;
  school.set_name("schools/" + row.at("code"));
  school.set_kind(row.at("kind") == "PROVINCIAL" ? registry::v1::SCHOOL_KIND_PROVINCIAL
                                                 : registry::v1::SCHOOL_KIND_CENTRAL_CADRE_SCHOOL);
  school.set_province_id(row.at("province_id"));
  school.set_province(row.at("province_vi"));
  for (const CsvRow& of_name : names) {
    if (of_name.at("school_code") != row.at("code")) continue;
    registry::v1::SchoolName& name = *school.add_names();
    name.set_official_name(of_name.at("name_vi"));
    name.set_short_name(of_name.at("short_name_vi"));
    AddAliases(of_name, name);
  }
  return WithConfidence(
      Dating(std::move(school), row.at("first_day"), DayAfter(row.at("last_day"))), row);
}

// A blank day of a membership is that of school and regime.
inline registry::v1::Membership ReferenceMembership(const CsvRow& row,
                                                    const registry::v1::School& school,
                                                    const registry::v1::ClusterRegime& regime) {
  return registry::WithBounds(
      WithConfidence(Membership(row.at("cluster_code"), row.at("school_code"), row.at("first_day"),
                                DayAfter(row.at("last_day"))),
                     row),
      school, regime);
}

inline std::shared_ptr<const directory::SchoolMap> ReferenceMap() {
  std::vector<directory::Entry> entries;
  std::map<std::string, registry::v1::ClusterRegime> regimes;  // by code
  for (const CsvRow& row : ReadReferenceFile("regimes.csv")) {
    regimes[row.at("code")] =
        Regime(row.at("code"), row.at("first_day"), DayAfter(row.at("last_day")));
    entries.push_back(EntryOf(regimes[row.at("code")]));
  }
  std::map<std::string, registry::v1::ClusterRegime> regime_of;  // by cluster
  for (const CsvRow& row : ReadReferenceFile("clusters.csv")) {
    registry::v1::Cluster cluster = Cluster(row.at("code"), row.at("regime"), row.at("name_vi"));
    regime_of[row.at("code")] = regimes.at(row.at("regime"));
    if (!row.at("number").empty()) cluster.set_number(std::stoi(row.at("number")));
    cluster.set_region(row.at("region_vi"));
    AddAliases(row, cluster);
    entries.push_back(EntryOf(WithConfidence(std::move(cluster), row)));
  }
  const std::vector<CsvRow> names = ReadReferenceFile("school_names.csv");
  std::map<std::string, registry::v1::School> schools;
  for (const CsvRow& row : ReadReferenceFile("schools.csv")) {
    schools[row.at("code")] = ReferenceSchool(row, names);
    entries.push_back(EntryOf(schools[row.at("code")]));
  }
  for (const CsvRow& row : ReadReferenceFile("memberships.csv")) {
    entries.push_back(EntryOf(ReferenceMembership(row, schools.at(row.at("school_code")),
                                                  regime_of.at(row.at("cluster_code")))));
  }
  for (const CsvRow& row : ReadReferenceFile("lineage.csv")) {
    entries.push_back(EntryOf(WithConfidence(
        Lineage(registry::v1::LINEAGE_EVENT_TYPE_MERGE, row.at("code"), row.at("effective_date"),
                absl::StrSplit(row.at("predecessor_codes"), ';'),
                absl::StrSplit(row.at("successor_codes"), ';')),
        row)));
  }
  directory::Directory directory;
  (void)directory.Apply(entries, 1);
  return directory.Current();
}

}  // namespace thidua::testing

#endif  // THIDUA_TESTS_SUPPORT_REFERENCE_MAP_H_
