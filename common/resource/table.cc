#include "common/resource/table.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/contract/etag.h"
#include "common/contract/refusal.h"
#include "common/database/failure.h"
#include "common/journal/writer.h"
#include "common/runtime/dates.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"

namespace thidua::resource {
namespace {

using database::Value;

std::string JoinNames(const std::vector<OrderColumn>& order) {
  return absl::StrJoin(order, ", ", [](std::string* out, const OrderColumn& column) {
    absl::StrAppend(out, column.name);
  });
}

std::string InsertText(const std::string& table, const std::vector<std::string>& columns) {
  std::string names, marks;
  for (const std::string& column : columns) {
    absl::StrAppend(&names, ", ", column);
    absl::StrAppend(&marks, ", ?");
  }
  return absl::StrCat("INSERT INTO ", table,
                      " (name, version, touched, snapshot, updated_by, updated_at", names,
                      ") VALUES (?, 1, 0, ?, ?, ?", marks, ")");
}

std::string ReplaceText(const std::string& table, const std::vector<std::string>& columns) {
  std::string sets;
  for (const std::string& column : columns) absl::StrAppend(&sets, ", ", column, " = ?");
  return absl::StrCat("UPDATE ", table,
                      " SET version = version + 1, snapshot = ?, updated_by = ?, updated_at = ?",
                      sets, " WHERE name = ? AND version = ?");
}

// The same resource always gives the same bytes, maps included.
std::string Snapshot(const google::protobuf::Message& resource) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    resource.SerializeToCodedStream(&coded);
  }
  return bytes;
}

const std::string& Author(const journal::Act& act) {
  return act.acting_for.empty() ? act.actor : act.acting_for;
}

journal::Change MakeChange(const google::protobuf::Message& resource, std::string_view name,
                           int64_t version, std::string snapshot, const Why& why) {
  journal::Change change;
  change.resource = std::string(name);
  change.resource_type = resource.GetDescriptor()->full_name();
  change.version = version;
  change.change_kind = why.change_kind;
  change.snapshot = std::move(snapshot);
  change.reason = why.reason;
  return change;
}

AnyTable::Stored ReadStored(const database::Row& row, const std::vector<OrderColumn>& order) {
  AnyTable::Stored stored{row.Int(0), row.Text(1), {}};
  stored.position.reserve(order.size());
  for (size_t i = 0; i < order.size(); ++i) {
    if (order[i].is_integer) {
      stored.position.emplace_back(row.Int(2 + i));
    } else {
      stored.position.emplace_back(row.Text(2 + i));
    }
  }
  return stored;
}

absl::StatusOr<std::vector<Value>> PositionValues(const std::vector<OrderColumn>& order,
                                                  const contract::Parameters& after) {
  std::vector<Value> values;
  for (size_t i = 0; i < after.size() && i < order.size(); ++i) {
    if (std::holds_alternative<int64_t>(after[i]) != order[i].is_integer) break;
    std::visit([&](const auto& value) { values.emplace_back(value); }, after[i]);
  }
  if (after.size() != order.size() || values.size() != order.size()) {
    return absl::InvalidArgumentError("not a position of this list");
  }
  return values;
}

// "(a, b, c) > (?, ?, ?)" written out, since no engine uses an index for the short form; `a >= ?`
// in front is what the range scan starts at.
void AppendAfter(const std::vector<OrderColumn>& order, const std::vector<Value>& position,
                 std::string& sql, std::vector<Value>& parameters) {
  if (order.size() > 1) {
    absl::StrAppend(&sql, " AND ", order[0].name, " >= ?");
    parameters.push_back(position[0]);
  }
  absl::StrAppend(&sql, " AND ");
  for (size_t i = 0; i + 1 < order.size(); ++i) {
    absl::StrAppend(&sql, "(", order[i].name, " > ? OR (", order[i].name, " = ? AND ");
    parameters.push_back(position[i]);
    parameters.push_back(position[i]);
  }
  absl::StrAppend(&sql, order.back().name, " > ?", std::string(2 * (order.size() - 1), ')'));
  parameters.push_back(position.back());
}

}  // namespace

AnyTable::AnyTable(std::string table, std::vector<std::string> columns,
                   std::vector<OrderColumn> order)
    : order_(std::move(order)), order_by_(JoinNames(order_)) {
  find_ = absl::StrCat("SELECT version, snapshot FROM ", table, " WHERE name = ?");
  list_ = absl::StrCat("SELECT version, snapshot, ", order_by_, " FROM ", table, " WHERE ");
  insert_ = InsertText(table, columns);
  replace_ = ReplaceText(table, columns);
  touch_ = absl::StrCat("UPDATE ", table, " SET touched = touched + 1 WHERE name = ?");
  look_ = absl::StrCat("SELECT version, updated_by, updated_at FROM ", table, " WHERE name = ?");
}

