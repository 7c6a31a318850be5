#include "services/registry/standards/standard_service.h"

#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/contract/field_mask.h"
#include "common/contract/resource_name.h"
#include "services/registry/standards/assessment_rules.h"
#include "services/registry/standards/register_rules.h"
#include "services/registry/standards/scheme_rules.h"

namespace thidua::registry {

using contract::Reason;
using database::Transaction;
using v1::StandardAssessment;
using v1::StandardCase;
using v1::StandardScheme;
using v1::StandardStep;

namespace {

constexpr int kUsualPage = 100;
constexpr int kLargestPage = 500;
// Assessments are large: findings of 64 indicators with their evidence.
constexpr int kUsualAssessments = 50;
constexpr int kMostAssessments = 100;
constexpr int kSchoolsAtOnce = 500;

// The request checks have seen that it is a date.
absl::CivilDay DayOr(bool given, const google::type::Date& date, absl::CivilDay otherwise) {
  return given ? runtime::DayFromProto(date).value_or(otherwise) : otherwise;
}

std::string CaseOf(const std::string& assessment) {
  return assessment.substr(0, assessment.rfind("/assessments/"));
}

absl::Status NotFound(const std::string& name) {
  return contract::Refuse(Reason::REASON_NOT_FOUND, {{"resource", name}});
}

// "SURVEYED", the kind of change that a step is.
std::string KindOf(v1::StandardStepType type) {
  constexpr size_t kPrefix = std::char_traits<char>::length("STANDARD_STEP_TYPE_");
  return v1::StandardStepType_Name(type).substr(kPrefix);
}

// Only the Academy speaks for the province and for itself.
absl::Status CheckAssessor(rpc::CallContext& context, const StandardAssessment& assessment) {
  if (context.reach() == access::Reach::kAll ||
      assessment.assessor() == v1::STANDARD_ASSESSOR_SCHOOL) {
    return absl::OkStatus();
  }
  return BreaksRule(assessment.name(), "a school records and changes its own assessments only",
                    "trường chỉ được ghi và sửa bản tự đánh giá của mình");
}

absl::Status OtherScheme(const StandardCase& standard_case) {
  return contract::RefuseFields({{"scheme", "is not " + standard_case.scheme() + ", the case's",
                                  "không phải " + standard_case.scheme() + " của hồ sơ"}});
}

StandardStep OfType(StandardStep step, v1::StandardStepType type) {
  step.set_type(type);
  return step;
}

}  // namespace

StandardService::StandardService(const rpc::Writing& writing, directory::Directory& directory,
                                 const contract::PageTokens& page_tokens)
    : writing_(writing), pool_(writing.pool), directory_(directory), page_tokens_(page_tokens) {}

void StandardService::Register(rpc::Router& router) {
  using Self = StandardService;
  router.Offer("thidua.registry.v1.StandardService")
      .Mutation("CreateStandardScheme", writing_, this, &Self::CreateStandardScheme)
      .Mutation("UpdateStandardScheme", writing_, this, &Self::UpdateStandardScheme)
      .Unary("GetStandardScheme", this, &Self::GetStandardScheme)
      .Unary("ListStandardSchemes", this, &Self::ListStandardSchemes)
      .Unary("GetStandardCase", this, &Self::GetStandardCase)
      .Unary("ListStandardCases", this, &Self::ListStandardCases)
      .Unary("GetStandardRegister", this, &Self::GetStandardRegister)
      .Mutation("ApproveStandardScheme", writing_, this, &Self::ApproveStandardScheme)
      .Mutation("SelfAssessStandard", writing_, this, &Self::SelfAssessStandard)
      .Mutation("RecordProvincialAssessment", writing_, this, &Self::RecordProvincialAssessment)
      .Mutation("SubmitStandardCase", writing_, this, &Self::SubmitStandardCase)
      .Mutation("RecordStandardSurvey", writing_, this, &Self::RecordStandardSurvey)
      .Mutation("RecordStandardAppraisal", writing_, this, &Self::RecordStandardAppraisal)
      .Mutation("RecogniseStandard", writing_, this, &Self::RecogniseStandard)
      .Mutation("CertifyStandard", writing_, this, &Self::CertifyStandard)
      .Mutation("ReturnStandardCase", writing_, this, &Self::ReturnStandardCase)
      .Mutation("ReportStandardProgress", writing_, this, &Self::ReportStandardProgress)
      .Mutation("RecordStandardStep", writing_, this, &Self::RecordStandardStep)
      .Mutation("CorrectStandardStep", writing_, this, &Self::CorrectStandardStep)
      .Mutation("CreateStandardAssessment", writing_, this, &Self::CreateStandardAssessment)
      .Mutation("UpdateStandardAssessment", writing_, this, &Self::UpdateStandardAssessment)
      .Unary("GetStandardAssessment", this, &Self::GetStandardAssessment)
      .Unary("ListStandardAssessments", this, &Self::ListStandardAssessments)
      .Unary("GetStandardGaps", this, &Self::GetStandardGaps);
}

// ---- Schemes.

absl::StatusOr<StandardScheme> StandardService::CreateStandardScheme(
    Mutation& mutation, const v1::CreateStandardSchemeRequest& request) {
  StandardScheme scheme = request.standard_scheme();
  scheme.set_name(contract::Join({"standardSchemes", request.standard_scheme_id()}));
  absl::Status status = CheckScheme(scheme);
  if (status.ok()) status = documents_.CheckNamed(mutation.connection(), scheme);
  if (!status.ok()) return status;
  return store_.schemes().Create(mutation.transaction(), mutation.act(), std::move(scheme),
                                 {"CREATED", ""});
}

absl::StatusOr<StandardScheme> StandardService::UpdateStandardScheme(
    Mutation& mutation, const v1::UpdateStandardSchemeRequest& request) {
  Transaction& transaction = mutation.transaction();
  const std::string& name = request.standard_scheme().name();
  // A case is opened with its scheme held.
  if (absl::Status status = store_.schemes().Touch(transaction, name); !status.ok()) return status;
  const auto before = store_.schemes().Get(transaction.connection(), name);
  if (!before.ok()) return before;
  StandardScheme after = *before;
  absl::Status status =
      contract::ApplyUpdate(request.standard_scheme(), request.update_mask(), &after);
  if (status.ok()) status = CheckScheme(after);
  if (status.ok()) status = documents_.CheckNamed(transaction.connection(), after);
  if (!status.ok()) return status;
  const absl::StatusOr<bool> used = store_.IsUsed(transaction.connection(), name);
  if (!used.ok()) return used.status();
  if (*used) status = CheckOnlyGrows(*before, after);
  if (!status.ok()) return status;
  return store_.schemes().Update(transaction, mutation.act(), std::move(after), request.etag(),
                                 {"UPDATED", ""});
}

absl::StatusOr<StandardScheme> StandardService::GetStandardScheme(
    Context& context, const v1::GetStandardSchemeRequest& request) {
  auto connection = pool_.Borrow(context.bounds());
  if (!connection.ok()) return connection.status();
  return store_.schemes().Get(**connection, request.name());
}

absl::StatusOr<v1::ListStandardSchemesResponse> StandardService::ListStandardSchemes(
    Context& context, const v1::ListStandardSchemesRequest& request) {
  const auto position = page_tokens_.Read(context.act().method, request);
  if (!position.ok()) return position.status();
  auto connection = pool_.Borrow(context.bounds());
  if (!connection.ok()) return connection.status();
  auto page =
      store_.schemes().List(**connection, {}, *position,
                            contract::PageSize(request.page_size(), kUsualPage, kLargestPage));
  if (!page.ok()) return page.status();
  v1::ListStandardSchemesResponse response;
  for (StandardScheme& scheme : page->resources)
    *response.add_standard_schemes() = std::move(scheme);
  if (!page->next.empty())
    response.set_next_page_token(page_tokens_.Make(context.act().method, request, page->next));
  return response;
}

// ---- Cases.

absl::StatusOr<StandardCase> StandardService::GetStandardCase(
    Context& context, const v1::GetStandardCaseRequest& request) {
  auto connection = pool_.Borrow(context.bounds());
  if (!connection.ok()) return connection.status();
  absl::StatusOr<StandardCase> standard_case = store_.cases().Get(**connection, request.name());
  if (!standard_case.ok()) return standard_case;
  if (absl::Status status = FillLineage(**connection, *standard_case); !status.ok()) return status;
  return standard_case;
}

absl::Status StandardService::FillLineage(database::Connection& connection,
                                          StandardCase& standard_case) {
  if (standard_case.lineage_event().empty()) return absl::OkStatus();
  auto event = schools_.events().Get(connection, standard_case.lineage_event());
  if (!event.ok()) return event.status();
  *standard_case.mutable_lineage() = *std::move(event);
  for (const std::string& name : standard_case.predecessor_cases()) {
    const auto earlier = store_.cases().Get(connection, name);
    if (!earlier.ok()) return earlier.status();
    v1::PredecessorStanding& standing = *standard_case.add_predecessors();
    standing.set_standard_case(name);
    standing.set_state(earlier->state());
    if (earlier->has_recognised_earliest())
      *standing.mutable_recognised_earliest() = earlier->recognised_earliest();
    if (earlier->has_recognised_latest())
      *standing.mutable_recognised_latest() = earlier->recognised_latest();
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::ListStandardCasesResponse> StandardService::ListStandardCases(
    Context& context, const v1::ListStandardCasesRequest& request) {
  const auto position = page_tokens_.Read(context.act().method, request);
  if (!position.ok()) return position.status();
  const auto filter = contract::ParseFilter(request.filter(), StandardStore::Filters());
  if (!filter.ok()) return filter.status();
  std::optional<absl::CivilDay> day;
  if (request.has_recognised_as_of())
    day = DayOr(true, request.recognised_as_of(), context.today());
  auto connection = pool_.Borrow(context.bounds());
  if (!connection.ok()) return connection.status();
  auto page = store_.cases().List(
      **connection, StandardStore::CasesMatching(request.school(), day, *filter), *position,
      contract::PageSize(request.page_size(), kUsualPage, kLargestPage));
  if (!page.ok()) return page.status();
  v1::ListStandardCasesResponse response;
  for (StandardCase& standard_case : page->resources)
    *response.add_standard_cases() = std::move(standard_case);
  if (!page->next.empty())
    response.set_next_page_token(page_tokens_.Make(context.act().method, request, page->next));
  return response;
}

absl::StatusOr<v1::StandardRegister> StandardService::GetStandardRegister(
    Context& context, const v1::GetStandardRegisterRequest& request) {
  const absl::CivilDay day = DayOr(request.has_as_of(), request.as_of(), context.today());
  auto connection = pool_.Borrow(context.bounds());
  if (!connection.ok()) return connection.status();
  v1::StandardRegister answer;
  answer.set_level(request.level());
  *answer.mutable_as_of() = runtime::DayToProto(day);
  absl::Status status;
  if (request.cluster().empty()) {
    status = AddSchools(**connection, day, answer);
  } else {
    const std::shared_ptr<const directory::SchoolMap> map = directory_.Current();
    context.set_position(map->position());
    status = AddMembers(**connection, *map, request.cluster(), day, answer);
  }
  if (!status.ok()) return status;
  SetCounts(answer);
  return answer;
}

absl::Status StandardService::AddSchools(database::Connection& connection, absl::CivilDay day,
                                         v1::StandardRegister& answer) {
  auto stored = store_.CasesOfLevel(connection, answer.level());
  if (!stored.ok()) return stored.status();
  const CasesOfLevel cases(answer.level(), *std::move(stored));
  contract::Parameters after;
  do {
    auto page = schools_.schools().List(connection, SchoolStore::Matching(day, {"TRUE", {}}, ""),
                                        after, kSchoolsAtOnce);
    if (!page.ok()) return page.status();
    for (const v1::School& school : page->resources) {
      v1::StandardRegisterEntry& entry = *answer.add_entries();
      entry = cases.EntryOf(school.name(), day);
      entry.set_display_name(directory::DisplayNameOf(school, day));
    }
    after = std::move(page->next);
  } while (!after.empty());
  return absl::OkStatus();
}

absl::Status StandardService::AddMembers(database::Connection& connection,
                                         const directory::SchoolMap& map,
                                         const std::string& cluster, absl::CivilDay day,
                                         v1::StandardRegister& answer) {
  const std::string id = contract::SegmentAfter(cluster, "clusters").value_or("");
  if (map.Cluster(id) == nullptr) return NotFound(cluster);
  const std::vector<directory::Member> members = map.MembersOf(id, day);
  std::vector<std::string> names;
  for (const directory::Member& member : members)
    names.push_back(CaseName(contract::Join({"schools", member.school}), answer.level()));
  auto stored = store_.CasesInLine(connection, std::move(names));
  if (!stored.ok()) return stored.status();
  const CasesOfLevel cases(answer.level(), *std::move(stored));
  for (const directory::Member& member : members) {
    v1::StandardRegisterEntry& entry = *answer.add_entries();
    entry = cases.EntryOf(contract::Join({"schools", member.school}), day);
    entry.set_display_name(std::string(member.display_name));
  }
  return absl::OkStatus();
}

// ---- Steps.

absl::StatusOr<std::optional<StandardCase>> StandardService::Hold(Mutation& mutation,
                                                                  const std::string& name) {
  Transaction& transaction = mutation.transaction();
  const auto seen = store_.FindCase(transaction.connection(), name);
  if (!seen.ok()) return seen.status();
  // A case, once there, stays.
  const absl::Status held = seen->has_value()
                                ? schools_.schools().Touch(transaction, SchoolOf(name))
                                : store_.HoldLine(transaction, SchoolOf(name));
  if (!held.ok()) return held;
  return store_.FindCase(transaction.connection(), name);
}

absl::StatusOr<StandardCase> StandardService::HoldExisting(Mutation& mutation,
                                                           const std::string& name) {
  absl::StatusOr<std::optional<StandardCase>> stored = Hold(mutation, name);
  if (!stored.ok()) return stored.status();
  if (!stored->has_value()) return NotFound(name);
  return **std::move(stored);
}

absl::StatusOr<StandardCase> StandardService::Apply(Mutation& mutation, StandardCase standard_case,
                                                    StandardStep step, const std::string& etag,
                                                    const resource::Why& why, const Move& move) {
  Transaction& transaction = mutation.transaction();
  const bool is_new = standard_case.etag().empty();
  if (!is_new) {
    // Nobody is told about a state that they have not seen.
    const auto seen = store_.cases().GetAt(transaction, standard_case.name(), etag);
    if (!seen.ok()) return seen;
  }
  if (absl::Status status = documents_.CheckNamed(transaction.connection(), step); !status.ok())
    return status;
  const auto school =
      schools_.schools().Get(transaction.connection(), SchoolOf(standard_case.name()));
  if (!school.ok()) return school.status();
  const auto scheme = store_.schemes().Get(transaction.connection(), standard_case.scheme());
  if (!scheme.ok()) return scheme.status();
  absl::StatusOr<StandardStep> complete = WithAssessment(mutation, standard_case, std::move(step));
  if (!complete.ok()) return complete.status();
  absl::StatusOr<StandardCase> moved = move(std::move(standard_case), *std::move(complete),
                                            StepGround{*scheme, *school, mutation.today()});
  if (!moved.ok()) return moved;
  if (!is_new)
    return store_.cases().Update(transaction, mutation.act(), *std::move(moved), etag, why);
  absl::StatusOr<StandardCase> opened =
      store_.cases().Create(transaction, mutation.act(), *std::move(moved), why);
  if (!opened.ok()) return opened;
  const absl::Status status = store_.EnsureFollowers(transaction, mutation.act(), school->name());
  if (!status.ok()) return status;
  return opened;
}

absl::StatusOr<StandardStep> StandardService::WithAssessment(Mutation& mutation,
                                                             const StandardCase& standard_case,
                                                             StandardStep step) {
  const std::string name = step.assessment();
  if (name.empty()) return step;
  if (CaseOf(name) != standard_case.name()) {
    return contract::RefuseFields(
        {{"step.assessment", "belongs to another case", "thuộc hồ sơ khác"}});
  }
  Transaction& transaction = mutation.transaction();
  if (absl::Status status = store_.assessments().Touch(transaction, name); !status.ok())
    return status;
  absl::StatusOr<StandardAssessment> assessment =
      store_.assessments().Get(transaction.connection(), name);
  if (!assessment.ok()) return assessment.status();
  absl::StatusOr<StandardStep> resting = RestingOn(std::move(step), *assessment);
  if (!resting.ok() || assessment->step_number() != 0) return resting;
  assessment->set_step_number(standard_case.steps_size() + 1);
  const std::string etag = assessment->etag();
  const auto taken = store_.assessments().Update(
      transaction, mutation.act(), *std::move(assessment), etag, {KindOf(resting->type()), ""});
  if (!taken.ok()) return taken.status();
  return resting;
}

template <class Request>
absl::StatusOr<StandardCase> StandardService::Take(Mutation& mutation, const Request& request,
                                                   v1::StandardStepType type) {
  absl::StatusOr<StandardCase> stored = HoldExisting(mutation, request.name());
  if (!stored.ok()) return stored;
  return Apply(mutation, *std::move(stored), OfType(request.step(), type), request.etag(),
               {KindOf(type), ""}, TakeStep);
}

absl::StatusOr<StandardCase> StandardService::ApproveStandardScheme(
    Mutation& mutation, const v1::ApproveStandardSchemeRequest& request) {
  Transaction& transaction = mutation.transaction();
  absl::StatusOr<std::optional<StandardCase>> stored = Hold(mutation, request.name());
  if (!stored.ok()) return stored.status();
  if (absl::Status status = store_.schemes().Touch(transaction, request.scheme()); !status.ok())
    return status;
  const auto scheme = store_.schemes().Get(transaction.connection(), request.scheme());
  if (!scheme.ok()) return scheme.status();
  absl::StatusOr<StandardCase> standard_case = OpenCase(request.name(), *scheme);
  if (!standard_case.ok()) return standard_case;
  if (stored->has_value()) {
    standard_case = **std::move(stored);
    // An assessment is made with its case held.
    if (absl::Status status = store_.cases().Touch(transaction, request.name()); !status.ok())
      return status;
    const auto assessments = store_.AssessmentsOf(transaction.connection(), request.name());
    if (!assessments.ok()) return assessments.status();
    if (IsBlank(*standard_case) && assessments->empty()) {
      standard_case->set_scheme(request.scheme());
    } else if (standard_case->scheme() != request.scheme()) {
      return OtherScheme(*standard_case);
    }
  }
  constexpr auto kType = v1::STANDARD_STEP_TYPE_SCHEME_APPROVED;
  return Apply(mutation, *std::move(standard_case), OfType(request.step(), kType), request.etag(),
               {KindOf(kType), ""}, TakeStep);
}

absl::StatusOr<StandardCase> StandardService::SelfAssessStandard(
    Mutation& mutation, const v1::SelfAssessStandardRequest& request) {
  return Take(mutation, request, v1::STANDARD_STEP_TYPE_SELF_ASSESSED);
}

absl::StatusOr<StandardCase> StandardService::RecordProvincialAssessment(
    Mutation& mutation, const v1::RecordProvincialAssessmentRequest& request) {
  return Take(mutation, request, v1::STANDARD_STEP_TYPE_PROVINCIAL_ASSESSED);
}

absl::StatusOr<StandardCase> StandardService::SubmitStandardCase(
    Mutation& mutation, const v1::SubmitStandardCaseRequest& request) {
  return Take(mutation, request, v1::STANDARD_STEP_TYPE_SUBMITTED_TO_ACADEMY);
}

absl::StatusOr<StandardCase> StandardService::RecordStandardSurvey(
    Mutation& mutation, const v1::RecordStandardSurveyRequest& request) {
  return Take(mutation, request, v1::STANDARD_STEP_TYPE_SURVEYED);
}

absl::StatusOr<StandardCase> StandardService::RecordStandardAppraisal(
    Mutation& mutation, const v1::RecordStandardAppraisalRequest& request) {
  return Take(mutation, request, v1::STANDARD_STEP_TYPE_APPRAISED);
}

absl::StatusOr<StandardCase> StandardService::RecogniseStandard(
    Mutation& mutation, const v1::RecogniseStandardRequest& request) {
  return Take(mutation, request, v1::STANDARD_STEP_TYPE_RECOGNISED);
}

absl::StatusOr<StandardCase> StandardService::CertifyStandard(
    Mutation& mutation, const v1::CertifyStandardRequest& request) {
  return Take(mutation, request, v1::STANDARD_STEP_TYPE_CERTIFIED);
}

absl::StatusOr<StandardCase> StandardService::ReportStandardProgress(
    Mutation& mutation, const v1::ReportStandardProgressRequest& request) {
  return Take(mutation, request, v1::STANDARD_STEP_TYPE_PROGRESS_REPORTED);
}

absl::StatusOr<StandardCase> StandardService::ReturnStandardCase(
    Mutation& mutation, const v1::ReturnStandardCaseRequest& request) {
  absl::StatusOr<StandardCase> stored = HoldExisting(mutation, request.name());
  if (!stored.ok()) return stored;
  StandardStep step = request.step();
  step.set_note(request.reason());
  return Apply(mutation, *std::move(stored), std::move(step), request.etag(),
               {"RETURNED", request.reason()},
               [&](StandardCase standard_case, StandardStep returning, const StepGround& ground) {
                 return ReturnTo(std::move(standard_case), request.returned_to(),
                                 std::move(returning), ground);
               });
}

absl::StatusOr<StandardCase> StandardService::RecordStandardStep(
    Mutation& mutation, const v1::RecordStandardStepRequest& request) {
  if (request.type() == v1::STANDARD_STEP_TYPE_RETURNED) {
    return contract::RefuseFields({{"type", "a return is made by ReturnStandardCase",
                                    "việc trả lại thực hiện bằng ReturnStandardCase"}});
  }
  absl::StatusOr<std::optional<StandardCase>> stored = Hold(mutation, request.name());
  if (!stored.ok()) return stored.status();
  absl::StatusOr<StandardCase> standard_case =
      stored->has_value() ? **std::move(stored) : OpenToRecord(mutation, request);
  if (!standard_case.ok()) return standard_case;
  if (!request.scheme().empty() && standard_case->scheme() != request.scheme())
    return OtherScheme(*standard_case);
  const std::string etag = request.etag().empty() ? standard_case->etag() : request.etag();
  return Apply(mutation, *std::move(standard_case), OfType(request.step(), request.type()), etag,
               {KindOf(request.type()), ""},
               [&](StandardCase before, StandardStep step, const StepGround& ground) {
                 return RecordStep(std::move(before), std::move(step), ground,
                                   request.allow_missing());
               });
}

absl::StatusOr<StandardCase> StandardService::OpenToRecord(
    Mutation& mutation, const v1::RecordStandardStepRequest& request) {
  if (!request.allow_missing()) return NotFound(request.name());
  if (request.scheme().empty()) {
    return contract::RefuseFields(
        {{"scheme", "is required to open a case", "bắt buộc khi mở hồ sơ"}});
  }
  Transaction& transaction = mutation.transaction();
  if (absl::Status status = store_.schemes().Touch(transaction, request.scheme()); !status.ok())
    return status;
  const auto scheme = store_.schemes().Get(transaction.connection(), request.scheme());
  if (!scheme.ok()) return scheme.status();
  return OpenCase(request.name(), *scheme);
}

absl::StatusOr<StandardCase> StandardService::CorrectStandardStep(
    Mutation& mutation, const v1::CorrectStandardStepRequest& request) {
  absl::StatusOr<StandardCase> stored = HoldExisting(mutation, request.name());
  if (!stored.ok()) return stored;
  StandardStep step = request.step();
  // The step keeps the assessment that it rests on.
  step.clear_assessment();
  return Apply(mutation, *std::move(stored), std::move(step), request.etag(),
               {"CORRECTED", request.reason()},
               [&](StandardCase standard_case, StandardStep right, const StepGround& ground) {
                 return CorrectStep(std::move(standard_case), request.number(), std::move(right),
                                    ground);
               });
}

// ---- Assessments.

absl::StatusOr<StandardAssessment> StandardService::CreateStandardAssessment(
    Mutation& mutation, const v1::CreateStandardAssessmentRequest& request) {
  Transaction& transaction = mutation.transaction();
  StandardAssessment assessment = request.standard_assessment();
  assessment.set_name(contract::Join({request.parent(), "assessments", request.assessment_id()}));
  absl::Status status = CheckAssessor(mutation.context(), assessment);
  if (status.ok()) status = documents_.CheckNamed(transaction.connection(), assessment);
  if (!status.ok()) return status;
  // As long as a case has neither steps nor assessments its scheme may change.
  if (status = store_.cases().Touch(transaction, request.parent()); !status.ok()) return status;
  const auto scheme = SchemeOf(transaction.connection(), request.parent());
  if (!scheme.ok()) return scheme.status();
  assessment.clear_step_number();
  absl::StatusOr<StandardAssessment> checked =
      CheckAssessment(std::move(assessment), *scheme, mutation.today());
  if (!checked.ok()) return checked;
  return store_.assessments().Create(transaction, mutation.act(), *std::move(checked),
                                     {"CREATED", ""});
}

absl::StatusOr<StandardAssessment> StandardService::UpdateStandardAssessment(
    Mutation& mutation, const v1::UpdateStandardAssessmentRequest& request) {
  Transaction& transaction = mutation.transaction();
  const std::string& name = request.standard_assessment().name();
  absl::StatusOr<StandardAssessment> assessment =
      store_.assessments().GetAt(transaction, name, request.etag());
  if (!assessment.ok()) return assessment;
  absl::Status status = CheckAssessor(mutation.context(), *assessment);
  if (status.ok()) status = CheckStillOpen(*assessment);
  if (status.ok()) {
    status =
        contract::ApplyUpdate(request.standard_assessment(), request.update_mask(), &*assessment);
  }
  if (status.ok()) status = documents_.CheckNamed(transaction.connection(), *assessment);
  if (!status.ok()) return status;
  const auto scheme = SchemeOf(transaction.connection(), CaseOf(name));
  if (!scheme.ok()) return scheme.status();
  assessment = CheckAssessment(*std::move(assessment), *scheme, mutation.today());
  if (!assessment.ok()) return assessment;
  return store_.assessments().Update(transaction, mutation.act(), *std::move(assessment),
                                     request.etag(), {"UPDATED", ""});
}

absl::StatusOr<StandardScheme> StandardService::SchemeOf(database::Connection& connection,
                                                         const std::string& standard_case) {
  const auto stored = store_.cases().Get(connection, standard_case);
  if (!stored.ok()) return stored.status();
  return store_.schemes().Get(connection, stored->scheme());
}

absl::StatusOr<StandardAssessment> StandardService::GetStandardAssessment(
    Context& context, const v1::GetStandardAssessmentRequest& request) {
  auto connection = pool_.Borrow(context.bounds());
  if (!connection.ok()) return connection.status();
  return store_.assessments().Get(**connection, request.name());
}

absl::StatusOr<v1::ListStandardAssessmentsResponse> StandardService::ListStandardAssessments(
    Context& context, const v1::ListStandardAssessmentsRequest& request) {
  const auto position = page_tokens_.Read(context.act().method, request);
  if (!position.ok()) return position.status();
  auto connection = pool_.Borrow(context.bounds());
  if (!connection.ok()) return connection.status();
  auto page = store_.assessments().List(
      **connection, StandardStore::OfCase(request.parent()), *position,
      contract::PageSize(request.page_size(), kUsualAssessments, kMostAssessments));
  if (!page.ok()) return page.status();
  v1::ListStandardAssessmentsResponse response;
  for (StandardAssessment& assessment : page->resources)
    *response.add_standard_assessments() = std::move(assessment);
  if (!page->next.empty())
    response.set_next_page_token(page_tokens_.Make(context.act().method, request, page->next));
  return response;
}

absl::StatusOr<v1::StandardGaps> StandardService::GetStandardGaps(
    Context& context, const v1::GetStandardGapsRequest& request) {
  if (!request.assessment().empty() && CaseOf(request.assessment()) != request.name()) {
    return contract::RefuseFields({{"assessment", "belongs to another case", "thuộc hồ sơ khác"}});
  }
  auto connection = pool_.Borrow(context.bounds());
  if (!connection.ok()) return connection.status();
  const auto scheme = SchemeOf(**connection, request.name());
  if (!scheme.ok()) return scheme.status();
  std::optional<StandardAssessment> basis;
  if (request.assessment().empty()) {
    auto assessments = store_.AssessmentsOf(**connection, request.name());
    if (!assessments.ok()) return assessments.status();
    if (!assessments->empty()) basis = std::move(assessments->back());
  } else {
    auto named = store_.assessments().Get(**connection, request.assessment());
    if (!named.ok()) return named.status();
    basis = *std::move(named);
  }
  v1::StandardGaps gaps = GapsOf(*scheme, basis.has_value() ? &*basis : nullptr);
  gaps.set_standard_case(request.name());
  return gaps;
}

}  // namespace thidua::registry
