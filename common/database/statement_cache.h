// Keeps the statements a session has prepared, dropping the one unused for longest.
#ifndef THIDUA_COMMON_DATABASE_STATEMENT_CACHE_H_
#define THIDUA_COMMON_DATABASE_STATEMENT_CACHE_H_

#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace thidua::database {

// Preparing costs a round trip and server memory, so a session keeps `capacity` statements. Not
// thread-safe.
template <typename Statement>
class StatementCache {
 public:
  explicit StatementCache(size_t capacity) : capacity_(capacity) {}

  // Null when it has to be prepared. Valid until the next Put or Forget.
  Statement* Find(std::string_view sql) {
    const auto found = by_text_.find(sql);
    if (found == by_text_.end()) return nullptr;
    by_use_.splice(by_use_.begin(), by_use_, found->second);
    return found->second->second.get();
  }

  Statement* Put(std::string_view sql, std::unique_ptr<Statement> statement) {
    Forget(sql);
    if (by_use_.size() >= capacity_) {
      by_text_.erase(by_use_.back().first);
      by_use_.pop_back();
    }
    by_use_.emplace_front(std::string(sql), std::move(statement));
    by_text_.emplace(by_use_.front().first, by_use_.begin());
    return by_use_.front().second.get();
  }

  void Forget(std::string_view sql) {
    const auto found = by_text_.find(sql);
    if (found == by_text_.end()) return;
    const auto entry = found->second;
    by_text_.erase(found);
    by_use_.erase(entry);
  }

  size_t size() const { return by_use_.size(); }

 private:
  using Entry = std::pair<const std::string, std::unique_ptr<Statement>>;
  const size_t capacity_;
  std::list<Entry> by_use_;  // the latest used first
  std::unordered_map<std::string_view, typename std::list<Entry>::iterator>
      by_text_;  // keys live in by_use_
};

}  // namespace thidua::database

#endif  // THIDUA_COMMON_DATABASE_STATEMENT_CACHE_H_
