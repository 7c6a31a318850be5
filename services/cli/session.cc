#include "services/cli/session.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "common/contract/refusal.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/json_util.h"
#include "thidua/access/v1/access.pb.h"

namespace thidua::cli {
namespace {

// Longest time that a command waits for one answer, unless the method may take longer.
constexpr absl::Duration kPatience = absl::Seconds(60);

absl::Duration PatienceFor(const std::string& method) {
  const auto* found = google::protobuf::DescriptorPool::generated_pool()->FindMethodByName(method);
  if (found == nullptr) return kPatience;
  return std::max(
      kPatience,
      absl::Seconds(found->options().GetExtension(access::v1::access).max_deadline().seconds()));
}

int ExitFor(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kResourceExhausted:
      return kUnavailable;
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kUnauthenticated:
      return kDenied;
    case absl::StatusCode::kNotFound:
      return kNotFound;
    default:
      return kRefused;
  }
}

// "registry" of "thidua.registry.v1.SchoolService.GetSchool".
std::string ServiceOf(std::string_view method) {
  const std::vector<std::string> parts = absl::StrSplit(std::string(method), '.');
  return parts.size() > 1 ? parts[1] : "";
}

std::vector<const google::protobuf::ServiceDescriptor*> ServicesOf(const std::string& service) {
  static constexpr const char* kFiles[] = {
      "registry/v1/school_service",         "registry/v1/cluster_service",
      "registry/v1/succession_service",     "registry/v1/document_service",
      "registry/v1/identifier_service",     "registry/v1/pact_service",
      "registry/v1/programme_service",      "registry/v1/standard_service",
      "registry/v1/import_service",         "reporting/v1/indicator_service",
      "reporting/v1/window_service",        "reporting/v1/report_service",
      "reporting/v1/consolidation_service", "awards/v1/scoring_service"};
  std::vector<const google::protobuf::ServiceDescriptor*> services;
  for (const char* file : kFiles) {
    if (!absl::StartsWith(file, service + "/")) continue;
    const auto* descriptor = google::protobuf::DescriptorPool::generated_pool()->FindFileByName(
        absl::StrCat("thidua/", file, ".proto"));
    if (descriptor == nullptr) continue;
    for (int i = 0; i < descriptor->service_count(); ++i)
      services.push_back(descriptor->service(i));
  }
  return services;
}

}  // namespace

absl::StatusOr<Profile> LoadProfile(const std::string& file) {
  std::ifstream in(file);
  if (!in)
    return absl::NotFoundError(
        absl::StrCat("no profile at ", file, " (say --profile FILE or set THIDUA_PROFILE)"));
  std::stringstream text;
  text << in.rdbuf();
  google::protobuf::Struct json;
  if (auto parsed = google::protobuf::util::JsonStringToMessage(text.str(), &json); !parsed.ok()) {
    return absl::InvalidArgumentError(absl::StrCat(file, ": ", std::string(parsed.message())));
  }
  Profile profile;
  const auto directory = std::filesystem::path(file).parent_path();
  for (const auto& [key, value] : json.fields()) {
    if (key == "identities") {
      profile.identities = (directory / value.string_value()).string();
    } else if (key == "identity") {
      profile.identity = value.string_value();
    } else if (key == "registry" || key == "reporting" || key == "awards") {
      profile.addresses[key] = value.string_value();
    } else {
      return absl::InvalidArgumentError(absl::StrCat(file, ": unknown field ", key));
    }
  }
  return profile;
}

Session::Session(Arguments arguments, Profile profile, bool vietnamese, bool json)
    : arguments_(std::move(arguments)),
      profile_(std::move(profile)),
      vietnamese_(vietnamese),
      json_(json) {}

absl::StatusOr<rpc::Channel*> Session::ChannelTo(std::string_view service,
                                                 const std::string& identity) {
  const std::string who = identity.empty() ? profile_.identity : identity;
  const std::string name(service);
  std::unique_ptr<rpc::Channel>& channel = channels_[absl::StrCat(name, " ", who)];
  if (channel != nullptr) return channel.get();

  const auto address = profile_.addresses.find(name);
  if (address == profile_.addresses.end()) {
    return absl::InvalidArgumentError(absl::StrCat("the profile has no address of ", name));
  }
  const auto file = [&](const std::string& stem, const char* ending) {
    return (std::filesystem::path(profile_.identities) / (stem + ending)).string();
  };
  std::string stem = who;
  for (char& c : stem) c = c == '/' ? '-' : c;
  if (!std::filesystem::exists(file(stem, ".crt"))) {
    return absl::UnauthenticatedError(
        absl::StrCat("no certificate for ", who, " in ", profile_.identities));
  }
  rpc::Channel::Options options;
  options.target = address->second;
  options.certificate_file = file(stem, ".crt");
  options.key_file = file(stem, ".key");
  options.ca_file = file("ca", ".crt");
  options.acting_for = arguments_.Flag("acting-for").value_or("");
  auto opened = rpc::Channel::Open(options, ServicesOf(name));
  if (!opened.ok()) return opened.status();
  channel = *std::move(opened);
  return channel.get();
}

absl::Status Session::Call(std::string_view method, const google::protobuf::Message& request,
                           google::protobuf::Message& response, const std::string& identity) {
  // The journal's contract is offered by every service; the caller names the one it means:
  // "registry:thidua.journal.v1.…".
  const size_t colon = method.find(':');
  const std::string service =
      colon == std::string_view::npos ? ServiceOf(method) : std::string(method.substr(0, colon));
  std::string path(colon == std::string_view::npos ? method : method.substr(colon + 1));
  rpc::CallOptions options;
  options.deadline = absl::Now() + PatienceFor(path);
  path[path.rfind('.')] = '/';
  auto channel = ChannelTo(service, identity);
  if (!channel.ok()) return channel.status();
  return (*channel)->Call("/" + path, request, response, options);
}

void Session::PrintJson(const google::protobuf::Message& message) const {
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = true;
  std::string text;
  (void)google::protobuf::util::MessageToJsonString(message, &text, options);
  std::cout << text << std::flush;
}

int Session::Fail(const absl::Status& status) const {
  if (json_) {
    google::protobuf::util::JsonPrintOptions options;
    options.add_whitespace = true;
    std::string text;
    (void)google::protobuf::util::MessageToJsonString(contract::ToWire(status, ""), &text, options);
    std::cerr << text;
    return ExitFor(status.code());
  }
  const contract::Reason reason = contract::ReasonOf(status);
  std::string text = vietnamese_ ? contract::VietnameseText(status) : std::string(status.message());
  std::cerr << "✗ " << text << "\n";
  for (const contract::FieldViolation& violation : contract::FieldViolationsOf(status)) {
    std::cerr << "  " << violation.field << ": "
              << (vietnamese_ ? violation.description_vi : violation.description) << "\n";
  }
  if (reason != contract::Reason::REASON_UNSPECIFIED) {
    std::cerr << "  [" << absl::StatusCodeToString(status.code()) << " "
              << access::v1::Reason_Name(reason).substr(std::string_view("REASON_").size())
              << "]\n";
  } else {
    std::cerr << "  [" << absl::StatusCodeToString(status.code()) << "]\n";
  }
  return ExitFor(status.code());
}

}  // namespace thidua::cli
