// Every contract of the suite, from the descriptor set that the build makes: a new .proto file is
// in it without being named anywhere.
#ifndef THIDUA_TESTS_CONTRACT_SUITE_CONTRACTS_H_
#define THIDUA_TESTS_CONTRACT_SUITE_CONTRACTS_H_

#include <string>
#include <vector>

#include "google/protobuf/descriptor.h"
#include "google/protobuf/descriptor.pb.h"

namespace thidua::testing {

// The files with all they import, each after its imports.
const google::protobuf::FileDescriptorSet& SuiteFiles();

// The services of the suite. They live for ever.
const std::vector<const google::protobuf::ServiceDescriptor*>& SuiteServices();
// Their methods.
const std::vector<const google::protobuf::MethodDescriptor*>& SuiteMethods();

}  // namespace thidua::testing

#endif  // THIDUA_TESTS_CONTRACT_SUITE_CONTRACTS_H_
