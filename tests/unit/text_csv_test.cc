#include <string>
#include <vector>

#include "common/text/csv.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace thidua::text {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

using Records = std::vector<std::vector<std::string>>;

// Header and rows of a table without their places.
Records RecordsOf(const CsvTable& table) {
  Records records = {table.header};
  for (const CsvRow& row : table.rows) {
    std::vector<std::string>& record = records.emplace_back();
    for (const CsvCell& cell : row.cells) record.push_back(cell.text);
  }
  return records;
}

Records Read(std::string_view text) {
  const absl::StatusOr<CsvTable> table = ReadCsv(text);
  EXPECT_TRUE(table.ok()) << table.status();
  return table.ok() ? RecordsOf(*table) : Records();
}

std::string Refusal(std::string_view text) {
  const absl::StatusOr<CsvTable> table = ReadCsv(text);
  EXPECT_EQ(table.status().code(), absl::StatusCode::kInvalidArgument) << text;
  return std::string(table.status().message());
}

TEST(ReadCsv, ReadsHeaderAndRows) {
  EXPECT_THAT(Read("code,name_vi\nlao-cai,Lào Cai\nson-la,Sơn La\n"),
              ElementsAre(ElementsAre("code", "name_vi"), ElementsAre("lao-cai", "Lào Cai"),
                          ElementsAre("son-la", "Sơn La")));
}

TEST(ReadCsv, ReadsEitherLineEndAndAMissingLastOne) {
  const Records expected = {{"a", "b"}, {"1", "2"}};
  EXPECT_EQ(Read("a,b\n1,2\n"), expected);
  EXPECT_EQ(Read("a,b\r\n1,2\r\n"), expected);
  EXPECT_EQ(Read("a,b\r\n1,2"), expected);
  EXPECT_EQ(Read("a,b\n1,2\r\n"), expected);
}

TEST(ReadCsv, ReadsAHeaderAlone) {
  EXPECT_EQ(Read("code,name_vi"), (Records{{"code", "name_vi"}}));
}

TEST(ReadCsv, KeepsBlankCells) {
  EXPECT_EQ(Read("a,b,c\n,,\nx,,\n,,z"),
            (Records{{"a", "b", "c"}, {"", "", ""}, {"x", "", ""}, {"", "", "z"}}));
}

TEST(ReadCsv, KeepsSpaces) {
  EXPECT_EQ(Read("a,b\n x ,  \n"), (Records{{"a", "b"}, {" x ", "  "}}));
}

TEST(ReadCsv, ReadsQuotedFields) {
  EXPECT_EQ(Read("token,note\n\"97 lớp, 3864 học viên\",\"gọi là \"\"chuẩn\"\"\"\n"),
            (Records{{"token", "note"}, {"97 lớp, 3864 học viên", "gọi là \"chuẩn\""}}));
  EXPECT_EQ(Read("a,b\n\"\",\"\"\"\"\n"), (Records{{"a", "b"}, {"", "\""}}));
}

TEST(ReadCsv, ReadsLineEndsWithinQuotesAsWritten) {
  EXPECT_EQ(Read("a,b\r\n\"x\ny\",\"z\r\nw\"\r\n"), (Records{{"a", "b"}, {"x\ny", "z\r\nw"}}));
}

TEST(ReadCsv, SkipsAByteOrderMarkAtTheStart) {
  EXPECT_EQ(Read("\uFEFFcode\nlao-cai\n"), (Records{{"code"}, {"lao-cai"}}));
}

TEST(ReadCsv, RefusesAByteOrderMarkAnywhereElse) {
  EXPECT_EQ(Refusal("code\n\uFEFFlao-cai\n"),
            "line 2, column 1: a byte order mark within the file");
  EXPECT_EQ(Refusal("\uFEFF\uFEFFcode\n"), "line 1, column 1: a byte order mark within the file");
}

TEST(ReadCsv, KnowsThePlaceOfEveryCell) {
  const absl::StatusOr<CsvTable> table =
      ReadCsv("\uFEFFtên,số\nĐiện Biên,\"15\n16\"\n\"Lào \"\"Cai\"\"\",22\n");
  ASSERT_TRUE(table.ok()) << table.status();
  ASSERT_EQ(table->rows.size(), 2u);
  EXPECT_EQ(table->rows[0].line, 2);
  EXPECT_EQ(table->rows[0].cells[1].line, 2);
  EXPECT_EQ(table->rows[0].cells[1].column, 11);
  EXPECT_EQ(table->rows[1].line, 4);  // the row above took two lines
  EXPECT_EQ(table->rows[1].cells[1].column, 15);
}

TEST(ReadCsv, FindsColumnsByName) {
  const absl::StatusOr<CsvTable> table = ReadCsv("code,name_vi,kind\nlao-cai,Lào Cai,PROVINCIAL\n");
  ASSERT_TRUE(table.ok()) << table.status();
  EXPECT_EQ(*table->Column("kind"), 2u);
  EXPECT_EQ(table->Column("Kind").status().message(),
            "line 1: no column 'Kind'; the columns are: code, name_vi, kind");
}

