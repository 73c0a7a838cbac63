#include "predictors/process/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <thread>
#include <utility>

#include "models/base/error.h"

namespace evenkeel {
namespace {

constexpr std::size_t kKeptErrors = 4096;        // bytes of its standard error
constexpr std::size_t kShownErrors = 600;        // of them in a message
constexpr double kGrace = 1.0;                   // seconds to end by itself, once it is not needed any more
constexpr double kEnding = 0.1;                  // seconds from the end of its output to its own
constexpr int kFinishPause = 10;                 // milliseconds between looks at whether it has ended
constexpr std::size_t kMostUnwritten = 1 << 28;  // bytes that a program has not read

void Close(int* file) {
  if (*file >= 0) ::close(*file);
  *file = -1;
}

/// This end and the program's.
struct Ends {
  int ours = -1, theirs = -1;

  Ends() = default;
  Ends(Ends&& other) noexcept : ours(std::exchange(other.ours, -1)), theirs(std::exchange(other.theirs, -1)) {}
  ~Ends() {
    Close(&ours);
    Close(&theirs);
  }
};

[[noreturn]] void CannotStart(const std::string& program, int error) {
  throw InputError("cannot start {}: {}", program, SystemReason(error));
}

Ends EndsOf(const std::array<int, 2>& files) {
  Ends ends;
  ends.ours = files[0];
  ends.theirs = files[1];
  ::fcntl(ends.ours, F_SETFL, O_NONBLOCK);
  return ends;
}

/// For its standard input: a socket, since writing to one whose reader is gone raises no signal.
Ends Socket(const std::string& program) {
  std::array<int, 2> files = {};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, files.data()) != 0) CannotStart(program, errno);
  ::shutdown(files[0], SHUT_RD);
  return EndsOf(files);
}

Ends Pipe(const std::string& program) {
  std::array<int, 2> files = {};
  if (::pipe2(files.data(), O_CLOEXEC) != 0) CannotStart(program, errno);
  return EndsOf(files);
}

/// What posix_spawn is to do in the child before the program starts.
struct SpawnSetup {
  SpawnSetup() {
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawnattr_init(&attributes);
  }
  ~SpawnSetup() {
    ::posix_spawn_file_actions_destroy(&actions);
    ::posix_spawnattr_destroy(&attributes);
  }

  /// A process group of its own, every signal as usual, and no file but these three.
  void Prepare(int input, int output, int errors) {
    ::posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO);
    ::posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
    sigset_t none, all;
    ::sigemptyset(&none);
    ::sigfillset(&all);
    ::posix_spawnattr_setsigmask(&attributes, &none);
    ::posix_spawnattr_setsigdefault(&attributes, &all);
    ::posix_spawnattr_setpgroup(&attributes, 0);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }

  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
};

ChildProcess::Clock::time_point In(double seconds) {
  return ChildProcess::Clock::now() +
         std::chrono::duration_cast<ChildProcess::Clock::duration>(std::chrono::duration<double>(seconds));
}

/// How a program ended, from waitpid's status.
std::string EndText(int status) {
  if (WIFEXITED(status)) return fmt::format("ended with exit code {}", WEXITSTATUS(status));
  const int signal = WTERMSIG(status);
  return fmt::format("was ended by signal {} ({})", signal, ::strsignal(signal));
}

}  // namespace

ChildProcess::ChildProcess(const std::vector<std::string>& arguments) {
  EVENKEEL_CHECK(!arguments.empty());
  Ends input = Socket(arguments[0]), output = Pipe(arguments[0]), errors = Pipe(arguments[0]);
  SpawnSetup setup;
  setup.Prepare(input.theirs, output.theirs, errors.theirs);
  std::vector<char*> words;
  for (const std::string& argument : arguments) words.push_back(const_cast<char*>(argument.c_str()));
  words.push_back(nullptr);
  const int error = ::posix_spawnp(&pid_, words[0], &setup.actions, &setup.attributes, words.data(), environ);
  if (error != 0) CannotStart(arguments[0], error);
  input_ = std::exchange(input.ours, -1);
  output_ = std::exchange(output.ours, -1);
  errors_ = std::exchange(errors.ours, -1);
}

ChildProcess::~ChildProcess() {
  Close(&input_);
  if (pid_ > 0) Reap(kGrace);
  Kill();
}

void ChildProcess::Tell(std::string_view line) {
  unwritten_ += line;
  unwritten_ += '\n';
  if (unwritten_.size() > kMostUnwritten) Fail("does not read its standard input");
}

std::string ChildProcess::Ask(std::string_view line, double seconds, std::size_t most_bytes) {
  const auto deadline = In(seconds);
  if (pid_ < 0) Fail("has ended");
  if (!answer_.empty()) Fail("wrote to its standard output without being asked");
  Tell(line);
  while (!HasAnswer()) {
    if (answer_.size() > most_bytes) Fail(fmt::format("wrote more than {} bytes for one answer", most_bytes));
    if (Clock::now() >= deadline) Fail(fmt::format("gave no answer within {} s", seconds));
    Pump(deadline);
  }
  const std::size_t end = answer_.find('\n');
  std::string answer = answer_.substr(0, end);
  answer_.erase(0, end + 1);
  searched_ = 0;
  if (answer.size() > most_bytes) Fail(fmt::format("wrote more than {} bytes for one answer", most_bytes));
  return answer;
}

