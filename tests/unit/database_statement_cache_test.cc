// Which prepared statements a session keeps.
#include <gtest/gtest.h>

#include "common/database/statement_cache.h"

namespace thidua::database {
namespace {

std::unique_ptr<int> Prepared(int id) { return std::make_unique<int>(id); }

TEST(StatementCacheTest, KeepsWhatItWasGiven) {
  StatementCache<int> cache(2);
  EXPECT_EQ(cache.Find("SELECT 1"), nullptr);
  cache.Put("SELECT 1", Prepared(1));
  ASSERT_NE(cache.Find("SELECT 1"), nullptr);
  EXPECT_EQ(*cache.Find("SELECT 1"), 1);
}

TEST(StatementCacheTest, DropsTheOneUnusedForLongest) {
  StatementCache<int> cache(2);
  cache.Put("a", Prepared(1));
  cache.Put("b", Prepared(2));
  cache.Find("a");
  cache.Put("c", Prepared(3));
  EXPECT_NE(cache.Find("a"), nullptr);
  EXPECT_EQ(cache.Find("b"), nullptr);
  EXPECT_EQ(cache.size(), 2u);
}

TEST(StatementCacheTest, ForgottenStatementIsPreparedAnew) {
  StatementCache<int> cache(2);
  cache.Put("a", Prepared(1));
  cache.Forget("a");
  cache.Forget("never there");
  EXPECT_EQ(cache.Find("a"), nullptr);
  EXPECT_EQ(*cache.Put("a", Prepared(2)), 2);
  EXPECT_EQ(cache.size(), 1u);
}

}  // namespace
}  // namespace thidua::database
