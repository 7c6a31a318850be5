// `thidua pact`: what the members of a cluster bind themselves to, who has signed it, and what came
// of it.
#include <iostream>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/runtime/dates.h"
#include "common/runtime/ids.h"
#include "services/cli/answers.h"
#include "services/cli/command.h"
#include "services/cli/figures_text.h"
#include "services/cli/file_content.h"
#include "services/cli/pact_text.h"
#include "services/cli/registry_text.h"
#include "services/cli/table.h"
#include "services/cli/window_form.h"
#include "thidua/registry/v1/pact_service.pb.h"

namespace thidua::cli {
namespace {

using namespace registry::v1;  // NOLINT: the contract's own words

std::string Method(const std::string& name) { return "thidua.registry.v1.PactService." + name; }

// "clusters/ntbtn/pacts/2023" of the first two operands.
std::string NameAskedFor(const Session& session) {
  const auto& words = session.arguments().words();
  return absl::StrCat(Named("clusters", words[0]), "/pacts/", words[1]);
}

// Sets the field when the flag was given; the day that cannot be read otherwise.
absl::Status ReadDay(const Session& session, const std::string& flag, google::type::Date* into) {
  const auto day = session.arguments().Day(flag);
  if (!day.ok()) return day.status();
  if (day->has_value()) *into = runtime::DayToProto(**day);
  return absl::OkStatus();
}

absl::StatusOr<Pact> GetPact(Session& session) {
  GetPactRequest request;
  request.set_name(NameAskedFor(session));
  return session.Call<Pact>(Method("GetPact"), request);
}

// ---- What is shown.

void PrintHead(const Session& session, const Pact& pact) {
  const auto line = [&](const char* title, const char* title_vi, const std::string& text) {
    if (!text.empty()) std::cout << session.Say(title, title_vi) << text << "\n";
  };
  std::cout << pact.name() << "\n";
  line("  state     ", "  trạng thái  ", PactStateText(pact.state(), session.vietnamese()));
  line("  theme     ", "  chủ đề      ", pact.theme());
  line("  period    ", "  thời gian   ", PeriodText(session, pact));
  line("  amends    ", "  sửa đổi     ", pact.amends());
  line("  replaced  ", "  thay bởi    ", pact.superseded_by());
  line("  cancelled ", "  lý do hủy   ", pact.cancel_reason());
  if (pact.has_record())
    line("  recorded  ", "  theo nguồn  ", RecordText(pact.record(), session.vietnamese()));
  line("  source    ", "  nguồn       ", pact.provenance().source());
  line("  certainty ", "  độ tin cậy  ", ProvenanceText(session, pact.provenance()));
}

void PrintTargets(const Session& session, const Pact& pact) {
  if (pact.targets().empty()) return;
  Table table({{"#", Table::Align::kRight},
               {Word(session, "target", "chỉ tiêu")},
               {Word(session, "indicator", "mã chỉ tiêu")},
               {Word(session, "to reach", "mức giao ước"), Table::Align::kRight},
               {Word(session, "attained", "kết quả")},
               {Word(session, "verdict", "đánh giá")},
               {Word(session, "known from", "nguồn")}});
  for (const PactTarget& target : pact.targets()) {
    table.Row({absl::StrCat(target.number()), target.text(), target.indicator(),
               TargetValueText(target, session.vietnamese()),
               AttainedText(target, session.vietnamese()),
               VerdictText(target.assessment().verdict(), session.vietnamese()),
               target.assessment().source()});
  }
  std::cout << "\n" << table.Render();
}

void PrintSigners(const Session& session, const PactSigning& signing) {
  const int members = signing.signed__size() + signing.missing_size();
  std::cout << "\n"
            << session.Say("members of ", "thành viên ngày ") << DayText(session, signing.as_of())
            << ": " << signing.signed__size() << "/" << members << session.Say(" signed", " đã ký")
            << "\n\n";
  Table table({{Word(session, "school", "trường")},
               {Word(session, "name", "tên")},
               {Word(session, "signed", "ngày ký")},
               {Word(session, "by", "người ký")},
               {Word(session, "entered by", "ghi nhận bởi")},
               {Word(session, "note", "ghi chú")}});
  // A source that tells of a pact says who signed, if anybody; it shows no signatures.
  const std::string unsigned_mark = signing.state() == PACT_STATE_RECORDED
                                        ? Word(session, "not on record", "không lưu chữ ký")
                                        : Word(session, "✗ not signed", "✗ chưa ký");
  const auto row = [&](const PactSigner& signer, const std::string& remark) {
    const PactSignature& signature = signer.signature();
    std::string note = signature.note();
    for (const std::string& more : {signature.paper_source(), remark})
      if (!more.empty()) absl::StrAppend(&note, note.empty() ? "" : "; ", more);
    const bool has_signed = signer.has_signature();
    table.Row({IdOf(signer.school()), signer.display_name(),
               has_signed ? DayText(session, signature.sign_date()) : unsigned_mark,
               signature.signer(), WhoText(signature.identity()), note});
  };
  for (const PactSigner& signer : signing.signed_()) row(signer, "");
  for (const PactSigner& signer : signing.missing()) row(signer, "");
  for (const PactSigner& signer : signing.no_longer_members())
    row(signer, Word(session, "no member on that day", "không là thành viên ngày đó"));
  std::cout << table.Render();
}

// After a verb: where the pact stands now.
int Moved(Session& session, const absl::StatusOr<Pact>& pact) {
  return Answered(session, pact, [&](const Pact& moved) {
    PrintHead(session, moved);
    PrintTargets(session, moved);
  });
}

int Show(Session& session) {
  const absl::StatusOr<Pact> pact = GetPact(session);
  const int status = Moved(session, pact);
  // Of what a source tells no signature is on record; a list of all members would accuse them.
  if (!pact.ok() || session.json() || pact->has_record()) return status;
  GetPactSigningRequest request;
  request.set_name(pact->name());
  const auto signing = session.Call<PactSigning>(Method("GetPactSigning"), request);
  if (!signing.ok()) return session.Fail(signing.status());
  PrintSigners(session, *signing);
  return kOk;
}

int Missing(Session& session) {
  GetPactSigningRequest request;
  request.set_name(NameAskedFor(session));
  if (session.arguments().Flag("as-of").has_value()) {
    if (auto read = ReadDay(session, "as-of", request.mutable_as_of()); !read.ok())
      return session.Fail(read);
  }
  return Answered(session, session.Call<PactSigning>(Method("GetPactSigning"), request),
                  [&](const PactSigning& signing) {
                    std::cout << signing.pact() << ": "
                              << PactStateText(signing.state(), session.vietnamese()) << "\n";
                    PrintSigners(session, signing);
                  });
}

int List(Session& session) {
  const Arguments& arguments = session.arguments();
  ListPactsRequest request;
  request.set_parent(arguments.words().empty() ? "clusters/-"
                                               : Named("clusters", arguments.words().front()));
  request.set_page_size(500);
  if (const auto word = arguments.Flag("year"); word.has_value()) {
    int year = 0;
    if (!absl::SimpleAtoi(*word, &year)) return Misused(session, "--year 2023", "--year 2023");
    request.set_year(year);
  }
  if (const auto word = arguments.Flag("state"); word.has_value()) {
    PactState state = PACT_STATE_UNSPECIFIED;
    if (!PactState_Parse("PACT_STATE_" + absl::AsciiStrToUpper(*word), &state)) {
      constexpr char kStates[] =
          "--state draft|open_for_signing|in_force|assessed|superseded|cancelled|recorded";
      return Misused(session, kStates, kStates);
    }
    request.set_state(state);
  }
  if (arguments.Flag("as-of").has_value()) {
    if (auto read = ReadDay(session, "as-of", request.mutable_as_of()); !read.ok())
      return session.Fail(read);
  }
  return Answered(
      session, AllPages<ListPactsResponse>(session, Method("ListPacts"), request),
      [&](const ListPactsResponse& response) {
        Table table({{Word(session, "pact", "giao ước")},
                     {Word(session, "year", "năm"), Table::Align::kRight},
                     {Word(session, "theme", "chủ đề")},
                     {Word(session, "state", "trạng thái")},
                     {Word(session, "period", "thời gian")},
                     {Word(session, "targets", "chỉ tiêu"), Table::Align::kRight},
                     {Word(session, "signatures", "chữ ký"), Table::Align::kRight},
                     {Word(session, "certainty", "độ tin cậy")}});
        Footnotes notes;
        for (const Pact& pact : response.pacts()) {
          const int targets =
              pact.targets().empty() ? pact.record().target_count() : pact.targets_size();
          table.Row({pact.name(), absl::StrCat(pact.year()), pact.theme(),
                     PactStateText(pact.state(), session.vietnamese()), PeriodText(session, pact),
                     targets == 0 ? "–" : absl::StrCat(targets),
                     pact.has_record() ? "–" : absl::StrCat(pact.signatures_size()),
                     notes.Mark(session, pact.provenance())});
        }
        std::cout << table.Render() << notes.Render();
      });
}

int FindBinding(Session& session) {
  FindBindingPactRequest request;
  request.set_school(Named("schools", session.arguments().words().front()));
  if (session.arguments().Flag("as-of").has_value()) {
    if (auto read = ReadDay(session, "as-of", request.mutable_as_of()); !read.ok())
      return session.Fail(read);
  }
  return Answered(session,
                  session.Call<FindBindingPactResponse>(Method("FindBindingPact"), request),
                  [&](const FindBindingPactResponse& found) {
                    if (found.has_pact()) return PrintHead(session, found.pact());
                    std::cout << session.Say("none: ", "không có: ")
                              << NoBindingPactText(found.why(), session.vietnamese());
                    if (!found.cluster().empty()) std::cout << " (" << found.cluster() << ")";
                    std::cout << "\n";
                  });
}

// ---- Drafting and recording.

// A pact as `pact show --format json` prints it, from the operand behind the first `operands` when
// it is given; what flags say stands above it.
absl::StatusOr<Pact> ReadPact(const Session& session, size_t operands) {
  const Arguments& arguments = session.arguments();
  Pact pact;
  if (arguments.words().size() > operands) {
    if (auto read = ReadJsonFile(arguments.words()[operands], &pact); !read.ok()) return read;
  }
  if (const auto year = arguments.Flag("year"); year.has_value()) {
    int number = 0;
    if (!absl::SimpleAtoi(*year, &number)) return absl::InvalidArgumentError("--year 2023");
    pact.set_year(number);
  }
  if (const auto theme = arguments.Flag("theme"); theme.has_value()) pact.set_theme(*theme);
  if (const auto source = arguments.Flag("source"); source.has_value()) {
    pact.mutable_provenance()->set_confidence(CONFIDENCE_DOCUMENTED);
    pact.mutable_provenance()->set_source(*source);
  }
  const auto targets = arguments.Flags("target");
  if (!targets.empty()) pact.clear_targets();
  for (const std::string& text : targets) {
    PactTarget& target = *pact.add_targets();
    target.set_number(pact.targets_size());
    target.set_text(text);
  }
  return pact;
}

template <class Request>
int Made(Session& session, const std::string& method) {
  const absl::StatusOr<Pact> pact = ReadPact(session, 1);
  if (!pact.ok()) return session.Fail(pact.status());
  Request request;
  request.set_parent(Named("clusters", session.arguments().words().front()));
  request.set_pact_id(session.arguments().Flag("id").value_or(IdOf(pact->name())));
  *request.mutable_pact() = *pact;
  request.set_validate_only(session.arguments().Switch("validate-only"));
  request.set_request_id(runtime::NewUuid4());
  return Moved(session, session.Call<Pact>(Method(method), request));
}

int Create(Session& session) { return Made<CreatePactRequest>(session, "CreatePact"); }

int Record(Session& session) { return Made<RecordPactRequest>(session, "RecordPact"); }

int Update(Session& session) {
  const absl::StatusOr<Pact> changed = ReadPact(session, 2);
  if (!changed.ok()) return session.Fail(changed.status());
  const absl::StatusOr<Pact> stored = GetPact(session);
  if (!stored.ok()) return session.Fail(stored.status());
  UpdatePactRequest request;
  *request.mutable_pact() = *changed;
  request.mutable_pact()->set_name(stored->name());
  for (const std::string& field : ChangedFields(*changed))
    request.mutable_update_mask()->add_paths(field);
  if (request.update_mask().paths().empty())
    return Misused(session, "nothing to change: say FILE.json or a flag",
                   "không có gì để sửa: cần TỆP.json hoặc tùy chọn");
  request.set_etag(stored->etag());
  request.set_request_id(runtime::NewUuid4());
  return Moved(session, session.Call<Pact>(Method("UpdatePact"), request));
}

// ---- Verbs on the pact that the command names, as it stands now.

template <class Request>
int Act(Session& session, const std::string& method, Request request) {
  const absl::StatusOr<Pact> stored = GetPact(session);
  if (!stored.ok()) return session.Fail(stored.status());
  request.set_name(stored->name());
  request.set_etag(stored->etag());
  request.set_request_id(runtime::NewUuid4());
  return Moved(session, session.Call<Pact>(Method(method), request));
}

// The same with the reason that --reason gives.
template <class Request>
int ActBecause(Session& session, const std::string& method, Request request = {}) {
  request.set_reason(session.arguments().Flag("reason").value_or(""));
  return Act(session, method, std::move(request));
}

// --school, or the school as which the command runs.
std::string SchoolAskedFor(const Session& session) {
  const auto school = session.arguments().Flag("school");
  if (school.has_value()) return Named("schools", *school);
  const std::string& identity = session.profile().identity;
  return absl::StartsWith(identity, "school/") ? "schools/" + IdOf(identity) : "";
}

int NoSchool(const Session& session) {
  return Misused(session, "which school? say --school SCHOOL",
                 "trường nào? cần --school MÃ_TRƯỜNG");
}

int Open(Session& session) {
  return Act(session, "OpenPactForSigning", OpenPactForSigningRequest());
}

int Return(Session& session) {
  return ActBecause<ReturnPactToDraftRequest>(session, "ReturnPactToDraft");
}

int Sign(Session& session) {
  const Arguments& arguments = session.arguments();
  SignPactRequest request;
  request.set_school(SchoolAskedFor(session));
  if (request.school().empty()) return NoSchool(session);
  request.set_note(arguments.Flag("note").value_or(""));
  if (arguments.Flag("paper-date").has_value()) {
    PaperSignature& paper = *request.mutable_paper();
    if (auto read = ReadDay(session, "paper-date", paper.mutable_sign_date()); !read.ok())
      return session.Fail(read);
    paper.set_signer(arguments.Flag("paper-signer").value_or(""));
    paper.set_source(arguments.Flag("paper-source").value_or(""));
  }
  return Act(session, "SignPact", std::move(request));
}

int Withdraw(Session& session) {
  WithdrawSignatureRequest request;
  request.set_school(SchoolAskedFor(session));
  if (request.school().empty()) return NoSchool(session);
  return ActBecause(session, "WithdrawSignature", std::move(request));
}

int Enforce(Session& session) {
  BringPactIntoForceRequest request;
  if (session.arguments().Flag("date").has_value()) {
    if (auto read = ReadDay(session, "date", request.mutable_force_date()); !read.ok())
      return session.Fail(read);
  }
  request.set_validate_only(session.arguments().Switch("validate-only"));
  return Act(session, "BringPactIntoForce", std::move(request));
}

int Amend(Session& session) {
  AmendPactRequest request;
  if (session.arguments().words().size() > 2) {
    auto pact = ReadPact(session, 2);
    if (!pact.ok()) return session.Fail(pact.status());
    *request.mutable_pact() = *std::move(pact);
  }
  request.set_pact_id(session.arguments().Flag("id").value_or(""));
  return ActBecause(session, "AmendPact", std::move(request));
}

// The file is {"assessments": […]}, one for each target.
int Assess(Session& session) {
  AssessPactRequest request;
  if (auto read = ReadJsonFile(session.arguments().words()[2], &request); !read.ok())
    return session.Fail(read);
  request.set_validate_only(session.arguments().Switch("validate-only"));
  return ActBecause(session, "AssessPact", std::move(request));
}

int Cancel(Session& session) { return ActBecause<CancelPactRequest>(session, "CancelPact"); }

}  // namespace

std::vector<Command> PactCommands() {
  return {
      {"pact list",
       "[CLUSTER]",
       {"year", "state", "as-of"},
       {},
       "the pacts of a cluster or of all; those that bind on a day",
       "giao ước thi đua của một cụm hoặc mọi cụm; giao ước có hiệu lực tại một ngày",
       0,
       1,
       List},
      {"pact show",
       "CLUSTER PACT",
       {},
       {},
       "targets and signatures of a pact",
       "chỉ tiêu và chữ ký của một giao ước",
       2,
       2,
       Show},
      {"pact missing",
       "CLUSTER PACT",
       {"as-of"},
       {},
       "which members have signed a pact and which have not",
       "thành viên nào đã ký, chưa ký giao ước",
       2,
       2,
       Missing},
      {"pact binding",
       "SCHOOL",
       {"as-of"},
       {},
       "the pact that binds a school on a day",
       "giao ước có hiệu lực đối với một trường tại một ngày",
       1,
       1,
       FindBinding},
      {"pact create",
       "CLUSTER [FILE.json]",
       {"id", "year", "theme", "target", "source"},
       {"validate-only"},
       "draft a pact, from a file or from flags",
       "soạn dự thảo giao ước, theo tệp hoặc tùy chọn",
       1,
       2,
       Create},
      {"pact record",
       "CLUSTER FILE.json",
       {"id", "year", "theme", "target", "source"},
       {"validate-only"},
       "record a past pact as a source tells of it",
       "ghi nhận giao ước đã ký theo nguồn tài liệu",
       2,
       2,
       Record},
      {"pact update",
       "CLUSTER PACT [FILE.json]",
       {"theme", "target", "source"},
       {},
       "change a draft: what the file or a flag sets",
       "sửa dự thảo giao ước",
       2,
       3,
       Update},
      {"pact open",
       "CLUSTER PACT",
       {},
       {},
       "lay a draft open for signing",
       "mở ký giao ước",
       2,
       2,
       Open},
      {"pact return",
       "CLUSTER PACT",
       {"reason"},
       {},
       "take an open pact back to draft; its signatures are void",
       "đưa giao ước về dự thảo, các chữ ký hết giá trị",
       2,
       2,
       Return},
      {"pact sign",
       "CLUSTER PACT",
       {"school", "note", "paper-date", "paper-signer", "paper-source"},
       {},
       "sign for one's own school (--acting-for says who); the academy enters paper signatures",
       "ký cho trường mình (--acting-for nêu người ký); Học viện ghi nhận chữ ký trên giấy",
       2,
       2,
       Sign},
      {"pact withdraw",
       "CLUSTER PACT",
       {"school", "reason"},
       {},
       "withdraw a signature while the pact is open",
       "rút chữ ký khi giao ước còn mở ký",
       2,
       2,
       Withdraw},
      {"pact enforce",
       "CLUSTER PACT",
       {"date"},
       {"validate-only"},
       "bring a pact into force that every member has signed",
       "đưa giao ước đã được mọi thành viên ký vào hiệu lực",
       2,
       2,
       Enforce},
      {"pact amend",
       "CLUSTER PACT [FILE.json]",
       {"id", "reason"},
       {},
       "draft an amendment of a pact in force",
       "soạn dự thảo sửa đổi giao ước đang có hiệu lực",
       2,
       3,
       Amend},
      {"pact assess",
       "CLUSTER PACT FILE.json",
       {"reason"},
       {"validate-only"},
       "judge every target of a pact",
       "đánh giá mọi chỉ tiêu của giao ước",
       3,
       3,
       Assess},
      {"pact cancel",
       "CLUSTER PACT",
       {"reason"},
       {},
       "give a pact up before it is in force",
       "hủy giao ước trước khi có hiệu lực",
       2,
       2,
       Cancel},
  };
}

}  // namespace thidua::cli
