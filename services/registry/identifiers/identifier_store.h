// Identifiers of schools in the database.
#ifndef THIDUA_SERVICES_REGISTRY_IDENTIFIERS_IDENTIFIER_STORE_H_
#define THIDUA_SERVICES_REGISTRY_IDENTIFIERS_IDENTIFIER_STORE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "common/contract/filter.h"
#include "common/directory/period.h"
#include "common/resource/table.h"
#include "thidua/registry/v1/identifier_service.pb.h"

namespace thidua::registry {

// Tables `identifier_scheme` and `school_identifier`. Errors are those of resource::Table.
class IdentifierStore {
 public:
  using Identifiers = std::vector<v1::SchoolIdentifier>;

  IdentifierStore();

  // Both by resource name.
  const resource::Table<v1::IdentifierScheme>& schemes() const { return schemes_; }
  const resource::Table<v1::SchoolIdentifier>& identifiers() const { return identifiers_; }

  // Every scheme; there are few.
  absl::StatusOr<std::vector<v1::IdentifierScheme>> AllSchemes(
      database::Connection& connection) const;

  // What is there of these codes of a scheme, of these names, and of these schools in a scheme.
  absl::StatusOr<Identifiers> WithCodes(database::Connection& connection, const std::string& scheme,
                                        const std::vector<std::string>& codes) const;
  absl::StatusOr<Identifiers> WithNames(database::Connection& connection,
                                        const std::vector<std::string>& names) const;
  absl::StatusOr<Identifiers> OfSchools(database::Connection& connection, const std::string& scheme,
                                        const std::vector<std::string>& schools) const;
  // Of one school, in any scheme.
  absl::StatusOr<Identifiers> OfSchool(database::Connection& connection,
                                       const std::string& school) const;
  // Those that name this one as their successor.
  absl::StatusOr<Identifiers> FollowedBy(database::Connection& connection,
                                         const std::string& successor) const;
  // One of the scheme whose written bounds do not lie within the period; nothing when all do.
  absl::StatusOr<std::optional<v1::SchoolIdentifier>> OneOutside(
      database::Connection& connection, const std::string& scheme,
      const directory::Period& period) const;

  // Fields that ListSchoolIdentifiers filters by.
  static const contract::FilterFields& Filters();
  // Identifiers of `school` and of `scheme` (of any when empty), in use on `day` (on any when
  // absent), that match the filter.
  static resource::Where Matching(const std::string& school, const std::string& scheme,
                                  std::optional<absl::CivilDay> day,
                                  const contract::SqlCondition& filter);

 private:
  resource::Table<v1::IdentifierScheme> schemes_;
  resource::Table<v1::SchoolIdentifier> identifiers_;
};

}  // namespace thidua::registry

#endif  // THIDUA_SERVICES_REGISTRY_IDENTIFIERS_IDENTIFIER_STORE_H_
