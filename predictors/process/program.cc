#include "predictors/process/program.h"

#include "models/base/error.h"
#include "predictors/process/answers.h"

namespace evenkeel {

ProgramOptions ShellCommand(const std::string& text) {
  ProgramOptions options;
  options.command = {"/bin/sh", "-c", text};
  options.name = fmt::format("process \"{}\"", text);
  return options;
}

/// Whatever fails in it ends the program.
template <typename Function>
void Program::OrFail(const Function& function) {
  try {
    function();
  } catch (const InputError& error) {
    if (child_) child_->Kill();
    child_.reset();
    ++failures_;
    last_failure_ = error.what();
    throw InputError("{}: {}", options_.name, last_failure_);
  }
}

bool Program::Run(const std::function<std::string()>& start_line) {
  if (child_) return false;
  if (failures_ > options_.restarts) {
    throw InputError("{}: it has failed {} times and is not started again; the last time it {}", options_.name,
                     failures_, last_failure_);
  }
  OrFail([&] {
    child_ = std::make_unique<ChildProcess>(options_.command);
    CheckReady(child_->Ask(start_line(), options_.start, kLargestReadyAnswer));
  });
  return true;
}

void Program::Tell(std::string_view line) {
  OrFail([&] { child_->Tell(line); });
}

void Program::Ask(std::string_view line, std::size_t most_bytes, const std::function<void(const std::string&)>& read) {
  OrFail([&] { read(child_->Ask(line, options_.timeout, most_bytes)); });
}

}  // namespace evenkeel
