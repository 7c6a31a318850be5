// Callers: unary calls with fixed bytes over mTLS, in a closed loop or at a fixed rate.
#ifndef THIDUA_TESTS_BENCH_LOAD_H_
#define THIDUA_TESTS_BENCH_LOAD_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/access/certificate_files.h"
#include "grpcpp/channel.h"

namespace thidua::bench {

// What is asked of whom.
struct Question {
  std::string path;     // "/package.Service/Method"
  std::string request;  // serialized
  absl::Duration deadline = absl::Seconds(5);
};

// Several connections with one identity, over which the callers spread.
class Callers {
 public:
  // Connects; an error when the server does not answer in time.
  static absl::StatusOr<Callers> Connect(const std::string& address,
                                         const access::CertificateFiles& identity, int connections);

  // The answer to one call.
  absl::StatusOr<std::string> Ask(const Question& question) const;

  struct Outcome {
    double answered_per_second = 0;
    double refused_share =
        0;  // of all calls; only RESOURCE_EXHAUSTED and DEADLINE_EXCEEDED are refusals
    absl::Duration median;  // of the answered calls
    absl::Duration p99;
  };
  // `at_once` calls are always open: each caller asks again when it was answered. An error when a
  // call fails.
  absl::StatusOr<Outcome> AskInALoop(const Question& question, int at_once,
                                     absl::Duration duration) const;
  // Asks so often for the warm-up, which is not counted, and then for the duration, whatever comes
  // back and however many calls are open. An error when a call fails otherwise than by refusal.
  absl::StatusOr<Outcome> AskAtARate(const Question& question, double per_second,
                                     absl::Duration warm_up, absl::Duration duration) const;

 private:
  std::vector<std::shared_ptr<grpc::Channel>> channels_;
};

}  // namespace thidua::bench

#endif  // THIDUA_TESTS_BENCH_LOAD_H_
