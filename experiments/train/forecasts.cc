// Training of networks that forecast.
#include <fmt/format.h>

#include <memory>

#include "experiments/catalog/catalog.h"
#include "experiments/train/job.h"
#include "models/base/error.h"
#include "models/base/utc_time.h"
#include "models/files/trace_file.h"
#include "models/world/time_base.h"
#include "predictors/learning/training.h"

namespace evenkeel {
namespace {

/// The traces as the training wants them.
struct Traces {
  TraceIdentity identity;
  History train, valid;
  int first_valid = 0;
};

Traces ReadTraces(const std::string& train_path, const std::string& valid_path) {
  TraceFile train(train_path), valid(valid_path);
  Traces traces;
  traces.identity = IdentityOf(train.header().network, train.header().slot_hours);
  CheckSameColumns(traces.identity, IdentityOf(valid.header().network, valid.header().slot_hours), valid_path);
  traces.train.AppendAll(train);
  const std::int64_t end = traces.train.time(traces.train.num_slots() - 1) + SlotSeconds(traces.identity.slot_hours);
  Slot first;
  valid.Read(0, &first);
  CheckComesAfter(valid_path, first.time, train_path, end);
  // What was trained on is the past of the first forecasts if it ends where the validation part begins.
  if (first.time == end) {
    traces.valid = traces.train;
    traces.first_valid = traces.train.num_slots();
  }
  traces.valid.AppendAll(valid);
  return traces;
}

}  // namespace

Checkpoint NewCheckpoint(const TrainRequest& request, const std::string& network, const TraceIdentity& identity) {
  Checkpoint checkpoint;
  checkpoint.network = network;
  checkpoint.gateways = identity.gateways;
  checkpoint.regions = identity.regions;
  checkpoint.units = SignalUnits();
  checkpoint.slot_hours = identity.slot_hours;
  checkpoint.trained_on = request.train;
  checkpoint.command = request.command;
  checkpoint.generator = "evenkeel " EVENKEEL_VERSION;
  return checkpoint;
}

void CheckComesAfter(const std::string& path, std::int64_t first, const std::string& train_path, std::int64_t end) {
  if (first < end)
    throw InputError("{}: begins at {}, before the end of {}, expected {} or later: validation comes after training",
                     path, FormatUtc(first), train_path, FormatUtc(end));
}

TrainJob MakeForecastJob(const TrainRequest& request) {
  const NeuralSpec network = ParseNetwork(request.predictor);
  const TrainingSetup& setup = request.setup;
  for (const auto& [name, values] : NamedValues(request.objective)) {
    if (values.empty()) continue;
    throw InputError("option --{}: {} forecasts, whatever the objective; it is for {}", name, network.name,
                     kLearnedPrice);
  }
  const auto traces = std::make_shared<Traces>(ReadTraces(request.train, request.valid));
  const HistoryView train(traces->train);
  TrainJob job;
  job.name = network.name;
  job.checkpoint = NewCheckpoint(request, NetworkText(network), traces->identity);
  job.checkpoint.scales = TrainingScales(train);
  job.checkpoint.first_time = train.time(0);
  job.checkpoint.last_time = train.time(train.num_slots() - 1);
  const auto data = [traces] {
    return TrainingData{HistoryView(traces->train), HistoryView(traces->valid), traces->first_valid};
  };
  job.steps = StepsPerEpoch(static_cast<int>(OriginsOf(data()).train.size()), setup.options);
  const NeuralShape shape = ShapeOf(train.columns(), train.slots_per_day());
  job.outline = [=] { return OutlineOf(*MakeNeural(network, shape, setup.runtime)); };
  job.train = [=](Checkpoint* checkpoint, const auto& save, const auto& step) {
    const std::unique_ptr<Neural> neural = MakeNeural(network, shape, setup.runtime);
    Train(data(), setup.options, neural.get(), checkpoint, save, step);
  };
  return job;
}

}  // namespace evenkeel
