// What a spec of `plan` says.
#pragma once

#include "experiments/specs/parameter.h"
#include "predictors/advice/plan.h"

namespace evenkeel {

/// From checked arguments.
PlanOptions PlanOptionsOf(const Arguments& arguments, double slot_hours);

}  // namespace evenkeel
