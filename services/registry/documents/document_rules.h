// What must hold for documents. Pure: messages in, OK or a refusal out.
#ifndef THIDUA_SERVICES_REGISTRY_DOCUMENTS_DOCUMENT_RULES_H_
#define THIDUA_SERVICES_REGISTRY_DOCUMENTS_DOCUMENT_RULES_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "google/protobuf/message.h"
#include "thidua/registry/v1/document_service.pb.h"

namespace thidua::registry {

// What a document says by itself: its provenance, and documents that it replaces, each once and
// never itself (REASON_RULE_VIOLATED).
absl::Status CheckDocument(const v1::Document& document);

// REASON_RULE_VIOLATED: `document` would replace itself by way of `through`, which it replaces.
absl::Status SupersedesItself(const std::string& document, const std::string& through);

// Every document that `message` names, in any part of it, once and in order: the values of its
// string fields that refer to registry.thidua.vn/Document. What a message type can name is worked
// out once and kept. Safe from any thread.
std::vector<std::string> DocumentsNamedIn(const google::protobuf::Message& message);

}  // namespace thidua::registry

#endif  // THIDUA_SERVICES_REGISTRY_DOCUMENTS_DOCUMENT_RULES_H_
