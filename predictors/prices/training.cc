#include "predictors/prices/training.h"

#include <algorithm>
#include <map>

#include "models/base/error.h"

namespace evenkeel {
namespace {

/// Windows that have been made, each when it is first wanted.
class Windows {
 public:
  Windows(const PriceWindowSource& source, int slots) : source_(source), slots_(slots) {}

  const PriceWindow* At(int first) {
    std::unique_ptr<PriceWindow>& window = made_[first];
    if (!window) window = MakePriceWindow(source_, first, slots_);
    return window.get();
  }

 private:
  const PriceWindowSource& source_;
  int slots_;
  std::map<int, std::unique_ptr<PriceWindow>> made_;
};

}  // namespace

std::vector<int> WindowStarts(int num_slots, const PriceTrainingOptions& options, const std::string& where) {
  std::vector<int> starts;
  for (int first = 0; first + options.slots <= num_slots; first += options.stride) starts.push_back(first);
  if (starts.empty())
    throw InputError("{}: {} slots, expected at least {}, the slots of a window", where, num_slots, options.slots);
  return starts;
}

void TrainPrices(const PriceWindowSource& source, const PriceTrainingOptions& options, const TrainingOptions& training,
                 PriceNetwork* network, Checkpoint* checkpoint, const std::function<double()>& valid,
                 const std::function<void(const Checkpoint&)>& save, const std::function<void()>& step) {
  const std::vector<int> starts = WindowStarts(source.trace.signals.num_slots(), options, "the training part");
  Windows windows(source, options.slots);
  const auto batch_size = static_cast<std::size_t>(training.batch);
  const auto train = [&](int epoch, const NeuralStep& settings) {
    const std::vector<int> order = EpochExamples(starts, training, epoch);
    double sum = 0.0;
    for (std::size_t first = 0; first < order.size(); first += batch_size) {
      std::vector<const PriceWindow*> batch;
      for (std::size_t i = first; i < std::min(first + batch_size, order.size()); ++i)
        batch.push_back(windows.At(order[i]));
      const std::unique_ptr<PriceWorld> world = MakePriceWorld(batch, options.temperature);
      sum += static_cast<double>(batch.size()) * network->Step(*world, settings);
      if (step) step();
    }
    return sum / static_cast<double>(order.size());
  };
  RunEpochs({train, valid}, training, network, checkpoint, save);
}

}  // namespace evenkeel
