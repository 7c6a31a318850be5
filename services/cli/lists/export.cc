#include "services/cli/lists/export.h"

#include <utility>
#include <vector>

#include "common/text/csv.h"

namespace thidua::cli {
namespace {

using google::protobuf::Message;

std::vector<std::string> Cells(const List& list, const std::string& name, const Message& message) {
  std::vector<std::string> cells;
  for (const Column& column : list.columns) cells.push_back(CellOf(column, name, message));
  return cells;
}

}  // namespace

std::string ExportList(const List& list, const StoredLists& stored) {
  std::vector<std::vector<std::string>> records(1);
  for (const Column& column : list.columns) records.front().push_back(column.name);
  for (const Message* resource : stored.Of(list.resource)) {
    const std::string name = NameOf(*resource);
    if (!list.part.has_value()) {
      records.push_back(Cells(list, name, *resource));
      continue;
    }
    for (const Message* part : PartsIn(list, *resource))
      records.push_back(Cells(list, name, *part));
  }
  return text::WriteCsv(records);
}

}  // namespace thidua::cli
