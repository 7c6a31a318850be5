// `thidua verify suite`: do the services agree with each other?
#include <iostream>

#include "google/protobuf/struct.pb.h"
#include "services/cli/answers.h"
#include "services/cli/command.h"
#include "services/cli/file_content.h"
#include "services/cli/suite_verification.h"
#include "services/cli/table.h"

namespace thidua::cli {
namespace {

std::string VerdictText(const Session& session, Verdict verdict) {
  switch (verdict) {
    case Verdict::kAgrees:
      return Word(session, "✓ agrees", "✓ khớp");
    case Verdict::kReplays:
      return Word(session, "✓ replays", "✓ nhận tiếp");
    case Verdict::kDisagrees:
      return Word(session, "✗ disagrees", "✗ không khớp");
  }
  return "";
}

const char* VerdictName(Verdict verdict) {
  switch (verdict) {
    case Verdict::kAgrees:
      return "AGREES";
    case Verdict::kReplays:
      return "REPLAYS";
    case Verdict::kDisagrees:
      return "DISAGREES";
  }
  return "";
}

void PrintFindingsAsJson(const Session& session, const std::vector<Finding>& findings,
                         bool agrees) {
  google::protobuf::Struct json;
  (*json.mutable_fields())["agrees"].set_bool_value(agrees);
  auto& list = *(*json.mutable_fields())["findings"].mutable_list_value();
  for (const Finding& finding : findings) {
    auto& fields = *list.add_values()->mutable_struct_value()->mutable_fields();
    fields["verdict"].set_string_value(VerdictName(finding.verdict));
    fields["subject"].set_string_value(finding.subject);
    fields["text"].set_string_value(finding.text);
    if (!finding.remedy.empty()) fields["remedy"].set_string_value(finding.remedy);
    for (const auto& [name, number] : finding.numbers)
      fields[name].set_number_value(static_cast<double>(number));
  }
  session.PrintJson(json);
}

void PrintFindings(const Session& session, const std::vector<Finding>& findings, bool agrees) {
  Table table({{Word(session, "subject", "đối tượng")},
               {Word(session, "verdict", "kết quả")},
               {Word(session, "finding", "phát hiện")}});
  for (const Finding& finding : findings)
    table.Row({finding.subject, VerdictText(session, finding.verdict), finding.text});
  std::cout << table.Render();
  for (const Finding& finding : findings) {
    if (!finding.remedy.empty())
      std::cout << "\n✗ " << finding.subject << ": " << finding.text << "\n  " << finding.remedy
                << "\n";
  }
  if (agrees)
    std::cout << session.Say("\n✓ journals, followers and documents agree\n",
                             "\n✓ nhật ký, theo dõi và văn bản đều khớp\n");
}

int VerifySuite(Session& session) {
  const std::string file = session.arguments().Flag("key").value_or("");
  if (file.empty())
    return Misused(session, "--key REPORTING.pem holds the public keys of reporting's documents",
                   "cần --key TỆP-KHÓA-CÔNG-KHAI của reporting (.pem)");
  auto keys = document::VerifyingKeys::FromPemFile(file);
  if (!keys.ok()) return session.Fail(keys.status());
  SuiteVerification verification(session, *std::move(keys));
  if (absl::Status run = verification.Run(); !run.ok()) return session.Fail(run);
  bool agrees = true;
  for (const Finding& finding : verification.findings())
    agrees = agrees && finding.verdict != Verdict::kDisagrees;
  if (session.json()) {
    PrintFindingsAsJson(session, verification.findings(), agrees);
  } else {
    PrintFindings(session, verification.findings(), agrees);
  }
  return agrees ? kOk : kDisagreement;
}

}  // namespace

std::vector<Command> SuiteCommands() {
  return {{"verify suite",
           "",
           {"key"},
           {},
           "whether journals, followers and documents of the three services agree, as after a "
           "restore, and what the followers replay; exit 7 when they do not",
           "nhật ký, theo dõi và văn bản của ba dịch vụ có khớp nhau không (sau khi khôi phục), và "
           "phần sẽ nhận tiếp; mã thoát 7 khi không khớp",
           0,
           0,
           VerifySuite}};
}

}  // namespace thidua::cli
