// A resource out of a JSON file, in the form in which `show --format json` prints it: recorded as a
// new one, or put in place of the stored one.
#ifndef THIDUA_SERVICES_CLI_RESOURCE_FILE_H_
#define THIDUA_SERVICES_CLI_RESOURCE_FILE_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/runtime/ids.h"
#include "services/cli/file_content.h"
#include "services/cli/session.h"

namespace thidua::cli {

// Operands: the identifier, then the file. `resource` and `id` are the request's setters.
template <class Resource, class Request>
absl::StatusOr<Resource> CreateFromFile(Session& session, std::string_view method,
                                        Resource* (Request::*resource)(),
                                        void (Request::*id)(const std::string&)) {
  const auto& words = session.arguments().words();
  Request request;
  if (absl::Status read = ReadJsonFile(words[1], (request.*resource)()); !read.ok()) return read;
  (request.*id)(words[0]);
  request.set_request_id(runtime::NewUuid4());
  return session.Call<Resource>(method, request);
}

// Everything that may change is replaced. The file's etag, where it has one, must still be the
// current one: what somebody else changed since the file was made is not written over.
template <class Resource, class Request, class Get>
absl::StatusOr<Resource> UpdateFromFile(Session& session, std::string_view get_method,
                                        std::string_view method, const Get& get,
                                        Resource* (Request::*resource)()) {
  absl::StatusOr<Resource> stored = session.Call<Resource>(get_method, get);
  if (!stored.ok()) return stored;
  Request request;
  Resource& wanted = *(request.*resource)();
  if (absl::Status read = ReadJsonFile(session.arguments().words()[1], &wanted); !read.ok())
    return read;
  wanted.set_name(stored->name());
  request.set_etag(wanted.etag().empty() ? stored->etag() : wanted.etag());
  request.mutable_update_mask()->add_paths("*");
  request.set_request_id(runtime::NewUuid4());
  return session.Call<Resource>(method, request);
}

}  // namespace thidua::cli

#endif  // THIDUA_SERVICES_CLI_RESOURCE_FILE_H_
