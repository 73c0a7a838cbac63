#include "predictors/process/child_process.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

#include "models/base/error.h"
#include "tests/reference/paths.h"
#include "tests/reference/processes.h"

namespace evenkeel {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

constexpr double kSeconds = 20.0;
constexpr std::size_t kBytes = 1000;
constexpr char kDecide[] = "{\"message\":\"decide\",\"slot\":4}";

/// Why a program that does this gives no answer.
std::string Failure(const std::string& mode, double seconds = kSeconds) {
  ChildProcess child({ChildProgramPath(), mode});
  try {
    return "answered " + child.Ask(kDecide, seconds, kBytes);
  } catch (const InputError& error) {
    EXPECT_THROW(child.Ask(kDecide, seconds, kBytes), InputError) << "it has been ended";
    return error.what();
  }
}

TEST(ChildProcessTest, AnswersLinesInOrder) {
  ChildProcess child({ChildProgramPath(), "echo"});
  EXPECT_EQ(child.Ask("one", kSeconds, kBytes), "one");
  EXPECT_EQ(child.Ask("", kSeconds, kBytes), "");
  EXPECT_EQ(child.Ask("two", kSeconds, kBytes), "two");
}

TEST(ChildProcessTest, LinesOfMegabytesGoBothWays) {
  ChildProcess child({ChildProgramPath(), "echo"});
  const std::string line(3'000'000, 'x');
  EXPECT_EQ(child.Ask(line, kSeconds, line.size()), line);
}

TEST(ChildProcessTest, WhatIsToldComesBeforeWhatIsAsked) {
  ChildProcess child({"/bin/sh", "-c", "read a; read b; echo \"$a $b\""});
  child.Tell("first");
  EXPECT_EQ(child.Ask("then", kSeconds, kBytes), "first then");
}

TEST(ChildProcessTest, SaysHowAProgramEnded) {
  EXPECT_THAT(Failure("crash"),
              AllOf(StartsWith("was ended by signal 11 ("), HasSubstr("it said last: about to crash")));
  EXPECT_EQ(Failure("exit"), "ended with exit code 3; it said last: Traceback: no such thing");
  EXPECT_EQ(Failure("half-exit"), "ended with exit code 0 in the middle of a line");
  EXPECT_EQ(Failure("close"), "closed its standard output");
  EXPECT_EQ(Failure("no-such-mode"), "ended with exit code 9; it said last: no mode no-such-mode");
}

TEST(ChildProcessTest, DoesNotWaitLongerThanItShould) {
  for (const char* mode : {"hang", "loop", "half", "stop", "mute"})
    EXPECT_EQ(Failure(mode, 0.05), "gave no answer within 0.05 s") << mode;
  EXPECT_THAT(Failure("errors", 0.05), StartsWith("gave no answer within 0.05 s; it said last: "));
}

TEST(ChildProcessTest, TakesNoMoreThanItShould) {
  EXPECT_EQ(Failure("flood"), "wrote more than 1000 bytes for one answer");
  ChildProcess child({ChildProgramPath(), "echo"});
  EXPECT_EQ(child.Ask(std::string(kBytes, 'x'), kSeconds, kBytes).size(), kBytes);
  EXPECT_THROW(child.Ask(std::string(kBytes + 1, 'x'), kSeconds, kBytes), InputError);
}

TEST(ChildProcessTest, AnAnswerThatNobodyAskedForIsAFailure) {
  ChildProcess child({"/bin/sh", "-c", "read a; echo 1; echo 2; read b; echo 3; sleep 100"});
  EXPECT_EQ(child.Ask("a", kSeconds, kBytes), "1");
  try {
    for (int k = 0; k < 1000; ++k) ::usleep(1000), child.Ask("b", kSeconds, kBytes);
    FAIL() << "2 is no answer to b";
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), testing::AnyOf(StartsWith("wrote to its standard output without being asked"),
                                             StartsWith("gave no answer")));
  }
}

