// Schools and lineage events in the database.
#ifndef THIDUA_SERVICES_REGISTRY_SCHOOLS_SCHOOL_STORE_H_
#define THIDUA_SERVICES_REGISTRY_SCHOOLS_SCHOOL_STORE_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/civil_time.h"
#include "common/contract/filter.h"
#include "common/resource/table.h"
#include "thidua/registry/v1/school_service.pb.h"

namespace thidua::registry {

// Tables `school`, `lineage_event` and `lineage_party`. Errors are those of resource::Table.
class SchoolStore {
 public:
  SchoolStore();

  // By latest official name in Vietnamese order, then by resource name.
  const resource::Table<v1::School>& schools() const { return schools_; }
  // By effective date, then by resource name.
  const resource::Table<v1::LineageEvent>& events() const { return events_; }

  // Records the event and which schools it names.
  absl::StatusOr<v1::LineageEvent> CreateEvent(database::Transaction& transaction,
                                               const journal::Act& act,
                                               v1::LineageEvent event) const;

  // The events that name a school on either side (at most a few).
  absl::StatusOr<std::vector<v1::LineageEvent>> EventsNaming(database::Connection& connection,
                                                             std::string_view school) const;

  // The events that lead on from these schools, and from what comes after them, over every step.
  absl::StatusOr<std::vector<v1::LineageEvent>> EventsOnwardFrom(
      database::Connection& connection, std::vector<std::string> schools) const;

  // The schools of these names that exist, in no particular order. At most 500 names.
  absl::StatusOr<std::vector<v1::School>> SchoolsNamed(
      database::Connection& connection,
      const google::protobuf::RepeatedPtrField<std::string>& names) const;

  // Fields that ListSchools filters by.
  static const contract::FilterFields& Filters();
  // Schools that exist on `day` (any when absent), match the filter, and hold a word that begins so
  // for each word of `query`.
  static resource::Where Matching(std::optional<absl::CivilDay> day,
                                  const contract::SqlCondition& filter, std::string_view query);
  // Events that name `school` (any when empty) and take effect on or before `day` (any when
  // absent).
  static resource::Where EventsMatching(std::string_view school, std::optional<absl::CivilDay> day);

 private:
  resource::Table<v1::School> schools_;
  resource::Table<v1::LineageEvent> events_;
};

}  // namespace thidua::registry

#endif  // THIDUA_SERVICES_REGISTRY_SCHOOLS_SCHOOL_STORE_H_
