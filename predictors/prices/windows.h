// Accounting periods cut out of a trace, as the world that prices are learned in.
#pragma once

#include <functional>
#include <memory>

#include "engine/dispatch/smooth_dispatch.h"
#include "engine/policy.h"
#include "models/world/trace.h"
#include "predictors/forecast/forecaster.h"
#include "predictors/learning/price_network.h"

namespace evenkeel {

/// A period with all that does not depend on the network. Stays where it is: others refer to its problem.
struct PriceWindow {
  Problem problem;
  std::vector<Slot> slots;
  std::vector<PriceInputs> inputs;  ///< [slots]
  RowMatrix expert_sums;            ///< [slots x (1 + buckets)]: cost, loads
  Vector expert_objective;          ///< [slots], shifted
  double shift = 0.0;               ///< of the period, USD
};

/// Where windows come from.
struct PriceWindowSource {
  const Trace& trace;
  const Objective& objective;
  const History& history;  ///< all slots of the trace, and what was before them
  int slots_before = 0;    ///< slots of the history before the trace's first
  std::function<std::unique_ptr<Forecaster>()> forecaster;
  std::function<std::unique_ptr<Policy>(const Problem&)> expert;
};

/// Slots [first, first + count) of the trace. The inputs of a slot come from the history up to it. Throws InputError
/// for a slot that cannot be served.
std::unique_ptr<PriceWindow> MakePriceWindow(const PriceWindowSource& source, int first, int count);

/// `temperature` times the slot's mean cost of a unit of workload at even prices mu_k / n_k.
std::unique_ptr<PriceWorld> MakePriceWorld(std::vector<const PriceWindow*> windows, double temperature);

}  // namespace evenkeel
