// Options that tests of the generator begin with.
#pragma once

#include "models/generate/trace.h"

namespace evenkeel {

inline GeneratorOptions Options(int regions, int gateways, int slots, std::uint64_t seed = 1) {
  GeneratorOptions options;
  options.regions = regions;
  options.gateways = gateways;
  options.slots = slots;
  options.seed = seed;
  return options;
}

}  // namespace evenkeel
