// Whether the three services agree with each other: their journals, what each has followed of the
// others, and the documents. Asked of the running services by their contracts, for instance after a
// restore.
#ifndef THIDUA_SERVICES_CLI_SUITE_VERIFICATION_H_
#define THIDUA_SERVICES_CLI_SUITE_VERIFICATION_H_

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/document/signature.h"
#include "services/cli/session.h"
#include "thidua/awards/v1/scoring_service.pb.h"
#include "thidua/journal/v1/journal_service.pb.h"
#include "thidua/reporting/v1/consolidation_service.pb.h"

namespace thidua::cli {

enum class Verdict {
  kAgrees,
  kReplays,    // agrees, and takes some more events by itself
  kDisagrees,  // somebody must decide
};

struct Finding {
  Verdict verdict;
  std::string subject;
  std::string text;
  std::string remedy = {};  // what to do; empty unless it disagrees
  std::vector<std::pair<std::string, int64_t>> numbers = {};  // for scripts, by JSON name
};

class SuiteVerification {
 public:
  // keys: those that reporting signed its documents with.
  SuiteVerification(Session& session, document::VerifyingKeys keys)
      : session_(session), keys_(std::move(keys)) {}

  // OK when everything was looked at, whatever was found.
  absl::Status Run();
  const std::vector<Finding>& findings() const { return findings_; }

 private:
  // Where two pasts part: the first event that differs comes after `same`, at `differs` at the
  // latest.
  struct Parting {
    int64_t same;
    int64_t differs;
  };

  absl::Status CheckJournal(const std::string& service);
  absl::Status CheckFollowed(const std::string& service);
  absl::Status CheckFollowed(const std::string& service, const journal::v1::FollowedService& below);
  void Diverged(const std::string& service, const journal::v1::FollowedService& below, int64_t head,
                const Parting& parting);
  absl::StatusOr<Parting> FindParting(const std::string& service, const std::string& below,
                                      int64_t differs);
  absl::StatusOr<journal::v1::ListEventsResponse> EventAt(const std::string& service,
                                                          int64_t sequence);
  absl::Status CheckDocuments();
  absl::StatusOr<std::map<std::string, std::string>> PublishedByJournal();
  absl::Status CheckDocument(const std::string& name, const std::string& journaled_sha256);
  // Empty when the document and its signature are good.
  std::string Fault(const reporting::v1::Publication& publication,
                    const std::string& journaled_sha256) const;
  absl::Status CheckRankings();

  template <class Response, class Request>
  absl::StatusOr<Response> AskJournal(const std::string& service, const std::string& method,
                                      const Request& request) {
    return session_.Call<Response>(service + ":thidua.journal.v1.JournalService." + method,
                                   request);
  }

  Session& session_;
  const document::VerifyingKeys keys_;
  std::vector<Finding> findings_;
  std::map<std::string, std::string> documents_;  // SHA-256 of the present ones, by name
};

}  // namespace thidua::cli

#endif  // THIDUA_SERVICES_CLI_SUITE_VERIFICATION_H_
