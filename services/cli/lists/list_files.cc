#include "services/cli/lists/list_files.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <unordered_map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/cli/lists/list_requests.h"

namespace thidua::cli {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

class Reader {
 public:
  Reader(const std::map<std::string, std::string>& texts, CsvProblems& problems,
         std::optional<absl::CivilDay> until)
      : texts_(texts),
        problems_(problems),
        until_(until.has_value() ? absl::FormatCivilTime(*until) : "") {}

  ListFiles Read(const std::vector<List>& lists) {
    for (const List& list : lists) {
      const auto text = texts_.find(list.file);
      if (text == texts_.end()) continue;
      files_.given.insert(&list);
      const size_t problems_before = problems_.size();
      const std::vector<CsvRecord> rows =
          ReadRecords(list.file, text->second, ColumnsOf(list), problems_);
      if (rows.empty() && problems_.size() > problems_before) files_.broken.insert(&list);
      files_.rows[list.file] = static_cast<int>(rows.size());
      if (list.part.has_value()) ExpectParts(list);
      for (const CsvRecord& row : rows) {
        if (IsLater(list, row)) continue;
        list.part.has_value() ? ReadPart(list, row) : ReadResource(list, row);
      }
    }
    return std::move(files_);
  }

 private:
  // Days are written so that they compare as texts; a month compares by its beginning.
  bool IsLater(const List& list, const CsvRecord& row) const {
    return !until_.empty() && !list.act_date.empty() && row[list.act_date] > until_;
  }

  void ReadResource(const List& list, const CsvRecord& row) {
    const std::unique_ptr<Message> scratch = MakeMessage(*list.resource);
    const bool readable = ReadRow(list, row, scratch.get(), problems_);
    std::optional<std::string> name = NameIn(list, row, problems_);
    if (!name.has_value()) return;
    if (!index_.emplace(*name, files_.wanted.size()).second) {
      row.Complain(NameColumn(list), absl::StrCat(*name, " is given twice"),
                   absl::StrCat(*name, " bị lặp lại"), problems_);
      return;
    }
    files_.wanted.push_back({&list, *std::move(name), row, {}, readable});
  }

  void ExpectParts(const List& list) {
    for (Wanted& wanted : files_.wanted) {
      if (wanted.list->resource == list.resource) wanted.parts[&list];
    }
  }

  void ReadPart(const List& list, const CsvRecord& row) {
    const std::unique_ptr<Message> scratch = MakeMessage(*list.part->field().message_type());
    const bool readable = ReadRow(list, row, scratch.get(), problems_);
    const std::optional<std::string> name = NameIn(list, row, problems_);
    if (!name.has_value()) return;
    const auto found = index_.find(*name);
    if (found == index_.end() && IsBroken(list.resource)) return;
    if (found == index_.end()) {
      row.Complain(NameColumn(list), absl::StrCat(*name, " has no row of its own in the files"),
                   absl::StrCat("các tệp không có dòng nào cho ", *name), problems_);
      return;
    }
    Wanted& wanted = files_.wanted[found->second];
    wanted.parts[&list].push_back(row);
    wanted.readable = wanted.readable && readable;
  }

  bool IsBroken(const google::protobuf::Descriptor* resource) const {
    return std::any_of(files_.broken.begin(), files_.broken.end(), [&](const List* list) {
      return list->resource == resource && !list->part.has_value();
    });
  }

  // The column that people look at for the name: the last of its segments.
  static std::string NameColumn(const List& list) {
    std::string column;
    for (const Column& each : list.columns) {
      if (!each.form.has_value()) column = each.name;
    }
    return column;
  }

  const std::map<std::string, std::string>& texts_;
  CsvProblems& problems_;
  const std::string until_;  // empty: every day
  ListFiles files_;
  std::unordered_map<std::string, size_t> index_;
};

}  // namespace

ListFiles ReadListFiles(const std::vector<List>& lists,
                        const std::map<std::string, std::string>& texts, CsvProblems& problems,
                        std::optional<absl::CivilDay> until) {
  return Reader(texts, problems, until).Read(lists);
}

void Apply(const Wanted& wanted, Message* resource) {
  CsvProblems told_before;
  SetText(resource, "name", wanted.name);
  ReadRow(*wanted.list, wanted.row, resource, told_before);
  for (const auto& [list, rows] : wanted.parts) {
    ClearParts(*list, resource);
    for (const CsvRecord& row : rows) ReadRow(*list, row, AddPart(*list, resource), told_before);
  }
}

}  // namespace thidua::cli
