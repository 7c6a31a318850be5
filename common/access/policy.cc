#include "common/access/policy.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <map>
#include <set>
#include <unordered_map>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/contract/resource_name.h"
#include "common/document/digest.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/json_util.h"
#include "re2/re2.h"
#include "thidua/access/v1/policy.pb.h"

namespace thidua::access {
namespace {

constexpr size_t kLargestFile = 1 << 20;
constexpr char kBelow[] = ".*";

// The permissions that one identity, or one kind, holds.
struct Grants {
  std::map<std::string, Reach, std::less<>> exact;
  std::map<std::string, Reach, std::less<>> below;  // key with its dot: "reporting."

  void Add(const std::string& permission, Reach reach) {
    const bool is_prefix = absl::EndsWith(permission, kBelow);
    Reach& granted =
        is_prefix ? below[permission.substr(0, permission.size() - 1)] : exact[permission];
    granted = std::max(granted, reach);
  }

  Reach ReachOf(std::string_view permission) const {
    const auto found = exact.find(permission);
    Reach reach = found == exact.end() ? Reach::kNone : found->second;
    for (size_t dot = permission.find('.'); dot != permission.npos;
         dot = permission.find('.', dot + 1)) {
      const auto prefix = below.find(permission.substr(0, dot + 1));
      if (prefix != below.end()) reach = std::max(reach, prefix->second);
    }
    return reach;
  }
};

absl::StatusOr<std::string> ReadFile(const std::string& file) {
  std::ifstream stream(file, std::ios::binary);
  std::string content(kLargestFile + 1, '\0');
  stream.read(content.data(), static_cast<std::streamsize>(content.size()));
  content.resize(static_cast<size_t>(std::max<std::streamsize>(stream.gcount(), 0)));
  if (stream.bad() || content.empty()) {
    return absl::FailedPreconditionError(absl::StrCat(file, ": cannot be read"));
  }
  if (content.size() > kLargestFile) {
    return absl::FailedPreconditionError(absl::StrCat(file, ": larger than 1 MiB"));
  }
  return content;
}

bool IsPermission(const std::string& text) {
  static const re2::RE2 pattern(
      R"([a-z][a-z_]*(\.[a-z][a-z_]*)+|[a-z][a-z_]*(\.[a-z][a-z_]*)*\.\*)");
  return re2::RE2::FullMatch(text, pattern);
}

// Whether a permission, or one below a prefix, is among those known; true for those of other
// servers.
bool IsKnown(const std::string& permission, const std::vector<std::string>& known) {
  const std::string package = permission.substr(0, permission.find('.') + 1);
  const bool ours = std::any_of(known.begin(), known.end(), [&](const std::string& other) {
    return absl::StartsWith(other, package);
  });
  if (!ours) return true;
  if (!absl::EndsWith(permission, kBelow)) {
    return std::find(known.begin(), known.end(), permission) != known.end();
  }
  const std::string prefix = permission.substr(0, permission.size() - 1);
  return std::any_of(known.begin(), known.end(),
                     [&](const std::string& other) { return absl::StartsWith(other, prefix); });
}

std::optional<Reach> ToReach(v1::Reach reach) {
  switch (reach) {
    case v1::REACH_OWN:
      return Reach::kOwn;
    case v1::REACH_ALL:
      return Reach::kAll;
    default:
      return std::nullopt;
  }
}

struct Identity {
  Caller::Kind kind;
  std::string id;  // "*": all
};

std::optional<Identity> ParseIdentity(const std::string& text) {
  const size_t slash = text.find('/', 1);
  if (text.empty() || text.front() != '/' || slash == text.npos) return std::nullopt;
  const std::optional<Caller::Kind> kind = KindNamed(std::string_view(text).substr(1, slash - 1));
  std::string id = text.substr(slash + 1);
  if (!kind || (id != "*" && !contract::IsResourceId(id))) return std::nullopt;
  return Identity{*kind, std::move(id)};
}

}  // namespace

struct Policy::Data {
  struct OfKind {
    Grants all;
    std::map<std::string, Grants, std::less<>> by_id;
  };
  std::array<OfKind, Caller::kKinds> kinds;
  std::string fingerprint;

  Grants& Of(const Identity& identity) {
    OfKind& of_kind = kinds[static_cast<size_t>(identity.kind)];
    return identity.id == "*" ? of_kind.all : of_kind.by_id[identity.id];
  }
};

namespace {

// Turns the file's message into grants and collects what is wrong with it.
class Reading {
 public:
  Reading(const v1::Policy& policy, const std::vector<std::string>& known) {
    if (policy.bindings().empty()) {
      faults_.push_back("there are no bindings; every call would be denied");
    }
    for (const v1::Role& role : policy.roles()) ReadRole(role, known);
    for (const v1::Binding& binding : policy.bindings()) ReadBinding(binding);
  }

