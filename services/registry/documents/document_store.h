// Documents in the database.
#ifndef THIDUA_SERVICES_REGISTRY_DOCUMENTS_DOCUMENT_STORE_H_
#define THIDUA_SERVICES_REGISTRY_DOCUMENTS_DOCUMENT_STORE_H_

#include <string>
#include <string_view>
#include <vector>

#include "common/contract/filter.h"
#include "common/resource/table.h"
#include "google/protobuf/message.h"
#include "thidua/registry/v1/document_service.pb.h"

namespace thidua::registry {

// Tables `document` and `document_supersession`. Errors are those of resource::Table.
class DocumentStore {
 public:
  DocumentStore();

  // By day of issue, then by resource name. Without `superseded_by`, which is derived.
  const resource::Table<v1::Document>& documents() const { return documents_; }

  // Refuses a message that names a document that is not recorded (REASON_NOT_FOUND with the names
  // of all that are missing). Every room asks this for the whole request of each of its writes.
  // Documents are never deleted, so nothing needs to be held; those that the same transaction has
  // recorded before count.
  absl::Status CheckNamed(database::Connection& connection,
                          const google::protobuf::Message& message) const;

  // The documents of these names, in their order, as readers get them. REASON_NOT_FOUND with the
  // names of all that are missing.
  absl::StatusOr<std::vector<v1::Document>> Read(database::Connection& connection,
                                                 const std::vector<std::string>& names) const;
  // Fills in `superseded_by` of each.
  absl::Status Derive(database::Connection& connection, std::vector<v1::Document>& documents) const;

  // Table::Create and Table::Update, with what the document supersedes. As readers get it.
  absl::StatusOr<v1::Document> Create(database::Transaction& transaction, const journal::Act& act,
                                      v1::Document document) const;
  absl::StatusOr<v1::Document> Update(database::Transaction& transaction, const journal::Act& act,
                                      v1::Document document, std::string_view etag) const;

  // Fields that ListDocuments filters by.
  static const contract::FilterFields& Filters();
  // Documents that match the filter and hold a word that begins so for each word of `query`.
  static resource::Where Matching(const contract::SqlCondition& filter, std::string_view query);

 private:
  resource::Table<v1::Document> documents_;
};

}  // namespace thidua::registry

#endif  // THIDUA_SERVICES_REGISTRY_DOCUMENTS_DOCUMENT_STORE_H_
