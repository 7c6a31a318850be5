// `thidua document`: the documents that found what is recorded.
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/runtime/ids.h"
#include "services/cli/answers.h"
#include "services/cli/command.h"
#include "services/cli/document_form.h"
#include "services/cli/file_content.h"
#include "services/cli/partial_date.h"
#include "services/cli/registry_text.h"
#include "services/cli/table.h"
#include "services/cli/window_form.h"
#include "thidua/registry/v1/document_service.pb.h"

namespace thidua::cli {
namespace {

using namespace registry::v1;  // NOLINT: the contract's own words

std::string Method(const std::string& name) { return "thidua.registry.v1.DocumentService." + name; }

Table DocumentTable(const Session& session) {
  return Table({{Word(session, "document", "văn bản")},
                {Word(session, "number", "số, ký hiệu")},
                {Word(session, "issued", "ban hành")},
                {Word(session, "issuer", "cơ quan ban hành")},
                {Word(session, "about", "nội dung")},
                {Word(session, "certainty", "độ tin cậy")}});
}

void AddRow(const Session& session, const Document& document, Table& table, Footnotes& notes) {
  table.Row({IdOf(document.name()), document.number(),
             PartialDateText(document.issue_date(), session.vietnamese()), document.issuer(),
             document.title(), notes.Mark(session, document.provenance())});
}

// One document, and those around it: what it replaces and what replaces it.
struct Surroundings {
  Document document;
  BatchGetDocumentsResponse superseded;
  BatchGetDocumentsResponse superseding;
};

absl::StatusOr<BatchGetDocumentsResponse> ReadAll(
    Session& session, const google::protobuf::RepeatedPtrField<std::string>& names) {
  BatchGetDocumentsResponse all;
  BatchGetDocumentsRequest request;
  for (int i = 0; i < names.size(); ++i) {
    request.add_names(names.Get(i));
    if (request.names_size() < 100 && i + 1 < names.size()) continue;
    const auto part = session.Call<BatchGetDocumentsResponse>(Method("BatchGetDocuments"), request);
    if (!part.ok()) return part;
    all.MergeFrom(*part);
    request.clear_names();
  }
  return all;
}

void PrintTable(const Session& session, std::string_view title,
                const BatchGetDocumentsResponse& documents, Footnotes& notes) {
  if (documents.documents().empty()) return;
  Table table = DocumentTable(session);
  for (const Document& document : documents.documents()) AddRow(session, document, table, notes);
  std::cout << "\n" << title << "\n" << table.Render();
}

void Print(const Session& session, const Surroundings& shown) {
  const Document& document = shown.document;
  const auto line = [&](std::string_view english, std::string_view vietnamese,
                        const std::string& value) {
    if (!value.empty()) std::cout << session.Say(english, vietnamese) << value << "\n";
  };
  std::cout << document.number() << " (" << IdOf(document.name()) << ")\n";
  line("  about      ", "  nội dung     ", document.title());
  line("  issued     ", "  ban hành     ",
       PartialDateText(document.issue_date(), session.vietnamese()));
  line("  issuer     ", "  cơ quan      ", document.issuer());
  line("  source     ", "  nguồn        ", document.provenance().source());
  line("  certainty  ", "  độ tin cậy   ", ProvenanceText(session, document.provenance()));
  Footnotes notes;
  PrintTable(session, session.Say("replaces", "thay thế"), shown.superseded, notes);
  PrintTable(session, session.Say("is replaced by", "được thay thế bởi"), shown.superseding, notes);
  std::cout << notes.Render();
}

int Shown(Session& session, const absl::StatusOr<Document>& document) {
  if (!document.ok()) return session.Fail(document.status());
  if (session.json()) {
    session.PrintJson(*document);
    return kOk;
  }
  auto superseded = ReadAll(session, document->supersedes());
  if (!superseded.ok()) return session.Fail(superseded.status());
  auto superseding = ReadAll(session, document->superseded_by());
  if (!superseding.ok()) return session.Fail(superseding.status());
  Print(session, {*document, *std::move(superseded), *std::move(superseding)});
  return kOk;
}

absl::StatusOr<Document> Get(Session& session) {
  GetDocumentRequest request;
  request.set_name(Named("documents", session.arguments().words().front()));
  return session.Call<Document>(Method("GetDocument"), request);
}

int Show(Session& session) { return Shown(session, Get(session)); }

// A value of a filter, quoted.
std::string Quoted(const std::string& text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "\"";
}

int List(Session& session) {
  ListDocumentsRequest request;
  request.set_page_size(500);
  request.set_query(session.arguments().Flag("query").value_or(""));
  std::vector<std::string> conditions;
  for (const char* field : {"issuer", "number"}) {
    if (const auto value = session.arguments().Flag(field); value.has_value())
      conditions.push_back(absl::StrCat(field, " = ", Quoted(*value)));
  }
  request.set_filter(absl::StrJoin(conditions, " AND "));
  return Answered(session,
                  AllPages<ListDocumentsResponse>(session, Method("ListDocuments"), request),
                  [&](const ListDocumentsResponse& response) {
                    Table table = DocumentTable(session);
                    Footnotes notes;
                    for (const Document& document : response.documents())
                      AddRow(session, document, table, notes);
                    std::cout << table.Render() << notes.Render();
                  });
}

// The file is a Document as `document show --format json` prints it; flags say more than it does.
int Create(Session& session) {
  CreateDocumentRequest request;
  Document& document = *request.mutable_document();
  if (const auto file = session.arguments().Flag("file"); file.has_value()) {
    if (absl::Status read = ReadJsonFile(*file, &document); !read.ok()) return session.Fail(read);
  }
  if (const auto paths = TakeDocumentFlags(session.arguments(), document); !paths.ok())
    return session.Fail(paths.status());
  request.set_document_id(IdOf(session.arguments().words().front()));
  request.set_request_id(runtime::NewUuid4());
  return Shown(session, session.Call<Document>(Method("CreateDocument"), request));
}

// From a file everything is replaced, and its etag, where it has one, must still be the current
// one; from flags only what they name.
int Update(Session& session) {
  absl::StatusOr<Document> document = Get(session);
  if (!document.ok()) return session.Fail(document.status());
  UpdateDocumentRequest request;
  request.set_etag(document->etag());
  if (const auto file = session.arguments().Flag("file"); file.has_value()) {
    const std::string name = document->name();
    document->Clear();
    if (absl::Status read = ReadJsonFile(*file, &*document); !read.ok()) return session.Fail(read);
    document->set_name(name);
    if (!document->etag().empty()) request.set_etag(document->etag());
    request.mutable_update_mask()->add_paths("*");
  }
  const auto paths = TakeDocumentFlags(session.arguments(), *document);
  if (!paths.ok()) return session.Fail(paths.status());
  if (request.update_mask().paths().empty()) {
    if (paths->empty()) return Misused(session, "say what to change", "cần nêu nội dung thay đổi");
    for (const std::string& path : *paths) request.mutable_update_mask()->add_paths(path);
  }
  *request.mutable_document() = *std::move(document);
  request.set_request_id(runtime::NewUuid4());
  return Shown(session, session.Call<Document>(Method("UpdateDocument"), request));
}

}  // namespace

std::vector<Command> DocumentCommands() {
  return {
      {"document list",
       "",
       {"query", "issuer", "number"},
       {},
       "the documents by day of issue; --query finds without diacritics",
       "các văn bản theo ngày ban hành; --query tìm không dấu",
       0,
       0,
       List},
      {"document show",
       "DOCUMENT",
       {},
       {},
       "one document, what it replaces and what replaced it",
       "một văn bản, văn bản nó thay thế và văn bản thay thế nó",
       1,
       1,
       Show},
      {"document create",
       "DOCUMENT",
       DocumentFlags(),
       {"provisional"},
       "record a document from flags or a JSON file; --supersedes may be repeated",
       "ghi nhận một văn bản theo tùy chọn hoặc tệp JSON; --supersedes có thể lặp lại",
       1,
       1,
       Create},
      {"document update",
       "DOCUMENT",
       DocumentFlags(),
       {"provisional"},
       "correct a document: what the flags name, or all that a JSON file says",
       "sửa một văn bản: phần được nêu trong tùy chọn, hoặc toàn bộ theo tệp JSON",
       1,
       1,
       Update},
  };
}

}  // namespace thidua::cli
