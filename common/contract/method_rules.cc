#include "common/contract/method_rules.h"

#include <map>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/contract/check_plan.h"
#include "common/contract/request_check.h"
#include "google/api/annotations.pb.h"
#include "google/api/resource.pb.h"
#include "google/protobuf/descriptor.pb.h"
#include "re2/re2.h"

namespace thidua::contract {
namespace {

using access::v1::AccessRule;
using google::api::HttpRule;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::MethodDescriptor;
using google::protobuf::MethodOptions;
using google::protobuf::ServiceDescriptor;

constexpr FieldDescriptor::Type kString = FieldDescriptor::TYPE_STRING;

absl::Duration ToDuration(const google::protobuf::Duration& duration) {
  return absl::Seconds(duration.seconds()) + absl::Nanoseconds(duration.nanos());
}

bool HasSingular(const Descriptor& message, const std::string& name, FieldDescriptor::Type type) {
  const FieldDescriptor* field = message.FindFieldByName(name);
  return field != nullptr && field->type() == type && !field->is_repeated();
}

// The field at a dotted path through singular messages, null when there is none.
const FieldDescriptor* FieldAt(const Descriptor& message, const std::string& path) {
  const Descriptor* at = &message;
  const FieldDescriptor* field = nullptr;
  for (const absl::string_view name : absl::StrSplit(path, '.')) {
    field = at == nullptr ? nullptr : at->FindFieldByName(std::string(name));
    if (field == nullptr || field->is_repeated()) return nullptr;
    at = field->message_type();
  }
  return field;
}

// Verb and template of one HTTP rule.
std::pair<std::string, std::string> RouteOf(const HttpRule& http) {
  switch (http.pattern_case()) {
    case HttpRule::kGet:
      return {"GET", http.get()};
    case HttpRule::kPost:
      return {"POST", http.post()};
    case HttpRule::kPut:
      return {"PUT", http.put()};
    case HttpRule::kPatch:
      return {"PATCH", http.patch()};
    case HttpRule::kDelete:
      return {"DELETE", http.delete_()};
    default:
      return {};
  }
}

// "/v1/{name=schools/*}:close" and "/v1/schools/{id}:close" are one path: "/v1/schools/*:close".
std::string WithoutVariables(std::string path) {
  re2::RE2::GlobalReplace(&path, R"(\{[^{}=]*=([^{}]*)\})", R"(\1)");
  re2::RE2::GlobalReplace(&path, R"(\{[^{}]*\})", "*");
  return path;
}

std::vector<std::string> VariablesOf(const std::string& path) {
  std::vector<std::string> variables;
  re2::StringPiece rest(path);
  std::string variable;
  while (re2::RE2::FindAndConsume(&rest, R"(\{([^{}=]*)(?:=[^{}]*)?\})", &variable)) {
    variables.push_back(variable);
  }
  return variables;
}

// Where a resource name held by `field` may point, as far as the contract says.
std::vector<NamePattern> PatternsIn(const FieldDescriptor& field) {
  for (const FieldPlan& plan : PlanOf(*field.containing_type()).fields) {
    if (plan.field == &field) return plan.patterns;
  }
  return {};
}

// Collects the faults of methods.
class Inspection {
 public:
  void Inspect(const MethodDescriptor& method) {
    rule_ = RuleOf(method);
    CheckAccess();
    CheckHttp();
    CheckIdempotency();
    if (rule_.mutates) CheckMutation();
    if (absl::StartsWith(method.name(), "List")) CheckList();
    // Many methods share a message; its faults are told once.
    const absl::Status checks = PrepareChecks(*method.input_type());
    if (!checks.ok() && seen_.insert(method.input_type()).second) {
      faults_.emplace_back(checks.message());
    }
  }

  absl::Status Result() const {
    if (faults_.empty()) return absl::OkStatus();
    return absl::FailedPreconditionError(absl::StrJoin(faults_, "\n"));
  }

 private:
  void Fault(const std::string& what) {
    faults_.push_back(absl::StrCat(rule_.method->full_name(), ": ", what));
  }
  const Descriptor& request() const { return *rule_.method->input_type(); }

  void CheckAccess() {
    if (!rule_.method->options().HasExtension(access::v1::access)) return Fault("no access rule");
    static const re2::RE2 permission("[a-z][a-z_]*(\\.[a-z][a-z_]*)+");
    if (!re2::RE2::FullMatch(rule_.access.permission(), permission)) {
      Fault(absl::StrCat("not a permission: '", rule_.access.permission(), "'"));
    }
    CheckScope();
    if (rule_.default_deadline <= absl::ZeroDuration()) Fault("no default_deadline");
    if (rule_.max_deadline <= absl::ZeroDuration()) Fault("no max_deadline");
    if (rule_.default_deadline > rule_.max_deadline) {
      Fault("default_deadline is above max_deadline");
    }
    if (rule_.access.in_memory() && rule_.mutates) Fault("in_memory on a method with side effects");
  }

  void CheckScope() {
    const AccessRule& access = rule_.access;
    switch (access.scope()) {
      case access::v1::SCOPE_SCHOOL:
      case access::v1::SCOPE_CLUSTER:
      case access::v1::SCOPE_CLUSTER_OF_SCHOOL:
      case access::v1::SCOPE_SCHOOL_OR_CLUSTER:
        return CheckScopeField();
      case access::v1::SCOPE_ACADEMY:
      case access::v1::SCOPE_MEMBERS:
      case access::v1::SCOPE_FILTERED:
        if (!access.scope_field().empty() || !access.scope_collection().empty()) {
          Fault("scope_field and scope_collection mean nothing for this scope");
        }
        return;
      default:
        Fault("no scope");
    }
  }

