#include "models/base/atomic_file.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>

#include "models/base/checksum.h"
#include "models/base/read_file.h"
#include "tests/unit/models/file_test_util.h"

namespace evenkeel {
namespace {

TEST(AtomicFile, AppearsOnCommitOnly) {
  const TemporaryDirectory directory;
  const std::string path = directory / "a.txt";
  WriteBytes(path, "old");
  AtomicFile file(path);
  EXPECT_EQ(file.temporary_path(), path + ".tmp-" + std::to_string(::getpid()));
  file.Write("new");
  EXPECT_EQ(ReadBytes(path), "old");
  file.Commit();
  EXPECT_EQ(ReadBytes(path), "new");
  EXPECT_EQ(directory.NumFiles(), 1);
}

TEST(AtomicFile, LeavesNothingWhenNotCommitted) {
  const TemporaryDirectory directory;
  {
    AtomicFile file(directory / "a.txt");
    file.Write("half");
    EXPECT_EQ(directory.NumFiles(), 1);
  }
  EXPECT_EQ(directory.NumFiles(), 0);
}

TEST(AtomicFile, RemovesWhatKilledWritersLeftBesideItsTarget) {
  const TemporaryDirectory directory;
  const AtomicFile writing(directory / "a.txt");  // still at it, and locked
  const std::string killed = directory / "a.txt.tmp-1", others = directory / "b.txt.tmp-1",
                    no_pid = directory / "a.txt.tmp-x";
  for (const std::string& path : {killed, others, no_pid}) WriteBytes(path, "half");
  const int status = RunInChild([&] {
    WriteTextFile(directory / "a.txt", "new");
    return 0;
  });
  EXPECT_EQ(status, 0);
  EXPECT_FALSE(std::filesystem::exists(killed));
  for (const std::string& path : {writing.temporary_path(), others, no_pid}) EXPECT_TRUE(std::filesystem::exists(path));
}

TEST(ReadFile, RefusesWhatIsNoRegularFile) {
  const TemporaryDirectory directory;
  const std::string pipe = directory / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0666), 0);
  for (const std::string& special : {pipe, std::string("/dev/zero"), std::string("/dev/full")}) {
    ExpectInputError([&] { ReadTextFile(special); }, {special, "no regular file"});
    ExpectInputError([&] { evenkeel::ReadBytes(special); }, {special, "no regular file"});
    ExpectInputError([&] { FileChecksum(special); }, {special, "no regular file"});
  }
  ExpectInputError([&] { ReadTextFile(directory.path()); }, {directory.path(), "is a directory"});
}

TEST(AtomicFile, FollowsALinkAndKeepsIt) {
  const TemporaryDirectory directory;
  std::filesystem::create_directory(directory / "real");
  WriteBytes(directory / "real/a.txt", "old");
  std::filesystem::create_symlink("real/a.txt", directory / "link");
  WriteTextFile(directory / "link", "new");
  EXPECT_TRUE(std::filesystem::is_symlink(directory / "link"));
  EXPECT_EQ(ReadBytes(directory / "real/a.txt"), "new");
}

TEST(AtomicFile, HonoursTheUmask) {
  const TemporaryDirectory directory;
  const mode_t before = ::umask(027);
  WriteTextFile(directory / "a.txt", "x");
  ::umask(before);
  struct stat status = {};
  ASSERT_EQ(::stat((directory / "a.txt").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0640u);
}

TEST(AtomicFile, RefusesTargetsThatCannotBeFiles) {
  const TemporaryDirectory directory;
  ExpectInputError([&] { WriteTextFile(directory.path(), "x"); }, {directory.path(), "is a directory"});
  ExpectInputError([&] { WriteTextFile(directory / "no/a.txt", "x"); }, {"no/a.txt", "No such file or directory"});
  ExpectInputError([&] { WriteTextFile(directory / "a.txt/", "x"); }, {"a.txt/", "directory"});
  ExpectInputError([&] { WriteTextFile("/dev/null", "x"); }, {"/dev/null", "no regular file"});
  ExpectInputError([&] { WriteTextFile("", "x"); }, {"empty"});
  EXPECT_EQ(directory.NumFiles(), 0);
}

TEST(AtomicFile, RefusesAReadOnlyDirectory) {
  const TemporaryDirectory directory;
  ASSERT_EQ(::chmod(directory.path().c_str(), 0555), 0);
  const int status = RunInChild([&] {
    // The superuser may write anywhere.
    if (::getuid() == 0 && ::setuid(65534) != 0) return 3;
    try {
      WriteTextFile(directory / "a.txt", "x");
    } catch (const InputError& error) {
      return std::string(error.what()).find("a.txt: Permission denied") == std::string::npos ? 2 : 0;
    }
    return 1;
  });
  EXPECT_EQ(status, 0);
  EXPECT_EQ(directory.NumFiles(), 0);
}

TEST(AtomicFile, FullDiskLeavesTheOldFile) {
  const TemporaryDirectory directory;
  WriteBytes(directory / "a.txt", "old");
  const int status = RunInChild([&] {
    const rlimit limit = {1000, 1000};
    if (::setrlimit(RLIMIT_FSIZE, &limit) != 0 || std::signal(SIGXFSZ, SIG_IGN) == SIG_ERR) return 3;
    try {
      WriteTextFile(directory / "a.txt", std::string(5000, 'x'));
    } catch (const InputError& error) {
      return std::string(error.what()).find("a.txt: File too large") == std::string::npos ? 2 : 0;
    }
    return 1;
  });
  EXPECT_EQ(status, 0);
  EXPECT_EQ(ReadBytes(directory / "a.txt"), "old");
  EXPECT_EQ(directory.NumFiles(), 1);
}

TEST(AtomicFile, AKilledWriterLeavesTheOldFile) {
  const TemporaryDirectory directory;
  WriteBytes(directory / "a.txt", "old");
  const int status = RunInChild([&] {
    AtomicFile file(directory / "a.txt");
    file.Write("half");
    ::raise(SIGKILL);
    return 0;
  });
  EXPECT_EQ(status, 1000 + SIGKILL);
  EXPECT_EQ(ReadBytes(directory / "a.txt"), "old");
}

}  // namespace
}  // namespace evenkeel
