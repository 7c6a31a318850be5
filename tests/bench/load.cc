#include "tests/bench/load.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/blocking_counter.h"
#include "absl/time/clock.h"
#include "grpcpp/client_context.h"
#include "grpcpp/generic/generic_stub.h"
#include "grpcpp/support/byte_buffer.h"
#include "tests/support/wire.h"

namespace thidua::bench {
namespace {

using Stub = grpc::TemplatedGenericStub<grpc::ByteBuffer, grpc::ByteBuffer>;

bool IsRefusal(const grpc::Status& status) {
  return status.error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED ||
         status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED;
}

grpc::ByteBuffer Wrap(const std::string& bytes) {
  const grpc::Slice slice(bytes);
  return grpc::ByteBuffer(&slice, 1);
}

// What the calls of one run came to. Thread-safe.
class Tally {
 public:
  void Count(const grpc::Status& status, absl::Duration took) {
    const std::lock_guard lock(mutex_);
    if (status.ok()) {
      latencies_.push_back(took);
    } else if (IsRefusal(status)) {
      ++refused_;
    } else if (failure_.ok()) {
      failure_ = absl::UnavailableError(
          absl::StrCat("a call failed: ", status.error_code(), " ", status.error_message()));
    }
  }

  absl::StatusOr<Callers::Outcome> Over(absl::Duration duration) {
    const std::lock_guard lock(mutex_);
    if (!failure_.ok()) return failure_;
    if (latencies_.empty()) return absl::UnavailableError("no call was answered");
    std::sort(latencies_.begin(), latencies_.end());
    const auto answered = static_cast<double>(latencies_.size());
    return Callers::Outcome{
        answered / absl::ToDoubleSeconds(duration),
        static_cast<double>(refused_) / (answered + static_cast<double>(refused_)),
        latencies_[latencies_.size() / 2], latencies_[latencies_.size() * 99 / 100]};
  }

 private:
  std::mutex mutex_;
  std::vector<absl::Duration> latencies_;
  int64_t refused_ = 0;
  absl::Status failure_;
};

// One call; deletes itself when its `done` has run.
class Call {
 public:
  Call(const std::shared_ptr<grpc::Channel>& channel, const Question& question,
       const grpc::ByteBuffer& request,
       std::function<void(const grpc::Status&, absl::Duration)> done)
      : request_(request), done_(std::move(done)), start_(absl::Now()) {
    context_.set_deadline(absl::ToChronoTime(start_ + question.deadline));
    Stub(channel).UnaryCall(&context_, question.path, {}, &request_, &response_,
                            [this](const grpc::Status& status) {
                              done_(status, absl::Now() - start_);
                              delete this;
                            });
  }

 private:
  grpc::ClientContext context_;
  grpc::ByteBuffer request_;
  grpc::ByteBuffer response_;
  std::function<void(const grpc::Status&, absl::Duration)> done_;
  const absl::Time start_;
};

// A caller in a closed loop.
class Loop {
 public:
  Loop(std::shared_ptr<grpc::Channel> channel, const Question& question, absl::Time end,
       Tally& tally, absl::BlockingCounter& running)
      : channel_(std::move(channel)),
        question_(question),
        request_(Wrap(question.request)),
        end_(end),
        tally_(tally),
        running_(running) {}

  void Next() {
    if (absl::Now() >= end_) {
      running_.DecrementCount();
      return;
    }
    new Call(channel_, question_, request_,
             [this](const grpc::Status& status, absl::Duration took) {
               tally_.Count(status, took);
               Next();
             });
  }

 private:
  std::shared_ptr<grpc::Channel> channel_;
  const Question& question_;
  const grpc::ByteBuffer request_;
  const absl::Time end_;
  Tally& tally_;
  absl::BlockingCounter& running_;
};

}  // namespace

absl::StatusOr<Callers> Callers::Connect(const std::string& address,
                                         const access::CertificateFiles& identity,
                                         int connections) {
  Callers callers;
  for (int i = 0; i < connections; ++i) {
    callers.channels_.push_back(testing::ConnectAs(address, identity));
    if (!callers.channels_.back()->WaitForConnected(
            absl::ToChronoTime(absl::Now() + absl::Seconds(10)))) {
      return absl::UnavailableError(absl::StrCat("nobody answers at ", address));
    }
  }
  return callers;
}

absl::StatusOr<std::string> Callers::Ask(const Question& question) const {
  testing::WireAnswer answer =
      testing::CallWithBytes(*channels_.front(), question.path, question.request);
  if (!answer.status.ok()) return answer.status;
  return std::move(answer.bytes);
}

absl::StatusOr<Callers::Outcome> Callers::AskInALoop(const Question& question, int at_once,
                                                     absl::Duration duration) const {
  Tally tally;
  absl::BlockingCounter running(at_once);
  const absl::Time start = absl::Now();
  std::vector<std::unique_ptr<Loop>> loops;
  for (int i = 0; i < at_once; ++i) {
    loops.push_back(std::make_unique<Loop>(channels_[static_cast<size_t>(i) % channels_.size()],
                                           question, start + duration, tally, running));
  }
  for (const auto& loop : loops) loop->Next();
  running.Wait();
  return tally.Over(absl::Now() - start);
}

absl::StatusOr<Callers::Outcome> Callers::AskAtARate(const Question& question, double per_second,
                                                     absl::Duration warm_up,
                                                     absl::Duration duration) const {
  Tally warming, counted;
  const grpc::ByteBuffer request = Wrap(question.request);
  const absl::Time start = absl::Now();
  std::atomic<int64_t> open{0};
  int64_t asked = 0;
  for (absl::Time now = start; now < start + warm_up + duration; now = absl::Now()) {
    const auto due = static_cast<int64_t>(per_second * absl::ToDoubleSeconds(now - start));
    Tally& tally = now < start + warm_up ? warming : counted;
    for (; asked < due; ++asked) {
      ++open;
      new Call(channels_[static_cast<size_t>(asked) % channels_.size()], question, request,
               [&open, &tally](const grpc::Status& status, absl::Duration took) {
                 tally.Count(status, took);
                 --open;
               });
    }
    absl::SleepFor(absl::Milliseconds(1));
  }
  while (open > 0) absl::SleepFor(absl::Milliseconds(1));
  return counted.Over(duration);
}

}  // namespace thidua::bench
