#include "services/registry/documents/document_store.h"

#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/contract/refusal.h"
#include "common/resource/among.h"
#include "common/text/fold.h"
#include "services/registry/documents/document_rules.h"

namespace thidua::registry {
namespace {

using database::Value;
using v1::Document;

// What `query` is looked up in.
std::string SearchText(const Document& document) {
  std::vector<std::string> folds;
  for (const std::string* text : {&document.number(), &document.issuer(), &document.title()}) {
    std::string fold = text::SearchFold(*text);
    if (!fold.empty()) folds.push_back(std::move(fold));
  }
  return absl::StrCat(" ", absl::StrJoin(folds, " "));
}

// 20210203; a part that is not known is zero, as in the message, and so comes first.
int64_t IssueDay(const google::type::Date& date) {
  return int64_t{date.year()} * 10000 + int64_t{date.month()} * 100 + date.day();
}

std::vector<Value> DocumentColumns(const Document& document) {
  return {document.number(), document.issuer(), IssueDay(document.issue_date()),
          int64_t{document.provenance().confidence()}, SearchText(document)};
}

// Of `names`, those in `found` left out, once each and in order.
std::vector<std::string> Missing(const std::vector<std::string>& names,
                                 const std::set<std::string>& found) {
  std::set<std::string> missing(names.begin(), names.end());
  for (const std::string& name : found) missing.erase(name);
  return {missing.begin(), missing.end()};
}

absl::Status RefuseMissing(const std::vector<std::string>& missing) {
  std::vector<contract::Precondition> preconditions;
  for (const std::string& name : missing)
    preconditions.push_back({"DOCUMENT_RECORDED", name, absl::StrCat(name, " does not exist")});
  return contract::RefusePreconditions(contract::Reason::REASON_NOT_FOUND,
                                       {{"resource", absl::StrJoin(missing, ", ")}}, preconditions);
}

}  // namespace

DocumentStore::DocumentStore()
    : documents_("document", {"number", "issuer", "issue_day", "confidence", "search"},
                 DocumentColumns, {resource::OrderColumn::Integer("issue_day"), "name"}) {}

absl::Status DocumentStore::CheckNamed(database::Connection& connection,
                                       const google::protobuf::Message& message) const {
  const std::vector<std::string> names = DocumentsNamedIn(message);
  std::set<std::string> found;
  const absl::Status status = resource::InParts(names, [&](std::vector<std::string> part) {
    const resource::Where where = resource::Among("name", std::move(part));
    const auto rows = connection.Query(absl::StrCat("SELECT name FROM document WHERE ", where.sql),
                                       where.parameters);
    if (!rows.ok()) return rows.status();
    for (const database::Row& row : *rows) found.insert(row.Text(0));
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  const std::vector<std::string> missing = Missing(names, found);
  return missing.empty() ? absl::OkStatus() : RefuseMissing(missing);
}

absl::StatusOr<std::vector<Document>> DocumentStore::Read(
    database::Connection& connection, const std::vector<std::string>& names) const {
  std::map<std::string, Document> by_name;
  absl::Status status = resource::InParts(names, [&](std::vector<std::string> part) {
    auto page = documents_.List(connection, resource::Among("name", std::move(part)), {},
                                resource::kMostAmong);
    if (!page.ok()) return page.status();
    for (Document& document : page->resources) {
      std::string name = document.name();
      by_name.emplace(std::move(name), std::move(document));
    }
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  std::set<std::string> found;
  for (const auto& [name, document] : by_name) found.insert(name);
  if (const auto missing = Missing(names, found); !missing.empty()) return RefuseMissing(missing);
  std::vector<Document> documents;
  documents.reserve(names.size());
  for (const std::string& name : names) documents.push_back(by_name.at(name));
  if (status = Derive(connection, documents); !status.ok()) return status;
  return documents;
}

absl::Status DocumentStore::Derive(database::Connection& connection,
                                   std::vector<Document>& documents) const {
  std::vector<std::string> names;
  for (const Document& document : documents) names.push_back(document.name());
  std::map<std::string, std::set<std::string>> replaced_by;
  const absl::Status status = resource::InParts(names, [&](std::vector<std::string> part) {
    const resource::Where where = resource::Among("superseded", std::move(part));
    const auto rows = connection.Query(
        absl::StrCat("SELECT superseded, document FROM document_supersession WHERE ", where.sql),
        where.parameters);
    if (!rows.ok()) return rows.status();
    for (const database::Row& row : *rows) replaced_by[row.Text(0)].insert(row.Text(1));
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  for (Document& document : documents) {
    document.clear_superseded_by();
    for (const std::string& name : replaced_by[document.name()]) document.add_superseded_by(name);
  }
  return absl::OkStatus();
}

absl::StatusOr<Document> DocumentStore::Create(database::Transaction& transaction,
                                               const journal::Act& act, Document document) const {
  document.clear_superseded_by();
  absl::StatusOr<Document> stored =
      documents_.Create(transaction, act, std::move(document), {"CREATED", ""});
  if (!stored.ok()) return stored;
  for (const std::string& superseded : stored->supersedes()) {
    const auto inserted = transaction.Execute(
        "INSERT INTO document_supersession (superseded, document) VALUES (?, ?)",
        {superseded, stored->name()});
    if (!inserted.ok()) return inserted.status();
  }
  return stored;
}

absl::StatusOr<Document> DocumentStore::Update(database::Transaction& transaction,
                                               const journal::Act& act, Document document,
                                               std::string_view etag) const {
  document.clear_superseded_by();
  absl::StatusOr<Document> stored =
      documents_.Update(transaction, act, std::move(document), etag, {"UPDATED", ""});
  if (!stored.ok()) return stored;
  const auto deleted =
      transaction.Execute("DELETE FROM document_supersession WHERE document = ?", {stored->name()});
  if (!deleted.ok()) return deleted.status();
  for (const std::string& superseded : stored->supersedes()) {
    const auto inserted = transaction.Execute(
        "INSERT INTO document_supersession (superseded, document) VALUES (?, ?)",
        {superseded, stored->name()});
    if (!inserted.ok()) return inserted.status();
  }
  std::vector<Document> shown = {*std::move(stored)};
  if (absl::Status status = Derive(transaction.connection(), shown); !status.ok()) return status;
  return std::move(shown.front());
}

const contract::FilterFields& DocumentStore::Filters() {
  using Kind = contract::FilterField::Kind;
  static const auto& fields = *new contract::FilterFields{
      {"number", {"number", Kind::kText}},
      {"issuer", {"issuer", Kind::kText}},
      {"provenance.confidence", {"confidence", Kind::kEnumNumber, v1::Confidence_descriptor()}},
  };
  return fields;
}

resource::Where DocumentStore::Matching(const contract::SqlCondition& filter,
                                        std::string_view query) {
  resource::Where where{filter.sql, {}};
  for (const contract::Parameter& parameter : filter.parameters) {
    std::visit([&](const auto& value) { where.parameters.emplace_back(value); }, parameter);
  }
  // A fold has only letters, digits and single blanks: nothing in it that LIKE reads as a pattern.
  for (const std::string& word :
       std::vector<std::string>(absl::StrSplit(text::SearchFold(query), ' ', absl::SkipEmpty()))) {
    absl::StrAppend(&where.sql, " AND search LIKE ?");
    where.parameters.emplace_back(absl::StrCat("% ", word, "%"));
  }
  return where;
}

}  // namespace thidua::registry
