#include "common/access/caller.h"
#include "common/contract/refusal.h"
#include "gtest/gtest.h"

namespace thidua::access {
namespace {

constexpr char kDomain[] = "thidua.example.vn";

absl::StatusOr<Caller> Identify(const std::string& uri, const std::string& acting_for = "") {
  return IdentifyCaller({uri}, kDomain, acting_for);
}

void ExpectUnidentified(const absl::StatusOr<Caller>& caller, const std::string& about) {
  ASSERT_FALSE(caller.ok()) << about;
  EXPECT_EQ(contract::ReasonOf(caller.status()), v1::REASON_UNAUTHENTICATED) << about;
}

TEST(CallerTest, IsTheOneSpiffeName) {
  const auto caller = Identify("spiffe://thidua.example.vn/school/dien-bien");
  ASSERT_TRUE(caller.ok());
  EXPECT_EQ(caller->kind, Caller::Kind::kSchool);
  EXPECT_EQ(caller->id, "dien-bien");
  EXPECT_EQ(caller->spiffe_id, "spiffe://thidua.example.vn/school/dien-bien");
  EXPECT_EQ(caller->person(), caller->spiffe_id);
}

TEST(CallerTest, KindsGoByTheirWords) {
  EXPECT_EQ(Identify("spiffe://thidua.example.vn/academy/office")->kind, Caller::Kind::kAcademy);
  EXPECT_EQ(Identify("spiffe://thidua.example.vn/portal/lang-son")->kind, Caller::Kind::kPortal);
  EXPECT_EQ(Identify("spiffe://thidua.example.vn/ops/verifier")->kind, Caller::Kind::kOperations);
  EXPECT_EQ(Identify("spiffe://thidua.example.vn/service/reporting")->kind, Caller::Kind::kService);
}

TEST(CallerTest, NoneTwoOrStrangeNamesAreNoIdentity) {
  ExpectUnidentified(IdentifyCaller({}, kDomain, ""), "none");
  const std::string good = "spiffe://thidua.example.vn/school/dien-bien";
  ExpectUnidentified(IdentifyCaller({good, good}, kDomain, ""), "two");
  ExpectUnidentified(
      IdentifyCaller({good, "spiffe://thidua.example.vn/academy/office"}, kDomain, ""), "two");
  for (const char* uri : {"",
                          "spiffe://",
                          "spiffe://thidua.example.vn",
                          "spiffe://thidua.example.vn/",
                          "spiffe://thidua.example.vn/school",
                          "spiffe://thidua.example.vn/school/",
                          "spiffe://thidua.example.vn/school/a/b",
                          "spiffe://thidua.example.vn//school/a",
                          "spiffe://thidua.example.vn/teacher/a",
                          "spiffe://thidua.example.vn/School/a",
                          "spiffe://thidua.example.vn/school/A",
                          "spiffe://thidua.example.vn/school/a?x=1",
                          "spiffe://thidua.example.vn/school/a#x",
                          "spiffe://thidua.example.vn/school/%61",
                          "spiffe://thidua.example.vn/school/*",
                          "spiffe://thidua.example.vn/school/..",
                          "spiffe://thidua.example.vn.evil.com/school/a",
                          "spiffe://evil.com/thidua.example.vn/school/a",
                          "spiffe://thidua.example.vn:443/school/a",
                          "spiffe://x@thidua.example.vn/school/a",
                          "SPIFFE://thidua.example.vn/school/a",
                          "https://thidua.example.vn/school/a",
                          " spiffe://thidua.example.vn/school/a",
                          "spiffe://thidua.example.vn/school/a\n"}) {
    ExpectUnidentified(Identify(uri), uri);
  }
  ExpectUnidentified(Identify(std::string("spiffe://thidua.example.vn/school/a\0b", 37)), "NUL");
  ExpectUnidentified(IdentifyCaller({std::string("spiffe:///school/a")}, "", ""),
                     "no trust domain");
}

TEST(CallerTest, APortalMayActForAPerson) {
  const auto caller = Identify("spiffe://thidua.example.vn/portal/lang-son", "Hoàng Thị Thu");
  ASSERT_TRUE(caller.ok());
  EXPECT_EQ(caller->acting_for, "Hoàng Thị Thu");
  EXPECT_EQ(caller->person(), "Hoàng Thị Thu");
  EXPECT_EQ(caller->spiffe_id, "spiffe://thidua.example.vn/portal/lang-son");
}

TEST(CallerTest, OperationsAndServicesActForNobody) {
  ExpectUnidentified(Identify("spiffe://thidua.example.vn/ops/verifier", "Hoàng Thị Thu"), "ops");
  ExpectUnidentified(Identify("spiffe://thidua.example.vn/service/awards", "Hoàng Thị Thu"),
                     "service");
}

TEST(CallerTest, APersonIsAShortNfcTextAndNoWorkload) {
  const std::string portal = "spiffe://thidua.example.vn/portal/lang-son";
  std::string name;
  for (int i = 0; i < 120; ++i) name += "ữ";
  EXPECT_TRUE(Identify(portal, name).ok());
  ExpectUnidentified(Identify(portal, name + "a"), "too long");
  ExpectUnidentified(Identify(portal, std::string(1 << 20, 'a')), "far too long");
  for (const char* person :
       {" ", "Thu ", "Ho\xcc\x80\x61", "\xff", "a\nb", "a\xe2\x80\x8b",
        "spiffe://thidua.example.vn/school/a", "SPIFFE://thidua.example.vn/school/a"}) {
    ExpectUnidentified(Identify(portal, person), person);
  }
}

}  // namespace
}  // namespace thidua::access
