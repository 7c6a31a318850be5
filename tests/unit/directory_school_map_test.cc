#include <string>
#include <vector>

#include "common/directory/directory.h"
#include "common/directory/school_map.h"
#include "common/directory/scope_facts.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/school_facts.h"

namespace thidua::directory {
namespace {

using registry::v1::LEADERSHIP_ROLE_DEPUTY;
using registry::v1::LEADERSHIP_ROLE_HEAD;
using registry::v1::LEADERSHIP_ROLE_STANDING_DEPUTY;
using registry::v1::LINEAGE_EVENT_TYPE_MERGE;
using registry::v1::LINEAGE_EVENT_TYPE_RENAME;
using registry::v1::LINEAGE_EVENT_TYPE_SPLIT;
using testing::Day;
using ::testing::ElementsAre;
using testing::EntryOf;
using ::testing::IsEmpty;

// The northern mountain cluster of 2024 as the H1 review shows it, and the mergers of 2025 that
// touched it.
class SchoolMapTest : public ::testing::Test {
 protected:
  SchoolMapTest() {
    Put(testing::School("quang-ninh", "Quảng Ninh",
                        "Trường Đào tạo cán bộ Nguyễn Văn Cừ tỉnh Quảng Ninh"));
    Put(testing::School("ha-giang", "Hà Giang", "Trường Chính trị tỉnh Hà Giang", "",
                        "2025-07-01"));
    Put(testing::School("dien-bien", "Điện Biên", "Trường Chính trị tỉnh Điện Biên"));
    Put(testing::School("lang-son", "Lạng Sơn", "Trường Chính trị Hoàng Văn Thụ tỉnh Lạng Sơn"));
    Put(testing::School("tuyen-quang", "Tuyên Quang", "Trường Chính trị tỉnh Tuyên Quang", "",
                        "2025-07-01"));
    Put(testing::School("tuyen-quang-2025", "Tuyên Quang", "Trường Chính trị tỉnh Tuyên Quang",
                        "2025-07-01"));
    Put(testing::Lineage(LINEAGE_EVENT_TYPE_MERGE, "tuyen-quang-2025", "2025-07-01",
                         {"tuyen-quang", "ha-giang"}, {"tuyen-quang-2025"}));
    Put(testing::Regime("2021", "2021-02-03"));
    Put(testing::Cluster("mnbg", "2021", "Cụm miền núi, biên giới phía Bắc"));
    for (const char* school : {"quang-ninh", "dien-bien", "lang-son"}) {
      Put(testing::Membership("mnbg", school, "2021-02-03"));
    }
    Put(testing::Membership("mnbg", "ha-giang", "2021-02-03", "2025-07-01"));
    Put(testing::Term("mnbg", "quang-ninh", 2024, LEADERSHIP_ROLE_HEAD));
    Put(testing::Term("mnbg", "ha-giang", 2024, LEADERSHIP_ROLE_STANDING_DEPUTY));
    Put(testing::Term("mnbg", "lang-son", 2024, LEADERSHIP_ROLE_DEPUTY));
  }

  template <class Fact>
  void Put(const Fact& fact, int64_t version = 1) {
    ASSERT_TRUE(directory_.Apply({EntryOf(fact, version)}, 0).ok());
  }

  std::vector<std::string> MemberIds(std::string_view cluster, std::string_view day) {
    std::vector<std::string> ids;
    map_ = directory_.Current();
    for (const Member& member : map_->MembersOf(cluster, Day(day))) ids.emplace_back(member.school);
    return ids;
  }

  Resolution Resolve(std::string_view school, std::string_view day) {
    map_ = directory_.Current();
    return map_->Resolve(school, Day(day));
  }

