// evenkeel train.
#include <fmt/format.h>

#include <cmath>
#include <filesystem>

#include "experiments/catalog_networks.h"
#include "experiments/command.h"
#include "experiments/output_path.h"
#include "experiments/progress.h"
#include "experiments/training_options.h"
#include "models/atomic_file.h"
#include "models/error.h"
#include "models/trace_file.h"
#include "models/utc_time.h"
#include "predictors/learned.h"
#include "predictors/training.h"

namespace evenkeel {
namespace {

namespace fs = std::filesystem;

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
  const std::int64_t end =
      traces.train.time(traces.train.num_slots() - 1) + std::llround(3600.0 * traces.identity.slot_hours);
  Slot first;
  valid.Read(0, &first);
  if (first.time < end)
    throw InputError("{}: begins at {}, before the end of {}, expected {} or later: validation comes after training",
                     valid_path, FormatUtc(first.time), train_path, FormatUtc(end));
  // What was trained on is the past of the first forecasts if it ends where the validation part begins.
  if (first.time == end) {
    traces.valid = traces.train;
    traces.first_valid = traces.train.num_slots();
  }
  traces.valid.AppendAll(valid);
  return traces;
}

Checkpoint NewCheckpoint(const Traces& traces, const std::string& network, const std::string& training,
                         const Options& options) {
  Checkpoint checkpoint;
  checkpoint.network = network;
  checkpoint.options = training;
  checkpoint.gateways = traces.identity.gateways;
  checkpoint.regions = traces.identity.regions;
  checkpoint.units = SignalUnits();
  checkpoint.slot_hours = traces.identity.slot_hours;
  checkpoint.scales = TrainingScales(HistoryView(traces.train));
  checkpoint.trained_on = TextOption(options, "train");
  checkpoint.first_time = traces.train.time(0);
  checkpoint.last_time = traces.train.time(traces.train.num_slots() - 1);
  checkpoint.command = options.command_line;
  checkpoint.generator = "evenkeel " EVENKEEL_VERSION;
  return checkpoint;
}

/// The training that was interrupted; it must be the one that is asked for.
Checkpoint GoOn(const std::string& path, const Checkpoint& wanted) {
  Checkpoint found = ReadCheckpoint(path);
  const auto compare = [&path](const char* what, const auto& was, const auto& is) {
    if (was != is)
      throw InputError("{}: a training with other {}: {}, now {}; remove the file to start anew", path, what, was, is);
  };
  compare("network", found.network, wanted.network);
  compare("options", found.options, wanted.options);
  compare("first slot", FormatUtc(found.first_time), FormatUtc(wanted.first_time));
  compare("last slot", FormatUtc(found.last_time), FormatUtc(wanted.last_time));
  CheckSameColumns({found.gateways, found.regions, found.slot_hours},
                   {wanted.gateways, wanted.regions, wanted.slot_hours}, path);
  if (found.scales != wanted.scales)
    throw InputError("{}: a training on other values; remove the file to start anew", path);
  found.command = wanted.command;
  return found;
}

std::string LossesCsv(const Checkpoint& checkpoint) {
  std::string text = "epoch,rate,train,valid\n";
  for (const EpochLoss& loss : checkpoint.training.losses)
    text += fmt::format("{},{},{},{}\n", loss.epoch, loss.rate, loss.train, loss.valid);
  return text;
}

int RunTrain(const Options& options) {
  const NeuralSpec network = ParseNetwork(ParseSpec(TextOption(options, "predictor")));
  const TrainingSetup setup = ReadTraining(options);
  const TrainingOptions& training = setup.options;
  const std::string train = TextOption(options, "train"), valid = TextOption(options, "valid");
  const std::string out = TextOption(options, "out"), unfinished = out + ".training";
  const std::string losses = HasOption(options, "losses") ? TextOption(options, "losses") : "";
  const Traces traces = ReadTraces(train, valid);
  CheckOutputs({out, unfinished, losses}, {train, valid});
  const TrainingData data{HistoryView(traces.train), HistoryView(traces.valid), traces.first_valid};
  const int day = HistoryView(traces.train).slots_per_day();
  const int steps = StepsPerEpoch(data, training);
  const bool quiet = HasOption(options, "quiet");
  Checkpoint checkpoint = NewCheckpoint(traces, NetworkText(network), TrainingText(setup), options);
  if (fs::exists(unfinished)) {
    checkpoint = GoOn(unfinished, checkpoint);
    if (!quiet) Note(fmt::format("going on after epoch {} of {}", checkpoint.training.epoch, unfinished));
  }
  const std::unique_ptr<Neural> neural = MakeNeural(network, ShapeOf(traces.train.columns(), day), setup.runtime);
  {
    const long left = static_cast<long>(training.epochs - checkpoint.training.epoch) * steps;
    Progress progress({"training " + network.name, left, !quiet});
    const auto save = [&](const Checkpoint& now) {
      WriteCheckpoint(now, unfinished);
      const EpochLoss& last = now.training.losses.back();
      progress.SetLabel(fmt::format("training {}, epoch {}, loss {:.4f}, validation {:.4f}, best {:.4f}", network.name,
                                    last.epoch, last.train, last.valid, now.best_loss));
      if (!losses.empty()) WriteTextFile(losses, LossesCsv(now));
    };
    Train(data, training, neural.get(), &checkpoint, save, [&] { progress.Step(); });
  }
  WriteCheckpoint(checkpoint, out);
  fs::remove(unfinished);
  Print(fmt::format("{}: {}, loss {:.4f} on {} after epoch {} of {}\n", out, checkpoint.network, checkpoint.best_loss,
                    valid, checkpoint.best_epoch, checkpoint.training.losses.size()));
  return kExitSuccess;
}

}  // namespace

Command TrainCommand() {
  CommandInfo info;
  info.name = "train";
  info.summary = "trains a network to forecast a trace's signals";
  info.options = {{"predictor", "SPEC", "", "the network, for example gru(hidden=64)"},
                  {"train", "TRACE.h5", "", "what it learns from"},
                  {"valid", "TRACE.h5", "", "what decides when to stop; begins where the other ends, or later"},
                  {"out", "MODEL.pt", "", "the trained network, for learned(file=MODEL.pt)"}};
  for (OptionInfo& option : TrainingOptionInfos()) info.options.push_back(std::move(option));
  info.options.push_back({"losses", "FILE.csv", "", "write the losses of every epoch"});
  info.details =
      "After every epoch MODEL.pt.training is written; the same command goes on from it after an interruption, and\n"
      "ends with the same weights. One thread unless --threads says otherwise.\n\n" +
      NetworkCatalogText() +
      "\nExample\n  evenkeel train --predictor 'gru(hidden=64)' --train years.h5 --valid months.h5 --out gru.pt\n";
  return {info, RunTrain};
}

}  // namespace evenkeel
