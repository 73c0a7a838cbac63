// Measurements as files hold them, with gaps and at their own pace, and how they become one value per slot.
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

inline constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

struct Measurement {
  std::int64_t time = 0;  ///< start of the interval it holds for, seconds since 1970-01-01 00:00:00 UTC
  double value = 0.0;     ///< kMissing: the file has the time but no value
  int file = 0;           ///< index into Measurements::files
  int line = 0;           ///< in that file; for formats without lines the position of the entry, from 1
};

/// One signal of one place, in the order of the files.
struct Measurements {
  std::string name;          ///< for messages and notes: "carbon intensity of DE-LU"
  std::int64_t step = 3600;  ///< seconds that a measurement holds for
  std::vector<std::string> files;
  std::vector<Measurement> entries;
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
};

/// One value per slot: the mean over the slot of measurements that each hold for a step, so that a measurement is cut
/// where it does not begin with a slot. Everything done beside copying is added to `notes`, one line each. Throws
/// InputError naming file, line, time and what is allowed: for times that repeat, run backwards or leave the step, and
/// for gaps as `options` say.
std::vector<double> SlotMeans(const Measurements& measurements, const SlotGrid& grid, const FillOptions& options,
                              std::vector<std::string>* notes);

/// Means of `per_slot` measurements in a row, from the first on; the rest that fills no slot is left out. The series'
/// own clock is kept: the result says nothing about where it lies in time.
std::vector<double> ConsecutiveMeans(const Measurements& measurements, int per_slot, const FillOptions& options,
                                     std::vector<std::string>* notes);

}  // namespace evenkeel
