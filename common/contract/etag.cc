#include "common/contract/etag.h"

#include <charconv>

#include "absl/strings/str_cat.h"
#include "common/contract/refusal.h"

namespace thidua::contract {

std::string Etag(int64_t version) { return absl::StrCat("\"v", version, "\""); }

absl::StatusOr<int64_t> VersionOf(std::string_view etag) {
  int64_t version = 0;
  if (etag.size() > 3) std::from_chars(etag.data() + 2, etag.data() + etag.size() - 1, version);
  // Written back, so that exactly one text stands for a version: no signs, zeros in front, or rest.
  if (version < 1 || Etag(version) != etag) {
    return RefuseFields({{"etag", "is not an etag of this service; read the resource again",
                          "không phải là etag của dịch vụ này; hãy đọc lại đối tượng"}});
  }
  return version;
}

}  // namespace thidua::contract
