// The commands of `thidua`: a noun, a verb, and what they take.
#ifndef THIDUA_SERVICES_CLI_COMMAND_H_
#define THIDUA_SERVICES_CLI_COMMAND_H_

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "services/cli/session.h"

namespace thidua::cli {

struct Command {
  std::string name;                // "cluster show"
  std::string operands;            // "CLUSTER"
  std::set<std::string> flags;     // without the common ones
  std::set<std::string> switches;  // flags that take no value
  std::string summary;             // English
  std::string summary_vi;
  size_t least_operands = 0;
  size_t most_operands = 0;
  std::function<int(Session&)> run;  // operands are session.arguments().words()
};

// One list a noun; each file <noun>_commands.cc defines one.
std::vector<Command> SchoolCommands();
std::vector<Command> LineageCommands();
std::vector<Command> RegimeCommands();
std::vector<Command> ClusterCommands();
std::vector<Command> MemberCommands();
std::vector<Command> TermCommands();
std::vector<Command> SuccessionCommands();
std::vector<Command> PactCommands();
std::vector<Command> DocumentCommands();
std::vector<Command> IdentifierCommands();
std::vector<Command> StandardCommands();
std::vector<Command> ProgrammeCommands();
std::vector<Command> ActivityCommands();
std::vector<Command> ReferenceCommands();
std::vector<Command> IndicatorCommands();
std::vector<Command> WindowCommands();
std::vector<Command> ReportCommands();
std::vector<Command> ConsolidationCommands();
std::vector<Command> SchemeCommands();
std::vector<Command> RankingCommands();
std::vector<Command> JournalCommands();
std::vector<Command> HealthCommands();
std::vector<Command> SuiteCommands();

// Runs the command line; returns the exit status.
int RunCommandLine(const std::vector<std::string>& words);

}  // namespace thidua::cli

#endif  // THIDUA_SERVICES_CLI_COMMAND_H_
