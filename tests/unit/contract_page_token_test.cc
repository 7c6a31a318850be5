#include "absl/strings/escaping.h"
#include "common/contract/page_token.h"
#include "common/contract/refusal.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/contract_schema.h"

namespace thidua::contract {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kMethod[] = "/thidua.registry.v1.SchoolService/ListSchools";
constexpr char kKey[] = "0123456789abcdef0123456789abcdef";
const Parameters kPosition = {"lạng sơn", int64_t{-5}, std::string("a\0b", 3), INT64_MAX};

const Schema& Lists() {
  static const Schema& schema = *new Schema(
      "message ListSchoolsRequest { string parent = 1; string filter = 2; int32 page_size = 3; "
      "string page_token = 4; }"
      "message GetSchoolRequest { string name = 1; }");
  return schema;
}

class PageTokenTest : public ::testing::Test {
 protected:
  // The request of the next page: `arguments` and `token`.
  static std::unique_ptr<google::protobuf::Message> Request(const std::string& arguments,
                                                            const std::string& token = "") {
    return Lists().Make(
        "ListSchoolsRequest",
        arguments + (token.empty() ? "" : " page_token: '" + absl::CEscape(token) + "'"));
  }

  absl::StatusOr<Parameters> Read(const std::string& arguments, const std::string& token) const {
    return tokens_.Read(kMethod, *Request(arguments, token));
  }

  void ExpectRefused(const std::string& arguments, const std::string& token) const {
    EXPECT_EQ(ReasonOf(Read(arguments, token).status()), access::v1::REASON_PAGE_TOKEN_INVALID)
        << token;
  }

  const PageTokens tokens_ = *PageTokens::Create(kKey);
  const std::string token_ =
      tokens_.Make(kMethod, *Request("filter: 'a' page_size: 10"), kPosition);
};

TEST_F(PageTokenTest, HoldsThePosition) { EXPECT_EQ(*Read("filter: 'a'", token_), kPosition); }

TEST_F(PageTokenTest, TheFirstPageHasNoPosition) {
  EXPECT_THAT(*Read("filter: 'a'", ""), IsEmpty());
}

TEST_F(PageTokenTest, IsUrlSafe) {
  EXPECT_EQ(
      token_.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
      token_.npos);
}

TEST_F(PageTokenTest, ThePageSizeMayChange) {
  EXPECT_TRUE(Read("filter: 'a' page_size: 500", token_).ok());
}

TEST_F(PageTokenTest, OtherArgumentsAreRefused) {
  ExpectRefused("filter: 'b'", token_);
  ExpectRefused("", token_);
  ExpectRefused("filter: 'a' parent: 'clusters/mnbg'", token_);
  EXPECT_EQ(MetadataOf(Read("filter: 'b'", token_).status()).at("why"),
            "it was made for other arguments");
}

TEST_F(PageTokenTest, AnotherMethodIsRefused) {
  EXPECT_EQ(ReasonOf(tokens_
                         .Read("/thidua.registry.v1.SchoolService/ListOther",
                               *Request("filter: 'a'", token_))
                         .status()),
            access::v1::REASON_PAGE_TOKEN_INVALID);
}

TEST_F(PageTokenTest, EveryChangedCharacterIsRefused) {
  for (size_t i = 0; i < token_.size(); ++i) {
    for (const char other : {'A', 'B', '_', '=', ' ', '\xff'}) {
      std::string forged = token_;
      if (forged[i] == other) continue;
      forged[i] = other;
      const auto request = Lists().Make("ListSchoolsRequest", "filter: 'a'");
      request->GetReflection()->SetString(
          request.get(), request->GetDescriptor()->FindFieldByName("page_token"), forged);
      EXPECT_EQ(ReasonOf(tokens_.Read(kMethod, *request).status()),
                access::v1::REASON_PAGE_TOKEN_INVALID);
    }
  }
}

TEST_F(PageTokenTest, TruncatedAndExtendedTokensAreRefused) {
  for (size_t length = 1; length < token_.size(); ++length)
    ExpectRefused("filter: 'a'", token_.substr(0, length));
  for (const char* more : {"A", "==", " ", "\n", "AAAA"})
    ExpectRefused("filter: 'a'", token_ + more);
  ExpectRefused("filter: 'a'", std::string(100000, 'A'));
}

TEST_F(PageTokenTest, AnotherKeyIsRefused) {
  const PageTokens others = *PageTokens::Create("ffffffffffffffffffffffffffffffff");
  ExpectRefused("filter: 'a'", others.Make(kMethod, *Request("filter: 'a'"), kPosition));
}

TEST_F(PageTokenTest, ARenewedKeyReadsTheTokensOfTheOneBefore) {
  const std::string next(32, 'n');
  const PageTokens both = *PageTokens::Create(next + "\n" + kKey);
  const PageTokens only_next = *PageTokens::Create(next);
  const auto request = Request("filter: 'a'");
  EXPECT_EQ(*both.Read(kMethod, *Request("filter: 'a'", token_)), kPosition);
  // The first key makes the tokens.
  const std::string made = both.Make(kMethod, *request, kPosition);
  EXPECT_EQ(made, only_next.Make(kMethod, *request, kPosition));
  EXPECT_EQ(*both.Read(kMethod, *Request("filter: 'a'", made)), kPosition);
  ExpectRefused("filter: 'a'", made);
}

TEST_F(PageTokenTest, ARequestWithoutTokenIsADefect) {
  EXPECT_EQ(tokens_.Read(kMethod, *Lists().Make("GetSchoolRequest")).status().code(),
            absl::StatusCode::kInternal);
}

TEST(PageTokenKeyTest, ShortKeysAreRefused) {
  EXPECT_FALSE(PageTokens::Create("").ok());
  EXPECT_FALSE(PageTokens::Create(std::string(31, 'k')).ok());
  EXPECT_FALSE(PageTokenKeys::Load("/nonexistent/page_token.key").ok());
}

TEST(PageSizeTest, IsCoerced) {
  EXPECT_EQ(PageSize(0, 50, 1000), 50);
  EXPECT_EQ(PageSize(7, 50, 1000), 7);
  EXPECT_EQ(PageSize(1000, 50, 1000), 1000);
  EXPECT_EQ(PageSize(INT32_MAX, 50, 1000), 1000);
  EXPECT_EQ(PageSize(-3, 50, 1000), 50);
}

}  // namespace
}  // namespace thidua::contract
