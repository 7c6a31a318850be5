// `thidua reference`: the project's reference data into the services.
#include <filesystem>
#include <iostream>
#include <map>

#include "absl/strings/str_cat.h"
#include "google/protobuf/struct.pb.h"
#include "services/cli/answers.h"
#include "services/cli/command.h"
#include "services/cli/csv_file.h"
#include "services/cli/file_content.h"
#include "services/cli/reference_check.h"
#include "services/cli/reference_data.h"
#include "services/cli/reference_loading.h"
#include "services/cli/table.h"

namespace thidua::cli {
namespace {

std::map<std::string, std::string> ReadTexts(const std::string& directory, CsvProblems& problems) {
  std::map<std::string, std::string> texts;
  for (const char* file : kReferenceFiles) {
    absl::StatusOr<std::string> text = ReadFile((std::filesystem::path(directory) / file).string());
    if (text.ok()) {
      texts[file] = *std::move(text);
    } else if (!absl::IsNotFound(text.status())) {
      const std::string why(text.status().message());
      problems.push_back({file, 0, "", why, why});
    }
  }
  return texts;
}

int Refuse(const Session& session, const CsvProblems& problems) {
  PrintProblems(problems, session.vietnamese(), std::cerr);
  std::cerr << session.Say("Nothing was written.\n", "Chưa ghi gì.\n");
  return kRefused;
}

void PrintTallies(const Session& session, const std::vector<FileTally>& tallies) {
  Table table({{Word(session, "file", "tệp")},
               {Word(session, "rows", "số dòng"), Table::Align::kRight},
               {Word(session, "created", "thêm mới"), Table::Align::kRight},
               {Word(session, "updated", "cập nhật"), Table::Align::kRight},
               {Word(session, "unchanged", "giữ nguyên"), Table::Align::kRight},
               {Word(session, "provisional", "tạm thời"), Table::Align::kRight}});
  FileTally sum;
  for (const FileTally& tally : tallies) {
    table.Row({tally.file, absl::StrCat(tally.rows), absl::StrCat(tally.created),
               absl::StrCat(tally.updated), absl::StrCat(tally.unchanged),
               absl::StrCat(tally.provisional)});
    sum.rows += tally.rows;
    sum.created += tally.created;
    sum.updated += tally.updated;
    sum.unchanged += tally.unchanged;
    sum.provisional += tally.provisional;
  }
  table.Rule();
  table.Row({"", absl::StrCat(sum.rows), absl::StrCat(sum.created), absl::StrCat(sum.updated),
             absl::StrCat(sum.unchanged), absl::StrCat(sum.provisional)});
  std::cout << table.Render();
}

void PrintTalliesAsJson(const Session& session, const std::vector<FileTally>& tallies) {
  google::protobuf::Struct json;
  google::protobuf::ListValue& files = *(*json.mutable_fields())["files"].mutable_list_value();
  for (const FileTally& tally : tallies) {
    auto& fields = *files.add_values()->mutable_struct_value()->mutable_fields();
    fields["file"].set_string_value(tally.file);
    fields["rows"].set_number_value(tally.rows);
    fields["created"].set_number_value(tally.created);
    fields["updated"].set_number_value(tally.updated);
    fields["unchanged"].set_number_value(tally.unchanged);
    fields["provisional"].set_number_value(tally.provisional);
  }
  session.PrintJson(json);
}

// Stops at the first write that fails, and says which row it was; what was written before stays,
// and the next run goes on from there.
int CarryOut(Session& session, const LoadingPlan& plan) {
  std::string file;
  for (const PendingWrite& write : plan.writes) {
    if (write.file != file && !session.json()) std::cerr << "▸ " << write.file << "\n";
    file = write.file;
    if (const absl::Status done = write.run(); !done.ok()) {
      std::cerr << "✗ " << write.file << ":" << write.row->line() << ": " << write.resource << "\n";
      return session.Fail(done);
    }
  }
  return kOk;
}

int Load(Session& session) {
  CsvProblems problems;
  const std::map<std::string, std::string> texts =
      ReadTexts(session.arguments().words().front(), problems);
  const ReferenceData data = ReadReference(texts, problems);
  CheckReference(data, problems);
  if (!problems.empty()) return Refuse(session, problems);

  const absl::StatusOr<LoadingPlan> plan = PlanLoading(session, data, problems);
  if (!plan.ok()) return session.Fail(plan.status());
  if (!problems.empty()) return Refuse(session, problems);

  const bool dry_run = session.arguments().Switch("dry-run");
  if (!dry_run) {
    if (const int exit = CarryOut(session, *plan); exit != kOk) return exit;
  }
  if (session.json()) {
    PrintTalliesAsJson(session, plan->tallies);
    return kOk;
  }
  PrintTallies(session, plan->tallies);
  if (dry_run)
    std::cout << session.Say("A dry run: nothing was written.\n", "Chạy thử: chưa ghi gì.\n");
  return kOk;
}

}  // namespace

std::vector<Command> ReferenceCommands() {
  return {
      {"reference load",
       "DIRECTORY",
       {},
       {"dry-run"},
       "bring schools, clusters, leaders, mergers and indicators up to date with the files",
       "nạp trường, cụm, lãnh đạo cụm, sáp nhập và chỉ tiêu theo các tệp",
       1,
       1,
       Load},
  };
}

}  // namespace thidua::cli
