// `thidua reference`: the lists of the registry and the catalogue of indicators, from files into
// the services and back.
#include <filesystem>
#include <iostream>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "google/protobuf/struct.pb.h"
#include "services/cli/answers.h"
#include "services/cli/command.h"
#include "services/cli/csv_file.h"
#include "services/cli/file_content.h"
#include "services/cli/lists/catalogue.h"
#include "services/cli/lists/export.h"
#include "services/cli/lists/list_files.h"
#include "services/cli/lists/loading.h"
#include "services/cli/lists/loading_plan.h"
#include "services/cli/lists/stored_lists.h"
#include "services/cli/table.h"

namespace thidua::cli {
namespace {

std::string PathOf(const std::string& directory, const std::string& file) {
  return (std::filesystem::path(directory) / file).string();
}

// What is there of the lists; a list that is not there is left out, and said so.
std::map<std::string, std::string> ReadTexts(const Session& session, const std::string& directory,
                                             CsvProblems& problems) {
  std::map<std::string, std::string> texts;
  std::vector<std::string> missing;
  for (const List& list : AllLists()) {
    absl::StatusOr<std::string> text = ReadFile(PathOf(directory, list.file));
    if (text.ok()) {
      texts[list.file] = *std::move(text);
    } else if (absl::IsNotFound(text.status())) {
      missing.push_back(list.file);
    } else {
      const std::string why(text.status().message());
      problems.push_back({list.file, 0, "", why, why});
    }
  }
  if (texts.empty() && problems.empty())
    problems.push_back({directory, 0, "", "has none of the lists", "không có danh mục nào"});
  if (!missing.empty() && !texts.empty() && !session.json()) {
    std::cerr << session.Say("Not there and left out: ", "Không có nên bỏ qua: ")
              << absl::StrJoin(missing, ", ") << "\n";
  }
  return texts;
}

// `stored`: how many imports of this load hold all the same.
int Refuse(const Session& session, const CsvProblems& problems, int stored = 0) {
  PrintProblems(problems, session.vietnamese(), std::cerr);
  if (stored == 0) {
    std::cerr << session.Say("Nothing was written.\n", "Chưa ghi gì.\n");
  } else {
    std::cerr << session.Say("Parts that are written and stay: ", "Số phần đã ghi và giữ nguyên: ")
              << stored << "\n";
  }
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

// The services that keep the lists in question, the registry first.
std::set<std::string> ServicesOf(const std::set<const List*>& lists) {
  std::set<std::string> services;
  for (const List* list : lists) services.insert(ServiceOf(*list->resource));
  return services;
}

int Load(Session& session) {
  CsvProblems problems;
  const std::map<std::string, std::string> texts =
      ReadTexts(session, session.arguments().words().front(), problems);
  const auto until = session.arguments().Day("until");
  if (!until.ok())
    return Misused(session, std::string(until.status().message()),
                   "--until phải viết dạng 2024-06-25");
  const ListFiles files = ReadListFiles(AllLists(), texts, problems, *until);

  StoredLists stored;
  for (const std::string& service : ServicesOf(files.given)) {
    const absl::Status read = stored.Read(session, AllLists(), service);
    if (read.ok()) continue;
    PrintProblems(problems, session.vietnamese(), std::cerr);
    return session.Fail(read);
  }
  const LoadingPlan plan = PlanLoading(AllLists(), files, stored, problems);
  if (!problems.empty()) return Refuse(session, problems);

  const LoadingOptions options{session.arguments().Switch("dry-run"),
                               session.arguments().Switch("in-parts")};
  if (NeedsParts(plan) && !options.in_parts) {
    return Misused(session,
                   "too much for one import; --in-parts sends it in several, each all or nothing "
                   "by itself, but not the whole",
                   "quá nhiều cho một lần nạp; --in-parts chia thành nhiều lần, mỗi lần được ghi "
                   "trọn vẹn hoặc không ghi gì, nhưng không bảo đảm cho toàn bộ");
  }
  const absl::StatusOr<int> carried = CarryOut(session, plan, options, problems);
  if (!carried.ok()) {
    PrintProblems(problems, session.vietnamese(), std::cerr);
    return session.Fail(carried.status());
  }
  if (!problems.empty()) return Refuse(session, problems, *carried);
  PrintProblems(plan.notes, session.vietnamese(), std::cerr, "•");
  if (session.json()) {
    PrintTalliesAsJson(session, plan.tallies);
    return kOk;
  }
  PrintTallies(session, plan.tallies);
  if (options.dry_run) {
    std::cout << session.Say(
        "A dry run: nothing was written. The registry's rules were asked; those of other services "
        "are only when it is written.\n",
        "Chạy thử: chưa ghi gì. Đã kiểm tra theo quy tắc của registry; quy tắc của dịch vụ khác "
        "chỉ kiểm tra khi ghi.\n");
  }
  return kOk;
}

int Export(Session& session) {
  const std::string& directory = session.arguments().words().front();
  std::set<const List*> all;
  for (const List& list : AllLists()) {
    all.insert(&list);
    if (!session.arguments().Switch("overwrite") &&
        std::filesystem::exists(PathOf(directory, list.file))) {
      return Misused(session, absl::StrCat(list.file, " is there already; --overwrite replaces it"),
                     absl::StrCat("đã có ", list.file, "; --overwrite để ghi đè"));
    }
  }
  StoredLists stored;
  for (const std::string& service : ServicesOf(all)) {
    if (const absl::Status read = stored.Read(session, AllLists(), service); !read.ok())
      return session.Fail(read);
  }
  std::error_code failed;
  std::filesystem::create_directories(directory, failed);
  if (failed) return Misused(session, failed.message(), failed.message());
  for (const List& list : AllLists()) {
    const absl::Status written = WriteFile(PathOf(directory, list.file), ExportList(list, stored));
    if (!written.ok()) return session.Fail(written);
    if (!session.json()) std::cout << PathOf(directory, list.file) << "\n";
  }
  return kOk;
}

}  // namespace

std::vector<Command> ReferenceCommands() {
  return {
      {"reference load",
       "DIRECTORY",
       {"until"},
       {"dry-run", "in-parts"},
       "bring the services up to date with the lists of a directory, all or nothing",
       "nạp các danh mục trong một thư mục vào dịch vụ, trọn vẹn hoặc không ghi gì",
       1,
       1,
       Load},
      {"reference export",
       "DIRECTORY",
       {},
       {"overwrite"},
       "write every list as the services hold it, to be loaded again",
       "xuất mọi danh mục đang lưu, để có thể nạp lại",
       1,
       1,
       Export},
  };
}

}  // namespace thidua::cli