absl::StatusOr<std::optional<AnyTable::Stored>> AnyTable::Find(database::Connection& connection,
                                                               std::string_view name) const {
  const absl::StatusOr<database::Rows> rows = connection.Query(find_, {std::string(name)});
  if (!rows.ok()) return rows.status();
  if (rows->empty()) return std::nullopt;
  return Stored{rows->front().Int(0), rows->front().Text(1), {}};
}

absl::StatusOr<std::vector<AnyTable::Stored>> AnyTable::List(database::Connection& connection,
                                                             const Where& where,
                                                             const contract::Parameters& after,
                                                             int limit) const {
  std::string sql = absl::StrCat(list_, "(", where.sql.empty() ? "1 = 1" : where.sql, ")");
  std::vector<Value> parameters = where.parameters;
  if (!after.empty()) {
    const absl::StatusOr<std::vector<Value>> position = PositionValues(order_, after);
    if (!position.ok()) return position.status();
    AppendAfter(order_, *position, sql, parameters);
  }
  absl::StrAppend(&sql, " ORDER BY ", order_by_, " LIMIT ?");
  parameters.emplace_back(int64_t{limit});
  const absl::StatusOr<database::Rows> rows = connection.Query(sql, parameters);
  if (!rows.ok()) return rows.status();
  std::vector<Stored> stored;
  stored.reserve(rows->size());
  for (const database::Row& row : *rows) stored.push_back(ReadStored(row, order_));
  return stored;
}

absl::Status AnyTable::Touch(database::Transaction& transaction, std::string_view name) const {
  const absl::StatusOr<int64_t> touched = transaction.Execute(touch_, {std::string(name)});
  if (!touched.ok()) return touched.status();
  return *touched == 1 ? absl::OkStatus() : Missing(name);
}

absl::Status AnyTable::Insert(database::Transaction& transaction, const journal::Act& act,
                              const google::protobuf::Message& resource, std::string_view name,
                              const std::vector<Value>& values, const Why& why) const {
  std::string snapshot = Snapshot(resource);
  std::vector<Value> parameters = {std::string(name), snapshot, Author(act),
                                   runtime::ToMicros(transaction.now())};
  parameters.insert(parameters.end(), values.begin(), values.end());
  const absl::StatusOr<int64_t> inserted = transaction.Execute(insert_, parameters);
  if (database::IsDuplicateKey(inserted.status())) {
    return contract::Refuse(contract::Reason::REASON_ALREADY_EXISTS,
                            {{"resource", std::string(name)}});
  }
  if (!inserted.ok()) return inserted.status();
  return journal::Append(transaction, act, MakeChange(resource, name, 1, std::move(snapshot), why))
      .status();
}

absl::Status AnyTable::Replace(database::Transaction& transaction, const journal::Act& act,
                               const google::protobuf::Message& resource, std::string_view name,
                               int64_t expected_version, const std::vector<Value>& values,
                               const Why& why) const {
  std::string snapshot = Snapshot(resource);
  std::vector<Value> parameters = {snapshot, Author(act), runtime::ToMicros(transaction.now())};
  parameters.insert(parameters.end(), values.begin(), values.end());
  parameters.emplace_back(std::string(name));
  parameters.emplace_back(expected_version);
  const absl::StatusOr<int64_t> replaced = transaction.Execute(replace_, parameters);
  if (!replaced.ok()) return replaced.status();
  if (*replaced != 1) return Refused(transaction, name);
  return journal::Append(transaction, act,
                         MakeChange(resource, name, expected_version + 1, std::move(snapshot), why))
      .status();
}

absl::Status AnyTable::Refused(database::Transaction& transaction, std::string_view name) const {
  const absl::StatusOr<database::Rows> rows = transaction.Query(look_, {std::string(name)});
  if (!rows.ok()) return rows.status();
  if (rows->empty()) return Missing(name);
  const database::Row& current = rows->front();
  return contract::Refuse(
      contract::Reason::REASON_STALE_ETAG,
      {{"resource", std::string(name)},
       {"author", current.Text(1)},
       {"time", absl::FormatTime(absl::RFC3339_sec, runtime::FromMicros(current.Int(2)),
                                 absl::UTCTimeZone())},
       {"etag", contract::Etag(current.Int(0))}});
}

google::protobuf::Timestamp AnyTable::TimeOf(const database::Transaction& transaction) {
  return runtime::TimeToProto(runtime::FromMicros(runtime::ToMicros(transaction.now())));
}

absl::Status AnyTable::Missing(std::string_view name) {
  return contract::Refuse(contract::Reason::REASON_NOT_FOUND, {{"resource", std::string(name)}});
}

absl::Status AnyTable::Unreadable(std::string_view name) {
  return absl::DataLossError(
      absl::StrCat("the snapshot of ", std::string(name), " cannot be read"));
}

}  // namespace thidua::resource
