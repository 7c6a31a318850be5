// What is known of one list (danh mục): its file, its columns, and what its rows stand for.
// Reading, comparing, writing to the services and exporting all follow from the description and
// from the contract of the resource; a new list is one new description.
#ifndef THIDUA_SERVICES_CLI_LISTS_LIST_H_
#define THIDUA_SERVICES_CLI_LISTS_LIST_H_

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "services/cli/csv_file.h"
#include "services/cli/lists/cell.h"

namespace thidua::cli {

// One column. Either a part of the resource's name or a field.
struct Column {
  std::string name;
  // The identifier behind this collection in the resource's name; empty for a field.
  std::string collection;
  // Columns whose cells, joined by "-", are the identifier where the cell is blank.
  std::vector<std::string> otherwise;
  std::optional<CellForm> form;
};

// Resources as the files want them, or else as they are stored.
struct Lookup {
  // Null when there is none of that name.
  std::function<const google::protobuf::Message*(const std::string& name)> find;
  // Those that the files give of one type.
  std::function<std::vector<const google::protobuf::Message*>(
      const google::protobuf::Descriptor* resource)>
      wanted;
};

// The request of a verb, its etag left empty.
struct Act {
  std::unique_ptr<google::protobuf::Message> request;
  // The resource that comes into being by it; empty when none does.
  std::string makes;
};

// What brings a resource to where the list wants it when its fields alone do not.
struct Verbs {
  // In order, after the creation or update.
  std::vector<Act> acts;
  // The columns that they take care of.
  std::set<std::string> settled;
  // The stored resource has gone further than the list knows and is left as it is.
  bool moved_on = false;
  // A new resource as it is to be created, where that is not as the list wants it in the end.
  std::unique_ptr<google::protobuf::Message> creation;
  // A new resource as the verb of another one makes it: it is not created by itself.
  std::unique_ptr<google::protobuf::Message> made;
};

struct List {
  std::string file;
  const google::protobuf::Descriptor* resource = nullptr;
  // Nothing: a row is a resource. Otherwise its rows are the entries of this repeated field of the
  // resources of another list, in the order of the rows.
  std::optional<FieldPath> part;
  // In the order in which they are written.
  std::vector<Column> columns;
  // The column with the day on which what the row tells was done; empty when a row is no act.
  std::string act_date;
  // Fills in what the server would fill in.
  std::function<void(google::protobuf::Message* wanted, const Lookup& lookup)> complete;
  // The verb of the method that creates a resource; "Create" when empty.
  std::function<std::string(const google::protobuf::Message& wanted)> creation_verb;
  // `stored` is null for a new resource.
  std::function<Verbs(const google::protobuf::Message* stored,
                      const google::protobuf::Message& wanted, const Lookup& lookup)>
      verbs;
};

// Makes the columns of a list of `Resource`.
class ListOf {
 public:
  ListOf(std::string file, const google::protobuf::Descriptor* resource,
         const std::string& part = std::string());

  // The identifier behind `collection` in the name.
  ListOf& Segment(std::string column, std::string collection,
                  std::vector<std::string> otherwise = {}) &;
  // The field at `path`, by default the column's own name.
  ListOf& Field(std::string column, std::string path = std::string()) &;
  // The last day of something whose first day after it is at `path`.
  ListOf& LastDay(std::string column, std::string path) &;
  // first_day and last_day of [valid_from, valid_to).
  ListOf& Days() &;
  // number, date, issuer, title and document of the Decision at `path`, with that prefix.
  ListOf& Decision(const std::string& prefix, const std::string& path) &;
  // confidence, source, note and document of the Provenance at `path`, with that prefix.
  ListOf& Provenance(const std::string& prefix = "", const std::string& path = "provenance") &;

  List list;

 private:
  const google::protobuf::Descriptor* row_;  // what a row stands for
};

// The columns that a file must have and those that it may have: what the contract requires and what
// it does not.
CsvColumns ColumnsOf(const List& list);

// The resource name that a row gives; nothing after adding a problem.
std::optional<std::string> NameIn(const List& list, const CsvRecord& row, CsvProblems& problems);

// Puts the cells of the row into `message`, the resource or the part; columns that the row lacks
// leave their fields alone. False after adding problems.
bool ReadRow(const List& list, const CsvRecord& row, google::protobuf::Message* message,
             CsvProblems& problems);

// The cell of one column. `name`: of the resource; `message`: the resource, or the part.
std::string CellOf(const Column& column, const std::string& name,
                   const google::protobuf::Message& message);

// The names of resources that the row's fields give, by column.
std::vector<std::pair<std::string, std::string>> ReferencesIn(
    const List& list, const google::protobuf::Message& message);

// Messages within `message` to which no column gave anything are taken away.
void DropEmptyMessages(const List& list, google::protobuf::Message* message);

// The entries for which a list of parts has rows.
std::vector<const google::protobuf::Message*> PartsIn(const List& list,
                                                      const google::protobuf::Message& resource);
google::protobuf::Message* AddPart(const List& list, google::protobuf::Message* resource);
void ClearParts(const List& list, google::protobuf::Message* resource);

// The resource's `name` or `etag`.
std::string NameOf(const google::protobuf::Message& resource);
std::string EtagOf(const google::protobuf::Message& resource);

}  // namespace thidua::cli

#endif  // THIDUA_SERVICES_CLI_LISTS_LIST_H_
