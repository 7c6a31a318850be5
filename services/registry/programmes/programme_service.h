// Answers thidua.registry.v1.ProgrammeService.
#ifndef THIDUA_SERVICES_REGISTRY_PROGRAMMES_PROGRAMME_SERVICE_H_
#define THIDUA_SERVICES_REGISTRY_PROGRAMMES_PROGRAMME_SERVICE_H_

#include <set>
#include <string>

#include "absl/functional/function_ref.h"
#include "common/contract/page_token.h"
#include "common/directory/directory.h"
#include "common/rpc/router.h"
#include "services/registry/clusters/cluster_store.h"
#include "services/registry/documents/document_store.h"
#include "services/registry/programmes/activity_rules.h"
#include "services/registry/programmes/programme_store.h"
#include "services/registry/schools/school_store.h"
#include "thidua/registry/v1/programme_service.pb.h"

namespace thidua::registry {

// What a transaction of this room relies on it touches: schools, then the cluster, then the
// programme.
class ProgrammeService {
 public:
  // All must outlive the service.
  ProgrammeService(const rpc::Writing& writing, directory::Directory& directory,
                   const contract::PageTokens& page_tokens);

  void Register(rpc::Router& router);

  template <class M>
  using Answer = absl::StatusOr<M>;
  using Context = rpc::CallContext;
  using Mutation = rpc::Mutation;

  Answer<v1::Programme> GetProgramme(Context& context, const v1::GetProgrammeRequest& request);
  Answer<v1::ListProgrammesResponse> ListProgrammes(Context& context,
                                                    const v1::ListProgrammesRequest& request);
  Answer<v1::Programme> CreateProgramme(Mutation& mutation,
                                        const v1::CreateProgrammeRequest& request);
  Answer<v1::Programme> UpdateProgramme(Mutation& mutation,
                                        const v1::UpdateProgrammeRequest& request);

  Answer<v1::ProgrammeText> GetProgrammeText(Context& context,
                                             const v1::GetProgrammeTextRequest& request);
  Answer<v1::ListProgrammeTextsResponse> ListProgrammeTexts(
      Context& context, const v1::ListProgrammeTextsRequest& request);
  Answer<v1::ProgrammeText> CreateProgrammeText(Mutation& mutation,
                                                const v1::CreateProgrammeTextRequest& request);
  Answer<v1::ProgrammeText> UpdateProgrammeText(Mutation& mutation,
                                                const v1::UpdateProgrammeTextRequest& request);
  Answer<v1::ProgrammeText> AdoptProgrammeText(Mutation& mutation,
                                               const v1::AdoptProgrammeTextRequest& request);

  Answer<v1::Activity> GetActivity(Context& context, const v1::GetActivityRequest& request);
  Answer<v1::ListActivitiesResponse> ListActivities(Context& context,
                                                    const v1::ListActivitiesRequest& request);
  Answer<v1::Activity> CreateActivity(Mutation& mutation, const v1::CreateActivityRequest& request);
  Answer<v1::Activity> UpdateActivity(Mutation& mutation, const v1::UpdateActivityRequest& request);
  Answer<v1::Activity> JoinActivity(Mutation& mutation, const v1::JoinActivityRequest& request);
  Answer<v1::Activity> CompleteActivity(Mutation& mutation,
                                        const v1::CompleteActivityRequest& request);
  Answer<v1::Activity> MoveActivity(Mutation& mutation, const v1::MoveActivityRequest& request);
  Answer<v1::Activity> CancelActivity(Mutation& mutation, const v1::CancelActivityRequest& request);

  Answer<v1::ActivitySummary> SummariseActivities(Context& context,
                                                  const v1::SummariseActivitiesRequest& request);
  Answer<v1::ProgrammeOverview> GetProgrammeOverview(
      Context& context, const v1::GetProgrammeOverviewRequest& request);

 private:
  // What may be done to an activity between reading and writing it.
  using ChangeActivity = absl::FunctionRef<Answer<v1::Activity>(v1::Activity activity)>;
  // Reads, changes and writes an activity.
  Answer<v1::Activity> Change(Mutation& mutation, const std::string& name, const std::string& etag,
                              const resource::Why& why, ChangeActivity change);

  // The schools exist on one of the days; they are held.
  absl::Status HoldSchools(database::Transaction& transaction, const v1::Activity& activity,
                           const Naming& naming);
  // Everything that the activity names, held.
  absl::Status HoldNamed(database::Transaction& transaction, const v1::Activity& activity);

  template <class M, class Request>
  Answer<typename resource::Table<M>::Page> ReadPage(Context& context,
                                                     const resource::Table<M>& table,
                                                     const resource::Where& where,
                                                     const Request& request,
                                                     std::string* next_page_token);

  const rpc::Writing& writing_;
  database::Pool& pool_;
  directory::Directory& directory_;
  const contract::PageTokens& page_tokens_;
  const ProgrammeStore store_;
  const ClusterStore clusters_;
  const SchoolStore schools_;
  const DocumentStore documents_;
};

}  // namespace thidua::registry

#endif  // THIDUA_SERVICES_REGISTRY_PROGRAMMES_PROGRAMME_SERVICE_H_
