// What each error number means, by the table in the manuals of MariaDB, MySQL and TiDB.
#include <gtest/gtest.h>

#include "common/contract/refusal.h"
#include "common/database/failure.h"

namespace thidua::database {
namespace {

using contract::ReasonOf;

absl::StatusCode CodeOf(int number) { return FailureFromErrno(number).code(); }

TEST(FailureTest, ConflictsAreAbortedAndRetryable) {
  for (int number : {1213, 1205, 1020, 3101, 8002, 8005, 9007}) {
    EXPECT_EQ(CodeOf(number), absl::StatusCode::kAborted) << number;
    EXPECT_TRUE(Retryable(FailureFromErrno(number))) << number;
    EXPECT_FALSE(ConnectionLost(FailureFromErrno(number))) << number;
    EXPECT_FALSE(BreaksConnection(number)) << number;
  }
}

TEST(FailureTest, LostSessionsAreUnavailableAndBroken) {
  for (int number :
       {2002, 2003, 2006, 2013, 2014, 2026, 5014, 1053, 1158, 1161, 1927, 3169, 4031}) {
    EXPECT_EQ(CodeOf(number), absl::StatusCode::kUnavailable) << number;
    EXPECT_TRUE(ConnectionLost(FailureFromErrno(number))) << number;
    EXPECT_TRUE(BreaksConnection(number)) << number;
    EXPECT_FALSE(Retryable(FailureFromErrno(number))) << number;
  }
}

TEST(FailureTest, ServerThatCannotServeIsUnavailableAndLeft) {
  for (int number : {1040, 1045, 1047, 1049, 1203, 1290, 1836}) {
    EXPECT_EQ(CodeOf(number), absl::StatusCode::kUnavailable) << number;
    EXPECT_TRUE(BreaksConnection(number)) << number;
    EXPECT_FALSE(ConnectionLost(FailureFromErrno(number))) << number;
  }
}

TEST(FailureTest, StatementTimeoutsAreDeadlines) {
  for (int number : {1969, 3024}) {
    EXPECT_EQ(CodeOf(number), absl::StatusCode::kDeadlineExceeded) << number;
    EXPECT_FALSE(BreaksConnection(number)) << number;
    EXPECT_FALSE(Retryable(FailureFromErrno(number))) << number;
  }
}

TEST(FailureTest, DuplicateKeyExistsAlready) {
  EXPECT_EQ(CodeOf(1062), absl::StatusCode::kAlreadyExists);
  EXPECT_TRUE(IsDuplicateKey(FailureFromErrno(1062)));
  EXPECT_FALSE(IsDuplicateKey(FailureFromErrno(1061)));
}

TEST(FailureTest, BrokenReferencesAreFailedPreconditions) {
  EXPECT_EQ(CodeOf(1451), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(CodeOf(1452), absl::StatusCode::kFailedPrecondition);
}

TEST(FailureTest, WhatValidationShouldHaveCaughtIsInternal) {
  for (int number : {1406, 1264, 4025, 3819, 1366, 1064, 1146, 1142}) {
    EXPECT_EQ(CodeOf(number), absl::StatusCode::kInternal) << number;
    EXPECT_FALSE(BreaksConnection(number)) << number;
  }
}

TEST(FailureTest, UnknownIsInternalAndBreaksOnlyWithoutANumber) {
  EXPECT_EQ(CodeOf(0), absl::StatusCode::kInternal);
  EXPECT_TRUE(BreaksConnection(0));
  EXPECT_EQ(CodeOf(1999), absl::StatusCode::kInternal);
  EXPECT_FALSE(BreaksConnection(1999));
}

TEST(FailureTest, NumberIsCarriedAndNothingElseOfTheServer) {
  EXPECT_EQ(ErrnoOf(FailureFromErrno(1213)), 1213);
  EXPECT_EQ(ErrnoOf(absl::OkStatus()), 0);
  EXPECT_EQ(ErrnoOf(absl::AbortedError("1213")), 0);
  EXPECT_EQ(ReasonOf(FailureFromErrno(1406)), access::v1::REASON_INTERNAL);
}

TEST(FailureTest, NumberDoesNotCrossTheEdge) {
  const auto wire = contract::ToWire(FailureFromErrno(1213), "0af7651916cd43dd8448eb211c80319c");
  EXPECT_EQ(wire.SerializeAsString().find("1213"), std::string::npos);
}

TEST(FailureTest, TextsThatQuoteValuesAreKnown) {
  EXPECT_TRUE(MessageMayQuoteValues(1062));
  EXPECT_TRUE(MessageMayQuoteValues(1366));
  EXPECT_FALSE(MessageMayQuoteValues(1213));
}

}  // namespace
}  // namespace thidua::database
