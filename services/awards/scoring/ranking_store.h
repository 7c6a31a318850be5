// Rankings in the database. Their state is not stored: it is that of their publication when they
// are read.
#ifndef THIDUA_SERVICES_AWARDS_SCORING_RANKING_STORE_H_
#define THIDUA_SERVICES_AWARDS_SCORING_RANKING_STORE_H_

#include <string>

#include "common/resource/table.h"
#include "thidua/awards/v1/scoring_service.pb.h"

namespace thidua::awards {

class RankingStore : public resource::Table<v1::Ranking> {
 public:
  // What a list is narrowed to; an empty resource name does not narrow.
  struct Selection {
    std::string window;
    std::string cluster;
    std::string scoring_scheme;
  };

  RankingStore();

  // The newest computation first.
  absl::StatusOr<Page> ListSelected(database::Connection& connection, const Selection& selection,
                                    const contract::Parameters& after, int limit) const;
};

}  // namespace thidua::awards

#endif  // THIDUA_SERVICES_AWARDS_SCORING_RANKING_STORE_H_
