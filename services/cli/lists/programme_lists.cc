// programmes.csv, activities.csv, programme_texts.csv.
#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "services/cli/lists/catalogue.h"
#include "thidua/registry/v1/programme_service.pb.h"

namespace thidua::cli {
namespace {

using google::protobuf::Message;
using registry::v1::Activity;
using registry::v1::Programme;
using registry::v1::ProgrammeText;

const Activity& AsActivity(const Message& message) {
  return *google::protobuf::DynamicCastToGenerated<Activity>(&message);
}
const ProgrammeText& AsText(const Message& message) {
  return *google::protobuf::DynamicCastToGenerated<ProgrammeText>(&message);
}

// With a day on which it was held it is done, and known from where the row says unless the outcome
// has a source of its own.
void CompleteActivity(Message* message, const Lookup&) {
  auto& activity = *google::protobuf::DynamicCastToGenerated<Activity>(message);
  if (activity.outcome().has_held_date()) {
    activity.set_state(registry::v1::ACTIVITY_STATE_DONE);
    if (!activity.outcome().has_provenance())
      *activity.mutable_outcome()->mutable_provenance() = activity.provenance();
  } else if (activity.state() == registry::v1::ACTIVITY_STATE_UNSPECIFIED) {
    activity.set_state(activity.earlier_dates().empty() ? registry::v1::ACTIVITY_STATE_PLANNED
                                                        : registry::v1::ACTIVITY_STATE_MOVED);
  }
}

template <class Request>
std::unique_ptr<Request> About(const Message& resource) {
  auto request = std::make_unique<Request>();
  request->set_name(NameOf(resource));
  return request;
}

// From the first date that it had to the one that it has.
void Move(const Activity& wanted, Verbs& verbs) {
  for (int i = 0; i < wanted.earlier_dates_size(); ++i) {
    auto request = About<registry::v1::MoveActivityRequest>(wanted);
    *request->mutable_planned_date() = i + 1 < wanted.earlier_dates_size()
                                           ? wanted.earlier_dates(i + 1).planned_date()
                                           : wanted.planned_date();
    request->set_reason(wanted.earlier_dates(i).reason());
    verbs.acts.push_back({std::move(request), ""});
  }
}

// How far an activity has come; DONE and CANCELLED are both the end.
int StepOf(registry::v1::ActivityState state) {
  return std::min<int>(state, registry::v1::ACTIVITY_STATE_DONE);
}

// PLANNED → MOVED → DONE or CANCELLED.
Verbs ActivityVerbs(const Message* stored, const Message& target, const Lookup&) {
  const Activity& wanted = AsActivity(target);
  const auto before =
      stored == nullptr ? registry::v1::ACTIVITY_STATE_PLANNED : AsActivity(*stored).state();
  Verbs verbs;
  verbs.settled = {"earlier_dates"};  // when it was moved is the service's to say
  verbs.moved_on = StepOf(wanted.state()) < StepOf(before);
  if (stored == nullptr) {
    verbs.settled.insert({"state", "cancel_reason"});
    auto planned = std::make_unique<Activity>(wanted);
    planned->clear_outcome();
    if (!wanted.earlier_dates().empty())
      *planned->mutable_planned_date() = wanted.earlier_dates(0).planned_date();
    verbs.creation = std::move(planned);
    Move(wanted, verbs);
  }
  if (verbs.moved_on || wanted.state() == before) return verbs;
  if (wanted.state() == registry::v1::ACTIVITY_STATE_DONE) {
    auto request = About<registry::v1::CompleteActivityRequest>(wanted);
    *request->mutable_outcome() = wanted.outcome();
    verbs.acts.push_back({std::move(request), ""});
    verbs.settled.insert({"state", "held_date", "attendance", "evidence", "conclusions_vi",
                          "outcome_confidence", "outcome_source", "outcome_note",
                          "outcome_document"});
  } else if (wanted.state() == registry::v1::ACTIVITY_STATE_CANCELLED) {
    auto request = About<registry::v1::CancelActivityRequest>(wanted);
    request->set_reason(wanted.cancel_reason());
    verbs.acts.push_back({std::move(request), ""});
    verbs.settled.insert({"state", "cancel_reason"});
  }
  return verbs;
}

void CompleteText(Message* message, const Lookup&) {
  auto& text = *google::protobuf::DynamicCastToGenerated<ProgrammeText>(message);
  if (text.state() == registry::v1::PROGRAMME_TEXT_STATE_UNSPECIFIED ||
      (text.state() == registry::v1::PROGRAMME_TEXT_STATE_DRAFT && text.has_adoption()))
    text.set_state(text.has_adoption() ? registry::v1::PROGRAMME_TEXT_STATE_ADOPTED
                                       : registry::v1::PROGRAMME_TEXT_STATE_DRAFT);
}

// DRAFT → ADOPTED; what supersedes a text is the adoption of the next one.
Verbs TextVerbs(const Message* stored, const Message& target, const Lookup&) {
  const ProgrammeText& wanted = AsText(target);
  const auto before =
      stored == nullptr ? registry::v1::PROGRAMME_TEXT_STATE_DRAFT : AsText(*stored).state();
  Verbs verbs;
  verbs.moved_on = wanted.state() < before;
  if (wanted.state() == registry::v1::PROGRAMME_TEXT_STATE_DRAFT) verbs.settled = {"state"};
  if (before == registry::v1::PROGRAMME_TEXT_STATE_DRAFT && wanted.has_adoption()) {
    auto request = About<registry::v1::AdoptProgrammeTextRequest>(wanted);
    *request->mutable_adoption() = wanted.adoption();
    verbs.acts.push_back({std::move(request), ""});
    verbs.settled = {"state",           "superseded_by",    "adopt_date",    "activity",
                     "meeting",         "adopter_codes",    "adoption_note", "adoption_confidence",
                     "adoption_source", "adoption_document"};
  }
  return verbs;
}

}  // namespace

std::vector<List> ProgrammeLists() {
  ListOf programmes("programmes.csv", Programme::descriptor());
  programmes.Segment("cluster_code", "clusters")
      .Segment("code", "programmes", {"year"})
      .Field("year")
      .Field("theme_vi", "theme")
      .Field("remark_vi", "note")
      .Provenance();

  ListOf activities("activities.csv", Activity::descriptor());
  activities.Segment("cluster_code", "clusters")
      .Segment("year", "programmes")
      .Segment("activity_code", "activities")
      .Field("task")
      .Field("kind")
      .Field("title_vi", "title")
      .Field("topic_vi", "topic")
      .Field("host_code", "host")
      .Field("chair_codes", "chairs")
      .Field("inspected_code", "inspected_school")
      .Field("inspected_years")
      .Field("mode")
      .Field("bridges")
      .Field("participants")
      .Field("planned_date")
      .Field("earlier_dates")
      .Field("state")
      .Field("cancel_reason")
      .Field("held_date", "outcome.held_date")
      .Field("attendance", "outcome.attendance")
      .Field("evidence", "outcome.evidence")
      .Field("conclusions_vi", "outcome.conclusions")
      .Provenance("outcome_", "outcome.provenance")
      .Provenance();
  activities.list.complete = CompleteActivity;
  activities.list.verbs = ActivityVerbs;
  activities.list.act_date = "held_date";

  ListOf texts("programme_texts.csv", ProgrammeText::descriptor());
  texts.Segment("cluster_code", "clusters")
      .Segment("year", "programmes")
      .Segment("code", "texts")
      .Field("kind")
      .Field("title_vi", "title")
      .Field("uri")
      .Field("sha256")
      .Field("state")
      .Field("superseded_by")
      .Field("adopt_date", "adoption.adopt_date")
      .Field("activity", "adoption.activity")
      .Field("meeting", "adoption.meeting")
      .Field("adopter_codes", "adoption.schools")
      .Provenance("adoption_", "adoption.provenance")
      .Provenance();
  texts.list.complete = CompleteText;
  texts.list.verbs = TextVerbs;
  texts.list.act_date = "adopt_date";
  return {programmes.list, activities.list, texts.list};
}

}  // namespace thidua::cli
