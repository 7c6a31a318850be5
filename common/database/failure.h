// What a database error means: one table from the server's and the driver's error numbers to
// statuses, and the questions that the pool and the transaction ask about them. Pure. Sources:
// anchors of the engines' manuals named beside each number in failure.cc.
#ifndef THIDUA_COMMON_DATABASE_FAILURE_H_
#define THIDUA_COMMON_DATABASE_FAILURE_H_

#include "absl/status/status.h"

namespace thidua::database {

// A refusal (contract::Refuse) that carries `error_number`; 0 stands for an exception without a
// number. The text of the error is no part of it: what the server says may hold data, and belongs
// into the log at most.
absl::Status FailureFromErrno(int error_number);

// The number carried by a failure of this room, 0 for any other status.
int ErrnoOf(const absl::Status& status);

// The whole transaction may be run again from the start: it met a concurrent one and was rolled
// back (1213, 1205, 1020, 3101, 8002, 8005, 9007).
bool Retryable(const absl::Status& status);

// The session is gone and, with it, what it had not committed.
bool ConnectionLost(const absl::Status& status);

// The server does not know the user by this password (1045).
bool LoginDenied(const absl::Status& status);

// A unique key forbids the row (1062).
bool IsDuplicateKey(const absl::Status& status);

// The session must not be used again after this error: the client's own (2000–2999, MariaDB's
// 5000–5999), a server that closes, refuses writes or has killed the session, and anything unknown
// (0).
bool BreaksConnection(int error_number);

// The server's text for this error quotes values of the statement, which may be personal data.
bool MessageMayQuoteValues(int error_number);

}  // namespace thidua::database

#endif  // THIDUA_COMMON_DATABASE_FAILURE_H_
