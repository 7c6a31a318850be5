// The least possible servers to hold ours against: the callback API over mTLS and nothing else. A
// read is answered by one of a fixed pool of workers, each with a database connection of its own,
// from one prepared SELECT; an echo at once, with the same bytes every time.
//
//   bench_least_server ADDRESS CERTIFICATE KEY CA WORKERS DATABASE_SOCKET READ_PATH [ECHO_PATH
//   ANSWER_FILE]...
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "common/database/pool.h"
#include "grpcpp/impl/codegen/server_callback_handlers.h"
#include "grpcpp/impl/service_type.h"
#include "grpcpp/security/server_credentials.h"
#include "grpcpp/security/tls_certificate_provider.h"
#include "grpcpp/security/tls_credentials_options.h"
#include "grpcpp/server.h"
#include "grpcpp/server_builder.h"
#include "grpcpp/support/byte_buffer.h"
#include "grpcpp/support/server_callback.h"

namespace {

using grpc::ByteBuffer;
using grpc::CallbackServerContext;
using grpc::ServerUnaryReactor;
using thidua::database::Pool;

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

ByteBuffer Wrap(const std::string& bytes) {
  const grpc::Slice slice(bytes);
  return ByteBuffer(&slice, 1);
}

class Workers {
 public:
  Workers(Pool& pool, int count) {
    for (int i = 0; i < count; ++i) threads_.emplace_back([this, &pool] { Run(pool); });
  }

  void Read(const ByteBuffer& request, ByteBuffer* response, ServerUnaryReactor* reactor) {
    {
      const std::lock_guard lock(mutex_);
      waiting_.push_back({request, response, reactor});
    }
    ready_.notify_one();
  }

 private:
  struct Job {
    ByteBuffer request;
    ByteBuffer* response;
    ServerUnaryReactor* reactor;
  };

  void Run(Pool& pool) {
    auto connection = pool.Borrow({});
    if (!connection.ok()) std::exit(1);
    while (true) {
      Job job = Take();
      grpc::Slice slice;
      job.request.DumpToSingleSlice(&slice).ok();
      auto rows =
          (*connection)
              ->Query("SELECT answer FROM least WHERE request = ?",
                      {std::string(reinterpret_cast<const char*>(slice.begin()), slice.size())});
      if (!rows.ok() || rows->empty()) {
        job.reactor->Finish({grpc::StatusCode::NOT_FOUND, ""});
        continue;
      }
      *job.response = Wrap(rows->front().Text(0));
      job.reactor->Finish(grpc::Status::OK);
    }
  }

  Job Take() {
    std::unique_lock lock(mutex_);
    ready_.wait(lock, [this] { return !waiting_.empty(); });
    Job job = std::move(waiting_.front());
    waiting_.pop_front();
    return job;
  }

  std::mutex mutex_;
  std::condition_variable ready_;
  std::deque<Job> waiting_;
  std::vector<std::thread> threads_;
};

class LeastService final : public grpc::Service {
 public:
  using Answer =
      std::function<ServerUnaryReactor*(CallbackServerContext*, const ByteBuffer*, ByteBuffer*)>;

  // `path` outlives the service.
  void Offer(const std::string& path, Answer answer) {
    AddMethod(new grpc::internal::RpcServiceMethod(path.c_str(),
                                                   grpc::internal::RpcMethod::NORMAL_RPC, nullptr));
    MarkMethodRawCallback(
        count_++,
        new grpc::internal::CallbackUnaryHandler<ByteBuffer, ByteBuffer>(std::move(answer)));
  }

 private:
  int count_ = 0;
};

std::shared_ptr<grpc::ServerCredentials> MutualTls(const std::string& certificate,
                                                   const std::string& key, const std::string& ca) {
  auto provider = std::make_shared<grpc::experimental::StaticDataCertificateProvider>(
      ReadFile(ca),
      std::vector<grpc::experimental::IdentityKeyCertPair>{{ReadFile(key), ReadFile(certificate)}});
  grpc::experimental::TlsServerCredentialsOptions options(provider);
  options.watch_root_certs();
  options.watch_identity_key_cert_pairs();
  options.set_cert_request_type(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  return grpc::experimental::TlsServerCredentials(options);
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  if (words.size() < 7 || words.size() % 2 == 0) return 2;
  const int count = std::atoi(words[4].c_str());
  thidua::database::Account account;
  account.unix_socket = words[5];
  account.schema = "bench";
  account.user = "root";
  Pool pool(account, count);
  auto* const workers = new Workers(pool, count);  // lives as long as the process

  LeastService service;
  service.Offer(words[6], [workers](CallbackServerContext* context, const ByteBuffer* request,
                                    ByteBuffer* response) {
    ServerUnaryReactor* reactor = context->DefaultReactor();
    workers->Read(*request, response, reactor);
    return reactor;
  });
  for (size_t i = 7; i + 1 < words.size(); i += 2) {
    service.Offer(words[i],
                  [answer = Wrap(ReadFile(words[i + 1]))](CallbackServerContext* context,
                                                          const ByteBuffer*, ByteBuffer* response) {
                    *response = answer;
                    ServerUnaryReactor* reactor = context->DefaultReactor();
                    reactor->Finish(grpc::Status::OK);
                    return reactor;
                  });
  }
  grpc::ServerBuilder builder;
  builder.AddListeningPort(words[0], MutualTls(words[1], words[2], words[3]));
  builder.RegisterService(&service);
  const auto server = builder.BuildAndStart();
  if (server == nullptr) return 1;
  server->Wait();
}
