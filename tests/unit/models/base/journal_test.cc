#include "models/base/journal.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "models/base/error.h"

namespace evenkeel {
namespace {

using Lines = std::vector<std::string>;

class JournalTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "evenkeel_journal_XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
    path_ = folder_ / "a.journal";
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::filesystem::path folder_;
  std::string path_;
};

TEST_F(JournalTest, KeepsLinesAcrossOpenings) {
  {
    Journal journal(path_, "header");
    EXPECT_EQ(journal.lines(), Lines());
    journal.Append("one");
    journal.Append("two");
  }
  EXPECT_EQ(Journal(path_, "header").lines(), (Lines{"one", "two"}));
  EXPECT_EQ(ReadJournal(path_, "header"), (Lines{"one", "two"}));
  EXPECT_EQ(ReadJournal(path_, "another"), Lines());
}

TEST_F(JournalTest, ACutLineIsRemoved) {
  { Journal(path_, "header").Append("one"); }
  std::ofstream(path_, std::ios::app) << "tw";
  EXPECT_EQ(ReadJournal(path_, "header"), Lines{"one"});
  {
    Journal journal(path_, "header");
    EXPECT_EQ(journal.lines(), Lines{"one"});
    journal.Append("two");
  }
  EXPECT_EQ(ReadJournal(path_, "header"), (Lines{"one", "two"}));
}

TEST_F(JournalTest, ACutHeaderIsNoJournal) {
  std::ofstream(path_) << "head";
  EXPECT_EQ(Journal(path_, "header").lines(), Lines());
  EXPECT_EQ(Journal(path_, "header").lines(), Lines());
}

TEST_F(JournalTest, AnotherHeaderAndASecondWriterAreRefused) {
  Journal journal(path_, "header");
  EXPECT_THROW(Journal(path_, "header"), InputError);
  const std::string other = folder_ / "b.journal";
  { Journal(other, "old").Append("line"); }
  EXPECT_THROW(Journal(other, "new"), InputError);
  EXPECT_EQ(ReadJournal(other, "old"), Lines{"line"}) << "it is left as it was";
}

TEST_F(JournalTest, AFolderThatIsNotThereIsAnError) {
  EXPECT_THROW(Journal(folder_ / "no" / "a.journal", "header"), InputError);
}

}  // namespace
}  // namespace evenkeel
