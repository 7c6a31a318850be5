#include "tests/bench/grown_registry.h"

#include <algorithm>
#include <cstdio>
#include <functional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "common/database/pool.h"
#include "common/database/transaction.h"
#include "services/registry/clusters/cluster_store.h"
#include "services/registry/identifiers/identifier_store.h"
#include "services/registry/pacts/pact_store.h"
#include "services/registry/programmes/programme_store.h"
#include "services/registry/schools/school_store.h"
#include "services/registry/standards/standard_store.h"
#include "tests/support/pact_facts.h"
#include "tests/support/programme_facts.h"
#include "tests/support/school_facts.h"

namespace thidua::bench {
namespace {

using database::Transaction;

constexpr int kLastYear = 2025;
constexpr int kWritesAtOnce = 500;
constexpr absl::Duration kLongestTransaction = absl::Seconds(60);

// One resource to be stored.
using Write = std::function<absl::Status(Transaction&)>;

std::string SchoolId(int number) { return absl::StrFormat("truong-%05d", number); }
std::string ClusterId(int number) { return absl::StrFormat("cum-%04d", number); }
std::string First(int year) { return absl::StrCat(year, "-01-01"); }

// Two syllables of real names: names that look alike, as real ones do.
std::string PersonOf(int number) {
  static constexpr const char* kFamily[] = {"Nguyễn", "Trần", "Lê",  "Phạm", "Hoàng",
                                            "Võ",     "Đặng", "Bùi", "Đỗ",   "Hồ"};
  static constexpr const char* kMiddle[] = {"Văn",  "Hữu",   "Đình", "Ngọc", "Quang",
                                            "Minh", "Thanh", "Xuân", "Đức",  "Công"};
  static constexpr const char* kGiven[] = {"Cừ",    "Thụ",  "Duẩn",  "Hùng", "Linh",
                                           "Giong", "Hiệu", "Thắng", "Đặng", "Chinh"};
  return absl::StrCat(kFamily[number % 10], " ", kMiddle[number / 10 % 10], " ",
                      kGiven[number / 100 % 10]);
}

class Growing {
 public:
  Growing(testing::Suite& suite, const Growth& growth)
      : growth_(growth),
        pool_(suite.owner(testing::Service::kRegistry), 2),
        first_year_(kLastYear + 1 - growth.years),
        middle_year_(kLastYear + 1 - growth.years / 2) {}

  absl::Status Run() {
    Add(clusters_.regimes(), testing::Regime("lich-su", First(first_year_)));
    for (int i = 0; i < growth_.clusters; ++i) {
      Add(clusters_.clusters(),
          testing::Cluster(ClusterId(i), "lich-su", absl::StrCat("Cụm thi đua thứ ", i)));
    }
    for (int i = 0; i < growth_.schools; ++i) AddSchool(i);
    for (int i = 0; i < growth_.clusters; ++i) {
      AddTerms(i);
      for (int year = first_year_; year <= kLastYear; ++year) AddYear(i, year);
    }
    for (int i = 0; i < growth_.schools; ++i) AddRecords(i);
    return Flush();
  }

 private:
  template <class M>
  void Add(const resource::Table<M>& table, M resource) {
    writes_.push_back([this, &table, resource = std::move(resource)](Transaction& transaction) {
      return table.Create(transaction, act_, resource, {"CREATED", ""}).status();
    });
  }

  // The cluster of a school before and since the middle year: so that every cluster always has its
  // share of schools.
  int ClusterOf(int school, bool since_middle) const {
    return (school + (since_middle ? 1 : 0)) % growth_.clusters;
  }

  void AddSchool(int number) {
    const std::string id = SchoolId(number);
    const std::string province = absl::StrCat("Tỉnh số ", number);
    registry::v1::School school = testing::School(
        id, province, absl::StrCat("Trường Chính trị ", PersonOf(number), " ", province));
    Add(schools_.schools(), std::move(school));
    Add(clusters_.memberships(), testing::Membership(ClusterId(ClusterOf(number, false)), id,
                                                     First(first_year_), First(middle_year_)));
    Add(clusters_.memberships(),
        testing::Membership(ClusterId(ClusterOf(number, true)), id, First(middle_year_)));
  }

