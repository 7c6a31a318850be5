// awards: what it is worth — scoring schemes and rankings computed from published figures.
#include <memory>

#include "common/service/service.h"
#include "services/awards/scoring/scoring_service.h"
#include "thidua/reporting/v1/consolidation_service.pb.h"

namespace {

using namespace thidua;  // NOLINT: this file only puts rooms together

constexpr char kReporting[] = "reporting";

// Public keys of what this service reads documents of.
using DocumentKeys = runtime::FileInForce<document::VerifyingKeys>;

struct Rooms {
  Rooms(service::Foundation& on, std::unique_ptr<DocumentKeys> keys)
      : document_keys(std::move(keys)), scoring(on.writing, on.directory, on.page_tokens, [this] {
          return document_keys == nullptr ? nullptr : document_keys->Current();
        }) {}

  const std::unique_ptr<DocumentKeys> document_keys;
  awards::ScoringService scoring;
};

// The keys that reporting signs and has signed its documents with; null when the configuration
// names no file of them.
absl::StatusOr<std::unique_ptr<DocumentKeys>> OpenDocumentKeys(
    const runtime::ServiceConfig& config) {
  for (const auto& follow : config.follow()) {
    if (follow.service() == kReporting && !follow.document_key_file().empty()) {
      return DocumentKeys::Open("document keys of reporting", follow.document_key_file(),
                                document::VerifyingKeys::Load);
    }
  }
  return nullptr;
}

absl::StatusOr<service::Rooms> Furnish(service::Foundation& foundation, rpc::Router& router) {
  auto keys = OpenDocumentKeys(foundation.config);
  if (!keys.ok()) return keys.status();
  auto rooms = std::make_shared<Rooms>(foundation, *std::move(keys));
  rooms->scoring.Register(router);
  service::Rooms all{rooms, {}, {}};
  all.following[kReporting].types = {reporting::v1::Publication::descriptor()->full_name()};
  if (rooms->document_keys != nullptr) {
    DocumentKeys& file = *rooms->document_keys;
    all.mounted.push_back({file.what(), [&file] { return file.Refresh(); }});
  }
  return all;
}

}  // namespace

int main(int argc, char** argv) {
  return service::Main({"awards", "what it is worth: scoring schemes, rankings",
                        database::awards_migrations(), Furnish, nullptr},
                       argc, argv);
}
