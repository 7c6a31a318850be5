// The road of one request over real TLS: a server with the journal's contract, whose handlers do
// what the test needs, and callers good and bad.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "common/contract/refusal.h"
#include "common/rpc/channel.h"
#include "common/rpc/health_probe.h"
#include "common/rpc/percent.h"
#include "common/rpc/router.h"
#include "common/rpc/server.h"
#include "gmock/gmock.h"
#include "tests/support/certificates.h"
#include "tests/support/process.h"
#include "tests/support/refusal_matchers.h"
#include "tests/support/wire.h"
#include "thidua/journal/v1/journal_service.pb.h"

namespace thidua::rpc {
namespace {

using contract::Reason;
using testing::CallWithBytes;
using ::testing::HasSubstr;
using testing::IsOk;
using ::testing::Not;
using testing::RefusedFor;
using testing::RefusedForField;
using testing::WireAnswer;
using testing::WireOptions;

constexpr int kWorkers = 2;
constexpr int kQueueLength = 8;
constexpr char kListEvents[] = "/thidua.journal.v1.JournalService/ListEvents";
constexpr char kVerifyEvents[] = "/thidua.journal.v1.JournalService/VerifyEvents";

// Handlers of the journal's contract. `resource` says what to do: "wait" until cancelled or told to
// go on, "defect", or answer at once with the milliseconds that were left.
class ScriptedJournal {
 public:
  absl::StatusOr<journal::v1::ListEventsResponse> ListEvents(
      CallContext& context, const journal::v1::ListEventsRequest& request) {
    if (request.resource() == "wait") return Wait(context);
    if (request.resource() == "defect") return absl::InternalError("password=hunter2 at 10.0.0.7");
    journal::v1::ListEventsResponse response;
    response.set_head_sequence(absl::ToInt64Milliseconds(context.deadline() - absl::Now()));
    response.set_next_page_token(context.caller().person());
    context.set_position(41);
    return response;
  }
  absl::StatusOr<StreamSource> WatchEvents(CallContext&,
                                           const journal::v1::WatchEventsRequest& request) {
    return StreamSource(
        [next = request.after_sequence(),
         this](CallContext&) mutable -> absl::StatusOr<std::unique_ptr<google::protobuf::Message>> {
          if (next >= newest) return std::unique_ptr<google::protobuf::Message>();
          auto batch = std::make_unique<journal::v1::WatchEventsResponse>();
          batch->set_head_sequence(++next);
          return batch;
        });
  }
  absl::StatusOr<journal::v1::VerifyEventsResponse> VerifyEvents(
      CallContext&, const journal::v1::VerifyEventsRequest&) {
    return journal::v1::VerifyEventsResponse();
  }
  absl::StatusOr<journal::v1::DescribeFollowingResponse> DescribeFollowing(
      CallContext&, const journal::v1::DescribeFollowingRequest&) {
    return journal::v1::DescribeFollowingResponse();
  }

  std::atomic<int> waiting{0};
  std::atomic<int> cancelled{0};
  std::atomic<int64_t> newest{3};
  absl::Notification go_on;

 private:
  absl::StatusOr<journal::v1::ListEventsResponse> Wait(CallContext& context) {
    ++waiting;
    while (!go_on.HasBeenNotified()) {
      if (context.cancelled()) {
        ++cancelled;
        return contract::Refuse(Reason::REASON_CANCELLED);
      }
      absl::SleepFor(absl::Milliseconds(2));
    }
    return journal::v1::ListEventsResponse();
  }
};

struct Denial {
  journal::Act act;
  std::string resource;
};

class ServerTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    directory_ = new testing::TemporaryDirectory("rpc");
    authority_ = new testing::CertificateAuthority(directory_->path() + "/identities");
    authority_->MakeIdentities(
        {"service/registry", "ops/on-call", "school/dien-bien", "academy/office"});
  }
  static void TearDownTestSuite() {
    delete authority_;
    delete directory_;
  }

