// Published documents: found by what people call them, kept as files, checked without any service.
#ifndef THIDUA_SERVICES_CLI_PUBLISHED_DOCUMENT_H_
#define THIDUA_SERVICES_CLI_PUBLISHED_DOCUMENT_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "services/cli/session.h"
#include "thidua/reporting/v1/consolidation_service.pb.h"

namespace thidua::cli {

// The newest publication of a cluster ("mnbg"), or the one with that number ("mnbg-1"), with its
// document.
absl::StatusOr<reporting::v1::Publication> FindPublication(Session& session,
                                                           const std::string& window,
                                                           const std::string& word);

// What is known of a document whose signature fits.
struct VerifiedDocument {
  std::string sha256;  // hexadecimal
  std::string key_id;
  std::string type;  // "thidua.reporting.consolidation/1"
};

// OK only when the signature file was made with the key for exactly these bytes and they are a
// canonical document. INVALID_ARGUMENT for a malformed signature file or key, FAILED_PRECONDITION
// when another key signed, DATA_LOSS when document and signature do not fit. Messages in English, a
// slash, Vietnamese.
absl::StatusOr<VerifiedDocument> VerifyPublished(std::string_view document,
                                                 std::string_view signature_file,
                                                 std::string_view public_key_pem);

// `report download` and `report verify`.
int DownloadDocument(Session& session);
int VerifyDocumentFile(Session& session);

}  // namespace thidua::cli

#endif  // THIDUA_SERVICES_CLI_PUBLISHED_DOCUMENT_H_
