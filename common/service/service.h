// From main() to SERVING and back: what the three services have in common. A service says what it
// is; this room runs it.
#ifndef THIDUA_COMMON_SERVICE_SERVICE_H_
#define THIDUA_COMMON_SERVICE_SERVICE_H_

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/contract/page_token.h"
#include "common/database/migrator.h"
#include "common/database/pool.h"
#include "common/directory/directory.h"
#include "common/document/signature.h"
#include "common/journal/follower.h"
#include "common/rpc/router.h"
#include "common/runtime/clock.h"
#include "common/runtime/config.h"
#include "common/runtime/file_in_force.h"

namespace thidua::service {

// What rooms are built on. Everything outlives the rooms.
struct Foundation {
  const runtime::ServiceConfig& config;
  database::Pool& pool;
  // For what mutates; what was committed is in the directory before the caller hears of it.
  const rpc::Writing& writing;
  directory::Directory& directory;
  const contract::PageTokens& page_tokens;
  // As its file says now; to be asked for each signature.
  document::CurrentSigningKey signing_key;
  const runtime::Clock& clock;
};

// What a service keeps of another's feed beside the directory's own types.
struct Following {
  // Full proto names of the resources kept in followed_resource.
  std::vector<std::string> types;
  // Runs for each event in the follower's transaction; may be empty.
  std::function<absl::Status(database::Transaction& transaction, const journal::v1::Event& event)>
      apply;
};

// A mounted file that may change while the service runs: its name in metrics, and the look at it.
struct MountedFile {
  std::string what;
  std::function<absl::Status()> refresh;
};

// The rooms of a service, and what they want from the feeds below.
struct Rooms {
  std::shared_ptr<void> owner;                 // keeps the rooms alive
  std::map<std::string, Following> following;  // by followed service
  std::vector<MountedFile> mounted;            // looked at every two seconds
};

struct Definition {
  // "registry"
  std::string name;
  // One line for the usage text.
  std::string summary;
  const std::vector<database::MigrationFile>& migrations;
  // Builds the rooms and registers their methods.
  std::function<absl::StatusOr<Rooms>(Foundation& foundation, rpc::Router& router)> furnish;
  // Fills the directory from this service's own tables. Only the registry has them; every other
  // service follows the registry.
  std::function<absl::Status(database::Pool& pool, directory::Directory& directory)>
      load_own_directory;
};

// main() of a service.
int Main(const Definition& definition, int argc, const char* const* argv);

}  // namespace thidua::service

#endif  // THIDUA_COMMON_SERVICE_SERVICE_H_
