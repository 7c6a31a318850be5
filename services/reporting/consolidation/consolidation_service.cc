#include "services/reporting/consolidation/consolidation_service.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/contract/refusal.h"
#include "common/contract/resource_name.h"
#include "common/document/digest.h"
#include "common/runtime/dates.h"
#include "google/protobuf/util/message_differencer.h"
#include "services/reporting/consolidation/publication_rules.h"
#include "services/reporting/windows/window_rules.h"

namespace thidua::reporting {
namespace {

using contract::Reason;
using google::protobuf::util::MessageDifferencer;
using v1::Consolidation;
using v1::Publication;

constexpr char kServiceName[] = "thidua.reporting.v1.ConsolidationService";
constexpr int kDefaultPage = 20;
constexpr int kLargestPage = 50;

std::string IdAfter(std::string_view name, std::string_view collection) {
  return contract::SegmentAfter(name, collection).value_or("");
}

std::string WindowOf(const std::string& name) { return "windows/" + IdAfter(name, "windows"); }
std::string ClusterOf(const std::string& consolidation) {
  return IdAfter(consolidation, "consolidations");
}

google::protobuf::Timestamp Now(const rpc::CallContext& context) {
  return runtime::TimeToProto(runtime::FromMicros(runtime::ToMicros(context.now())));
}

absl::Status Denied(const rpc::CallContext& context, const std::string& resource) {
  return contract::Refuse(Reason::REASON_PERMISSION_DENIED,
                          {{"permission", context.act().permission}, {"resource", resource}});
}

absl::Status CheckReports(const v1::Window& window, const std::string& cluster,
                          const std::string& name) {
  if (ReportsIn(window, cluster)) return absl::OkStatus();
  return contract::Refuse(Reason::REASON_RULE_VIOLATED,
                          {{"resource", name},
                           {"why", "the cluster does not report in this window"},
                           {"why_vi", "cụm không thuộc diện báo cáo trong kỳ này"}});
}

absl::Status CheckFresh(const Consolidation& stored, Consolidation computed) {
  computed.set_state(stored.state());
  if (MessageDifferencer::Equals(stored, computed)) return absl::OkStatus();
  return contract::Refuse(
      Reason::REASON_RULE_VIOLATED,
      {{"resource", stored.name()},
       {"why", "reports or members changed since it was computed; consolidate again"},
       {"why_vi", "báo cáo hoặc thành viên đã thay đổi sau khi tổng hợp; hãy tổng hợp lại"}});
}

}  // namespace

void ConsolidationService::Register(rpc::Router& router) {
  router.Offer(kServiceName)
      .Mutation("ConsolidateReports", writing_, this, &ConsolidationService::ConsolidateReports)
      .Mutation("DeclareTotals", writing_, this, &ConsolidationService::DeclareTotals)
      .Mutation("ExplainDiscrepancy", writing_, this, &ConsolidationService::ExplainDiscrepancy)
      .Mutation("PublishConsolidation", writing_, this, &ConsolidationService::PublishConsolidation)
      .Unary("GetConsolidation", this, &ConsolidationService::GetConsolidation)
      .Unary("ListConsolidations", this, &ConsolidationService::ListConsolidations)
      .Unary("GetPublication", this, &ConsolidationService::GetPublication)
      .Unary("ListPublications", this, &ConsolidationService::ListPublications);
}

absl::StatusOr<Consolidation> ConsolidationService::Compute(rpc::CallContext& context,
                                                            database::Connection& connection,
                                                            const v1::Window& window,
                                                            const std::string& cluster,
                                                            const Consolidation* previous) const {
  const auto map = directory_.Current();
  context.set_position(map->position());
  const auto on_day = ReadCluster(*map, cluster, MembershipDay(window));
  if (!on_day.ok()) return on_day.status();
  std::vector<std::string> schools;
  for (const v1::ExpectedSchool& member : on_day->members)
    schools.push_back(IdAfter(member.school(), "schools"));
  const auto reports = acceptances_.Read(connection, IdAfter(window.name(), "windows"), schools);
  if (!reports.ok()) return reports.status();
  return Consolidate(Form(window), *on_day, *reports, previous);
}

absl::StatusOr<Consolidation> ConsolidationService::ConsolidateReports(
    rpc::Mutation& mutation, const v1::ConsolidateReportsRequest& request) {
  const std::string& name = request.name();
  database::Transaction& transaction = mutation.transaction();
  auto previous = request.etag().empty() ? consolidations_.Get(transaction.connection(), name)
                                         : consolidations_.GetAt(transaction, name, request.etag());
  const bool first =
      request.etag().empty() && contract::ReasonOf(previous.status()) == Reason::REASON_NOT_FOUND;
  if (!previous.ok() && !first) return previous;
  const auto window = windows_.Get(transaction.connection(), WindowOf(name));
  if (!window.ok()) return window.status();
  if (absl::Status reports = CheckReports(*window, ClusterOf(name), name); !reports.ok())
    return reports;
  absl::StatusOr<Consolidation> computed =
      Compute(mutation.context(), transaction.connection(), *window, ClusterOf(name),
              first ? nullptr : &*previous);
  if (!computed.ok()) return computed;
  if (first) return consolidations_.Create(transaction, mutation.act(), *std::move(computed));
  if (MessageDifferencer::Equals(*previous, *computed)) return previous;
  return consolidations_.Update(transaction, mutation.act(), *std::move(computed),
                                {"CONSOLIDATED", ""});
}

absl::StatusOr<Consolidation> ConsolidationService::DeclareTotals(
    rpc::Mutation& mutation, const v1::DeclareTotalsRequest& request) {
  database::Transaction& transaction = mutation.transaction();
  absl::StatusOr<Consolidation> consolidation =
      consolidations_.GetAt(transaction, request.name(), request.etag());
  if (!consolidation.ok()) return consolidation;
  const auto window = windows_.Get(transaction.connection(), WindowOf(request.name()));
  if (!window.ok()) return window.status();
  const Form form(*window);
  if (const auto violations = CheckDeclared(form, request.totals()); !violations.empty()) {
    return contract::RefuseFields(violations);
  }
  const Consolidation before = *consolidation;
  Declare(form, request.totals(), mutation.context().caller().person(), Now(mutation.context()),
          &*consolidation);
  if (MessageDifferencer::Equals(before, *consolidation)) return consolidation;
  return consolidations_.Update(transaction, mutation.act(), *std::move(consolidation),
                                {"DECLARED", ""});
}

absl::StatusOr<Consolidation> ConsolidationService::ExplainDiscrepancy(
    rpc::Mutation& mutation, const v1::ExplainDiscrepancyRequest& request) {
  database::Transaction& transaction = mutation.transaction();
  absl::StatusOr<Consolidation> consolidation =
      consolidations_.GetAt(transaction, request.name(), request.etag());
  if (!consolidation.ok()) return consolidation;
  if (absl::Status explained = Explain(request, mutation.context().caller().person(),
                                       Now(mutation.context()), &*consolidation);
      !explained.ok()) {
    return explained;
  }
  return consolidations_.Update(transaction, mutation.act(), *std::move(consolidation),
                                {"EXPLAINED", request.explanation()});
}

absl::StatusOr<Publication> ConsolidationService::Publish(
    rpc::CallContext& context, database::Transaction& transaction, const v1::Window& window,
    const Consolidation& consolidation) const {
  absl::StatusOr<std::string> document = PublicationDocument(Form(window), consolidation);
  if (!document.ok()) return document.status();
  const std::string window_id = IdAfter(window.name(), "windows");
  const std::string cluster = ClusterOf(consolidation.name());
  auto newest = publications_.Newest(transaction.connection(), window_id, cluster);
  if (!newest.ok()) return newest.status();
  const std::string sha256 = document::Sha256(*document);
  if (newest->has_value() && (*newest)->sha256() == sha256) return **std::move(newest);

  const auto key = key_();
  absl::StatusOr<std::string> signature = key->Sign(*document);
  if (!signature.ok()) return signature.status();
  Publication publication;
  publication.set_number(newest->has_value() ? (*newest)->number() + 1 : 1);
  publication.set_name(contract::Join(
      {window.name(), "publications", absl::StrCat(cluster, "-", publication.number())}));
  publication.set_cluster(consolidation.cluster());
  publication.set_document(*std::move(document));
  publication.set_sha256(sha256);
  publication.set_signature(*std::move(signature));
  publication.set_key_id(key->KeyId());
  publication.set_state(v1::PUBLICATION_STATE_CURRENT);
  publication.set_published_by(context.caller().person());
  if (newest->has_value()) {
    Supersede({}, publication.name(), Now(context), &**newest);
    if (absl::Status superseded =
            publications_.Supersede(transaction, context.act(), **std::move(newest), "");
        !superseded.ok()) {
      return superseded;
    }
  }
  return publications_.Create(transaction, context.act(), std::move(publication));
}

absl::StatusOr<Publication> ConsolidationService::PublishConsolidation(
    rpc::Mutation& mutation, const v1::PublishConsolidationRequest& request) {
  const std::string& name = request.name();
  database::Transaction& transaction = mutation.transaction();
  // The gate first: what is read behind it cannot be accepted away before this commits.
  const std::string window_id = IdAfter(name, "windows");
  if (absl::Status passed = acceptances_.Pass(transaction, window_id, ClusterOf(name));
      !passed.ok())
    return passed;
  absl::StatusOr<Consolidation> consolidation =
      consolidations_.GetAt(transaction, name, request.etag());
  if (!consolidation.ok()) return consolidation.status();
  if (absl::Status clear = CheckNothingOpen(*consolidation); !clear.ok()) return clear;
  const auto window = windows_.Get(transaction.connection(), WindowOf(name));
  if (!window.ok()) return window.status();
  absl::StatusOr<Consolidation> computed = Compute(mutation.context(), transaction.connection(),
                                                   *window, ClusterOf(name), &*consolidation);
  if (!computed.ok()) return computed.status();
  if (absl::Status fresh = CheckFresh(*consolidation, *std::move(computed)); !fresh.ok())
    return fresh;

  absl::StatusOr<Publication> publication =
      Publish(mutation.context(), transaction, *window, *consolidation);
  if (!publication.ok()) return publication;
  if (consolidation->publication() == publication->name() &&
      consolidation->state() == v1::CONSOLIDATION_STATE_PUBLISHED) {
    return publication;
  }
  consolidation->set_publication(publication->name());
  consolidation->set_state(v1::CONSOLIDATION_STATE_PUBLISHED);
  const auto updated = consolidations_.Update(transaction, mutation.act(),
                                              *std::move(consolidation), {"PUBLISHED", ""});
  if (!updated.ok()) return updated.status();
  return publication;
}

std::optional<std::vector<std::string>> ConsolidationService::ClustersSeen(
    rpc::CallContext& context, absl::CivilDay membership_day) const {
  if (context.reach() == access::Reach::kAll) return std::nullopt;
  std::vector<std::string> clusters;
  const access::Caller& caller = context.caller();
  if (caller.kind != access::Caller::Kind::kSchool) return clusters;
  const auto map = directory_.Current();
  const std::string member_of(map->ClusterOf(caller.id, membership_day));
  const std::string today(map->ClusterOf(caller.id, context.today()));
  if (!member_of.empty()) clusters.push_back(member_of);
  if (today != member_of && map->Leads(caller.id, today, context.today()))
    clusters.push_back(today);
  return clusters;
}

absl::StatusOr<Consolidation> ConsolidationService::GetConsolidation(
    rpc::CallContext& context, const v1::GetConsolidationRequest& request) {
  auto connection = pool_.Borrow(context.bounds());
  if (!connection.ok()) return connection.status();
  absl::StatusOr<Consolidation> consolidation = consolidations_.Get(**connection, request.name());
  if (context.reach() == access::Reach::kAll) return consolidation;
  if (contract::ReasonOf(consolidation.status()) == Reason::REASON_NOT_FOUND)
    return Denied(context, request.name());
  if (!consolidation.ok()) return consolidation;
  const google::type::Date& day = consolidation->membership_date();
  const auto seen = ClustersSeen(context, absl::CivilDay(day.year(), day.month(), day.day()));
  if (std::find(seen->begin(), seen->end(), ClusterOf(request.name())) == seen->end()) {
    return Denied(context, request.name());
  }
  return consolidation;
}

absl::StatusOr<v1::ListConsolidationsResponse> ConsolidationService::ListConsolidations(
    rpc::CallContext& context, const v1::ListConsolidationsRequest& request) {
  auto after = tokens_.Read(context.act().method, request);
  if (!after.ok()) return after.status();
  auto connection = pool_.Borrow(context.bounds());
  if (!connection.ok()) return connection.status();
  const auto window = windows_.Get(**connection, request.parent());
  if (!window.ok()) return window.status();
  auto page =
      consolidations_.List(**connection, IdAfter(request.parent(), "windows"),
                           ClustersSeen(context, MembershipDay(*window)), *after,
                           contract::PageSize(request.page_size(), kDefaultPage, kLargestPage));
  if (!page.ok()) return page.status();
  v1::ListConsolidationsResponse response;
  for (Consolidation& consolidation : page->resources)
    *response.add_consolidations() = std::move(consolidation);
  if (!page->next.empty())
    response.set_next_page_token(tokens_.Make(context.act().method, request, page->next));
  return response;
}

absl::StatusOr<Publication> ConsolidationService::GetPublication(
    rpc::CallContext& context, const v1::GetPublicationRequest& request) {
  auto connection = pool_.Borrow(context.bounds());
  if (!connection.ok()) return connection.status();
  return publications_.Get(**connection, request.name());
}

absl::StatusOr<v1::ListPublicationsResponse> ConsolidationService::ListPublications(
    rpc::CallContext& context, const v1::ListPublicationsRequest& request) {
  auto after = tokens_.Read(context.act().method, request);
  if (!after.ok()) return after.status();
  auto connection = pool_.Borrow(context.bounds());
  if (!connection.ok()) return connection.status();
  auto page = publications_.List(
      **connection, IdAfter(request.parent(), "windows"), IdAfter(request.cluster(), "clusters"),
      *after, contract::PageSize(request.page_size(), kDefaultPage, kLargestPage));
  if (!page.ok()) return page.status();
  v1::ListPublicationsResponse response;
  for (Publication& publication : page->resources) {
    publication.clear_document();
    *response.add_publications() = std::move(publication);
  }
  if (!page->next.empty())
    response.set_next_page_token(tokens_.Make(context.act().method, request, page->next));
  return response;
}

}  // namespace thidua::reporting
