// A trace with the same past and another future: what shows whether a decision or a forecast has looked ahead.
#pragma once

#include <cstdint>

#include "models/world/trace.h"

namespace evenkeel {

/// The trace with every signal after slot t another one, drawn from the seed. Demand shrinks and capacity grows, so
/// that what could be served still can; slots up to and including t keep their bits.
Trace ChangedAfter(Trace trace, int t, std::uint64_t seed = 1);

}  // namespace evenkeel
