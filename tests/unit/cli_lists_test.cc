// The lists: reading them, comparing them with what is stored, exporting what reads back the same.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "common/contract/check_plan.h"
#include "common/directory/period.h"
#include "gmock/gmock.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "services/cli/lists/catalogue.h"
#include "services/cli/lists/export.h"
#include "services/cli/lists/list_requests.h"
#include "services/cli/lists/loading.h"
#include "services/cli/lists/loading_plan.h"
#include "thidua/registry/v1/cluster_service.pb.h"
#include "thidua/registry/v1/school_service.pb.h"
#include "thidua/registry/v1/standard_service.pb.h"
#include "thidua/reporting/v1/indicator_service.pb.h"

namespace thidua::cli {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using registry::v1::LeadershipTerm;
using registry::v1::LineageEvent;
using registry::v1::Membership;
using registry::v1::School;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

using Texts = std::map<std::string, std::string>;

// Two schools that merge, one that goes on; two regimes with a cluster each.
Texts SmallFiles() {
  return {
      {"regimes.csv",
       "code,name_vi,decision_number,decision_date,decision_issuer,first_day,last_day,deputy_limit,"
       "confidence,source,note\n"
       "2015,Cụm đánh số,,,,2015-01-01,2020-12-31,2,provisional,,\n"
       "2021,Cụm theo khu vực,550-QĐ/HVCTQG,2021-02-03,HVCTQG,2021-02-03,,,documented,550-QĐ,\n"},
      {"clusters.csv",
       "code,regime,number,name_vi,aliases,region_vi,confidence,source,note\n"
       "c02-2015,2015,2,Cụm thi đua số 2,,miền núi,documented,Lạng Sơn,\n"
       "mnbg,2021,,Cụm miền núi,Cụm số 2; Cụm biên giới,miền núi,documented,Quảng Ninh,\n"},
      {"schools.csv",
       "code,kind,province_id,province_vi,first_day,last_day,confidence,source,note\n"
       "ha-giang,PROVINCIAL,ha-giang,Hà Giang,,2025-06-30,documented,Hà Giang,\n"
       "tuyen-quang,PROVINCIAL,tuyen-quang,Tuyên Quang,,2025-06-30,documented,TQ,\n"
       "lang-son,PROVINCIAL,lang-son,Lạng Sơn,,,documented,Lạng Sơn,\n"
       "tuyen-quang-2025,PROVINCIAL,tuyen-quang,Tuyên Quang,2025-07-01,,provisional,,no name\n"},
      {"school_names.csv",
       "school_code,name_vi,short_name_vi,aliases,first_day,last_day,confidence,source\n"
       "lang-son,Trường Đảng Lạng Sơn,,,,1992-12-31,provisional,\n"
       "lang-son,Trường Chính trị Hoàng Văn Thụ tỉnh Lạng Sơn,Lạng Sơn,,1993-01-01,,,\n"
       "ha-giang,Trường Chính trị tỉnh Hà Giang,Hà Giang,,,,,\n"},
      {"memberships.csv",
       "cluster_code,school_code,first_day,last_day,confidence,source,note\n"
       "c02-2015,ha-giang,,,provisional,Lạng Sơn,documented for 2019-2020\n"
       "mnbg,ha-giang,,,provisional,Quảng Ninh,start year inferred\n"
       "mnbg,lang-son,2022-01-01,2025-12-31,documented,Quảng Ninh,\n"},
      {"leadership.csv",
       "cluster_code,year,school_code,role,first_day,last_day,state,recognition_number,confidence,"
       "source,note\n"
       "mnbg,2022,lang-son,HEAD,,,ELECTED,,provisional,,inferred\n"
       "mnbg,2024,ha-giang,STANDING_DEPUTY,,,RECOGNISED,7431-QĐ/HVCTQG,documented,Quảng Ninh,\n"},
      {"lineage.csv",
       "code,type,effective_date,predecessor_codes,successor_codes,decision_number,confidence,"
       "source,note\n"
       "tuyen-quang-2025,MERGE,2025-07-01,tuyen-quang;ha-giang,tuyen-quang-2025,,documented,"
       "vietnam.vn,\n"},
      {"pacts.csv",
       "cluster_code,year,theme_vi,signing_date,all_members_signed,target_count,first_day,"
       "confidence,source\n"
       "mnbg,2023,Chủ động,2023-03-10,true,7,,documented,Quảng Ninh\n"
       "mnbg,2024,Kỷ cương,,,,,provisional,\n"},
      {"pact_targets.csv",
       "cluster_code,pact_code,number,text_vi,indicator,operator,value,unit_vi\n"
       "mnbg,2024,1,Mở lớp,classes_total,AT_LEAST,20,lớp\n"
       "mnbg,2024,2,Đạt chuẩn mức 1,,,,\n"},
      {"documents.csv",
       "code,number,issue_date,issuer,title,supersedes,confidence,source\n"
       "550-qd-hvctqg,550-QĐ/HVCTQG,2021-02-03,Học viện,phân cụm,7431-qd,documented,Bến Tre\n"
       "7431-qd,7431-QĐ/HVCTQG,2015,Học viện,,,provisional,\n"},
      {"identifier_schemes.csv",
       "code,name_vi,pattern,max_length,group_separator,confidence,source\n"
       "agency-code,Mã định danh,[0-9A-Z]+([.][0-9A-Z]+)*,35,.,documented,20/2020/QĐ-TTg\n"},
      {"identifiers.csv",
       "school_code,identifier_code,scheme,code,first_day,last_day,successor,confidence,source\n"
       "ha-giang,cu,agency-code,H22.15,2021-01-01,2025-06-30,"
       "schools/tuyen-quang-2025/identifiers/moi,provisional,\n"
       "tuyen-quang-2025,moi,agency-code,H60.15,2025-07-01,,,provisional,\n"},
      {"programmes.csv",
       "cluster_code,year,theme_vi,confidence,source\n"
       "mnbg,2024,Dân chủ,documented,Quảng Ninh\n"},
      {"activities.csv",
       "cluster_code,year,activity_code,kind,title_vi,host_code,mode,bridges,planned_date,held_"
       "date,"
       "attendance,confidence,source\n"
       "mnbg,2024,roundtable-1,ROUNDTABLE,Tọa đàm,ha-giang,,,2024-09,,,documented,Quảng Ninh\n"
       "mnbg,2024,interim-review-1,INTERIM_REVIEW,Sơ kết,,ONLINE,ha-giang;|Học viện,,2024-06-25,"
       "lang-son|PARTICIPANT,documented,Quảng Ninh\n"},
      {"programme_texts.csv",
       "cluster_code,year,code,kind,title_vi,adopt_date,activity,adopter_codes,adoption_confidence,"
       "adoption_source,confidence,source\n"
       "mnbg,2024,plan,PLAN,Kế hoạch,2024-06-25,"
       "clusters/mnbg/programmes/2024/activities/interim-review-1,ha-giang;lang-son,documented,"
       "Quảng Ninh,documented,Quảng Ninh\n"},
      {"standard_schemes.csv",
       "code,level,name_vi,indicator_total,confidence,source\n"
       "11-qd-tw-level-1,1,Trường chính trị chuẩn mức 1,55,documented,11-QĐ/TW\n"},
      {"standard_criteria.csv",
       "scheme_code,number,name_vi,indicator_total\n"
       "11-qd-tw-level-1,1,Thể chế,\n"
       "11-qd-tw-level-1,2,Đội ngũ,5\n"},
      {"standard_indicators.csv",
       "scheme_code,code,criterion,text_vi,threshold_at_least,threshold_unit,confidence,source\n"
       "11-qd-tw-level-1,2-lecturer-share,2,Tỷ lệ giảng viên,75.5,%,provisional,vietnam.vn\n"},
      {"standard_cases.csv",
       "school_code,code,scheme_code\n"
       "lang-son,level-1,11-qd-tw-level-1\n"},
      {"standard_steps.csv",
       "school_code,case_code,step,date,met,unmet,assessment,remark,confidence,source\n"
       "lang-son,level-1,SCHEME_APPROVED,--04-27,,,,,documented,TTXVN\n"
       "lang-son,level-1,SELF_ASSESSED,2023-05,46,9,"
       "schools/lang-son/standardCases/level-1/assessments/self-2023,,documented,Lạng Sơn\n"},
      {"standard_assessments.csv",
       "school_code,case_code,code,assessor,date,confidence,source\n"
       "lang-son,level-1,self-2023,SCHOOL,2023-05-20,documented,Lạng Sơn\n"},
      {"standard_findings.csv",
       "school_code,case_code,assessment_code,indicator,result,evidence\n"
       "lang-son,level-1,self-2023,2-lecturer-share,MET,"
       "Danh sách\\; bảng lương|https://lang-son.example.vn/ds|;Quyết định|||2023-04\n"},
      {"indicators.csv",
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

// "schools.csv:3 last_day: …"
std::vector<std::string> Told(const CsvProblems& problems) {
  std::vector<std::string> told;
  for (const CsvProblem& problem : problems) {
    EXPECT_FALSE(problem.text_vi.empty()) << problem.text;
    told.push_back(
        absl::StrCat(problem.file, ":", problem.line, " ", problem.column, ": ", problem.text));
  }
  return told;
}

// What is planned for some files on top of what is stored.
struct Planned {
  explicit Planned(const Texts& texts, const StoredLists& stored = StoredLists())
      : files(ReadListFiles(AllLists(), texts, problems)),
        plan(PlanLoading(AllLists(), files, stored, problems)) {}

  std::vector<std::string> Problems() const { return Told(problems); }
  // "CreateSchool schools/lang-son"
  std::vector<std::string> Requests() const {
    std::vector<std::string> requests;
    for (const PlannedWrite& write : plan.writes) {
      const std::string type = write.request->GetDescriptor()->name();
      requests.push_back(
          absl::StrCat(type.substr(0, type.rfind("Request")), " ", write.wanted->name));
    }
    return requests;
  }

  CsvProblems problems;
  ListFiles files;
  LoadingPlan plan;
};

// What the services hold when everything in the files was loaded.
StoredLists Stored(const Texts& texts) {
  CsvProblems problems;
  const ListFiles files = ReadListFiles(AllLists(), texts, problems);
  StoredLists stored;
  for (const Wanted& wanted : files.wanted) {
    std::unique_ptr<Message> resource = MakeMessage(*wanted.list->resource);
    Apply(wanted, resource.get());
    if (wanted.list->complete)
      wanted.list->complete(resource.get(),
                            {[&](const std::string& name) { return stored.Find(name); }, nullptr});
    SetText(resource.get(), "etag", "\"1\"");
    stored.Add(std::move(resource));
  }
  return stored;
}

template <class Resource>
Resource Get(const StoredLists& stored, const std::string& name) {
  const Message* found = stored.Find(name);
  EXPECT_NE(found, nullptr) << name;
  return *google::protobuf::DynamicCastToGenerated<Resource>(found);
}

template <class Dated>
std::string PeriodText(const Dated& dated) {
  const auto text = [](bool there, const google::type::Date& day) {
    return there ? absl::FormatCivilTime(absl::CivilDay(day.year(), day.month(), day.day())) : "";
  };
  return absl::StrCat(text(dated.has_valid_from(), dated.valid_from()), " ",
                      text(dated.has_valid_to(), dated.valid_to()));
}

// ---- Reading.

TEST(ReadingLists, TakesWhatIsSound) { EXPECT_THAT(Planned(SmallFiles()).Problems(), IsEmpty()); }

TEST(ReadingLists, TurnsLastDaysIntoFirstDaysAfter) {
  EXPECT_EQ(PeriodText(Get<School>(Stored(SmallFiles()), "schools/ha-giang")), " 2025-07-01");
}

TEST(ReadingLists, ABlankDayOfAMembershipIsThatOfSchoolAndRegime) {
  const StoredLists stored = Stored(SmallFiles());
  EXPECT_EQ(PeriodText(Get<Membership>(stored, "clusters/c02-2015/memberships/ha-giang")),
            "2015-01-01 2021-01-01");
  EXPECT_EQ(PeriodText(Get<Membership>(stored, "clusters/mnbg/memberships/ha-giang")),
            "2021-02-03 2025-07-01");
  EXPECT_EQ(PeriodText(Get<Membership>(stored, "clusters/mnbg/memberships/lang-son")),
            "2022-01-01 2026-01-01");
}

TEST(ReadingLists, ABlankIdentifierOfATermIsItsYearAndSchool) {
  const auto term =
      Get<LeadershipTerm>(Stored(SmallFiles()), "clusters/mnbg/leadershipTerms/2024-ha-giang");
  EXPECT_EQ(PeriodText(term), "2024-01-01 2025-01-01");
  EXPECT_EQ(term.recognition().number(), "7431-QĐ/HVCTQG");
}

TEST(ReadingLists, ASchoolHasAsManyNamesAsRows) {
  const auto school = Get<School>(Stored(SmallFiles()), "schools/lang-son");
  ASSERT_EQ(school.names_size(), 2);
  EXPECT_EQ(PeriodText(school.names(0)), " 1993-01-01");
  EXPECT_EQ(school.names(0).provenance().confidence(), registry::v1::CONFIDENCE_PROVISIONAL);
  EXPECT_FALSE(school.names(1).has_provenance());
  EXPECT_EQ(Get<School>(Stored(SmallFiles()), "schools/tuyen-quang-2025").names_size(), 0);
}

TEST(ReadingLists, SeveralOfAKindAreSeparatedBySemicolons) {
  EXPECT_THAT(Get<registry::v1::Cluster>(Stored(SmallFiles()), "clusters/mnbg").aliases(),
              ElementsAre("Cụm số 2", "Cụm biên giới"));
  EXPECT_THAT(
      Get<LineageEvent>(Stored(SmallFiles()), "lineageEvents/tuyen-quang-2025").predecessors(),
      ElementsAre("schools/tuyen-quang", "schools/ha-giang"));
}

TEST(ReadingLists, TellsWhichCellCannotBeRead) {
  struct Case {
    std::string file, from, to, place;
  };
  for (const Case& bad : std::vector<Case>{
           {"regimes.csv", "2015-01-01", "01-01-2015", "regimes.csv:2 first_day"},
           {"clusters.csv", "2015,2,Cụm", "2015,hai,Cụm", "clusters.csv:2 number"},
           {"schools.csv", "lang-son,PROVINCIAL", "lang-son,PROVINCE", "schools.csv:4 kind"},
           {"schools.csv", "2025-06-30", "2025-06-31", "schools.csv:2 last_day"},
           {"school_names.csv", "1993-01-01", "1993", "school_names.csv:3 first_day"},
           {"memberships.csv", "documented,Quảng", "documented (size),Quảng",
            "memberships.csv:4 confidence"},
           {"leadership.csv", "mnbg,2022", "mnbg,2O22", "leadership.csv:2 year"},
           {"leadership.csv", "STANDING_DEPUTY", "VICE", "leadership.csv:3 role"},
           {"lineage.csv", "MERGE", "MERGER", "lineage.csv:2 type"},
           {"indicators.csv", "staff_total,100,2", "staff_total,100,two",
            "indicators.csv:4 digits"}}) {
    EXPECT_THAT(Planned(With(bad.file, bad.from, bad.to)).Problems(),
                Contains(HasSubstr(bad.place)));
  }
}

TEST(ReadingLists, EveryProblemOfEveryFileIsToldAtOnce) {
  Texts texts = With("schools.csv", "2025-06-30", "2025-06-31");
  texts["indicators.csv"].replace(texts["indicators.csv"].find("SUM_AT"), 6, "SUM-AT");
  texts["clusters.csv"].replace(0, 4, "mã");
  const auto problems = Planned(texts).Problems();
  EXPECT_THAT(problems, Contains(HasSubstr("schools.csv:2 last_day")));
  EXPECT_THAT(problems, Contains(HasSubstr("indicators.csv:2 aggregation")));
  EXPECT_THAT(problems, Contains(HasSubstr("clusters.csv:1 code")));
}

TEST(ReadingLists, RefusesAnUnknownColumnInEveryList) {
  for (const auto& [file, text] : SmallFiles()) {
    const std::string more = absl::StrReplaceAll(text, {{"\n", ",\n"}});
    Texts texts = SmallFiles();
    texts[file] = absl::StrReplaceAll(more, {{text.substr(0, text.find('\n')) + ",\n",
                                              text.substr(0, text.find('\n')) + ",lạ\n"}});
    EXPECT_THAT(Planned(texts).Problems(), ElementsAre(HasSubstr(file + ":1 lạ")));
  }
}

TEST(ReadingLists, RefusesAResourceGivenTwice) {
  EXPECT_THAT(Planned(With("indicators.csv", "\nstaff_msc,", "\nstaff_total,")).Problems(),
              Contains(HasSubstr("indicators.csv:3 code: indicators/staff_total is given twice")));
  EXPECT_THAT(Planned(With("memberships.csv", "\nmnbg,lang-son", "\nmnbg,ha-giang")).Problems(),
              Contains(HasSubstr("memberships.csv:4 code")));
}

TEST(ReadingLists, RefusesAPartOfSomethingThatNoRowGives) {
  EXPECT_THAT(Planned(With("school_names.csv", "\nha-giang", "\nha-giang-2025")).Problems(),
              ElementsAre(HasSubstr("school_names.csv:4 school_code")));
}

TEST(ReadingLists, RefusesReferencesToWhatIsNeitherInTheFilesNorStored) {
  EXPECT_THAT(Planned(With("lineage.csv", "tuyen-quang;ha-giang", "tuyen-quang;ha-nam")).Problems(),
              ElementsAre(HasSubstr("lineage.csv:2 predecessor_codes: schools/ha-nam")));
  EXPECT_THAT(
      Planned(With("indicators.csv", "RECOMPUTE,staff_msc,", "RECOMPUTE,staff_phd,")).Problems(),
      ElementsAre(HasSubstr("indicators.csv:4 numerators")));
  EXPECT_THAT(Planned(With("memberships.csv", "c02-2015", "c03-2015")).Problems(),
              Contains(HasSubstr("memberships.csv:2 cluster_code: clusters/c03-2015")));
}

TEST(ReadingLists, AListAloneRestsOnWhatIsStored) {
  const Texts texts = {{"memberships.csv", SmallFiles()["memberships.csv"]}};
  EXPECT_THAT(Planned(texts, Stored(SmallFiles())).Problems(), IsEmpty());
  EXPECT_THAT(Planned({{"schools.csv", SmallFiles()["schools.csv"]}}).Requests(),
              Contains("CreateSchool schools/lang-son"));
}

TEST(ReadingLists, FindsWhatTheContractWouldRefuse) {
  EXPECT_THAT(Planned(With("schools.csv", ",ha-giang,Hà Giang,", ",Ha Giang,Hà Giang,")).Problems(),
              ElementsAre(HasSubstr("schools.csv:2 province_id")));
  EXPECT_THAT(Planned(With("school_names.csv", "ha-giang,Trường Chính trị tỉnh Hà Giang",
                           "ha-giang," + std::string(300, 'a')))
                  .Problems(),
              ElementsAre(HasSubstr("school_names.csv:4 name_vi")));
  EXPECT_THAT(Planned(With("clusters.csv", "c02-2015,2015,2,", "c02-2015,2015,0,")).Problems(),
              ElementsAre(HasSubstr("clusters.csv:2 number")));
}

// ---- Comparing.

TEST(ComparingLists, WhatIsStoredNeedsNothing) {
  const Planned again(SmallFiles(), Stored(SmallFiles()));
  EXPECT_THAT(again.Problems(), IsEmpty());
  EXPECT_THAT(again.Requests(), IsEmpty());
}

TEST(ComparingLists, UpdatesTheFieldsThatDiffer) {
  const Planned changed(With("school_names.csv", "Hoàng Văn Thụ", "Hoàng Văn Thụ (Lạng Sơn)"),
                        Stored(SmallFiles()));
  ASSERT_THAT(changed.Requests(), ElementsAre("UpdateSchool schools/lang-son"));
  const auto& request =
      *google::protobuf::DynamicCastToGenerated<registry::v1::UpdateSchoolRequest>(
          changed.plan.writes[0].request.get());
  EXPECT_THAT(request.update_mask().paths(), ElementsAre("names"));
  EXPECT_EQ(request.etag(), "\"1\"");
  EXPECT_EQ(request.school().names_size(), 2);
}

TEST(ComparingLists, AColumnThatIsNotThereLeavesItsFieldAlone) {
  StoredLists stored = Stored(SmallFiles());
  auto documented = std::make_unique<School>(Get<School>(stored, "schools/lang-son"));
  documented->mutable_provenance()->set_document("documents/550-qd-hvctqg");
  stored.Add(std::move(documented));
  EXPECT_THAT(Planned(SmallFiles(), stored).Requests(), IsEmpty());
  const Planned changed(With("schools.csv", "documented,Lạng Sơn,", "documented,Lạng Sơn,site"),
                        stored);
  const auto& request =
      *google::protobuf::DynamicCastToGenerated<registry::v1::UpdateSchoolRequest>(
          changed.plan.writes.at(0).request.get());
  EXPECT_EQ(request.school().provenance().document(), "documents/550-qd-hvctqg");
}

TEST(ComparingLists, WhatNeverChangesIsAProblemWhenItDiffers) {
  EXPECT_THAT(
      Planned(With("lineage.csv", "vietnam.vn", "nghean24h.vn"), Stored(SmallFiles())).Problems(),
      ElementsAre(HasSubstr("lineage.csv:2 source")));
  EXPECT_THAT(Planned(With("schools.csv", "lang-son,PROVINCIAL", "lang-son,CENTRAL_CADRE_SCHOOL"),
                      Stored(SmallFiles()))
                  .Problems(),
              Contains(HasSubstr("schools.csv:4 kind")));
}

TEST(ComparingLists, ATermIsRecognisedAfterItIsCreated) {
  EXPECT_THAT(
      Planned(SmallFiles()).Requests(),
      Contains("RecogniseLeadershipTerm clusters/mnbg/leadershipTerms/2024-ha-giang").Times(1));
}

TEST(ComparingLists, ATermIsRecognisedAndEndedWhenTheFileSaysSo) {
  const StoredLists stored = Stored(SmallFiles());
  EXPECT_THAT(
      Planned(With("leadership.csv", "HEAD,,,ELECTED", "HEAD,,,RECOGNISED"), stored).Requests(),
      ElementsAre("RecogniseLeadershipTerm clusters/mnbg/leadershipTerms/2022-lang-son"));
  EXPECT_THAT(Planned(With("leadership.csv", "HEAD,,,ELECTED", "HEAD,,2022-06-30,ENDED"), stored)
                  .Requests(),
              ElementsAre("EndLeadershipTerm clusters/mnbg/leadershipTerms/2022-lang-son"));
}

TEST(ComparingLists, ATermThatHasGoneFurtherIsLeftAndSaidSo) {
  const StoredLists stored =
      Stored(With("leadership.csv", "HEAD,,,ELECTED", "HEAD,,2022-06-30,ENDED"));
  const Planned again(SmallFiles(), stored);
  EXPECT_THAT(again.Requests(), IsEmpty());
  EXPECT_THAT(Told(again.plan.notes), ElementsAre(HasSubstr("leadership.csv:2")));
}

TEST(ComparingLists, ATermIsReplacedByOneOfTheSameListOnly) {
  EXPECT_THAT(Planned(With("leadership.csv", "HEAD,,,ELECTED", "HEAD,,,REPLACED")).Problems(),
              ElementsAre(HasSubstr("leadership.csv:2 state")));
}

TEST(ComparingLists, AReplacedTermIsElectedForTheWholeTimeAndThenReplaced) {
  Texts texts = SmallFiles();
  texts["leadership.csv"] =
      "cluster_code,code,year,school_code,role,first_day,last_day,state,recognition_number,"
      "replaced_by,confidence,source\n"
      "mnbg,2024-2-lang-son,2024,lang-son,HEAD,2024-06-01,,RECOGNISED,99-QĐ,,documented,TQ\n"
      "mnbg,2024-ha-giang,2024,ha-giang,HEAD,,2024-05-31,REPLACED,,"
      "clusters/mnbg/leadershipTerms/2024-2-lang-son,documented,Quảng Ninh\n";
  const Planned planned(texts);
  EXPECT_THAT(planned.Problems(), IsEmpty());
  const std::string old_term = "clusters/mnbg/leadershipTerms/2024-ha-giang";
  const std::string new_term = "clusters/mnbg/leadershipTerms/2024-2-lang-son";
  std::vector<std::string> about_terms;
  for (const std::string& request : planned.Requests()) {
    if (absl::StrContains(request, "leadershipTerms")) about_terms.push_back(request);
  }
  EXPECT_THAT(about_terms,
              ElementsAre("CreateLeadershipTerm " + old_term, "ReplaceLeadershipTerm " + old_term,
                          "RecogniseLeadershipTerm " + new_term));
}

TEST(ComparingLists, APactOfASourceIsRecordedAndAnotherDrafted) {
  std::vector<std::string> about_pacts;
  for (const std::string& request : Planned(SmallFiles()).Requests()) {
    if (absl::StrContains(request, "/pacts/")) about_pacts.push_back(request);
  }
  EXPECT_THAT(about_pacts, ElementsAre("RecordPact clusters/mnbg/pacts/2023",
                                       "CreatePact clusters/mnbg/pacts/2024"));
}

TEST(ComparingLists, WhatWasHeldIsPlannedAndThenDoneAndATextAdoptedThere) {
  std::vector<std::string> about_the_year;
  for (const std::string& request : Planned(SmallFiles()).Requests()) {
    if (absl::StrContains(request, "/programmes/")) about_the_year.push_back(request);
  }
  const std::string year = "clusters/mnbg/programmes/2024";
  EXPECT_THAT(
      about_the_year,
      ElementsAre("CreateProgramme " + year, "CreateActivity " + year + "/activities/roundtable-1",
                  "CreateActivity " + year + "/activities/interim-review-1",
                  "CompleteActivity " + year + "/activities/interim-review-1",
                  "CreateProgrammeText " + year + "/texts/plan",
                  "AdoptProgrammeText " + year + "/texts/plan"));
}

TEST(ReadingLists, WhatIsDoneLaterIsLeftOut) {
  CsvProblems problems;
  const ListFiles files =
      ReadListFiles(AllLists(), SmallFiles(), problems, absl::CivilDay(2024, 6, 24));
  std::vector<std::string> activities;
  for (const Wanted& wanted : files.wanted) {
    if (absl::StrContains(wanted.name, "/activities/")) activities.push_back(wanted.name);
  }
  EXPECT_THAT(activities, ElementsAre(HasSubstr("roundtable-1")));
}

TEST(ComparingLists, NobodySignsByLoading) {
  Texts texts = SmallFiles();
  texts["pact_signatures.csv"] =
      "cluster_code,pact_code,school_code,sign_date\nmnbg,2024,lang-son,2024-02-01\n";
  EXPECT_THAT(Planned(texts).Problems(), ElementsAre(HasSubstr("pact_signatures.csv:2")));
}

TEST(ComparingLists, WhatEndsEndsFirst) {
  StoredLists stored = Stored(SmallFiles());
  Texts texts = With("memberships.csv", "2025-12-31", "2024-12-31");
  absl::StrReplaceAll({{"Lạng Sơn,,,documented", "Lạng Sơn,,2024-12-31,documented"}},
                      &texts["schools.csv"]);
  EXPECT_THAT(Planned(texts, stored).Requests(),
              ElementsAre("UpdateMembership clusters/mnbg/memberships/lang-son",
                          "UpdateSchool schools/lang-son"));
}

TEST(ComparingLists, NothingComesBeforeWhatItNames) {
  Texts texts = With("indicators.csv", "\nstaff_total", "\nstaff_all");
  texts["indicators.csv"] += "staff_total,tổng số cán bộ,người,STOCK,SUM_AT_ONE_DATE,,,,,STAFF,,\n";
  EXPECT_THAT(
      Planned({{"indicators.csv", texts["indicators.csv"]}}).Requests(),
      ElementsAre("CreateIndicator indicators/staff_all", "CreateIndicator indicators/staff_msc",
                  "CreateIndicator indicators/staff_total",
                  "CreateIndicator indicators/staff_msc_pct"));
}

TEST(ComparingLists, AFieldOfARequestLeadsBackToItsCell) {
  const Planned planned(SmallFiles());
  const Wanted* school = nullptr;
  for (const Wanted& wanted : planned.files.wanted) {
    if (wanted.name == "schools/lang-son") school = &wanted;
  }
  ASSERT_NE(school, nullptr);
  const Place name = PlaceOf(*school, "school.names[1].official_name");
  EXPECT_EQ(name.row->file(), "school_names.csv");
  EXPECT_EQ(name.row->line(), 3);
  EXPECT_EQ(name.column, "name_vi");
  EXPECT_EQ(PlaceOf(*school, "school.provenance").column, "confidence");
  EXPECT_EQ(PlaceOf(*school, "school.valid_to").column, "last_day");
  EXPECT_EQ(PlaceOf(*school, "school_id").column, "code");
}

TEST(ComparingLists, TheStepsOfACaseAreActsThatWaitForWhatTheyRestOn) {
  std::vector<std::string> about_the_case;
  for (const std::string& request : Planned(SmallFiles()).Requests()) {
    if (absl::StrContains(request, "standardCases")) about_the_case.push_back(request);
  }
  const std::string name = "schools/lang-son/standardCases/level-1";
  EXPECT_THAT(about_the_case,
              ElementsAre("RecordStandardStep " + name,
                          "CreateStandardAssessment " + name + "/assessments/self-2023",
                          "RecordStandardStep " + name));
}

TEST(ComparingLists, AStepThatTheFilesTellOtherwiseIsCorrectedAndANewOneRecorded) {
  const StoredLists stored = Stored(SmallFiles());
  const std::string name = "schools/lang-son/standardCases/level-1";
  EXPECT_THAT(
      Planned(With("standard_steps.csv", "2023-05,46,9", "2023-05,47,8"), stored).Requests(),
      ElementsAre("CorrectStandardStep " + name));
  Texts more = SmallFiles();
  more["standard_steps.csv"] += "lang-son,level-1,RECOGNISED,2024,,,,,documented,Lạng Sơn\n";
  EXPECT_THAT(Planned(more, stored).Requests(), ElementsAre("RecordStandardStep " + name));
}

TEST(ComparingLists, AStepThatNoRowTellsStays) {
  Texts more = SmallFiles();
  more["standard_steps.csv"] += "lang-son,level-1,RECOGNISED,2024,,,,,documented,Lạng Sơn\n";
  const Planned planned(SmallFiles(), Stored(more));
  EXPECT_THAT(planned.Requests(), IsEmpty());
  EXPECT_THAT(Told(planned.plan.notes), ElementsAre(HasSubstr("standard_cases.csv:2")));
}

TEST(ReadingLists, MessagesInACellAreCutIntoTheirFields) {
  const auto assessment = Get<registry::v1::StandardAssessment>(
      Stored(SmallFiles()), "schools/lang-son/standardCases/level-1/assessments/self-2023");
  ASSERT_EQ(assessment.findings(0).evidence_size(), 2);
  EXPECT_EQ(assessment.findings(0).evidence(0).title(), "Danh sách; bảng lương");
  EXPECT_EQ(assessment.findings(0).evidence(1).date().month(), 4);
  EXPECT_FALSE(assessment.findings(0).evidence(0).has_date());
}

// ---- Exporting.

Texts Exported(const StoredLists& stored) {
  Texts texts;
  for (const List& list : AllLists()) texts[list.file] = ExportList(list, stored);
  return texts;
}

TEST(ExportingLists, AnExportLoadsWithoutAChangeAndExportsToTheSameBytes) {
  const StoredLists stored = Stored(SmallFiles());
  const Texts exported = Exported(stored);
  const Planned again(exported, stored);
  EXPECT_THAT(again.Problems(), IsEmpty());
  EXPECT_THAT(again.Requests(), IsEmpty());
  EXPECT_EQ(Exported(Stored(exported)), exported);
}

TEST(ExportingLists, ASemicolonWithinAPartSurvives) {
  StoredLists stored = Stored(SmallFiles());
  auto school = std::make_unique<School>(Get<School>(stored, "schools/lang-son"));
  school->mutable_names(1)->add_aliases("Trường Chính trị; Lạng Sơn");
  school->mutable_names(1)->add_aliases("Trường \"Hoàng Văn Thụ\", Lạng Sơn");
  const School expected = *school;
  stored.Add(std::move(school));
  const StoredLists again = Stored(Exported(stored));
  EXPECT_THAT(Get<School>(again, "schools/lang-son").names(1).aliases(),
              ElementsAre(expected.names(1).aliases(0), expected.names(1).aliases(1)));
}

// Fields below `message` that a caller can set, "provenance.source", without those of parts that
// have a list of their own.
void WritableFields(const Descriptor& message, const std::string& above,
                    std::vector<std::string>& fields) {
  for (int i = 0; i < message.field_count(); ++i) {
    const FieldDescriptor& field = *message.field(i);
    if (contract::Behaves(field, google::api::OUTPUT_ONLY) ||
        contract::Behaves(field, google::api::IDENTIFIER) || field.name() == "etag")
      continue;
    const std::string path = above + field.name();
    const bool whole = field.message_type() == nullptr || field.is_repeated() ||
                       absl::StartsWith(field.message_type()->full_name(), "google.");
    if (whole) {
      fields.push_back(path);
    } else {
      WritableFields(*field.message_type(), path + ".", fields);
    }
  }
}

std::string KeyOf(const List& list) {
  return list.part.has_value() ? absl::StrCat(list.resource->full_name(), "/", list.part->text())
                               : list.resource->full_name();
}

TEST(ExportingLists, EverythingThatCanBeWrittenHasAColumn) {
  std::map<std::string, std::vector<std::string>> covered;  // by message and part
  for (const List& list : AllLists()) {
    auto& of_rows = covered[KeyOf(list)];
    for (const Column& column : list.columns) {
      if (column.form.has_value()) of_rows.push_back(column.form->path().text());
    }
    if (list.part.has_value()) covered[list.resource->full_name()].push_back(list.part->text());
  }
  for (const List& list : AllLists()) {
    const Descriptor& row =
        list.part.has_value() ? *list.part->field().message_type() : *list.resource;
    std::vector<std::string> fields;
    WritableFields(row, "", fields);
    for (const std::string& field : fields) {
      EXPECT_THAT(covered[KeyOf(list)], Contains(field)) << list.file;
    }
  }
}

TEST(LoadingLists, MoreThanAnImportHoldsNeedsParts) {
  std::string rows = "code,kind,province_id,province_vi,confidence,source\n";
  for (int i = 0; i < 5001; ++i)
    absl::StrAppend(&rows, "tinh-", i, ",PROVINCIAL,tinh-", i, ",Tỉnh ", i, ",provisional,\n");
  EXPECT_TRUE(NeedsParts(Planned({{"schools.csv", rows}}).plan));
  EXPECT_FALSE(NeedsParts(Planned(SmallFiles()).plan));
}

// ---- The files that are shipped.

class ShippedLists : public testing::Test {
 protected:
  ShippedLists() {
    for (const List& list : AllLists()) {
      std::ifstream in(std::filesystem::path(THIDUA_SOURCE_DIR) / "deploy/reference" / list.file);
      if (!in) continue;
      texts_[list.file] =
          std::string(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
    }
  }

  Texts texts_;
};

TEST_F(ShippedLists, AreSound) {
  EXPECT_GT(texts_.size(), 10u);
  EXPECT_THAT(Planned(texts_).Problems(), IsEmpty());
}

TEST_F(ShippedLists, AreKeptByAnExport) {
  const StoredLists stored = Stored(texts_);
  EXPECT_THAT(Planned(Exported(stored), stored).Requests(), IsEmpty());
  EXPECT_EQ(Exported(Stored(Exported(stored))), Exported(stored));
}

TEST_F(ShippedLists, HaveTheSchoolsBeforeAndAfterTheMergers) {
  const absl::CivilDay before(2025, 6, 30);
  const absl::CivilDay after(2025, 7, 1);
  int schools_before = 0;
  int schools_after = 0;
  const StoredLists stored = Stored(texts_);
  for (const Message* message : stored.Of(School::descriptor())) {
    const auto& school = *google::protobuf::DynamicCastToGenerated<School>(message);
    if (school.kind() != registry::v1::SCHOOL_KIND_PROVINCIAL) continue;
    schools_before += directory::PeriodOf(school)->Contains(before) ? 1 : 0;
    schools_after += directory::PeriodOf(school)->Contains(after) ? 1 : 0;
  }
  EXPECT_EQ(schools_before, 63);
  EXPECT_EQ(schools_after, 34);
  EXPECT_EQ(stored.Of(LineageEvent::descriptor()).size(), 23u);
}

TEST_F(ShippedLists, LetTheHeadAndTheStandingDeputyOf2024Act) {
  std::vector<std::string> recognised;
  const StoredLists stored = Stored(texts_);
  for (const Message* message : stored.Of(LeadershipTerm::descriptor())) {
    const auto& term = *google::protobuf::DynamicCastToGenerated<LeadershipTerm>(message);
    if (term.year() == 2024 && term.name().starts_with("clusters/mnbg/") &&
        term.state() == registry::v1::LEADERSHIP_TERM_STATE_RECOGNISED) {
      recognised.push_back(term.school() + " " + LeadershipRole_Name(term.role()));
    }
  }
  EXPECT_THAT(recognised, UnorderedElementsAre("schools/quang-ninh LEADERSHIP_ROLE_HEAD",
                                               "schools/ha-giang LEADERSHIP_ROLE_STANDING_DEPUTY",
                                               "schools/lang-son LEADERSHIP_ROLE_DEPUTY"));
}

}  // namespace
}  // namespace thidua::cli
