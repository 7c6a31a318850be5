// How a resource is stored: one table each; name, version and snapshot, plus the columns its
// queries need. Every write is a compare-and-swap on the version and is journalled in the same
// transaction; there is no way to write around the journal.
//
// Expected columns of every resource table:
//   name VARBINARY(255) PRIMARY KEY, version BIGINT, snapshot MEDIUMBLOB, updated_by VARBINARY(512)
//   or wider, updated_at BIGINT (µs), touched BIGINT (see Touch), then the room's own columns.
//
// The snapshot is the resource as its readers get it, without the etag, which is made from the
// version on reading. The event of a write carries the same bytes.
#ifndef THIDUA_COMMON_RESOURCE_TABLE_H_
#define THIDUA_COMMON_RESOURCE_TABLE_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/contract/parameter.h"
#include "common/database/transaction.h"
#include "common/journal/act.h"
#include "google/protobuf/message.h"
#include "google/protobuf/timestamp.pb.h"

namespace thidua::resource {

// A condition of a query with its bound parameters, for example {"school = ? AND valid_from < ?",
// {...}}. Empty: no condition.
struct Where {
  std::string sql;
  std::vector<database::Value> parameters;
};

// What a person says about a change.
struct Why {
  std::string change_kind;  // CREATED, UPDATED, SUBMITTED …
  std::string reason;       // empty when none is asked for
};

// A column that orders a List, ascending and NOT NULL. Bytes unless said otherwise: the database
// would compare a number with a text by way of a DOUBLE, so a position is read and bound as what
// its column is.
struct OrderColumn {
  OrderColumn(const char* column) : name(column) {}  // NOLINT(google-explicit-constructor)
  OrderColumn(std::string column)
      : name(std::move(column)) {}  // NOLINT(google-explicit-constructor)
  static OrderColumn Integer(std::string column) {
    OrderColumn order(std::move(column));
    order.is_integer = true;
    return order;
  }

  std::string name;
  bool is_integer = false;
};

// The part that knows no message type.
class AnyTable {
 public:
  // table and columns are SQL identifiers of our own migrations. order: the columns that give a
  // List its total order, the last being `name`.
  AnyTable(std::string table, std::vector<std::string> columns,
           std::vector<OrderColumn> order = {"name"});

  struct Stored {
    int64_t version;
    std::string snapshot;
    contract::Parameters position;  // values of the order columns, for page tokens; only in lists
  };

  absl::StatusOr<std::optional<Stored>> Find(database::Connection& connection,
                                             std::string_view name) const;
  // At most `limit` rows after `after` (a Stored::position; empty starts at the beginning). Exact
  // under concurrent inserts: no row that was there is left out or returned twice. INVALID_ARGUMENT
  // for an `after` that is no position of this table.
  absl::StatusOr<std::vector<Stored>> List(database::Connection& connection, const Where& where,
                                           const contract::Parameters& after, int limit) const;
  // Serialises this transaction with every other that touches or writes the row; REASON_NOT_FOUND
  // when there is none. Use it on a parent before reading children whose absence matters (anchors
  // §3.2: a share lock is not enough on Galera).
  absl::Status Touch(database::Transaction& transaction, std::string_view name) const;

 protected:
  // One row, version 1, and its event. REASON_ALREADY_EXISTS when the name (or another unique
  // column) is taken.
  absl::Status Insert(database::Transaction& transaction, const journal::Act& act,
                      const google::protobuf::Message& resource, std::string_view name,
                      const std::vector<database::Value>& values, const Why& why) const;
  // Version expected_version + 1 and its event. REASON_STALE_ETAG or REASON_NOT_FOUND.
  absl::Status Replace(database::Transaction& transaction, const journal::Act& act,
                       const google::protobuf::Message& resource, std::string_view name,
                       int64_t expected_version, const std::vector<database::Value>& values,
                       const Why& why) const;

  // The instant that a write of this transaction records.
  static google::protobuf::Timestamp TimeOf(const database::Transaction& transaction);
  static absl::Status Missing(std::string_view name);
  static absl::Status Unreadable(std::string_view name);
  // Why a compare-and-swap found no row.
  absl::Status Refused(database::Transaction& transaction, std::string_view name) const;

 private:
  // Prepared texts: a statement's text is the key under which a connection caches it.
  std::string find_;
  std::string list_;  // up to and including "FROM table WHERE "
  std::string insert_;
  std::string replace_;
  std::string touch_;
  std::string look_;
  std::vector<OrderColumn> order_;
  std::string order_by_;
};

// The typed table. M has the string fields name and etag and the Timestamp fields create_time and
// update_time.
template <class M>
class Table : public AnyTable {
 public:
  // values: the room's own columns of a resource, in the order of `columns`.
  using Columns = std::function<std::vector<database::Value>(const M&)>;
  Table(std::string table, std::vector<std::string> columns, Columns values,
        std::vector<OrderColumn> order = {"name"});

  struct Page {
    std::vector<M> resources;
    contract::Parameters next;  // position for the next page; empty at the end
  };

  // REASON_NOT_FOUND when there is none. Etag and times are filled in.
  absl::StatusOr<M> Get(database::Connection& connection, std::string_view name) const;
  absl::StatusOr<Page> List(database::Connection& connection, const Where& where,
                            const contract::Parameters& after, int limit) const;
  // Get for a change: refused as Update would refuse it unless `etag` is the current one, so that
  // nobody is told about a state that they have not seen.
  absl::StatusOr<M> GetAt(database::Transaction& transaction, std::string_view name,
                          std::string_view etag) const;
  // Version 1; sets etag, create_time and update_time. REASON_ALREADY_EXISTS when the name is
  // taken. Returns the resource as stored.
  absl::StatusOr<M> Create(database::Transaction& transaction, const journal::Act& act, M resource,
                           const Why& why) const;
  // `resource` is what Get returned, changed, so that its create_time is the one it was created
  // with (INTERNAL without one). Version + 1 when `etag` is the current one; REASON_STALE_ETAG with
  // etag, author and time of the current version otherwise, REASON_NOT_FOUND when there is none,
  // REASON_INVALID_REQUEST when `etag` is no etag. Returns the resource as stored.
  absl::StatusOr<M> Update(database::Transaction& transaction, const journal::Act& act, M resource,
                           std::string_view etag, const Why& why) const;

 private:
  static absl::StatusOr<M> Read(const Stored& stored, std::string_view name);

  Columns values_;
};

}  // namespace thidua::resource

#include "common/resource/table_inl.h"

#endif  // THIDUA_COMMON_RESOURCE_TABLE_H_
