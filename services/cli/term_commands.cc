// `thidua cluster term`: who leads a cluster, from the election to the end of the term.
#include <iostream>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/runtime/ids.h"
#include "services/cli/answers.h"
#include "services/cli/command.h"
#include "services/cli/provenance_flags.h"
#include "services/cli/registry_text.h"
#include "services/cli/table.h"
#include "thidua/registry/v1/cluster_service.pb.h"

namespace thidua::cli {
namespace {

using namespace registry::v1;  // NOLINT: the contract's own words

std::string Method(const std::string& name) { return "thidua.registry.v1.ClusterService." + name; }

void Print(const Session& session,
           const google::protobuf::RepeatedPtrField<LeadershipTerm>& terms) {
  Table table({{Word(session, "cluster", "cụm")},
               {Word(session, "term", "nhiệm kỳ")},
               {Word(session, "year", "năm")},
               {Word(session, "school", "trường")},
               {Word(session, "role", "vai trò")},
               {Word(session, "state", "trạng thái")},
               {Word(session, "period", "thời gian")},
               {Word(session, "person", "người phụ trách")},
               {Word(session, "certainty", "độ tin cậy")}});
  Footnotes notes;
  for (const LeadershipTerm& term : terms) {
    table.Row({IdOf(ParentOf(term.name())), IdOf(term.name()), absl::StrCat(term.year()),
               IdOf(term.school()), RoleText(session, term.role()),
               TermStateText(session, term.state()), PeriodText(session, term),
               term.acting_person(), notes.Mark(session, term.provenance())});
  }
  std::cout << table.Render() << notes.Render();
}

int Shown(Session& session, const absl::StatusOr<LeadershipTerm>& term) {
  return Answered(session, term, [&](const LeadershipTerm& shown) {
    google::protobuf::RepeatedPtrField<LeadershipTerm> one;
    *one.Add() = shown;
    Print(session, one);
  });
}

int List(Session& session) {
  ListLeadershipTermsRequest request;
  const auto& words = session.arguments().words();
  request.set_parent("clusters/" + (words.empty() ? "-" : words.front()));
  if (const auto school = session.arguments().Flag("school"); school.has_value())
    request.set_school("schools/" + *school);
  request.set_filter(session.arguments().Flag("filter").value_or(""));
  request.set_page_size(500);
  const absl::Status day =
      ReadDay(session, "as-of", request, &ListLeadershipTermsRequest::mutable_as_of);
  if (!day.ok()) return session.Fail(day);
  return Answered(
      session,
      AllPages<ListLeadershipTermsResponse>(session, Method("ListLeadershipTerms"), request),
      [&](const ListLeadershipTermsResponse& response) {
        Print(session, response.leadership_terms());
      });
}

absl::StatusOr<LeadershipTerm> Stored(Session& session) {
  GetLeadershipTermRequest request;
  const auto& words = session.arguments().words();
  request.set_name(absl::StrCat("clusters/", words[0], "/leadershipTerms/", words[1]));
  return session.Call<LeadershipTerm>(Method("GetLeadershipTerm"), request);
}

int Show(Session& session) { return Shown(session, Stored(session)); }

// "head", "standing-deputy", "deputy".
LeadershipRole RoleNamed(const std::string& word) {
  LeadershipRole role = LEADERSHIP_ROLE_UNSPECIFIED;
  LeadershipRole_Parse(
      "LEADERSHIP_ROLE_" + absl::AsciiStrToUpper(absl::StrReplaceAll(word, {{"-", "_"}})), &role);
  return role;
}

int Elect(Session& session) {
  const Arguments& arguments = session.arguments();
  CreateLeadershipTermRequest request;
  request.set_parent("clusters/" + arguments.words()[0]);
  LeadershipTerm& term = *request.mutable_leadership_term();
  term.set_school("schools/" + arguments.words()[1]);
  int year = 0;
  if (!absl::SimpleAtoi(arguments.Flag("year").value_or(""), &year))
    return Misused(session, "--year YEAR is needed", "cần --year NĂM");
  term.set_year(year);
  term.set_role(RoleNamed(arguments.Flag("role").value_or("")));
  if (term.role() == LEADERSHIP_ROLE_UNSPECIFIED) {
    return Misused(session, "--role head|standing-deputy|deputy is needed",
                   "cần --role head|standing-deputy|deputy");
  }
  absl::Status days = ReadDay(session, "from", term, &LeadershipTerm::mutable_valid_from);
  if (days.ok()) days = ReadDay(session, "to", term, &LeadershipTerm::mutable_valid_to);
  if (days.ok()) days = ReadDay(session, "elected", term, &LeadershipTerm::mutable_elected_date);
  if (!days.ok()) return session.Fail(days);
  term.set_acting_person(arguments.Flag("person").value_or(""));
  *term.mutable_provenance() = ReadProvenance(arguments);
  request.set_leadership_term_id(arguments.Flag("id").value_or(""));
  request.set_request_id(runtime::NewUuid4());
  return Shown(session, session.Call<LeadershipTerm>(Method("CreateLeadershipTerm"), request));
}

int Recognise(Session& session) {
  const Arguments& arguments = session.arguments();
  const absl::StatusOr<LeadershipTerm> stored = Stored(session);
  if (!stored.ok()) return session.Fail(stored.status());
  RecogniseLeadershipTermRequest request;
  request.set_name(stored->name());
  request.set_etag(stored->etag());
  Decision& decision = *request.mutable_decision();
  decision.set_number(arguments.Flag("decision").value_or(""));
  decision.set_issuer(arguments.Flag("issuer").value_or(""));
  const absl::Status day = ReadDay(session, "decision-date", decision, &Decision::mutable_date);
  if (!day.ok()) return session.Fail(day);
  if (arguments.Flag("source").has_value())
    *request.mutable_provenance() = ReadProvenance(arguments);
  request.set_request_id(runtime::NewUuid4());
  return Shown(session, session.Call<LeadershipTerm>(Method("RecogniseLeadershipTerm"), request));
}

int End(Session& session) {
  const absl::StatusOr<LeadershipTerm> stored = Stored(session);
  if (!stored.ok()) return session.Fail(stored.status());
  EndLeadershipTermRequest request;
  request.set_name(stored->name());
  request.set_etag(stored->etag());
  const absl::Status day =
      ReadDay(session, "on", request, &EndLeadershipTermRequest::mutable_end_date);
  if (!day.ok()) return session.Fail(day);
  request.set_reason(session.arguments().Flag("reason").value_or(""));
  request.set_request_id(runtime::NewUuid4());
  return Shown(session, session.Call<LeadershipTerm>(Method("EndLeadershipTerm"), request));
}

int Replace(Session& session) {
  const Arguments& arguments = session.arguments();
  const absl::StatusOr<LeadershipTerm> stored = Stored(session);
  if (!stored.ok()) return session.Fail(stored.status());
  ReplaceLeadershipTermRequest request;
  request.set_name(stored->name());
  request.set_etag(stored->etag());
  request.set_school("schools/" + arguments.Flag("school").value_or(""));
  const absl::Status day =
      ReadDay(session, "on", request, &ReplaceLeadershipTermRequest::mutable_replace_date);
  if (!day.ok()) return session.Fail(day);
  *request.mutable_provenance() = ReadProvenance(arguments);
  request.set_reason(arguments.Flag("reason").value_or(""));
  request.set_leadership_term_id(arguments.Flag("id").value_or(""));
  request.set_request_id(runtime::NewUuid4());
  return Answered(
      session,
      session.Call<ReplaceLeadershipTermResponse>(Method("ReplaceLeadershipTerm"), request),
      [&](const ReplaceLeadershipTermResponse& both) {
        google::protobuf::RepeatedPtrField<LeadershipTerm> terms;
        *terms.Add() = both.replaced();
        *terms.Add() = both.replacement();
        Print(session, terms);
      });
}

}  // namespace

std::vector<Command> TermCommands() {
  return {
      {"cluster term list",
       "[CLUSTER]",
       {"school", "filter", "as-of"},
       {},
       "the leadership terms of a cluster, or of all; --filter 'year = 2024 AND role = HEAD'",
       "các nhiệm kỳ lãnh đạo của một cụm hoặc mọi cụm",
       0,
       1,
       List},
      {"cluster term show",
       "CLUSTER TERM",
       {},
       {},
       "one leadership term",
       "một nhiệm kỳ",
       2,
       2,
       Show},
      {"cluster term elect",
       "CLUSTER SCHOOL",
       {"year", "role", "from", "to", "elected", "person", "id", "source", "document",
        "provenance-note"},
       {"provisional"},
       "record an election: --year YEAR --role head|standing-deputy|deputy --source TEXT",
       "ghi nhận kết quả bầu Cụm trưởng, Cụm phó",
       2,
       2,
       Elect},
      {"cluster term recognise",
       "CLUSTER TERM",
       {"decision", "decision-date", "issuer", "source", "document", "provenance-note"},
       {"provisional"},
       "record the Academy's recognition of an elected term",
       "ghi nhận quyết định công nhận của Học viện",
       2,
       2,
       Recognise},
      {"cluster term end",
       "CLUSTER TERM",
       {"on", "reason"},
       {},
       "end a term early; --on is the first day after it",
       "kết thúc sớm nhiệm kỳ; --on là ngày đầu tiên không còn giữ chức",
       2,
       2,
       End},
      {"cluster term replace",
       "CLUSTER TERM",
       {"school", "on", "reason", "id", "source", "document", "provenance-note"},
       {"provisional"},
       "put another school into the post for the rest of the term",
       "thay bằng trường khác cho phần còn lại của nhiệm kỳ",
       2,
       2,
       Replace},
  };
}

}  // namespace thidua::cli
