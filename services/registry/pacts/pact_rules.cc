#include "services/registry/pacts/pact_rules.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/contract/refusal.h"
#include "common/contract/resource_name.h"
#include "common/directory/period.h"
#include "common/document/decimal.h"
#include "common/runtime/dates.h"
#include "services/registry/schools/school_rules.h"

namespace thidua::registry {
namespace {

using contract::Reason;
using directory::Period;
using document::Decimal;
using google::protobuf::RepeatedPtrField;
using v1::Membership;
using v1::Pact;
using v1::PactSignature;
using v1::PactTarget;
using v1::TargetAssessment;

// Most schools that one refusal names; a cluster has 5 to 13.
constexpr size_t kMostNamed = 20;

std::string Text(absl::CivilDay day) { return absl::FormatCivilTime(day); }

// For what was checked when it was stored.
template <class Dated>
Period PeriodOf(const Dated& dated) {
  return directory::PeriodOf(dated).value_or(Period{directory::kOpenStart, directory::kOpenStart});
}

Period YearOf(const Pact& pact) {
  return {absl::CivilDay(pact.year(), 1, 1), absl::CivilDay(pact.year() + 1, 1, 1)};
}

std::string StateName(v1::PactState state) {
  constexpr size_t kPrefix = std::char_traits<char>::length("PACT_STATE_");
  return v1::PactState_Name(state).substr(kPrefix);
}

std::string StateNameVi(v1::PactState state) {
  switch (state) {
    case v1::PACT_STATE_DRAFT:
      return "dự thảo";
    case v1::PACT_STATE_OPEN_FOR_SIGNING:
      return "mở ký";
    case v1::PACT_STATE_IN_FORCE:
      return "có hiệu lực";
    case v1::PACT_STATE_ASSESSED:
      return "đã đánh giá";
    case v1::PACT_STATE_SUPERSEDED:
      return "đã được thay thế";
    case v1::PACT_STATE_CANCELLED:
      return "đã hủy";
    case v1::PACT_STATE_RECORDED:
      return "ghi nhận theo nguồn";
    default:
      return "chưa rõ";
  }
}

// OK when the pact is in one of the states; told in both languages otherwise.
absl::Status CheckState(const Pact& pact, const std::vector<v1::PactState>& needed,
                        const std::string& action, const std::string& action_vi) {
  std::vector<std::string> names, names_vi;
  for (const v1::PactState state : needed) {
    if (pact.state() == state) return absl::OkStatus();
    names.push_back(StateName(state));
    names_vi.push_back(StateNameVi(state));
  }
  return contract::Refuse(Reason::REASON_WRONG_STATE,
                          {{"resource", pact.name()},
                           {"state", StateName(pact.state())},
                           {"state_vi", StateNameVi(pact.state())},
                           {"action", action},
                           {"action_vi", action_vi},
                           {"needed", absl::StrJoin(names, " or ")},
                           {"needed_vi", absl::StrJoin(names_vi, " hoặc ")}});
}

// Whether the school came into the place of one that ended.
bool TakesAPlace(const Pact& pact, const std::string& school) {
  return std::any_of(
      pact.successions().begin(), pact.successions().end(),
      [&](const v1::PactSuccession& succession) { return succession.successor() == school; });
}

bool IsNumber(const PactTarget& target) {
  return target.operator_() != v1::PACT_OPERATOR_UNSPECIFIED;
}

void CheckTargets(const Pact& pact, Violations& violations) {
  for (int i = 0; i < pact.targets_size(); ++i) {
    const PactTarget& target = pact.targets(i);
    const std::string path = absl::StrCat("pact.targets[", i, "]");
    if (target.number() != i + 1) {
      violations.push_back({path + ".number", absl::StrCat("must be ", i + 1),
                            absl::StrCat("phải là ", i + 1, " (đánh số liên tục từ 1)")});
    }
    const bool number = IsNumber(target);
    if (number != !target.indicator().empty() || number != target.has_value()) {
      violations.push_back({path, "needs indicator, operator and value, or none of them for a text",
                            "cần đủ mã chỉ tiêu, phép so sánh và giá trị, hoặc không có mục nào "
                            "nếu là chỉ tiêu định tính"});
    } else if (!number && !target.unit().empty()) {
      violations.push_back(
          {path + ".unit", "must be empty for a text", "phải để trống đối với chỉ tiêu định tính"});
    }
  }
}

// The first day that the date may mean; nothing where no year is known.
std::optional<absl::CivilDay> EarliestOf(const google::type::Date& date) {
  if (date.year() == 0) return std::nullopt;
  return absl::CivilDay(date.year(), std::max(date.month(), 1), std::max(date.day(), 1));
}

void CheckRecord(const Pact& pact, absl::CivilDay today, Violations& violations) {
  if (pact.has_record() != (pact.state() == v1::PACT_STATE_RECORDED)) {
    violations.push_back({"pact.record", "is for pacts that a source tells of (RecordPact)",
                          "chỉ dùng cho giao ước ghi nhận theo nguồn (RecordPact)"});
    return;
  }
  const v1::PactRecord& record = pact.record();
  if (EarliestOf(record.signing_date()).value_or(today) > today) {
    violations.push_back({"pact.record.signing_date", "must not be after today",
                          "không được là ngày trong tương lai"});
  }
  if (record.has_target_count() && !pact.targets().empty() &&
      record.target_count() != pact.targets_size()) {
    violations.push_back({"pact.record.target_count",
                          absl::StrCat("there are ", pact.targets_size(), " targets"),
                          absl::StrCat("có ", pact.targets_size(), " chỉ tiêu được liệt kê")});
  }
}

// What a person may say of a pact.
Pact SaidOf(const Pact& said) {
  Pact pact;
  pact.set_name(said.name());
  pact.set_year(said.year());
  pact.set_theme(said.theme());
  if (said.has_valid_from()) *pact.mutable_valid_from() = said.valid_from();
  if (said.has_valid_to()) *pact.mutable_valid_to() = said.valid_to();
  *pact.mutable_targets() = said.targets();
  for (PactTarget& target : *pact.mutable_targets()) target.clear_assessment();
  if (said.has_record()) *pact.mutable_record() = said.record();
  *pact.mutable_provenance() = said.provenance();
  return pact;
}

Pact ForWholeYear(Pact pact) {
  if (!pact.has_valid_from()) *pact.mutable_valid_from() = runtime::DayToProto(YearOf(pact).from);
  if (!pact.has_valid_to()) *pact.mutable_valid_to() = runtime::DayToProto(YearOf(pact).to);
  return pact;
}

std::optional<std::string> ClusterOf(const std::string& name) {
  return contract::SegmentAfter(name, "clusters");
}

// The first `kMostNamed`, and how many more there are.
std::string Listed(const std::vector<std::string>& names, const char* more) {
  const size_t named = std::min(names.size(), kMostNamed);
  std::string text =
      absl::StrJoin(names.begin(), names.begin() + static_cast<ptrdiff_t>(named), ", ");
  if (named < names.size()) absl::StrAppend(&text, ", … ", names.size() - named, " ", more);
  return text;
}

// BR-12: the leaders of all members sign. A school that joined after the others signed is a member
// like them.
absl::Status CheckAllSigned(const Pact& pact, absl::CivilDay day,
                            const std::vector<Membership>& memberships) {
  std::vector<std::string> missing;
  size_t members = 0;
  for (const Membership& membership : memberships) {
    if (!PeriodOf(membership).Contains(day)) continue;
    ++members;
    const PactSignature* signature = SignatureBy(pact, membership.school());
    if (signature == nullptr ||
        runtime::DayFromProto(signature->sign_date()).value_or(directory::kOpenEnd) > day) {
      missing.push_back(membership.school());
    }
  }
  if (members == 0) {
    return BreaksRule(pact.name(), "the cluster has no member on " + Text(day),
                      "cụm không có thành viên nào vào ngày " + Text(day));
  }
  if (missing.empty()) return absl::OkStatus();
  std::vector<contract::Precondition> preconditions;
  for (const std::string& school : missing) {
    preconditions.push_back(
        {"MISSING_SIGNATURE", school, "must sign by " + Text(day) + ", on which it is a member"});
  }
  return contract::RefusePreconditions(
      Reason::REASON_RULE_VIOLATED,
      {{"resource", pact.name()},
       {"why", absl::StrCat(missing.size(), " of ", members, " members of ", Text(day),
                            " have not signed by then: ", Listed(missing, "more"))},
       {"why_vi", absl::StrCat(missing.size(), "/", members, " thành viên của ngày ", Text(day),
                               " chưa ký đến ngày đó: ", Listed(missing, "trường khác"))}},
      preconditions);
}

absl::Status CheckForceDate(const Pact& pact, absl::CivilDay day, absl::CivilDay today) {
  if (!PeriodOf(pact).Contains(day)) {
    return BreaksRule(pact.name(), Text(day) + " lies outside the planned period",
                      "ngày " + Text(day) + " nằm ngoài thời gian dự kiến");
  }
  if (day > today) {
    return BreaksRule(pact.name(), Text(day) + " is after today",
                      "ngày " + Text(day) + " là ngày trong tương lai");
  }
  return absl::OkStatus();
}

// The amended pact, as it stands once the amendment took over on `day`.
absl::StatusOr<Pact> Supersede(Pact earlier, const Pact& amendment, absl::CivilDay day) {
  absl::Status status =
      CheckState(earlier, {v1::PACT_STATE_IN_FORCE}, "amending it", "việc sửa đổi");
  if (!status.ok()) return status;
  const Period period = PeriodOf(earlier);
  if (day <= period.from || period.to <= day) {
    return BreaksRule(
        amendment.name(),
        absl::StrCat("an amendment takes over within the period of ", earlier.name(), " (",
                     Text(period.from), " to ", Text(period.to), "), after its first day"),
        absl::StrCat("bản sửa đổi phải bắt đầu trong thời gian hiệu lực của ", earlier.name(), " (",
                     Text(period.from), " – ", Text(period.to), "), sau ngày đầu tiên"));
  }
  *earlier.mutable_valid_to() = runtime::DayToProto(day);
  earlier.set_state(v1::PACT_STATE_SUPERSEDED);
  earlier.set_superseded_by(amendment.name());
  return earlier;
}

bool Reached(const PactTarget& target, Decimal attained, Decimal value) {
  switch (target.operator_()) {
    case v1::PACT_OPERATOR_AT_LEAST:
      return attained >= value;
    case v1::PACT_OPERATOR_AT_MOST:
      return attained <= value;
    case v1::PACT_OPERATOR_MORE_THAN:
      return attained > value;
    case v1::PACT_OPERATOR_LESS_THAN:
      return attained < value;
    default:
      return attained == value;
  }
}

// Of a number: the attained value is given and the verdict is worked out.
void JudgeNumber(PactTarget& target, TargetAssessment assessment, const std::string& path,
                 Violations& violations) {
  const auto attained = Decimal::Parse(assessment.attained().value());
  const auto value = Decimal::Parse(target.value().value());
  if (!attained.ok() || !value.ok()) {
    violations.push_back({path + ".attained", "is required for a target with a number",
                          "bắt buộc đối với chỉ tiêu định lượng"});
  }
  if (assessment.verdict() != v1::PACT_VERDICT_UNSPECIFIED) {
    violations.push_back({path + ".verdict", "is worked out from the attained value",
                          "do hệ thống xác định từ kết quả đạt được"});
  }
  if (!violations.empty()) return;
  assessment.set_verdict(Reached(target, *attained, *value) ? v1::PACT_VERDICT_MET
                                                            : v1::PACT_VERDICT_NOT_MET);
  *target.mutable_assessment() = std::move(assessment);
}

void JudgeText(PactTarget& target, TargetAssessment assessment, const std::string& path,
               Violations& violations) {
  if (assessment.has_attained()) {
    violations.push_back({path + ".attained", "must be absent for a target in words",
                          "phải để trống đối với chỉ tiêu định tính"});
  }
  if (assessment.verdict() == v1::PACT_VERDICT_UNSPECIFIED) {
    violations.push_back({path + ".verdict", "is required for a target in words",
                          "bắt buộc đối với chỉ tiêu định tính"});
  }
  if (assessment.judgement().empty()) {
    violations.push_back({path + ".judgement", "is required for a target in words",
                          "bắt buộc đối với chỉ tiêu định tính"});
  }
  if (violations.empty()) *target.mutable_assessment() = std::move(assessment);
}

}  // namespace

bool Binds(const Pact& pact) {
  switch (pact.state()) {
    case v1::PACT_STATE_IN_FORCE:
    case v1::PACT_STATE_ASSESSED:
    case v1::PACT_STATE_SUPERSEDED:
      return true;
    case v1::PACT_STATE_RECORDED:
      return pact.record().all_members_signed();
    default:
      return false;
  }
}

absl::StatusOr<Pact> Draft(const Pact& said) {
  Pact pact = ForWholeYear(SaidOf(said));
  pact.set_state(v1::PACT_STATE_DRAFT);
  // Nothing in a draft is compared with today.
  if (absl::Status status = CheckContent(pact, absl::CivilDay()); !status.ok()) return status;
  return pact;
}

absl::StatusOr<Pact> Record(const Pact& said, absl::CivilDay today) {
  Pact pact = SaidOf(said);
  pact.set_state(v1::PACT_STATE_RECORDED);
  const auto signed_on = runtime::DayFromProto(pact.record().signing_date());
  if (!pact.has_valid_from() && pact.has_record()) {
    if (!signed_on.ok()) {
      return contract::RefuseFields(
          {{"pact.valid_from", "must be given where the day of signing is not known",
            "bắt buộc khi chưa rõ ngày ký kết"}});
    }
    *pact.mutable_valid_from() = runtime::DayToProto(std::max(*signed_on, YearOf(pact).from));
  }
  pact = ForWholeYear(std::move(pact));
  if (absl::Status status = CheckContent(pact, today); !status.ok()) return status;
  return pact;
}

absl::Status CheckContent(const Pact& pact, absl::CivilDay today) {
  Violations violations;
  const std::optional<Period> period = CheckPeriod(pact, "pact", violations);
  if (period.has_value() && !period->Within(YearOf(pact))) {
    violations.push_back({"pact.valid_from",
                          absl::StrCat("the period must lie within the year ", pact.year()),
                          absl::StrCat("thời gian phải nằm trong năm ", pact.year())});
  }
  CheckTargets(pact, violations);
  CheckRecord(pact, today, violations);
  CheckProvenance(pact.provenance(), "pact.provenance", violations);
  return violations.empty() ? absl::OkStatus() : contract::RefuseFields(violations);
}

absl::Status CheckChangeable(const Pact& pact) {
  return CheckState(pact, {v1::PACT_STATE_DRAFT, v1::PACT_STATE_RECORDED}, "a change", "việc sửa");
}

absl::Status CheckBindsAlone(const Pact& pact, const std::vector<Pact>& of_year) {
  if (!Binds(pact)) return absl::OkStatus();
  for (const Pact& other : of_year) {
    if (other.name() == pact.name() || !Binds(other)) continue;
    const Period common = PeriodOf(pact).Common(PeriodOf(other));
    if (common.Empty()) continue;
    return contract::Refuse(
        Reason::REASON_OVERLAP,
        {{"resource", pact.name()},
         {"other", other.name()},
         {"why", absl::StrCat("a cluster is bound by one pact at a time, and on ",
                              Text(common.from), " by that one")},
         {"why_vi", absl::StrCat("mỗi lúc cụm chỉ có một giao ước có hiệu lực, ngày ",
                                 Text(common.from), " là giao ước đó")}});
  }
  return absl::OkStatus();
}

absl::StatusOr<Pact> OpenForSigning(Pact pact) {
  absl::Status status =
      CheckState(pact, {v1::PACT_STATE_DRAFT}, "opening it for signing", "việc mở ký");
  if (!status.ok()) return status;
  if (pact.targets().empty()) {
    return BreaksRule(pact.name(), "has no target to sign", "chưa có chỉ tiêu nào để ký");
  }
  pact.set_state(v1::PACT_STATE_OPEN_FOR_SIGNING);
  return pact;
}

absl::StatusOr<Pact> ReturnToDraft(Pact pact) {
  absl::Status status =
      CheckState(pact, {v1::PACT_STATE_OPEN_FOR_SIGNING}, "returning it", "việc đưa về dự thảo");
  if (!status.ok()) return status;
  pact.clear_signatures();
  pact.set_state(v1::PACT_STATE_DRAFT);
  return pact;
}

absl::StatusOr<PactSignature> SignatureOf(const v1::SignPactRequest& request,
                                          const Signatory& signatory, absl::CivilDay today) {
  PactSignature signature;
  signature.set_school(request.school());
  signature.set_identity(signatory.identity);
  signature.set_note(request.note());
  if (signatory.is_the_school) {
    if (request.has_paper()) {
      return contract::RefuseFields({{"paper", "only the academy enters signatures given on paper",
                                      "chỉ Học viện ghi nhận chữ ký trên giấy"}});
    }
    if (signatory.person.empty()) {
      return BreaksRule(request.name(),
                        "a pact is signed by a person; name the leader in thidua-acting-for",
                        "giao ước do người đại diện ký; hãy nêu tên lãnh đạo trường trong "
                        "thidua-acting-for");
    }
    signature.set_signer(signatory.person);
    *signature.mutable_sign_date() = runtime::DayToProto(today);
    return signature;
  }
  if (!request.has_paper()) {
    return contract::RefuseFields(
        {{"paper", "must be given: nobody but the school itself signs here",
          "bắt buộc: chỉ chính trường mới được ký tại đây"}});
  }
  if (runtime::DayFromProto(request.paper().sign_date()).value_or(directory::kOpenEnd) > today) {
    return contract::RefuseFields(
        {{"paper.sign_date", "must not be after today", "không được là ngày trong tương lai"}});
  }
  signature.set_signer(request.paper().signer());
  *signature.mutable_sign_date() = request.paper().sign_date();
  signature.set_paper_source(request.paper().source());
  return signature;
}

absl::StatusOr<Pact> Sign(Pact pact, const PactSignature& signature,
                          const std::vector<Membership>& of_school) {
  absl::Status status =
      CheckState(pact, {v1::PACT_STATE_OPEN_FOR_SIGNING}, "signing it", "việc ký");
  const bool late =
      pact.state() == v1::PACT_STATE_IN_FORCE && TakesAPlace(pact, signature.school());
  if (!status.ok() && !late) return status;
  if (SignatureBy(pact, signature.school()) != nullptr) {
    return BreaksRule(pact.name(), signature.school() + " has signed already",
                      signature.school() + " đã ký");
  }
  const absl::CivilDay day =
      runtime::DayFromProto(signature.sign_date()).value_or(directory::kOpenEnd);
  const bool member =
      std::any_of(of_school.begin(), of_school.end(), [&](const Membership& membership) {
        return membership.school() == signature.school() &&
               ClusterOf(membership.name()) == ClusterOf(pact.name()) &&
               PeriodOf(membership).Contains(day);
      });
  if (!member) {
    return BreaksRule(
        pact.name(),
        absl::StrCat(signature.school(), " is no member of the cluster on ", Text(day)),
        absl::StrCat(signature.school(), " không là thành viên của cụm vào ngày ", Text(day)));
  }
  *pact.add_signatures() = signature;
  return pact;
}

bool IsOpenPartOf(const Pact& pact, const std::string& school, absl::CivilDay day) {
  const bool open =
      pact.state() == v1::PACT_STATE_OPEN_FOR_SIGNING || pact.state() == v1::PACT_STATE_IN_FORCE;
  const bool decided = std::any_of(
      pact.successions().begin(), pact.successions().end(),
      [&](const v1::PactSuccession& succession) { return succession.predecessor() == school; });
  return open && !decided && day < PeriodOf(pact).to && SignatureBy(pact, school) != nullptr;
}

absl::StatusOr<Pact> Succeed(Pact pact, const std::string& predecessor,
                             const std::string& successor, absl::CivilDay day) {
  absl::Status status = CheckState(pact, {v1::PACT_STATE_OPEN_FOR_SIGNING, v1::PACT_STATE_IN_FORCE},
                                   "taking a place in it", "việc kế thừa");
  if (!status.ok()) return status;
  v1::PactSuccession& succession = *pact.add_successions();
  succession.set_predecessor(predecessor);
  succession.set_successor(successor);
  *succession.mutable_effective_date() = runtime::DayToProto(day);
  return pact;
}

absl::StatusOr<Pact> Withdraw(Pact pact, const std::string& school) {
  absl::Status status = CheckState(pact, {v1::PACT_STATE_OPEN_FOR_SIGNING},
                                   "withdrawing a signature", "việc rút chữ ký");
  if (!status.ok()) return status;
  auto& signatures = *pact.mutable_signatures();
  const auto found =
      std::find_if(signatures.begin(), signatures.end(),
                   [&](const PactSignature& signature) { return signature.school() == school; });
  if (found == signatures.end())
    return BreaksRule(pact.name(), school + " has not signed", school + " chưa ký");
  signatures.erase(found);
  return pact;
}

absl::StatusOr<Enforcement> BringIntoForce(Pact pact, absl::CivilDay day, absl::CivilDay today,
                                           const std::vector<Membership>& memberships,
                                           const std::vector<Pact>& of_year) {
  absl::Status status = CheckState(pact, {v1::PACT_STATE_OPEN_FOR_SIGNING},
                                   "bringing it into force", "việc đưa vào hiệu lực");
  if (status.ok()) status = CheckForceDate(pact, day, today);
  if (status.ok()) status = CheckAllSigned(pact, day, memberships);
  if (!status.ok()) return status;
  pact.set_state(v1::PACT_STATE_IN_FORCE);
  *pact.mutable_valid_from() = runtime::DayToProto(day);

  Enforcement enforcement;
  std::vector<Pact> others = of_year;
  for (Pact& other : others) {
    if (other.name() != pact.amends()) continue;
    absl::StatusOr<Pact> superseded = Supersede(other, pact, day);
    if (!superseded.ok()) return superseded.status();
    other = *superseded;
    enforcement.superseded = *std::move(superseded);
  }
  if (status = CheckBindsAlone(pact, others); !status.ok()) return status;
  enforcement.in_force = std::move(pact);
  return enforcement;
}

absl::StatusOr<Pact> Amend(const Pact& pact, const Pact* said, const std::vector<Pact>& of_year) {
  absl::Status status = CheckState(pact, {v1::PACT_STATE_IN_FORCE}, "amending it", "việc sửa đổi");
  if (!status.ok()) return status;
  for (const Pact& other : of_year) {
    const bool under_way =
        other.state() == v1::PACT_STATE_DRAFT || other.state() == v1::PACT_STATE_OPEN_FOR_SIGNING;
    if (other.amends() == pact.name() && under_way) {
      return BreaksRule(pact.name(), other.name() + ", which amends it, is under way",
                        "đang có bản sửa đổi " + other.name());
    }
  }
  if (said != nullptr && said->year() != pact.year()) {
    return contract::RefuseFields({{"pact.year", absl::StrCat("must be ", pact.year()),
                                    absl::StrCat("phải là ", pact.year())}});
  }
  absl::StatusOr<Pact> draft = Draft(said != nullptr ? *said : pact);
  if (draft.ok()) draft->set_amends(pact.name());
  return draft;
}

absl::StatusOr<Pact> Assess(Pact pact, const RepeatedPtrField<TargetAssessment>& assessments,
                            const std::string& reason, absl::CivilDay today) {
  absl::Status status = CheckState(pact, {v1::PACT_STATE_IN_FORCE, v1::PACT_STATE_ASSESSED},
                                   "an assessment", "việc đánh giá");
  if (!status.ok()) return status;
  Violations violations;
  if (pact.state() == v1::PACT_STATE_ASSESSED && reason.empty()) {
    violations.push_back(
        {"reason", "is required to correct a judgement", "bắt buộc khi sửa kết quả đánh giá"});
  }
  std::set<int> judged;
  for (int i = 0; i < assessments.size(); ++i) {
    const TargetAssessment& assessment = assessments.Get(i);
    const std::string path = absl::StrCat("assessments[", i, "]");
    if (assessment.number() < 1 || pact.targets_size() < assessment.number()) {
      violations.push_back(
          {path + ".number", "no target has this number", "không có chỉ tiêu mang số này"});
      continue;
    }
    if (!judged.insert(assessment.number()).second) {
      violations.push_back({path + ".number", "is judged twice", "được đánh giá hai lần"});
      continue;
    }
    Violations wrong;
    PactTarget& target = *pact.mutable_targets(assessment.number() - 1);
    IsNumber(target) ? JudgeNumber(target, assessment, path, wrong)
                     : JudgeText(target, assessment, path, wrong);
    violations.insert(violations.end(), wrong.begin(), wrong.end());
  }
  for (const PactTarget& target : pact.targets()) {
    if (judged.contains(target.number())) continue;
    violations.push_back({"assessments", absl::StrCat("target ", target.number(), " is not judged"),
                          absl::StrCat("chưa đánh giá chỉ tiêu ", target.number())});
  }
  if (!violations.empty()) return contract::RefuseFields(violations);
  pact.set_state(v1::PACT_STATE_ASSESSED);
  *pact.mutable_assess_date() = runtime::DayToProto(today);
  return pact;
}

absl::StatusOr<Pact> Cancel(Pact pact, const std::string& reason) {
  absl::Status status = CheckState(pact, {v1::PACT_STATE_DRAFT, v1::PACT_STATE_OPEN_FOR_SIGNING},
                                   "cancelling it", "việc hủy");
  if (!status.ok()) return status;
  pact.set_state(v1::PACT_STATE_CANCELLED);
  pact.set_cancel_reason(reason);
  return pact;
}

Binding BindingOn(const std::vector<Pact>& of_year, absl::CivilDay day) {
  Binding binding{nullptr, v1::NO_BINDING_PACT_NONE_IN_FORCE};
  for (const Pact& pact : of_year) {
    if (!PeriodOf(pact).Contains(day)) continue;
    if (Binds(pact)) return {&pact, v1::NO_BINDING_PACT_UNSPECIFIED};
    if (pact.state() == v1::PACT_STATE_RECORDED)
      binding.why = v1::NO_BINDING_PACT_SIGNATURES_UNKNOWN;
  }
  return binding;
}

const PactSignature* SignatureBy(const Pact& pact, const std::string& school) {
  for (const PactSignature& signature : pact.signatures()) {
    if (signature.school() == school) return &signature;
  }
  return nullptr;
}

}  // namespace thidua::registry
