// What every command has: its arguments, a way to the services as one identity, a language and an
// output format.
#ifndef THIDUA_SERVICES_CLI_SESSION_H_
#define THIDUA_SERVICES_CLI_SESSION_H_

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/rpc/channel.h"
#include "google/protobuf/message.h"
#include "services/cli/arguments.h"

namespace thidua::cli {

// Exit statuses of `thidua`. Scripts may rely on them.
enum Exit {
  kOk = 0,
  kRefused = 1,       // the service said no, or a verification failed
  kUsage = 2,         // the command line cannot be understood
  kUnavailable = 3,   // the service cannot be reached, or has no time
  kDenied = 4,        // not identified, or no permission
  kNotFound = 5,      // what was named does not exist
  kAmbiguous = 6,     // what was written may mean several, or one that does not exist on the day
  kDisagreement = 7,  // the services do not agree with each other
};

// Where the services are and who we are: a JSON file,
//   {"registry": "127.0.0.1:7101", "reporting": "…", "awards": "…", "identities": "DIRECTORY",
//   "identity": "academy/office"}
// `identities` holds ca.crt and, for an identity academy/office, academy-office.crt and
// academy-office.key. Relative to the file's directory.
struct Profile {
  std::map<std::string, std::string> addresses;  // by service
  std::string identities;
  std::string identity;
};
absl::StatusOr<Profile> LoadProfile(const std::string& file);

class Session {
 public:
  Session(Arguments arguments, Profile profile, bool vietnamese, bool json);

  const Arguments& arguments() const { return arguments_; }
  const Profile& profile() const { return profile_; }
  bool vietnamese() const { return vietnamese_; }
  bool json() const { return json_; }
  // The text in the language of this session.
  std::string_view Say(std::string_view english, std::string_view vietnamese) const {
    return vietnamese_ ? vietnamese : english;
  }

  // The channel to the service that offers `method` ("/thidua.registry.v1.…" is the registry), as
  // `identity`; empty: the profile's.
  absl::StatusOr<rpc::Channel*> ChannelTo(std::string_view service,
                                          const std::string& identity = "");

  // Calls by contract: the method "thidua.registry.v1.SchoolService.GetSchool" as this session's
  // identity.
  template <class Response, class Request>
  absl::StatusOr<Response> Call(std::string_view method, const Request& request,
                                const std::string& identity = "") {
    Response response;
    absl::Status status = Call(method, request, response, identity);
    if (!status.ok()) return status;
    return response;
  }
  absl::Status Call(std::string_view method, const google::protobuf::Message& request,
                    google::protobuf::Message& response, const std::string& identity = "");

  // The proto's JSON, indented, on standard output.
  void PrintJson(const google::protobuf::Message& message) const;
  // What went wrong, on standard error: the service's own text in this session's language, with
  // every violation; JSON when asked for. Returns the exit status that fits.
  int Fail(const absl::Status& status) const;

 private:
  Arguments arguments_;
  Profile profile_;
  bool vietnamese_;
  bool json_;
  std::map<std::string, std::unique_ptr<rpc::Channel>> channels_;
};

}  // namespace thidua::cli

#endif  // THIDUA_SERVICES_CLI_SESSION_H_
