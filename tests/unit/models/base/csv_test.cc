#include "models/base/csv.h"

#include <gtest/gtest.h>

#include "tests/unit/models/file_test_util.h"

namespace evenkeel {
namespace {

CsvTable Parse(const std::string& text) { return ParseCsv(text, "in.csv", CsvHeader::kFirstRow); }

TEST(Csv, ReadsHeaderRowsAndLines) {
  const CsvTable table = Parse("time, WUE (L/kWh) \r\n2022,1.5\r\n\r\n2023,-2e3\r\n");
  EXPECT_EQ(table.header, (std::vector<std::string>{"time", "WUE (L/kWh)"}));
  ASSERT_EQ(table.num_rows(), 2);
  EXPECT_EQ(table.lines, (std::vector<int>{2, 4}));
  EXPECT_EQ(table.Column("WUE (L/kWh)"), 1);
  EXPECT_EQ(table.Number(0, 1), 1.5);
  EXPECT_EQ(table.Number(1, 1), -2000.0);
}

TEST(Csv, ReadsQuotesByteOrderMarkAndAFileWithoutLastNewline) {
  const CsvTable table = Parse("\xEF\xBB\xBF\"a,b\",c\n\"say \"\"hi\"\"\nthere\",1\nx,2");
  EXPECT_EQ(table.header, (std::vector<std::string>{"a,b", "c"}));
  EXPECT_EQ(table.rows[0][0], "say \"hi\"\nthere");
  EXPECT_EQ(table.lines, (std::vector<int>{2, 4}));
  EXPECT_EQ(table.Number(1, 1), 2.0);
}

TEST(Csv, QuotedFieldsKeepTheirSpacesButHeadersDoNot) {
  const CsvTable table = Parse("\" a \",b\n\" x \", y \n");
  EXPECT_EQ(table.Column("a"), 0);
  EXPECT_EQ(table.rows[0], (std::vector<std::string>{" x ", "y"}));
}

TEST(Csv, ATableWithoutHeader) {
  const CsvTable table = ParseCsv("0,1\n1,0\n", "reach.csv", CsvHeader::kNone);
  EXPECT_TRUE(table.header.empty());
  EXPECT_EQ(table.num_rows(), 2);
  ExpectInputError([&] { ParseCsv("a\n", "reach.csv", CsvHeader::kNone).Number(0, 0); },
                   {"reach.csv:1", "column 1", "'a'"});
}

TEST(Csv, RejectsWhatIsNotWellFormed) {
  ExpectInputError([] { Parse(""); }, {"in.csv", "empty"});
  ExpectInputError([] { Parse("\n\n"); }, {"in.csv", "empty"});
  ExpectInputError([] { Parse("a,b\n1,2\n3\n"); }, {"in.csv:3", "1 fields", "expected 2"});
  ExpectInputError([] { Parse("a,b\n1,2,3\n"); }, {"in.csv:2", "3 fields", "expected 2"});
  ExpectInputError([] { Parse("a,b\n1,\"2\n3,4\n"); }, {"in.csv:2", "quote"});
  ExpectInputError([] { Parse("a,b\n1,2\n1,\"2\"x\n"); }, {"in.csv:3", "quote"});
  ExpectInputError([] { Parse("a,b\n1,2\n1,x\"2\"\n"); }, {"in.csv:3", "quote"});
}

TEST(Csv, RejectsColumnsThatAreNotThere) {
  ExpectInputError([] { Parse("a,b\n1,2\n").Column("c"); }, {"in.csv", "no column \"c\"", "\"a\", \"b\""});
  ExpectInputError([] { Parse("a,a\n1,2\n").Column("a"); }, {"in.csv", "\"a\"", "twice"});
}

TEST(Csv, RejectsFieldsThatAreNoFiniteNumber) {
  for (const char* text : {"", "nan", "NaN", "inf", "-inf", "1e999", "1.5x", "x", "1,5", "0x10", "+1", "1 2"}) {
    const CsvTable table = Parse(std::string("a\n1\n\"") + text + "\"\n");
    ExpectInputError([&] { table.Number(1, 0); },
                     {"in.csv:3", "\"a\"", std::string("'") + text + "'", "finite number"});
  }
}

TEST(Csv, ReadsFilesAndSaysWhatIsWrongWithThem) {
  const TemporaryDirectory directory;
  WriteBytes(directory / "ok.csv", "a\n1\n");
  EXPECT_EQ(ReadCsv(directory / "ok.csv", CsvHeader::kFirstRow).Number(0, 0), 1.0);
  ExpectInputError([&] { ReadCsv(directory / "no.csv", CsvHeader::kFirstRow); }, {"no.csv", "No such file"});
  ExpectInputError([&] { ReadCsv(directory.path(), CsvHeader::kFirstRow); }, {directory.path(), "directory"});
}

}  // namespace
}  // namespace evenkeel
