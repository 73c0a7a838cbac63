// How far the work is, on standard error: a bar with the time left, or lines of JSON for other programs.
#pragma once

#include <memory>
#include <string>

namespace evenkeel {

enum class ProgressStyle {
  kNone,  ///< --quiet
  kBar,   ///< only when standard error is a terminal and the work takes over a second; its line is cleared at the end
  kJson,  ///< at the start, at most every 0.2 s, and at the end: {"progress":LABEL,"done":STEPS,"total":STEPS or null}
};

struct ProgressOptions {
  std::string label;
  long total = 0;  ///< steps; 0 when unknown: then the time so far is shown
  ProgressStyle style = ProgressStyle::kBar;
};

/// Shows from a thread of its own until it is destroyed.
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
