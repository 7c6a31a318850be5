// The whole map of a day: on the real schools across the merger of 1 July 2025, and on made ones.
#include <map>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/registry/schools/day_map.h"
#include "services/registry/schools/undecided_rules.h"
#include "tests/support/reference_map.h"
#include "tests/support/school_facts.h"

namespace thidua::registry {
namespace {

using testing::Day;
using ::testing::ElementsAre;
using testing::EntryOf;
using ::testing::IsEmpty;
using testing::Lineage;
using testing::Provisional;
using ::testing::UnorderedElementsAre;
using v1::LINEAGE_EVENT_TYPE_MERGE;
using v1::LINEAGE_EVENT_TYPE_REBRAND;
using v1::LINEAGE_EVENT_TYPE_RENAME;

v1::SchoolMap RealMapOn(const std::string& day) {
  static const auto& map =
      *new std::shared_ptr<const directory::SchoolMap>(testing::ReferenceMap());
  return DayMapOf(*map, Day(day));
}

template <class Schools>
std::vector<std::string> Names(const Schools& schools) {
  std::vector<std::string> names;
  for (const v1::MapSchool& school : schools) names.push_back(school.school());
  return names;
}

v1::MapCount Provincial(const v1::SchoolMap& map) {
  for (const v1::MapCount& count : map.counts()) {
    if (count.kind() == v1::SCHOOL_KIND_PROVINCIAL) return count;
  }
  return {};
}

TEST(RealDayMapTest, SixtyThreeProvincialSchoolsBeforeTheMerger) {
  const v1::SchoolMap map = RealMapOn("2025-06-30");
  EXPECT_EQ(Provincial(map).documented(), 63);
  EXPECT_THAT(map.undecided(), IsEmpty());
  EXPECT_EQ(map.clusters_size(), 8);
}

TEST(RealDayMapTest, AfterTheMergerAsManyAsTheDocumentsSupport) {
  const v1::SchoolMap map = RealMapOn("2025-07-01");
  EXPECT_EQ(Provincial(map).documented(), 17);
  EXPECT_EQ(map.undecided_size(), 17);
  EXPECT_EQ(Provincial(map).undecided_predecessors(), 37);
  EXPECT_EQ(Provincial(map).presumed_successors(), 17);
  std::vector<std::string> successors;
  for (const std::string& name : Names(map.schools())) {
    if (name.ends_with("-2025")) successors.push_back(name);
  }
  EXPECT_THAT(successors, UnorderedElementsAre("schools/tuyen-quang-2025", "schools/phu-tho-2025",
                                               "schools/quang-tri-2025", "schools/gia-lai-2025",
                                               "schools/lam-dong-2025", "schools/can-tho-2025"));
}

TEST(RealDayMapTest, EachSchoolIsInOneListOnly) {
  const v1::SchoolMap map = RealMapOn("2025-07-01");
  std::map<std::string, int> seen;
  for (const std::string& name : Names(map.schools())) ++seen[name];
  for (const v1::UndecidedEvent& event : map.undecided()) {
    for (const std::string& name : Names(event.predecessors())) ++seen[name];
    for (const std::string& name : Names(event.presumed_successors())) ++seen[name];
  }
  for (const auto& [name, times] : seen) EXPECT_EQ(times, 1) << name;
}

TEST(RealDayMapTest, ASchoolIsShownWithItsClusterOfTheDay) {
  const v1::SchoolMap map = RealMapOn("2024-06-25");
  for (const v1::MapSchool& school : map.schools()) {
    if (school.school() != "schools/ha-giang") continue;
    EXPECT_EQ(school.display_name(), "Trường Chính trị tỉnh Hà Giang");
    EXPECT_EQ(school.short_name(), "Hà Giang");
    EXPECT_EQ(school.province(), "Hà Giang");
    EXPECT_EQ(school.cluster(), "clusters/mnbg");
    return;
  }
  FAIL() << "ha-giang is missing";
}

TEST(RealDayMapTest, ClustersSayHowManyOfTheSchoolsAreTheirs) {
  const v1::SchoolMap map = RealMapOn("2024-06-25");
  std::map<std::string, int> members;
  for (const v1::MapCluster& cluster : map.clusters())
    members[cluster.cluster()] = cluster.member_count();
  EXPECT_EQ(members["clusters/mnbg"], 8);
  EXPECT_EQ(members["clusters/dbscl"], 12);
}

// Three schools of which the second followed the first and the third the second.
class ChainTest : public ::testing::Test {
 protected:
  void Follow(const v1::LineageEvent& first, const v1::LineageEvent& second) {
    ASSERT_TRUE(
        directory_
            .Apply({EntryOf(testing::School("ninh-binh", "Ninh Bình", "A", "", "2000-01-01")),
                    EntryOf(testing::School("ninh-binh-2000", "Ninh Bình", "B", "2000-01-01",
                                            "2010-01-01")),
                    EntryOf(testing::School("ninh-binh-2010", "Ninh Bình", "C", "2010-01-01")),
                    EntryOf(first), EntryOf(second)},
                   1)
            .ok());
  }
  v1::SchoolMap MapOn(const std::string& day) { return DayMapOf(*directory_.Current(), Day(day)); }

