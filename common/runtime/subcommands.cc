#include "common/runtime/subcommands.h"

#include <cstdio>
#include <optional>
#include <string_view>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "common/runtime/signals.h"
#include "common/telemetry/log.h"

namespace thidua::runtime {
namespace {

using telemetry::Log;
using telemetry::Severity;

constexpr std::string_view kRefollow = "refollow";

struct Arguments {
  std::string subcommand;
  std::string service;  // of refollow
  std::string config_file;
};

void Print(std::FILE* stream, const std::string& text) {
  std::fputs(text.c_str(), stream);
  std::fflush(stream);
}

std::string Usage(const Program& program) {
  return absl::StrCat(
      program.name, ": ", program.summary, "\n\nUsage: ", program.name,
      " SUBCOMMAND --config FILE\n"
      "\n"
      "  serve         answer calls until SIGTERM or SIGINT\n"
      "  probe         ask the running service for its health, as containers do; fails unless it "
      "serves\n"
      "  migrate       bring the database schema up to date, as its owner\n"
      "  verify        recompute the stored journal and report the first event that was tampered "
      "with\n"
      "  check-config  check the configuration as serve would, and name every problem\n"
      "  refollow SERVICE  forget what SERVICE below has told, to be told again from the beginning "
      "at the next start;\n"
      "                for when it was restored to an earlier state than this one; every replica "
      "must be stopped\n"
      "\n"
      "  --config FILE  the configuration, JSON of type thidua.config.v1.ServiceConfig\n"
      "  --help         this text\n"
      "\n"
      "Exit status: 0 done, 1 failed, 2 wrong usage.\n");
}

// Why the arguments cannot be understood goes to `complaint`.
std::optional<Arguments> ParseArguments(const std::vector<std::string>& words,
                                        std::string& complaint) {
  constexpr std::string_view kFlag = "--config";
  Arguments arguments;
  bool config_given = false;
  for (size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    const bool joined = word.rfind("--config=", 0) == 0;
    if (joined || word == kFlag) {
      if (config_given) complaint = "--config is given twice";
      config_given = true;
      if (joined) arguments.config_file = word.substr(kFlag.size() + 1);
      if (!joined && i + 1 < words.size()) arguments.config_file = words[++i];
    } else if (word.rfind('-', 0) == 0) {
      complaint = "unknown option " + word;
    } else if (arguments.subcommand.empty()) {
      arguments.subcommand = word;
    } else if (arguments.subcommand == kRefollow && arguments.service.empty()) {
      arguments.service = word;
    } else {
      complaint = "unexpected argument " + word;
    }
    if (!complaint.empty()) return std::nullopt;
  }
  if (arguments.subcommand.empty()) complaint = "a subcommand is missing";
  if (arguments.subcommand == kRefollow && arguments.service.empty())
    complaint = "refollow needs the name of the followed service";
  if (complaint.empty() && arguments.config_file.empty()) complaint = "--config FILE is missing";
  if (!complaint.empty()) return std::nullopt;
  return arguments;
}

int CheckConfig(const std::string& config_file) {
  const absl::StatusOr<ServiceConfig> config = LoadServiceConfig(config_file, ConfigUse::kServe);
  if (!config.ok()) {
    Print(stderr, absl::StrCat(config.status().message(), "\n"));
    return kExitFailed;
  }
  Print(stdout, absl::StrCat(config_file, ": ok\n"));
  return kExitOk;
}

int RunLogged(const Program& program, const Arguments& arguments, ConfigUse use,
              const std::function<absl::Status(const ServiceConfig&)>& run) {
  telemetry::StartLog({.service = program.name});
  const absl::Cleanup stop_log = [] { telemetry::StopLog(); };
  const absl::StatusOr<ServiceConfig> config = LoadServiceConfig(arguments.config_file, use);
  if (!config.ok()) {
    Log(Severity::kError, "the configuration cannot be used",
        {{"subcommand", arguments.subcommand}, {"reason", config.status().ToString()}});
    return kExitFailed;
  }
  telemetry::SetLogThreshold(LogThreshold(*config));
  const absl::Status result = run(*config);
  if (!result.ok()) {
    Log(Severity::kError, "failed",
        {{"subcommand", arguments.subcommand}, {"reason", result.ToString()}});
    return kExitFailed;
  }
  return kExitOk;
}

}  // namespace

int RunProgram(const Program& program, int argc, const char* const* argv) {
  const std::vector<std::string> words(argv + (argc > 0 ? 1 : 0), argv + argc);
  if (words.size() == 1 && (words[0] == "--help" || words[0] == "-h" || words[0] == "help")) {
    Print(stdout, Usage(program));
    return kExitOk;
  }
  std::string complaint;
  const std::optional<Arguments> arguments = ParseArguments(words, complaint);
  if (arguments) {
    const std::string& subcommand = arguments->subcommand;
    if (subcommand == "check-config") return CheckConfig(arguments->config_file);
    if (subcommand == "probe") {
      return RunLogged(program, *arguments, ConfigUse::kProbe, program.probe);
    }
    if (subcommand == "migrate") {
      return RunLogged(program, *arguments, ConfigUse::kMigrate, program.migrate);
    }
    if (subcommand == "verify") {
      return RunLogged(program, *arguments, ConfigUse::kVerify, program.verify);
    }
    if (subcommand == kRefollow) {
      return RunLogged(program, *arguments, ConfigUse::kVerify, [&](const ServiceConfig& config) {
        return program.refollow(config, arguments->service);
      });
    }
    if (subcommand == "serve") {
      // Before the log starts its thread; see ShutdownSignal.
      ShutdownSignal::Block();
      return RunLogged(program, *arguments, ConfigUse::kServe, program.serve);
    }
    complaint = "unknown subcommand " + subcommand;
  }
  Print(stderr, absl::StrCat(program.name, ": ", complaint, "\n\n", Usage(program)));
  return kExitUsage;
}

}  // namespace thidua::runtime
