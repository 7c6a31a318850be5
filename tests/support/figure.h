// What a test measured and people want to see: tests/run shows it in a table at the end.
#ifndef THIDUA_TESTS_SUPPORT_FIGURE_H_
#define THIDUA_TESTS_SUPPORT_FIGURE_H_

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>

namespace thidua::testing {

inline void Figure(const std::string& name, const std::string& value) {
  std::cout << name << ": " << value << std::endl;
  if (const char* const file = std::getenv("THIDUA_FIGURES"); file != nullptr)
    std::ofstream(file, std::ios::app) << name << '\t' << value << '\n';
}

}  // namespace thidua::testing

#endif  // THIDUA_TESTS_SUPPORT_FIGURE_H_