  const v1::LineageEvent first_ =
      Lineage(LINEAGE_EVENT_TYPE_REBRAND, "first", "2000-01-01", {"ninh-binh"}, {"ninh-binh-2000"});
  const v1::LineageEvent second_ = Lineage(LINEAGE_EVENT_TYPE_REBRAND, "second", "2010-01-01",
                                           {"ninh-binh-2000"}, {"ninh-binh-2010"});
  directory::Directory directory_;
};

TEST_F(ChainTest, WhatIsDocumentedIsNotUndecided) {
  Follow(first_, second_);
  EXPECT_THAT(Names(MapOn("2011-01-01").schools()), ElementsAre("schools/ninh-binh-2010"));
  EXPECT_THAT(MapOn("2011-01-01").undecided(), IsEmpty());
}

TEST_F(ChainTest, ASchoolDocumentedAfterAPresumedOneIsDocumented) {
  Follow(Provisional(first_), second_);
  EXPECT_THAT(Names(MapOn("2005-01-01").schools()), IsEmpty());
  EXPECT_EQ(MapOn("2005-01-01").undecided_size(), 1);
  EXPECT_THAT(Names(MapOn("2011-01-01").schools()), ElementsAre("schools/ninh-binh-2010"));
  EXPECT_THAT(MapOn("2011-01-01").undecided(), IsEmpty());
}

TEST_F(ChainTest, WhatIsPresumedOfSomethingPresumedIsShownFromItsBeginning) {
  Follow(Provisional(first_), Provisional(second_));
  const v1::SchoolMap map = MapOn("2011-01-01");
  ASSERT_EQ(map.undecided_size(), 2);
  EXPECT_THAT(Names(map.undecided(0).predecessors()), ElementsAre("schools/ninh-binh"));
  EXPECT_THAT(Names(map.undecided(1).presumed_successors()), ElementsAre("schools/ninh-binh-2010"));
  EXPECT_THAT(Names(map.schools()), IsEmpty());
}

TEST_F(ChainTest, NothingIsUndecidedBeforeItTookEffect) {
  Follow(Provisional(first_), Provisional(second_));
  EXPECT_THAT(MapOn("1999-12-31").undecided(), IsEmpty());
  EXPECT_THAT(Names(MapOn("1999-12-31").schools()), ElementsAre("schools/ninh-binh"));
}

TEST(DayMapTest, AProvisionalRenamingLeavesTheSchoolWhereItIs) {
  directory::Directory directory;
  ASSERT_TRUE(directory
                  .Apply({EntryOf(testing::School("quang-ninh", "Quảng Ninh", "Trường Chính trị")),
                          EntryOf(Provisional(Lineage(LINEAGE_EVENT_TYPE_RENAME, "x", "2015-09-01",
                                                      {"quang-ninh"}, {"quang-ninh"})))},
                         1)
                  .ok());
  const v1::SchoolMap map = DayMapOf(*directory.Current(), Day("2024-06-25"));
  EXPECT_THAT(Names(map.schools()), ElementsAre("schools/quang-ninh"));
  EXPECT_THAT(map.undecided(), IsEmpty());
}

// What a client of gRPC takes without being told to.
constexpr size_t kLongestAnswer = 4 << 20;

TEST(DayMapTest, TenThousandSchoolsFitOneAnswer) {
  std::vector<directory::Entry> entries = {EntryOf(testing::Regime("2021", "2021-02-03"))};
  for (int i = 0; i < 1000; ++i) {
    entries.push_back(EntryOf(
        testing::Cluster("cum-" + std::to_string(i), "2021",
                         "Cụm thi đua các trường chính trị khu vực miền núi, biên giới phía Bắc")));
  }
  for (int i = 0; i < 10000; ++i) {
    const std::string id = "ba-ria-vung-tau-" + std::to_string(i);
    v1::School school = testing::School(
        id, "Bà Rịa - Vũng Tàu", "Trường Đào tạo cán bộ Nguyễn Văn Cừ tỉnh Bà Rịa - Vũng Tàu");
    school.mutable_names(0)->set_short_name("Bà Rịa - Vũng Tàu");
    entries.push_back(EntryOf(school));
    entries.push_back(EntryOf(testing::Membership("cum-" + std::to_string(i % 1000), id)));
  }
  directory::Directory directory;
  ASSERT_TRUE(directory.Apply(entries, 1).ok());
  EncodedDayMaps encoded;
  const auto map = directory.Current();
  const auto answer = encoded.Of(map, Day("2024-06-25"));
  RecordProperty("bytes", static_cast<int>(answer.bytes->size()));
  EXPECT_LT(answer.bytes->size(), kLongestAnswer);
  EXPECT_EQ(encoded.Of(map, Day("2024-06-25")).bytes, answer.bytes);
}

}  // namespace
}  // namespace thidua::registry
