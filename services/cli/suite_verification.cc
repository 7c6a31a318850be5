#include "services/cli/suite_verification.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/document/digest.h"
#include "services/cli/answers.h"
#include "services/cli/table.h"

namespace thidua::cli {

using awards::v1::ListRankingsRequest;
using awards::v1::ListRankingsResponse;
using awards::v1::Ranking;
using journal::v1::Event;
using journal::v1::FollowedService;
using journal::v1::ListEventsRequest;
using journal::v1::ListEventsResponse;
using reporting::v1::GetPublicationRequest;
using reporting::v1::Publication;

namespace {

constexpr const char* kServices[] = {"registry", "reporting", "awards"};
constexpr int kEventsOfAPage = 500;

absl::StatusOr<Publication> GetPublication(Session& session, const std::string& name) {
  GetPublicationRequest request;
  request.set_name(name);
  return session.Call<Publication>("thidua.reporting.v1.ConsolidationService.GetPublication",
                                   request);
}

bool SameEvent(const journal::v1::KeptResource& kept, const ListEventsResponse& there) {
  if (there.events().empty()) return false;
  const Event& event = there.events(0);
  return event.sequence() == kept.sequence() && event.resource() == kept.resource() &&
         event.version() == kept.version() &&
         document::Sha256(event.snapshot()) == kept.snapshot_sha256();
}

}  // namespace

absl::Status SuiteVerification::Run() {
  for (const char* service : kServices) {
    if (absl::Status checked = CheckJournal(service); !checked.ok()) return checked;
  }
  // Nothing can be compared with a journal that is not intact.
  if (std::any_of(findings_.begin(), findings_.end(),
                  [](const Finding& finding) { return finding.verdict == Verdict::kDisagrees; }))
    return absl::OkStatus();
  for (const char* service : kServices) {
    if (absl::Status checked = CheckFollowed(service); !checked.ok()) return checked;
  }
  if (absl::Status checked = CheckDocuments(); !checked.ok()) return checked;
  return CheckRankings();
}

absl::Status SuiteVerification::CheckJournal(const std::string& service) {
  const auto verified = AskJournal<journal::v1::VerifyEventsResponse>(
      service, "VerifyEvents", journal::v1::VerifyEventsRequest());
  if (!verified.ok()) return verified.status();
  const bool vietnamese = session_.vietnamese();
  Finding finding{Verdict::kAgrees, absl::StrCat(service, Word(session_, ": journal", ": nhật ký")),
                  ""};
  finding.numbers = {{"events", verified->events()}, {"signedUpTo", verified->signed_sequence()}};
  if (verified->intact()) {
    finding.text = absl::StrCat(Grouped(verified->events(), vietnamese),
                                Word(session_, " events, signed up to ", " sự kiện, đã ký đến "),
                                Grouped(verified->signed_sequence(), vietnamese));
  } else {
    finding.verdict = Verdict::kDisagrees;
    finding.text = absl::StrCat(verified->first_bad_sequence(), " ", verified->first_bad_event(),
                                ": ", vietnamese ? verified->finding_vi() : verified->finding());
    finding.numbers.emplace_back("firstBad", verified->first_bad_sequence());
    finding.remedy =
        Word(session_, "Do not serve from it; restore it from a backup whose journal is intact.",
             "Không phục vụ từ dữ liệu này; hãy khôi phục từ bản sao lưu có nhật ký nguyên vẹn.");
  }
  findings_.push_back(std::move(finding));
  return absl::OkStatus();
}

absl::Status SuiteVerification::CheckFollowed(const std::string& service) {
  const auto list = AskJournal<journal::v1::DescribeFollowingResponse>(
      service, "DescribeFollowing", journal::v1::DescribeFollowingRequest());
  if (!list.ok()) return list.status();
  for (const FollowedService& below : list->followed_services()) {
    if (absl::Status checked = CheckFollowed(service, below); !checked.ok()) return checked;
  }
  return absl::OkStatus();
}

// The event at `sequence`, none when the journal ends before, and where the journal ends.
absl::StatusOr<ListEventsResponse> SuiteVerification::EventAt(const std::string& service,
                                                              int64_t sequence) {
  ListEventsRequest request;
  request.set_after_sequence(std::max<int64_t>(0, sequence - 1));
  request.set_page_size(1);
  return AskJournal<ListEventsResponse>(service, "ListEvents", request);
}

absl::Status SuiteVerification::CheckFollowed(const std::string& service,
                                              const FollowedService& below) {
  const auto there = EventAt(below.service(), below.sequence());
  if (!there.ok()) return there.status();
  const int64_t head = there->head_sequence();
  const bool same = below.sequence() == 0 ||
                    (there->events_size() == 1 && there->events(0).hash() == below.hash());
  if (!same) {
    const auto parting =
        FindParting(service, below.service(), std::min(below.sequence(), head + 1));
    if (!parting.ok()) return parting.status();
    Diverged(service, below, head, *parting);
    return absl::OkStatus();
  }
  Finding finding{Verdict::kAgrees,
                  absl::StrCat(service, Word(session_, " follows ", " theo dõi "), below.service()),
                  absl::StrCat(Word(session_, "up to ", "đến "),
                               Grouped(below.sequence(), session_.vietnamese()))};
  finding.numbers = {{"followedUpTo", below.sequence()}, {"head", head}};
  if (head > below.sequence()) {
    finding.verdict = Verdict::kReplays;
    absl::StrAppend(&finding.text, Word(session_, "; replays ", "; sẽ nhận thêm "),
                    Grouped(head - below.sequence(), session_.vietnamese()),
                    Word(session_, " more: ", " sự kiện: "), below.sequence() + 1, "–", head);
  }
  if (below.halted()) {
    finding.verdict = Verdict::kDisagrees;
    absl::StrAppend(&finding.text, Word(session_, "; halted: ", "; đã dừng: "), below.problem());
    finding.remedy =
        absl::StrCat(Word(session_, "Both agree now: restart ", "Hiện đã khớp: hãy khởi động lại "),
                     service, ".");
  } else if (!below.connected()) {
    absl::StrAppend(&finding.text,
                    Word(session_, "; not connected just now ", "; hiện chưa kết nối "),
                    below.problem());
  }
  findings_.push_back(std::move(finding));
  return absl::OkStatus();
}

void SuiteVerification::Diverged(const std::string& service, const FollowedService& below,
                                 int64_t head, const Parting& parting) {
  const std::string& source = below.service();
  Finding finding{Verdict::kDisagrees,
                  absl::StrCat(service, Word(session_, " follows ", " theo dõi "), source), ""};
  const std::string first =
      parting.differs == parting.same + 1
          ? absl::StrCat(parting.differs)
          : absl::StrCat(parting.same + 1, Word(session_, " to ", " đến "), parting.differs);
  finding.text = session_.vietnamese()
                     ? absl::StrCat("đã theo dõi đến ", below.sequence(), ", nhưng nhật ký của ",
                                    source, " (hiện đến ", head, ") khác từ sự kiện ", first, ": ",
                                    source, " đã được khôi phục về trước điểm đó")
                     : absl::StrCat("was told up to ", below.sequence(), ", but the journal of ",
                                    source, " (now up to ", head, ") differs from event ", first,
                                    " on: ", source, " was restored to before that");
  finding.remedy =
      session_.vietnamese()
          ? absl::StrCat("Khôi phục ", source, " đến điểm muộn hơn hoặc ", service,
                         " về điểm sớm hơn; hoặc chấp nhận mất các sự kiện đó: dừng mọi bản ",
                         service, ", chạy `thidua-", service, " refollow ", source,
                         " --config FILE`, rồi khởi động lại.")
          : absl::StrCat("Restore ", source, " to a later point or ", service,
                         " to an earlier one; or accept that those events are lost: stop every "
                         "replica of ",
                         service, ", run `thidua-", service, " refollow ", source,
                         " --config FILE`, start it.");
  finding.numbers = {{"followedUpTo", below.sequence()},
                     {"head", head},
                     {"sameUpTo", parting.same},
                     {"differsAt", parting.differs}};
  findings_.push_back(std::move(finding));
}

// By halving: what is kept of one event agrees exactly when the events up to it do.
absl::StatusOr<SuiteVerification::Parting> SuiteVerification::FindParting(
    const std::string& service, const std::string& below, int64_t differs) {
  Parting parting{0, differs};
  int64_t low = 0;  // nothing is kept of the events after parting.same up to here
  while (parting.differs - low > 1) {
    const int64_t middle = low + (parting.differs - low) / 2;
    journal::v1::DescribeFollowingRequest request;
    request.set_at_or_before_sequence(middle);
    const auto list =
        AskJournal<journal::v1::DescribeFollowingResponse>(service, "DescribeFollowing", request);
    if (!list.ok()) return list.status();
    const auto followed =
        std::find_if(list->followed_services().begin(), list->followed_services().end(),
                     [&](const FollowedService& each) { return each.service() == below; });
    if (followed == list->followed_services().end()) break;
    const journal::v1::KeptResource& kept = followed->kept();
    if (kept.sequence() <= parting.same) {
      low = middle;
      continue;
    }
    const auto there = EventAt(below, kept.sequence());
    if (!there.ok()) return there.status();
    if (SameEvent(kept, *there)) {
      parting.same = kept.sequence();
      low = middle;
    } else {
      parting.differs = kept.sequence();
    }
  }
  return parting;
}

// Every document that the signed journal says was published, by name. Read from end to end: a
// document whose row is gone is found in no list.
absl::StatusOr<std::map<std::string, std::string>> SuiteVerification::PublishedByJournal() {
  std::map<std::string, std::string> published;
  ListEventsRequest request;
  request.set_page_size(kEventsOfAPage);
  for (;;) {
    const auto page = AskJournal<ListEventsResponse>("reporting", "ListEvents", request);
    if (!page.ok()) return page.status();
    for (const Event& event : page->events()) {
      if (event.resource_type() != Publication::descriptor()->full_name()) continue;
      Publication publication;
      if (!publication.ParseFromString(event.snapshot()))
        return absl::DataLossError(
            absl::StrCat("event ", event.sequence(), ": ", event.resource()));
      published[event.resource()] = publication.sha256();
    }
    if (page->next_page_token().empty()) return published;
    request.set_page_token(page->next_page_token());
  }
}

std::string SuiteVerification::Fault(const Publication& publication,
                                     const std::string& journaled_sha256) const {
  if (document::Sha256(publication.document()) != publication.sha256())
    return Word(session_, "the document does not have its digest", "văn bản không khớp mã băm");
  if (publication.sha256() != journaled_sha256)
    return Word(session_, "it is not the document of the journal",
                "không phải văn bản ghi trong nhật ký");
  const absl::Status verified =
      keys_.Verify(publication.key_id(), publication.document(), publication.signature());
  if (absl::IsFailedPrecondition(verified))
    return absl::StrCat(Word(session_, "signed with a key that was not given: ",
                             "được ký bằng khóa chưa cung cấp: "),
                        publication.key_id());
  if (!verified.ok()) return Word(session_, "the signature does not fit", "chữ ký không khớp");
  return "";
}

absl::Status SuiteVerification::CheckDocument(const std::string& name,
                                              const std::string& journaled_sha256) {
  const auto publication = GetPublication(session_, name);
  if (!publication.ok() && !absl::IsNotFound(publication.status())) return publication.status();
  std::string fault = Word(session_, "is gone", "đã mất");
  if (publication.ok()) {
    documents_[name] = publication->sha256();
    fault = Fault(*publication, journaled_sha256);
  }
  if (fault.empty()) return absl::OkStatus();
  findings_.push_back(
      {Verdict::kDisagrees, name, std::move(fault),
       Word(session_, "Restore reporting again, from a backup in which the document is good.",
            "Khôi phục lại reporting từ bản sao lưu có văn bản đúng.")});
  return absl::OkStatus();
}

absl::Status SuiteVerification::CheckDocuments() {
  const auto published = PublishedByJournal();
  if (!published.ok()) return published.status();
  const size_t before = findings_.size();
  for (const auto& [name, sha256] : *published) {
    if (absl::Status checked = CheckDocument(name, sha256); !checked.ok()) return checked;
  }
  if (findings_.size() > before) return absl::OkStatus();
  findings_.push_back(
      {Verdict::kAgrees,
       Word(session_, "reporting: documents", "reporting: văn bản"),
       absl::StrCat(Grouped(static_cast<int64_t>(published->size()), session_.vietnamese()),
                    Word(session_, " published, all present, digests and signatures good",
                         " văn bản đã công bố, đủ, mã băm và chữ ký đúng")),
       "",
       {{"documents", static_cast<int64_t>(published->size())}}});
  return absl::OkStatus();
}

absl::Status SuiteVerification::CheckRankings() {
  ListRankingsRequest request;
  request.set_page_size(50);
  const auto rankings = AllPages<ListRankingsResponse>(
      session_, "thidua.awards.v1.ScoringService.ListRankings", request);
  if (!rankings.ok()) return rankings.status();
  const size_t before = findings_.size();
  for (const Ranking& ranking : rankings->rankings()) {
    const std::string& name = ranking.source().publication();
    if (!documents_.contains(name)) {
      const auto publication = GetPublication(session_, name);
      if (!publication.ok() && !absl::IsNotFound(publication.status())) return publication.status();
      documents_[name] = publication.ok() ? publication->sha256() : "";
    }
    const std::string& sha256 = documents_[name];
    if (sha256 == ranking.source().document_sha256()) continue;
    findings_.push_back(
        {Verdict::kDisagrees, ranking.name(),
         absl::StrCat(name,
                      sha256.empty()
                          ? Word(session_, ", which it was computed from, is gone",
                                 ", căn cứ tính xếp hạng, đã mất")
                          : Word(session_, ", which it was computed from, is another document",
                                 ", căn cứ tính xếp hạng, là văn bản khác")),
         Word(session_,
              "Restore reporting to a later point or awards to an earlier one; else publish anew "
              "and compute a new ranking: this one must not be used.",
              "Khôi phục reporting đến điểm muộn hơn hoặc awards về điểm sớm hơn; nếu không, công "
              "bố lại và tính xếp hạng mới: không dùng bản này.")});
  }
  if (findings_.size() > before) return absl::OkStatus();
  findings_.push_back({Verdict::kAgrees,
                       Word(session_, "awards: rankings", "awards: xếp hạng"),
                       absl::StrCat(Grouped(rankings->rankings_size(), session_.vietnamese()),
                                    Word(session_, ", each from a document that reporting has",
                                         ", mỗi bản đều từ văn bản có trong reporting")),
                       "",
                       {{"rankings", rankings->rankings_size()}}});
  return absl::OkStatus();
}

}  // namespace thidua::cli
