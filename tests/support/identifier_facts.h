// Builders of identifiers.
#ifndef THIDUA_TESTS_SUPPORT_IDENTIFIER_FACTS_H_
#define THIDUA_TESTS_SUPPORT_IDENTIFIER_FACTS_H_

#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_replace.h"
#include "tests/support/school_facts.h"
#include "thidua/registry/v1/identifier_service.pb.h"

namespace thidua::testing {

// Mã định danh cơ quan, tổ chức, as Decision 20/2020/QĐ-TTg has it.
inline registry::v1::IdentifierScheme AgencyCodes() {
  registry::v1::IdentifierScheme scheme;
  scheme.set_name("identifierSchemes/agency-code");
  scheme.set_display_name("Mã định danh cơ quan, tổ chức");
  scheme.set_pattern("[0-9A-Z]+([.][0-9A-Z]+)*");
  scheme.set_max_length(35);
  scheme.set_group_separator(".");
  return Documented(std::move(scheme), "20/2020/QĐ-TTg");
}

// A documented agency code under the name that the registry gives it.
inline registry::v1::SchoolIdentifier AgencyCode(const std::string& school, const std::string& code,
                                                 const std::string& from = "",
                                                 const std::string& to = "") {
  registry::v1::SchoolIdentifier identifier;
  identifier.set_name("schools/" + school + "/identifiers/agency-code-" +
                      absl::AsciiStrToLower(absl::StrReplaceAll(code, {{".", "-"}})));
  identifier.set_scheme("identifierSchemes/agency-code");
  identifier.set_code(code);
  return Documented(Dating(std::move(identifier), from, to), "20/2020/QĐ-TTg");
}

}  // namespace thidua::testing

#endif  // THIDUA_TESTS_SUPPORT_IDENTIFIER_FACTS_H_
