// Errors put into signals on purpose, to see what they do to policies (docs/theory.md, section 6).
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <limits>
#include <string>

#include "models/world/signal_columns.h"

namespace evenkeel {

/// What becomes of a value x at level eps, with z standard normal and u uniform, drawn per value:
enum class ErrorKind {
  kGaussian,     ///< x (1 + eps z)
  kBias,         ///< x (1 + eps)
  kAr1,          ///< x (1 + eps a), a[r] = 0.9 a[r-1] + sqrt(1 - 0.81) z along the rows, a[0] = z
  kLag,          ///< the value eps rows before
  kSwap,         ///< round(eps n / 2) pairs of the n regions (gateways) have each other's values, the same all the time
  kAdversarial,  ///< (1 - eps) x + eps (2 m - x), m the mean over regions (gateways): the cleanest looks dirtiest
  kStale,        ///< forecasts: the last value seen for the first eps steps; observations: read every eps + 1 slots
  kDropout,      ///< where u < eps the value is missing, and the row's before serves again
};
inline constexpr int kNumErrorKinds = 8;
inline constexpr const char* kErrorKindNames[kNumErrorKinds] = {"gaussian", "bias",        "ar1",   "lag",
                                                                "swap",     "adversarial", "stale", "dropout"};
inline constexpr double kErrorPersistence = 0.9;  ///< of ar1, from row to row

struct SignalError {
  ErrorKind kind = ErrorKind::kGaussian;
  double level = 0.0;  ///< eps >= 0; at most 1 for swap, adversarial and dropout; whole rows for lag and stale
  std::uint64_t seed = 1;
  double growth = 0.0;  ///< g >= 0: step k = 1, 2, .. of a forecast has the level eps (1 + g (k - 1)); not for lag,
                        ///< swap and stale
  std::array<bool, kNumSignals> signals = {true, true, true, true};  ///< in the order of kSignals
  /// Seconds since 1970 UTC: slots before it and forecasts made before it are left alone.
  std::int64_t from = std::numeric_limits<std::int64_t>::min();
};

/// Throws InputError for a level or growth that the kind does not have.
void CheckSignalError(const SignalError& error);

/// Where a block of rows stands.
struct ErrorFrame {
  std::int64_t time = 0;  ///< of the first row; of a forecast, of the last slot seen
  std::int64_t step = 0;  ///< seconds from row to row; 0: the rows are the steps of one forecast made at `time`
  /// The value `back` >= 1 rows before the first one, or the earliest there is. Empty: the first row goes on backwards.
  std::function<double(int back, int column)> before = {};

  bool is_forecast() const { return step == 0; }
};

/// Puts the error into `values` [rows x columns]; demand, carbon and water stay at least 0. Level 0 leaves every bit as
/// it is. Draws depend on seed, kind, signal, column, time and step ahead only: neither the level nor the block that a
/// slot is in changes them, but for ar1, whose first row is where its block begins.
void InjectError(const SignalError& error, const SignalColumns& columns, const ErrorFrame& frame, RowMatrix* values);

/// Differences between what was seen or forecast and the truth, per signal in the order of kSignals.
struct RealisedError {
  struct Sums {
    double count = 0.0, absolute = 0.0;
    double relative = 0.0, relative_count = 0.0;  ///< |difference| / |truth|, of truths that are not 0
  };
  std::array<Sums, kNumSignals> signals;

  void Add(const SignalColumns& columns, const RowVector& truth, const RowVector& seen);
  /// Mean absolute difference in the signal's unit, and mean |difference| / |truth|; NaN where there are none.
  double Mae(Signal signal) const;
  double Mape(Signal signal) const;
};

}  // namespace evenkeel
