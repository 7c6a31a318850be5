#include "services/cli/lists/loading.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/runtime/ids.h"
#include "services/cli/lists/list_requests.h"
#include "thidua/registry/v1/import_service.pb.h"

namespace thidua::cli {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using registry::v1::ImportProblem;
using registry::v1::ImportRegistryRequest;
using registry::v1::ImportRegistryResponse;
using registry::v1::RegistryWrite;

constexpr char kImport[] = "thidua.registry.v1.ImportService.ImportRegistry";

// What one import holds: its contract's number of writes, and less than the 4 MiB of a message.
constexpr int kMostWrites = 5000;
constexpr size_t kMostBytes = 3 << 20;
// What a database that replicates certifies without holding up others for long.
constexpr int kWritesOfAPart = 1000;

// The field of a write that takes such a request; null when it is no request of the registry.
const FieldDescriptor* FieldFor(const Message& request) {
  const auto& write = *RegistryWrite::descriptor();
  for (int i = 0; i < write.field_count(); ++i) {
    if (write.field(i)->message_type() == request.GetDescriptor()) return write.field(i);
  }
  return nullptr;
}

// One import in the making, and whose each write is.
struct Part {
  ImportRegistryRequest request;
  std::vector<const Wanted*> owners;
  size_t bytes = 0;
};

bool Fits(const Part& part, const PlannedWrite& write, int most_writes) {
  return part.owners.size() < static_cast<size_t>(most_writes) &&
         part.bytes + write.request->ByteSizeLong() <= kMostBytes;
}

void Add(const PlannedWrite& planned, Part& part) {
  RegistryWrite& write = *part.request.add_writes();
  write.set_row(absl::StrCat(planned.wanted->row.file(), ":", planned.wanted->row.line()));
  write.GetReflection()
      ->MutableMessage(&write, FieldFor(*planned.request))
      ->CopyFrom(*planned.request);
  part.owners.push_back(planned.wanted);
  part.bytes += write.ByteSizeLong();
}

// A write that leaves its etag to the one before it is not parted from it.
std::vector<Part> PartsOf(const LoadingPlan& plan, int most_writes) {
  std::vector<Part> parts;
  for (const PlannedWrite& write : plan.writes) {
    if (FieldFor(*write.request) == nullptr) continue;
    if (parts.empty() || (!write.leaves_etag && !Fits(parts.back(), write, most_writes)))
      parts.emplace_back();
    Add(write, parts.back());
  }
  return parts;
}

void Tell(const ImportProblem& problem, const Wanted& wanted, CsvProblems& problems) {
  const std::string follows = problem.consequence() ? " (follows from another row)" : "";
  const std::string follows_vi = problem.consequence() ? " (hệ quả của dòng khác)" : "";
  for (const auto& violation : problem.field_violations()) {
    const Place place = PlaceOf(wanted, violation.field());
    const std::string field = place.column.empty() ? violation.field() + ": " : "";
    place.row->Complain(place.column, absl::StrCat(field, violation.description(), follows),
                        absl::StrCat(field, violation.description_vi(), follows_vi), problems);
  }
  if (problem.field_violations().empty()) {
    wanted.row.Complain("", absl::StrCat(problem.message(), follows),
                        absl::StrCat(problem.message_vi(), follows_vi), problems);
  }
}

void Tell(const ImportRegistryResponse& answer, const Part& part, CsvProblems& problems) {
  for (const ImportProblem& problem : answer.problems())
    Tell(problem, *part.owners[static_cast<size_t>(problem.index())], problems);
  const CsvRecord& last = part.owners.back()->row;
  if (answer.problem_count() > answer.problems_size()) {
    const std::string more = absl::StrCat(answer.problem_count() - answer.problems_size());
    last.Complain("", absl::StrCat("and ", more, " more"), absl::StrCat("và ", more, " lỗi khác"),
                  problems);
  }
  if (answer.problem_count() > 0 && answer.tried_count() < part.request.writes_size()) {
    const std::string rest = absl::StrCat(part.request.writes_size() - answer.tried_count());
    last.Complain("", absl::StrCat(rest, " writes behind it were not tried"),
                  absl::StrCat("chưa thử ", rest, " thao tác phía sau"), problems);
  }
}

// What no import takes is sent by itself, after the registry's part holds.
absl::Status SendOthers(Session& session, const LoadingPlan& plan, CsvProblems& problems) {
  for (const PlannedWrite& write : plan.writes) {
    if (FieldFor(*write.request) != nullptr) continue;
    const auto* method =
        StandardMethod(*write.wanted->list->resource, write.is_creation ? "Create" : "Update");
    SetText(write.request.get(), "request_id", runtime::NewUuid4());
    const std::unique_ptr<Message> answer = MakeMessage(*method->output_type());
    const absl::Status sent = session.Call(method->full_name(), *write.request, *answer);
    if (sent.ok()) continue;
    write.wanted->row.Complain(
        "", "this row and those behind it were not written; those before it were",
        "dòng này và các dòng phía sau chưa được ghi; các dòng phía trước đã ghi", problems);
    return sent;
  }
  return absl::OkStatus();
}

}  // namespace

bool NeedsParts(const LoadingPlan& plan) { return PartsOf(plan, kMostWrites).size() > 1; }

absl::StatusOr<int> CarryOut(Session& session, const LoadingPlan& plan,
                             const LoadingOptions& options, CsvProblems& problems) {
  int stored = 0;
  for (Part& part : PartsOf(plan, options.in_parts ? kWritesOfAPart : kMostWrites)) {
    part.request.set_validate_only(options.dry_run);
    part.request.set_request_id(runtime::NewUuid4());
    const auto answer = session.Call<ImportRegistryResponse>(kImport, part.request);
    if (!answer.ok()) return answer.status();
    Tell(*answer, part, problems);
    if (!problems.empty()) return stored;
    stored += answer->applied() ? 1 : 0;
  }
  if (options.dry_run) return stored;
  if (absl::Status sent = SendOthers(session, plan, problems); !sent.ok()) return sent;
  return stored;
}

}  // namespace thidua::cli
