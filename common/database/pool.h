// A bounded pool of connections as one database user.
#ifndef THIDUA_COMMON_DATABASE_POOL_H_
#define THIDUA_COMMON_DATABASE_POOL_H_

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "common/database/database.h"
#include "common/telemetry/instruments.h"

namespace thidua::database {

// A database server on the network.
struct Server {
  std::string host;
  int port = 3306;
};

// Where and as whom to connect. Exactly one of unix_socket and servers is set. Over the network the
// connection is TLS 1.2 or later, and the server's certificate must come from tls_ca_file and bear
// the name of its host. A password_file (runtime/secret_file.h) is read for each new connection and
// holds one password a line, the first of which that the server takes is used; so a password is
// renewed without a moment at which the service knows only one that is not good.
struct Account {
  std::string unix_socket;
  std::vector<Server> servers;  // of the same data, in order of preference
  std::string schema;
  std::string user;
  std::string password;  // only without a password_file
  std::string password_file;
  std::string tls_ca_file;
};

// What bounds the work on a borrowed connection.
struct Bounds {
  absl::Time deadline = absl::InfiniteFuture();
  // Set by the caller's cancellation; may be null. Must outlive the work.
  const std::atomic<bool>* cancelled = nullptr;
};

// Thread-safe. Connections live for 10 min ± 20 % and are never reconnected under the caller's
// feet: a broken one is discarded, and with it all to the same server that idle. At most 5 connect
// at the same time.
//
// Of several servers the first is used as long as it takes writes: one writer saves the conflicts
// of several. One that does not (away, read-only, a Galera node outside the primary component) or
// that let a statement wait for longer than the statement timeout is passed over. A thread of the
// pool's own tries it again every 5 s, since one that hangs takes its time to fail and no caller
// should wait for that. Connections to any other than the first live for 30 s ± 20 % only, so that
// all come back to it soon after it does.
class Pool {
 public:
  // Returns the connection to its pool when destroyed; a broken connection is discarded. Must not
  // outlive the pool.
  class Borrowed {
   public:
    Borrowed(Borrowed&&) noexcept;
    Borrowed& operator=(Borrowed&&) noexcept;
    ~Borrowed();
    Connection& operator*() const { return *connection_; }
    Connection* operator->() const { return connection_.get(); }

   private:
    friend class Pool;
    Borrowed(Pool* pool, std::unique_ptr<Connection> connection, absl::Time expires);
    void GiveBack();
    Pool* pool_;
    std::unique_ptr<Connection> connection_;
    absl::Time expires_;
  };

  // Does not connect; the first Borrow does. size: most connections at once, at least 1.
  // statement_timeout: longest time one statement may run where the deadline would allow more; a
  // server that says nothing for 2 s longer is given up.
  // metrics: where it counts what it does; its default counts nothing.
  Pool(Account account, int size, absl::Duration statement_timeout = absl::Seconds(30),
       const telemetry::DatabaseMetrics& metrics = {});
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  // Waits for a free connection at most min(250 ms, time left), and for a new one at most 2 s more
  // on each server that it tries.
  // UNAVAILABLE when the database cannot be reached, RESOURCE_EXHAUSTED when all are in use,
  // DEADLINE_EXCEEDED and CANCELLED when the bounds are reached.
  absl::StatusOr<Borrowed> Borrow(const Bounds& bounds);

  // Whether the database would take a write; cheap, for health.
  absl::Status Ping(absl::Time deadline);

  int size() const;
  const Account& account() const;
  const telemetry::DatabaseMetrics& metrics() const;

 private:
  struct State;
  void TakeBack(std::unique_ptr<Connection> connection, absl::Time expires);
  absl::StatusOr<std::unique_ptr<Connection>> Open(size_t server, absl::Duration timeout) const;
  absl::StatusOr<Borrowed> Connect(const Bounds& bounds, absl::Time give_up);
  absl::StatusOr<Borrowed> ConnectToOne(const Bounds& bounds);
  std::vector<size_t> ServersToTry() const;
  void Scout();
  void NoteServer(size_t server, bool serves);
  void NoteBroken(const Connection& connection);

  std::unique_ptr<State> state_;
};

}  // namespace thidua::database

#endif  // THIDUA_COMMON_DATABASE_POOL_H_
