#include "services/registry/programmes/programme_service.h"

#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/contract/field_mask.h"
#include "common/contract/resource_name.h"
#include "common/runtime/dates.h"
#include "services/registry/programmes/programme_overview.h"
#include "services/registry/programmes/programme_rules.h"

namespace thidua::registry {

using database::Transaction;
using v1::Activity;
using v1::Programme;
using v1::ProgrammeText;

namespace {

constexpr int kUsualPage = 100;
constexpr int kLargestPage = 500;

// The request checks have seen that it is a date.
std::optional<absl::CivilDay> DayOf(bool given, const google::type::Date& date) {
  if (!given) return std::nullopt;
  return runtime::DayFromProto(date).value_or(absl::CivilDay());
}

// The cluster and year of a parent in which `-` stands for all: empty and 0 then.
void ReadParent(const std::string& parent, std::string& cluster, int& year) {
  const std::vector<std::string> parts = absl::StrSplit(parent, '/');
  if (parts.size() > 1 && parts[1] != "-") cluster = contract::Join({"clusters", parts[1]});
  if (parts.size() > 3 && parts[3] != "-")
    year = YearOf(contract::Join({"clusters", "all", "programmes", parts[3]}));
}

std::string NameOfProgramme(const std::string& cluster, int year) {
  return contract::Join({cluster, "programmes", absl::StrCat(year)});
}

bool IsInspection(const Activity& activity) {
  return activity.kind() == v1::ACTIVITY_KIND_INSPECTION;
}

}  // namespace

ProgrammeService::ProgrammeService(const rpc::Writing& writing, directory::Directory& directory,
                                   const contract::PageTokens& page_tokens)
    : writing_(writing), pool_(writing.pool), directory_(directory), page_tokens_(page_tokens) {}

void ProgrammeService::Register(rpc::Router& router) {
  using Room = ProgrammeService;
  router.Offer("thidua.registry.v1.ProgrammeService")
      .Unary("GetProgramme", this, &Room::GetProgramme)
      .Unary("ListProgrammes", this, &Room::ListProgrammes)
      .Mutation("CreateProgramme", writing_, this, &Room::CreateProgramme)
      .Mutation("UpdateProgramme", writing_, this, &Room::UpdateProgramme)
      .Unary("GetProgrammeText", this, &Room::GetProgrammeText)
      .Unary("ListProgrammeTexts", this, &Room::ListProgrammeTexts)
      .Mutation("CreateProgrammeText", writing_, this, &Room::CreateProgrammeText)
      .Mutation("UpdateProgrammeText", writing_, this, &Room::UpdateProgrammeText)
      .Mutation("AdoptProgrammeText", writing_, this, &Room::AdoptProgrammeText)
      .Unary("GetActivity", this, &Room::GetActivity)
      .Unary("ListActivities", this, &Room::ListActivities)
      .Mutation("CreateActivity", writing_, this, &Room::CreateActivity)
      .Mutation("UpdateActivity", writing_, this, &Room::UpdateActivity)
      .Mutation("JoinActivity", writing_, this, &Room::JoinActivity)
      .Mutation("CompleteActivity", writing_, this, &Room::CompleteActivity)
      .Mutation("MoveActivity", writing_, this, &Room::MoveActivity)
      .Mutation("CancelActivity", writing_, this, &Room::CancelActivity)
      .Unary("SummariseActivities", this, &Room::SummariseActivities)
      .Unary("GetProgrammeOverview", this, &Room::GetProgrammeOverview);
}

template <class M, class Request>
absl::StatusOr<typename resource::Table<M>::Page> ProgrammeService::ReadPage(
    Context& context, const resource::Table<M>& table, const resource::Where& where,
    const Request& request, std::string* next_page_token) {
  const auto position = page_tokens_.Read(context.act().method, request);
  if (!position.ok()) return position.status();
  auto connection = pool_.Borrow(context.bounds());
  if (!connection.ok()) return connection.status();
  auto page = table.List(**connection, where, *position,
                         contract::PageSize(request.page_size(), kUsualPage, kLargestPage));
  if (page.ok() && !page->next.empty()) {
    *next_page_token = page_tokens_.Make(context.act().method, request, page->next);
  }
  return page;
}

// ---- Programmes.

absl::StatusOr<Programme> ProgrammeService::GetProgramme(Context& context,
                                                         const v1::GetProgrammeRequest& request) {
  auto connection = pool_.Borrow(context.bounds());
  if (!connection.ok()) return connection.status();
  return store_.programmes().Get(**connection, request.name());
}

absl::StatusOr<v1::ListProgrammesResponse> ProgrammeService::ListProgrammes(
    Context& context, const v1::ListProgrammesRequest& request) {
  std::string cluster;
  int year = request.year();
  ReadParent(request.parent(), cluster, year);
  v1::ListProgrammesResponse response;
  auto page = ReadPage(context, store_.programmes(), ProgrammeStore::OfCluster(cluster, year),
                       request, response.mutable_next_page_token());
  if (!page.ok()) return page.status();
  for (Programme& programme : page->resources) *response.add_programmes() = std::move(programme);
  return response;
}

absl::StatusOr<Programme> ProgrammeService::CreateProgramme(
    Mutation& mutation, const v1::CreateProgrammeRequest& request) {
  Transaction& transaction = mutation.transaction();
  Programme programme = request.programme();
  programme.set_name(NameOfProgramme(request.parent(), programme.year()));
  absl::Status status = CheckProgramme(programme);
  if (status.ok()) status = documents_.CheckNamed(transaction.connection(), request);
  if (status.ok()) status = clusters_.clusters().Touch(transaction, request.parent());
  if (!status.ok()) return status;
  const auto cluster = clusters_.clusters().Get(transaction.connection(), request.parent());
  if (!cluster.ok()) return cluster.status();
  const auto regime = clusters_.regimes().Get(transaction.connection(), cluster->regime());
  if (!regime.ok()) return regime.status();
  if (status = CheckYear(programme, *regime); !status.ok()) return status;
  return store_.programmes().Create(transaction, mutation.act(), std::move(programme),
                                    {"CREATED", ""});
}

absl::StatusOr<Programme> ProgrammeService::UpdateProgramme(
    Mutation& mutation, const v1::UpdateProgrammeRequest& request) {
  absl::StatusOr<Programme> programme =
      store_.programmes().Get(mutation.connection(), request.programme().name());
  if (!programme.ok()) return programme;
  absl::Status status =
      contract::ApplyUpdate(request.programme(), request.update_mask(), &*programme);
  if (status.ok()) status = CheckProgramme(*programme);
  if (status.ok()) status = documents_.CheckNamed(mutation.connection(), *programme);
  if (!status.ok()) return status;
  return store_.programmes().Update(mutation.transaction(), mutation.act(), *std::move(programme),
                                    request.etag(), {"UPDATED", ""});
}

// ---- Texts.

absl::StatusOr<ProgrammeText> ProgrammeService::GetProgrammeText(
    Context& context, const v1::GetProgrammeTextRequest& request) {
  auto connection = pool_.Borrow(context.bounds());
  if (!connection.ok()) return connection.status();
  return store_.texts().Get(**connection, request.name());
}

absl::StatusOr<v1::ListProgrammeTextsResponse> ProgrammeService::ListProgrammeTexts(
    Context& context, const v1::ListProgrammeTextsRequest& request) {
  v1::ListProgrammeTextsResponse response;
  auto page = ReadPage(context, store_.texts(), ProgrammeStore::OfProgramme(request.parent()),
                       request, response.mutable_next_page_token());
  if (!page.ok()) return page.status();
  for (ProgrammeText& text : page->resources) *response.add_programme_texts() = std::move(text);
  return response;
}

absl::StatusOr<ProgrammeText> ProgrammeService::CreateProgrammeText(
    Mutation& mutation, const v1::CreateProgrammeTextRequest& request) {
  Transaction& transaction = mutation.transaction();
  absl::Status status = documents_.CheckNamed(transaction.connection(), request);
  if (status.ok()) status = store_.programmes().Touch(transaction, request.parent());
  if (!status.ok()) return status;
  const auto texts = store_.TextsOf(transaction.connection(), request.parent());
  if (!texts.ok()) return texts.status();
  ProgrammeText text = NewText(request.programme_text(), request.parent(), *texts);
  if (status = CheckText(text); !status.ok()) return status;
  return store_.texts().Create(transaction, mutation.act(), std::move(text), {"CREATED", ""});
}

absl::StatusOr<ProgrammeText> ProgrammeService::UpdateProgrammeText(
    Mutation& mutation, const v1::UpdateProgrammeTextRequest& request) {
  Transaction& transaction = mutation.transaction();
  absl::StatusOr<ProgrammeText> text =
      store_.texts().GetAt(transaction, request.programme_text().name(), request.etag());
  if (!text.ok()) return text;
  absl::Status status = CheckDraft(*text);
  if (status.ok())
    status = contract::ApplyUpdate(request.programme_text(), request.update_mask(), &*text);
  if (status.ok()) status = CheckText(*text);
  if (status.ok()) status = documents_.CheckNamed(transaction.connection(), *text);
  if (!status.ok()) return status;
  return store_.texts().Update(transaction, mutation.act(), *std::move(text), request.etag(),
                               {"UPDATED", ""});
}

absl::StatusOr<ProgrammeText> ProgrammeService::AdoptProgrammeText(
    Mutation& mutation, const v1::AdoptProgrammeTextRequest& request) {
  Transaction& transaction = mutation.transaction();
  const std::string programme = ProgrammeOf(request.name());
  const std::string cluster = ClusterOfProgramme(programme);
  absl::Status status = documents_.CheckNamed(transaction.connection(), request);
  if (status.ok()) status = clusters_.clusters().Touch(transaction, cluster);
  if (status.ok()) status = store_.programmes().Touch(transaction, programme);
  if (!status.ok()) return status;
  absl::StatusOr<ProgrammeText> text =
      store_.texts().GetAt(transaction, request.name(), request.etag());
  if (!text.ok()) return text;
  if (!request.adoption().activity().empty()) {
    const auto activity =
        store_.activities().Get(transaction.connection(), request.adoption().activity());
    if (!activity.ok()) return activity.status();
  }
  const auto texts = store_.TextsOf(transaction.connection(), programme);
  if (!texts.ok()) return texts.status();
  const auto memberships = clusters_.MembershipsOfCluster(transaction.connection(), cluster);
  if (!memberships.ok()) return memberships.status();
  absl::StatusOr<Adopted> adopted =
      Adopt(*std::move(text), request.adoption(), *texts, *memberships, mutation.today());
  if (!adopted.ok()) return adopted.status();
  if (adopted->superseded.has_value()) {
    const std::string etag = adopted->superseded->etag();
    const auto superseded = store_.texts().Update(
        transaction, mutation.act(), *std::move(adopted->superseded), etag, {"SUPERSEDED", ""});
    if (!superseded.ok()) return superseded.status();
  }
  return store_.texts().Update(transaction, mutation.act(), std::move(adopted->text),
                               request.etag(), {"ADOPTED", ""});
}

// ---- Activities.

absl::StatusOr<Activity> ProgrammeService::GetActivity(Context& context,
                                                       const v1::GetActivityRequest& request) {
  auto connection = pool_.Borrow(context.bounds());
  if (!connection.ok()) return connection.status();
  return store_.activities().Get(**connection, request.name());
}

absl::StatusOr<v1::ListActivitiesResponse> ProgrammeService::ListActivities(
    Context& context, const v1::ListActivitiesRequest& request) {
  ActivitiesAsked asked;
  ReadParent(request.parent(), asked.cluster, asked.year);
  auto filter = contract::ParseFilter(request.filter(), ProgrammeStore::Filters());
  if (!filter.ok()) return filter.status();
  asked.filter = *std::move(filter);
  asked.school = request.school();
  asked.from = DayOf(request.has_planned_from(), request.planned_from());
  asked.to = DayOf(request.has_planned_to(), request.planned_to());
  asked.overdue_as_of = DayOf(request.has_overdue_as_of(), request.overdue_as_of());
  v1::ListActivitiesResponse response;
  auto page = ReadPage(context, store_.activities(), ProgrammeStore::Matching(asked), request,
                       response.mutable_next_page_token());
  if (!page.ok()) return page.status();
  for (Activity& activity : page->resources) *response.add_activities() = std::move(activity);
  return response;
}

absl::Status ProgrammeService::HoldSchools(Transaction& transaction, const Activity& activity,
                                           const Naming& naming) {
  for (const std::string& name : naming.schools) {
    if (absl::Status status = schools_.schools().Touch(transaction, name); !status.ok())
      return status;
  }
  for (const std::string& name : naming.schools) {
    const auto school = schools_.schools().Get(transaction.connection(), name);
    if (!school.ok()) return school.status();
    if (absl::Status status = CheckExists(activity, *school, naming.days); !status.ok())
      return status;
  }
  return absl::OkStatus();
}

absl::Status ProgrammeService::HoldNamed(Transaction& transaction, const Activity& activity) {
  if (absl::Status status = HoldSchools(transaction, activity, NamedIn(activity)); !status.ok())
    return status;
  if (!IsInspection(activity)) return absl::OkStatus();
  const std::string cluster = ClusterOfProgramme(activity.name());
  if (absl::Status status = clusters_.clusters().Touch(transaction, cluster); !status.ok())
    return status;
  const auto memberships = clusters_.MembershipsOfCluster(transaction.connection(), cluster);
  if (!memberships.ok()) return memberships.status();
  return CheckInspectedIsMember(activity, *memberships);
}

absl::StatusOr<Activity> ProgrammeService::CreateActivity(
    Mutation& mutation, const v1::CreateActivityRequest& request) {
  Transaction& transaction = mutation.transaction();
  Activity activity = NewActivity(request.activity());
  // The rules read the year of the name; the identifier, when it is made, needs the programme held.
  activity.set_name(
      contract::Join({request.parent(), "activities",
                      request.activity_id().empty() ? "new" : request.activity_id()}));
  absl::Status status = CheckActivity(activity, mutation.today());
  if (status.ok()) status = documents_.CheckNamed(transaction.connection(), activity);
  if (status.ok()) status = HoldNamed(transaction, activity);
  if (status.ok()) status = store_.programmes().Touch(transaction, request.parent());
  if (!status.ok()) return status;
  if (request.activity_id().empty()) {
    const auto others = store_.ActivitiesOf(transaction.connection(), request.parent());
    if (!others.ok()) return others.status();
    activity.set_name(
        contract::Join({request.parent(), "activities", NextActivityId(activity.kind(), *others)}));
  }
  return store_.CreateActivity(transaction, mutation.act(), std::move(activity), {"PLANNED", ""});
}

absl::StatusOr<Activity> ProgrammeService::Change(Mutation& mutation, const std::string& name,
                                                  const std::string& etag, const resource::Why& why,
                                                  ChangeActivity change) {
  const absl::StatusOr<Activity> before =
      store_.activities().GetAt(mutation.transaction(), name, etag);
  if (!before.ok()) return before;
  absl::StatusOr<Activity> after = change(*before);
  if (!after.ok()) return after;
  if (absl::Status status = documents_.CheckNamed(mutation.connection(), *after); !status.ok())
    return status;
  return store_.UpdateActivity(mutation.transaction(), mutation.act(), *before, *std::move(after),
                               etag, why);
}

absl::StatusOr<Activity> ProgrammeService::UpdateActivity(
    Mutation& mutation, const v1::UpdateActivityRequest& request) {
  return Change(mutation, request.activity().name(), request.etag(), {"UPDATED", ""},
                [&](Activity activity) -> absl::StatusOr<Activity> {
                  const Activity before = activity;
                  absl::Status status =
                      contract::ApplyUpdate(request.activity(), request.update_mask(), &activity);
                  if (status.ok()) status = CheckCorrection(before, activity);
                  if (status.ok()) status = CheckActivity(activity, mutation.today());
                  if (status.ok()) status = HoldNamed(mutation.transaction(), activity);
                  if (!status.ok()) return status;
                  return activity;
                });
}

absl::StatusOr<Activity> ProgrammeService::JoinActivity(Mutation& mutation,
                                                        const v1::JoinActivityRequest& request) {
  v1::Participant participant;
  participant.set_school(request.school());
  participant.set_role(request.role() == v1::ACTIVITY_ROLE_UNSPECIFIED
                           ? v1::ACTIVITY_ROLE_PARTICIPANT
                           : request.role());
  participant.set_mode(request.mode());
  return Change(mutation, request.name(), request.etag(), {"JOINED", ""},
                [&](Activity activity) -> absl::StatusOr<Activity> {
                  const directory::Period days = PossibleDays(activity);
                  absl::StatusOr<Activity> joined = Join(std::move(activity), participant);
                  if (!joined.ok()) return joined;
                  const absl::Status status =
                      HoldSchools(mutation.transaction(), *joined, {{request.school()}, days});
                  if (!status.ok()) return status;
                  return joined;
                });
}

absl::StatusOr<Activity> ProgrammeService::CompleteActivity(
    Mutation& mutation, const v1::CompleteActivityRequest& request) {
  return Change(mutation, request.name(), request.etag(), {"DONE", ""},
                [&](Activity activity) -> absl::StatusOr<Activity> {
                  absl::StatusOr<Activity> done =
                      Complete(std::move(activity), request, mutation.today());
                  if (!done.ok()) return done;
                  if (absl::Status status = HoldNamed(mutation.transaction(), *done); !status.ok())
                    return status;
                  return done;
                });
}

absl::StatusOr<Activity> ProgrammeService::MoveActivity(Mutation& mutation,
                                                        const v1::MoveActivityRequest& request) {
  return Change(mutation, request.name(), request.etag(), {"MOVED", request.reason()},
                [&](Activity activity) {
                  return Move(std::move(activity), request.planned_date(), request.reason(),
                              mutation.today());
                });
}

absl::StatusOr<Activity> ProgrammeService::CancelActivity(
    Mutation& mutation, const v1::CancelActivityRequest& request) {
  return Change(mutation, request.name(), request.etag(), {"CANCELLED", request.reason()},
                [&](Activity activity) { return Cancel(std::move(activity), request.reason()); });
}

// ---- The year as a whole.

absl::StatusOr<v1::ActivitySummary> ProgrammeService::SummariseActivities(
    Context& context, const v1::SummariseActivitiesRequest& request) {
  const std::string name = NameOfProgramme(request.parent(), request.year());
  auto connection = pool_.Borrow(context.bounds());
  if (!connection.ok()) return connection.status();
  if (const auto programme = store_.programmes().Get(**connection, name); !programme.ok())
    return programme.status();
  const auto activities = store_.ActivitiesOf(**connection, name);
  if (!activities.ok()) return activities.status();
  const auto memberships = clusters_.MembershipsOfCluster(**connection, request.parent());
  if (!memberships.ok()) return memberships.status();
  const directory::Period year = {absl::CivilDay(request.year(), 1, 1),
                                  absl::CivilDay(request.year() + 1, 1, 1)};
  std::set<std::string> members;
  for (const v1::Membership& membership : *memberships) {
    const auto period = directory::PeriodOf(membership);
    if (period.ok() && period->Overlaps(year)) members.insert(membership.school());
  }
  return Summarise(name, *activities, members);
}

absl::StatusOr<v1::ProgrammeOverview> ProgrammeService::GetProgrammeOverview(
    Context& context, const v1::GetProgrammeOverviewRequest& request) {
  auto connection = pool_.Borrow(context.bounds());
  if (!connection.ok()) return connection.status();
  auto programme = store_.programmes().Get(**connection, request.name());
  if (!programme.ok()) return programme.status();
  auto texts = store_.TextsOf(**connection, request.name());
  if (!texts.ok()) return texts.status();
  auto activities = store_.ActivitiesOf(**connection, request.name());
  if (!activities.ok()) return activities.status();
  return Overview(*std::move(programme), *std::move(texts), *std::move(activities),
                  *directory_.Current(),
                  DayOf(request.has_as_of(), request.as_of()).value_or(context.today()));
}

}  // namespace thidua::registry
