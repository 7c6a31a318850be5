// `thidua succession`: what mergers leave to decide, and the decisions.
#include <iostream>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "common/runtime/ids.h"
#include "services/cli/answers.h"
#include "services/cli/command.h"
#include "services/cli/provenance_flags.h"
#include "services/cli/registry_text.h"
#include "services/cli/table.h"
#include "thidua/registry/v1/succession_service.pb.h"

namespace thidua::cli {
namespace {

using namespace registry::v1;  // NOLINT: the contract's own words

std::string Method(const std::string& name) {
  return "thidua.registry.v1.SuccessionService." + name;
}

std::string FateText(const Session& session, Fate fate) {
  switch (fate) {
    case FATE_TRANSFER:
      return Word(session, "TRANSFER", "chuyển giao (TRANSFER)");
    case FATE_CLOSE:
      return Word(session, "CLOSE", "kết thúc (CLOSE)");
    case FATE_CANCEL:
      return Word(session, "CANCEL", "hủy (CANCEL)");
    default:
      return Word(session, "UNDECIDED", "chưa quyết định (UNDECIDED)");
  }
}

std::string Parent(const Session& session) {
  const auto& words = session.arguments().words();
  return "lineageEvents/" + (words.empty() ? "-" : words.front());
}

int List(Session& session) {
  ListSuccessionItemsRequest request;
  request.set_parent(Parent(session));
  request.set_undecided_only(session.arguments().Switch("undecided"));
  if (const auto kind = session.arguments().Flag("kind"); kind.has_value()) {
    SuccessionKind parsed = SUCCESSION_KIND_UNSPECIFIED;
    const std::string word = absl::AsciiStrToUpper(absl::StrReplaceAll(*kind, {{"-", "_"}}));
    if (!SuccessionKind_Parse("SUCCESSION_KIND_" + word, &parsed)) {
      return Misused(session, "--kind membership|leadership-term|pact|activity|standard-case",
                     "--kind membership|leadership-term|pact|activity|standard-case");
    }
    request.set_kind(parsed);
  }
  request.set_page_size(500);
  return Answered(
      session,
      AllPages<ListSuccessionItemsResponse>(session, Method("ListSuccessionItems"), request),
      [&](const ListSuccessionItemsResponse& response) {
        Table table({{Word(session, "event", "sự kiện")},
                     {Word(session, "school", "trường")},
                     {Word(session, "left behind", "để lại")},
                     {Word(session, "subject", "đối tượng")},
                     {Word(session, "in its place", "đã có")},
                     {Word(session, "fate", "quyết định")}});
        for (const SuccessionItem& item : response.succession_items()) {
          table.Row({IdOf(item.lineage_event()), IdOf(item.predecessor()),
                     Word(session, item.text(), item.text_vi()), item.subject(),
                     absl::StrJoin(item.in_place(), "; "),
                     item.settled() ? Word(session, "settled by hand", "đã xử lý trực tiếp")
                                    : FateText(session, item.fate())});
        }
        std::cout << table.Render();
      });
}

void Print(const Session& session,
           const google::protobuf::RepeatedPtrField<SuccessionFate>& fates) {
  Table table({{Word(session, "school", "trường")},
               {Word(session, "subject", "đối tượng")},
               {Word(session, "fate", "quyết định")},
               {Word(session, "successor", "trường kế thừa")},
               {Word(session, "continued by", "tiếp nối bởi")},
               {Word(session, "reason", "lý do")},
               {Word(session, "certainty", "độ tin cậy")}});
  Footnotes notes;
  for (const SuccessionFate& fate : fates) {
    table.Row({IdOf(fate.predecessor()), fate.subject(), FateText(session, fate.fate()),
               IdOf(fate.successor()), absl::StrJoin(fate.continued_by(), "; "), fate.reason(),
               notes.Mark(session, fate.provenance())});
  }
  std::cout << table.Render() << notes.Render();
}

int Decide(Session& session) {
  const Arguments& arguments = session.arguments();
  DecideSuccessionItemRequest request;
  request.set_parent(Parent(session));
  request.set_subject(arguments.words()[1]);
  Fate fate = FATE_UNSPECIFIED;
  if (!Fate_Parse("FATE_" + absl::AsciiStrToUpper(arguments.Flag("fate").value_or("")), &fate)) {
    return Misused(session, "--fate transfer|close|cancel is needed",
                   "cần --fate transfer|close|cancel");
  }
  request.set_fate(fate);
  if (const auto school = arguments.Flag("successor"); school.has_value())
    request.set_successor("schools/" + *school);
  if (const auto cluster = arguments.Flag("cluster"); cluster.has_value())
    request.set_cluster("clusters/" + *cluster);
  if (const auto school = arguments.Flag("predecessor"); school.has_value())
    request.set_predecessor("schools/" + *school);
  request.set_reason(arguments.Flag("reason").value_or(""));
  *request.mutable_provenance() = ReadProvenance(arguments);
  request.set_request_id(runtime::NewUuid4());
  request.set_validate_only(arguments.Switch("validate-only"));
  return Answered(session, session.Call<SuccessionFate>(Method("DecideSuccessionItem"), request),
                  [&](const SuccessionFate& decided) {
                    google::protobuf::RepeatedPtrField<SuccessionFate> one;
                    *one.Add() = decided;
                    Print(session, one);
                  });
}

int Fates(Session& session) {
  ListSuccessionFatesRequest request;
  request.set_parent(Parent(session));
  request.set_page_size(500);
  return Answered(
      session,
      AllPages<ListSuccessionFatesResponse>(session, Method("ListSuccessionFates"), request),
      [&](const ListSuccessionFatesResponse& response) {
        Print(session, response.succession_fates());
      });
}

int Show(Session& session) {
  GetSuccessionFateRequest request;
  request.set_name(session.arguments().words().front());
  return Answered(session, session.Call<SuccessionFate>(Method("GetSuccessionFate"), request),
                  [&](const SuccessionFate& fate) {
                    google::protobuf::RepeatedPtrField<SuccessionFate> one;
                    *one.Add() = fate;
                    Print(session, one);
                  });
}

}  // namespace

std::vector<Command> SuccessionCommands() {
  return {
      {"succession list",
       "[EVENT]",
       {"kind"},
       {"undecided"},
       "what a merger, or any, leaves to decide",
       "những nội dung cần quyết định sau sáp nhập",
       0,
       1,
       List},
      {"succession decide",
       "EVENT SUBJECT",
       {"fate", "successor", "cluster", "predecessor", "reason", "source", "document",
        "provenance-note"},
       {"provisional", "validate-only"},
       "decide what becomes of it: --fate transfer|close|cancel --reason TEXT --source TEXT",
       "quyết định chuyển giao, kết thúc hoặc hủy",
       2,
       2,
       Decide},
      {"succession fates", "[EVENT]", {}, {}, "the decisions", "các quyết định đã có", 0, 1, Fates},
      {"succession show", "NAME", {}, {}, "one decision by its name", "một quyết định", 1, 1, Show},
  };
}

}  // namespace thidua::cli
