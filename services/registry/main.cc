// registry: who — schools, lineage, clusters, memberships, leadership terms, and what the clusters
// agree on, plan and reach.
#include <memory>

#include "common/service/service.h"
#include "services/registry/clusters/cluster_service.h"
#include "services/registry/clusters/load_directory.h"
#include "services/registry/documents/document_service.h"
#include "services/registry/identifiers/identifier_service.h"
#include "services/registry/imports/import_service.h"
#include "services/registry/pacts/pact_service.h"
#include "services/registry/programmes/programme_service.h"
#include "services/registry/schools/school_service.h"
#include "services/registry/standards/standard_service.h"
#include "services/registry/successions/succession_service.h"

namespace {

using namespace thidua;  // NOLINT: this file only puts rooms together

struct Rooms {
  Rooms(service::Foundation& on, const rpc::Router& router)
      : schools(on.writing, on.directory, on.page_tokens),
        clusters(on.writing, on.directory, on.page_tokens),
        documents(on.writing, on.page_tokens),
        identifiers(on.writing, on.directory, on.page_tokens),
        pacts(on.writing, on.directory, on.page_tokens),
        programmes(on.writing, on.directory, on.page_tokens),
        standards(on.writing, on.directory, on.page_tokens),
        successions(on.writing, on.page_tokens),
        imports(on.writing, router) {}

  registry::SchoolService schools;
  registry::ClusterService clusters;
  registry::DocumentService documents;
  registry::IdentifierService identifiers;
  registry::PactService pacts;
  registry::ProgrammeService programmes;
  registry::StandardService standards;
  registry::SuccessionService successions;
  registry::ImportService imports;
};

absl::StatusOr<service::Rooms> Furnish(service::Foundation& foundation, rpc::Router& router) {
  auto rooms = std::make_shared<Rooms>(foundation, router);
  rooms->schools.Register(router);
  rooms->clusters.Register(router);
  rooms->documents.Register(router);
  rooms->identifiers.Register(router);
  rooms->pacts.Register(router);
  rooms->programmes.Register(router);
  rooms->standards.Register(router);
  rooms->successions.Register(router);
  rooms->imports.Register(router);
  return service::Rooms{rooms, {}, {}};
}

}  // namespace

int main(int argc, char** argv) {
  return service::Main(
      {"registry", "who: schools, lineage, clusters, leaders, pacts, programmes, standards",
       database::registry_migrations(), Furnish, registry::LoadDirectory},
      argc, argv);
}