int ChildProcess::Finish(double seconds) {
  const auto deadline = In(seconds);
  if (pid_ < 0) Fail("has ended");
  Close(&input_);
  while (!HasEnded()) {
    if (Clock::now() >= deadline) Fail(fmt::format("has not ended within {} s", seconds));
    std::array<pollfd, 2> files = {{{output_, POLLIN, 0}, {errors_, POLLIN, 0}}};
    ::poll(files.data(), files.size(), kFinishPause);  // its end shows in no file where it leaves others behind
    if (files[1].revents != 0) KeepErrors();
    answer_.clear();
    if (files[0].revents != 0 && !Read(output_, &answer_)) Close(&output_);
    if (output_ < 0 && errors_ < 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  KeepErrors();
  Kill();
  if (!WIFEXITED(status_)) Fail(EndText(status_));
  return WEXITSTATUS(status_);
}

bool ChildProcess::HasAnswer() const { return answer_.find('\n', searched_) != std::string::npos; }

/// Waits until something can be written or read, and does it once.
void ChildProcess::Pump(Clock::time_point deadline) {
  const bool writes = !unwritten_.empty() && input_ >= 0;
  std::array<pollfd, 3> files = {{{output_, POLLIN, 0}, {errors_, POLLIN, 0}, {writes ? input_ : -1, POLLOUT, 0}}};
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
  const int ready = ::poll(files.data(), files.size(), static_cast<int>(std::clamp<long>(left, 0, 3'600'000)));
  if (ready <= 0) return;  // late, or interrupted
  if (files[2].revents != 0) Write();
  if (files[1].revents != 0) KeepErrors();
  if (files[0].revents == 0) return;
  searched_ = answer_.size();
  if (!Read(output_, &answer_)) FailAtEnd();
}

/// Takes what its standard error holds now, so that it is never held up by it, and keeps the end.
void ChildProcess::KeepErrors() {
  if (errors_ < 0) return;
  if (!Read(errors_, &said_)) Close(&errors_);
  if (said_.size() > 2 * kKeptErrors) said_.erase(0, said_.size() - kKeptErrors);
}

void ChildProcess::Write() {
  const ssize_t count = ::send(input_, unwritten_.data(), unwritten_.size(), MSG_NOSIGNAL);
  if (count > 0) unwritten_.erase(0, static_cast<std::size_t>(count));
  // A program that reads no more may still answer; if it has ended, its output says so.
  if (count < 0 && errno != EAGAIN && errno != EINTR) Close(&input_);
}

/// False at the end of the file.
bool ChildProcess::Read(int file, std::string* kept) {
  std::array<char, 1 << 16> block;
  const ssize_t count = ::read(file, block.data(), block.size());
  if (count > 0) kept->append(block.data(), static_cast<std::size_t>(count));
  return count > 0 || (count < 0 && (errno == EAGAIN || errno == EINTR));
}

void ChildProcess::FailAtEnd() {
  const bool half = !answer_.empty();
  if (!Reap(kEnding)) Fail("closed its standard output");
  Fail(EndText(status_) + (half ? " in the middle of a line" : ""));
}

std::string ChildProcess::SaidLast() const {
  std::string said = said_.substr(said_.size() - std::min(said_.size(), kShownErrors));
  while (!said.empty() && (said.back() == '\n' || said.back() == ' ')) said.pop_back();
  for (char& letter : said)
    if (static_cast<unsigned char>(letter) < 0x20 && letter != '\n' && letter != '\t') letter = '?';
  return said.empty() ? said : "; it said last: " + said;
}

void ChildProcess::Fail(const std::string& why) {
  KeepErrors();
  Kill();
  throw InputError("{}{}", why, SaidLast());
}

void ChildProcess::Kill() {
  if (pid_ > 0) {
    ::kill(-pid_, SIGKILL);  // before it is reaped: as long as it is not, nobody else can have its number
    while (::waitpid(pid_, &status_, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
  }
  for (int* file : {&input_, &output_, &errors_}) Close(file);
}

/// Whether it has, and waits to be reaped.
bool ChildProcess::HasEnded() const {
  siginfo_t ended = {};
  return ::waitid(P_PID, static_cast<id_t>(pid_), &ended, WEXITED | WNOHANG | WNOWAIT) == 0 && ended.si_pid == pid_;
}

/// Whether it has ended by itself within that time. Its group is killed then.
bool ChildProcess::Reap(double seconds) {
  const auto end = In(seconds);
  for (auto pause = std::chrono::microseconds(100); Clock::now() < end;
       pause = std::min(2 * pause, decltype(pause)(20'000))) {
    if (HasEnded()) {
      Kill();
      return true;
    }
    std::this_thread::sleep_for(pause);
  }
  return false;
}

}  // namespace evenkeel