  ServerTest() {
    router_.Offer("thidua.journal.v1.JournalService")
        .Unary("ListEvents", &journal_, &ScriptedJournal::ListEvents)
        .Stream("WatchEvents", &journal_, &ScriptedJournal::WatchEvents)
        .Unary("VerifyEvents", &journal_, &ScriptedJournal::VerifyEvents)
        .Unary("DescribeFollowing", &journal_, &ScriptedJournal::DescribeFollowing);
    policy_ = *access::Policy::Parse(
        R"({"roles": [{"name": "reader", "permissions": ["journal.*"]}],
            "bindings": [{"identity": "/ops/*", "roles": ["reader"], "reach": "REACH_ALL"},
                         {"identity": "/academy/*", "roles": ["reader"], "reach": "REACH_ALL"},
                         {"identity": "/school/*", "roles": ["reader"], "reach": "REACH_OWN"}]})",
        {});
    Pipeline::Parts parts;
    parts.trust_domain = testing::CertificateAuthority::kTrustDomain;
    parts.policy = [this] { return policy_; };
    parts.clock = &clock_;
    parts.queue = &queue_;
    parts.metrics = &metrics_;
    parts.position = [] { return int64_t{41}; };
    parts.after_mutation = [] {};
    parts.record_denial = [this](const journal::Act& act, const std::string& resource,
                                 const database::Bounds&, absl::Time) {
      std::lock_guard lock(mutex_);
      denials_.push_back({act, resource});
    };
    pipeline_ = *Pipeline::Create(router_, std::move(parts));
    server_ = StartOn("127.0.0.1:0").value();
    server_->SetServing("", true);
    address_ = absl::StrCat("127.0.0.1:", server_->port());
  }

  ~ServerTest() override {
    if (!journal_.go_on.HasBeenNotified()) journal_.go_on.Notify();
    server_.reset();
    queue_.Stop();
  }

  absl::StatusOr<std::unique_ptr<Server>> StartOn(const std::string& address) {
    const access::CertificateFiles identity = authority_->Identity("service/registry");
    Server::Options options;
    options.listen_address = address;
    options.health_address = "127.0.0.1:0";
    options.tls = {identity.certificate, identity.key, identity.ca, 1};
    return Server::Start(options, *pipeline_);
  }

  std::shared_ptr<grpc::Channel> As(const std::string& identity) const {
    return testing::ConnectAs(address_, authority_->Identity(identity));
  }
  static std::string Asking(const std::string& resource) {
    journal::v1::ListEventsRequest request;
    request.set_resource(resource);
    return request.SerializeAsString();
  }
  static journal::v1::ListEventsResponse Read(const WireAnswer& answer) {
    journal::v1::ListEventsResponse response;
    EXPECT_THAT(answer.status, IsOk());
    EXPECT_TRUE(response.ParseFromString(answer.bytes));
    return response;
  }
  static WireOptions Patience(absl::Duration patience) {
    WireOptions options;
    options.patience = patience;
    return options;
  }
  std::vector<Denial> Denials() {
    std::lock_guard lock(mutex_);
    return denials_;
  }

  inline static testing::TemporaryDirectory* directory_ = nullptr;
  inline static testing::CertificateAuthority* authority_ = nullptr;

  ScriptedJournal journal_;
  Router router_;
  const runtime::Clock clock_;
  telemetry::Metrics metrics_;
  AdmissionQueue queue_{kWorkers, kQueueLength, metrics_};
  std::shared_ptr<const access::Policy> policy_;
  std::mutex mutex_;
  std::vector<Denial> denials_;
  std::unique_ptr<Pipeline> pipeline_;
  std::unique_ptr<Server> server_;
  std::string address_;
};

// --- callers ---

TEST_F(ServerTest, AnIdentifiedCallerIsAnswered) {
  EXPECT_EQ(Read(CallWithBytes(*As("ops/on-call"), kListEvents, "")).next_page_token(),
            "spiffe://thidua.local/ops/on-call");
}

TEST_F(ServerTest, APersonIsNamedInVietnamese) {
  WireOptions options;
  options.metadata = {{kActingForKey, PercentEncode("Nguyễn Thị Đào")}};
  EXPECT_EQ(Read(CallWithBytes(*As("academy/office"), kListEvents, "", options)).next_page_token(),
            "Nguyễn Thị Đào");
}

TEST_F(ServerTest, WithoutACertificateThereIsNoConnection) {
  const auto channel = testing::ConnectWithoutCertificate(address_, authority_->ca_file());
  EXPECT_EQ(CallWithBytes(*channel, kListEvents, "", Patience(absl::Seconds(2))).status.code(),
            absl::StatusCode::kUnavailable);
}

TEST_F(ServerTest, InPlaintextThereIsNoConnection) {
  EXPECT_EQ(CallWithBytes(*testing::ConnectInPlaintext(address_), kListEvents, "",
                          Patience(absl::Seconds(2)))
                .status.code(),
            absl::StatusCode::kUnavailable);
}

