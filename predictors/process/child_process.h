// A program beside this one that answers lines with lines, over its standard input and output.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace evenkeel {

/// One start of a program, which ends with this object at the latest.
///
/// It gets three files, its standard ones, and a process group of its own: whatever it starts in that group is killed
/// with it. Nothing of it is left behind: no zombie, no file. What it writes to its standard error is kept, not shown.
///
/// Every call has a deadline. An InputError says why there is no answer ("no answer within 10 s", "ended with exit code
/// 1", ..) and what the program said last on its standard error; after one the program has been killed.
class ChildProcess {
 public:
  using Clock = std::chrono::steady_clock;

  /// `arguments[0]` is looked for in PATH. Throws InputError when it cannot be started.
  explicit ChildProcess(const std::vector<std::string>& arguments);
  /// Closes its standard input, and kills what is still there a second later.
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  /// A line, without its end, that is not answered. It is written with the next Ask: the program is never waited for.
  void Tell(std::string_view line);
  /// A line that is answered by one line of at most `most_bytes`, within `seconds`.
  std::string Ask(std::string_view line, double seconds, std::size_t most_bytes);
  /// Closes its standard input and waits until it has ended; what it writes to its standard output is dropped. Returns
  /// its exit code. Throws InputError as above where it has not ended within `seconds`, or a signal ended it.
  int Finish(double seconds);
  /// "; it said last: " and the end of what it has written to its standard error, as messages have it; or nothing.
  std::string SaidLast() const;
  /// Ends it now, without the second that the destructor leaves it.
  void Kill();

 private:
  void Pump(Clock::time_point deadline);
  void Write();
  bool Read(int file, std::string* kept);
  void KeepErrors();
  bool HasAnswer() const;
  [[noreturn]] void Fail(const std::string& why);
  [[noreturn]] void FailAtEnd();
  bool Reap(double seconds);
  bool HasEnded() const;

  pid_t pid_ = -1;
  int input_ = -1, output_ = -1, errors_ = -1;
  std::string unwritten_;  // of what it was told
  std::string answer_;     // bytes of its standard output that nobody has taken
  std::size_t searched_ = 0;
  std::string said_;  // the end of its standard error
  int status_ = 0;    // once it has been reaped
};

}  // namespace evenkeel
