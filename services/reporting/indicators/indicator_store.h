// Indicators and all versions of their definitions in the database.
#ifndef THIDUA_SERVICES_REPORTING_INDICATORS_INDICATOR_STORE_H_
#define THIDUA_SERVICES_REPORTING_INDICATORS_INDICATOR_STORE_H_

#include <string>
#include <string_view>
#include <vector>

#include "common/resource/table.h"
#include "thidua/reporting/v1/indicator_service.pb.h"

namespace thidua::reporting {

class IndicatorStore {
 public:
  IndicatorStore();

  // The newest definition.
  absl::StatusOr<v1::Indicator> Get(database::Connection& connection, std::string_view name) const;
  // One version of it, without an etag: what was cannot be changed. REASON_NOT_FOUND when there
  // never was such a version.
  absl::StatusOr<v1::Indicator> GetVersion(database::Connection& connection, std::string_view name,
                                           int definition_version) const;
  // The newest definitions in order of ordinal; of one group unless `group` is empty.
  absl::StatusOr<resource::Table<v1::Indicator>::Page> List(database::Connection& connection,
                                                            std::string_view group,
                                                            const contract::Parameters& after,
                                                            int limit) const;
  // The newest definitions of these names, in any order; names that do not exist are left out.
  // `names`: at most 1,000.
  absl::StatusOr<std::vector<v1::Indicator>> GetAll(database::Connection& connection,
                                                    const std::vector<std::string>& names) const;

  // Stores version 1 and gives the ordinal.
  absl::StatusOr<v1::Indicator> Create(database::Transaction& transaction, const journal::Act& act,
                                       v1::Indicator indicator) const;
  // Stores the next version.
  absl::StatusOr<v1::Indicator> Update(database::Transaction& transaction, const journal::Act& act,
                                       v1::Indicator indicator, std::string_view etag) const;

 private:
  resource::Table<v1::Indicator> indicators_;
};

}  // namespace thidua::reporting

#endif  // THIDUA_SERVICES_REPORTING_INDICATORS_INDICATOR_STORE_H_
