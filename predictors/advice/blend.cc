#include "predictors/advice/blend.h"

#include <algorithm>

#include "engine/policies/greedy.h"
#include "engine/simulate.h"
#include "models/base/error.h"
#include "models/slots/queued_slots.h"
#include "predictors/advice/history_slots.h"

namespace evenkeel {

double BlendShare(const BlendOptions& options, int slot, int num_slots) {
  const double passed = num_slots > 1 ? static_cast<double>(slot) / (num_slots - 1) : 0.0;
  return options.first + (options.last - options.first) * passed;
}

Loads LoadsBefore(const Problem& problem, const HistoryView& past, const Slot& now, double exponent) {
  Prices none = ZeroPrices(problem);
  const int slots = std::min(past.num_slots(), problem.num_slots);
  if (slots < past.slots_per_day()) return none;
  const std::unique_ptr<SlotSource> source =
      MakeQueuedSlots(std::make_unique<HistorySlots>(past, past.num_slots() - slots, slots, now), problem.network);
  NormGreedyOptions options;
  options.q = exponent;
  const std::unique_ptr<Policy> greedy = MakeNormGreedy(problem, options);
  Loads load = Simulate(problem, *source, *source, *greedy, {}).metered.load;
  for (Vector& of_group : load) of_group *= static_cast<double>(problem.num_slots) / slots;
  return load;
}

}  // namespace evenkeel
