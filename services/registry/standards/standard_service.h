// Answers thidua.registry.v1.StandardService.
#ifndef THIDUA_SERVICES_REGISTRY_STANDARDS_STANDARD_SERVICE_H_
#define THIDUA_SERVICES_REGISTRY_STANDARDS_STANDARD_SERVICE_H_

#include <functional>
#include <optional>
#include <string>

#include "common/contract/page_token.h"
#include "common/directory/directory.h"
#include "common/rpc/router.h"
#include "services/registry/documents/document_store.h"
#include "services/registry/schools/school_store.h"
#include "services/registry/standards/standard_rules.h"
#include "services/registry/standards/standard_store.h"
#include "thidua/registry/v1/standard_service.pb.h"

namespace thidua::registry {

class StandardService {
 public:
  // All must outlive the service.
  StandardService(const rpc::Writing& writing, directory::Directory& directory,
                  const contract::PageTokens& page_tokens);

  void Register(rpc::Router& router);

  using Context = rpc::CallContext;
  using Mutation = rpc::Mutation;

  absl::StatusOr<v1::StandardScheme> CreateStandardScheme(
      Mutation& mutation, const v1::CreateStandardSchemeRequest& request);
  absl::StatusOr<v1::StandardScheme> UpdateStandardScheme(
      Mutation& mutation, const v1::UpdateStandardSchemeRequest& request);
  absl::StatusOr<v1::StandardScheme> GetStandardScheme(Context& context,
                                                       const v1::GetStandardSchemeRequest& request);
  absl::StatusOr<v1::ListStandardSchemesResponse> ListStandardSchemes(
      Context& context, const v1::ListStandardSchemesRequest& request);

  absl::StatusOr<v1::StandardCase> GetStandardCase(Context& context,
                                                   const v1::GetStandardCaseRequest& request);
  absl::StatusOr<v1::ListStandardCasesResponse> ListStandardCases(
      Context& context, const v1::ListStandardCasesRequest& request);
  absl::StatusOr<v1::StandardRegister> GetStandardRegister(
      Context& context, const v1::GetStandardRegisterRequest& request);

  absl::StatusOr<v1::StandardCase> ApproveStandardScheme(
      Mutation& mutation, const v1::ApproveStandardSchemeRequest& request);
  absl::StatusOr<v1::StandardCase> SelfAssessStandard(Mutation& mutation,
                                                      const v1::SelfAssessStandardRequest& request);
  absl::StatusOr<v1::StandardCase> RecordProvincialAssessment(
      Mutation& mutation, const v1::RecordProvincialAssessmentRequest& request);
  absl::StatusOr<v1::StandardCase> SubmitStandardCase(Mutation& mutation,
                                                      const v1::SubmitStandardCaseRequest& request);
  absl::StatusOr<v1::StandardCase> RecordStandardSurvey(
      Mutation& mutation, const v1::RecordStandardSurveyRequest& request);
  absl::StatusOr<v1::StandardCase> RecordStandardAppraisal(
      Mutation& mutation, const v1::RecordStandardAppraisalRequest& request);
  absl::StatusOr<v1::StandardCase> RecogniseStandard(Mutation& mutation,
                                                     const v1::RecogniseStandardRequest& request);
  absl::StatusOr<v1::StandardCase> CertifyStandard(Mutation& mutation,
                                                   const v1::CertifyStandardRequest& request);
  absl::StatusOr<v1::StandardCase> ReturnStandardCase(Mutation& mutation,
                                                      const v1::ReturnStandardCaseRequest& request);
  absl::StatusOr<v1::StandardCase> ReportStandardProgress(
      Mutation& mutation, const v1::ReportStandardProgressRequest& request);
  absl::StatusOr<v1::StandardCase> RecordStandardStep(Mutation& mutation,
                                                      const v1::RecordStandardStepRequest& request);
  absl::StatusOr<v1::StandardCase> CorrectStandardStep(
      Mutation& mutation, const v1::CorrectStandardStepRequest& request);

  absl::StatusOr<v1::StandardAssessment> CreateStandardAssessment(
      Mutation& mutation, const v1::CreateStandardAssessmentRequest& request);
  absl::StatusOr<v1::StandardAssessment> UpdateStandardAssessment(
      Mutation& mutation, const v1::UpdateStandardAssessmentRequest& request);
  absl::StatusOr<v1::StandardAssessment> GetStandardAssessment(
      Context& context, const v1::GetStandardAssessmentRequest& request);
  absl::StatusOr<v1::ListStandardAssessmentsResponse> ListStandardAssessments(
      Context& context, const v1::ListStandardAssessmentsRequest& request);
  absl::StatusOr<v1::StandardGaps> GetStandardGaps(Context& context,
                                                   const v1::GetStandardGapsRequest& request);

 private:
  // What a step does to a case.
  using Move = std::function<absl::StatusOr<v1::StandardCase>(
      v1::StandardCase standard_case, v1::StandardStep step, const StepGround& ground)>;

  // The case of that name with its school held; nothing when there is none yet, and then the
  // schools that follow are held too.
  absl::StatusOr<std::optional<v1::StandardCase>> Hold(Mutation& mutation, const std::string& name);
  // The same for a case that must be there.
  absl::StatusOr<v1::StandardCase> HoldExisting(Mutation& mutation, const std::string& name);
  // Moves a case, stored already or new (without an etag of its own), by `step`. `etag`: what the
  // caller read.
  absl::StatusOr<v1::StandardCase> Apply(Mutation& mutation, v1::StandardCase standard_case,
                                         v1::StandardStep step, const std::string& etag,
                                         const resource::Why& why, const Move& move);
  // An act done here by a request with name, step and etag.
  template <class Request>
  absl::StatusOr<v1::StandardCase> Take(Mutation& mutation, const Request& request,
                                        v1::StandardStepType type);
  // The new case that RecordStandardStep asks for.
  absl::StatusOr<v1::StandardCase> OpenToRecord(Mutation& mutation,
                                                const v1::RecordStandardStepRequest& request);
  // The step with the counts of its assessment, which no longer changes from then on.
  absl::StatusOr<v1::StandardStep> WithAssessment(Mutation& mutation,
                                                  const v1::StandardCase& standard_case,
                                                  v1::StandardStep step);
  absl::StatusOr<v1::StandardScheme> SchemeOf(database::Connection& connection,
                                              const std::string& standard_case);
  // Adds the entries of all schools of the day, or of the members of a cluster.
  absl::Status AddSchools(database::Connection& connection, absl::CivilDay day,
                          v1::StandardRegister& answer);
  absl::Status AddMembers(database::Connection& connection, const directory::SchoolMap& map,
                          const std::string& cluster, absl::CivilDay day,
                          v1::StandardRegister& answer);
  // Where the school came from, and how its predecessors stand.
  absl::Status FillLineage(database::Connection& connection, v1::StandardCase& standard_case);

  const rpc::Writing& writing_;
  database::Pool& pool_;
  directory::Directory& directory_;
  const contract::PageTokens& page_tokens_;
  const DocumentStore documents_;
  const SchoolStore schools_;
  const StandardStore store_;
};

}  // namespace thidua::registry

#endif  // THIDUA_SERVICES_REGISTRY_STANDARDS_STANDARD_SERVICE_H_
