// schools.csv with school_names.csv and school_campuses.csv; lineage.csv with lineage_shares.csv.
#include "services/cli/lists/catalogue.h"
#include "thidua/registry/v1/school_service.pb.h"

namespace thidua::cli {

std::vector<List> SchoolLists() {
  ListOf schools("schools.csv", registry::v1::School::descriptor());
  schools.Segment("code", "schools")
      .Field("kind")
      .Field("province_id")
      .Field("province_vi", "province")
      .Days()
      .Provenance();

  ListOf names("school_names.csv", registry::v1::School::descriptor(), "names");
  names.Segment("school_code", "schools")
      .Field("name_vi", "official_name")
      .Field("short_name_vi", "short_name")
      .Field("aliases")
      .Days()
      .Provenance();

  ListOf campuses("school_campuses.csv", registry::v1::School::descriptor(), "campuses");
  campuses.Segment("school_code", "schools")
      .Field("name_vi", "name")
      .Field("address_vi", "address")
      .Field("is_main")
      .Days()
      .Provenance();

  ListOf lineage("lineage.csv", registry::v1::LineageEvent::descriptor());
  lineage.Segment("code", "lineageEvents")
      .Field("type")
      .Field("effective_date")
      .Field("predecessor_codes", "predecessors")
      .Field("successor_codes", "successors")
      .Decision("decision", "decision")
      .Provenance();

  ListOf shares("lineage_shares.csv", registry::v1::LineageEvent::descriptor(), "shares");
  shares.Segment("event_code", "lineageEvents")
      .Field("successor_code", "successor")
      .Field("indicator_group")
      .Field("share");
  return {schools.list, names.list, campuses.list, lineage.list, shares.list};
}

}  // namespace thidua::cli
