#include "services/cli/lists/list.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/contract/resource_name.h"
#include "google/api/resource.pb.h"

namespace thidua::cli {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

std::string TextIn(const Message& message, const std::string& field) {
  const FieldDescriptor* found = message.GetDescriptor()->FindFieldByName(field);
  return found == nullptr ? "" : message.GetReflection()->GetString(message, found);
}

}  // namespace

ListOf::ListOf(std::string file, const Descriptor* resource, const std::string& part)
    : row_(resource) {
  list.file = std::move(file);
  list.resource = resource;
  if (part.empty()) return;
  list.part.emplace(*resource, part);
  row_ = list.part->field().message_type();
}

ListOf& ListOf::Segment(std::string column, std::string collection,
                        std::vector<std::string> otherwise) & {
  list.columns.push_back(
      {std::move(column), std::move(collection), std::move(otherwise), std::nullopt});
  return *this;
}

ListOf& ListOf::Field(std::string column, std::string path) & {
  FieldPath field(*row_, path.empty() ? column : path);
  list.columns.push_back({std::move(column), "", {}, CellForm(std::move(field))});
  return *this;
}

ListOf& ListOf::LastDay(std::string column, std::string path) & {
  list.columns.push_back({std::move(column), "", {}, CellForm(FieldPath(*row_, path), true)});
  return *this;
}

ListOf& ListOf::Days() & {
  return Field("first_day", "valid_from").LastDay("last_day", "valid_to");
}

ListOf& ListOf::Decision(const std::string& prefix, const std::string& path) & {
  for (const char* part : {"number", "date", "issuer", "title", "document"})
    Field(absl::StrCat(prefix, "_", part), absl::StrCat(path, ".", part));
  return *this;
}

ListOf& ListOf::Provenance(const std::string& prefix, const std::string& path) & {
  for (const char* part : {"confidence", "source", "note", "document"})
    Field(absl::StrCat(prefix, part), absl::StrCat(path, ".", part));
  return *this;
}

CsvColumns ColumnsOf(const List& list) {
  CsvColumns columns;
  for (const Column& column : list.columns) {
    const bool required = column.form.has_value()
                              ? column.form->path().required() && !list.part.has_value()
                              : column.otherwise.empty();
    (required ? columns.required : columns.optional).push_back(column.name);
  }
  return columns;
}

std::optional<std::string> NameIn(const List& list, const CsvRecord& row, CsvProblems& problems) {
  std::vector<std::string> segments;
  bool known = true;
  for (const Column& column : list.columns) {
    if (column.form.has_value()) continue;
    std::string id = row[column.name];
    if (id.empty() && !column.otherwise.empty()) {
      id = absl::StrJoin(column.otherwise, "-", [&](std::string* out, const std::string& other) {
        absl::StrAppend(out, row[other]);
      });
    }
    if (id.empty()) {
      row.Complain(column.name, "must not be blank", "không được để trống", problems);
    } else if (!contract::IsResourceId(id)) {
      row.Complain(column.name, absl::StrCat("\"", id, "\" is not an identifier"),
                   absl::StrCat("\"", id, "\" không phải là mã hợp lệ"), problems);
    }
    known = known && contract::IsResourceId(id);
    segments.push_back(absl::StrCat(column.collection, "/", id));
  }
  if (!known) return std::nullopt;
  return absl::StrJoin(segments, "/");
}

bool ReadRow(const List& list, const CsvRecord& row, Message* message, CsvProblems& problems) {
  bool readable = true;
  for (const Column& column : list.columns) {
    if (!column.form.has_value() || !row.Has(column.name)) continue;
    const std::optional<Wrong> wrong = column.form->Read(row[column.name], message);
    if (!wrong.has_value()) continue;
    row.Complain(column.name, wrong->text, wrong->text_vi, problems);
    readable = false;
  }
  DropEmptyMessages(list, message);
  return readable;
}

std::string CellOf(const Column& column, const std::string& name, const Message& message) {
  return column.form.has_value() ? column.form->Write(message)
                                 : contract::SegmentAfter(name, column.collection).value_or("");
}

std::vector<std::pair<std::string, std::string>> ReferencesIn(const List& list,
                                                              const Message& message) {
  std::vector<std::pair<std::string, std::string>> references;
  for (const Column& column : list.columns) {
    if (!column.form.has_value()) continue;
    for (std::string& name : column.form->References(message))
      references.emplace_back(column.name, std::move(name));
  }
  return references;
}

void DropEmptyMessages(const List& list, Message* message) {
  const Reflection& reflection = *message->GetReflection();
  for (const Column& column : list.columns) {
    if (!column.form.has_value()) continue;
    const FieldDescriptor& top = column.form->path().top();
    if (top.message_type() == nullptr || top.is_repeated() || !reflection.HasField(*message, &top))
      continue;
    if (reflection.GetMessage(*message, &top).ByteSizeLong() == 0)
      reflection.ClearField(message, &top);
  }
}

std::vector<const Message*> PartsIn(const List& list, const Message& resource) {
  std::vector<const Message*> parts;
  const Message* holder = list.part->Holder(resource);
  if (holder == nullptr) return parts;
  const Reflection& reflection = *holder->GetReflection();
  for (int i = 0; i < reflection.FieldSize(*holder, &list.part->field()); ++i)
    parts.push_back(&reflection.GetRepeatedMessage(*holder, &list.part->field(), i));
  return parts;
}

Message* AddPart(const List& list, Message* resource) {
  Message* holder = list.part->MutableHolder(resource);
  return holder->GetReflection()->AddMessage(holder, &list.part->field());
}

void ClearParts(const List& list, Message* resource) {
  if (list.part->Holder(*resource) == nullptr) return;
  Message* holder = list.part->MutableHolder(resource);
  holder->GetReflection()->ClearField(holder, &list.part->field());
}

std::string NameOf(const Message& resource) { return TextIn(resource, "name"); }
std::string EtagOf(const Message& resource) { return TextIn(resource, "etag"); }

}  // namespace thidua::cli
