// identifier_schemes.csv, identifiers.csv.
#include "services/cli/lists/catalogue.h"
#include "thidua/registry/v1/identifier_service.pb.h"

namespace thidua::cli {

std::vector<List> IdentifierLists() {
  ListOf schemes("identifier_schemes.csv", registry::v1::IdentifierScheme::descriptor());
  schemes.Segment("code", "identifierSchemes")
      .Field("name_vi", "display_name")
      .Field("pattern")
      .Field("max_length")
      .Field("group_separator")
      .Days()
      .Provenance();

  // A code that follows another stands before it.
  ListOf identifiers("identifiers.csv", registry::v1::SchoolIdentifier::descriptor());
  identifiers.Segment("school_code", "schools")
      .Segment("identifier_code", "identifiers")
      .Field("scheme")
      .Field("code")
      .Days()
      .Field("successor")
      .Provenance();
  return {schemes.list, identifiers.list};
}

}  // namespace thidua::cli
