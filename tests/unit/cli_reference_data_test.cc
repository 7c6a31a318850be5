#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>

#include "common/directory/period.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/cli/reference_check.h"
#include "services/cli/reference_data.h"
#include "services/cli/reference_requests.h"

namespace thidua::cli {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

using Texts = std::map<std::string, std::string>;

// Two schools that merge, one that goes on; two regimes with a cluster each.
Texts SmallFiles() {
  return {{kRegimesFile,
           "code,name_vi,decision_number,decision_date,decision_issuer,first_day,last_day,deputy_"
           "limit,confidence,source,note\n"
           "2015,Cụm đánh số,,,,2015-01-01,2020-12-31,2,provisional,,\n"
           "2021,Cụm theo khu "
           "vực,550-QĐ/HVCTQG,2021-02-03,HVCTQG,2021-02-03,,2,documented,550-QĐ/HVCTQG,\n"},
          {kClustersFile,
           "code,regime,number,name_vi,aliases,region_vi,confidence,source,note\n"
           "c02-2015,2015,2,Cụm thi đua số 2,,miền núi,documented,Lạng Sơn,\n"
           "mnbg,2021,,Cụm miền núi,Cụm số 2; Cụm biên giới,miền núi,documented,Quảng Ninh,\n"},
          {kSchoolsFile,
           "code,kind,province_id,province_vi,name_vi,short_name_vi,aliases,first_day,last_day,"
           "confidence,source,note\n"
           "ha-giang,PROVINCIAL,ha-giang,Hà Giang,Trường Chính trị tỉnh Hà Giang,Hà "
           "Giang,,,2025-06-30,documented,Hà Giang,\n"
           "tuyen-quang,PROVINCIAL,tuyen-quang,Tuyên Quang,Trường Chính trị tỉnh Tuyên Quang,Tuyên "
           "Quang,,,2025-06-30,documented,TQ,\n"
           "lang-son,PROVINCIAL,lang-son,Lạng Sơn,Trường Chính trị Hoàng Văn Thụ tỉnh Lạng "
           "Sơn,Lạng Sơn,,,,documented,Lạng Sơn,\n"
           "tuyen-quang-2025,PROVINCIAL,tuyen-quang,Tuyên Quang,,,,2025-07-01,,provisional,,name "
           "unknown\n"},
          {kMembershipsFile,
           "cluster_code,school_code,from_year,to_year,confidence,source,note\n"
           "c02-2015,ha-giang,2015,2020,provisional,Lạng Sơn,documented for 2019-2020\n"
           "mnbg,ha-giang,2021,2025,provisional,Quảng Ninh,start year inferred\n"
           "mnbg,lang-son,2021,2025,documented,Quảng Ninh,\n"},
          {kLeadershipFile,
           "cluster_code,year,school_code,role,confidence,source,note\n"
           "mnbg,2021,lang-son,HEAD,provisional,,inferred\n"
           "mnbg,2024,ha-giang,STANDING_DEPUTY,documented,Quảng Ninh,\n"},
          {kMergersFile,
           "successor_code,predecessor_code,effective_date,decision_number,decision_date,"
           "confidence,source,note\n"
           "tuyen-quang-2025,tuyen-quang,2025-07-01,,,documented,vietnam.vn,\n"
           "tuyen-quang-2025,ha-giang,2025-07-01,,,documented,vietnam.vn,\n"},
          {kIndicatorsFile,
           "code,name_vi,unit_vi,kind,aggregation,numerators,denominator,factor,digits,group,note,"
           "seen_in\n"
           "staff_total,tổng số cán bộ,người,STOCK,SUM_AT_ONE_DATE,,,,,STAFF,,\n"
           "staff_msc,thạc sĩ,người,STOCK,SUM_AT_ONE_DATE,,,,,STAFF,,\n"
           "staff_msc_pct,tỷ lệ thạc sĩ,%,RATIO,RECOMPUTE,staff_msc,staff_total,100,2,STAFF,,\n"}};
}

// The files with `from` in one of them replaced by `to`.
Texts With(const std::string& file, const std::string& from, const std::string& to) {
  Texts texts = SmallFiles();
  const size_t at = texts[file].find(from);
  EXPECT_NE(at, std::string::npos) << from;
  texts[file].replace(at, from.size(), to);
  return texts;
}

std::vector<std::string> ProblemsIn(const Texts& texts) {
  CsvProblems problems;
  CheckReference(ReadReference(texts, problems), problems);
  std::vector<std::string> places;
  for (const CsvProblem& problem : problems) {
    places.push_back(problem.file + ":" + std::to_string(problem.line) + " " + problem.column +
                     ": " + problem.text);
  }
  return places;
}

ReferenceData Small() {
  CsvProblems problems;
  return ReadReference(SmallFiles(), problems);
}

// "2021-02-03 2026-01-01"; nothing for an open bound.
std::string PeriodText(const directory::Period& period) {
  return (period.from == directory::kOpenStart ? "" : absl::FormatCivilTime(period.from)) + " " +
         (period.to == directory::kOpenEnd ? "" : absl::FormatCivilTime(period.to));
}

TEST(ReadReference, TakesWhatIsSound) { EXPECT_THAT(ProblemsIn(SmallFiles()), IsEmpty()); }

TEST(ReadReference, TurnsLastDaysIntoFirstDaysAfter) {
  EXPECT_EQ(PeriodText(*directory::PeriodOf(Small().schools[0].wanted)), " 2025-07-01");
  EXPECT_EQ(PeriodText(*directory::PeriodOf(Small().regimes[0].wanted)), "2015-01-01 2021-01-01");
}

TEST(ReadReference, CutsYearsToSchoolAndRegime) {
  const ReferenceData data = Small();
  EXPECT_EQ(PeriodText(*directory::PeriodOf(data.memberships[0].wanted)), "2015-01-01 2021-01-01");
  EXPECT_EQ(PeriodText(*directory::PeriodOf(data.memberships[1].wanted)), "2021-02-03 2025-07-01");
  EXPECT_EQ(PeriodText(*directory::PeriodOf(data.memberships[2].wanted)), "2021-02-03 2026-01-01");
  EXPECT_EQ(PeriodText(*directory::PeriodOf(data.terms[0].wanted)), "2021-02-03 2022-01-01");
}

TEST(ReadReference, RecognisesDocumentedTermsOnly) {
  const ReferenceData data = Small();
  EXPECT_EQ(data.terms[0].wanted.state(), registry::v1::LEADERSHIP_TERM_STATE_ELECTED);
  EXPECT_EQ(data.terms[1].wanted.state(), registry::v1::LEADERSHIP_TERM_STATE_RECOGNISED);
  EXPECT_EQ(data.terms[1].wanted.name(), "clusters/mnbg/leadershipTerms/2024-ha-giang");
}

TEST(ReadReference, MakesOneEventOfAMerger) {
  const ReferenceData data = Small();
  ASSERT_EQ(data.mergers.size(), 1u);
  EXPECT_THAT(data.mergers[0].wanted.predecessors(),
              UnorderedElementsAre("schools/tuyen-quang", "schools/ha-giang"));
}

TEST(ReadReference, LoadsASchoolWithoutAKnownNameWithoutNames) {
  EXPECT_THAT(Small().schools[3].wanted.names(), IsEmpty());
  EXPECT_EQ(Small().schools[3].wanted.provenance().confidence(),
            registry::v1::CONFIDENCE_PROVISIONAL);
}

TEST(ReadReference, SplitsAliases) {
  EXPECT_THAT(Small().clusters[1].wanted.aliases(), ElementsAre("Cụm số 2", "Cụm biên giới"));
}

TEST(ReadReference, RefusesAConfidenceThatIsNotPlain) {
  EXPECT_THAT(
      ProblemsIn(With(kMembershipsFile, "documented,Quảng Ninh", "documented (size),Quảng Ninh")),
      ElementsAre(HasSubstr("memberships.csv:4 confidence")));
}

TEST(ReadReference, RefusesNamesThatNoRowDefines) {
  EXPECT_THAT(ProblemsIn(With(kMembershipsFile, "mnbg,lang-son", "mnbg,lang-sơn")),
              Contains(HasSubstr("memberships.csv:4 school_code")));
  EXPECT_THAT(ProblemsIn(With(kIndicatorsFile, "RECOMPUTE,staff_msc,", "RECOMPUTE,staff_phd,")),
              ElementsAre(HasSubstr("indicators.csv:4 numerators")));
}

TEST(ReadReference, RefusesADayThatDoesNotExist) {
  EXPECT_THAT(ProblemsIn(With(kSchoolsFile, "2025-06-30", "2025-06-31")),
              Contains(HasSubstr("schools.csv:2 last_day")));
}

TEST(ReadReference, RefusesACodeGivenTwice) {
  EXPECT_THAT(ProblemsIn(With(kIndicatorsFile, "\nstaff_msc,", "\nstaff_total,")),
              Contains(HasSubstr("indicators.csv:3 code")));
}

TEST(ReadReference, RefusesAMissingFile) {
  Texts texts = SmallFiles();
  texts.erase(kMergersFile);
  EXPECT_THAT(ProblemsIn(texts), ElementsAre(HasSubstr("mergers.csv:0")));
}

TEST(CheckReference, FindsWhatTheContractWouldRefuse) {
  EXPECT_THAT(ProblemsIn(With(kIndicatorsFile, "\nstaff_msc_pct,", "\nStaffPct,")),
              Contains(HasSubstr("indicators.csv:4 code")));
  EXPECT_THAT(ProblemsIn(With(kSchoolsFile, ",ha-giang,Hà Giang,", ",Ha Giang,Hà Giang,")),
              ElementsAre(HasSubstr("schools.csv:2 province_id")));
}

TEST(CheckReference, RefusesTwoClustersAtATime) {
  EXPECT_THAT(ProblemsIn(With(kRegimesFile, "2020-12-31", "2022-12-31")), IsEmpty());
  Texts texts = With(kRegimesFile, "2020-12-31", "2022-12-31");
  texts[kMembershipsFile].replace(texts[kMembershipsFile].find("2015,2020"), 9, "2015,2021");
  EXPECT_THAT(ProblemsIn(texts), ElementsAre(HasSubstr("memberships.csv:3 school_code")));
}

TEST(CheckReference, RefusesALeaderThatIsNoMember) {
  EXPECT_THAT(ProblemsIn(With(kLeadershipFile, "mnbg,2024,ha-giang", "mnbg,2025,ha-giang")),
              ElementsAre(HasSubstr("leadership.csv:3 school_code")));
}

TEST(CheckReference, RefusesTwoHeads) {
  EXPECT_THAT(ProblemsIn(With(kLeadershipFile, "mnbg,2024,ha-giang,STANDING_DEPUTY",
                              "mnbg,2021,ha-giang,HEAD")),
              ElementsAre(HasSubstr("leadership.csv:3 role")));
}

TEST(CheckReference, RefusesAMergerOnAnotherDay) {
  EXPECT_THAT(ProblemsIn(With(kSchoolsFile, "2025-07-01,,provisional", "2025-08-01,,provisional")),
              ElementsAre(HasSubstr("mergers.csv:2 successor_code")));
}

TEST(CheckReference, RefusesRowsThatTellOneMergerDifferently) {
  EXPECT_THAT(ProblemsIn(With(kMergersFile, "ha-giang,2025-07-01,,,documented",
                              "ha-giang,2025-07-01,,,provisional")),
              ElementsAre(HasSubstr("mergers.csv:3 successor_code")));
}

TEST(DifferingFields, NamesWhatDiffers) {
  const ReferenceData data = Small();
  registry::v1::School stored = data.schools[0].wanted;
  stored.set_etag("1");
  stored.set_display_name("Trường Chính trị tỉnh Hà Giang");
  const std::vector<std::string> fields = {"province", "valid_to", "names", "provenance"};
  EXPECT_THAT(DifferingFields(stored, data.schools[0].wanted, fields), IsEmpty());
  stored.mutable_names(0)->add_aliases("Trường Đảng Hà Giang");
  stored.clear_valid_to();
  EXPECT_THAT(DifferingFields(stored, data.schools[0].wanted, fields),
              ElementsAre("valid_to", "names"));
}

// The files that are shipped.
class ShippedReference : public testing::Test {
 protected:
  ShippedReference() {
    for (const char* file : kReferenceFiles) {
      std::ifstream in(std::filesystem::path(THIDUA_SOURCE_DIR) / "deploy/reference" / file);
      texts_[file] =
          std::string(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
    }
    data_ = ReadReference(texts_, problems_);
  }

  Texts texts_;
  CsvProblems problems_;
  ReferenceData data_;
};

TEST_F(ShippedReference, IsSound) { EXPECT_THAT(ProblemsIn(texts_), IsEmpty()); }

TEST_F(ShippedReference, HasTheSchoolsBeforeAndAfterTheMergers) {
  const absl::CivilDay before(2025, 6, 30);
  const absl::CivilDay after(2025, 7, 1);
  int schools_before = 0;
  int schools_after = 0;
  for (const auto& fact : data_.schools) {
    if (fact.wanted.kind() != registry::v1::SCHOOL_KIND_PROVINCIAL) continue;
    schools_before += directory::PeriodOf(fact.wanted)->Contains(before) ? 1 : 0;
    schools_after += directory::PeriodOf(fact.wanted)->Contains(after) ? 1 : 0;
  }
  EXPECT_EQ(schools_before, 63);
  EXPECT_EQ(schools_after, 34);
  EXPECT_EQ(data_.mergers.size(), 23u);
}

TEST_F(ShippedReference, LetsTheHeadAndTheStandingDeputyOf2024Act) {
  std::vector<std::string> recognised;
  for (const auto& fact : data_.terms) {
    if (fact.wanted.year() == 2024 && fact.wanted.name().starts_with("clusters/mnbg/") &&
        fact.wanted.state() == registry::v1::LEADERSHIP_TERM_STATE_RECOGNISED) {
      recognised.push_back(fact.wanted.school() + " " + LeadershipRole_Name(fact.wanted.role()));
    }
  }
  EXPECT_THAT(recognised, UnorderedElementsAre("schools/quang-ninh LEADERSHIP_ROLE_HEAD",
                                               "schools/ha-giang LEADERSHIP_ROLE_STANDING_DEPUTY",
                                               "schools/lang-son LEADERSHIP_ROLE_DEPUTY"));
}

}  // namespace
}  // namespace thidua::cli
