// The house's directions (who may use whom) and words (what a file is called), read from the
// sources themselves.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace thidua::testing {
namespace {

namespace fs = std::filesystem;

// Where a source file stands: {"services", "registry", "schools", "school_rules.cc"}.
struct Place {
  explicit Place(const std::string& path) : parts(absl::StrSplit(path, '/')) {}
  const std::string& layer() const { return parts.front(); }
  // "registry" in services, "" elsewhere.
  std::string service() const { return layer() == "services" && parts.size() > 2 ? parts[1] : ""; }
  // "schools"; "" for what lies in no room of a service, such as main.cc.
  std::string room() const { return layer() == "services" && parts.size() > 3 ? parts[2] : ""; }
  const std::string& file() const { return parts.back(); }
  // Ends in _rules.h or _rules.cc.
  bool Is(const std::string& kind) const {
    return absl::EndsWith(file(), absl::StrCat("_", kind, ".h")) ||
           absl::EndsWith(file(), absl::StrCat("_", kind, ".cc"));
  }
  std::vector<std::string> parts;
};

bool IsOurs(const std::string& include) {
  return absl::StartsWith(include, "common/") || absl::StartsWith(include, "services/") ||
         absl::StartsWith(include, "tests/");
}

// What is wrong with `path` including `include`; empty when nothing.
std::string BreachOf(const std::string& path, const std::string& include) {
  const Place from(path);
  const Place to(include);
  if (absl::StartsWith(include, "tests/") && from.layer() != "tests") return "only tests use tests";
  if (from.layer() == "common" && absl::StartsWith(include, "services/"))
    return "common knows no service";
  if (absl::StrContains(include, "cppconn/") || absl::StartsWith(include, "mysql")) {
    if (path != "common/database/connection.cc")
      return "only common/database/connection.cc knows the driver";
  }
  if (from.layer() == "services" && IsOurs(include) && to.layer() == "services") {
    if (to.service() != from.service()) return "services do not know each other";
    const bool other_room =
        !from.room().empty() && !to.room().empty() && to.room() != from.room();
    if (other_room && !to.Is("rules") && !to.Is("store"))
      return "another room is used through its _rules.h or _store.h";
  }
  if (from.layer() == "services" && from.Is("rules")) {
    if (absl::StartsWith(include, "grpc")) return "rules know no gRPC";
    for (const char* room : {"common/rpc/", "common/database/", "common/resource/",
                             "common/journal/", "common/service/"}) {
      if (absl::StartsWith(include, room)) return "rules know no transport and no database";
    }
    if (to.layer() == "services" && !to.Is("rules") && (to.Is("store") || to.Is("service")))
      return "rules know no store and no service";
    if (include == "absl/time/clock.h" || include == "common/runtime/clock.h")
      return "rules know no clock";
  }
  if (from.layer() == "services" && from.Is("store")) {
    if (absl::StartsWith(include, "grpc") || absl::StartsWith(include, "common/rpc/"))
      return "stores know no gRPC";
  }
  return "";
}

// A word of the file's name that says nothing.
std::string EmptyWordOf(const std::string& path) {
  const std::vector<std::string> words = absl::StrSplit(fs::path(path).stem().string(), '_');
  for (const std::string& word : words) {
    for (const char* empty : {"util", "utils", "utility", "helper", "helpers", "manager",
                              "managers", "impl", "misc", "common"}) {
      if (word == empty) return word;
    }
  }
  return "";
}

std::vector<std::string> IncludesOf(const fs::path& file) {
  static const std::regex line_form(R"(^\s*#\s*include\s*[<"]([^>"]+)[>"])");
  std::vector<std::string> includes;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    std::smatch match;
    if (std::regex_search(line, match, line_form)) includes.push_back(match[1]);
  }
  return includes;
}

// The calls of contract::Refuse and its kind in a text that give an English `why` and no Vietnamese
// one.
std::vector<std::string> RefusalsWithoutVietnamese(const std::string& source) {
  static const std::regex call(R"(\bRefuse(ForNow|Preconditions)?\s*\()");
  std::vector<std::string> found;
  for (auto match = std::sregex_iterator(source.begin(), source.end(), call);
       match != std::sregex_iterator(); ++match) {
    const size_t begin = static_cast<size_t>(match->position());
    size_t end = begin + static_cast<size_t>(match->length());
    for (int open = 1; open > 0 && end < source.size(); ++end)
      open += source[end] == '(' ? 1 : source[end] == ')' ? -1 : 0;
    const std::string text = source.substr(begin, end - begin);
    if (absl::StrContains(text, "\"why\"") && !absl::StrContains(text, "\"why_vi\""))
      found.push_back(text);
  }
  return found;
}

