#include "services/registry/documents/document_service.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "common/contract/field_mask.h"
#include "common/contract/resource_name.h"
#include "services/registry/documents/document_rules.h"

namespace thidua::registry {

using v1::Document;

namespace {

constexpr int kUsualPage = 100;
constexpr int kLargestPage = 500;

bool Same(const Document& one, const Document& other) {
  return std::equal(one.supersedes().begin(), one.supersedes().end(), other.supersedes().begin(),
                    other.supersedes().end());
}

}  // namespace

DocumentService::DocumentService(const rpc::Writing& writing,
                                 const contract::PageTokens& page_tokens)
    : writing_(writing), pool_(writing.pool), page_tokens_(page_tokens) {}

void DocumentService::Register(rpc::Router& router) {
  router.Offer("thidua.registry.v1.DocumentService")
      .Unary("GetDocument", this, &DocumentService::GetDocument)
      .Unary("BatchGetDocuments", this, &DocumentService::BatchGetDocuments)
      .Unary("ListDocuments", this, &DocumentService::ListDocuments)
      .Mutation("CreateDocument", writing_, this, &DocumentService::CreateDocument)
      .Mutation("UpdateDocument", writing_, this, &DocumentService::UpdateDocument);
}

absl::StatusOr<Document> DocumentService::GetDocument(rpc::CallContext& context,
                                                      const v1::GetDocumentRequest& request) {
  auto connection = pool_.Borrow(context.bounds());
  if (!connection.ok()) return connection.status();
  auto documents = store_.Read(**connection, {request.name()});
  if (!documents.ok()) return documents.status();
  return std::move(documents->front());
}

absl::StatusOr<v1::BatchGetDocumentsResponse> DocumentService::BatchGetDocuments(
    rpc::CallContext& context, const v1::BatchGetDocumentsRequest& request) {
  auto connection = pool_.Borrow(context.bounds());
  if (!connection.ok()) return connection.status();
  auto documents = store_.Read(**connection, {request.names().begin(), request.names().end()});
  if (!documents.ok()) return documents.status();
  v1::BatchGetDocumentsResponse response;
  for (Document& document : *documents) *response.add_documents() = std::move(document);
  return response;
}

absl::StatusOr<v1::ListDocumentsResponse> DocumentService::ListDocuments(
    rpc::CallContext& context, const v1::ListDocumentsRequest& request) {
  const auto position = page_tokens_.Read(context.act().method, request);
  if (!position.ok()) return position.status();
  const auto filter = contract::ParseFilter(request.filter(), DocumentStore::Filters());
  if (!filter.ok()) return filter.status();
  auto connection = pool_.Borrow(context.bounds());
  if (!connection.ok()) return connection.status();
  auto page = store_.documents().List(
      **connection, DocumentStore::Matching(*filter, request.query()), *position,
      contract::PageSize(request.page_size(), kUsualPage, kLargestPage));
  if (!page.ok()) return page.status();
  if (absl::Status status = store_.Derive(**connection, page->resources); !status.ok())
    return status;
  v1::ListDocumentsResponse response;
  for (Document& document : page->resources) *response.add_documents() = std::move(document);
  if (!page->next.empty()) {
    response.set_next_page_token(page_tokens_.Make(context.act().method, request, page->next));
  }
  return response;
}

absl::StatusOr<Document> DocumentService::CreateDocument(rpc::Mutation& mutation,
                                                         const v1::CreateDocumentRequest& request) {
  Document document = request.document();
  document.set_name(contract::Join({"documents", request.document_id()}));
  // Nothing supersedes a document that is new, so that it closes no circle.
  absl::Status status = CheckDocument(document);
  if (status.ok()) status = store_.CheckNamed(mutation.connection(), request);
  if (!status.ok()) return status;
  return store_.Create(mutation.transaction(), mutation.act(), std::move(document));
}

absl::StatusOr<Document> DocumentService::UpdateDocument(rpc::Mutation& mutation,
                                                         const v1::UpdateDocumentRequest& request) {
  database::Transaction& transaction = mutation.transaction();
  const std::string& name = request.document().name();
  absl::Status status = store_.documents().Touch(transaction, name);
  if (!status.ok()) return status;
  const absl::StatusOr<Document> before = store_.documents().Get(transaction.connection(), name);
  if (!before.ok()) return before;
  Document document = *before;
  status = contract::ApplyUpdate(request.document(), request.update_mask(), &document);
  if (status.ok()) status = CheckDocument(document);
  if (status.ok()) status = store_.CheckNamed(transaction.connection(), document);
  if (status.ok() && !Same(*before, document)) status = CheckNoCircle(transaction, document);
  if (!status.ok()) return status;
  return store_.Update(transaction, mutation.act(), std::move(document), request.etag());
}

absl::Status DocumentService::CheckNoCircle(database::Transaction& transaction,
                                            const Document& document) {
  std::set<std::string> followed;
  for (const std::string& superseded : document.supersedes()) {
    std::vector<std::string> ahead = {superseded};
    while (!ahead.empty()) {
      const std::string name = std::move(ahead.back());
      ahead.pop_back();
      if (name == document.name()) return SupersedesItself(document.name(), superseded);
      if (!followed.insert(name).second) continue;
      if (absl::Status status = store_.documents().Touch(transaction, name); !status.ok())
        return status;
      const auto next = store_.documents().Get(transaction.connection(), name);
      if (!next.ok()) return next.status();
      ahead.insert(ahead.end(), next->supersedes().begin(), next->supersedes().end());
    }
  }
  return absl::OkStatus();
}

}  // namespace thidua::registry
