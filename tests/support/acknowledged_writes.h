// What services acknowledged, and whether it is there: each request id with exactly one event, and
// that event with what the caller was answered.
#ifndef THIDUA_TESTS_SUPPORT_ACKNOWLEDGED_WRITES_H_
#define THIDUA_TESTS_SUPPORT_ACKNOWLEDGED_WRITES_H_

#include <gtest/gtest.h>

#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/contract/etag.h"
#include "common/database/pool.h"
#include "tests/support/suite.h"

namespace thidua::testing {

// Thread-safe while it is filled.
class AcknowledgedWrites {
 public:
  // The service answered the request with this resource.
  template <class Resource>
  void Add(Service service, const std::string& request_id, Resource answer) {
    Write write{service, request_id, answer.name(), answer.etag(), ""};
    answer.clear_etag();  // the journal keeps the version beside the snapshot
    write.snapshot = answer.SerializeAsString();
    const std::lock_guard lock(mutex_);
    writes_.push_back(std::move(write));
  }

  int64_t size() const {
    const std::lock_guard lock(mutex_);
    return static_cast<int64_t>(writes_.size());
  }

  // Compares with the event tables, below all the services' own code. Fails the test for each
  // write that is missing, doubled or different, and for each version that nobody was told of.
  void ExpectEachOnce(Suite& suite) const {
    for (const Service service : kAllServices) ExpectEachOnce(suite, service);
  }

  // The first `count` are there, whatever became of those after them.
  void ExpectFirst(int64_t count, Suite& suite) const {
    for (const Service service : kAllServices) {
      const Events events = EventsOf(suite, service);
      for (size_t i = 0; i < static_cast<size_t>(count); ++i) {
        if (writes_[i].service == service) ExpectOnce(writes_[i], events);
      }
    }
  }

 private:
  struct Write {
    Service service;
    std::string request_id;
    std::string resource;
    std::string etag;
    std::string snapshot;
  };
  struct Event {
    std::string resource;
    int64_t version;
    std::string snapshot;
  };

  using Events = std::multimap<std::string, Event>;  // by request id

  static Events EventsOf(Suite& suite, Service service) {
    database::Pool root(suite.database().root(), 1);
    auto connection = root.Borrow({absl::Now() + absl::Seconds(30)});
    EXPECT_TRUE(connection.ok()) << connection.status();
    if (!connection.ok()) return {};
    const auto rows =
        (*connection)
            ->Query(absl::StrCat("SELECT request_id, resource, version, snapshot FROM `",
                                 suite.schema(service), "`.event"));
    EXPECT_TRUE(rows.ok()) << rows.status();
    if (!rows.ok()) return {};
    Events events;
    for (const database::Row& row : *rows)
      events.insert({row.Text(0), {row.Text(1), row.Int(2), row.Text(3)}});
    return events;
  }

  void ExpectEachOnce(Suite& suite, Service service) const {
    const Events events = EventsOf(suite, service);
    std::map<std::string, int64_t> newest;
    for (const auto& [request, event] : events) {
      int64_t& version = newest[event.resource];
      version = std::max(version, event.version);
    }
    std::map<std::string, int64_t> acknowledged;
    for (const Write& write : writes_) {
      if (write.service != service) continue;
      ExpectOnce(write, events);
      ++acknowledged[write.resource];
    }
    // Every version came of a request that was answered, so nothing happened twice.
    for (const auto& [resource, count] : acknowledged)
      EXPECT_EQ(newest[resource], count) << resource;
  }

  static void ExpectOnce(const Write& write, const Events& events) {
    const std::string what = absl::StrCat(NameOf(write.service), " ", write.resource, " ",
                                          write.etag, ", request ", write.request_id);
    ASSERT_EQ(events.count(write.request_id), 1U) << what;
    const Event& event = events.find(write.request_id)->second;
    EXPECT_EQ(event.resource, write.resource) << what;
    EXPECT_EQ(contract::Etag(event.version), write.etag) << what;
    EXPECT_EQ(event.snapshot, write.snapshot) << what;
  }

  mutable std::mutex mutex_;
  std::vector<Write> writes_;
};

}  // namespace thidua::testing

#endif  // THIDUA_TESTS_SUPPORT_ACKNOWLEDGED_WRITES_H_
