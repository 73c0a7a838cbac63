// From a sweep's file to its cells: everything is expanded and checked here, before the first cell runs.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "experiments/run/period_text.h"
#include "experiments/specs/spec.h"
#include "experiments/sweep/config.h"

namespace evenkeel {

/// A period as one policy meets it.
struct SweepPeriod {
  GivenPeriod given;
  int setting = 0;  ///< periods that differ in what is observed only have the same one, and the same optimum
  int signals = 0;  ///< periods that differ in the objective only have the same one, and the same forecasts
};

struct SweepCell {
  int period = 0;  ///< index
  Spec policy;
  std::uint64_t seed = 1;
  std::vector<std::pair<std::string, std::string>> variables;  ///< those in use, in the file's order
  int line = 0;                                                ///< of the policy in the config
};

struct SweepPlan {
  SweepConfig config;
  std::vector<SweepPeriod> periods;
  int num_settings = 0;
  std::vector<SweepCell> cells;
  bool with_optimum = true;
  std::vector<std::string> inputs;  ///< files that the cells read

  const GivenPeriod& PeriodOf(const SweepCell& cell) const { return periods[cell.period].given; }
  /// The command that repeats a cell on its own.
  std::string CommandOf(const SweepCell& cell) const;
};

/// A cell for every combination of the file's traces, periods, weights, norms, events, observations and policies, times
/// every combination of the values of those variables that are named in them. Loads every trace once. Throws InputError
/// naming file and line: for an unknown name, a policy or an error with bad parameters, a file that cannot be read,
/// demand that cannot be served.
SweepPlan PlanSweep(const SweepConfig& config);

}  // namespace evenkeel
