// pacts.csv with pact_targets.csv and pact_signatures.csv.
#include <string>

#include "common/runtime/dates.h"
#include "services/cli/lists/catalogue.h"
#include "thidua/registry/v1/pact_service.pb.h"

namespace thidua::cli {
namespace {

using google::protobuf::Message;
using registry::v1::Pact;

const Pact& AsPact(const Message& message) {
  return *google::protobuf::DynamicCastToGenerated<Pact>(&message);
}

// As the server: what a source tells of is RECORDED and binds from the day of signing, a draft from
// the first day of its year.
void CompletePact(Message* message, const Lookup&) {
  auto& pact = *google::protobuf::DynamicCastToGenerated<Pact>(message);
  if (pact.state() == registry::v1::PACT_STATE_UNSPECIFIED)
    pact.set_state(pact.has_record() ? registry::v1::PACT_STATE_RECORDED
                                     : registry::v1::PACT_STATE_DRAFT);
  if (pact.year() < 1 || pact.year() > 9998) return;
  if (!pact.has_valid_from()) {
    const bool signed_on = runtime::DayFromProto(pact.record().signing_date()).ok();
    *pact.mutable_valid_from() = signed_on ? pact.record().signing_date()
                                           : runtime::DayToProto(absl::CivilDay(pact.year(), 1, 1));
  }
  if (!pact.has_valid_to())
    *pact.mutable_valid_to() = runtime::DayToProto(absl::CivilDay(pact.year() + 1, 1, 1));
}

std::string CreationVerb(const Message& wanted) {
  return AsPact(wanted).has_record() ? "Record" : "Create";
}

// Nobody signs, or brings into force, by loading: a draft may have gone further, and no more than
// drafts and records are made.
Verbs PactVerbs(const Message* stored, const Message& target, const Lookup&) {
  const auto wanted = AsPact(target).state();
  Verbs verbs;
  if (wanted == registry::v1::PACT_STATE_DRAFT || wanted == registry::v1::PACT_STATE_RECORDED)
    verbs.settled = {"state"};
  verbs.moved_on = stored != nullptr && wanted == registry::v1::PACT_STATE_DRAFT &&
                   AsPact(*stored).state() != registry::v1::PACT_STATE_DRAFT;
  return verbs;
}

}  // namespace

std::vector<List> PactLists() {
  ListOf pacts("pacts.csv", Pact::descriptor());
  pacts.Segment("cluster_code", "clusters")
      .Segment("code", "pacts", {"year"})
      .Field("year")
      .Field("theme_vi", "theme")
      .Field("signing_date", "record.signing_date")
      .Field("all_members_signed", "record.all_members_signed")
      .Field("target_count", "record.target_count")
      .Days()
      .Field("state")
      .Field("amends")
      .Field("superseded_by")
      .Field("assess_date")
      .Field("cancel_reason")
      .Field("successions")
      .Provenance();
  pacts.list.complete = CompletePact;
  pacts.list.creation_verb = CreationVerb;
  pacts.list.verbs = PactVerbs;

  ListOf targets("pact_targets.csv", Pact::descriptor(), "targets");
  targets.Segment("cluster_code", "clusters")
      .Segment("pact_code", "pacts")
      .Field("number")
      .Field("text_vi", "text")
      .Field("indicator")
      .Field("operator")
      .Field("value")
      .Field("unit_vi", "unit")
      .Field("attained", "assessment.attained")
      .Field("verdict", "assessment.verdict")
      .Field("judgement", "assessment.judgement")
      .Field("judged_by", "assessment.source");

  ListOf signatures("pact_signatures.csv", Pact::descriptor(), "signatures");
  signatures.Segment("cluster_code", "clusters")
      .Segment("pact_code", "pacts")
      .Field("school_code", "school")
      .Field("sign_date")
      .Field("signer")
      .Field("identity")
      .Field("paper_source")
      .Field("remark", "note");
  return {pacts.list, targets.list, signatures.list};
}

}  // namespace thidua::cli
