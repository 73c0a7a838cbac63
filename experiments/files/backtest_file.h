// Results of a backtest on disk: HDF5, schema `evenkeel-backtest`, version 1. For every signal two tables of the
// figures on the axis `figure`: SIGNAL_by_horizon on the axis `horizon`, SIGNAL_by_place on `region` or `gateway`. MAE,
// RMSE, pinball loss and the seasonal-naive MAE are in the signal's unit (attribute `signal_units`), the others have
// none; NaN: not defined.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "models/base/linear_algebra.h"

namespace evenkeel {

inline constexpr int kBacktestSchemaVersion = 1;
inline constexpr std::array<const char*, 7> kBacktestFigures = {
    "mae", "rmse", "mape", "mase", "pinball", "coverage", "seasonal_naive_mae"};

struct BacktestSignal {
  std::string name;
  std::string unit;
  bool by_region = true;  ///< else by gateway
  RowMatrix by_horizon;   ///< [steps x figures]
  RowMatrix by_place;     ///< [regions or gateways x figures]
  double rest_mae = 0.0;  ///< of the mean per time of day over the rest of a period
  double seasonal_naive_rest_mae = 0.0;
};

struct BacktestTable {
  std::string trace, predictor, command, generator;
  std::vector<std::string> regions, gateways;
  std::vector<BacktestSignal> signals;
};

/// Writes under a temporary name and renames. Throws InputError; `path` is then untouched.
void WriteBacktest(const BacktestTable& table, const std::string& path);

}  // namespace evenkeel
