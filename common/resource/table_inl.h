// The templates of table.h; included by it alone.
#ifndef THIDUA_COMMON_RESOURCE_TABLE_INL_H_
#define THIDUA_COMMON_RESOURCE_TABLE_INL_H_

#include "common/contract/etag.h"
#include "common/resource/table.h"

namespace thidua::resource {

template <class M>
Table<M>::Table(std::string table, std::vector<std::string> columns, Columns values,
                std::vector<OrderColumn> order)
    : AnyTable(std::move(table), std::move(columns), std::move(order)),
      values_(std::move(values)) {}

template <class M>
absl::StatusOr<M> Table<M>::Read(const Stored& stored, std::string_view name) {
  M resource;
  if (!resource.ParseFromString(stored.snapshot)) return Unreadable(name);
  resource.set_etag(contract::Etag(stored.version));
  return resource;
}

template <class M>
absl::StatusOr<M> Table<M>::Get(database::Connection& connection, std::string_view name) const {
  const absl::StatusOr<std::optional<Stored>> stored = Find(connection, name);
  if (!stored.ok()) return stored.status();
  if (!stored->has_value()) return Missing(name);
  return Read(**stored, name);
}

template <class M>
absl::StatusOr<M> Table<M>::GetAt(database::Transaction& transaction, std::string_view name,
                                  std::string_view etag) const {
  const absl::StatusOr<int64_t> version = contract::VersionOf(etag);
  if (!version.ok()) return version.status();
  const absl::StatusOr<std::optional<Stored>> stored = Find(transaction.connection(), name);
  if (!stored.ok()) return stored.status();
  if (!stored->has_value()) return Missing(name);
  if ((*stored)->version != *version) return Refused(transaction, name);
  return Read(**stored, name);
}

template <class M>
absl::StatusOr<typename Table<M>::Page> Table<M>::List(database::Connection& connection,
                                                       const Where& where,
                                                       const contract::Parameters& after,
                                                       int limit) const {
  // One row more than asked for tells whether there is a next page.
  absl::StatusOr<std::vector<Stored>> rows = AnyTable::List(connection, where, after, limit + 1);
  if (!rows.ok()) return rows.status();
  Page page;
  if (rows->size() > static_cast<size_t>(limit)) {
    rows->pop_back();
    page.next = rows->back().position;
  }
  page.resources.reserve(rows->size());
  for (const Stored& row : *rows) {
    absl::StatusOr<M> resource = Read(row, std::get<std::string>(row.position.back()));
    if (!resource.ok()) return resource.status();
    page.resources.push_back(*std::move(resource));
  }
  return page;
}

template <class M>
absl::StatusOr<M> Table<M>::Create(database::Transaction& transaction, const journal::Act& act,
                                   M resource, const Why& why) const {
  resource.clear_etag();
  *resource.mutable_create_time() = TimeOf(transaction);
  *resource.mutable_update_time() = resource.create_time();
  const absl::Status inserted =
      Insert(transaction, act, resource, resource.name(), values_(resource), why);
  if (!inserted.ok()) return inserted;
  resource.set_etag(contract::Etag(1));
  return resource;
}

template <class M>
absl::StatusOr<M> Table<M>::Update(database::Transaction& transaction, const journal::Act& act,
                                   M resource, std::string_view etag, const Why& why) const {
  const absl::StatusOr<int64_t> version = contract::VersionOf(etag);
  if (!version.ok()) return version.status();
  if (!resource.has_create_time()) {
    return absl::InternalError(resource.name() + " is updated without the time of its creation");
  }
  resource.clear_etag();
  *resource.mutable_update_time() = TimeOf(transaction);
  const absl::Status replaced =
      Replace(transaction, act, resource, resource.name(), *version, values_(resource), why);
  if (!replaced.ok()) return replaced;
  resource.set_etag(contract::Etag(*version + 1));
  return resource;
}

}  // namespace thidua::resource

#endif  // THIDUA_COMMON_RESOURCE_TABLE_INL_H_
