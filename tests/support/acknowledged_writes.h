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

  void ExpectEachOnce(Suite& suite, Service service) const {
    database::Pool root(suite.database().root(), 1);
    auto connection = root.Borrow({absl::Now() + absl::Seconds(30)});
    ASSERT_TRUE(connection.ok()) << connection.status();
    const auto rows =
        (*connection)
            ->Query(absl::StrCat("SELECT request_id, resource, version, snapshot FROM `",
                                 suite.schema(service), "`.event"));
    ASSERT_TRUE(rows.ok()) << rows.status();
    std::multimap<std::string, Event> events;
    std::map<std::string, int64_t> newest;
    for (const database::Row& row : *rows) {
      events.insert({row.Text(0), {row.Text(1), row.Int(2), row.Text(3)}});
      int64_t& version = newest[row.Text(1)];
      version = std::max(version, row.Int(2));
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

  static void ExpectOnce(const Write& write, const std::multimap<std::string, Event>& events) {
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