  Directory directory_;
  std::shared_ptr<const SchoolMap> map_;
};

TEST_F(SchoolMapTest, MembersComeInVietnameseOrderOfTheirNames) {
  // Chính trị … Điện Biên < Hà Giang < Hoàng Văn Thụ; all before "Trường Đào tạo".
  EXPECT_THAT(MemberIds("mnbg", "2024-06-25"),
              ElementsAre("lang-son", "dien-bien", "ha-giang", "quang-ninh"));
}

TEST_F(SchoolMapTest, AMembershipEndsOnTheDayBeforeItsEnd) {
  EXPECT_THAT(MemberIds("mnbg", "2025-06-30"), ::testing::Contains("ha-giang"));
  EXPECT_THAT(MemberIds("mnbg", "2025-07-01"), ::testing::Not(::testing::Contains("ha-giang")));
  EXPECT_EQ(directory_.Current()->ClusterOf("ha-giang", Day("2025-06-30")), "mnbg");
  EXPECT_EQ(directory_.Current()->ClusterOf("ha-giang", Day("2025-07-01")), "");
}

// Hà Giang's school ended with June 2025; its papers were not put in order.
class EndedSchoolTest : public SchoolMapTest {
 protected:
  EndedSchoolTest() {
    Put(testing::Membership("mnbg", "ha-giang", "2021-02-03"), 2);
    Put(testing::Term("mnbg", "ha-giang", 2025, LEADERSHIP_ROLE_STANDING_DEPUTY));
  }
};

TEST_F(EndedSchoolTest, IsNobodysMember) {
  EXPECT_THAT(MemberIds("mnbg", "2025-06-30"), ::testing::Contains("ha-giang"));
  EXPECT_THAT(MemberIds("mnbg", "2025-07-01"), ::testing::Not(::testing::Contains("ha-giang")));
}

TEST_F(EndedSchoolTest, BelongsToNoCluster) {
  map_ = directory_.Current();
  EXPECT_EQ(map_->ClusterOf("ha-giang", Day("2025-06-30")), "mnbg");
  EXPECT_EQ(map_->ClusterOf("ha-giang", Day("2025-07-01")), "");
  EXPECT_EQ(map_->MembershipOf("ha-giang", Day("2025-07-01")), nullptr);
}

TEST_F(EndedSchoolTest, GivesNoRights) {
  map_ = directory_.Current();
  EXPECT_TRUE(map_->Leads("ha-giang", "mnbg", Day("2025-06-30")));
  EXPECT_FALSE(map_->Leads("ha-giang", "mnbg", Day("2025-07-01")));
}

TEST_F(SchoolMapTest, ClustersComeInOrderOfIdentifier) {
  Put(testing::Cluster("dbsh", "2021", "Cụm Đồng bằng sông Hồng"));
  map_ = directory_.Current();
  EXPECT_THAT(map_->Clusters(), ElementsAre("dbsh", "mnbg"));
}

TEST_F(SchoolMapTest, LeadersComeHeadFirst) {
  map_ = directory_.Current();
  std::vector<std::string> schools;
  for (const auto* term : map_->TermsOf("mnbg", Day("2024-06-25")))
    schools.push_back(term->school());
  EXPECT_THAT(schools, ElementsAre("schools/quang-ninh", "schools/ha-giang", "schools/lang-son"));
  EXPECT_THAT(map_->TermsOf("mnbg", Day("2025-01-01")), IsEmpty());
}

TEST_F(SchoolMapTest, HeadAndStandingDeputyActForTheClusterUntilYearEnd) {
  map_ = directory_.Current();
  EXPECT_TRUE(map_->Leads("quang-ninh", "mnbg", Day("2024-12-31")));
  EXPECT_TRUE(map_->Leads("ha-giang", "mnbg", Day("2024-12-31")));
  EXPECT_FALSE(map_->Leads("lang-son", "mnbg", Day("2024-12-31")));
  EXPECT_FALSE(map_->Leads("quang-ninh", "mnbg", Day("2025-01-01")));
  EXPECT_FALSE(map_->Leads("ha-giang", "mnbg", Day("2025-01-01")));
}

TEST_F(SchoolMapTest, ATermThatIsNotRecognisedGivesNoRights) {
  auto term = testing::Term("mnbg", "quang-ninh", 2024, LEADERSHIP_ROLE_HEAD);
  term.set_state(registry::v1::LEADERSHIP_TERM_STATE_ELECTED);
  Put(term, 2);
  EXPECT_FALSE(directory_.Current()->Leads("quang-ninh", "mnbg", Day("2024-06-25")));
}

TEST_F(SchoolMapTest, AProvisionalTermGivesNoRights) {
  Put(testing::Provisional(testing::Term("mnbg", "dien-bien", 2023, LEADERSHIP_ROLE_HEAD)));
  EXPECT_FALSE(directory_.Current()->Leads("dien-bien", "mnbg", Day("2023-11-23")));
}

TEST_F(SchoolMapTest, RightsBeginWithTheRecognitionDecision) {
  auto term = testing::Term("mnbg", "dien-bien", 2023, LEADERSHIP_ROLE_HEAD);
  *term.mutable_recognition()->mutable_date() = runtime::DayToProto(Day("2023-02-10"));
  Put(term);
  EXPECT_FALSE(directory_.Current()->Leads("dien-bien", "mnbg", Day("2023-02-09")));
  EXPECT_TRUE(directory_.Current()->Leads("dien-bien", "mnbg", Day("2023-02-10")));
}

TEST_F(SchoolMapTest, ScopeFactsFollowTheDayOfTheAct) {
  absl::CivilDay today = Day("2024-06-25");
  const access::ScopeFacts facts = FactsFrom(directory_, [&] { return today; });
  EXPECT_TRUE(facts.leads_cluster("quang-ninh", "mnbg"));
  EXPECT_EQ(facts.cluster_of("lang-son"), "mnbg");
  EXPECT_EQ(facts.province_of("lang-son"), "lang-son");
  today = Day("2025-01-01");
  EXPECT_FALSE(facts.leads_cluster("quang-ninh", "mnbg"));
}

TEST_F(SchoolMapTest, NamesFollowTheDay) {
  auto hue = testing::School("hue", "Thừa Thiên Huế", "");
  *hue.add_names() = testing::SchoolName("Trường Chính trị Nguyễn Chí Thanh tỉnh Thừa Thiên Huế",
                                         "", "2025-01-01");
  *hue.add_names() =
      testing::SchoolName("Trường Chính trị Nguyễn Chí Thanh thành phố Huế", "2025-01-01");
  Put(hue);
  map_ = directory_.Current();
  EXPECT_EQ(map_->DisplayName("hue", Day("2024-12-31")),
            "Trường Chính trị Nguyễn Chí Thanh tỉnh Thừa Thiên Huế");
  EXPECT_EQ(map_->DisplayName("hue", Day("2025-01-01")),
            "Trường Chính trị Nguyễn Chí Thanh thành phố Huế");
  EXPECT_EQ(DisplayNameOf(hue, Day("2024-12-31")), map_->DisplayName("hue", Day("2024-12-31")));
}

TEST_F(SchoolMapTest, ASchoolWithoutADocumentedNameIsDescribed) {
  Put(testing::School("lao-cai-2025", "Lào Cai", "", "2025-07-01"));
  EXPECT_EQ(directory_.Current()->DisplayName("lao-cai-2025", Day("2025-07-01")),
            "Trường chính trị của Lào Cai (chưa rõ tên)");
}

TEST_F(SchoolMapTest, ASchoolThatHasEndedKeepsItsLastName) {
  auto school = testing::School("vinh-phuc", "Vĩnh Phúc", "", "", "2025-07-01");
  *school.add_names() = testing::SchoolName("Trường Chính trị tỉnh Vĩnh Phúc", "", "2025-07-01");
  Put(school);
  EXPECT_EQ(directory_.Current()->DisplayName("vinh-phuc", Day("2026-03-02")),
            "Trường Chính trị tỉnh Vĩnh Phúc");
}

TEST_F(SchoolMapTest, ASchoolResolvesToItselfWhileItExists) {
  const Resolution resolution = Resolve("ha-giang", "2025-06-30");
  EXPECT_EQ(resolution.direction, registry::v1::LINEAGE_DIRECTION_SAME);
  EXPECT_THAT(resolution.schools, ElementsAre("ha-giang"));
  EXPECT_THAT(resolution.events, IsEmpty());
}

TEST_F(SchoolMapTest, AMergedSchoolResolvesToItsSuccessorAndBack) {
  const Resolution onward = Resolve("ha-giang", "2025-07-01");
  EXPECT_EQ(onward.direction, registry::v1::LINEAGE_DIRECTION_SUCCESSORS);
  EXPECT_THAT(onward.schools, ElementsAre("tuyen-quang-2025"));
  ASSERT_EQ(onward.events.size(), 1u);
  EXPECT_EQ(onward.events[0]->name(), "lineageEvents/tuyen-quang-2025");

  const Resolution back = Resolve("tuyen-quang-2025", "2025-06-30");
  EXPECT_EQ(back.direction, registry::v1::LINEAGE_DIRECTION_PREDECESSORS);
  EXPECT_THAT(back.schools, ElementsAre("ha-giang", "tuyen-quang"));
}

// Hậu Giang left Cần Thơ in 2004; with Sóc Trăng they became one school in 2025 (domain: the Mekong
// schools).
TEST_F(SchoolMapTest, LineageIsFollowedOverSplitAndMerger) {
  Put(testing::School("can-tho-cu", "Cần Thơ", "Trường Chính trị tỉnh Cần Thơ", "", "2004-01-01"));
  Put(testing::School("can-tho", "Cần Thơ", "Trường Chính trị thành phố Cần Thơ", "2004-01-01",
                      "2025-07-01"));
  Put(testing::School("hau-giang", "Hậu Giang", "Trường Chính trị tỉnh Hậu Giang", "2004-01-01",
                      "2025-07-01"));
  Put(testing::School("soc-trang", "Sóc Trăng", "Trường Chính trị tỉnh Sóc Trăng", "",
                      "2025-07-01"));
  Put(testing::School("can-tho-2025", "Cần Thơ", "Trường Chính trị thành phố Cần Thơ",
                      "2025-07-01"));
  Put(testing::Lineage(LINEAGE_EVENT_TYPE_SPLIT, "can-tho-2004", "2004-01-01", {"can-tho-cu"},
                       {"can-tho", "hau-giang"}));
  Put(testing::Lineage(LINEAGE_EVENT_TYPE_MERGE, "can-tho-2025", "2025-07-01",
                       {"can-tho", "hau-giang", "soc-trang"}, {"can-tho-2025"}));
  EXPECT_THAT(Resolve("can-tho-2025", "2003-12-31").schools,
              ElementsAre("can-tho-cu", "soc-trang"));
  EXPECT_THAT(Resolve("can-tho-cu", "2010-01-01").schools, ElementsAre("can-tho", "hau-giang"));
  const Resolution onward = Resolve("can-tho-cu", "2026-01-01");
  EXPECT_THAT(onward.schools, ElementsAre("can-tho-2025"));
  ASSERT_EQ(onward.events.size(), 2u);
  EXPECT_EQ(onward.events[0]->name(), "lineageEvents/can-tho-2004");
}

TEST_F(SchoolMapTest, ASchoolThatEndedWithoutARecordedEventIsNamedAsUnresolved) {
  Put(testing::School("binh-duong", "Bình Dương", "Trường Chính trị tỉnh Bình Dương", "",
                      "2025-07-01"));
  Put(testing::Lineage(LINEAGE_EVENT_TYPE_RENAME, "binh-duong-1997", "1997-01-01", {"binh-duong"},
                       {"binh-duong"}));
  const Resolution resolution = Resolve("binh-duong", "2026-01-01");
  EXPECT_THAT(resolution.schools, IsEmpty());
  EXPECT_THAT(resolution.unresolved, ElementsAre("binh-duong"));
}

TEST_F(SchoolMapTest, OldAndRepeatedVersionsChangeNothing) {
  auto renamed = testing::School("dien-bien", "Điện Biên", "Trường Chính trị Điện Biên Phủ");
  Put(renamed, 3);
  Put(testing::School("dien-bien", "Điện Biên", "Trường Chính trị tỉnh Điện Biên"), 2);
  EXPECT_EQ(directory_.Current()->DisplayName("dien-bien", Day("2024-06-25")),
            "Trường Chính trị Điện Biên Phủ");
  Put(testing::Membership("mnbg", "dien-bien", "2021-02-03", "2023-01-01"), 2);
  Put(testing::Membership("mnbg", "dien-bien", "2021-02-03"), 1);
  EXPECT_EQ(directory_.Current()->ClusterOf("dien-bien", Day("2024-06-25")), "");
  EXPECT_THAT(MemberIds("mnbg", "2024-06-25"), ElementsAre("lang-son", "ha-giang", "quang-ninh"));
}

TEST_F(SchoolMapTest, FactsMayArriveInAnyOrder) {
  Directory reversed;
  std::vector<Entry> entries = {
      EntryOf(testing::Term("tdmn", "hoa-binh", 2023, LEADERSHIP_ROLE_HEAD)),
      EntryOf(testing::Membership("tdmn", "hoa-binh", "2021-02-03")),
      EntryOf(testing::Cluster("tdmn", "2021", "Cụm Trung du miền núi phía Bắc")),
      EntryOf(testing::School("hoa-binh", "Hòa Bình", "Trường Chính trị tỉnh Hòa Bình", "",
                              "2025-07-01")),
      EntryOf(testing::Regime("2021", "2021-02-03")),
  };
  ASSERT_TRUE(reversed.Apply({entries[0], entries[1]}, 2).ok());
  EXPECT_EQ(reversed.Current()->Cluster("tdmn"), nullptr);
  EXPECT_THAT(reversed.Current()->MembersOf("tdmn", Day("2023-11-09")), IsEmpty());
  EXPECT_FALSE(reversed.Current()->Leads("hoa-binh", "tdmn", Day("2023-11-09")));
  ASSERT_TRUE(reversed.Apply(absl::MakeSpan(entries).subspan(2), 5).ok());
  EXPECT_EQ(reversed.Current()->MembersOf("tdmn", Day("2023-11-09"))[0].display_name,
            "Trường Chính trị tỉnh Hòa Bình");
  EXPECT_TRUE(reversed.Current()->Leads("hoa-binh", "tdmn", Day("2023-11-09")));
  EXPECT_EQ(reversed.Current()->position(), 5);
}

TEST_F(SchoolMapTest, AMapInHandDoesNotChange) {
  const std::shared_ptr<const SchoolMap> before = directory_.Current();
  Put(testing::Membership("mnbg", "ha-giang", "2021-02-03", "2024-01-01"), 2);
  EXPECT_EQ(before->ClusterOf("ha-giang", Day("2024-06-25")), "mnbg");
  EXPECT_EQ(directory_.Current()->ClusterOf("ha-giang", Day("2024-06-25")), "");
}

TEST_F(SchoolMapTest, AnUnreadableSnapshotChangesNothing) {
  Entry good = EntryOf(testing::School("son-la", "Sơn La", "Trường Chính trị tỉnh Sơn La"));
  Entry bad = good;
  bad.resource = "schools/cao-bang";
  bad.snapshot = "\x0f";
  EXPECT_EQ(directory_.Apply({good, bad}, 9).code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(directory_.Current()->School("son-la"), nullptr);
  EXPECT_EQ(directory_.Current()->position(), 0);
}

TEST_F(SchoolMapTest, OtherResourceTypesAreIgnored) {
  EXPECT_TRUE(
      directory_.Apply({{"thidua.registry.v1.Pact", "pacts/mnbg-2024", 1, "anything"}}, 7).ok());
  EXPECT_EQ(directory_.Current()->position(), 7);
}

TEST_F(SchoolMapTest, ThePositionNeverMovesBack) {
  ASSERT_TRUE(directory_.Apply({}, 12).ok());
  ASSERT_TRUE(directory_.Apply({}, 11).ok());
  EXPECT_EQ(directory_.Current()->position(), 12);
}

}  // namespace
}  // namespace thidua::directory
