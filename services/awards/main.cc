// awards: what it is worth — scoring schemes and rankings computed from published figures.
#include <memory>
#include <optional>

#include "common/service/service.h"
#include "services/awards/scoring/scoring_service.h"
#include "thidua/reporting/v1/consolidation_service.pb.h"

namespace {

using namespace thidua;  // NOLINT: this file only puts rooms together

constexpr char kReporting[] = "reporting";

struct Rooms {
  Rooms(service::Foundation& on, std::optional<document::VerifyingKey> key)
      : document_key(std::move(key)),
        scoring(on.writing, on.directory, on.page_tokens,
                document_key.has_value() ? &*document_key : nullptr) {}

  const std::optional<document::VerifyingKey> document_key;
  awards::ScoringService scoring;
};

// The key that reporting signs its documents with, when the configuration names it.
absl::StatusOr<std::optional<document::VerifyingKey>> DocumentKey(
    const runtime::ServiceConfig& config) {
  for (const auto& follow : config.follow()) {
    if (follow.service() != kReporting || follow.document_key_file().empty()) continue;
    auto key = document::VerifyingKey::FromPemFile(follow.document_key_file());
    if (!key.ok()) return key.status();
    return std::optional(*std::move(key));
  }
  return std::nullopt;
}

absl::StatusOr<service::Rooms> Furnish(service::Foundation& foundation, rpc::Router& router) {
  auto key = DocumentKey(foundation.config);
  if (!key.ok()) return key.status();
  auto rooms = std::make_shared<Rooms>(foundation, *std::move(key));
  rooms->scoring.Register(router);
  service::Rooms all{rooms, {}};
  all.following[kReporting].types = {reporting::v1::Publication::descriptor()->full_name()};
  return all;
}

}  // namespace

int main(int argc, char** argv) {
  return service::Main({"awards", "what it is worth: scoring schemes, rankings",
                        database::awards_migrations(), Furnish, nullptr},
                       argc, argv);
}
