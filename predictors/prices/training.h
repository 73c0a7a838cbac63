// Prices learned on J itself: windows of a trace are played at a network's prices, again and again.
#pragma once

#include "predictors/learning/epochs.h"
#include "predictors/prices/windows.h"

namespace evenkeel {

struct PriceTrainingOptions {
  int slots = 730;            ///< of a window
  int stride = 72;            ///< slots from the start of a window to that of the next
  double temperature = 0.02;  ///< of smooth dispatch (MakePriceWorld)
};

/// First slots of the windows that fit into so many slots. Throws InputError, beginning with `where`, when none does.
std::vector<int> WindowStarts(int num_slots, const PriceTrainingOptions& options, const std::string& where);

/// RunEpochs over the windows of `source`, the loss on the validation part from `valid`. Same seed, same weights.
/// `step` is called after every step.
void TrainPrices(const PriceWindowSource& source, const PriceTrainingOptions& windows, const TrainingOptions& options,
                 PriceNetwork* network, Checkpoint* checkpoint, const std::function<double()>& valid,
                 const std::function<void(const Checkpoint&)>& save, const std::function<void()>& step);

}  // namespace evenkeel
