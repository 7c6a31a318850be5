#include "services/cli/document_form.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "services/cli/partial_date.h"
#include "services/cli/window_form.h"

namespace thidua::cli {

using namespace registry::v1;  // NOLINT: the contract's own words

const std::set<std::string>& DocumentFlags() {
  static const auto& flags = *new std::set<std::string>{"file",  "number",     "issued", "issuer",
                                                        "title", "supersedes", "source", "note"};
  return flags;
}

absl::StatusOr<std::vector<std::string>> TakeDocumentFlags(const Arguments& arguments,
                                                           Document& document) {
  std::vector<std::string> paths;
  const auto take = [&](const char* flag, const char* path, std::string* value) {
    const auto given = arguments.Flag(flag);
    if (!given.has_value()) return;
    *value = *given;
    if (paths.empty() || paths.back() != path) paths.push_back(path);
  };
  take("number", "number", document.mutable_number());
  take("issuer", "issuer", document.mutable_issuer());
  take("title", "title", document.mutable_title());
  if (const auto issued = arguments.Flag("issued"); issued.has_value()) {
    document.clear_issue_date();
    if (!issued->empty()) {
      const auto date = ReadPartialDate(*issued);
      if (!date.ok())
        return absl::InvalidArgumentError(
            absl::StrCat("--issued: ", std::string(date.status().message())));
      *document.mutable_issue_date() = *date;
    }
    paths.push_back("issue_date");
  }
  if (arguments.Switch("supersedes")) {
    document.clear_supersedes();
    for (const std::string& word : arguments.Flags("supersedes")) {
      if (!word.empty()) document.add_supersedes(Named("documents", word));
    }
    paths.push_back("supersedes");
  }
  take("source", "provenance", document.mutable_provenance()->mutable_source());
  take("note", "provenance", document.mutable_provenance()->mutable_note());
  if (arguments.Switch("provisional")) {
    document.mutable_provenance()->set_confidence(CONFIDENCE_PROVISIONAL);
    if (paths.empty() || paths.back() != "provenance") paths.push_back("provenance");
  } else if (arguments.Switch("source")) {
    document.mutable_provenance()->set_confidence(CONFIDENCE_DOCUMENTED);
  }
  return paths;
}

}  // namespace thidua::cli
