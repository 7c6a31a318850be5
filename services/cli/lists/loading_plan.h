// From what the files want and what the services hold to the requests that are still needed. Pure.
#ifndef THIDUA_SERVICES_CLI_LISTS_LOADING_PLAN_H_
#define THIDUA_SERVICES_CLI_LISTS_LOADING_PLAN_H_

#include <memory>
#include <string>
#include <vector>

#include "google/protobuf/message.h"
#include "services/cli/csv_file.h"
#include "services/cli/lists/list_files.h"
#include "services/cli/lists/stored_lists.h"

namespace thidua::cli {

// What loading does, or did, with one file. Rows are lines of the file, the others resources; those
// of a file of parts are counted where their resources are.
struct FileTally {
  std::string file;
  int rows = 0;
  int created = 0;
  int updated = 0;
  int unchanged = 0;
  int provisional = 0;
};

// One request that is still needed: a creation, an update, or a verb.
struct PlannedWrite {
  const Wanted* wanted;
  std::unique_ptr<google::protobuf::Message> request;
  bool is_creation = false;
  // The resource that comes into being by it; empty when none does.
  std::string makes;
  // It leaves its etag to the write before it.
  bool leaves_etag = false;
};

struct LoadingPlan {
  std::vector<FileTally> tallies;    // by file, in order of the lists
  std::vector<PlannedWrite> writes;  // in the order in which they can be carried out
  CsvProblems notes;                 // what was left as it is, though the files say otherwise
};

// A row stands for the same as what is stored when exporting that would give the same cells. Added
// to `problems`: references to what is neither in the files nor stored; what differs and cannot be
// changed; and what the contracts refuse (lengths, patterns, required fields). `lists` and `files`
// must outlive the plan.
LoadingPlan PlanLoading(const std::vector<List>& lists, const ListFiles& files,
                        const StoredLists& stored, CsvProblems& problems);

// Where in the files a field of a request comes from.
struct Place {
  const CsvRecord* row;
  std::string column;  // or the file of its parts; empty: nothing stands for the field
};
// `path`: in the request for a resource of `wanted`, for example "school.names[1].official_name".
Place PlaceOf(const Wanted& wanted, const std::string& path);

}  // namespace thidua::cli

#endif  // THIDUA_SERVICES_CLI_LISTS_LOADING_PLAN_H_
