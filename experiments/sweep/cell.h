// One cell of a sweep: a policy's run as a row of numbers.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "engine/policies/replay.h"
#include "experiments/run/evaluate.h"
#include "experiments/sweep/schema.h"
#include "models/base/memo.h"
#include "models/world/signal_error.h"
#include "predictors/advice/made_plan.h"

namespace evenkeel {

/// What came of a cell.
struct SweepOutcome {
  std::vector<double> values;  ///< as the schema says; empty when the cell failed
  std::string failure;         ///< why; empty otherwise
  std::string violation;       ///< the bound that was broken; empty otherwise
  double seconds = 0.0;        ///< wall-clock time
};

/// Runs cells, on any number of threads at once. What they share is made once: optima, runs of experts, forecasts'
/// errors, and futures and plans as far as they are remembered.
class SweepRunner {
 public:
  /// Both must outlive it.
  SweepRunner(const SweepPlan& plan, const SweepSchema& schema) : plan_(plan), schema_(schema) {}

  /// Never throws but for lack of memory: a cell that fails is an outcome.
  SweepOutcome Run(int cell);

 private:
  static constexpr std::size_t kMostBytes = std::size_t{64} << 20;  // of plans, and of futures

  const SweepPlan& plan_;
  const SweepSchema& schema_;
  struct Optimum {
    double objective = 0.0, lower_bound = 0.0, shifted = 0.0;
    bool confirmed = false;
  };
  const Optimum& OptimumOf(const SweepCell& cell);
  const RealisedError& ObservationError(const SweepCell& cell);
  const RealisedError& ForecastError(const SweepCell& cell, const Arguments& plan);
  std::shared_ptr<const RecordedRun> ExpertRun(const SweepCell& cell, const Spec& spec);
  SharedPlans PlansFor(const SweepCell& cell);
  std::vector<double> Values(const SweepCell& cell, const RunOutcome& run);

  Memo<Optimum> optima_;
  Memo<std::shared_ptr<const RecordedRun>> experts_;
  Memo<RealisedError> observation_errors_, forecast_errors_;
  std::shared_ptr<BoundedMemo<MadePlan>> plans_ = std::make_shared<BoundedMemo<MadePlan>>(kMostBytes);
  std::shared_ptr<BoundedMemo<Futures>> futures_ = std::make_shared<BoundedMemo<Futures>>(kMostBytes);
};

}  // namespace evenkeel