TEST_F(ServerTest, AForeignAuthorityIsNotTrusted) {
  testing::CertificateAuthority foreign(directory_->path() + "/foreign");
  access::CertificateFiles identity = foreign.Identity("ops/on-call");
  identity.ca = authority_->ca_file();
  EXPECT_EQ(CallWithBytes(*testing::ConnectAs(address_, identity), kListEvents, "",
                          Patience(absl::Seconds(2)))
                .status.code(),
            absl::StatusCode::kUnavailable);
}

TEST_F(ServerTest, AClientDoesNotTrustAForeignServer) {
  testing::CertificateAuthority foreign(directory_->path() + "/other");
  access::CertificateFiles identity = authority_->Identity("ops/on-call");
  identity.ca = foreign.ca_file();
  EXPECT_EQ(CallWithBytes(*testing::ConnectAs(address_, identity), kListEvents, "",
                          Patience(absl::Seconds(2)))
                .status.code(),
            absl::StatusCode::kUnavailable);
}

TEST_F(ServerTest, ACallerHasExactlyOneIdentityOfThisDomain) {
  const std::vector<std::vector<std::string>> names = {
      {"DNS:localhost"},
      {"URI:spiffe://thidua.local/ops/on-call", "URI:spiffe://thidua.local/academy/office"},
      {"URI:spiffe://thidua.example/ops/on-call"},
      {"URI:https://thidua.local/ops/on-call"},
      {"URI:spiffe://thidua.local/teacher/an"},
  };
  for (size_t i = 0; i < names.size(); ++i) {
    const auto channel =
        testing::ConnectAs(address_, authority_->Issue(absl::StrCat("odd-", i), names[i]));
    EXPECT_THAT(CallWithBytes(*channel, kListEvents, "").status,
                RefusedFor(Reason::REASON_UNAUTHENTICATED))
        << names[i].front();
  }
}

// --- probes ---

TEST_F(ServerTest, AProbeTellsServingFromNotServingAndFromSilence) {
  const std::string health = absl::StrCat("127.0.0.1:", server_->health_port());
  const auto probe = [](const std::string& address) {
    return ProbeHealth(address, absl::Now() + absl::Seconds(5));
  };
  EXPECT_THAT(probe(health), IsOk());
  EXPECT_THAT(probe(absl::StrCat("0.0.0.0:", server_->health_port())), IsOk());
  EXPECT_THAT(probe(absl::StrCat("localhost:", server_->health_port())), IsOk());
  server_->SetServing("", false);
  EXPECT_THAT(probe(health).message(), HasSubstr("does not serve"));
  server_.reset();
  EXPECT_THAT(probe(health).message(), HasSubstr("does not answer"));
}

// --- messages ---

TEST_F(ServerTest, BytesThatAreNoMessageAreRefused) {
  EXPECT_THAT(CallWithBytes(*As("ops/on-call"), kListEvents, "\x0a\xff\xff\xff\xff\x0f").status,
              RefusedFor(Reason::REASON_MALFORMED_MESSAGE));
}

TEST_F(ServerTest, InvalidUtf8IsRefused) {
  // ListEventsRequest{resource: "\xff\xfe"}
  EXPECT_THAT(CallWithBytes(*As("ops/on-call"), kListEvents, "\x22\x02\xff\xfe").status,
              RefusedFor(Reason::REASON_MALFORMED_MESSAGE));
}

TEST_F(ServerTest, FiveMebibytesDoNotComeIn) {
  EXPECT_EQ(CallWithBytes(*As("ops/on-call"), kListEvents, Asking(std::string(5 << 20, 'a')))
                .status.code(),
            absl::StatusCode::kResourceExhausted);
}

TEST_F(ServerTest, AWrongFieldIsNamed) {
  journal::v1::ListEventsRequest request;
  request.set_after_sequence(-1);
  EXPECT_THAT(CallWithBytes(*As("ops/on-call"), kListEvents, request.SerializeAsString()).status,
              RefusedForField("after_sequence"));
}

TEST_F(ServerTest, AnUnknownMethodIsUnimplemented) {
  EXPECT_EQ(CallWithBytes(*As("ops/on-call"), "/thidua.journal.v1.JournalService/DeleteEvents", "")
                .status.code(),
            absl::StatusCode::kUnimplemented);
}

