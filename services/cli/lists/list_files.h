// The lists of a directory, read: what the files want the services to hold. Pure.
#ifndef THIDUA_SERVICES_CLI_LISTS_LIST_FILES_H_
#define THIDUA_SERVICES_CLI_LISTS_LIST_FILES_H_

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "google/protobuf/message.h"
#include "services/cli/csv_file.h"
#include "services/cli/lists/list.h"

namespace thidua::cli {

// A resource as the files want it.
struct Wanted {
  const List* list;
  std::string name;
  CsvRecord row;
  // The rows of its parts, by their list; for each such list that was given, also when it has none
  // for this resource.
  std::map<const List*, std::vector<CsvRecord>> parts;
  // False when one of its cells cannot be read; that is among the problems.
  bool readable = true;
};

struct ListFiles {
  std::vector<Wanted> wanted;       // in the order of the lists and their rows
  std::set<const List*> given;      // the lists whose files are there
  std::map<std::string, int> rows;  // by file
  // The lists whose files cannot be read at all: what they give is not known.
  std::set<const List*> broken;
};

// `texts`: content by file; a list without one is left out. What is wrong is added to `problems`:
// columns that are missing or unknown, cells that cannot be read, names given twice, parts of
// something that no row gives. `until`: rows about acts of later days are left out.
ListFiles ReadListFiles(const std::vector<List>& lists,
                        const std::map<std::string, std::string>& texts, CsvProblems& problems,
                        std::optional<absl::CivilDay> until = std::nullopt);

// Puts what the files say of the resource into `resource`, which is empty or as it is stored: what
// the files have no column or no file for stays as it is. The cells have been found readable.
void Apply(const Wanted& wanted, google::protobuf::Message* resource);

}  // namespace thidua::cli

#endif  // THIDUA_SERVICES_CLI_LISTS_LIST_FILES_H_
