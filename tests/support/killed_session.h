// What happens to a transaction whose session is killed from outside.
#ifndef THIDUA_TESTS_SUPPORT_KILLED_SESSION_H_
#define THIDUA_TESTS_SUPPORT_KILLED_SESSION_H_

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/database/transaction.h"
#include "tests/support/private_database.h"

namespace thidua::testing {

// The files, and one more with a table `counter` that holds the row (1, 0).
inline std::vector<database::MigrationFile> WithCounter(
    std::vector<database::MigrationFile> files) {
  files.push_back(MakeMigration("9901_counter.sql",
                                "-- min_compatible: 9901\n"
                                "CREATE TABLE counter (id BIGINT NOT NULL, value BIGINT NOT NULL, "
                                "PRIMARY KEY (id)) ENGINE=InnoDB;\n"
                                "INSERT INTO counter (id, value) VALUES (1, 0);\n"));
  return files;
}

// Returns when the shared server has forgotten the session.
inline void KillSessionOf(database::Transaction& transaction) {
  const int64_t id = transaction.Query("SELECT CONNECTION_ID()")->front().Int(0);
  const database::Account root = PrivateDatabase::Shared().NodeOf(transaction.connection()).root();
  PrivateDatabase::Shared().Administer(absl::StrCat("KILL ", id), root);
  database::Pool administrator(root, 1);
  while ((*administrator.Borrow({}))
             ->Query("SELECT COUNT(*) FROM information_schema.processlist WHERE id = ?", {id})
             ->front()
             .Int(0) > 0) {
    absl::SleepFor(absl::Milliseconds(2));
  }
}

struct KilledCommit {
  absl::Status status;  // what the caller was told
  bool stored = false;  // what the database has
};

// Increments the counter and has the session killed when only COMMIT is left to do.
inline KilledCommit CommitOnKilledSession(database::Pool& pool) {
  KilledCommit killed;
  killed.status = database::Transaction::RunUnledgered(
      pool, {}, [](database::Transaction& transaction) -> absl::Status {
        const auto rows = transaction.Execute("UPDATE counter SET value = value + 1 WHERE id = 1");
        if (rows.ok()) KillSessionOf(transaction);
        return rows.status();
      });
  database::Pool witness(pool.account(), 1);
  killed.stored =
      (*witness.Borrow({}))->Query("SELECT value FROM counter WHERE id = 1")->front().Int(0) == 1;
  return killed;
}

}  // namespace thidua::testing

#endif  // THIDUA_TESTS_SUPPORT_KILLED_SESSION_H_