TEST_F(ServerTest, ADefectIsToldByItsTraceAloneAndNotByItsText) {
  const absl::Status status =
      CallWithBytes(*As("ops/on-call"), kListEvents, Asking("defect")).status;
  EXPECT_THAT(status, RefusedFor(Reason::REASON_INTERNAL));
  EXPECT_THAT(status.ToString(), Not(HasSubstr("hunter2")));
  EXPECT_EQ(contract::MetadataOf(status).at("trace_id").size(), 32u);
}

// --- permission ---

TEST_F(ServerTest, ADeniedCallIsRecordedBeforeItIsAnswered) {
  EXPECT_THAT(CallWithBytes(*As("school/dien-bien"), kVerifyEvents, "").status,
              RefusedFor(Reason::REASON_PERMISSION_DENIED));
  const std::vector<Denial> denials = Denials();
  ASSERT_EQ(denials.size(), 1u);
  EXPECT_EQ(denials[0].act.actor, "spiffe://thidua.local/school/dien-bien");
  EXPECT_EQ(denials[0].act.method, kVerifyEvents);
  EXPECT_EQ(denials[0].act.permission, "journal.events.verify");
  EXPECT_EQ(denials[0].act.trace_id.size(), 32u);
}

TEST_F(ServerTest, PermissionComesBeforeTheChecksOfTheRequest) {
  journal::v1::ListEventsRequest request;
  request.set_after_sequence(-1);
  EXPECT_THAT(
      CallWithBytes(*As("school/dien-bien"), kListEvents, request.SerializeAsString()).status,
      RefusedFor(Reason::REASON_PERMISSION_DENIED));
}

TEST_F(ServerTest, AChangedPolicyIsInForceForTheNextCall) {
  const auto channel = As("ops/on-call");
  EXPECT_THAT(CallWithBytes(*channel, kListEvents, "").status, IsOk());
  policy_ = *access::Policy::Parse(
      R"({"roles": [{"name": "reader", "permissions": ["journal.*"]}],
          "bindings": [{"identity": "/academy/*", "roles": ["reader"], "reach": "REACH_ALL"}]})",
      {});
  EXPECT_THAT(CallWithBytes(*channel, kListEvents, "").status,
              RefusedFor(Reason::REASON_PERMISSION_DENIED));
}

// --- time ---

