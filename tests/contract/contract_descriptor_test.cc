// The contracts as a whole: what every method, list, resource and reason of the suite has, whoever
// adds the next one.
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/access/policy.h"
#include "common/contract/method_rules.h"
#include "common/contract/refusal.h"
#include "common/rpc/admission_queue.h"
#include "common/rpc/pipeline.h"
#include "common/rpc/router.h"
#include "common/runtime/clock.h"
#include "gmock/gmock.h"
#include "google/api/annotations.pb.h"
#include "google/api/field_behavior.pb.h"
#include "google/api/resource.pb.h"
#include "tests/contract/suite_contracts.h"
#include "thidua/access/v1/access.pb.h"
#include "thidua/journal/v1/journal_service.pb.h"

namespace thidua::testing {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptorProto;
using google::protobuf::MethodDescriptor;
using google::protobuf::MethodOptions;
using ::testing::HasSubstr;

std::string KindWord(access::Caller::Kind kind) {
  switch (kind) {
    case access::Caller::Kind::kAcademy:
      return "academy";
    case access::Caller::Kind::kPortal:
      return "portal";
    case access::Caller::Kind::kSchool:
      return "school";
    case access::Caller::Kind::kOperations:
      return "ops";
    case access::Caller::Kind::kService:
      return "service";
  }
  return "";
}

std::set<const Descriptor*> Resources() {
  std::set<const Descriptor*> resources;
  const auto* const pool = SuiteServices().front()->file()->pool();
  for (const auto& proto : SuiteFiles().file()) {
    const auto* const file = pool->FindFileByName(proto.name());
    for (int i = 0; i < file->message_type_count(); ++i) {
      if (file->message_type(i)->options().HasExtension(google::api::resource))
        resources.insert(file->message_type(i));
    }
  }
  return resources;
}

TEST(Contracts, TheSuiteHasItsServices) {
  std::set<std::string> names;
  for (const auto* service : SuiteServices()) names.insert(service->full_name());
  EXPECT_TRUE(names.contains("thidua.registry.v1.ClusterService"));
  EXPECT_TRUE(names.contains("thidua.reporting.v1.ConsolidationService"));
  EXPECT_TRUE(names.contains("thidua.awards.v1.ScoringService"));
  EXPECT_TRUE(names.contains("thidua.journal.v1.JournalService"));
}

TEST(Contracts, EveryMethodDeclaresWhatAServerNeeds) {
  const absl::Status declared = contract::CheckMethods(SuiteServices());
  EXPECT_TRUE(declared.ok()) << declared.message();
}

TEST(Contracts, EveryReasonHasACodeAndBothTexts) {
  const absl::Status reasons = contract::CheckReasons();
  EXPECT_TRUE(reasons.ok()) << reasons.message();
}

TEST(Contracts, EveryPermissionIsGrantedToSomebodyByThePolicy) {
  const std::vector<std::string> permissions = contract::PermissionsOf(SuiteServices());
  const auto policy =
      access::Policy::Load(THIDUA_SOURCE_DIR "/deploy/access/policy.json", permissions);
  ASSERT_TRUE(policy.ok()) << policy.status();
  for (const std::string& permission : permissions) {
    std::vector<std::string> holders;
    for (int kind = 0; kind < access::Caller::kKinds; ++kind) {
      access::Caller caller;
      caller.kind = static_cast<access::Caller::Kind>(kind);
      caller.id = "any";
      caller.spiffe_id = absl::StrCat("spiffe://thidua.local/", KindWord(caller.kind), "/any");
      if ((*policy)->ReachOf(caller, permission) != access::Reach::kNone)
        holders.push_back(caller.spiffe_id);
    }
    EXPECT_FALSE(holders.empty()) << permission << " is granted to nobody";
  }
}

TEST(Contracts, AnUpdateSaysWhatItChanges) {
  for (const MethodDescriptor* method : SuiteMethods()) {
    if (!absl::StartsWith(method->name(), "Update")) continue;
    const FieldDescriptor* mask = method->input_type()->FindFieldByName("update_mask");
    ASSERT_NE(mask, nullptr) << method->full_name();
    EXPECT_EQ(mask->message_type()->full_name(), "google.protobuf.FieldMask")
        << method->full_name();
  }
}

TEST(Contracts, AVerbOnAResourceThatExistsNeedsItsEtag) {
  for (const MethodDescriptor* method : SuiteMethods()) {
    const bool reads = method->options().idempotency_level() == MethodOptions::NO_SIDE_EFFECTS;
    if (reads || method->input_type()->FindFieldByName("name") == nullptr) continue;
    EXPECT_NE(method->input_type()->FindFieldByName("etag"), nullptr) << method->full_name();
  }
}

TEST(Contracts, AnImportTakesEveryWriteOfTheRegistry) {
  const auto* const pool = SuiteServices().front()->file()->pool();
  const Descriptor* write = pool->FindMessageTypeByName("thidua.registry.v1.RegistryWrite");
  ASSERT_NE(write, nullptr);
  std::set<const Descriptor*> taken;
  for (int i = 0; i < write->field_count(); ++i) taken.insert(write->field(i)->message_type());
  for (const MethodDescriptor* method : SuiteMethods()) {
    const bool reads = method->options().idempotency_level() == MethodOptions::NO_SIDE_EFFECTS;
    if (reads || method->file()->package() != "thidua.registry.v1") continue;
    if (method->name() == "ImportRegistry") continue;
    EXPECT_TRUE(taken.contains(method->input_type()))
        << method->full_name() << " has no field in RegistryWrite";
  }
}

TEST(Contracts, EveryResourceHasNameEtagAndTimes) {
  ASSERT_FALSE(Resources().empty());
  for (const Descriptor* resource : Resources()) {
    const FieldDescriptor* name = resource->FindFieldByName("name");
    ASSERT_NE(name, nullptr) << resource->full_name();
    EXPECT_EQ(name->number(), 1) << resource->full_name();
    // What is written once and never again has no etag and no update_time: events and submitted
    // revisions.
    const bool written_once = resource->name() == "Event" || resource->name() == "ReportRevision";
    if (written_once) continue;
    for (const char* field : {"etag", "create_time", "update_time"}) {
      const FieldDescriptor* found = resource->FindFieldByName(field);
      ASSERT_NE(found, nullptr) << resource->full_name() << " has no " << field;
      const auto& options = found->options();
      EXPECT_EQ(options.GetExtension(google::api::field_behavior, 0), google::api::OUTPUT_ONLY)
          << found->full_name();
    }
  }
}

TEST(Contracts, EveryReferenceNamesAResourceOfTheSuite) {
  std::set<std::string> types;
  for (const Descriptor* resource : Resources())
    types.insert(resource->options().GetExtension(google::api::resource).type());
  const auto* const pool = SuiteServices().front()->file()->pool();
  for (const auto& proto : SuiteFiles().file()) {
    if (!absl::StartsWith(proto.name(), "thidua/")) continue;
    const auto* const file = pool->FindFileByName(proto.name());
    for (int i = 0; i < file->message_type_count(); ++i) {
      for (int j = 0; j < file->message_type(i)->field_count(); ++j) {
        const FieldDescriptor* field = file->message_type(i)->field(j);
        if (!field->options().HasExtension(google::api::resource_reference)) continue;
        const auto& reference = field->options().GetExtension(google::api::resource_reference);
        const std::string& type =
            reference.type().empty() ? reference.child_type() : reference.type();
        EXPECT_TRUE(types.contains(type)) << field->full_name() << " refers to " << type;
      }
    }
    // A resource that a file repeats because it must not import its owner's has the owner's
    // pattern.
    for (const auto& definition :
         file->options().GetRepeatedExtension(google::api::resource_definition)) {
      bool same = false;
      for (const Descriptor* resource : Resources()) {
        const auto& owners = resource->options().GetExtension(google::api::resource);
        same |= owners.type() == definition.type() && owners.pattern(0) == definition.pattern(0);
      }
      EXPECT_TRUE(same) << proto.name() << ": " << definition.type()
                        << " is not what its owner declares";
    }
  }
}

// --- one declaration taken away from one method ---

struct Loss {
  const char* name;
  std::function<void(MethodOptions&)> take_away;
};

// The suite's own contracts with one method changed; the fault that start-up finds.
std::string FaultAfter(const std::string& file_name, int service, int method,
                       const std::function<void(MethodOptions&)>& take_away) {
  google::protobuf::DescriptorPool& pool =
      *new google::protobuf::DescriptorPool;  // plans keep its descriptors
  std::vector<const google::protobuf::ServiceDescriptor*> services;
  for (FileDescriptorProto proto : SuiteFiles().file()) {
    if (proto.name() == file_name)
      take_away(*proto.mutable_service(service)->mutable_method(method)->mutable_options());
    const auto* file = pool.BuildFile(proto);
    for (int i = 0; i < file->service_count(); ++i) {
      if (proto.name() == file_name) services.push_back(file->service(i));
    }
  }
  return std::string(contract::CheckMethods(services).message());
}

TEST(Contracts, NoMethodGoesWithoutADeclaration) {
  const std::vector<Loss> losses = {
      {"access", [](MethodOptions& options) { options.ClearExtension(access::v1::access); }},
      {"idempotency_level", [](MethodOptions& options) { options.clear_idempotency_level(); }},
      {"deadline",
       [](MethodOptions& options) {
         options.MutableExtension(access::v1::access)->clear_max_deadline();
       }},
  };
  // One method of each file stands for its file, each with another loss: the rule itself is the
  // same for all.
  size_t turn = 0;
  for (const auto* service : SuiteServices()) {
    const int method = static_cast<int>(turn) % service->method_count();
    const Loss& loss = losses[turn++ % losses.size()];
    EXPECT_THAT(FaultAfter(service->file()->name(), service->index(), method, loss.take_away),
                HasSubstr(service->method(method)->name()))
        << loss.name;
  }
}

// --- a server that offers such a method ---

struct JournalReader {
  absl::StatusOr<journal::v1::ListEventsResponse> ListEvents(
      rpc::CallContext&, const journal::v1::ListEventsRequest&) {
    return journal::v1::ListEventsResponse();
  }
};

// Adds a contract to those that the binary was built with, as a careless change of the source
// would.
void Register(const std::string& service_name, bool declares_access) {
  FileDescriptorProto file;
  file.set_name(absl::StrCat("thidua/careless/v1/", service_name, ".proto"));
  file.set_package("thidua.careless.v1");
  file.set_syntax("proto3");
  file.add_dependency("thidua/journal/v1/journal_service.proto");
  file.add_dependency("thidua/access/v1/access.proto");
  file.add_dependency("google/api/annotations.proto");
  auto& service = *file.add_service();
  service.set_name(service_name);
  auto& method = *service.add_method();
  method.set_name("ListEvents");
  method.set_input_type(".thidua.journal.v1.ListEventsRequest");
  method.set_output_type(".thidua.journal.v1.ListEventsResponse");
  *method.mutable_options() = journal::v1::Event::descriptor()
                                  ->file()
                                  ->service(0)
                                  ->FindMethodByName("ListEvents")
                                  ->options();
  method.mutable_options()
      ->MutableExtension(google::api::http)
      ->set_get(absl::StrCat("/v1/", service_name));
  if (!declares_access) method.mutable_options()->ClearExtension(access::v1::access);
  const std::string& bytes = *new std::string(file.SerializeAsString());
  google::protobuf::DescriptorPool::InternalAddGeneratedFile(bytes.data(),
                                                             static_cast<int>(bytes.size()));
}

absl::Status StartOf(const std::string& service_name) {
  JournalReader reader;
  rpc::Router router;
  router.Offer(absl::StrCat("thidua.careless.v1.", service_name))
      .Unary("ListEvents", &reader, &JournalReader::ListEvents);
  const runtime::Clock clock;
  rpc::AdmissionQueue queue(1, 1, telemetry::Metrics::Process());
  rpc::Pipeline::Parts parts;
  parts.trust_domain = "thidua.local";
  parts.clock = &clock;
  parts.queue = &queue;
  parts.metrics = &telemetry::Metrics::Process();
  return rpc::Pipeline::Create(router, std::move(parts)).status();
}

TEST(Startup, AServerWithAMethodThatDeclaresNoAccessDoesNotStart) {
  Register("Undeclared", false);
  const absl::Status refused = StartOf("Undeclared");
  EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(refused.message()), HasSubstr("ListEvents"));
}

TEST(Startup, TheSameServerWithTheDeclarationStarts) {
  Register("Declared", true);
  const absl::Status started = StartOf("Declared");
  EXPECT_TRUE(started.ok()) << started;
}

TEST(Startup, AServiceThatNoContractDescribesDoesNotStart) {
  EXPECT_FALSE(StartOf("Invented").ok());
}

}  // namespace
}  // namespace thidua::testing
