// `thidua regime`: the divisions of the schools into clusters, one decision after another.
#include <iostream>

#include "absl/strings/str_cat.h"
#include "services/cli/answers.h"
#include "services/cli/command.h"
#include "services/cli/registry_text.h"
#include "services/cli/resource_file.h"
#include "services/cli/table.h"
#include "thidua/registry/v1/cluster_service.pb.h"

namespace thidua::cli {
namespace {

using namespace registry::v1;  // NOLINT: the contract's own words

std::string Method(const std::string& name) { return "thidua.registry.v1.ClusterService." + name; }

template <class Regimes>
void Print(const Session& session, const Regimes& regimes) {
  Table table({{Word(session, "regime", "giai đoạn")},
               {Word(session, "name", "tên")},
               {Word(session, "in force", "hiệu lực")},
               {Word(session, "decision", "quyết định")},
               {Word(session, "deputies", "số Cụm phó"), Table::Align::kRight},
               {Word(session, "certainty", "độ tin cậy")}});
  Footnotes notes;
  for (const ClusterRegime& regime : regimes) {
    table.Row({IdOf(regime.name()), regime.display_name(), PeriodText(session, regime),
               regime.decision().number(), absl::StrCat(regime.deputy_limit()),
               notes.Mark(session, regime.provenance())});
  }
  std::cout << table.Render() << notes.Render();
}

int Shown(Session& session, const absl::StatusOr<ClusterRegime>& regime) {
  return Answered(session, regime, [&](const ClusterRegime& shown) {
    Print(session, std::vector<ClusterRegime>{shown});
  });
}

GetClusterRegimeRequest Named(const Session& session) {
  GetClusterRegimeRequest request;
  request.set_name("clusterRegimes/" + session.arguments().words().front());
  return request;
}

int List(Session& session) {
  ListClusterRegimesRequest request;
  const absl::Status day =
      ReadDay(session, "as-of", request, &ListClusterRegimesRequest::mutable_as_of);
  if (!day.ok()) return session.Fail(day);
  request.set_page_size(500);
  return Answered(
      session, AllPages<ListClusterRegimesResponse>(session, Method("ListClusterRegimes"), request),
      [&](const ListClusterRegimesResponse& response) {
        Print(session, response.cluster_regimes());
      });
}

int Show(Session& session) {
  return Shown(session, session.Call<ClusterRegime>(Method("GetClusterRegime"), Named(session)));
}

int Create(Session& session) {
  return Shown(
      session,
      CreateFromFile(session, Method("CreateClusterRegime"),
                     &CreateClusterRegimeRequest::mutable_cluster_regime,
                     &CreateClusterRegimeRequest::set_cluster_regime_id<const std::string&>));
}

int Update(Session& session) {
  return Shown(session,
               UpdateFromFile(session, Method("GetClusterRegime"), Method("UpdateClusterRegime"),
                              Named(session), &UpdateClusterRegimeRequest::mutable_cluster_regime));
}

}  // namespace

std::vector<Command> RegimeCommands() {
  return {
      {"regime list",
       "",
       {"as-of"},
       {},
       "the divisions into clusters, of a day or all",
       "các giai đoạn phân cụm, tại một ngày hoặc tất cả",
       0,
       0,
       List},
      {"regime show", "REGIME", {}, {}, "one division", "một giai đoạn phân cụm", 1, 1, Show},
      {"regime create",
       "REGIME FILE.json",
       {},
       {},
       "record a division from a JSON file",
       "ghi nhận một giai đoạn phân cụm từ tệp JSON",
       2,
       2,
       Create},
      {"regime update",
       "REGIME FILE.json",
       {},
       {},
       "put the file in place of what is stored",
       "thay nội dung đang lưu bằng tệp",
       2,
       2,
       Update},
  };
}

}  // namespace thidua::cli
