// documents.csv.
#include "services/cli/lists/catalogue.h"
#include "thidua/registry/v1/document_service.pb.h"

namespace thidua::cli {

std::vector<List> DocumentLists() {
  ListOf documents("documents.csv", registry::v1::Document::descriptor());
  documents.Segment("code", "documents")
      .Field("number")
      .Field("issue_date")
      .Field("issuer")
      .Field("title")
      .Field("supersedes")
      .Provenance();
  return {documents.list};
}

}  // namespace thidua::cli
