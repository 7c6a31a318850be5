// What the reporting service has published, as far as its feed has been followed. Read only: the
// follower writes the rows.
#ifndef THIDUA_SERVICES_AWARDS_SCORING_PUBLICATION_STORE_H_
#define THIDUA_SERVICES_AWARDS_SCORING_PUBLICATION_STORE_H_

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/database/database.h"
#include "thidua/reporting/v1/consolidation_service.pb.h"

namespace thidua::awards {

// A publication and where in the feed it was last told of.
struct FollowedPublication {
  reporting::v1::Publication publication;
  int64_t position;
};

class PublicationStore {
 public:
  // The publication with the highest number of a cluster in a window (resource names), whatever its
  // state; nothing when there is none.
  absl::StatusOr<std::optional<FollowedPublication>> Newest(database::Connection& connection,
                                                            std::string_view window,
                                                            std::string_view cluster) const;

  // The states of these publications; one that is not known here is left out. `names`: at most
  // 1,000.
  absl::StatusOr<std::map<std::string, reporting::v1::PublicationState>> StatesOf(
      database::Connection& connection, const std::set<std::string>& names) const;
};

}  // namespace thidua::awards

#endif  // THIDUA_SERVICES_AWARDS_SCORING_PUBLICATION_STORE_H_
