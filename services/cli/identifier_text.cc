#include "services/cli/identifier_text.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/cli/answers.h"

namespace thidua::cli {
namespace {

using namespace registry::v1;  // NOLINT: the contract's own words

std::string StateText(const Session& session, SchoolIdentifierState state) {
  switch (state) {
    case SCHOOL_IDENTIFIER_STATE_PENDING:
      return Word(session, "PENDING", "chưa dùng (PENDING)");
    case SCHOOL_IDENTIFIER_STATE_CURRENT:
      return Word(session, "CURRENT", "đang dùng (CURRENT)");
    case SCHOOL_IDENTIFIER_STATE_RETIRED:
      return Word(session, "RETIRED", "hết dùng (RETIRED)");
    default:
      return "?";
  }
}

}  // namespace

std::string IdentifierName(const std::string& word) {
  const size_t slash = word.find('/');
  if (absl::StartsWith(word, "schools/") || slash == std::string::npos) return word;
  return absl::StrCat("schools/", word.substr(0, slash), "/identifiers/", word.substr(slash + 1));
}

std::string IdentifierWord(const std::string& name) {
  const size_t identifiers = name.find("/identifiers/");
  return identifiers == std::string::npos
             ? name
             : absl::StrCat(IdOf(name.substr(0, identifiers)), "/", IdOf(name));
}

Table IdentifierTable(const Session& session) {
  return Table({{Word(session, "code", "mã")},
                {Word(session, "identifier", "định danh")},
                {Word(session, "in use", "thời gian dùng")},
                {Word(session, "state", "trạng thái")},
                {Word(session, "followed by", "mã kế tiếp")},
                {Word(session, "certainty", "độ tin cậy")}});
}

void AddIdentifier(const Session& session, const SchoolIdentifier& identifier, Table& table,
                   Footnotes& notes) {
  table.Row({identifier.code(), IdentifierWord(identifier.name()), PeriodText(session, identifier),
             StateText(session, identifier.state()), IdentifierWord(identifier.successor()),
             notes.Mark(session, identifier.provenance())});
}

}  // namespace thidua::cli
