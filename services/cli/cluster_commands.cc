// `thidua cluster`: who belongs to a cluster and who leads it, on any day.
#include <iostream>
#include <map>
#include <optional>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/runtime/dates.h"
#include "services/cli/answers.h"
#include "services/cli/command.h"
#include "services/cli/registry_text.h"
#include "services/cli/resource_file.h"
#include "services/cli/table.h"
#include "thidua/registry/v1/cluster_service.pb.h"

namespace thidua::cli {
namespace {

using namespace registry::v1;  // NOLINT: the contract's own words

// The leader's role behind a member's line; the state is said when the term gives no right to act
// that day.
std::string LeaderText(const Session& session, const ClusterLeader& leader) {
  std::string text = RoleText(session, leader.role());
  if (leader.state() == LEADERSHIP_TERM_STATE_ELECTED)
    absl::StrAppend(&text, std::string(session.Say(", not recognised", ", chưa được công nhận")));
  if (leader.state() == LEADERSHIP_TERM_STATE_REPLACED)
    absl::StrAppend(&text, std::string(session.Say(", replaced", ", đã thay")));
  return text;
}

int Show(Session& session) {
  GetClusterSnapshotRequest request;
  request.set_name("clusters/" + session.arguments().words().front());
  auto day = session.arguments().Day("as-of");
  if (!day.ok()) return session.Fail(day.status());
  if (day->has_value()) *request.mutable_as_of() = runtime::DayToProto(**day);
  auto snapshot = session.Call<ClusterSnapshot>(
      "thidua.registry.v1.ClusterService.GetClusterSnapshot", request);
  if (!snapshot.ok()) return session.Fail(snapshot.status());
  if (session.json()) {
    session.PrintJson(*snapshot);
    return kOk;
  }

  std::map<std::string, std::string> roles;
  for (const ClusterLeader& leader : snapshot->leaders())
    roles[leader.school()] = LeaderText(session, leader);
  std::cout << snapshot->cluster().display_name() << " (" << IdOf(snapshot->cluster().name())
            << ")\n"
            << session.Say("as of ", "tại ngày ") << DayText(session, snapshot->as_of()) << ": "
            << snapshot->members_size() << session.Say(" members", " trường thành viên") << "\n\n";
  Table table({{"#", Table::Align::kRight},
               {std::string(session.Say("school", "trường"))},
               {std::string(session.Say("name", "tên"))},
               {std::string(session.Say("role", "vai trò"))},
               {std::string(session.Say("certainty", "độ tin cậy"))}});
  int number = 0;
  Footnotes notes;
  for (const ClusterMember& member : snapshot->members()) {
    table.Row({absl::StrCat(++number), IdOf(member.school()), member.display_name(),
               roles[member.school()], notes.Mark(session, member.provenance())});
  }
  std::cout << table.Render() << notes.Render();
  return kOk;
}

int List(Session& session) {
  ListClustersRequest request;
  auto day = session.arguments().Day("as-of");
  if (!day.ok()) return session.Fail(day.status());
  if (day->has_value()) *request.mutable_as_of() = runtime::DayToProto(**day);
  request.set_show_all(session.arguments().Switch("all"));
  Table table({{std::string(session.Say("cluster", "cụm"))},
               {std::string(session.Say("name", "tên"))},
               {std::string(session.Say("regime", "giai đoạn"))},
               {std::string(session.Say("certainty", "độ tin cậy"))}});
  Footnotes notes;
  do {
    auto page = session.Call<ListClustersResponse>("thidua.registry.v1.ClusterService.ListClusters",
                                                   request);
    if (!page.ok()) return session.Fail(page.status());
    if (session.json()) session.PrintJson(*page);
    for (const Cluster& cluster : page->clusters()) {
      table.Row({IdOf(cluster.name()), cluster.display_name(), IdOf(cluster.regime()),
                 notes.Mark(session, cluster.provenance())});
    }
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  if (!session.json()) std::cout << table.Render() << notes.Render();
  return kOk;
}

int Resolve(Session& session) {
  ResolveClusterNameRequest request;
  request.set_text(absl::StrJoin(session.arguments().words(), " "));
  auto day = session.arguments().Day("as-of");
  if (!day.ok()) return session.Fail(day.status());
  if (day->has_value()) *request.mutable_as_of() = runtime::DayToProto(**day);
  auto resolved = session.Call<ResolveClusterNameResponse>(
      "thidua.registry.v1.ClusterService.ResolveClusterName", request);
  if (!resolved.ok()) return session.Fail(resolved.status());
  if (session.json()) {
    session.PrintJson(*resolved);
    return ExitOf(resolved->outcome());
  }
  if (resolved->outcome() == NAME_OUTCOME_NONE) {
    std::cerr << "✗ " << session.Say("no cluster is called so", "không có cụm nào tên như vậy")
              << "\n";
    return kNotFound;
  }
  Table table({{std::string(session.Say("cluster", "cụm"))},
               {std::string(session.Say("name", "tên"))},
               {std::string(session.Say("matches", "khớp với"))},
               {std::string(session.Say("in force", "hiệu lực"))},
               {std::string(session.Say("score", "điểm")), Table::Align::kRight},
               {std::string(session.Say("reasons", "lý do"))}});
  for (const ClusterCandidate& candidate : resolved->candidates()) {
    table.Row({IdOf(candidate.cluster()), candidate.display_name(), candidate.matched_name(),
               PeriodText(session, candidate), absl::StrCat(candidate.score()),
               ReasonsText(session, candidate.reasons(), candidate.distance())});
  }
  std::cout << table.Render();
  return ExitOf(resolved->outcome());
}

std::string Years(const google::protobuf::RepeatedField<int32_t>& years) {
  return absl::StrJoin(years, ", ");
}

int Rotation(Session& session) {
  GetLeadershipRotationRequest request;
  request.set_name("clusters/" + session.arguments().words().front());
  const absl::Status day =
      ReadDay(session, "as-of", request, &GetLeadershipRotationRequest::mutable_as_of);
  if (!day.ok()) return session.Fail(day);
  const auto rotation = session.Call<LeadershipRotation>(
      "thidua.registry.v1.ClusterService.GetLeadershipRotation", request);
  return Answered(session, rotation, [&](const LeadershipRotation& shown) {
    std::cout << session.Say("Who has led ", "Luân phiên lãnh đạo ") << IdOf(shown.cluster())
              << session.Say(" by ", " đến ngày ") << DayText(session, shown.as_of())
              << session.Say(" — a hint, no rule:\n\n", " — để tham khảo khi giới thiệu:\n\n");
    Table table({{"#", Table::Align::kRight},
                 {Word(session, "school", "trường")},
                 {Word(session, "name", "tên")},
                 {Word(session, "head", "Cụm trưởng")},
                 {Word(session, "standing deputy", "Cụm phó thường trực")},
                 {Word(session, "deputy", "Cụm phó")},
                 {Word(session, "certainty", "độ tin cậy")}});
    int number = 0;
    for (const RotationMember& member : shown.members()) {
      table.Row({absl::StrCat(++number), IdOf(member.school()), member.display_name(),
                 Years(member.head_years()), Years(member.standing_deputy_years()),
                 Years(member.deputy_years()),
                 member.confidence() == CONFIDENCE_DOCUMENTED
                     ? ""
                     : Word(session, "provisional", "tạm thời")});
    }
    std::cout << table.Render();
  });
}

// --from and --to, emulation years.
absl::StatusOr<int> Year(const Session& session, const std::string& flag) {
  const std::optional<std::string> text = session.arguments().Flag(flag);
  int year = 0;
  if (text.has_value() && !absl::SimpleAtoi(*text, &year))
    return absl::InvalidArgumentError(absl::StrCat("--", flag, ": ", *text, " is no year"));
  return year;
}

int Findings(Session& session) {
  ListLeadershipFindingsRequest request;
  const auto& words = session.arguments().words();
  request.set_parent("clusters/" + (words.empty() ? "-" : words.front()));
  const absl::StatusOr<int> from = Year(session, "from");
  const absl::StatusOr<int> to = Year(session, "to");
  if (!from.ok()) return session.Fail(from.status());
  if (!to.ok()) return session.Fail(to.status());
  request.set_from_year(*from);
  request.set_to_year(*to);
  request.set_page_size(500);
  const auto findings = AllPages<ListLeadershipFindingsResponse>(
      session, "thidua.registry.v1.ClusterService.ListLeadershipFindings", request);
  return Answered(session, findings, [&](const ListLeadershipFindingsResponse& response) {
    Table table({{Word(session, "cluster", "cụm")},
                 {Word(session, "year", "năm")},
                 {Word(session, "finding", "phát hiện")},
                 {Word(session, "terms", "nhiệm kỳ")},
                 {Word(session, "certainty", "độ tin cậy")}});
    for (const LeadershipFinding& finding : response.leadership_findings()) {
      table.Row({IdOf(finding.cluster()), absl::StrCat(finding.year()),
                 Word(session, finding.text(), finding.text_vi()),
                 absl::StrJoin(
                     finding.leadership_terms(), ", ",
                     [](std::string* out, const std::string& name) { out->append(IdOf(name)); }),
                 finding.provisional() ? Word(session, "provisional", "tạm thời") : ""});
    }
    std::cout << table.Render();
  });
}

int Get(Session& session) {
  BatchGetClustersRequest request;
  for (const std::string& id : session.arguments().words()) request.add_names("clusters/" + id);
  const auto clusters = session.Call<BatchGetClustersResponse>(
      "thidua.registry.v1.ClusterService.BatchGetClusters", request);
  return Answered(session, clusters, [&](const BatchGetClustersResponse& response) {
    Table table({{Word(session, "cluster", "cụm")},
                 {Word(session, "name", "tên")},
                 {Word(session, "also called", "tên khác")},
                 {Word(session, "regime", "giai đoạn")},
                 {Word(session, "certainty", "độ tin cậy")}});
    Footnotes notes;
    for (const Cluster& cluster : response.clusters()) {
      table.Row({IdOf(cluster.name()), cluster.display_name(),
                 absl::StrJoin(cluster.aliases(), "; "), IdOf(cluster.regime()),
                 notes.Mark(session, cluster.provenance())});
    }
    std::cout << table.Render() << notes.Render();
  });
}

int Written(Session& session, const absl::StatusOr<Cluster>& cluster) {
  return Answered(session, cluster, [&](const Cluster& shown) {
    std::cout << shown.display_name() << " (" << IdOf(shown.name()) << ")\n";
  });
}

int Create(Session& session) {
  return Written(session,
                 CreateFromFile(session, "thidua.registry.v1.ClusterService.CreateCluster",
                                &CreateClusterRequest::mutable_cluster,
                                &CreateClusterRequest::set_cluster_id<const std::string&>));
}

int Update(Session& session) {
  GetClusterRequest get;
  get.set_name("clusters/" + session.arguments().words().front());
  return Written(session, UpdateFromFile(session, "thidua.registry.v1.ClusterService.GetCluster",
                                         "thidua.registry.v1.ClusterService.UpdateCluster", get,
                                         &UpdateClusterRequest::mutable_cluster));
}

}  // namespace

std::vector<Command> ClusterCommands() {
  return {
      {"cluster show",
       "CLUSTER",
       {"as-of"},
       {},
       "members and leaders of a cluster on a day",
       "thành viên và lãnh đạo cụm tại một ngày",
       1,
       1,
       Show},
      {"cluster create",
       "CLUSTER FILE.json",
       {},
       {},
       "record a cluster from a JSON file, in the form of show --format json",
       "ghi nhận một cụm từ tệp JSON, theo dạng của show --format json",
       2,
       2,
       Create},
      {"cluster update",
       "CLUSTER FILE.json",
       {},
       {},
       "put the file in place of what is stored; its etag must be the current one",
       "thay nội dung đang lưu bằng tệp; etag trong tệp phải là etag hiện tại",
       2,
       2,
       Update},
      {"cluster list",
       "",
       {"as-of"},
       {"all"},
       "the clusters of a day, or all there ever were",
       "các cụm tại một ngày, hoặc tất cả",
       0,
       0,
       List},
      {"cluster resolve",
       "TEXT…",
       {"as-of"},
       {},
       "the cluster that a written name means on a day, for example Cụm 9",
       "tên viết như vậy là cụm nào tại một ngày, ví dụ Cụm 9",
       1,
       kMostWordsOfName,
       Resolve},
      {"cluster get",
       "CLUSTER…",
       {},
       {},
       "several clusters by code, with their other names",
       "nhiều cụm theo mã, kèm tên khác",
       1,
       100,
       Get},
      {"cluster rotation",
       "CLUSTER",
       {"as-of"},
       {},
       "who has led a cluster and whose turn it could be",
       "ai đã làm Cụm trưởng, Cụm phó và có thể đến lượt ai",
       1,
       1,
       Rotation},
      {"cluster findings",
       "[CLUSTER]",
       {"from", "to"},
       {},
       "what is missing or contradictory about the leaders of a cluster, or of all, in these years",
       "lãnh đạo cụm còn thiếu hoặc mâu thuẫn ở đâu trong các năm",
       0,
       1,
       Findings},
  };
}

}  // namespace thidua::cli
