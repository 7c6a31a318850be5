// `thidua window`: when and what is reported.
#include <iostream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/runtime/ids.h"
#include "services/cli/answers.h"
#include "services/cli/command.h"
#include "services/cli/figures_text.h"
#include "services/cli/file_content.h"
#include "services/cli/registry_text.h"
#include "services/cli/table.h"
#include "services/cli/window_form.h"
#include "thidua/reporting/v1/window_service.pb.h"

namespace thidua::cli {
namespace {

using namespace reporting::v1;  // NOLINT: the contract's own words

std::string ClustersText(const Session& session, const Window& window) {
  if (window.clusters().empty()) return Word(session, "all clusters", "mọi cụm");
  std::vector<std::string> ids;
  for (const std::string& cluster : window.clusters()) ids.push_back(IdOf(cluster));
  return absl::StrJoin(ids, ", ");
}

int List(Session& session) {
  ListWindowsRequest request;
  request.set_page_size(200);
  return Answered(
      session,
      AllPages<ListWindowsResponse>(session, "thidua.reporting.v1.WindowService.ListWindows",
                                    request),
      [&](const ListWindowsResponse& response) {
        Table table({{Word(session, "window", "kỳ")},
                     {Word(session, "title", "tên kỳ báo cáo")},
                     {Word(session, "from", "từ ngày")},
                     {Word(session, "cut-off", "chốt số liệu")},
                     {Word(session, "due", "hạn nộp")},
                     {Word(session, "indicators", "chỉ tiêu"), Table::Align::kRight},
                     {Word(session, "clusters", "cụm")}});
        for (const Window& window : response.windows()) {
          table.Row({IdOf(window.name()), window.title(), DayText(session, window.period_start()),
                     DayText(session, window.cut_off_date()), InstantText(window.due_time()),
                     absl::StrCat(window.indicators_size()), ClustersText(session, window)});
        }
        std::cout << table.Render();
      });
}

void Print(const Session& session, const Window& window) {
  std::cout << window.title() << " (" << IdOf(window.name()) << ")\n"
            << session.Say("  period         ", "  thời gian        ")
            << DayText(session, window.period_start()) << " – "
            << DayText(session, window.period_end()) << "\n"
            << session.Say("  cut-off        ", "  chốt số liệu     ")
            << DayText(session, window.cut_off_date()) << "\n"
            << session.Say("  members as of  ", "  thành viên theo  ")
            << DayText(session, window.membership_date()) << "\n"
            << session.Say("  due            ", "  hạn nộp          ")
            << InstantText(window.due_time()) << "\n"
            << session.Say("  clusters       ", "  cụm              ")
            << ClustersText(session, window) << "\n\n";
  Table table({{"#", Table::Align::kRight},
               {Word(session, "indicator", "chỉ tiêu")},
               {Word(session, "name", "tên")},
               {Word(session, "unit", "đơn vị")},
               {Word(session, "version", "phiên bản"), Table::Align::kRight},
               {Word(session, "asked of", "nơi báo cáo")}});
  int number = 0;
  for (const WindowIndicator& cell : window.indicators()) {
    const std::string asked = cell.cluster_only() ? Word(session, "the cluster", "cụm")
                              : cell.mandatory()
                                  ? Word(session, "schools, mandatory", "trường, bắt buộc")
                                  : Word(session, "schools", "trường");
    table.Row({absl::StrCat(++number), IdOf(cell.indicator()), cell.definition().display_name(),
               cell.definition().unit(), absl::StrCat(cell.definition_version()), asked});
  }
  std::cout << table.Render();
}

int Show(Session& session) {
  return Answered(session, GetWindow(session, session.arguments().words().front()),
                  [&](const Window& window) { Print(session, window); });
}

// The file is a Window as `window show --format json` prints it. Its identifier is that of its
// name, unless --id gives one.
int Create(Session& session) {
  CreateWindowRequest request;
  if (absl::Status read =
          ReadJsonFile(session.arguments().words().front(), request.mutable_window());
      !read.ok())
    return session.Fail(read);
  request.set_window_id(session.arguments().Flag("id").value_or(IdOf(request.window().name())));
  if (request.window_id().empty())
    return Misused(session, "the file has no name: say --id ID", "tệp không có name: cần --id MÃ");
  request.set_request_id(runtime::NewUuid4());
  return Answered(session,
                  session.Call<Window>("thidua.reporting.v1.WindowService.CreateWindow", request),
                  [&](const Window& window) { Print(session, window); });
}

}  // namespace

std::vector<Command> WindowCommands() {
  return {
      {"window list",
       "",
       {},
       {},
       "the reporting windows, newest first",
       "các kỳ báo cáo, mới nhất trước",
       0,
       0,
       List},
      {"window show",
       "WINDOW",
       {},
       {},
       "what one window asks for",
       "nội dung một kỳ báo cáo",
       1,
       1,
       Show},
      {"window create",
       "FILE.json",
       {"id"},
       {},
       "open a window as a file describes it",
       "mở kỳ báo cáo theo tệp",
       1,
       1,
       Create},
  };
}

}  // namespace thidua::cli