  // Head, standing deputy and deputy in rotation over the cluster's schools.
  void AddTerms(int cluster) {
    const int members = growth_.schools / growth_.clusters;
    for (int year = first_year_; year <= kLastYear; ++year) {
      const bool since_middle = year >= middle_year_;
      const auto member = [&](int turn) {
        const int school =
            cluster + (year + turn) % members * growth_.clusters - (since_middle ? 1 : 0);
        return SchoolId(school < 0 ? school + growth_.schools : school);
      };
      int turn = 0;
      for (const auto role :
           {registry::v1::LEADERSHIP_ROLE_HEAD, registry::v1::LEADERSHIP_ROLE_STANDING_DEPUTY,
            registry::v1::LEADERSHIP_ROLE_DEPUTY}) {
        Add(clusters_.terms(), testing::Term(ClusterId(cluster), member(turn++), year, role));
      }
    }
  }

  // A pact, a programme and an activity.
  void AddYear(int cluster, int year) {
    const std::string name = absl::StrCat("clusters/", ClusterId(cluster));
    registry::v1::Pact pact = testing::Pact(ClusterId(cluster), year);
    pact.set_name(absl::StrCat(name, "/pacts/", year));
    pact.set_state(registry::v1::PACT_STATE_RECORDED);
    Add(pacts_.pacts(),
        testing::Documented(testing::Dating(std::move(pact), First(year), First(year + 1))));
    registry::v1::Programme programme = testing::Programme(year);
    programme.set_name(absl::StrCat(name, "/programmes/", year));
    Add(programmes_.programmes(), std::move(programme));
    registry::v1::Activity activity =
        testing::Activity(registry::v1::ACTIVITY_KIND_WORKSHOP, "Hội thảo khoa học",
                          testing::DateOf(year, 9), SchoolId(cluster));
    activity.set_name(absl::StrCat(name, "/programmes/", year, "/activities/workshop-1"));
    writes_.push_back([this, activity = std::move(activity)](Transaction& transaction) {
      return programmes_.CreateActivity(transaction, act_, activity, {"CREATED", ""}).status();
    });
  }

  // A code, and a way to the standard.
  void AddRecords(int number) {
    const std::string name = absl::StrCat("schools/", SchoolId(number));
    registry::v1::SchoolIdentifier identifier;
    identifier.set_name(absl::StrCat(name, "/identifiers/ma-1"));
    identifier.set_scheme("identifierSchemes/agency-code");
    identifier.set_code(absl::StrFormat("H99.%05d", number));
    Add(identifiers_.identifiers(), testing::Documented(std::move(identifier)));
    registry::v1::StandardCase way;
    way.set_name(absl::StrCat(name, "/standardCases/level-1"));
    way.set_scheme("standardSchemes/11-qd-tw-level-1");
    way.set_level(1);
    way.set_state(registry::v1::STANDARD_CASE_STATE_SELF_ASSESSED);
    Add(standards_.cases(), std::move(way));
  }

  absl::Status Flush() {
    const absl::Time begun = absl::Now();
    for (size_t from = 0; from < writes_.size(); from += kWritesAtOnce) {
      const size_t to = std::min(from + kWritesAtOnce, writes_.size());
      const absl::Status stored = Transaction::RunUnledgered(
          pool_, {absl::Now() + kLongestTransaction}, [&](Transaction& transaction) {
            for (size_t i = from; i < to; ++i) {
              if (absl::Status written = writes_[i](transaction); !written.ok()) return written;
            }
            return absl::OkStatus();
          });
      if (!stored.ok()) return stored;
      if (from % 20'000 == 0) {
        std::fprintf(stderr, "\r  growing the registry: %zu of %zu rows", to, writes_.size());
      }
    }
    std::fprintf(stderr, "\r  the registry has grown by %zu rows in %.0f s\n", writes_.size(),
                 absl::ToDoubleSeconds(absl::Now() - begun));
    return absl::OkStatus();
  }

  const Growth growth_;
  database::Pool pool_;
  const int first_year_;
  const int middle_year_;
  const journal::Act act_ = {
      "spiffe://thidua.local/academy/bench", "", "bench", "/bench/Grow", "", std::string(32, '0')};
  const registry::SchoolStore schools_;
  const registry::ClusterStore clusters_;
  const registry::IdentifierStore identifiers_;
  const registry::PactStore pacts_;
  const registry::ProgrammeStore programmes_;
  const registry::StandardStore standards_;
  std::vector<Write> writes_;
};

}  // namespace

absl::Status Grow(testing::Suite& suite, const Growth& growth) {
  return Growing(suite, growth).Run();
}

}  // namespace thidua::bench
