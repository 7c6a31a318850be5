// Who may call what: every method of the suite × every kind of caller × what is the caller's own,
// another's or nobody's, against permission_matrix.csv, which people review. A method without its
// three rows fails, so that nobody adds one without saying who may call it.
//
// The world of the table: dien-bien and lai-chau are members of mnbg, quang-ninh heads it and
// ha-giang is its standing deputy; lang-son is a deputy without the rights of a head. thai-nguyen
// heads tdmn. `target` is what the request names, `whose` says what that is: "own" belongs to
// dien-bien or mnbg, "other" to thai-nguyen or tdmn, "missing" does not exist.
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/access/authorization.h"
#include "common/access/caller.h"
#include "common/access/policy.h"
#include "common/contract/method_rules.h"
#include "common/contract/refusal.h"
#include "common/text/csv.h"
#include "google/protobuf/dynamic_message.h"
#include "tests/contract/suite_contracts.h"

namespace thidua::testing {
namespace {

using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

// The columns of the table behind `method` and `target`.
const std::vector<std::pair<std::string, std::string>>& Callers() {
  static const auto* const callers = new std::vector<std::pair<std::string, std::string>>{
      {"academy", "academy/office"},
      {"own_school", "school/dien-bien"},
      {"other_school", "school/lai-chau"},
      {"head", "school/quang-ninh"},
      {"standing_deputy", "school/ha-giang"},
      {"deputy", "school/lang-son"},
      {"head_of_another_cluster", "school/thai-nguyen"},
      {"own_portal", "portal/dien-bien"},
      {"other_portal", "portal/lai-chau"},
      {"operations", "ops/on-call"},
      {"service", "service/awards"},
  };
  return *callers;
}

// The identifier of what does not exist.
constexpr std::string_view kMissing = "khong-co";
const char* const kWhose[] = {"own", "other", "missing"};

access::ScopeFacts World() {
  access::ScopeFacts facts;
  facts.leads_cluster = [](std::string_view school, std::string_view cluster) {
    return cluster == "mnbg" ? school == "quang-ninh" || school == "ha-giang"
                             : cluster == "tdmn" && school == "thai-nguyen";
  };
  facts.cluster_of = [](std::string_view school) -> std::string {
    if (school == kMissing) return "";
    return school == "thai-nguyen" ? "tdmn" : "mnbg";
  };
  facts.province_of = [](std::string_view school) {
    return std::string(school == kMissing ? "" : school);
  };
  return facts;
}

access::Caller CallerNamed(const std::string& identity) {
  const std::string uri = "spiffe://thidua.local/" + identity;
  auto caller = access::IdentifyCaller({uri}, "thidua.local", "");
  EXPECT_TRUE(caller.ok()) << identity;
  return caller.value_or(access::Caller());
}

struct Row {
  std::string target;
  std::map<std::string, std::string> expected;  // by column: "yes" or "no"
};

// By method and whose the target is.
using Matrix = std::map<std::pair<std::string, std::string>, Row>;

Matrix ReadMatrix() {
  std::ifstream in(THIDUA_SOURCE_DIR "/tests/contract/permission_matrix.csv");
  std::stringstream text;
  text << in.rdbuf();
  auto table = text::ReadCsv(text.str());
  EXPECT_TRUE(table.ok()) << table.status();
  Matrix rows;
  if (!table.ok()) return rows;
  for (const text::CsvRow& line : table->rows) {
    Row row;
    for (size_t i = 0; i < table->header.size(); ++i)
      row.expected[table->header[i]] = line.cells[i].text;
    row.target = row.expected["target"];
    EXPECT_TRUE(rows.emplace(std::pair(row.expected["method"], row.expected["whose"]), row).second)
        << row.expected["method"] << ", " << row.expected["whose"] << " has two rows";
  }
  return rows;
}

// "reporting.v1.ReportService.GetReport"
std::string NameOf(const MethodDescriptor& method) {
  return method.full_name().substr(std::string("thidua.").size());
}

// The request with `target` in the field by which the method is scoped.
std::unique_ptr<Message> RequestNaming(const MethodDescriptor& method,
                                       const std::string& field_path, const std::string& target) {
  static auto& factory = *new google::protobuf::DynamicMessageFactory;
  std::unique_ptr<Message> request(factory.GetPrototype(method.input_type())->New());
  if (field_path.empty()) return request;
  Message* message = request.get();
  const std::vector<std::string> path = absl::StrSplit(field_path, '.');
  for (size_t i = 0; i + 1 < path.size(); ++i) {
    message = message->GetReflection()->MutableMessage(
        message, message->GetDescriptor()->FindFieldByName(path[i]));
  }
  message->GetReflection()->SetString(
      message, message->GetDescriptor()->FindFieldByName(path.back()), target);
  return request;
}

class PermissionMatrix : public ::testing::Test {
 protected:
  PermissionMatrix() {
    auto policy = access::Policy::Load(THIDUA_SOURCE_DIR "/deploy/access/policy.json",
                                       contract::PermissionsOf(SuiteServices()));
    EXPECT_TRUE(policy.ok()) << policy.status();
    policy_ = policy.value_or(nullptr);
  }
  static bool Allowed(const MethodDescriptor& method, const std::string& identity,
                      const std::string& target, const access::Policy& policy) {
    const contract::MethodRule rule = contract::RuleOf(method);
    const auto request = RequestNaming(method, rule.access.scope_field(), target);
    const absl::Status status =
        access::Authorize(CallerNamed(identity), rule.access, *request, policy, World());
    EXPECT_TRUE(status.ok() ||
                contract::ReasonOf(status) == contract::Reason::REASON_PERMISSION_DENIED)
        << status;
    return status.ok();
  }