  absl::StatusOr<std::unique_ptr<Policy::Data>> Result() {
    if (faults_.empty()) return std::move(data_);
    return absl::FailedPreconditionError(
        absl::StrCat("access policy: ", absl::StrJoin(faults_, "; ")));
  }

 private:
  void ReadRole(const v1::Role& role, const std::vector<std::string>& known) {
    static const re2::RE2 name("[a-z]+(_[a-z]+)*");
    if (!re2::RE2::FullMatch(role.name(), name)) {
      faults_.push_back(absl::StrCat("not a role name: '", role.name(), "'"));
    }
    if (!roles_.emplace(role.name(), &role).second) {
      faults_.push_back(absl::StrCat("role ", role.name(), " is defined twice"));
    }
    if (role.permissions().empty()) {
      faults_.push_back(absl::StrCat("role ", role.name(), " has no permissions"));
    }
    for (const std::string& permission : role.permissions()) {
      if (!IsPermission(permission)) {
        faults_.push_back(
            absl::StrCat("role ", role.name(), ": not a permission: '", permission, "'"));
      } else if (!IsKnown(permission, known)) {
        faults_.push_back(
            absl::StrCat("role ", role.name(), ": no method has the permission ", permission));
      }
    }
  }

  void ReadBinding(const v1::Binding& binding) {
    const std::string about = absl::StrCat("binding of ", binding.identity());
    const std::optional<Identity> identity = ParseIdentity(binding.identity());
    const std::optional<Reach> reach = ToReach(binding.reach());
    if (!identity) faults_.push_back(absl::StrCat("not an identity: '", binding.identity(), "'"));
    if (!reach) faults_.push_back(absl::StrCat(about, " has no reach"));
    if (binding.roles().empty()) faults_.push_back(absl::StrCat(about, " has no roles"));
    for (const std::string& name : binding.roles()) {
      const auto role = roles_.find(name);
      if (role == roles_.end()) {
        faults_.push_back(absl::StrCat(about, ": undefined role ", name));
      } else if (identity && reach) {
        for (const std::string& permission : role->second->permissions()) {
          data_->Of(*identity).Add(permission, *reach);
        }
      }
    }
  }

  std::unique_ptr<Policy::Data> data_ = std::make_unique<Policy::Data>();
  std::map<std::string, const v1::Role*> roles_;
  std::vector<std::string> faults_;
};

}  // namespace

Policy::Policy(std::unique_ptr<Data> data) : data_(std::move(data)) {}
Policy::~Policy() = default;

absl::StatusOr<std::shared_ptr<const Policy>> Policy::Parse(
    const std::string& json, const std::vector<std::string>& known_permissions) {
  // Of a field given twice the last would win, which a reviewer may miss; as the keys of a map they
  // are refused.
  google::protobuf::Struct fields;
  v1::Policy message;
  auto parsed = google::protobuf::util::JsonStringToMessage(json, &fields);
  if (parsed.ok()) {
    parsed = google::protobuf::util::JsonStringToMessage(json, &message);  // refuses unknown fields
  }
  if (!parsed.ok()) {
    return absl::FailedPreconditionError(
        absl::StrCat("access policy: ", std::string(parsed.message())));
  }
  absl::StatusOr<std::unique_ptr<Data>> data = Reading(message, known_permissions).Result();
  if (!data.ok()) return data.status();
  (*data)->fingerprint = document::Hex(document::Sha256(json));
  return std::make_shared<const Policy>(*std::move(data));
}

absl::StatusOr<std::shared_ptr<const Policy>> Policy::Load(
    const std::string& file, const std::vector<std::string>& known_permissions) {
  const absl::StatusOr<std::string> json = ReadFile(file);
  if (!json.ok()) return json.status();
  return Parse(*json, known_permissions);
}

Reach Policy::ReachOf(const Caller& caller, std::string_view permission) const {
  const Data::OfKind& of_kind = data_->kinds[static_cast<size_t>(caller.kind)];
  const Reach of_all = of_kind.all.ReachOf(permission);
  const auto own = of_kind.by_id.find(caller.id);
  return own == of_kind.by_id.end() ? of_all : std::max(of_all, own->second.ReachOf(permission));
}

std::string Policy::Fingerprint() const { return data_->fingerprint; }

absl::StatusOr<std::unique_ptr<PolicyFile>> OpenPolicyFile(
    std::string file, std::vector<std::string> known_permissions) {
  return PolicyFile::Open("access policy", std::move(file),
                          [known = std::move(known_permissions)](const std::string& from) {
                            return Policy::Load(from, known);
                          });
}

}  // namespace thidua::access