  void CheckScopeField() {
    const AccessRule& access = rule_.access;
    const FieldDescriptor* field = FieldAt(request(), access.scope_field());
    if (field == nullptr || field->type() != kString) {
      return Fault(absl::StrCat("scope_field '", access.scope_field(),
                                "' is not a string field of ", request().full_name()));
    }
    if (!IsCollection(access.scope_collection())) {
      return Fault(absl::StrCat("not a scope_collection: '", access.scope_collection(), "'"));
    }
    for (const NamePattern& pattern : PatternsIn(*field)) {
      if (!pattern.HasCollection(access.scope_collection())) {
        Fault(absl::StrCat("scope_collection '", access.scope_collection(), "' is not in ",
                           pattern.ToString()));
      }
    }
  }

  void CheckHttp() {
    if (rule_.method->client_streaming() || rule_.method->server_streaming()) return;
    if (!rule_.method->options().HasExtension(google::api::http)) {
      return Fault("no google.api.http");
    }
    CheckRoute(rule_.http);
    for (const HttpRule& more : rule_.http.additional_bindings()) CheckRoute(more);
  }

  void CheckRoute(const HttpRule& http) {
    const auto [verb, path] = RouteOf(http);
    if (!absl::StartsWith(path, "/")) return Fault("google.api.http has no path");
    const std::string route = absl::StrCat(verb, " ", WithoutVariables(path));
    const auto [taken, is_new] = routes_.try_emplace(route, rule_.method->full_name());
    if (!is_new) Fault(absl::StrCat(route, " belongs to ", taken->second));
    for (const std::string& variable : VariablesOf(path)) {
      if (FieldAt(request(), variable) == nullptr) {
        Fault(absl::StrCat("HTTP path: no field ", variable));
      }
    }
    if (!http.body().empty() && http.body() != "*" &&
        request().FindFieldByName(http.body()) == nullptr) {
      Fault(absl::StrCat("HTTP body: no field ", http.body()));
    }
    if (verb == "GET" && !http.body().empty()) Fault("GET has no body");
    if (verb == "GET" && rule_.mutates) Fault("GET on a method with side effects");
  }

  void CheckIdempotency() {
    const auto level = rule_.method->options().idempotency_level();
    if (level == MethodOptions::IDEMPOTENCY_UNKNOWN) Fault("no idempotency_level");
  }

  void CheckMutation() {
    if (!HasSingular(request(), "request_id", kString)) {
      Fault("a mutation needs the field request_id");
    }
    const bool changes =
        absl::StartsWith(rule_.method->name(), "Update") || HasSingular(request(), "name", kString);
    if (changes && !HasEtag()) {
      Fault("a change of a resource needs the field etag, in the request or its resource");
    }
  }

  bool HasEtag() const {
    if (HasSingular(request(), "etag", kString)) return true;
    for (int i = 0; i < request().field_count(); ++i) {
      const FieldDescriptor& field = *request().field(i);
      if (!field.is_repeated() && field.message_type() != nullptr &&
          field.message_type()->options().HasExtension(google::api::resource) &&
          HasSingular(*field.message_type(), "etag", kString)) {
        return true;
      }
    }
    return false;
  }

  void CheckList() {
    const Descriptor& response = *rule_.method->output_type();
    if (!HasSingular(request(), "page_size", FieldDescriptor::TYPE_INT32)) {
      Fault("a list needs int32 page_size");
    }
    if (!HasSingular(request(), "page_token", kString)) Fault("a list needs string page_token");
    if (!HasSingular(response, "next_page_token", kString)) {
      Fault("a list's response needs string next_page_token");
    }
    int repeated = 0;
    for (int i = 0; i < response.field_count(); ++i) repeated += response.field(i)->is_repeated();
    const FieldDescriptor* first = response.FindFieldByNumber(1);
    if (repeated != 1 || first == nullptr || !first->is_repeated()) {
      Fault("a list's response has exactly one repeated field, its first");
    }
  }

  MethodRule rule_{};
  std::vector<std::string> faults_;
  std::map<std::string, std::string> routes_;
  std::set<const Descriptor*> seen_;
};

}  // namespace

MethodRule RuleOf(const MethodDescriptor& method) {
  const MethodOptions& options = method.options();
  MethodRule rule;
  rule.method = &method;
  rule.path = absl::StrCat("/", method.service()->full_name(), "/", method.name());
  rule.access = options.GetExtension(access::v1::access);
  rule.http = options.GetExtension(google::api::http);
  rule.mutates = options.idempotency_level() != MethodOptions::NO_SIDE_EFFECTS;
  rule.default_deadline = ToDuration(rule.access.default_deadline());
  rule.max_deadline = ToDuration(rule.access.max_deadline());
  return rule;
}

absl::Status CheckMethods(absl::Span<const ServiceDescriptor* const> services) {
  Inspection inspection;
  for (const ServiceDescriptor* service : services) {
    for (int i = 0; i < service->method_count(); ++i) inspection.Inspect(*service->method(i));
  }
  return inspection.Result();
}

std::vector<std::string> PermissionsOf(absl::Span<const ServiceDescriptor* const> services) {
  std::set<std::string> permissions;
  for (const ServiceDescriptor* service : services) {
    for (int i = 0; i < service->method_count(); ++i) {
      permissions.insert(RuleOf(*service->method(i)).access.permission());
    }
  }
  return {permissions.begin(), permissions.end()};
}

}  // namespace thidua::contract
