#include "models/base/journal.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "models/base/error.h"
#include "models/base/read_file.h"

namespace evenkeel {
namespace {

using Lines = std::vector<std::string>;

Lines Texts(const JournalContent& content) {
  Lines texts;
  for (const JournalLine& line : content.lines) texts.push_back(line.text);
  return texts;
}

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
    EXPECT_EQ(Texts(journal.content()), Lines());
    journal.Append("one");
    journal.Append("two");
  }
  EXPECT_EQ(Texts(Journal(path_, "header").content()), (Lines{"one", "two"}));
  EXPECT_EQ(Texts(ReadJournal(path_, "header")), (Lines{"one", "two"}));
  EXPECT_EQ(Texts(ReadJournal(path_, "another")), Lines());
}

TEST_F(JournalTest, IsReadWhileSomebodyWritesItUpToTheLastWholeLine) {
  Journal journal(path_, "header");
  journal.Append("one");
  std::ofstream(path_, std::ios::app) << "9 0000";
  const std::string before = ReadBytes(path_);
  const JournalText text = ReadJournalText(path_);
  EXPECT_EQ(text.header, "header");
  EXPECT_EQ(Texts(text.content), (Lines{"one"}));
  EXPECT_EQ(ReadBytes(path_), before);
  EXPECT_THROW(ReadJournalText(path_ + ".missing"), InputError);
  EXPECT_THROW(ReadJournalText(folder_), InputError);
}

TEST_F(JournalTest, ACutLineIsRemoved) {
  { Journal(path_, "header").Append("one"); }
  std::ofstream(path_, std::ios::app) << "tw";
  EXPECT_EQ(Texts(ReadJournal(path_, "header")), Lines{"one"});
  {
    Journal journal(path_, "header");
    EXPECT_EQ(Texts(journal.content()), Lines{"one"});
    journal.Append("two");
  }
  EXPECT_EQ(Texts(ReadJournal(path_, "header")), (Lines{"one", "two"}));
}

TEST_F(JournalTest, ACutHeaderIsNoJournal) {
  std::ofstream(path_) << "head";
  EXPECT_EQ(Texts(Journal(path_, "header").content()), Lines());
  EXPECT_EQ(Texts(Journal(path_, "header").content()), Lines());
}

TEST_F(JournalTest, AnotherHeaderAndASecondWriterAreRefused) {
  Journal journal(path_, "header");
  EXPECT_THROW(Journal(path_, "header"), InputError);
  const std::string other = folder_ / "b.journal";
  { Journal(other, "old").Append("line"); }
  EXPECT_THROW(Journal(other, "new"), InputError);
  EXPECT_EQ(Texts(ReadJournal(other, "old")), Lines{"line"}) << "it is left as it was";
}

TEST_F(JournalTest, AFolderThatIsNotThereIsAnError) {
  EXPECT_THROW(Journal(folder_ / "no" / "a.journal", "header"), InputError);
}

TEST_F(JournalTest, ALineThatWasChangedIsSaidAndTheOthersCount) {
  {
    Journal journal(path_, "header");
    for (const char* line : {"one 1", "two 2", "three 3", "four 4"}) journal.Append(line);
  }
  std::string bytes = ReadBytes(path_);
  bytes[bytes.find("two 2") + 4] = '7';                           // a digit
  bytes.replace(bytes.find("three 3"), 7, std::string(7, '\0'));  // zeros, as a power cut leaves them
  std::ofstream(path_, std::ios::binary) << bytes;
  const Journal journal(path_, "header");
  EXPECT_EQ(Texts(journal.content()), (Lines{"one 1", "four 4"}));
  EXPECT_EQ(journal.content().lines[1].line, 5);
  ASSERT_EQ(journal.content().damaged.size(), 2u);
  EXPECT_EQ(journal.content().damaged[0].line, 3);
  EXPECT_EQ(journal.content().damaged[0].what, "its checksum is wrong");
  EXPECT_EQ(journal.content().damaged[1].line, 4);
}

TEST_F(JournalTest, ALineThatWasShortenedIsSaid) {
  { Journal(path_, "header").Append("[1, 2, 3]"); }
  std::string bytes = ReadBytes(path_);
  bytes.replace(bytes.find("[1, 2, 3]"), 9, "[1, 2]");
  std::ofstream(path_, std::ios::binary) << bytes;
  EXPECT_EQ(ReadJournal(path_, "header").damaged.size(), 1u);
}

TEST_F(JournalTest, AFailedAppendLeavesNothing) {
  Journal journal(path_, "header");
  journal.Append("one");
  const auto size = std::filesystem::file_size(path_);
  rlimit before = {};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit full = {size + 5, before.rlim_max};
  std::signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &full), 0);
  EXPECT_THROW(journal.Append("two, of which a few bytes fit"), InputError);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  EXPECT_EQ(std::filesystem::file_size(path_), size);
  journal.Append("three");
  EXPECT_EQ(Texts(ReadJournal(path_, "header")), (Lines{"one", "three"}));
}

TEST_F(JournalTest, LinksPipesAndDevicesAreRefused) {
  const std::string target = folder_ / "target";
  std::ofstream(target) << "precious";
  std::filesystem::create_symlink(target, path_);
  EXPECT_THROW(Journal(path_, "header"), InputError);
  EXPECT_EQ(ReadBytes(target), "precious");
  EXPECT_TRUE(ReadJournal(path_, "header").lines.empty());
  const std::string pipe = folder_ / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0666), 0);
  for (const std::string& special : {pipe, std::string("/dev/full"), std::string("/dev/zero")}) {
    EXPECT_THROW(Journal(special, "header"), InputError) << special;
    EXPECT_TRUE(ReadJournal(special, "header").lines.empty()) << special;
  }
}

}  // namespace
}  // namespace evenkeel
