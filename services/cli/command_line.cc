#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <optional>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/cli/command.h"

namespace thidua::cli {
namespace {

const std::set<std::string> kCommonFlags = {"profile", "identity", "acting-for", "format", "lang"};

const std::vector<Command>& AllCommands() {
  static const auto* const commands = [] {
    auto* all = new std::vector<Command>;
    for (auto* list :
         {SchoolCommands,     LineageCommands,       RegimeCommands,     ClusterCommands,
          MemberCommands,     TermCommands,          SuccessionCommands, DocumentCommands,
          IdentifierCommands, PactCommands,          ProgrammeCommands,  ActivityCommands,
          StandardCommands,   ReferenceCommands,     IndicatorCommands,  WindowCommands,
          ReportCommands,     ConsolidationCommands, SchemeCommands,     RankingCommands,
          JournalCommands,    HealthCommands,        SuiteCommands}) {
      for (Command& command : list()) all->push_back(std::move(command));
    }
    return all;
  }();
  return *commands;
}

std::string FromEnvironment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::string UsageOf(const Command& command) {
  std::string usage =
      absl::StrCat("thidua ", command.name, command.operands.empty() ? "" : " ", command.operands);
  for (const std::string& flag : command.flags) absl::StrAppend(&usage, " [--", flag, " …]");
  for (const std::string& name : command.switches) absl::StrAppend(&usage, " [--", name, "]");
  return usage;
}

void PrintUsage(std::ostream& out, bool vietnamese) {
  out << (vietnamese ? "thidua — cụm thi đua các trường chính trị: tra cứu, báo cáo, tổng hợp, xếp "
                       "hạng\n\n"
                     : "thidua — emulation clusters of political schools: look up, report, "
                       "consolidate, rank\n\n");
  for (const Command& command : AllCommands()) {
    out << "  " << UsageOf(command) << "\n      "
        << (vietnamese ? command.summary_vi : command.summary) << "\n";
  }
  out << (vietnamese ? "\nTùy chọn chung: --profile FILE (hoặc THIDUA_PROFILE), --identity "
                       "LOẠI/MÃ, --acting-for NGƯỜI, --format table|json, "
                       "--lang vi|en\nMã thoát: 0 được, 1 bị từ chối, 2 sai cú pháp, 3 dịch vụ "
                       "không sẵn sàng, 4 không có quyền, 5 không tìm thấy, 6 "
                       "còn phải chọn, 7 các dịch vụ không khớp nhau\n"
                     : "\nCommon flags: --profile FILE (or THIDUA_PROFILE), --identity KIND/ID, "
                       "--acting-for PERSON, --format table|json, "
                       "--lang vi|en\nExit status: 0 done, 1 refused, 2 usage, 3 service not "
                       "available, 4 no permission, 5 not found, "
                       "6 ambiguous, 7 the services disagree\n");
}

// --lang, THIDUA_LANG, then the terminal's own language.
bool WantsVietnamese(const Arguments& arguments) {
  std::string language = arguments.Flag("lang").value_or(FromEnvironment("THIDUA_LANG"));
  if (language.empty()) language = FromEnvironment("LC_ALL");
  if (language.empty()) language = FromEnvironment("LANG");
  return absl::StartsWith(language, "vi");
}

// The command whose name is the longest beginning of the words.
const Command* FindCommand(const std::vector<std::string>& words) {
  const Command* best = nullptr;
  for (const Command& command : AllCommands()) {
    const size_t length =
        static_cast<size_t>(std::count(command.name.begin(), command.name.end(), ' ')) + 1;
    if (words.size() < length) continue;
    if (absl::StrJoin(words.begin(), words.begin() + static_cast<ptrdiff_t>(length), " ") !=
        command.name)
      continue;
    if (best == nullptr || command.name.size() > best->name.size()) best = &command;
  }
  return best;
}

int Misused(const std::string& what) {
  std::cerr << "✗ " << what << "\n";
  return kUsage;
}

std::set<std::string> AllSwitches() {
  std::set<std::string> switches = {"help"};
  for (const Command& command : AllCommands())
    switches.insert(command.switches.begin(), command.switches.end());
  return switches;
}

}  // namespace

int RunCommandLine(const std::vector<std::string>& words) {
  auto parsed = Arguments::Parse(words, AllSwitches());
  if (!parsed.ok()) return Misused(std::string(parsed.status().message()));
  const bool vietnamese = WantsVietnamese(*parsed);
  if (parsed->words().empty() || parsed->Switch("help")) {
    PrintUsage(parsed->Switch("help") ? std::cout : std::cerr, vietnamese);
    return parsed->Switch("help") ? kOk : kUsage;
  }
  const Command* command = FindCommand(parsed->words());
  if (command == nullptr) {
    return Misused(absl::StrCat(
        vietnamese ? "không có lệnh: " : "no such command: ", absl::StrJoin(parsed->words(), " "),
        vietnamese ? "  (xem thidua --help)" : "  (see thidua --help)"));
  }
  std::set<std::string> known = kCommonFlags;
  known.insert(command->flags.begin(), command->flags.end());
  known.insert(command->switches.begin(), command->switches.end());
  if (const auto unknown = parsed->Unknown(known); !unknown.empty()) {
    return Misused(absl::StrCat(vietnamese ? "tùy chọn lạ: " : "unknown flag: ",
                                absl::StrJoin(unknown, " "), "\n  ", UsageOf(*command)));
  }
  const size_t length =
      static_cast<size_t>(std::count(command->name.begin(), command->name.end(), ' ')) + 1;
  Arguments operands = parsed->After(length);
  if (operands.words().size() < command->least_operands ||
      operands.words().size() > command->most_operands) {
    return Misused(absl::StrCat(vietnamese ? "cách dùng: " : "usage: ", UsageOf(*command)));
  }
  const std::string format = parsed->Flag("format").value_or("table");
  if (format != "table" && format != "json") return Misused("--format table|json");

  Profile profile;
  const std::string file = parsed->Flag("profile").value_or(FromEnvironment("THIDUA_PROFILE"));
  if (!file.empty()) {
    auto loaded = LoadProfile(file);
    if (!loaded.ok()) return Misused(std::string(loaded.status().message()));
    profile = *std::move(loaded);
  }
  profile.identity = parsed->Flag("identity").value_or(profile.identity);
  Session session(std::move(operands), std::move(profile), vietnamese, format == "json");
  return command->run(session);
}

}  // namespace thidua::cli
