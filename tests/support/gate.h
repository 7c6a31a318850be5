// A gate between a service and its database: a proxy of the MySQL protocol that fails on purpose.
// It reads the packets of plaintext sessions, so that it can cut a session exactly around a COMMIT.
// One thread accepts, two serve each session.
#ifndef THIDUA_TESTS_SUPPORT_GATE_H_
#define THIDUA_TESTS_SUPPORT_GATE_H_

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/time.h"

namespace thidua::testing {

// Where in the life of a COMMIT the session is cut.
enum class CommitCut {
  kNone,
  kBeforeForwarding,  // the server never sees it: rolled back
  kWhileInFlight,     // forwarded, and both sides closed at once: nobody knows
  kBeforeReply,       // the server has committed and said so; the client never hears it
  kAfterReply,        // the client has its answer; the session is dead for the next statement
};

class Gate {
 public:
  // Passes sessions from a new unix socket in a directory of its own to the server's unix socket.
  explicit Gate(std::string upstream_socket);
  ~Gate();
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;

  // To connect through it.
  const std::string& socket() const { return socket_; }

  // Cuts the next session that commits, once.
  void CutNextCommit(CommitCut cut) { next_cut_ = cut; }
  // True when the cut asked for last has been made.
  bool cut_done() const { return next_cut_ == CommitCut::kNone; }
  int commits_seen() const { return commits_seen_; }
  int sessions_seen() const { return sessions_seen_; }

  // New sessions are closed at once, open ones are cut.
  void Refuse();
  // Nothing passes either way, nothing is closed.
  void Swallow() { swallowing_ = true; }
  // Each packet waits this long.
  void Delay(absl::Duration delay) { delay_ms_ = absl::ToInt64Milliseconds(delay); }
  // Everything passes again; what was swallowed goes on.
  void Heal();

 private:
  struct Session;
  void Accept();
  void ServeClient(Session& session);
  void ServeServer(Session& session);
  // False when the session is over for this direction.
  bool PassToServer(Session& session, const std::string& packet);
  bool AwaitPassage(const Session& session) const;
  void CutAll();

  const std::string upstream_socket_;
  std::string directory_;
  std::string socket_;
  int listener_ = -1;
  std::atomic<bool> stopping_{false};
  std::atomic<bool> refusing_{false};
  std::atomic<bool> swallowing_{false};
  std::atomic<int64_t> delay_ms_{0};
  std::atomic<CommitCut> next_cut_{CommitCut::kNone};
  std::atomic<int> commits_seen_{0};
  std::atomic<int> sessions_seen_{0};
  std::mutex mutex_;
  std::vector<std::unique_ptr<Session>> sessions_;  // guarded by mutex_
  std::thread acceptor_;
};

}  // namespace thidua::testing

#endif  // THIDUA_TESTS_SUPPORT_GATE_H_
