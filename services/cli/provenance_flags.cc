#include "services/cli/provenance_flags.h"

namespace thidua::cli {

using namespace registry::v1;  // NOLINT: the contract's own words

Provenance ReadProvenance(const Arguments& arguments) {
  Provenance provenance;
  provenance.set_confidence(arguments.Switch("provisional") ? CONFIDENCE_PROVISIONAL
                                                            : CONFIDENCE_DOCUMENTED);
  provenance.set_source(arguments.Flag("source").value_or(""));
  provenance.set_document(arguments.Flag("document").value_or(""));
  provenance.set_note(arguments.Flag("provenance-note").value_or(""));
  return provenance;
}

}  // namespace thidua::cli
