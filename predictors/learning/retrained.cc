#include "predictors/learning/retrained.h"

#include <map>

#include "models/base/error.h"
#include "predictors/learning/learned.h"

namespace evenkeel {
namespace {

class Retrained : public Forecaster {
 public:
  Retrained(const Checkpoint& checkpoint, NeuralSpec network, std::string where, const RetrainOptions& options)
      : checkpoint_(checkpoint), network_(std::move(network)), where_(std::move(where)), options_(options) {
    by_training_[0] = MakeLearned(checkpoint_, network_, where_);
  }

  void Predict(const HistoryView& history, int horizon, RowMatrix* forecast) override {
    const int passed = history.num_slots() - options_.times.first;
    const int training = passed < 0 ? 0 : passed / options_.times.every;
    std::unique_ptr<Forecaster>& forecaster = by_training_[training];
    if (!forecaster) forecaster = TrainedOn(history.Before(options_.times.first + training * options_.times.every));
    forecaster->Predict(history, horizon, forecast);
  }

  int SlotsNeeded(int slots_per_day) const override { return by_training_.at(0)->SlotsNeeded(slots_per_day); }

 private:
  std::unique_ptr<Forecaster> TrainedOn(const HistoryView& seen) const {
    const int valid = kRetrainValidDays * seen.slots_per_day();
    const TrainingData data{seen.Before(seen.num_slots() - valid), seen, seen.num_slots() - valid};
    Checkpoint next = checkpoint_;
    next.scales = TrainingScales(data.train);
    next.best_epoch = 0;
    next.training = {};
    const auto neural = MakeNeural(network_, ShapeOf(seen.columns(), seen.slots_per_day()), options_.runtime);
    Train(data, options_.training, neural.get(), &next, [](const Checkpoint&) {}, {});
    return MakeLearned(next, network_, where_);
  }

  Checkpoint checkpoint_;
  NeuralSpec network_;
  std::string where_;
  RetrainOptions options_;
  std::map<int, std::unique_ptr<Forecaster>> by_training_;  // 0: the checkpoint
};

}  // namespace

std::unique_ptr<Forecaster> MakeRetrained(const Checkpoint& checkpoint, const NeuralSpec& network,
                                          const std::string& where, const RetrainOptions& options) {
  EVENKEEL_CHECK(options.times.first >= 0 && options.times.every >= 1);
  const int day = SlotsPerDay(checkpoint);
  const int seen = options.times.first + options.times.every,
            needed = (kLongDays + kFutureDays + kRetrainValidDays) * day;
  if (seen < needed)
    throw InputError("{}: the first training anew would see {} slots, expected at least {} ({} days)", where, seen,
                     needed, needed / day);
  return std::make_unique<Retrained>(checkpoint, network, where, options);
}

}  // namespace evenkeel
