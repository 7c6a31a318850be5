// Identifiers of schools as people read them.
#ifndef THIDUA_SERVICES_CLI_IDENTIFIER_TEXT_H_
#define THIDUA_SERVICES_CLI_IDENTIFIER_TEXT_H_

#include <string>

#include "services/cli/registry_text.h"
#include "services/cli/session.h"
#include "services/cli/table.h"
#include "thidua/registry/v1/identifier_service.pb.h"

namespace thidua::cli {

// "schools/quang-ninh/identifiers/agency-code-h49-21" for "quang-ninh/agency-code-h49-21"; a whole
// name, and what is neither, stays as it is.
std::string IdentifierName(const std::string& word);
// The other way round.
std::string IdentifierWord(const std::string& name);

// Code, name, period, state, successor, certainty: a row an identifier.
Table IdentifierTable(const Session& session);
void AddIdentifier(const Session& session, const registry::v1::SchoolIdentifier& identifier,
                   Table& table, Footnotes& notes);

}  // namespace thidua::cli

#endif  // THIDUA_SERVICES_CLI_IDENTIFIER_TEXT_H_
