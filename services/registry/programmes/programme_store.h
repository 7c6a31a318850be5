// Programmes, their texts and activities in the database.
#ifndef THIDUA_SERVICES_REGISTRY_PROGRAMMES_PROGRAMME_STORE_H_
#define THIDUA_SERVICES_REGISTRY_PROGRAMMES_PROGRAMME_STORE_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/civil_time.h"
#include "common/contract/filter.h"
#include "common/resource/table.h"
#include "thidua/registry/v1/programme_service.pb.h"

namespace thidua::registry {

// Which activities a list shows. Empty parts show any.
struct ActivitiesAsked {
  std::string cluster;  // resource name
  int year = 0;
  contract::SqlCondition filter;
  std::string school;  // has a role in it
  std::optional<absl::CivilDay> from;
  std::optional<absl::CivilDay> to;
  std::optional<absl::CivilDay> overdue_as_of;
};

// Tables `programme`, `programme_text`, `activity` and `activity_school`. Errors are those of
// resource::Table.
class ProgrammeStore {
 public:
  ProgrammeStore();

  // By year, then by name.
  const resource::Table<v1::Programme>& programmes() const { return programmes_; }
  // By kind, version, name.
  const resource::Table<v1::ProgrammeText>& texts() const { return texts_; }
  // By first possible day, then by name. For reading; written through the two below.
  const resource::Table<v1::Activity>& activities() const { return activities_; }

  // Record the activity and which schools have which role in it.
  absl::StatusOr<v1::Activity> CreateActivity(database::Transaction& transaction,
                                              const journal::Act& act, v1::Activity activity,
                                              const resource::Why& why) const;
  // `before`: as it was read.
  absl::StatusOr<v1::Activity> UpdateActivity(database::Transaction& transaction,
                                              const journal::Act& act, const v1::Activity& before,
                                              v1::Activity after, std::string_view etag,
                                              const resource::Why& why) const;

  absl::StatusOr<std::vector<v1::ProgrammeText>> TextsOf(database::Connection& connection,
                                                         std::string_view programme) const;
  absl::StatusOr<std::vector<v1::Activity>> ActivitiesOf(database::Connection& connection,
                                                         std::string_view programme) const;

  // Programmes of the cluster (of any when empty) and year (of any when 0).
  static resource::Where OfCluster(std::string_view cluster, int year);
  static resource::Where OfProgramme(std::string_view programme);
  // Fields that ListActivities filters by.
  static const contract::FilterFields& Filters();
  static resource::Where Matching(const ActivitiesAsked& asked);

 private:
  resource::Table<v1::Programme> programmes_;
  resource::Table<v1::ProgrammeText> texts_;
  resource::Table<v1::Activity> activities_;
};

}  // namespace thidua::registry

#endif  // THIDUA_SERVICES_REGISTRY_PROGRAMMES_PROGRAMME_STORE_H_
