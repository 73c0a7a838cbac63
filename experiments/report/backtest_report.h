// A backtest for people, as JSON and as a table on disk.
#pragma once

#include <optional>
#include <string>

#include "experiments/files/backtest_file.h"
#include "experiments/report/json_report.h"
#include "models/world/trace.h"
#include "predictors/forecast/backtest.h"
#include "predictors/learning/retrained.h"

namespace evenkeel {

struct BacktestReport {
  std::string trace;
  std::string predictor;  ///< spec
  bool clairvoyant = false;
  TraceHeader header;
  BacktestOptions options;
  BacktestResult result;
  std::optional<RetrainTimes> retrain = {};
};

std::string BacktestText(const BacktestReport& report);

/// {"predictor", "trace", "clairvoyant", "origins", "horizon", "every", "retrain" (slots), "signals": {"carbon":
/// {"mae", "rmse", "mape", "mase", "pinball", "coverage", "seasonal_naive_mae", "rest_mae", "seasonal_naive_rest_mae",
/// "by_horizon": [mae, ..], "by_region": {name: {"mae", .., "seasonal_naive_mae"}}}, "price": .., "water": ..,
/// "demand": ..}}; what is not defined is null.
Json BacktestJson(const BacktestReport& report);

BacktestTable MakeBacktestTable(const BacktestReport& report, const std::string& command);

}  // namespace evenkeel
