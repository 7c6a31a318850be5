#include "common/database/failure.h"

#include <algorithm>
#include <array>
#include <string>

#include "absl/strings/cord.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/contract/refusal.h"

namespace thidua::database {
namespace {

namespace access = ::thidua::access::v1;
using contract::Refuse;

constexpr char kErrnoPayload[] = "thidua.internal/database_errno";

// MySQL and MariaDB server errors, by their names in the manuals.
enum ServerError : int {
  kTooManyConnections = 1040,  // ER_CON_COUNT_ERROR
  kSchemaDenied = 1044,        // ER_DBACCESS_DENIED_ERROR
  kLoginDenied = 1045,         // ER_ACCESS_DENIED_ERROR
  kGaleraNotReady = 1047,      // ER_UNKNOWN_COM_ERROR: a Galera node outside the primary component
  kSchemaUnknown = 1049,       // ER_BAD_DB_ERROR
  kServerShutdown = 1053,      // ER_SERVER_SHUTDOWN
  kDuplicateKey = 1062,        // ER_DUP_ENTRY
  kNewAbortingConnection = 1184,     // ER_NEW_ABORTING_CONNECTION
  kPacketTooLarge = 1153,            // ER_NET_PACKET_TOO_LARGE; the server closes after it
  kNetFirst = 1158,                  // ER_NET_READ_ERROR
  kNetLast = 1161,                   // ER_NET_WRITE_INTERRUPTED
  kUserConnectionLimit = 1203,       // ER_TOO_MANY_USER_CONNECTIONS
  kRecordChanged = 1020,             // ER_CHECKREAD, with innodb_snapshot_isolation
  kLockWaitTimeout = 1205,           // ER_LOCK_WAIT_TIMEOUT
  kDeadlock = 1213,                  // ER_LOCK_DEADLOCK; a Galera conflict too
  kResourceLimit = 1226,             // ER_USER_LIMIT_REACHED
  kReadOnlyOption = 1290,            // ER_OPTION_PREVENTS_STATEMENT: --read-only, after a failover
  kTruncatedValue = 1292,            // ER_TRUNCATED_WRONG_VALUE
  kInterrupted = 1317,               // ER_QUERY_INTERRUPTED
  kWrongValueForField = 1366,        // ER_TRUNCATED_WRONG_VALUE_FOR_FIELD
  kWrongValueForType = 1411,         // ER_WRONG_VALUE_FOR_TYPE
  kReferenced = 1451,                // ER_ROW_IS_REFERENCED_2
  kReferenceMissing = 1452,          // ER_NO_REFERENCED_ROW_2
  kLoginDeniedNoPassword = 1698,     // ER_ACCESS_DENIED_NO_PASSWORD_ERROR
  kReadOnlyMode = 1836,              // ER_READ_ONLY_MODE
  kConnectionKilled = 1927,          // ER_CONNECTION_KILLED (MariaDB)
  kStatementTimeout = 1969,          // ER_STATEMENT_TIMEOUT (MariaDB)
  kMaximumExecutionTime = 3024,      // ER_QUERY_TIMEOUT (MySQL)
  kGroupReplicationRollback = 3101,  // ER_TRANSACTION_ROLLBACK_DURING_COMMIT
  kSessionKilled = 3169,             // ER_SESSION_WAS_KILLED (MySQL)
  kIdleTimeout = 4031,               // ER_CLIENT_INTERACTION_TIMEOUT (MySQL)
  kTidbWriteConflictForUpdate = 8002,
  kTidbTransactionRolledBack = 8005,
  kTidbWriteConflict = 9007,
};

bool IsClientError(int number) {
  return (number >= 2000 && number <= 2999) || (number >= 5000 && number <= 5999);
}

bool IsConflict(int number) {
  constexpr std::array kConflicts = {kDeadlock,
                                     kLockWaitTimeout,
                                     kRecordChanged,
                                     kGroupReplicationRollback,
                                     kTidbWriteConflictForUpdate,
                                     kTidbTransactionRolledBack,
                                     kTidbWriteConflict};
  return std::find(kConflicts.begin(), kConflicts.end(), number) != kConflicts.end();
}

// The server has ended the session, or is about to.
bool EndsSession(int number) {
  constexpr std::array kEndings = {kServerShutdown,   kNewAbortingConnection, kPacketTooLarge,
                                   kConnectionKilled, kSessionKilled,         kIdleTimeout};
  return (number >= kNetFirst && number <= kNetLast) ||
         std::find(kEndings.begin(), kEndings.end(), number) != kEndings.end();
}

// The session lives, but on a server that cannot serve us now; another one may.
bool RefusesService(int number) {
  constexpr std::array kRefusals = {
      kTooManyConnections,  kSchemaDenied,  kLoginDenied,    kGaleraNotReady,        kSchemaUnknown,
      kUserConnectionLimit, kResourceLimit, kReadOnlyOption, kLoginDeniedNoPassword, kReadOnlyMode};
  return std::find(kRefusals.begin(), kRefusals.end(), number) != kRefusals.end();
}

absl::Status Classify(int number) {
  // A packet too large comes of what we sent; it would not fit the next time either.
  if (number == kPacketTooLarge) return Refuse(access::REASON_INTERNAL);
  if (IsClientError(number) || EndsSession(number) || RefusesService(number) ||
      number == kInterrupted) {
    return Refuse(access::REASON_DATABASE_UNAVAILABLE);
  }
  if (IsConflict(number)) return Refuse(access::REASON_CONTENTION, {{"attempts", "1"}});
  switch (number) {
    case kDuplicateKey:
      return Refuse(access::REASON_ALREADY_EXISTS, {{"resource", "resource"}});
    case kStatementTimeout:
    case kMaximumExecutionTime:
      return Refuse(access::REASON_DEADLINE_EXCEEDED,
                    {{"why", "the database did not finish in time"},
                     {"why_vi", "cơ sở dữ liệu không làm xong kịp"}});
    case kReferenceMissing:
      return Refuse(access::REASON_RULE_VIOLATED,
                    {{"resource", "resource"},
                     {"why", "it refers to something that does not exist"},
                     {"why_vi", "tham chiếu tới đối tượng không tồn tại"}});
    case kReferenced:
      return Refuse(access::REASON_RULE_VIOLATED,
                    {{"resource", "resource"},
                     {"why", "something else still refers to it"},
                     {"why_vi", "đang được đối tượng khác tham chiếu"}});
    default:
      return Refuse(access::REASON_INTERNAL);
  }
}

}  // namespace

absl::Status FailureFromErrno(int error_number) {
  absl::Status status = Classify(error_number);
  status.SetPayload(kErrnoPayload, absl::Cord(absl::StrCat(error_number)));
  return status;
}

int ErrnoOf(const absl::Status& status) {
  const auto payload = status.GetPayload(kErrnoPayload);
  if (!payload.has_value()) return 0;
  const std::string digits(*payload);
  int number = 0;
  return absl::SimpleAtoi(digits, &number) ? number : 0;
}

bool Retryable(const absl::Status& status) { return IsConflict(ErrnoOf(status)); }

bool ConnectionLost(const absl::Status& status) {
  const int number = ErrnoOf(status);
  return IsClientError(number) || EndsSession(number);
}

bool LoginDenied(const absl::Status& status) { return ErrnoOf(status) == kLoginDenied; }

bool IsDuplicateKey(const absl::Status& status) { return ErrnoOf(status) == kDuplicateKey; }

bool BreaksConnection(int error_number) {
  return error_number <= 0 || IsClientError(error_number) || EndsSession(error_number) ||
         RefusesService(error_number);
}

bool MessageMayQuoteValues(int error_number) {
  constexpr std::array kQuoting = {kDuplicateKey, kTruncatedValue, kWrongValueForField,
                                   kWrongValueForType};
  return std::find(kQuoting.begin(), kQuoting.end(), error_number) != kQuoting.end();
}

}  // namespace thidua::database