TEST(ReadCsv, RefusesAMissingHeader) {
  EXPECT_EQ(Refusal(""), "line 1, column 1: no header");
  EXPECT_EQ(Refusal("\uFEFF"), "line 1, column 1: no header");
}

TEST(ReadCsv, RefusesBlankAndRepeatedNames) {
  EXPECT_EQ(Refusal("code,,kind\n"), "line 1, column 6: a column without a name");
  EXPECT_EQ(Refusal("code,kind,code\n"), "line 1, column 11: column 'code' a second time");
}

TEST(ReadCsv, RefusesBlankLines) {
  EXPECT_EQ(Refusal("a\n1\n\n2\n"), "line 3, column 1: a blank line");
  EXPECT_EQ(Refusal("a\n1\n\n"), "line 3, column 1: a blank line");
  EXPECT_EQ(Refusal("\na\n"), "line 1, column 1: a blank line");
  EXPECT_EQ(Refusal("a\r\n\r\n"), "line 2, column 1: a blank line");
}

TEST(ReadCsv, RefusesRowsOfAnotherWidth) {
  EXPECT_EQ(Refusal("a,b,c\n1,2,3\n1,2\n"), "line 3, column 1: 2 cells where the header has 3");
  EXPECT_EQ(Refusal("a,b\n1,2,3\n"), "line 2, column 5: more cells than the 2 of the header");
  EXPECT_EQ(Refusal("a,b\n1,2,\n"), "line 2, column 5: more cells than the 2 of the header");
}

TEST(ReadCsv, RefusesMisplacedQuotes) {
  EXPECT_THAT(Refusal("a,b\nx\"y,2\n"), HasSubstr("line 2, column 2: a quote inside"));
  EXPECT_THAT(Refusal("a,b\n \"x\",2\n"), HasSubstr("line 2, column 2: a quote inside"));
  EXPECT_THAT(Refusal("a,b\n\"x\"y,2\n"), HasSubstr("line 2, column 4: text behind"));
  EXPECT_THAT(Refusal("a,b\n\"x\" ,2\n"), HasSubstr("line 2, column 4: text behind"));
}

TEST(ReadCsv, SaysWhereAnUnclosedQuoteBegan) {
  EXPECT_EQ(Refusal("a,b\n1,\"x\ny,2\nz"), "line 2, column 3: a quote that is never closed");
  EXPECT_EQ(Refusal("a,b\n1,\"x\"\""), "line 2, column 3: a quote that is never closed");
}

TEST(ReadCsv, RefusesLoneCarriageReturns) {
  EXPECT_THAT(Refusal("a,b\r1,2\r"), HasSubstr("line 1, column 4: a carriage return"));
  EXPECT_THAT(Refusal("a,b\n1,\"x\ry\"\n"), HasSubstr("line 2, column 5: a carriage return"));
}

TEST(ReadCsv, RefusesIllFormedBytesAndNul) {
  EXPECT_EQ(Refusal("a,b\nĐ\xFF,2\n"), "line 2, column 2: not UTF-8");
  EXPECT_EQ(Refusal("a,b\n1,\"\xC3\"\n"), "line 2, column 4: not UTF-8");
  EXPECT_EQ(Refusal(std::string_view("a\n1\0\n", 5)), "line 2, column 2: a NUL character");
}

// Opened by somebody whose Excel separates by semicolons: one column, and the message shows why.
TEST(ReadCsv, ShowsWhatASemicolonFileLooksLike) {
  const absl::StatusOr<CsvTable> table = ReadCsv("code;name_vi\nlao-cai;Lào Cai\n");
  ASSERT_TRUE(table.ok()) << table.status();
  EXPECT_THAT(table->Column("code").status().message(), HasSubstr("the columns are: code;name_vi"));
}

TEST(CsvProblem, NamesLineAndColumn) {
  EXPECT_EQ(CsvProblem({"l206", 9, 12}, "no count").message(), "line 9, column 12: no count");
}

TEST(WriteCsv, QuotesOnlyWhereNeeded) {
  EXPECT_EQ(
      WriteCsv({{"token", "note"}, {"97 lớp, 3864", "gọi là \"chuẩn\""}, {"x\ny", "z"}, {"", " "}}),
      "token,note\r\n\"97 lớp, 3864\",\"gọi là \"\"chuẩn\"\"\"\r\n\"x\ny\",z\r\n, \r\n");
}

TEST(WriteCsv, NeverWritesABlankLine) { EXPECT_EQ(WriteCsv({{"note"}, {""}}), "note\r\n\"\"\r\n"); }

TEST(WriteCsv, IsReadBackExactly) {
  const Records records = {{"trường", "ghi chú", "số, \"mục\""},
                           {"Điện Biên", "dòng 1\r\ndòng 2\n", ""},
                           {"", "\"", ","},
                           {" a ", "''", "=1+1"}};
  EXPECT_EQ(Read(WriteCsv(records)), records);
  EXPECT_EQ(Read(WriteCsv({{"a"}, {""}, {"x"}})), (Records{{"a"}, {""}, {"x"}}));
}

}  // namespace
}  // namespace thidua::text
