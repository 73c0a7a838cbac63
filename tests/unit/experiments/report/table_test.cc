#include "experiments/report/table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace evenkeel {
namespace {

using ::testing::ElementsAre;

TEST(Table, AlignsNamesToTheLeftAndNumbersToTheRight) {
  Table table;
  table.columns = {{"policy", "", {"cost", "norm-greedy"}}, {"J", "USD", {"721352", "1"}}, {"PAR", "", {"1.5", "2"}}};
  EXPECT_EQ(ToString(table),
            "policy            J  PAR\n"
            "                USD\n"
            "------------------------\n"
            "cost         721352  1.5\n"
            "norm-greedy       1    2\n");
}

TEST(Table, HasNoLineForUnitsWhenThereAreNone) {
  Table table;
  table.columns = {{"a", "", {"x"}}, {"b", "", {"1"}}};
  EXPECT_EQ(ToString(table), "a  b\n----\nx  1\n");
}

TEST(Table, PutsALongNameOnALineOfItsOwn) {
  Table table;
  table.max_name_width = 6;
  table.columns = {{"policy", "", {"cost", "robust(..)"}}, {"J", "", {"1", "2"}}};
  EXPECT_EQ(ToString(table), "policy  J\n---------\ncost    1\nrobust(..)\n        2\n");
}

TEST(Table, ContinuesBelowWhatIsTooWide) {
  Table table;
  table.max_width = 12;
  table.columns = {{"name", "", {"x"}}, {"one", "", {"1"}}, {"two", "", {"2"}}};
  EXPECT_EQ(ToString(table), "name  one\n---------\nx       1\n\nname  two\n---------\nx       2\n");
}

TEST(Table, CountsLettersAndNotBytes) {
  Table table;
  table.columns = {{"region", "", {"Z\xc3\xbcrich", "Ulm"}}, {"v", "", {"1", "2"}}};
  EXPECT_EQ(ToString(table), "region  v\n---------\nZ\xc3\xbcrich  1\nUlm     2\n");
}

TEST(Table, WithoutRowsShowsItsHeader) {
  Table table;
  table.columns = {{"a", "", {}}, {"b", "", {}}};
  EXPECT_EQ(ToString(table), "a  b\n----\n");
}

TEST(FormatColumn, GivesAllNumbersTheDecimalsOfTheLargest) {
  EXPECT_THAT(FormatColumn(std::vector<double>{1432.788, 2.0}), ElementsAre("1432.79", "2.00"));
  EXPECT_THAT(FormatColumn(std::vector<double>{118.5617}), ElementsAre("118.562"));
  EXPECT_THAT(FormatColumn(std::vector<double>{987806.4, -3.0}), ElementsAre("987806", "-3"));
  EXPECT_THAT(FormatColumn(std::vector<double>{0.25}), ElementsAre("0.25000"));
}

TEST(FormatColumn, HandlesZeroInfinityAndNothing) {
  const double infinity = std::numeric_limits<double>::infinity();
  EXPECT_THAT(FormatColumn(std::vector<double>{infinity, 10.0, -0.0}), ElementsAre("inf", "10.0000", "0.0000"));
  EXPECT_THAT(FormatColumn(std::vector<double>{-1e-12, 1000.0}, 5), ElementsAre("0.0", "1000.0"));
  EXPECT_TRUE(FormatColumn(std::vector<double>()).empty());
}

TEST(Table, LongNamesGiveWayToNumbers) {
  Table table;
  table.max_width = 40;
  table.columns = {{"policy", "", {"a name of 24 characters.", "short"}},
                   {"first column", "", {"1", "2"}},
                   {"second column", "", {"3", "4"}}};
  EXPECT_EQ(ToString(table),
            "policy  first column  second column\n"
            "-----------------------------------\n"
            "a name of 24 characters.\n"
            "                   1              3\n"
            "short              2              4\n");
}

}  // namespace
}  // namespace evenkeel
