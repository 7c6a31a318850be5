// thidua: the command that people and scripts use; a thin client of the services' contracts.
#include <string>
#include <vector>

#include "services/cli/command.h"

int main(int argc, char** argv) {
  return thidua::cli::RunCommandLine(std::vector<std::string>(argv + 1, argv + argc));
}
