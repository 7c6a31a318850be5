// Resources against a real server: compare-and-swap, the journal in the same transaction, exact
// lists.
#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "common/contract/refusal.h"
#include "common/resource/table.h"
#include "common/runtime/ids.h"
#include "tests/support/private_database.h"
#include "thidua/registry/v1/school_service.pb.h"

namespace thidua::resource {
namespace {

using contract::Reason;
using contract::ReasonOf;
using registry::v1::School;
using testing::PrivateDatabase;

constexpr char kTable[] =
    "-- min_compatible: 0101\n"
    "CREATE TABLE test_school (name VARBINARY(255) NOT NULL, version BIGINT NOT NULL, snapshot "
    "MEDIUMBLOB NOT NULL, "
    "updated_by VARCHAR(512) NOT NULL, updated_at BIGINT NOT NULL, touched BIGINT NOT NULL, "
    "province VARBINARY(100) NOT NULL, "
    "founded BIGINT NOT NULL, PRIMARY KEY (name), KEY by_founding (founded, name)) ENGINE=InnoDB "
    "DEFAULT CHARSET=utf8mb4 "
    "COLLATE=utf8mb4_bin;\n";

std::vector<database::MigrationFile> Migrations() {
  std::vector<database::MigrationFile> files = testing::FoundationMigrations();
  files.push_back(testing::MakeMigration("0101_test_school.sql", kTable));
  return files;
}

class TableTest : public ::testing::Test {
 protected:
  TableTest() : pool_(PrivateDatabase::Shared().CreateSchema("resource", Migrations()).app, 10) {}

  static std::vector<database::Value> Columns(const School& school) {
    return {school.province(), int64_t{school.valid_from().year()}};
  }

  static journal::Act Act(const std::string& person) {
    journal::Act act;
    act.actor = "spiffe://thidua.example.vn/school/quang-ninh";
    act.acting_for = person;
    act.permission = "registry.schools.write";
    act.method = "/thidua.registry.v1.SchoolService/UpdateSchool";
    act.request_id = runtime::NewUuid4();
    return act;
  }

  static School Named(const std::string& id, const std::string& province, int year = 1957) {
    School school;
    school.set_name("schools/" + id);
    school.set_province(province);
    school.mutable_valid_from()->set_year(year);
    return school;
  }

  // Runs `body` in a ledgered transaction at `now`.
  template <class Body>
  absl::Status Run(Body body, absl::Time now = absl::Now()) {
    database::Transaction::Options options;
    options.ledger = {"caller", "/x.Y/Z", runtime::NewUuid4(), std::string(32, 'h')};
    options.bounds = {absl::Now() + absl::Seconds(20)};
    options.now = now;
    return database::Transaction::Run(
               pool_, options,
               [&](database::Transaction& transaction) -> absl::StatusOr<std::string> {
                 if (absl::Status status = body(transaction); !status.ok()) return status;
                 return "";
               })
        .status();
  }

  absl::StatusOr<School> Create(const School& school, absl::Time now = absl::Now()) {
    absl::StatusOr<School> created;
    const absl::Status status = Run(
        [&](database::Transaction& transaction) {
          created = table_.Create(transaction, Act("Trần Văn Bình"), school, {"CREATED", ""});
          return created.status();
        },
        now);
    if (!status.ok()) return status;
    return created;
  }

  absl::StatusOr<School> Update(const School& school, const std::string& etag,
                                const std::string& person = "Lê Thị Hoa",
                                absl::Time now = absl::Now()) {
    absl::StatusOr<School> updated;
    const absl::Status status = Run(
        [&](database::Transaction& transaction) {
          updated =
              table_.Update(transaction, Act(person), school, etag, {"UPDATED", "đính chính"});
          return updated.status();
        },
        now);
    if (!status.ok()) return status;
    return updated;
  }

  absl::StatusOr<School> Get(const std::string& name) {
    return table_.Get(**pool_.Borrow({}), name);
  }
  database::Rows Rows(const std::string& select) {
    return (*pool_.Borrow({}))->Query(select).value();
  }