std::string TextOf(const fs::path& file) {
  std::ifstream in(file);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

// Our own sources, relative to the checkout.
std::vector<std::string> Sources() {
  std::vector<std::string> sources;
  const fs::path root = THIDUA_SOURCE_DIR;
  for (const char* layer : {"common", "services", "tests", "proto/thidua"}) {
    for (const auto& entry : fs::recursive_directory_iterator(root / layer)) {
      const std::string path = fs::relative(entry.path(), root).string();
      if (entry.is_regular_file() && !absl::StrContains(path, "/node_modules/"))
        sources.push_back(path);
    }
  }
  return sources;
}

TEST(IncludeRules, TheSourcesKeepThem) {
  int includes = 0;
  for (const std::string& path : Sources()) {
    if (!absl::EndsWith(path, ".h") && !absl::EndsWith(path, ".cc")) continue;
    for (const std::string& include : IncludesOf(fs::path(THIDUA_SOURCE_DIR) / path)) {
      ++includes;
      EXPECT_EQ(BreachOf(path, include), "") << path << " includes " << include;
    }
  }
  EXPECT_GT(includes, 500) << "the sources were not found";
}

TEST(IncludeRules, NoFileHasAnEmptyName) {
  for (const std::string& path : Sources()) EXPECT_EQ(EmptyWordOf(path), "") << path;
}

TEST(Texts, EveryRefusalThatSaysWhySaysItInVietnameseToo) {
  for (const std::string& path : Sources()) {
    if (!absl::EndsWith(path, ".cc") || absl::StartsWith(path, "tests/")) continue;
    for (const std::string& refusal :
         RefusalsWithoutVietnamese(TextOf(fs::path(THIDUA_SOURCE_DIR) / path))) {
      ADD_FAILURE() << path << ": " << refusal;
    }
  }
  EXPECT_EQ(
      RefusalsWithoutVietnamese(R"cc(return Refuse(kReason, {{"why", Say("it")}});)cc").size(), 1u);
  EXPECT_EQ(
      RefusalsWithoutVietnamese(R"cc(return Refuse(kReason, {{"why", "it"}, {"why_vi", "nó"}});)cc")
          .size(),
      0u);
}

// Each rule can fail.
TEST(IncludeRules, EachIsSeenToFail) {
  const std::vector<std::pair<std::string, std::string>> breaches = {
      {"common/journal/feed.cc", "services/registry/schools/school_rules.h"},
      {"common/journal/feed.cc", "tests/support/gate.h"},
      {"common/database/pool.cc", "cppconn/connection.h"},
      {"common/database/pool.cc", "mysql_connection.h"},
      {"services/reporting/reports/report_service.cc", "services/registry/schools/school_rules.h"},
      {"services/registry/clusters/cluster_service.cc",
       "services/registry/schools/school_service.h"},
      {"services/registry/clusters/cluster_rules.cc", "services/registry/schools/school_store.h"},
      {"services/registry/clusters/cluster_rules.cc", "grpcpp/grpcpp.h"},
      {"services/registry/clusters/cluster_rules.h", "common/database/pool.h"},
      {"services/registry/clusters/cluster_rules.cc", "absl/time/clock.h"},
      {"services/registry/clusters/cluster_store.cc", "common/rpc/call_context.h"},
  };
  for (const auto& [path, include] : breaches)
    EXPECT_NE(BreachOf(path, include), "") << path << " includes " << include;
}

TEST(IncludeRules, WhatIsAllowedPasses) {
  const std::vector<std::pair<std::string, std::string>> uses = {
      {"common/database/connection.cc", "cppconn/connection.h"},
      {"services/registry/clusters/cluster_service.cc", "services/registry/schools/school_store.h"},
      {"services/registry/clusters/cluster_rules.cc", "services/registry/schools/school_rules.h"},
      {"services/registry/clusters/cluster_rules.cc", "thidua/registry/v1/cluster_service.pb.h"},
      {"services/registry/main.cc", "services/registry/schools/school_service.h"},
      {"tests/unit/registry_school_rules_test.cc", "services/registry/schools/school_rules.h"},
  };
  for (const auto& [path, include] : uses)
    EXPECT_EQ(BreachOf(path, include), "") << path << " includes " << include;
  EXPECT_EQ(EmptyWordOf("common/rpc/call_utils.h"), "utils");
  EXPECT_EQ(EmptyWordOf("common/rpc/call_context.h"), "");
}

}  // namespace
}  // namespace thidua::testing
