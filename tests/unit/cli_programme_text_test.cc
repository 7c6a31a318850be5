// Words of activities as people type and read them.
#include "gtest/gtest.h"
#include "services/cli/programme_text.h"

namespace thidua::cli {
namespace {

using namespace registry::v1;  // NOLINT: the contract's own words

TEST(ActivityWords, AreReadInAnyForm) {
  EXPECT_EQ(ReadActivityKind("year-end-review").value(), ACTIVITY_KIND_YEAR_END_REVIEW);
  EXPECT_EQ(ReadActivityKind("PACT_SIGNING").value(), ACTIVITY_KIND_PACT_SIGNING);
  EXPECT_EQ(ReadActivityMode("in-person").value(), ACTIVITY_MODE_IN_PERSON);
  EXPECT_EQ(ReadTextKind("bylaw").value(), PROGRAMME_TEXT_KIND_BYLAW);
}

TEST(ActivityWords, AnUnknownOneIsAnsweredWithThoseThatThereAre) {
  const absl::Status status = ReadActivityState("finished").status();
  EXPECT_EQ(status.message(), "finished: planned | moved | done | cancelled");
}

TEST(Participants, AreASchoolWithItsRoleAndForm) {
  EXPECT_EQ(ReadParticipant("lang-son")->role(), ACTIVITY_ROLE_PARTICIPANT);
  const Participant participant = ReadParticipant("lang-son:presenter:online").value();
  EXPECT_EQ(participant.school(), "schools/lang-son");
  EXPECT_EQ(participant.role(), ACTIVITY_ROLE_PRESENTER);
  EXPECT_EQ(participant.mode(), ACTIVITY_MODE_ONLINE);
  EXPECT_FALSE(ReadParticipant(":presenter").ok());
  EXPECT_FALSE(ReadParticipant("lang-son:singer").ok());
}

TEST(Evidence, IsATitleAndAPlace) {
  EXPECT_EQ(ReadEvidence("Kỷ yếu=https://a.vn/?b=c")->uri(), "https://a.vn/?b=c");
  EXPECT_EQ(ReadEvidence("Kỷ yếu=documents/ky-yeu")->document(), "documents/ky-yeu");
  EXPECT_FALSE(ReadEvidence("Kỷ yếu").ok());
  EXPECT_FALSE(ReadEvidence("=https://a.vn").ok());
}

TEST(Bridges, AreSchoolsOrPlaces) {
  EXPECT_EQ(ReadBridge("quang-ninh").school(), "schools/quang-ninh");
  EXPECT_EQ(ReadBridge("Học viện Chính trị quốc gia Hồ Chí Minh").place(),
            "Học viện Chính trị quốc gia Hồ Chí Minh");
}

TEST(WhenText, SaysTheHeldDayElseThePlannedElseTheYear) {
  Activity activity;
  activity.set_name("clusters/mnbg/programmes/2024/activities/roundtable-1");
  EXPECT_EQ(WhenText(activity, true), "2024");
  activity.mutable_planned_date()->set_year(2024);
  activity.mutable_planned_date()->set_month(9);
  EXPECT_EQ(WhenText(activity, true), "09/2024");
  activity.mutable_outcome()->mutable_held_date()->set_year(2024);
  activity.mutable_outcome()->mutable_held_date()->set_month(10);
  activity.mutable_outcome()->mutable_held_date()->set_day(3);
  EXPECT_EQ(WhenText(activity, true), "03/10/2024");
  EXPECT_EQ(WhenText(activity, false), "2024-10-03");
}

TEST(SchoolTitles, FallBackToTheIdentifier) {
  ProgrammeOverview overview;
  overview.add_schools()->set_school("schools/ha-giang");
  overview.mutable_schools(0)->set_short_name("Hà Giang");
  const SchoolTitles titles(overview);
  EXPECT_EQ(titles.TitleOf("schools/ha-giang"), "Hà Giang");
  EXPECT_EQ(titles.TitleOf("schools/lang-son"), "lang-son");
}

}  // namespace
}  // namespace thidua::cli
