// Answers thidua.registry.v1.ImportService.
#ifndef THIDUA_SERVICES_REGISTRY_IMPORTS_IMPORT_SERVICE_H_
#define THIDUA_SERVICES_REGISTRY_IMPORTS_IMPORT_SERVICE_H_

#include "common/rpc/router.h"
#include "thidua/registry/v1/import_service.pb.h"

namespace thidua::registry {

class ImportService {
 public:
  // `router`: where the writes that an import carries are registered. Both must outlive the
  // service.
  ImportService(const rpc::Writing& writing, const rpc::Router& router)
      : writing_(writing), router_(router) {}

  void Register(rpc::Router& router);

  absl::StatusOr<v1::ImportRegistryResponse> ImportRegistry(
      rpc::CallContext& context, const v1::ImportRegistryRequest& request);

 private:
  // Every write in turn; what was refused is in the answer. An error ends the whole.
  absl::StatusOr<v1::ImportRegistryResponse> Try(rpc::Mutation& mutation,
                                                 const v1::ImportRegistryRequest& request) const;

  const rpc::Writing& writing_;
  const rpc::Router& router_;
};

}  // namespace thidua::registry

#endif  // THIDUA_SERVICES_REGISTRY_IMPORTS_IMPORT_SERVICE_H_
