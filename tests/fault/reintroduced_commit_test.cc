// Built with THIDUA_REINTRODUCE_DRIVER_COMMIT: this room with its first defect back, where COMMIT
// is the driver's own commit(). It must lose an acknowledged write before our eyes; if it did not,
// TransactionTest.CommitOnAKilledSessionIsNeverAcknowledged would prove nothing.
#include <gtest/gtest.h>

#include "common/database/transaction.h"
#include "tests/support/killed_session.h"
#include "tests/support/private_database.h"

namespace thidua::database {
namespace {

using testing::PrivateDatabase;

TEST(ReintroducedCommitTest, DriversOwnCommitAcknowledgesWhatIsNotStored) {
  const auto schema = PrivateDatabase::Shared().CreateSchema(
      "reintroduced", testing::WithCounter(testing::FoundationMigrations()));
  Pool pool(schema.app, 4);
  const testing::KilledCommit killed = testing::CommitOnKilledSession(pool);
  EXPECT_TRUE(killed.status.ok()) << killed.status;
  EXPECT_FALSE(killed.stored);
}

}  // namespace
}  // namespace thidua::database
