// An own program as a policy (docs/process.md).
#pragma once

#include <memory>

#include "engine/policy.h"
#include "predictors/forecast/forecaster.h"
#include "predictors/process/messages.h"
#include "predictors/process/program.h"

namespace evenkeel {

struct ProcessPolicyOptions {
  ProgramOptions program;
  std::uint64_t seed = 1;
  double slot_hours = 0.0;  ///< 0: not known
  int history = 0;          ///< slots before the period that are sent
  int horizon = 0;          ///< slots that are forecast with every slot
};

/// Plays the flows that the program answers, or dispatches at the prices that it answers, which are stated then. The
/// program is started by the first Decide. Decide throws InputError when there is no answer, and why; in the next slot
/// it is tried again. Whether it is P3, reproducible, is up to the program.
///
/// `forecaster` is asked where the horizon is more than 0, and may be null else. `past` is what was seen before the
/// period.
std::unique_ptr<Policy> MakeProcessPolicy(const Problem& problem, const ProcessPolicyOptions& options,
                                          std::unique_ptr<Forecaster> forecaster, History past);

}  // namespace evenkeel
