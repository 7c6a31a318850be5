// `thidua identifier`: codes of schools in schemes of others, and what they mean on a day.
#include <algorithm>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/runtime/dates.h"
#include "common/runtime/ids.h"
#include "services/cli/answers.h"
#include "services/cli/command.h"
#include "services/cli/file_content.h"
#include "services/cli/identifier_text.h"
#include "services/cli/registry_text.h"
#include "services/cli/table.h"
#include "services/cli/window_form.h"
#include "thidua/registry/v1/identifier_service.pb.h"

namespace thidua::cli {
namespace {

using namespace registry::v1;  // NOLINT: the contract's own words

std::string Method(const std::string& name) {
  return "thidua.registry.v1.IdentifierService." + name;
}

std::string SchemeOf(const Session& session) {
  return Named("identifierSchemes", session.arguments().Flag("scheme").value_or("agency-code"));
}

// Reads the day of a flag into a field; nothing when the flag was not given.
template <class Request, class Field>
absl::Status TakeDay(const Session& session, const std::string& flag, Request& request,
                     Field mutable_field) {
  const auto day = session.arguments().Day(flag);
  if (!day.ok()) return day.status();
  if (day->has_value()) *(request.*mutable_field)() = runtime::DayToProto(**day);
  return absl::OkStatus();
}

// --source, --note and --provisional; false when none was given.
bool TakeProvenance(const Arguments& arguments, Provenance& provenance) {
  const auto source = arguments.Flag("source");
  const auto note = arguments.Flag("note");
  if (source.has_value()) provenance.set_source(*source);
  if (note.has_value()) provenance.set_note(*note);
  if (arguments.Switch("provisional")) {
    provenance.set_confidence(CONFIDENCE_PROVISIONAL);
  } else if (source.has_value()) {
    provenance.set_confidence(CONFIDENCE_DOCUMENTED);
  }
  return source.has_value() || note.has_value() || arguments.Switch("provisional");
}

int Shown(Session& session, const absl::StatusOr<SchoolIdentifier>& identifier) {
  return Answered(session, identifier, [&](const SchoolIdentifier& shown) {
    Table table = IdentifierTable(session);
    Footnotes notes;
    AddIdentifier(session, shown, table, notes);
    std::cout << table.Render() << notes.Render();
  });
}

absl::StatusOr<SchoolIdentifier> Get(Session& session) {
  GetSchoolIdentifierRequest request;
  request.set_name(IdentifierName(session.arguments().words().front()));
  const absl::Status taken =
      TakeDay(session, "as-of", request, &GetSchoolIdentifierRequest::mutable_as_of);
  if (!taken.ok()) return taken;
  return session.Call<SchoolIdentifier>(Method("GetSchoolIdentifier"), request);
}

int Show(Session& session) { return Shown(session, Get(session)); }

int List(Session& session) {
  ListSchoolIdentifiersRequest request;
  request.set_page_size(500);
  if (const auto school = session.arguments().Flag("school"); school.has_value())
    request.set_school(Named("schools", *school));
  if (session.arguments().Flag("scheme").has_value()) request.set_scheme(SchemeOf(session));
  request.set_show_all(session.arguments().Switch("all"));
  const absl::Status taken =
      TakeDay(session, "as-of", request, &ListSchoolIdentifiersRequest::mutable_as_of);
  if (!taken.ok()) return session.Fail(taken);
  return Answered(
      session,
      AllPages<ListSchoolIdentifiersResponse>(session, Method("ListSchoolIdentifiers"), request),
      [&](const ListSchoolIdentifiersResponse& response) {
        Table table = IdentifierTable(session);
        Footnotes notes;
        for (const SchoolIdentifier& identifier : response.school_identifiers())
          AddIdentifier(session, identifier, table, notes);
        std::cout << table.Render() << notes.Render();
      });
}

std::string BasisText(const Session& session, IdentifierBasis basis) {
  switch (basis) {
    case IDENTIFIER_BASIS_SAME_CODE:
      return Word(session, "in use", "đang dùng");
    case IDENTIFIER_BASIS_NAMED_SUCCESSOR:
      return Word(session, "named successor", "mã kế tiếp đã nêu");
    case IDENTIFIER_BASIS_SAME_SCHOOL:
      return Word(session, "same school", "cùng trường");
    case IDENTIFIER_BASIS_LINEAGE:
      return Word(session, "by lineage", "theo trường kế thừa");
    default:
      return "?";
  }
}

// One code of 500 with nothing to say takes one row.
void Print(const Session& session, const BatchResolveIdentifiersResponse& response) {
  Table table({{Word(session, "code", "mã")},
               {Word(session, "stands for", "mã đang dùng")},
               {Word(session, "school", "trường")},
               {Word(session, "name", "tên")},
               {Word(session, "found", "căn cứ")}});
  for (const ResolvedIdentifier& resolved : response.resolved()) {
    for (const IdentifierCandidate& candidate : resolved.candidates()) {
      table.Row({resolved.identifier().code(), candidate.code(), IdOf(candidate.school()),
                 candidate.display_name(), BasisText(session, candidate.basis())});
    }
    if (resolved.candidates().empty()) {
      table.Row({resolved.identifier().code(), "—", IdOf(resolved.school()),
                 resolved.display_name(), ""});
    }
  }
  if (!table.empty()) std::cout << table.Render();
  for (const ResolvedIdentifier& resolved : response.resolved()) {
    for (const IdentifierWarning& warning : resolved.warnings()) {
      std::cout << "  ! " << resolved.identifier().code() << ": "
                << session.Say(warning.text(), warning.text_vi()) << "\n";
    }
  }
  for (const std::string& code : response.unmapped()) {
    std::cout << "  ✗ " << code << ": "
              << session.Say("leads to no code in use on that day",
                             "không dẫn đến mã nào đang dùng vào ngày đó")
              << "\n";
  }
}

// Not found when a code leads nowhere, ambiguous when one leads to several, so that a script does
// not send what they stand for.
int ExitFor(const BatchResolveIdentifiersResponse& response) {
  if (!response.unmapped().empty()) return kNotFound;
  const bool ambiguous =
      std::any_of(response.resolved().begin(), response.resolved().end(),
                  [](const ResolvedIdentifier& code) { return code.candidates_size() > 1; });
  return ambiguous ? kAmbiguous : kOk;
}

int Resolve(Session& session) {
  BatchResolveIdentifiersRequest request;
  request.set_scheme(SchemeOf(session));
  for (const std::string& code : session.arguments().words()) request.add_codes(code);
  const absl::Status taken =
      TakeDay(session, "as-of", request, &BatchResolveIdentifiersRequest::mutable_as_of);
  if (!taken.ok()) return session.Fail(taken);
  const auto response =
      session.Call<BatchResolveIdentifiersResponse>(Method("BatchResolveIdentifiers"), request);
  const int shown =
      Answered(session, response, [&](const auto& answer) { Print(session, answer); });
  return shown == kOk ? ExitFor(*response) : shown;
}

int Create(Session& session) {
  const Arguments& arguments = session.arguments();
  CreateSchoolIdentifierRequest request;
  request.set_parent(Named("schools", arguments.words()[0]));
  request.set_school_identifier_id(arguments.Flag("id").value_or(""));
  SchoolIdentifier& identifier = *request.mutable_school_identifier();
  identifier.set_scheme(SchemeOf(session));
  identifier.set_code(arguments.words()[1]);
  absl::Status taken = TakeDay(session, "from", identifier, &SchoolIdentifier::mutable_valid_from);
  if (taken.ok()) taken = TakeDay(session, "to", identifier, &SchoolIdentifier::mutable_valid_to);
  if (!taken.ok()) return session.Fail(taken);
  identifier.set_successor(IdentifierName(arguments.Flag("successor").value_or("")));
  (void)TakeProvenance(arguments, *identifier.mutable_provenance());
  request.set_validate_only(arguments.Switch("validate-only"));
  request.set_request_id(runtime::NewUuid4());
  return Shown(session, session.Call<SchoolIdentifier>(Method("CreateSchoolIdentifier"), request));
}

int Update(Session& session) {
  const Arguments& arguments = session.arguments();
  absl::StatusOr<SchoolIdentifier> stored = Get(session);
  if (!stored.ok()) return session.Fail(stored.status());
  UpdateSchoolIdentifierRequest request;
  request.set_etag(stored->etag());
  SchoolIdentifier& identifier = *request.mutable_school_identifier();
  identifier = *std::move(stored);
  auto& mask = *request.mutable_update_mask();
  for (const auto& [flag, path] : {std::pair("from", "valid_from"), std::pair("to", "valid_to")}) {
    if (arguments.Flag(flag).has_value()) mask.add_paths(path);
  }
  absl::Status taken = TakeDay(session, "from", identifier, &SchoolIdentifier::mutable_valid_from);
  if (taken.ok()) taken = TakeDay(session, "to", identifier, &SchoolIdentifier::mutable_valid_to);
  if (!taken.ok()) return session.Fail(taken);
  if (const auto successor = arguments.Flag("successor"); successor.has_value()) {
    identifier.set_successor(IdentifierName(*successor));
    mask.add_paths("successor");
  }
  if (TakeProvenance(arguments, *identifier.mutable_provenance())) mask.add_paths("provenance");
  if (mask.paths().empty())
    return Misused(session, "say what to change", "cần nêu nội dung thay đổi");
  request.set_request_id(runtime::NewUuid4());
  return Shown(session, session.Call<SchoolIdentifier>(Method("UpdateSchoolIdentifier"), request));
}

int Retire(Session& session) {
  const Arguments& arguments = session.arguments();
  if (!arguments.Flag("end").has_value())
    return Misused(session, "--end DAY is needed", "cần --end NGÀY");
  const absl::StatusOr<SchoolIdentifier> stored = Get(session);
  if (!stored.ok()) return session.Fail(stored.status());
  RetireSchoolIdentifierRequest request;
  request.set_name(stored->name());
  request.set_etag(stored->etag());
  const absl::Status taken =
      TakeDay(session, "end", request, &RetireSchoolIdentifierRequest::mutable_end_date);
  if (!taken.ok()) return session.Fail(taken);
  request.set_successor(IdentifierName(arguments.Flag("successor").value_or("")));
  request.set_reason(arguments.Flag("reason").value_or(""));
  Provenance provenance = stored->provenance();
  if (TakeProvenance(arguments, provenance)) *request.mutable_provenance() = provenance;
  request.set_request_id(runtime::NewUuid4());
  return Shown(session, session.Call<SchoolIdentifier>(Method("RetireSchoolIdentifier"), request));
}

// ---- Schemes.

int Shown(Session& session, const absl::StatusOr<IdentifierScheme>& scheme) {
  return Answered(session, scheme, [&](const IdentifierScheme& shown) {
    std::cout << shown.display_name() << " (" << IdOf(shown.name()) << ")\n"
              << session.Say("  written as     ", "  dạng mã        ") << shown.pattern()
              << session.Say(", at most ", ", tối đa ") << shown.max_length()
              << session.Say(" characters", " ký tự") << "\n"
              << session.Say("  in use         ", "  thời gian dùng ") << PeriodText(session, shown)
              << "\n";
    if (const std::string certainty = ProvenanceText(session, shown.provenance());
        !certainty.empty()) {
      std::cout << session.Say("  certainty      ", "  độ tin cậy     ") << certainty << "\n";
    }
  });
}

int ListSchemes(Session& session) {
  ListIdentifierSchemesRequest request;
  return Answered(
      session,
      AllPages<ListIdentifierSchemesResponse>(session, Method("ListIdentifierSchemes"), request),
      [&](const ListIdentifierSchemesResponse& response) {
        Table table({{Word(session, "scheme", "hệ mã")},
                     {Word(session, "name", "tên")},
                     {Word(session, "written as", "dạng mã")},
                     {Word(session, "longest", "dài nhất"), Table::Align::kRight},
                     {Word(session, "in use", "thời gian dùng")},
                     {Word(session, "certainty", "độ tin cậy")}});
        Footnotes notes;
        for (const IdentifierScheme& scheme : response.identifier_schemes()) {
          table.Row({IdOf(scheme.name()), scheme.display_name(), scheme.pattern(),
                     absl::StrCat(scheme.max_length()), PeriodText(session, scheme),
                     notes.Mark(session, scheme.provenance())});
        }
        std::cout << table.Render() << notes.Render();
      });
}

absl::StatusOr<IdentifierScheme> GetScheme(Session& session) {
  GetIdentifierSchemeRequest request;
  request.set_name(Named("identifierSchemes", session.arguments().words().front()));
  return session.Call<IdentifierScheme>(Method("GetIdentifierScheme"), request);
}

int ShowScheme(Session& session) { return Shown(session, GetScheme(session)); }

// The file is an IdentifierScheme as `identifier scheme show --format json` prints it.
int CreateScheme(Session& session) {
  CreateIdentifierSchemeRequest request;
  IdentifierScheme& scheme = *request.mutable_identifier_scheme();
  if (absl::Status read = ReadJsonFile(session.arguments().words().front(), &scheme); !read.ok())
    return session.Fail(read);
  request.set_identifier_scheme_id(session.arguments().Flag("id").value_or(IdOf(scheme.name())));
  request.set_request_id(runtime::NewUuid4());
  return Shown(session, session.Call<IdentifierScheme>(Method("CreateIdentifierScheme"), request));
}

// The file is the scheme as it was shown, changed; its etag says which version that was.
int UpdateScheme(Session& session) {
  UpdateIdentifierSchemeRequest request;
  IdentifierScheme& scheme = *request.mutable_identifier_scheme();
  if (absl::Status read = ReadJsonFile(session.arguments().words().front(), &scheme); !read.ok())
    return session.Fail(read);
  request.set_etag(scheme.etag());
  request.mutable_update_mask()->add_paths("*");
  request.set_request_id(runtime::NewUuid4());
  return Shown(session, session.Call<IdentifierScheme>(Method("UpdateIdentifierScheme"), request));
}

}  // namespace

std::vector<Command> IdentifierCommands() {
  return {
      {"identifier list",
       "",
       {"school", "scheme", "as-of"},
       {"all"},
       "the codes in use on a day, of a school or a scheme",
       "các mã đang dùng tại một ngày, của một trường hoặc một hệ mã",
       0,
       0,
       List},
      {"identifier show",
       "SCHOOL/IDENTIFIER",
       {"as-of"},
       {},
       "one code of a school",
       "một mã của một trường",
       1,
       1,
       Show},
      {"identifier resolve",
       "CODE…",
       {"scheme", "as-of"},
       {},
       "which codes stand for these on a day (scheme: agency-code), with every warning",
       "mã nào thay cho các mã này vào một ngày (hệ mã: agency-code), kèm mọi cảnh báo",
       1,
       500,
       Resolve},
      {"identifier create",
       "SCHOOL CODE",
       {"scheme", "from", "to", "successor", "source", "note", "id"},
       {"provisional", "validate-only"},
       "record a code that a school was given",
       "ghi nhận mã cấp cho một trường",
       2,
       2,
       Create},
      {"identifier update",
       "SCHOOL/IDENTIFIER",
       {"from", "to", "successor", "source", "note"},
       {"provisional"},
       "correct a code's period, successor or source",
       "sửa thời gian dùng, mã kế tiếp hoặc nguồn của mã",
       1,
       1,
       Update},
      {"identifier retire",
       "SCHOOL/IDENTIFIER",
       {"end", "successor", "reason", "source", "note"},
       {"provisional"},
       "end the use of a code from a day on, for good",
       "cho một mã hết dùng từ một ngày, vĩnh viễn",
       1,
       1,
       Retire},
      {"identifier scheme list", "", {}, {}, "the schemes", "các hệ mã", 0, 0, ListSchemes},
      {"identifier scheme show", "SCHEME", {}, {}, "one scheme", "một hệ mã", 1, 1, ShowScheme},
      {"identifier scheme create",
       "FILE.json",
       {"id"},
       {},
       "record a scheme as a file describes it",
       "ghi nhận một hệ mã theo tệp",
       1,
       1,
       CreateScheme},
      {"identifier scheme update",
       "FILE.json",
       {},
       {},
       "correct a scheme that was shown as JSON",
       "sửa một hệ mã theo tệp JSON đã xuất",
       1,
       1,
       UpdateScheme},
  };
}

}  // namespace thidua::cli
