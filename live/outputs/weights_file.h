// Shares as a file that adapters read (docs/weights_format.md), and a command that is run when it changed.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "live/engine/shares.h"

namespace evenkeel {

inline constexpr int kWeightsVersion = 1;  ///< of the format

/// Names of the file's rows and columns.
struct WeightsNames {
  std::vector<std::string> gateways, regions, classes;
};

/// The file's text: one JSON object, a line's end; with what is released where `shares` says it. Numbers are the
/// shortest decimals that read back as the same double.
std::string WeightsJson(const Shares& shares, const WeightsNames& names);

struct HookOptions {
  std::vector<std::string> command;  ///< arguments, no shell; the file's path is added as the last one. Empty: none
  double seconds = 30.0;             ///< then it and all of its process group are killed
};

/// Throws InputError for a command without a name, or times out of range.
void CheckHook(const HookOptions& options);

/// Runs it once. Throws InputError with what it said last on its standard error where it does not end in time, or not
/// with exit code 0; returns its exit code 0 otherwise.
void RunHook(const HookOptions& options, const std::string& path);

/// What became of it, for metrics.
struct WeightsFileCounts {
  std::int64_t written = 0, failed = 0;  ///< files
  std::int64_t hooks = 0;                ///< that ended with exit code 0
  std::int64_t hook_failures = 0;        ///< tries that did not
  std::string last_failure;              ///< empty once both went well again
  int slot = -1;                         ///< that the file is of
};

/// Keeps the file as wanted. One thread calls Step; any may call Want and Counts.
class WeightsFile {
 public:
  /// Throws as CheckHook.
  WeightsFile(std::string path, WeightsNames names, HookOptions hook);

  void Want(Shares shares);
  /// Writes what is wanted, if it is not what was written last, and then runs the hook; what failed is tried again.
  /// Returns the seconds to the next try. Nothing is thrown.
  double Step();
  WeightsFileCounts Counts() const;

 private:
  bool Try(const std::string& text, int slot);
  void Fail(std::int64_t WeightsFileCounts::*count, const std::string& why);

  const std::string path_;
  const WeightsNames names_;
  const HookOptions hook_;
  std::string written_;  // the last text
  bool hooked_ = true;   // the command has run for it
  int failures_ = 0;     // in a row
  mutable std::mutex mutex_;
  std::optional<Shares> wanted_;
  WeightsFileCounts counts_;
};

}  // namespace evenkeel
