// The chain, recomputed by hand: what chain.h says is enough to check a journal without this suite.
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "common/document/digest.h"
#include "common/journal/chain.h"

namespace thidua::journal {
namespace {

using std::string_literals::operator""s;

v1::Event Submitted() {
  v1::Event event;
  event.set_name("events/01jd3k6m2v0000000000000001");
  event.set_resource("windows/2024-h1/reports/dien-bien");
  event.set_resource_type("thidua.reporting.v1.Report");
  event.set_version(3);
  event.set_change_kind("SUBMITTED");
  event.set_snapshot("\x0a\x00\x12"s);
  event.set_actor("spiffe://thidua.example.vn/school/dien-bien");
  event.set_acting_for("Nguyễn Thị Hà");
  event.set_permission("reporting.reports.submit");
  event.set_method("/thidua.reporting.v1.ReportService/SubmitReport");
  event.set_request_id("5c8c1a3e-6b1f-4d3c-9f0e-2a4b5c6d7e8f");
  event.set_trace_id("4bf92f3577b34da6a3ce929d0e0e4736");
  event.set_reason("số liệu 6 tháng đầu năm");
  event.mutable_record_time()->set_seconds(1719300000);
  event.mutable_record_time()->set_nanos(123456000);
  return event;
}

std::string Text(const std::string& text) {
  const auto size = static_cast<uint32_t>(text.size());
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8)
    bytes.push_back(static_cast<char>((size >> shift) & 0xff));
  return bytes + text;
}

std::string Number(int64_t number) {
  std::string bytes;
  for (int shift = 56; shift >= 0; shift -= 8)
    bytes.push_back(static_cast<char>((static_cast<uint64_t>(number) >> shift) & 0xff));
  return bytes;
}

TEST(ChainTest, DigestIsOverTheDocumentedBytes) {
  const std::string bytes =
      Text("01jd3k6m2v0000000000000001") + Text("windows/2024-h1/reports/dien-bien") +
      Text("thidua.reporting.v1.Report") + Number(3) + Text("SUBMITTED") + Text("\x0a\x00\x12"s) +
      Text("spiffe://thidua.example.vn/school/dien-bien") + Text("Nguyễn Thị Hà") +
      Text("reporting.reports.submit") + Text("/thidua.reporting.v1.ReportService/SubmitReport") +
      Text("5c8c1a3e-6b1f-4d3c-9f0e-2a4b5c6d7e8f") + Text("4bf92f3577b34da6a3ce929d0e0e4736") +
      Text("số liệu 6 tháng đầu năm") + Number(1719300000123456);
  EXPECT_EQ(EventDigest(Submitted()), document::Sha256(bytes));
}

TEST(ChainTest, EveryFieldBelongsToTheDigest) {
  const std::vector<std::pair<const char*, std::function<void(v1::Event&)>>> edits = {
      {"name", [](v1::Event& e) { e.set_name("events/01jd3k6m2v0000000000000002"); }},
      {"resource", [](v1::Event& e) { e.set_resource("windows/2024-h1/reports/lai-chau"); }},
      {"resource_type", [](v1::Event& e) { e.set_resource_type("thidua.reporting.v1.Window"); }},
      {"version", [](v1::Event& e) { e.set_version(4); }},
      {"change_kind", [](v1::Event& e) { e.set_change_kind("ACCEPTED"); }},
      {"snapshot", [](v1::Event& e) { e.set_snapshot("\x0a\x01\x12"s); }},
      {"actor", [](v1::Event& e) { e.set_actor("spiffe://thidua.example.vn/school/lai-chau"); }},
      {"acting_for", [](v1::Event& e) { e.clear_acting_for(); }},
      {"permission", [](v1::Event& e) { e.set_permission("reporting.reports.accept"); }},
      {"method",
       [](v1::Event& e) { e.set_method("/thidua.reporting.v1.ReportService/AcceptReport"); }},
      {"request_id", [](v1::Event& e) { e.clear_request_id(); }},
      {"trace_id", [](v1::Event& e) { e.clear_trace_id(); }},
      {"reason", [](v1::Event& e) { e.set_reason("số liệu 6 tháng cuối năm"); }},
      {"record_time", [](v1::Event& e) { e.mutable_record_time()->set_nanos(123457000); }},
  };
  for (const auto& [field, edit] : edits) {
    v1::Event event = Submitted();
    edit(event);
    EXPECT_NE(EventDigest(event), EventDigest(Submitted())) << field;
  }
}

TEST(ChainTest, BytesCannotMoveFromOneFieldToTheNext) {
  v1::Event event = Submitted();
  event.set_change_kind("");
  event.set_snapshot("SUBMITTED\x0a\x00\x12"s);
  EXPECT_NE(EventDigest(event), EventDigest(Submitted()));
}

TEST(ChainTest, HashCoversThePreviousHashTheSequenceAndTheDigest) {
  const std::string digest = EventDigest(Submitted());
  const ChainPosition first = Next(ChainPosition(), digest);
  EXPECT_EQ(first.sequence, 1);
  EXPECT_EQ(first.hash, document::Sha256(std::string(32, '\0') + Number(1) + digest));
  const ChainPosition second = Next(first, digest);
  EXPECT_EQ(second.sequence, 2);
  EXPECT_EQ(second.hash, document::Sha256(first.hash + Number(2) + digest));
}

v1::Event SealedAfter(const ChainPosition& previous) {
  v1::Event event = Submitted();
  const ChainPosition place = Next(previous, EventDigest(event));
  event.set_sequence(place.sequence);
  event.set_hash(place.hash);
  return event;
}

TEST(ChainTest, LinkHolds) {
  const ChainPosition previous{41, document::Sha256("41")};
  EXPECT_TRUE(CheckLink(previous, SealedAfter(previous)).ok());
}

TEST(ChainTest, GapInTheOrderIsDataLoss) {
  const ChainPosition previous{41, document::Sha256("41")};
  EXPECT_EQ(CheckLink(ChainPosition{40, previous.hash}, SealedAfter(previous)).code(),
            absl::StatusCode::kDataLoss);
}

TEST(ChainTest, AnotherPredecessorIsDataLoss) {
  const ChainPosition previous{41, document::Sha256("41")};
  EXPECT_EQ(CheckLink(ChainPosition{41, document::Sha256("khác")}, SealedAfter(previous)).code(),
            absl::StatusCode::kDataLoss);
}

TEST(ChainTest, ChangedContentIsDataLoss) {
  const ChainPosition previous{41, document::Sha256("41")};
  v1::Event event = SealedAfter(previous);
  event.set_reason("đã sửa");
  EXPECT_EQ(CheckLink(previous, event).code(), absl::StatusCode::kDataLoss);
}

TEST(ChainTest, HeadStatementIsTextThatNoDocumentBeginsWith) {
  EXPECT_EQ(HeadStatement({7, std::string(32, '\x01')}, absl::FromUnixMicros(1719300000123456)),
            "thidua-journal-"
            "head\n7\n0101010101010101010101010101010101010101010101010101010101010101\n17193000001"
            "23456\n");
}

}  // namespace
}  // namespace thidua::journal
