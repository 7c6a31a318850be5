#include <sstream>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/cli/csv_file.h"

namespace thidua::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const CsvColumns kColumns = {{"code", "name_vi"}, {"note"}};

TEST(ReadRecords, FindsCellsByColumnInAnyOrder) {
  CsvProblems problems;
  const auto records = ReadRecords(
      "schools.csv", "name_vi,code\nTrường Chính trị tỉnh Sơn La,son-la\n", kColumns, problems);
  EXPECT_THAT(problems, IsEmpty());
  ASSERT_THAT(records, SizeIs(1));
  EXPECT_EQ(records[0]["code"], "son-la");
  EXPECT_EQ(records[0]["note"], "");
  EXPECT_EQ(records[0].line(), 2);
}

TEST(ReadRecords, StoresTextInOneForm) {
  CsvProblems problems;
  // "Hòa" typed as four code points.
  const auto records = ReadRecords("schools.csv",
                                   "code,name_vi\nhoa-binh, Ho\xCC\x80"
                                   "a Bình \n",
                                   kColumns, problems);
  EXPECT_THAT(problems, IsEmpty());
  ASSERT_THAT(records, SizeIs(1));
  EXPECT_EQ(records[0]["name_vi"], "Hòa Bình");
}

TEST(ReadRecords, NamesTheColumnThatIsMissingAndTheOneThatIsUnknown) {
  CsvProblems problems;
  EXPECT_THAT(ReadRecords("schools.csv", "code,nmae_vi\nson-la,x\n", kColumns, problems),
              IsEmpty());
  EXPECT_THAT(problems, ElementsAre(Field(&CsvProblem::column, "name_vi"),
                                    Field(&CsvProblem::column, "nmae_vi")));
}

TEST(ReadRecords, NamesLineAndColumnOfTextThatIsNoText) {
  CsvProblems problems;
  ReadRecords("schools.csv", "code,name_vi\nson-la,Sơn La\nlao-cai,Lào\tCai\n", kColumns, problems);
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_EQ(problems[0].line, 3);
  EXPECT_EQ(problems[0].column, "name_vi");
}

TEST(ReadRecords, RefusesARowOfAnotherWidth) {
  CsvProblems problems;
  EXPECT_THAT(ReadRecords("schools.csv", "code,name_vi\nson-la\n", kColumns, problems), IsEmpty());
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_THAT(problems[0].text, HasSubstr("line 2"));
}

TEST(PrintProblems, TellsFileLineAndColumn) {
  std::ostringstream out;
  PrintProblems({{"schools.csv", 12, "province_id", "is required", "bắt buộc"}}, true, out);
  EXPECT_EQ(out.str(), "✗ schools.csv:12: province_id: bắt buộc\n");
}

}  // namespace
}  // namespace thidua::cli
