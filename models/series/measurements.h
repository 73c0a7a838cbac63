// Measurements as files hold them, with gaps and at their own pace.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace evenkeel {

/// What becomes of a measurement that is not there.
enum class Fill {
  kError,        ///< an InputError
  kHold,         ///< the last value before it: causal
  kInterpolate,  ///< on the line between its neighbours: looks ahead, to the end of the gap
};

/// What a slot gets of the measurements in it.
enum class Combine {
  kMean,  ///< their mean over its time: prices, intensities, powers
  kSum,   ///< their sum, those that it cuts by their share: energies
};

inline constexpr double kMissingValue = std::numeric_limits<double>::quiet_NaN();

struct Measurement {
  std::int64_t time = 0;     ///< start of the interval it holds for, seconds since 1970-01-01 00:00:00 UTC
  double value = 0.0;        ///< kMissingValue: the file has the time but no value
  int file = 0;              ///< index into Measurements::files
  int line = 0;              ///< in that file; for formats without lines the position of the entry, from 1
  double weight = 1.0;       ///< of its value in the mean over a slot; for the intensity of a mix, its power
  std::int64_t seconds = 0;  ///< that it holds for, where the file says so; 0: read from the rows
};

/// One signal of one place, in the order of the files.
struct Measurements {
  std::string name;          ///< for messages and notes: "carbon intensity of DE-LU"
  std::int64_t step = 3600;  ///< seconds that a measurement holds for where too few of them say (StepsOf)
  std::vector<std::string> files;
  std::vector<Measurement> entries;
  Combine combine = Combine::kMean;
  std::vector<std::string> clocks = {};  ///< of each file for messages, "UTC+01:00"; may be shorter than `files`
  std::string remark = {};               ///< for messages about gaps: what is particular about the files' times
};

/// Slots of equal length.
struct SlotGrid {
  std::int64_t start = 0;    ///< seconds since 1970-01-01 00:00:00 UTC
  std::int64_t step = 3600;  ///< seconds
  int count = 0;

  std::int64_t end() const { return start + step * count; }
};

struct FillOptions {
  Fill fill = Fill::kError;
  /// Measurements that may be missing before the first one and after the last one, and have its value whatever `fill`
  /// says: of the two, the one before looks ahead.
  int edge = 0;
  std::int64_t limit = 6 * 3600;  ///< seconds of a gap, from its first to its last, above which it is an error
};

}  // namespace evenkeel
