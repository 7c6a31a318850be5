// Values that the contract hands to SQL, always bound and never part of its text.
#ifndef THIDUA_COMMON_CONTRACT_PARAMETER_H_
#define THIDUA_COMMON_CONTRACT_PARAMETER_H_

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace thidua::contract {

using Parameter = std::variant<int64_t, std::string>;
using Parameters = std::vector<Parameter>;

}  // namespace thidua::contract

#endif  // THIDUA_COMMON_CONTRACT_PARAMETER_H_
