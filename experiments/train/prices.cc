// Training of networks that set prices.
#include <memory>

#include "engine/planner/offline.h"
#include "engine/simulate.h"
#include "experiments/catalog/catalog.h"
#include "experiments/train/job.h"
#include "models/base/error.h"
#include "models/files/trace_file.h"
#include "models/slots/trace_window.h"
#include "models/world/time_base.h"
#include "predictors/advice/learned_price.h"
#include "predictors/prices/inputs.h"
#include "robustifiers/robust_policy.h"

namespace evenkeel {
namespace {

/// A trace and what was seen before each of its slots.
struct Part {
  Trace trace;
  History history;
  int slots_before = 0;
};

struct PriceData {
  PriceSpec spec;
  PriceTrainingOptions training;
  TraceIdentity identity;
  Objective objective;
  Part train, valid;
  std::vector<int> valid_starts;
};

std::shared_ptr<PriceData> ReadData(const TrainRequest& request, const PriceSpec& spec) {
  const std::string &train_path = request.train, &valid_path = request.valid;
  auto data = std::make_shared<PriceData>();
  data->spec = spec;
  data->train.trace = ReadTrace(train_path);
  data->valid.trace = ReadTrace(valid_path);
  const TraceHeader &train = data->train.trace.header, &valid = data->valid.trace.header;
  if (train.network.num_classes() > 0)
    throw InputError("{}: work_class: prices are learned for firm demand only, expected a trace without classes",
                     train_path);
  data->identity = IdentityOf(train.network, train.slot_hours);
  data->training = PriceTrainingOf(spec, train.slot_hours);
  CheckSameColumns(data->identity, IdentityOf(valid.network, valid.slot_hours), valid_path);
  data->objective = ParseObjective(request.objective, train.network);
  data->train.history.AppendAll(*MakeSlotSource(data->train.trace));
  const std::int64_t end = data->train.trace.signals.time.back() + SlotSeconds(train.slot_hours);
  const std::int64_t first = data->valid.trace.signals.time.front();
  CheckComesAfter(valid_path, first, train_path, end);
  // What was trained on is the past of the first periods if it ends where the validation part begins.
  if (first == end) {
    data->valid.history = data->train.history;
    data->valid.slots_before = data->train.history.num_slots();
  }
  data->valid.history.AppendAll(*MakeSlotSource(data->valid.trace));
  WindowStarts(data->train.trace.signals.num_slots(), data->training, train_path);
  PriceTrainingOptions few = data->training;
  few.stride = std::max(1, data->training.slots / 3);
  data->valid_starts = WindowStarts(data->valid.trace.signals.num_slots(), few, valid_path);
  return data;
}

std::unique_ptr<Policy> MakeExpert(const PriceData& data, const Problem& problem) {
  PolicyContext context{problem, 1, {}};
  context.time = TimeBase{data.train.trace.signals.time.front(), data.identity.slot_hours};
  return MakePolicy(context, data.spec.expert);
}

std::unique_ptr<Forecaster> MakeForecasterOf(const PriceData& data) {
  return MakeForecaster({{}, 0, data.identity}, data.spec.forecast);
}

/// J / optimum of the policy as it will run, mean over periods of the validation part.
class Validation {
 public:
  Validation(std::shared_ptr<const PriceData> data, std::shared_ptr<PriceNetwork> network)
      : data_(std::move(data)), network_(std::move(network)) {}

  double operator()() {
    double sum = 0.0;
    for (std::size_t i = 0; i < data_->valid_starts.size(); ++i) sum += Ratio(i);
    return sum / static_cast<double>(data_->valid_starts.size());
  }

 private:
  std::unique_ptr<SlotSource> Open(int first, int count) const {
    return MakeSlotWindow(MakeSlotSource(data_->valid.trace), first, count);
  }

  double Ratio(std::size_t i) {
    const int first = data_->valid_starts[i], count = data_->training.slots;
    const std::unique_ptr<SlotSource> slots = Open(first, count);
    const Problem problem =
        MakeProblem(data_->valid.trace.header.network, data_->objective, count, TotalDemand(*slots));
    const std::unique_ptr<Policy> policy = MakeAsItRuns(problem, first);
    const double value = ShiftedObjectiveValue(problem, Simulate(problem, *slots, *slots, *policy, {}).metered);
    if (optima_.size() <= i) {
      const OfflineOptimum optimum = SolveOffline(problem, *slots, {});
      optima_.push_back(ShiftedObjectiveValue(problem, optimum.ledger));
    }
    return value / optima_[i];
  }

  std::unique_ptr<Policy> MakeAsItRuns(const Problem& problem, int first) const {
    History past;
    Slot slot;
    if (data_->valid.slots_before > 0) past = data_->train.history;
    const std::unique_ptr<SlotSource> before = Open(0, first);
    if (first > 0) past.AppendAll(*before);
    std::unique_ptr<Policy> policy =
        MakeLearnedPrice(problem, network_, MakeForecasterOf(*data_), std::move(past), "the network in training");
    if (!data_->spec.network.through_line) return policy;
    RobustOptions options;
    options.spending.rho = data_->spec.network.rho;
    return MakeRobust(problem, std::move(policy), MakeExpert(*data_, problem), options);
  }

  std::shared_ptr<const PriceData> data_;
  std::shared_ptr<PriceNetwork> network_;
  std::vector<double> optima_;  // shifted J, by window
};

}  // namespace

TrainJob MakePriceJob(const TrainRequest& request) {
  const std::shared_ptr<PriceData> data = ReadData(request, ParsePriceSpec(request.predictor));
  const TrainingSetup& setup = request.setup;
  const Trace& train = data->train.trace;
  const Problem problem =
      MakeProblem(train.header.network, data->objective, train.signals.num_slots(), TotalDemand(train));
  const PriceShape shape = PriceShapeOf(problem);
  const std::vector<int> starts = WindowStarts(train.signals.num_slots(), data->training, "");
  TrainJob job;
  job.name = kLearnedPrice;
  job.steps = StepsPerEpoch(static_cast<int>(starts.size()), setup.options);
  job.checkpoint = NewCheckpoint(request, ToString(data->spec.whole), data->identity);
  job.checkpoint.objective = ObjectiveLines(problem);
  job.checkpoint.first_time = train.signals.time.front();
  job.checkpoint.last_time = train.signals.time.back();
  job.outline = [=] { return OutlineOf(*MakePriceNetwork(data->spec.network, shape, setup.runtime)); };
  job.train = [=](Checkpoint* checkpoint, const auto& save, const auto& step) {
    const std::shared_ptr<PriceNetwork> network = MakePriceNetwork(data->spec.network, shape, setup.runtime);
    const PriceWindowSource source{data->train.trace,
                                   data->objective,
                                   data->train.history,
                                   0,
                                   [&] { return MakeForecasterOf(*data); },
                                   [&](const Problem& of) { return MakeExpert(*data, of); }};
    TrainPrices(source, data->training, setup.options, network.get(), checkpoint, Validation(data, network), save,
                step);
  };
  return job;
}

}  // namespace evenkeel
