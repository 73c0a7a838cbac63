// What a process can do once it is locked down: an attempt each, in a child, with an open file, a folder and a parent
// within reach.
#include "predictors/process/lockdown.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include "models/base/read_file.h"
#include "tests/unit/models/file_test_util.h"

namespace evenkeel {
namespace {

/// A child whose standard input is a socket that `end` is the other end of.
pid_t Fork(int* end) {
  std::array<int, 2> files = {};
  EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, files.data()), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(files[0]);
    ::dup2(files[1], STDIN_FILENO);
    return 0;
  }
  ::close(files[1]);
  *end = files[0];
  return child;
}

/// The exit code of a locked child that does this; 200 for one that a signal ended.
int Locked(const std::function<int()>& attempt, std::int64_t memory = std::int64_t{1} << 30) {
  int end = -1;
  const pid_t child = Fork(&end);
  if (child == 0) {
    LockDown(memory);
    ::_exit(attempt());
  }
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  ::close(end);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 200;
}

/// What became of a call: 0 when it worked, its errno when not.
template <typename Result>
int Outcome(Result result) {
  return result == static_cast<Result>(-1) ? errno : 0;
}

TEST(LockDownTest, ComputesAndSpeaks) {
  EXPECT_EQ(Locked([] {
              std::vector<double> numbers(1'000'000, 0.5);
              double sum = 0.0;
              for (double number : numbers) sum += number;
              const std::string text = std::to_string(sum);
              return text == "500000.000000" && ::write(STDIN_FILENO, "x", 1) == 1 ? 0 : 1;
            }),
            0);
}

TEST(LockDownTest, FilesAreOutOfReach) {
  const TemporaryDirectory folder;
  const std::string file = folder / "a", other = folder / "b";
  std::ofstream(file) << "mine";
  EXPECT_EQ(Locked([&] { return Outcome(::open(file.c_str(), O_RDONLY)); }), EPERM);
  EXPECT_EQ(Locked([&] { return Outcome(::open("/etc/passwd", O_RDONLY)); }), EPERM);
  EXPECT_EQ(Locked([&] { return Outcome(::open(other.c_str(), O_WRONLY | O_CREAT, 0600)); }), EPERM);
  EXPECT_EQ(Locked([&] { return Outcome(::syscall(SYS_openat2, AT_FDCWD, file.c_str(), nullptr, 0)); }), EPERM);
  EXPECT_EQ(Locked([&] { return Outcome(::unlink(file.c_str())); }), EPERM);
  EXPECT_EQ(Locked([&] { return Outcome(::rename(file.c_str(), other.c_str())); }), EPERM);
  EXPECT_EQ(Locked([&] { return Outcome(::mkdir(other.c_str(), 0700)); }), EPERM);
  EXPECT_EQ(Locked([&] { return Outcome(::symlink(file.c_str(), other.c_str())); }), EPERM);
  EXPECT_EQ(Locked([&] { return Outcome(::chmod(file.c_str(), 0777)); }), EPERM);
  EXPECT_EQ(Locked([&] { return Outcome(::truncate(file.c_str(), 0)); }), EPERM);
  EXPECT_EQ(Locked([&] {
              struct stat about = {};
              return Outcome(::stat(file.c_str(), &about));
            }),
            EPERM);
  EXPECT_EQ(Locked([&] { return Outcome(::syscall(SYS_memfd_create, "x", 0)); }), EPERM);
  EXPECT_EQ(ReadBytes(file), "mine");
}

TEST(LockDownTest, SoAreFilesThatStayedOpen) {
  const TemporaryDirectory folder;
  std::ofstream(folder / "a") << "mine";
  const int open = ::open((folder / "a").c_str(), O_RDWR | O_APPEND);
  EXPECT_EQ(Locked([&] {
              ::signal(SIGXFSZ, SIG_IGN);
              return Outcome(::write(open, "more", 4));
            }),
            EFBIG);
  EXPECT_EQ(Locked([&] { return Outcome(::ftruncate(open, 0)); }), EPERM);
  ::close(open);
  EXPECT_EQ(ReadBytes(folder / "a"), "mine");
}

TEST(LockDownTest, NoNetworkNoProcessesNoSignals) {
  EXPECT_EQ(Locked([] { return Outcome(::socket(AF_INET, SOCK_STREAM, 0)); }), EPERM);
  EXPECT_EQ(Locked([] { return Outcome(::socket(AF_UNIX, SOCK_STREAM, 0)); }), EPERM);
  EXPECT_EQ(Locked([] { return Outcome(::fork()); }), EPERM);
  EXPECT_EQ(Locked([] { return Outcome(::syscall(SYS_clone3, nullptr, 0)); }), EPERM);
  EXPECT_EQ(Locked([] { return Outcome(::execl("/bin/true", "true", nullptr)); }), EPERM);
  EXPECT_EQ(Locked([] { return Outcome(::kill(::getppid(), 0)); }), EPERM);
  EXPECT_EQ(Locked([] { return Outcome(::syscall(SYS_tgkill, 1, 1, 0)); }), EPERM);
  EXPECT_EQ(Locked([] { return Outcome(::ptrace(PTRACE_ATTACH, 1, nullptr, nullptr)); }), EPERM);
  EXPECT_EQ(Locked([] { return Outcome(::syscall(SYS_process_vm_readv, 1, nullptr, 0, nullptr, 0, 0)); }), EPERM);
  EXPECT_EQ(Locked([] { return Outcome(::syscall(SYS_io_uring_setup, 1, nullptr)); }), EPERM);
}

TEST(LockDownTest, MemoryHasAnEndAndIsNotExecutable) {
  const auto map = [](int protection, std::size_t bytes = 4096) {
    return ::mmap(nullptr, bytes, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? errno : 0;
  };
  EXPECT_EQ(Locked([&] { return map(PROT_READ | PROT_WRITE, std::size_t{1} << 28); }), 0);
  EXPECT_EQ(Locked([&] { return map(PROT_READ | PROT_WRITE, std::size_t{2} << 30); }), ENOMEM);
  EXPECT_EQ(Locked([&] { return map(PROT_READ | PROT_WRITE); }), 0);
  EXPECT_EQ(Locked([&] { return map(PROT_READ | PROT_WRITE | PROT_EXEC); }), EPERM);
  EXPECT_EQ(Locked([] {
              void* page = ::mmap(nullptr, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
              return Outcome(::mprotect(page, 4096, PROT_READ | PROT_EXEC));
            }),
            EPERM);
  EXPECT_EQ(Locked([] {
              const rlimit more = {RLIM_INFINITY, RLIM_INFINITY};
              return Outcome(::setrlimit(RLIMIT_AS, &more));
            }),
            EPERM);
}

TEST(LockDownTest, AbortIsStillAnEnd) {
  EXPECT_EQ(Locked([]() -> int { ::abort(); }), 200);
}

TEST(LockDownTest, AThreadThatWasThereIsLockedAsWell) {
  EXPECT_EQ(Locked([] {
              // The thread that waits for the other end was started before; new ones are not.
              pthread_t thread = {};
              return ::pthread_create(
                         &thread, nullptr, [](void*) -> void* { return nullptr; }, nullptr) == 0
                         ? 1
                         : 0;
            }),
            0);
}

TEST(LockDownTest, EndsWithTheOtherEndWhateverItDoes) {
  int end = -1;
  const pid_t child = Fork(&end);
  if (child == 0) {
    LockDown(1 << 30);
    for (volatile int x = 0;;) x = x + 1;
  }
  ::close(end);
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

}  // namespace
}  // namespace evenkeel
