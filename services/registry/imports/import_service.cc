#include "services/registry/imports/import_service.h"

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

#include "common/contract/etag.h"
#include "common/contract/refusal.h"
#include "common/contract/request_check.h"
#include "services/registry/imports/import_rules.h"

namespace thidua::registry {

using google::protobuf::Message;

namespace {

absl::Status NothingToWrite() {
  return contract::RefuseFields({{"write", "is required", "là bắt buộc"}});
}

// The etags that the writes of one import left behind.
class EtagsLeft {
 public:
  explicit EtagsLeft(const database::Transaction& transaction) : transaction_(transaction) {}

  // Nothing when the import has not written the resource.
  std::optional<std::string> Of(const std::string& resource) {
    const auto& written = transaction_.written();
    for (; seen_ < written.size(); ++seen_)
      versions_[written[seen_].resource] = written[seen_].version;
    const auto found = versions_.find(resource);
    if (found == versions_.end()) return std::nullopt;
    return contract::Etag(found->second);
  }

 private:
  const database::Transaction& transaction_;
  size_t seen_ = 0;
  std::unordered_map<std::string, int64_t> versions_;
};

// One write, checked as if it had come alone.
absl::Status Carry(const rpc::Router& router, rpc::Mutation& mutation, const Message& request,
                   EtagsLeft& etags) {
  std::unique_ptr<Message> completed;
  if (LacksEtag(request)) {
    if (const auto etag = etags.Of(TargetOf(request)); etag.has_value())
      completed = WithEtag(request, *etag);
  }
  const Message& carried = completed != nullptr ? *completed : request;
  if (absl::Status valid = contract::CheckRequest(carried); !valid.ok()) return valid;
  const rpc::MutationRoute* route = router.MutationOf(*carried.GetDescriptor());
  if (route == nullptr) {
    return contract::Refuse(contract::Reason::REASON_METHOD_UNKNOWN,
                            {{"method", carried.GetTypeName()}});
  }
  return (*route)(mutation, carried).status();
}

}  // namespace

void ImportService::Register(rpc::Router& router) {
  router.Offer("thidua.registry.v1.ImportService")
      .Unary("ImportRegistry", this, &ImportService::ImportRegistry);
}

absl::StatusOr<v1::ImportRegistryResponse> ImportService::ImportRegistry(
    rpc::CallContext& context, const v1::ImportRegistryRequest& request) {
  // A refused import is an answer, since no error carries hundreds of problems, but its transaction
  // must not commit: so its body fails, and the answer waits here.
  std::optional<v1::ImportRegistryResponse> refused;
  auto answer = rpc::RunMutation<v1::ImportRegistryResponse>(
      context, writing_, rpc::IsRehearsal(request),
      [&](rpc::Mutation& mutation) -> absl::StatusOr<v1::ImportRegistryResponse> {
        auto tried = Try(mutation, request);
        if (!tried.ok() || tried->problem_count() == 0) return tried;
        refused = *std::move(tried);
        return absl::FailedPreconditionError("writes of the import were refused");
      });
  if (refused.has_value()) return *std::move(refused);
  return answer;
}

absl::StatusOr<v1::ImportRegistryResponse> ImportService::Try(
    rpc::Mutation& mutation, const v1::ImportRegistryRequest& request) const {
  EtagsLeft etags(mutation.transaction());
  Refusals refusals;
  int tried = 0;
  for (const v1::RegistryWrite& write : request.writes()) {
    const Message* carried = RequestIn(write);
    const absl::Status done =
        carried == nullptr ? NothingToWrite() : Carry(router_, mutation, *carried, etags);
    if (!done.ok() && !ConcernsOneWrite(done)) return done;
    if (!done.ok()) refusals.Add(tried, write, carried, done);
    ++tried;
    if (mutation.transaction().ended()) break;
  }
  v1::ImportRegistryResponse response = std::move(refusals).Answer(tried);
  response.set_applied(response.problem_count() == 0 && !request.validate_only());
  return response;
}

}  // namespace thidua::registry