TEST(ChildProcessTest, AProgramThatReadsNothingMayAnswerAllTheSame) {
  ChildProcess child({"/bin/sh", "-c", "exec <&-; sleep 0.1; echo here; sleep 100"});
  EXPECT_EQ(child.Ask(std::string(1'000'000, 'x'), kSeconds, kBytes), "here");
}

TEST(ChildProcessTest, WhatCannotBeStartedIsSaid) {
  EXPECT_THROW(ChildProcess({"/no/such/program"}), InputError);
  EXPECT_FALSE(HasChildren());
}

TEST(ChildProcessTest, GetsThreeFilesAndNoSignalsBlocked) {
  const int open = ::open("/dev/null", O_RDONLY);  // not closed on exec, as HDF5's
  ChildProcess child({"/bin/sh", "-c", "read a; ls /proc/$$/fd | tr '\\n' ' '; grep SigBlk /proc/self/status"});
  EXPECT_EQ(child.Ask("", kSeconds, kBytes), "0 1 2 SigBlk:\t0000000000000000");
  ::close(open);
}

TEST(ChildProcessTest, FinishWaitsForItsEnd) {
  const std::size_t before = OpenFiles();
  EXPECT_EQ(ChildProcess({"/bin/sh", "-c", "cat; exit 3"}).Finish(kSeconds), 3) << "its standard input has ended";
  EXPECT_EQ(ChildProcess({"/bin/sh", "-c", "head -c 1000000 /dev/zero"}).Finish(kSeconds), 0);
  EXPECT_EQ(ChildProcess({"/bin/sh", "-c", "exec >&- 2>&-; sleep 0.1; exit 4"}).Finish(kSeconds), 4);
  EXPECT_EQ(ChildProcess({"/bin/sh", "-c", "sleep 1000 & exit 5"}).Finish(kSeconds), 5) << "the rest is killed";
  ChildProcess child({"/bin/sh", "-c", "echo why >&2; exit 6"});
  EXPECT_EQ(child.Finish(kSeconds), 6);
  EXPECT_EQ(child.SaidLast(), "; it said last: why");
  EXPECT_THAT([&] { child.Finish(kSeconds); }, testing::ThrowsMessage<InputError>(StartsWith("has ended")));
  EXPECT_THAT(
      [] {
        ChildProcess({"sleep", "1000"}).Finish(0.05);
      },
      testing::ThrowsMessage<InputError>(StartsWith("has not ended within 0.05 s")));
  EXPECT_EQ(OpenFiles(), before);
  EXPECT_FALSE(HasChildren());
}

TEST(ChildProcessTest, LeavesNoProcessAndNoFileBehind) {
  const std::size_t before = OpenFiles();
  for (const char* mode : {"crash", "exit", "half-exit", "close", "flood", "garbage", "echo"}) Failure(mode);
  for (const char* mode : {"hang", "stop", "fork", "errors"}) Failure(mode, 0.05);
  for (int k = 0; k < 3; ++k) ChildProcess({ChildProgramPath(), "mute"});
  EXPECT_EQ(OpenFiles(), before);
  EXPECT_FALSE(HasChildren());
}

TEST(ChildProcessTest, WhatItStartedItselfEndsWithIt) {
  pid_t grandchild = 0;
  {
    ChildProcess child({"/bin/sh", "-c", "sleep 1000 & read a; echo $!; wait"});
    grandchild = std::stoi(child.Ask("", kSeconds, kBytes));
    EXPECT_EQ(::kill(grandchild, 0), 0);
  }
  // It is nobody's child here, so it may be a zombie until init has seen to it.
  const auto is_alive = [&] {
    std::ifstream file("/proc/" + std::to_string(grandchild) + "/stat");
    std::string pid, name, state;
    return (file >> pid >> name >> state) && state != "Z" && state != "X";
  };
  for (int k = 0; k < 1000 && is_alive(); ++k) ::usleep(1000);
  EXPECT_FALSE(is_alive());
}

}  // namespace
}  // namespace evenkeel
