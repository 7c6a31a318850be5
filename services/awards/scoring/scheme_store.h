// Scoring schemes in the database.
#ifndef THIDUA_SERVICES_AWARDS_SCORING_SCHEME_STORE_H_
#define THIDUA_SERVICES_AWARDS_SCORING_SCHEME_STORE_H_

#include <string>
#include <string_view>

#include "common/resource/table.h"
#include "thidua/awards/v1/scoring_service.pb.h"

namespace thidua::awards {

class SchemeStore : public resource::Table<v1::ScoringScheme> {
 public:
  SchemeStore();

  // The schemes in one state, or all for SCORING_SCHEME_STATE_UNSPECIFIED, in the order of their
  // names.
  absl::StatusOr<Page> ListInState(database::Connection& connection, v1::ScoringSchemeState state,
                                   const contract::Parameters& after, int limit) const;

  // The name of the next version of `name`; empty when it has none. Touch `name` first, or a next
  // version may come in between.
  absl::StatusOr<std::string> SuccessorOf(database::Transaction& transaction,
                                          std::string_view name) const;
};

}  // namespace thidua::awards

#endif  // THIDUA_SERVICES_AWARDS_SCORING_SCHEME_STORE_H_
