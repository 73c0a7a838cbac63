#include "live/outputs/weights_file.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "models/base/atomic_file.h"
#include "models/base/error.h"
#include "models/base/utc_time.h"
#include "predictors/process/child_process.h"

namespace evenkeel {
namespace {

constexpr double kIdle = 3600.0;  // seconds: Want wakes the thread
constexpr double kMostPause = 60.0;

using Json = nlohmann::json;

/// A row of the matrix on each line.
std::string RowsText(const RowMatrix& matrix) {
  std::string rows;
  for (int j = 0; j < matrix.rows(); ++j) {
    const auto row = matrix.row(j);
    rows += (j == 0 ? "\n  " : ",\n  ") + Json(std::vector<double>(row.data(), row.data() + row.size())).dump();
  }
  return fmt::format("[{}\n ]", rows);
}

}  // namespace

std::string WeightsJson(const Shares& shares, const WeightsNames& names) {
  EVENKEEL_CHECK_EQ(shares.share.rows(), static_cast<int>(names.gateways.size()));
  EVENKEEL_CHECK_EQ(shares.share.cols(), static_cast<int>(names.regions.size()));
  std::string text = fmt::format(
      "{{\n \"version\": {},\n \"slot\": {},\n \"begin\": \"{}\",\n \"valid_until\": \"{}\",\n"
      " \"gateways\": {},\n \"regions\": {},\n \"shares\": {}",
      kWeightsVersion, shares.slot, FormatIsoUtc(shares.begin), FormatIsoUtc(shares.valid_until),
      Json(names.gateways).dump(), Json(names.regions).dump(), RowsText(shares.share));
  if (shares.released.rows() > 0) {
    EVENKEEL_CHECK_EQ(shares.released.rows(), static_cast<int>(names.classes.size()));
    text += fmt::format(",\n \"work_classes\": {},\n \"released\": {}", Json(names.classes).dump(),
                        RowsText(shares.released));
  }
  return text + "\n}\n";
}

void CheckHook(const HookOptions& options) {
  if (!options.command.empty() && options.command[0].empty())
    throw InputError("the command to run after the weights file changed has no name");
  if (!(options.seconds > 0.0 && options.seconds <= 3600.0))
    throw InputError("{} s for the command to run after the weights file changed, expected up to 3600 s",
                     options.seconds);
}

void RunHook(const HookOptions& options, const std::string& path) {
  std::vector<std::string> arguments = options.command;
  arguments.push_back(path);
  try {
    ChildProcess child(arguments);
    const int code = child.Finish(options.seconds);
    if (code != 0) throw InputError("ended with exit code {}{}", code, child.SaidLast());
  } catch (const InputError& error) {
    throw InputError("{}, run after {} changed: {}", options.command[0], path, error.what());
  }
}

WeightsFile::WeightsFile(std::string path, WeightsNames names, HookOptions hook)
    : path_(std::move(path)), names_(std::move(names)), hook_(std::move(hook)) {
  CheckHook(hook_);
}

void WeightsFile::Want(Shares shares) {
  const std::lock_guard<std::mutex> lock(mutex_);
  wanted_ = std::move(shares);
}

WeightsFileCounts WeightsFile::Counts() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return counts_;
}

void WeightsFile::Fail(std::int64_t WeightsFileCounts::*count, const std::string& why) {
  const std::lock_guard<std::mutex> lock(mutex_);
  ++(counts_.*count);
  counts_.last_failure = why;
}

/// Whether nothing is left to do.
bool WeightsFile::Try(const std::string& text, int slot) {
  if (text != written_) {
    try {
      WriteTextFile(path_, text);
    } catch (const InputError& error) {
      Fail(&WeightsFileCounts::failed, error.what());
      return false;
    }
    written_ = text;
    hooked_ = hook_.command.empty();
    const std::lock_guard<std::mutex> lock(mutex_);
    ++counts_.written;
    counts_.slot = slot;
  }
  if (!hooked_) {
    try {
      RunHook(hook_, path_);
    } catch (const InputError& error) {
      Fail(&WeightsFileCounts::hook_failures, error.what());
      return false;
    }
    hooked_ = true;
    const std::lock_guard<std::mutex> lock(mutex_);
    ++counts_.hooks;
  }
  return true;
}

double WeightsFile::Step() {
  std::optional<Shares> wanted;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    wanted = wanted_;
  }
  if (!wanted) return kIdle;
  if (!Try(WeightsJson(*wanted, names_), wanted->slot))
    return std::min(kMostPause, std::exp2(std::min(failures_++, 10)));
  failures_ = 0;
  const std::lock_guard<std::mutex> lock(mutex_);
  counts_.last_failure.clear();
  return kIdle;
}

}  // namespace evenkeel
