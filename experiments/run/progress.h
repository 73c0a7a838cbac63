// A progress bar with the time left, on standard error.
#pragma once

#include <memory>
#include <string>

namespace evenkeel {

struct ProgressOptions {
  std::string label;
  long total = 0;       ///< steps; 0 when unknown: then the time so far is shown
  bool enabled = true;  ///< false: --quiet
};

/// Draws only when standard error is a terminal and the work takes over a second; clears its line when destroyed.
class Progress {
 public:
  explicit Progress(const ProgressOptions& options);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// One step is done. Callable from several threads.
  void Step();
  /// What is shown before the bar from here on.
  void SetLabel(const std::string& label);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace evenkeel