  database::Pool pool_;
  Table<School> table_{"test_school", {"province", "founded"}, Columns};
};

TEST_F(TableTest, CreatedIsWhatIsRead) {
  const absl::Time now = absl::FromUnixMicros(1719300000123456);
  const auto created = Create(Named("quang-ninh", "Quảng Ninh"), now);
  ASSERT_TRUE(created.ok()) << created.status();
  EXPECT_EQ(created->etag(), "\"v1\"");
  EXPECT_EQ(created->create_time().seconds(), 1719300000);
  EXPECT_EQ(created->create_time().nanos(), 123456000);
  EXPECT_EQ(created->update_time().seconds(), 1719300000);
  const auto read = Get("schools/quang-ninh");
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->SerializeAsString(), created->SerializeAsString());
}

TEST_F(TableTest, UpdatedIsWhatIsRead) {
  auto school = Create(Named("quang-ninh", "Quảng Ninh"), absl::FromUnixSeconds(1719300000));
  ASSERT_TRUE(school.ok());
  school->set_province("Tỉnh Quảng Ninh");
  const auto updated =
      Update(*school, school->etag(), "Lê Thị Hoa", absl::FromUnixSeconds(1719400000));
  ASSERT_TRUE(updated.ok()) << updated.status();
  EXPECT_EQ(updated->etag(), "\"v2\"");
  EXPECT_EQ(updated->create_time().seconds(), 1719300000);
  EXPECT_EQ(updated->update_time().seconds(), 1719400000);
  EXPECT_EQ(Get("schools/quang-ninh")->SerializeAsString(), updated->SerializeAsString());
  EXPECT_EQ(Rows("SELECT province FROM test_school")[0].Text(0), "Tỉnh Quảng Ninh");
}

TEST_F(TableTest, EveryWriteIsAnEventWithTheWholeResource) {
  auto school = Create(Named("quang-ninh", "Quảng Ninh"));
  ASSERT_TRUE(school.ok());
  school->set_province("Tỉnh Quảng Ninh");
  ASSERT_TRUE(Update(*school, school->etag()).ok());
  const auto events = Rows(
      "SELECT resource, resource_type, version, change_kind, snapshot, acting_person, reason FROM "
      "event ORDER BY event_id");
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(Rows("SELECT COUNT(*) FROM event_pending")[0].Int(0), 2);
  EXPECT_EQ(events[0].Int(2), 1);
  EXPECT_EQ(events[0].Text(3), "CREATED");
  EXPECT_EQ(events[1].Text(0), "schools/quang-ninh");
  EXPECT_EQ(events[1].Text(1), "thidua.registry.v1.School");
  EXPECT_EQ(events[1].Int(2), 2);
  EXPECT_EQ(events[1].Text(3), "UPDATED");
  EXPECT_EQ(events[1].Text(5), "Lê Thị Hoa");
  EXPECT_EQ(events[1].Text(6), "đính chính");
  School snapshot;
  ASSERT_TRUE(snapshot.ParseFromString(events[1].Text(4)));
  EXPECT_EQ(snapshot.province(), "Tỉnh Quảng Ninh");
  EXPECT_EQ(snapshot.etag(), "");
}

TEST_F(TableTest, RolledBackWriteLeavesNoEvent) {
  EXPECT_FALSE(Run([&](database::Transaction& transaction) -> absl::Status {
                 auto created = table_.Create(transaction, Act(""),
                                              Named("quang-ninh", "Quảng Ninh"), {"CREATED", ""});
                 EXPECT_TRUE(created.ok());
                 return absl::FailedPreconditionError("không cho phép");
               }).ok());
  EXPECT_EQ(Rows("SELECT COUNT(*) FROM test_school")[0].Int(0), 0);
  EXPECT_EQ(Rows("SELECT COUNT(*) FROM event")[0].Int(0), 0);
  EXPECT_EQ(Rows("SELECT COUNT(*) FROM event_pending")[0].Int(0), 0);
}

TEST_F(TableTest, TakenNameIsRefused) {
  ASSERT_TRUE(Create(Named("quang-ninh", "Quảng Ninh")).ok());
  const auto again = Create(Named("quang-ninh", "Quảng Ninh"));
  EXPECT_EQ(ReasonOf(again.status()), Reason::REASON_ALREADY_EXISTS);
  EXPECT_EQ(contract::MetadataOf(again.status())["resource"], "schools/quang-ninh");
  EXPECT_EQ(Rows("SELECT COUNT(*) FROM event")[0].Int(0), 1);
}

TEST_F(TableTest, MissingResourceIsRefused) {
  EXPECT_EQ(ReasonOf(Get("schools/khong-co").status()), Reason::REASON_NOT_FOUND);
  School school = Named("khong-co", "");
  school.mutable_create_time()->set_seconds(1);
  EXPECT_EQ(ReasonOf(Update(school, "\"v1\"").status()), Reason::REASON_NOT_FOUND);
  EXPECT_EQ(ReasonOf(Run([&](database::Transaction& transaction) {
              return table_.Touch(transaction, "schools/khong-co");
            })),
            Reason::REASON_NOT_FOUND);
}

TEST_F(TableTest, StaleEtagTellsWhoChangedItWhen) {
  const auto created = Create(Named("quang-ninh", "Quảng Ninh"));
  ASSERT_TRUE(created.ok());
  ASSERT_TRUE(
      Update(*created, created->etag(), "Lê Thị Hoa", absl::FromUnixSeconds(1719300000)).ok());
  const auto stale = Update(*created, created->etag(), "Phạm Văn Nam");
  EXPECT_EQ(stale.status().code(), absl::StatusCode::kAborted);
  EXPECT_EQ(ReasonOf(stale.status()), Reason::REASON_STALE_ETAG);
  EXPECT_EQ(contract::MetadataOf(stale.status()),
            (contract::Metadata{{"resource", "schools/quang-ninh"},
                                {"author", "Lê Thị Hoa"},
                                {"time", "2024-06-25T07:20:00+00:00"},
                                {"etag", "\"v2\""}}));
  EXPECT_EQ(Rows("SELECT COUNT(*) FROM event")[0].Int(0), 2);
}

TEST_F(TableTest, WithoutAPersonTheAuthorIsTheIdentity) {
  const auto created = Create(Named("quang-ninh", "Quảng Ninh"));
  ASSERT_TRUE(Update(*created, created->etag(), "").ok());
  EXPECT_EQ(contract::MetadataOf(Update(*created, created->etag()).status())["author"],
            "spiffe://thidua.example.vn/school/quang-ninh");
}

TEST_F(TableTest, WhatIsNoEtagIsRefused) {
  const auto created = Create(Named("quang-ninh", "Quảng Ninh"));
  EXPECT_EQ(ReasonOf(Update(*created, "*").status()), Reason::REASON_INVALID_REQUEST);
}

TEST_F(TableTest, UpdateWithoutTheTimeOfCreationIsADefect) {
  ASSERT_TRUE(Create(Named("quang-ninh", "Quảng Ninh")).ok());
  EXPECT_EQ(Update(Named("quang-ninh", "Quảng Ninh"), "\"v1\"").status().code(),
            absl::StatusCode::kInternal);
}

TEST_F(TableTest, OfConcurrentUpdatesOneSucceeds) {
  auto school = Create(Named("quang-ninh", "Quảng Ninh"));
  ASSERT_TRUE(school.ok());
  std::atomic<int> done{0}, stale{0};
  std::vector<std::thread> writers;
  for (int i = 0; i < 8; ++i) {
    writers.emplace_back([&] {
      const auto updated = Update(*school, school->etag());
      if (updated.ok()) ++done;
      if (ReasonOf(updated.status()) == Reason::REASON_STALE_ETAG) ++stale;
    });
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(done, 1);
  EXPECT_EQ(stale, 7);
  EXPECT_EQ(Get("schools/quang-ninh")->etag(), "\"v2\"");
}

// "At most one school for a province", a rule over rows that may not be there yet: without Touch
// both would find none.
TEST_F(TableTest, TouchSerialisesTransactionsThatReadWhatIsNotThere) {
  ASSERT_TRUE(Create(Named("mien-nui", "cụm")).ok());
  for (int round = 0; round < 10; ++round) {
    const std::string province = absl::StrCat("Tỉnh ", round);
    std::atomic<int> created{0}, refused{0};
    std::vector<std::thread> writers;
    for (int i = 0; i < 2; ++i) {
      writers.emplace_back([&, i] {
        const absl::Status status = Run([&](database::Transaction& transaction) -> absl::Status {
          if (absl::Status touched = table_.Touch(transaction, "schools/mien-nui"); !touched.ok())
            return touched;
          auto found = table_.List(transaction.connection(), {"province = ?", {province}}, {}, 10);
          if (!found.ok()) return found.status();
          if (!found->resources.empty()) return absl::FailedPreconditionError("đã có");
          absl::SleepFor(absl::Milliseconds(5));
          return table_
              .Create(transaction, Act(""), Named(absl::StrCat("t", round, "-", i), province),
                      {"CREATED", ""})
              .status();
        });
        if (status.ok()) ++created;
        if (absl::IsFailedPrecondition(status)) ++refused;
      });
    }
    for (std::thread& writer : writers) writer.join();
    EXPECT_EQ(created, 1);
    EXPECT_EQ(refused, 1);
  }
}

TEST_F(TableTest, ListPagesByName) {
  for (const char* id : {"lai-chau", "ha-giang", "son-la", "dien-bien", "yen-bai"})
    ASSERT_TRUE(Create(Named(id, "x")).ok());
  std::vector<std::string> names;
  contract::Parameters after;
  int pages = 0;
  do {
    const auto page = table_.List(**pool_.Borrow({}), {}, after, 2);
    ASSERT_TRUE(page.ok()) << page.status();
    for (const School& school : page->resources) names.push_back(school.name());
    after = page->next;
    ++pages;
  } while (!after.empty());
  EXPECT_EQ(names,
            (std::vector<std::string>{"schools/dien-bien", "schools/ha-giang", "schools/lai-chau",
                                      "schools/son-la", "schools/yen-bai"}));
  EXPECT_EQ(pages, 3);
}

TEST_F(TableTest, ListFiltersAndFillsTheEtag) {
  ASSERT_TRUE(Create(Named("lai-chau", "Lai Châu")).ok());
  ASSERT_TRUE(Create(Named("ha-giang", "Hà Giang")).ok());
  const auto page = table_.List(**pool_.Borrow({}),
                                {"province = ? OR province = ?", {"Hà Giang", "không có"}}, {}, 10);
  ASSERT_TRUE(page.ok());
  ASSERT_EQ(page->resources.size(), 1u);
  EXPECT_EQ(page->resources[0].name(), "schools/ha-giang");
  EXPECT_EQ(page->resources[0].etag(), "\"v1\"");
  EXPECT_TRUE(page->next.empty());
}

TEST_F(TableTest, ListByANumberComparesNumbers) {
  const Table<School> by_founding("test_school", {"province", "founded"}, Columns,
                                  {OrderColumn::Integer("founded"), "name"});
  // As texts, 9 would come behind 10, and the equal ones are told apart by name.
  for (const auto& [id, year] : std::vector<std::pair<std::string, int>>{
           {"a", 10}, {"b", 9}, {"c", 1957}, {"d", 10}, {"e", 10}, {"f", 1000}}) {
    ASSERT_TRUE(Create(Named(id, "x", year)).ok());
  }
  std::string order;
  contract::Parameters after;
  do {
    const auto page = by_founding.List(**pool_.Borrow({}), {"province = ?", {"x"}}, after, 1);
    ASSERT_TRUE(page.ok()) << page.status();
    order += page->resources.at(0).name().back();
    after = page->next;
  } while (!after.empty());
  EXPECT_EQ(order, "badefc");
}

TEST_F(TableTest, PositionOfAnotherListIsRefused) {
  EXPECT_EQ(table_.List(**pool_.Borrow({}), {}, {int64_t{5}}, 10).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(table_.List(**pool_.Borrow({}), {}, {"a", "b"}, 10).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(TableTest, ListIsExactUnderConcurrentInserts) {
  constexpr int kThere = 60;
  for (int i = 0; i < kThere; ++i)
    ASSERT_TRUE(Create(Named(absl::StrFormat("t%03d", 2 * i), "x")).ok());
  std::atomic<bool> stop{false};
  std::vector<std::thread> writers;
  for (int writer = 0; writer < 4; ++writer) {
    writers.emplace_back([&, writer] {
      for (int i = writer; i < kThere && !stop; i += 4)
        EXPECT_TRUE(Create(Named(absl::StrFormat("t%03d", 2 * i + 1), "x")).ok());
    });
  }
  for (int round = 0; round < 10; ++round) {
    std::vector<std::string> names;
    contract::Parameters after;
    do {
      const auto page = table_.List(**pool_.Borrow({}), {"province = ?", {"x"}}, after, 7);
      ASSERT_TRUE(page.ok()) << page.status();
      for (const School& school : page->resources) names.push_back(school.name());
      after = page->next;
    } while (!after.empty());
    const std::set<std::string> distinct(names.begin(), names.end());
    EXPECT_EQ(distinct.size(), names.size());
    for (int i = 0; i < kThere; ++i)
      EXPECT_TRUE(distinct.contains(absl::StrFormat("schools/t%03d", 2 * i)));
  }
  stop = true;
  for (std::thread& writer : writers) writer.join();
}

}  // namespace
}  // namespace thidua::resource