// ListEvents: 10 s by default, 30 s at most.
TEST_F(ServerTest, ACallWithoutADeadlineGetsTheMethodsDefault) {
  const int64_t left =
      Read(CallWithBytes(*As("ops/on-call"), kListEvents, "", Patience(absl::InfiniteDuration())))
          .head_sequence();
  EXPECT_LE(left, 10'000 - 20);
  EXPECT_GT(left, 9'000);
}

TEST_F(ServerTest, ALongDeadlineIsShortened) {
  const int64_t left =
      Read(CallWithBytes(*As("ops/on-call"), kListEvents, "", Patience(absl::Minutes(10))))
          .head_sequence();
  EXPECT_LE(left, 30'000 - 20);
  EXPECT_GT(left, 29'000);
}

TEST_F(ServerTest, SomeTimeIsKeptForTheWayHome) {
  const int64_t left =
      Read(CallWithBytes(*As("ops/on-call"), kListEvents, "", Patience(absl::Seconds(5))))
          .head_sequence();
  EXPECT_LE(left, 5'000 - 20);
  EXPECT_GT(left, 4'000);
}

TEST_F(ServerTest, ACallerThatGivesUpFreesTheWorker) {
  const absl::Time start = absl::Now();
  const absl::Status status = CallWithBytes(*As("ops/on-call"), kListEvents, Asking("wait"),
                                            Patience(absl::Milliseconds(200)))
                                  .status;
  EXPECT_EQ(status.code(), absl::StatusCode::kDeadlineExceeded);
  while (journal_.cancelled == 0 && absl::Now() - start < absl::Seconds(5))
    absl::SleepFor(absl::Milliseconds(2));
  EXPECT_EQ(journal_.cancelled, 1);
  EXPECT_LT(absl::Now() - start, absl::Seconds(1));
}

TEST_F(ServerTest, OneCallTooManyIsRefusedAtOnceAndTheOthersAreAnswered) {
  std::vector<std::thread> callers;
  std::atomic<int> answered{0};
  const auto call_in_background = [&] {
    callers.emplace_back([&] {
      if (CallWithBytes(*As("ops/on-call"), kListEvents, Asking("wait")).status.ok()) ++answered;
    });
  };
  for (int i = 0; i < kWorkers; ++i) call_in_background();
  while (journal_.waiting < kWorkers) absl::SleepFor(absl::Milliseconds(1));
  for (int i = 0; i < kQueueLength; ++i) call_in_background();
  while (queue_.length() < kQueueLength) absl::SleepFor(absl::Milliseconds(1));

  const absl::Time start = absl::Now();
  const absl::Status refused = CallWithBytes(*As("ops/on-call"), kListEvents, "").status;
  EXPECT_THAT(refused, RefusedFor(Reason::REASON_OVERLOADED));
  EXPECT_LT(contract::RetryAfter(refused), absl::Minutes(1));
  EXPECT_LT(absl::Now() - start, absl::Seconds(1));
  journal_.go_on.Notify();
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(answered, kWorkers + kQueueLength);
}

// --- positions ---

TEST_F(ServerTest, AnAnswerCarriesThePositionItWasComputedFrom) {
  EXPECT_EQ(CallWithBytes(*As("ops/on-call"), kListEvents, "").initial_metadata[kPositionKey],
            "41");
}

TEST_F(ServerTest, APositionThatHasNotArrivedIsAskedForAgainLater) {
  WireOptions options;
  options.metadata = {{kAtLeastKey, "42"}};
  const absl::Status refused = CallWithBytes(*As("ops/on-call"), kListEvents, "", options).status;
  EXPECT_THAT(refused, RefusedFor(Reason::REASON_POSITION_NOT_REACHED));
  EXPECT_LT(contract::RetryAfter(refused), absl::Seconds(1));
  options.metadata = {{kAtLeastKey, "41"}};
  EXPECT_THAT(CallWithBytes(*As("ops/on-call"), kListEvents, "", options).status, IsOk());
}

TEST_F(ServerTest, APositionThatIsNoneIsRefused) {
  for (const char* position : {"-1", "many", "9223372036854775808"}) {
    WireOptions options;
    options.metadata = {{kAtLeastKey, position}};
    EXPECT_THAT(CallWithBytes(*As("ops/on-call"), kListEvents, "", options).status,
                RefusedForField(kAtLeastKey))
        << position;
  }
}

// --- streams ---

class StreamTest : public ServerTest {
 protected:
  StreamTest() { Connect(address_); }
  void Connect(const std::string& target) {
    const access::CertificateFiles identity = authority_->Identity("ops/on-call");
    Channel::Options options;
    options.target = target;
    options.certificate_file = identity.certificate;
    options.key_file = identity.key;
    options.ca_file = identity.ca;
    channel_ = *Channel::Open(options, {journal::v1::Event::descriptor()->file()->service(0)});
  }
  std::unique_ptr<Channel::Stream> Watch() {
    return channel_->OpenStream("/thidua.journal.v1.JournalService/WatchEvents",
                                journal::v1::WatchEventsRequest(), absl::Now() + absl::Seconds(20));
  }
  std::unique_ptr<Channel> channel_;
};

// A follower that waits for a host that has vanished must be able to stop (a service that was told
// to end after those below it took more than 20 s).
TEST_F(StreamTest, IsCancelledWhileItWaitsForASilentPeer) {
  const int silent = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);  // takes connections only
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof(address);
  ASSERT_EQ(bind(silent, reinterpret_cast<sockaddr*>(&address), length), 0);
  ASSERT_EQ(listen(silent, 8), 0);
  ASSERT_EQ(getsockname(silent, reinterpret_cast<sockaddr*>(&address), &length), 0);
  Connect(absl::StrCat("127.0.0.1:", ntohs(address.sin_port)));

  const auto stream = Watch();
  std::thread canceller([&] {
    absl::SleepFor(absl::Milliseconds(300));
    stream->Cancel();
  });
  const absl::Time began = absl::Now();
  journal::v1::WatchEventsResponse batch;
  EXPECT_EQ(stream->Next(batch).code(), absl::StatusCode::kCancelled);
  EXPECT_LT(absl::Now() - began, absl::Seconds(10));
  canceller.join();
  close(silent);
}

TEST_F(StreamTest, GoesOnWithWhatIsNew) {
  auto stream = Watch();
  journal::v1::WatchEventsResponse batch;
  for (int64_t expected = 1; expected <= 3; ++expected) {
    ASSERT_THAT(stream->Next(batch), IsOk());
    EXPECT_EQ(batch.head_sequence(), expected);
  }
  journal_.newest = 4;
  ASSERT_THAT(stream->Next(batch), IsOk());
  EXPECT_EQ(batch.head_sequence(), 4);
}

TEST_F(StreamTest, HoldsNoWorkerWhileThereIsNothingNew) {
  std::vector<std::unique_ptr<Channel::Stream>> streams;
  journal::v1::WatchEventsResponse batch;
  for (int i = 0; i < 8; ++i) {  // four for each worker
    streams.push_back(Watch());
    for (int64_t event = 0; event < 3; ++event) ASSERT_THAT(streams.back()->Next(batch), IsOk());
  }
  EXPECT_THAT(CallWithBytes(*As("ops/on-call"), kListEvents, "", Patience(absl::Seconds(2))).status,
              IsOk());
}

TEST_F(StreamTest, AStoppingServerEndsItSoThatTheClientGoesElsewhere) {
  auto stream = Watch();
  journal::v1::WatchEventsResponse batch;
  ASSERT_THAT(stream->Next(batch), IsOk());
  journal_.newest = 3;
  std::thread stopper([this] { server_->Shutdown(absl::ZeroDuration(), absl::Seconds(5)); });
  absl::Status ended;
  while (ended.ok()) ended = stream->Next(batch);
  stopper.join();
  EXPECT_THAT(ended, RefusedFor(Reason::REASON_SHUTTING_DOWN));
}

// --- listeners ---

TEST_F(ServerTest, TheHealthPortServesHealthInPlaintextAndNothingElse) {
  const std::string health = absl::StrCat("127.0.0.1:", server_->health_port());
  EXPECT_TRUE(testing::AskHealth(health).value());
  server_->SetServing("", false);
  EXPECT_FALSE(testing::AskHealth(health).value());
  for (const char* path :
       {kListEvents, "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo"}) {
    EXPECT_EQ(CallWithBytes(*testing::ConnectInPlaintext(health), path, "").status.code(),
              absl::StatusCode::kUnimplemented)
        << path;
  }
}

TEST_F(ServerTest, HealthIsToldForEachDependency) {
  const std::string health = absl::StrCat("127.0.0.1:", server_->health_port());
  server_->SetServing("follow:registry", false);
  EXPECT_FALSE(testing::AskHealth(health, "follow:registry").value());
  EXPECT_TRUE(testing::AskHealth(health).value());
  EXPECT_FALSE(testing::AskHealth(health, "no-such-dependency").ok());
}

TEST_F(ServerTest, ASecondServerOnTheSamePortIsRefused) {
  const auto second = StartOn(address_);
  EXPECT_EQ(second.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(second.status().message()), HasSubstr(address_));
}

TEST_F(ServerTest, ShutdownWaitsForARunningCallAndNoLonger) {
  std::thread caller([this] { CallWithBytes(*As("ops/on-call"), kListEvents, Asking("wait")); });
  while (journal_.waiting < 1) absl::SleepFor(absl::Milliseconds(1));
  const absl::Time start = absl::Now();
  server_->Shutdown(absl::ZeroDuration(), absl::Milliseconds(300));
  EXPECT_GE(absl::Now() - start, absl::Milliseconds(250));
  EXPECT_LT(absl::Now() - start, absl::Seconds(3));
  EXPECT_EQ(journal_.cancelled, 1);
  caller.join();
}

// --- start-up ---

TEST(RouterTest, AMethodWithoutAHandlerIsNamed) {
  ScriptedJournal journal;
  Router router;
  router.Offer("thidua.journal.v1.JournalService")
      .Unary("ListEvents", &journal, &ScriptedJournal::ListEvents);
  const absl::Status incomplete = router.Complete().status();
  EXPECT_FALSE(incomplete.ok());
  EXPECT_THAT(std::string(incomplete.message()), HasSubstr("VerifyEvents"));
}

TEST(RouterTest, AHandlerWithoutAMethodIsNamed) {
  ScriptedJournal journal;
  Router router;
  router.Offer("thidua.journal.v1.JournalService")
      .Unary("ListEvents", &journal, &ScriptedJournal::ListEvents)
      .Stream("WatchEvents", &journal, &ScriptedJournal::WatchEvents)
      .Unary("VerifyEvents", &journal, &ScriptedJournal::VerifyEvents)
      .Unary("DescribeFollowing", &journal, &ScriptedJournal::DescribeFollowing)
      .Unary("ForgetEvents", &journal, &ScriptedJournal::VerifyEvents);
  const absl::Status surplus = router.Complete().status();
  EXPECT_FALSE(surplus.ok());
  EXPECT_THAT(std::string(surplus.message()), HasSubstr("ForgetEvents"));
}

}  // namespace
}  // namespace thidua::rpc
