#include "models/generate/other_future.h"

#include "models/base/random.h"

namespace evenkeel {

Trace ChangedAfter(Trace trace, int t, std::uint64_t seed) {
  Signals& signals = trace.signals;
  for (int s = t + 1; s < signals.num_slots(); ++s) {
    const RandomStream random{seed, RandomPurpose::kOtherFuture, static_cast<std::uint32_t>(s)};
    const auto draw = [&](int position, double low, double high) {
      return low + (high - low) * Uniform(random, static_cast<std::uint64_t>(position));
    };
    signals.demand.row(s) *= draw(0, 0.1, 0.9);
    signals.capacity.row(s) *= draw(1, 1.0, 3.0);
    // Regions trade places, too, so that their order by price or intensity is another one.
    signals.price.row(s) = signals.price.row(s).reverse().eval().array() + draw(2, -100.0, 1000.0);
    signals.carbon_intensity.row(s) = draw(3, 2.0, 7.0) * signals.carbon_intensity.row(s).reverse().eval();
    signals.water_intensity.row(s) = draw(4, 0.1, 0.5) * signals.water_intensity.row(s).reverse().eval();
  }
  return trace;
}

}  // namespace evenkeel
