// Closest region first: dispatch at network distance, blind to cost and footprints.
#pragma once

#include <memory>

#include "engine/policy.h"

namespace evenkeel {

/// x_t = argmin over X_t of sum_a distance[j,i] x[a], on the variant of the least quality loss.
std::unique_ptr<Policy> MakeNearest(const Problem& problem);

}  // namespace evenkeel
