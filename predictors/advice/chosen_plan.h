// Which spread and which blend: those that would have done best in the last weeks.
#pragma once

#include <vector>

#include "predictors/advice/plan.h"

namespace evenkeel {

struct ChoiceOptions {
  int days = 60;   ///< replayed, as two periods of half of them each
  int every = 12;  ///< slots between two plans of a replay, at least those of the plan itself
};

/// The plan's options with every spread and blend that is tried: no scenarios and the given ones, each with blends of
/// 0, 0.4 falling to 0 and 0.8 falling to 0.2.
std::vector<PlanOptions> PlanCandidates(const PlanOptions& options);

/// A plan whose spread and blend are chosen in the first slot: every candidate is played over the days before, with the
/// capacities of the first slot and what had been seen then, and the one with the least sum of shifted J serves. The
/// first candidate where less than half of the days, and as much again before them, have been seen.
std::unique_ptr<Policy> MakeChosenPlan(const Problem& problem, std::unique_ptr<Forecaster> forecaster, History past,
                                       const std::vector<PlanOptions>& candidates, const ChoiceOptions& choice);

}  // namespace evenkeel
