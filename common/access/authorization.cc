#include "common/access/authorization.h"

#include <optional>

#include "absl/strings/str_split.h"
#include "common/contract/refusal.h"
#include "common/contract/resource_name.h"

namespace thidua::access {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// The string at a dotted path through singular messages; nothing when it is unset, empty or no such
// field.
std::optional<std::string> TextAt(const Message& request, const std::string& path) {
  const Message* message = &request;
  const FieldDescriptor* field = nullptr;
  for (const absl::string_view name : absl::StrSplit(path, '.')) {
    if (field != nullptr) {
      if (field->message_type() == nullptr) return std::nullopt;
      message = &message->GetReflection()->GetMessage(*message, field);
    }
    field = message->GetDescriptor()->FindFieldByName(std::string(name));
    if (field == nullptr || field->is_repeated()) return std::nullopt;
  }
  if (field->type() != FieldDescriptor::TYPE_STRING) return std::nullopt;
  std::string text = message->GetReflection()->GetString(*message, field);
  if (text.empty()) return std::nullopt;
  return text;
}

// What the refusal speaks of: the resource or parent that the request names, if any.
contract::Metadata Denial(const v1::AccessRule& rule, const Message& request) {
  for (const std::string& path : {rule.scope_field(), std::string("name"), std::string("parent")}) {
    if (path.empty()) continue;
    if (const std::optional<std::string> named = TextAt(request, path)) {
      return {{"permission", rule.permission()}, {"resource", *named}};
    }
  }
  return {{"permission", rule.permission()},
          {"resource", "everything"},
          {"resource_vi", "toàn hệ thống"}};
}

bool OwnsSchool(const Caller& caller, const std::string& school, const ScopeFacts& facts) {
  if (caller.kind == Caller::Kind::kSchool) return caller.id == school;
  if (caller.kind != Caller::Kind::kPortal || !facts.province_of || caller.id.empty()) return false;
  return facts.province_of(school) == caller.id;
}

bool LeadsCluster(const Caller& caller, const std::string& cluster, const ScopeFacts& facts) {
  return caller.kind == Caller::Kind::kSchool && !cluster.empty() && facts.leads_cluster &&
         facts.leads_cluster(caller.id, cluster);
}

// Whether the request lies within `reach`, which is not kNone.
bool Covers(Reach reach, const Caller& caller, const v1::AccessRule& rule, const Message& request,
            const ScopeFacts& facts) {
  switch (rule.scope()) {
    case v1::SCOPE_ACADEMY:
      return reach == Reach::kAll;
    case v1::SCOPE_MEMBERS:
    case v1::SCOPE_FILTERED:
      return true;
    case v1::SCOPE_SCHOOL:
    case v1::SCOPE_CLUSTER:
    case v1::SCOPE_CLUSTER_OF_SCHOOL:
    case v1::SCOPE_SCHOOL_OR_CLUSTER:
      break;
    default:
      return false;
  }
  const std::optional<std::string> name = TextAt(request, rule.scope_field());
  const std::optional<std::string> id =
      name ? contract::SegmentAfter(*name, rule.scope_collection()) : std::nullopt;
  if (!id) return false;
  if (reach == Reach::kAll) return true;
  if (rule.scope() == v1::SCOPE_SCHOOL) return OwnsSchool(caller, *id, facts);
  if (rule.scope() == v1::SCOPE_CLUSTER) return LeadsCluster(caller, *id, facts);
  if (rule.scope() == v1::SCOPE_SCHOOL_OR_CLUSTER && OwnsSchool(caller, *id, facts)) return true;
  return facts.cluster_of && LeadsCluster(caller, facts.cluster_of(*id), facts);
}

}  // namespace

absl::Status Authorize(const Caller& caller, const v1::AccessRule& rule, const Message& request,
                       const Policy& policy, const ScopeFacts& facts) {
  const Reach reach = policy.ReachOf(caller, rule.permission());
  if (reach != Reach::kNone && Covers(reach, caller, rule, request, facts)) return absl::OkStatus();
  return contract::Refuse(v1::REASON_PERMISSION_DENIED, Denial(rule, request));
}

}  // namespace thidua::access
