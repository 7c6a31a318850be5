#include "tests/contract/suite_contracts.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "google/api/annotations.pb.h"
#include "google/api/field_behavior.pb.h"
#include "google/api/resource.pb.h"
#include "thidua/access/v1/access.pb.h"
#include "thidua/access/v1/reason.pb.h"

namespace thidua::testing {

using google::protobuf::FileDescriptorSet;
using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;

const FileDescriptorSet& SuiteFiles() {
  static const FileDescriptorSet& files = []() -> const FileDescriptorSet& {
    // Options are understood only when the types of their extensions are linked.
    (void)access::v1::AccessRule::default_instance();
    (void)access::v1::RefusalText::default_instance();
    (void)google::api::HttpRule::default_instance();
    (void)google::api::ResourceDescriptor::default_instance();
    (void)google::api::FieldBehavior_descriptor();
    auto& set = *new FileDescriptorSet;
    std::ifstream in(THIDUA_DESCRIPTOR_SET, std::ios::binary);
    if (!set.ParseFromIstream(&in) || set.file_size() == 0) {
      std::fprintf(stderr, "no descriptor set at %s\n", THIDUA_DESCRIPTOR_SET);
      std::abort();
    }
    return set;
  }();
  return files;
}

const std::vector<const ServiceDescriptor*>& SuiteServices() {
  static const auto* const services = [] {
    auto* const pool = new google::protobuf::DescriptorPool;
    auto* all = new std::vector<const ServiceDescriptor*>;
    for (const auto& proto : SuiteFiles().file()) {
      const google::protobuf::FileDescriptor* file = pool->BuildFile(proto);
      for (int i = 0; i < file->service_count(); ++i) all->push_back(file->service(i));
    }
    return all;
  }();
  return *services;
}

const std::vector<const MethodDescriptor*>& SuiteMethods() {
  static const auto* const methods = [] {
    auto* all = new std::vector<const MethodDescriptor*>;
    for (const ServiceDescriptor* service : SuiteServices()) {
      for (int i = 0; i < service->method_count(); ++i) all->push_back(service->method(i));
    }
    return all;
  }();
  return *methods;
}

}  // namespace thidua::testing
