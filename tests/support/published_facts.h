// What the northern mountain and border cluster published for the first half of 2024, made by the
// reporting service's own rules from the figures that its eight schools reported, so that what
// reporting writes and what awards reads cannot drift apart.
#ifndef THIDUA_TESTS_SUPPORT_PUBLISHED_FACTS_H_
#define THIDUA_TESTS_SUPPORT_PUBLISHED_FACTS_H_

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "common/document/digest.h"
#include "common/document/signature.h"
#include "services/reporting/consolidation/consolidation_rules.h"
#include "services/reporting/consolidation/publication_rules.h"
#include "services/reporting/windows/figure_rules.h"
#include "tests/support/report_facts.h"

namespace thidua::testing {

// Figures of one school by indicator; what is not here is not reported.
using Reported = std::map<std::string, reporting::v1::Figure>;

// The eight reports of the first half of 2024.
inline std::map<std::string, Reported> FirstHalf2024() {
  const std::map<std::string, std::map<std::string, int64_t>> counts = {
      {"quang-ninh",
       {{"classes_total", 97},
        {"learners_total", 3864},
        {"topics_province", 3},
        {"topics_school", 6},
        {"workshops_province", 1},
        {"info_bulletins", 2},
        {"monographs", 1},
        {"articles_journal", 2}}},
      {"dien-bien",
       {{"classes_total", 15},
        {"learners_total", 1206},
        {"topics_school", 4},
        {"proceedings", 1},
        {"info_bulletins", 1},
        {"articles_journal", 4}}},
      {"ha-giang",
       {{"classes_total", 20},
        {"learners_total", 1663},
        {"topics_province", 1},
        {"topics_school", 4},
        {"workshops_province", 1},
        {"workshops_school", 1},
        {"proceedings", 2},
        {"info_bulletins", 3}}},
      {"cao-bang",
       {{"classes_total", 14},
        {"learners_total", 779},
        {"workshops_province", 2},
        {"workshops_school", 3}}},
      {"lai-chau",
       {{"classes_total", 16},
        {"learners_total", 819},
        {"workshops_province", 1},
        {"workshops_school", 1},
        {"proceedings", 1},
        {"info_bulletins", 1},
        {"articles_journal", 5}}},
      {"lang-son",
       {{"classes_total", 21},
        {"learners_total", 1131},
        {"topics_province", 1},
        {"topics_school", 1},
        {"workshops_school", 1},
        {"proceedings", 1},
        {"info_bulletins", 1}}},
      {"lao-cai",
       {{"classes_total", 24},
        {"learners_total", 1254},
        {"topics_province", 2},
        {"topics_school", 7},
        {"workshops_province", 3},
        {"workshops_school", 1},
        {"info_bulletins", 2},
        {"articles_journal", 20}}},
      {"son-la",
       {{"classes_total", 27},
        {"learners_total", 1727},
        {"topics_province", 2},
        {"topics_school", 6},
        {"workshops_province", 2}}}};
  std::map<std::string, Reported> reports;
  for (const auto& [school, figures] : counts) {
    for (const auto& [indicator, value] : figures)
      reports[school][indicator] = Count(indicator, value);
  }
  return reports;
}

// Eleven indicators that schools state, a ratio among them, and one that the cluster states alone.
inline reporting::v1::Window WindowOf2024() {
  std::vector<reporting::v1::Indicator> indicators;
  for (const char* code :
       {"classes_total", "learners_total", "topics_province", "topics_school", "workshops_province",
        "workshops_school", "proceedings", "info_bulletins", "monographs", "articles_journal"}) {
    indicators.push_back(Flow(code, static_cast<int>(indicators.size()) + 1));
  }
  indicators.push_back(Ratio("lecturers_msc_pct", 11, {}, ""));
  indicators.push_back(Flow("sent_phd", 12));
  reporting::v1::Window window = HalfYear(indicators);
  window.mutable_indicators(11)->set_cluster_only(true);
  return window;
}

// The publication of these reports by the members of the cluster; a member that is not in `reports`
// has none. Unsigned.
inline reporting::v1::Publication Publish(const std::map<std::string, Reported>& reports,
                                          int number = 1) {
  const reporting::v1::Window window = WindowOf2024();
  const reporting::Form form(window);
  reporting::ClusterOnDay cluster{"mnbg", "Cụm thi đua miền núi, biên giới phía Bắc", {}, 41};
  std::vector<reporting::AcceptedReport> accepted;
  for (const char* school : {"cao-bang", "dien-bien", "ha-giang", "lai-chau", "lang-son", "lao-cai",
                             "quang-ninh", "son-la"}) {
    reporting::v1::ExpectedSchool& member = cluster.members.emplace_back();
    member.set_school(std::string("schools/") + school);
    member.set_display_name(std::string("Trường ") + school);
    const auto report = reports.find(school);
    if (report == reports.end()) continue;
    reporting::v1::SchoolReport content;
    for (const reporting::v1::WindowIndicator& asked : window.indicators()) {
      if (asked.cluster_only()) continue;
      const auto figure =
          report->second.find(std::string(absl::StripPrefix(asked.indicator(), "indicators/")));
      reporting::v1::Figure& stated = *content.add_figures();
      stated = figure == report->second.end() ? reporting::Unreported(asked.indicator())
                                              : figure->second;
    }
    accepted.push_back(
        {school, number, document::Sha256(school), reporting::Pack(form, content.figures()),
         "spiffe://thidua.example.vn/school/quang-ninh", absl::FromUnixSeconds(1719300000)});
  }
  const auto consolidation = reporting::Consolidate(form, cluster, accepted, nullptr).value();
  reporting::v1::Publication publication;
  publication.set_name("windows/2024-h1/publications/mnbg-" + std::to_string(number));
  publication.set_cluster("clusters/mnbg");
  publication.set_number(number);
  publication.set_state(reporting::v1::PUBLICATION_STATE_CURRENT);
  publication.set_document(reporting::PublicationDocument(form, consolidation).value());
  publication.set_sha256(document::Sha256(publication.document()));
  return publication;
}

inline reporting::v1::Publication Signed(reporting::v1::Publication publication,
                                         const document::SigningKey& key) {
  publication.set_signature(key.Sign(publication.document()).value());
  publication.set_key_id(key.KeyId());
  return publication;
}

}  // namespace thidua::testing

#endif  // THIDUA_TESTS_SUPPORT_PUBLISHED_FACTS_H_
