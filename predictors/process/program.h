// An own program that decides or forecasts: started when it is first needed, and anew after it failed.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "predictors/process/child_process.h"

namespace evenkeel {

struct ProgramOptions {
  std::vector<std::string> command;  ///< the program and its arguments
  std::string name;                  ///< for messages
  double timeout = 10.0;             ///< seconds for an answer
  double start = 60.0;               ///< seconds until it is ready
  int restarts = 3;
};

/// `text` as a shell takes it.
ProgramOptions ShellCommand(const std::string& text);

/// Speaks the protocol of docs/process.md, whatever its messages are. Every InputError begins with the program's name.
class Program {
 public:
  explicit Program(ProgramOptions options) : options_(std::move(options)) {}

  /// Starts it unless it runs, with the line that it is to be greeted with. True when it was started by this call: it
  /// knows nothing yet. Throws InputError when it fails, or has failed more often than `restarts`.
  bool Run(const std::function<std::string()>& start_line);
  bool IsRunning() const { return child_ != nullptr; }
  /// Times that it failed and was ended.
  int failures() const { return failures_; }

  /// Tell and Ask of ChildProcess, of one that runs. `read` takes the answer; an InputError from it means that the
  /// program does not keep to the protocol, and it is ended as after every other failure.
  void Tell(std::string_view line);
  void Ask(std::string_view line, std::size_t most_bytes, const std::function<void(const std::string&)>& read);

 private:
  template <typename Function>
  void OrFail(const Function& function);

  ProgramOptions options_;
  std::unique_ptr<ChildProcess> child_;
  int failures_ = 0;
  std::string last_failure_;
};

}  // namespace evenkeel