  std::shared_ptr<const access::Policy> policy_;
  // The rows of all methods, each with its method.
  template <class See>
  void ForEachRow(See see) {
    for (const MethodDescriptor* method : SuiteMethods()) {
      for (const char* whose : kWhose) {
        const auto row = matrix_.find({NameOf(*method), whose});
        if (row != matrix_.end()) see(*method, whose, row->second);
      }
    }
  }

  const Matrix matrix_ = ReadMatrix();
};

TEST_F(PermissionMatrix, HasThreeRowsForEachMethodAndNoOther) {
  std::set<std::pair<std::string, std::string>> wanted;
  for (const MethodDescriptor* method : SuiteMethods()) {
    for (const char* whose : kWhose) wanted.emplace(NameOf(*method), whose);
  }
  for (const auto& [method, whose] : wanted)
    EXPECT_TRUE(matrix_.contains({method, whose}))
        << method << ", " << whose << " has no row in permission_matrix.csv";
  for (const auto& [key, row] : matrix_)
    EXPECT_TRUE(wanted.contains(key)) << key.first << ", " << key.second << " is no method's";
}

TEST_F(PermissionMatrix, NamesATargetExactlyWhereTheScopeNeedsOne) {
  ForEachRow([](const MethodDescriptor& method, const std::string& whose, const Row& row) {
    EXPECT_EQ(row.target.empty(), contract::RuleOf(method).access.scope_field().empty())
        << NameOf(method);
    if (row.target.empty()) return;
    EXPECT_EQ(row.target.find(kMissing) != std::string::npos, whose == "missing") << row.target;
    EXPECT_EQ(row.target.find("thai-nguyen") != std::string::npos ||
                  row.target.find("tdmn") != std::string::npos,
              whose == "other")
        << row.target;
  });
}

TEST_F(PermissionMatrix, IsWhatTheServersDecide) {
  ForEachRow([this](const MethodDescriptor& method, const std::string& whose, const Row& row) {
    for (const auto& [column, identity] : Callers()) {
      const auto cell = row.expected.find(column);
      ASSERT_TRUE(cell != row.expected.end()) << "no column " << column;
      ASSERT_TRUE(cell->second == "yes" || cell->second == "no")
          << NameOf(method) << ", " << column;
      const bool allowed = Allowed(method, identity, row.target, *policy_);
      EXPECT_STREQ(allowed ? "yes" : "no", cell->second.c_str())
          << NameOf(method) << ", " << whose << ", by " << column << " (" << identity << ")";
    }
  });
}

TEST_F(PermissionMatrix, GivesNothingToAnIdentityWithoutAGrant) {
  const auto policy = access::Policy::Parse(
      R"({"roles": [{"name": "admin", "permissions": ["registry.*", "reporting.*", "awards.*", "journal.*"]}],
          "bindings": [{"identity": "/academy/office", "roles": ["admin"], "reach": "REACH_ALL"}]})",
      {});
  ASSERT_TRUE(policy.ok()) << policy.status();
  ForEachRow([&](const MethodDescriptor& method, const std::string& whose, const Row& row) {
    for (const auto& [column, identity] : Callers()) {
      if (identity == "academy/office") continue;
      EXPECT_FALSE(Allowed(method, identity, row.target, **policy))
          << NameOf(method) << ", " << whose << ", by " << column;
    }
  });
}

TEST_F(PermissionMatrix, ARequestThatNamesNothingIsNobodysToMake) {
  for (const MethodDescriptor* method : SuiteMethods()) {
    if (contract::RuleOf(*method).access.scope_field().empty()) continue;
    for (const auto& [column, identity] : Callers()) {
      EXPECT_FALSE(Allowed(*method, identity, "", *policy_)) << NameOf(*method) << " by " << column;
    }
  }
}

}  // namespace
}  // namespace thidua::testing
