// What flags say about a document. Pure.
#ifndef THIDUA_SERVICES_CLI_DOCUMENT_FORM_H_
#define THIDUA_SERVICES_CLI_DOCUMENT_FORM_H_

#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/cli/arguments.h"
#include "thidua/registry/v1/document_service.pb.h"

namespace thidua::cli {

// The flags that say something about a document, and --file.
const std::set<std::string>& DocumentFlags();

// Writes what the flags (and --provisional) say into `document`; returns the paths of what they
// say, each once. A flag without a value empties its field. INVALID_ARGUMENT for a date that is
// none.
absl::StatusOr<std::vector<std::string>> TakeDocumentFlags(const Arguments& arguments,
                                                           registry::v1::Document& document);

}  // namespace thidua::cli

#endif  // THIDUA_SERVICES_CLI_DOCUMENT_FORM_H_
