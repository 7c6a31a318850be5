// Pacts as people read them.
#ifndef THIDUA_SERVICES_CLI_PACT_TEXT_H_
#define THIDUA_SERVICES_CLI_PACT_TEXT_H_

#include <string>
#include <vector>

#include "google/type/date.pb.h"
#include "thidua/registry/v1/pact_service.pb.h"

namespace thidua::cli {

// The state, also as the enum's own word, so that what people read can be found in the contract:
// "có hiệu lực (IN_FORCE)".
std::string PactStateText(registry::v1::PactState state, bool vietnamese);
// What has to be reached: "≥ 95 %"; empty for a target in words.
std::string TargetValueText(const registry::v1::PactTarget& target, bool vietnamese);
// How a target was judged: "96,5 %" of a number, the words of a text; empty before that.
std::string AttainedText(const registry::v1::PactTarget& target, bool vietnamese);
std::string VerdictText(registry::v1::PactVerdict verdict, bool vietnamese);
std::string NoBindingPactText(registry::v1::NoBindingPact why, bool vietnamese);
// What a source tells: "signed on 2023-03-10 by all members, 7 targets counted".
std::string RecordText(const registry::v1::PactRecord& record, bool vietnamese);

// The fields of a pact that UpdatePact may change and that are set in this one.
std::vector<std::string> ChangedFields(const registry::v1::Pact& pact);

}  // namespace thidua::cli

#endif  // THIDUA_SERVICES_CLI_PACT_TEXT_H_
