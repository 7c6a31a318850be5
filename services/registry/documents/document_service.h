// Answers thidua.registry.v1.DocumentService.
#ifndef THIDUA_SERVICES_REGISTRY_DOCUMENTS_DOCUMENT_SERVICE_H_
#define THIDUA_SERVICES_REGISTRY_DOCUMENTS_DOCUMENT_SERVICE_H_

#include "common/contract/page_token.h"
#include "common/rpc/router.h"
#include "services/registry/documents/document_store.h"
#include "thidua/registry/v1/document_service.pb.h"

namespace thidua::registry {

class DocumentService {
 public:
  // All must outlive the service.
  DocumentService(const rpc::Writing& writing, const contract::PageTokens& page_tokens);

  void Register(rpc::Router& router);

  absl::StatusOr<v1::Document> GetDocument(rpc::CallContext& context,
                                           const v1::GetDocumentRequest& request);
  absl::StatusOr<v1::BatchGetDocumentsResponse> BatchGetDocuments(
      rpc::CallContext& context, const v1::BatchGetDocumentsRequest& request);
  absl::StatusOr<v1::ListDocumentsResponse> ListDocuments(rpc::CallContext& context,
                                                          const v1::ListDocumentsRequest& request);
  absl::StatusOr<v1::Document> CreateDocument(rpc::Mutation& mutation,
                                              const v1::CreateDocumentRequest& request);
  absl::StatusOr<v1::Document> UpdateDocument(rpc::Mutation& mutation,
                                              const v1::UpdateDocumentRequest& request);

 private:
  // Follows what `document` supersedes as far as it goes and refuses to come back to it. Touches
  // each on the way: two changes that would close a circle together wait for each other.
  absl::Status CheckNoCircle(database::Transaction& transaction, const v1::Document& document);

  const rpc::Writing& writing_;
  database::Pool& pool_;
  const contract::PageTokens& page_tokens_;
  const DocumentStore store_;
};

}  // namespace thidua::registry

#endif  // THIDUA_SERVICES_REGISTRY_DOCUMENTS_DOCUMENT_SERVICE_H_
