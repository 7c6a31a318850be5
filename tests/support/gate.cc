#include "tests/support/gate.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace thidua::testing {
namespace {

constexpr size_t kHeaderBytes = 4;  // three of length, one of sequence
constexpr char kQueryCommand = 0x03;
constexpr absl::Duration kLook = absl::Milliseconds(2);

sockaddr_un AddressOf(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path.c_str(), sizeof(address.sun_path) - 1);
  return address;
}

bool ReadExactly(int fd, char* bytes, size_t count) {
  while (count > 0) {
    const ssize_t got = recv(fd, bytes, count, 0);
    if (got <= 0) return false;
    bytes += got;
    count -= static_cast<size_t>(got);
  }
  return true;
}

bool WriteAll(int fd, const std::string& bytes) {
  for (size_t done = 0; done < bytes.size();) {
    const ssize_t sent = send(fd, bytes.data() + done, bytes.size() - done, MSG_NOSIGNAL);
    if (sent <= 0) return false;
    done += static_cast<size_t>(sent);
  }
  return true;
}

// One whole packet with its header; none at the end.
std::optional<std::string> ReadPacket(int fd) {
  std::string packet(kHeaderBytes, '\0');
  if (!ReadExactly(fd, packet.data(), kHeaderBytes)) return std::nullopt;
  const auto byte = [&](size_t i) { return size_t{static_cast<unsigned char>(packet[i])}; };
  const size_t length = byte(0) | byte(1) << 8 | byte(2) << 16;
  packet.resize(kHeaderBytes + length);
  if (!ReadExactly(fd, packet.data() + kHeaderBytes, length)) return std::nullopt;
  return packet;
}

// Commands begin a new sequence; what belongs to the login does not.
bool IsCommit(const std::string& packet) {
  return packet.size() == kHeaderBytes + 7 && packet[3] == 0 && packet[4] == kQueryCommand &&
         packet.compare(kHeaderBytes + 1, 6, "COMMIT") == 0;
}

}  // namespace

struct Gate::Session {
  int client = -1;
  int server = -1;
  // What is to happen with the server's answer to a COMMIT that was forwarded.
  std::atomic<CommitCut> answer{CommitCut::kNone};
  std::atomic<int> running{2};
  std::thread from_client;
  std::thread from_server;

  void Cut() const {
    shutdown(client, SHUT_RDWR);
    shutdown(server, SHUT_RDWR);
  }
  ~Session() {
    if (from_client.joinable()) from_client.join();
    if (from_server.joinable()) from_server.join();
    close(client);
    close(server);
  }
};

Gate::Gate(std::string upstream_socket) : upstream_socket_(std::move(upstream_socket)) {
  std::string pattern = "/tmp/thidua-gate-XXXXXX";
  if (mkdtemp(pattern.data()) == nullptr) std::abort();
  directory_ = pattern;
  socket_ = directory_ + "/socket";
  listener_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_un address = AddressOf(socket_);
  if (bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0 ||
      listen(listener_, 128) != 0)
    std::abort();
  acceptor_ = std::thread([this] { Accept(); });
}

Gate::~Gate() {
  stopping_ = true;
  shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  close(listener_);
  CutAll();
  {
    const std::lock_guard lock(mutex_);
    sessions_.clear();
  }
  unlink(socket_.c_str());
  rmdir(directory_.c_str());
}

void Gate::Accept() {
  while (!stopping_) {
    const int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) continue;
    const int server = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_un address = AddressOf(upstream_socket_);
    if (refusing_ ||
        connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
      close(client);
      close(server);
      continue;
    }
    ++sessions_seen_;
    auto session = std::make_unique<Session>();
    session->client = client;
    session->server = server;
    Session& served = *session;
    served.from_client = std::thread([this, &served] { ServeClient(served); });
    served.from_server = std::thread([this, &served] { ServeServer(served); });
    const std::lock_guard lock(mutex_);
    std::erase_if(sessions_, [](const auto& old) { return old->running == 0; });
    sessions_.push_back(std::move(session));
  }
}

bool Gate::AwaitPassage(const Session& session) const {
  if (const int64_t delay = delay_ms_; delay > 0) absl::SleepFor(absl::Milliseconds(delay));
  while (swallowing_ && !stopping_ && session.running == 2) absl::SleepFor(kLook);
  return !stopping_;
}

bool Gate::PassToServer(Session& session, const std::string& packet) {
  if (!IsCommit(packet)) return WriteAll(session.server, packet);
  ++commits_seen_;
  const CommitCut cut = next_cut_.exchange(CommitCut::kNone);
  if (cut == CommitCut::kBeforeForwarding) return false;
  session.answer = cut;
  return WriteAll(session.server, packet) && cut != CommitCut::kWhileInFlight;
}

void Gate::ServeClient(Session& session) {
  while (const std::optional<std::string> packet = ReadPacket(session.client)) {
    if (!AwaitPassage(session) || !PassToServer(session, *packet)) break;
  }
  --session.running;
  session.Cut();
}

void Gate::ServeServer(Session& session) {
  while (const std::optional<std::string> packet = ReadPacket(session.server)) {
    if (!AwaitPassage(session)) break;
    const CommitCut cut = session.answer.exchange(CommitCut::kNone);
    if (cut == CommitCut::kBeforeReply) break;
    if (!WriteAll(session.client, *packet) || cut == CommitCut::kAfterReply) break;
  }
  --session.running;
  session.Cut();
}

void Gate::CutAll() {
  const std::lock_guard lock(mutex_);
  for (const auto& session : sessions_) session->Cut();
}

void Gate::Refuse() {
  refusing_ = true;
  CutAll();
}

void Gate::Heal() {
  refusing_ = false;
  swallowing_ = false;
  delay_ms_ = 0;
}

}  // namespace thidua::testing
