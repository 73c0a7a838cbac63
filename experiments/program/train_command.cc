// evenkeel train.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>

#include "experiments/catalog/catalog.h"
#include "experiments/options/objective_options.h"
#include "experiments/options/output_path.h"
#include "experiments/options/training_options.h"
#include "experiments/program/command.h"
#include "experiments/run/progress.h"
#include "experiments/train/job.h"
#include "models/base/atomic_file.h"
#include "models/base/error.h"
#include "models/base/utc_time.h"
#include "predictors/learning/learned.h"

namespace evenkeel {
namespace {

namespace fs = std::filesystem;

/// That the training that was interrupted is the one that is asked for.
void CheckSameTraining(const std::string& path, const Checkpoint& found, const Checkpoint& wanted) {
  const auto compare = [&path](const char* what, const auto& was, const auto& is) {
    if (was != is)
      throw InputError("{}: a training with other {}: {}, now {}; remove the file to start anew", path, what, was, is);
  };
  compare("network", found.network, wanted.network);
  compare("objective", fmt::format("{}", fmt::join(found.objective, "; ")),
          fmt::format("{}", fmt::join(wanted.objective, "; ")));
  compare("options", found.options, wanted.options);
  compare("first slot", FormatUtc(found.first_time), FormatUtc(wanted.first_time));
  compare("last slot", FormatUtc(found.last_time), FormatUtc(wanted.last_time));
  CheckSameColumns({found.gateways, found.regions, found.slot_hours},
                   {wanted.gateways, wanted.regions, wanted.slot_hours}, path);
  if (found.scales != wanted.scales)
    throw InputError("{}: a training on other values; remove the file to start anew", path);
}

Checkpoint GoOn(const std::string& path, const TrainJob& job) {
  Checkpoint found = ReadCheckpoint(path, [&](const Checkpoint& header) {
    CheckSameTraining(path, header, job.checkpoint);
    return job.outline();
  });
  found.command = job.checkpoint.command;
  return found;
}

std::string LossesCsv(const Checkpoint& checkpoint) {
  std::string text = "epoch,rate,train,valid\n";
  for (const EpochLoss& loss : checkpoint.training.losses)
    text += fmt::format("{},{},{},{}\n", loss.epoch, loss.rate, loss.train, loss.valid);
  return text;
}

TrainRequest ReadRequest(const Options& options) {
  TrainRequest request;
  request.setup = ReadTraining(options);
  request.train = TextOption(options, "train");
  request.valid = TextOption(options, "valid");
  request.predictor = ParseSpec(TextOption(options, "predictor"));
  request.objective = ReadObjective(options);
  request.command = options.command_line;
  return request;
}

TrainJob MakeJob(const TrainRequest& request) {
  return request.predictor.name == kLearnedPrice ? MakePriceJob(request) : MakeForecastJob(request);
}

int RunTrain(const Options& options) {
  const TrainRequest request = ReadRequest(options);
  const std::string out = TextOption(options, "out"), unfinished = out + ".training";
  const std::string losses = HasOption(options, "losses") ? TextOption(options, "losses") : "";
  TrainJob job = MakeJob(request);
  CheckOutputs(options, {out, unfinished, losses}, {request.train, request.valid});
  const bool quiet = HasOption(options, "quiet");
  Checkpoint& checkpoint = job.checkpoint;
  checkpoint.options = TrainingText(request.setup);
  if (fs::exists(unfinished)) {
    checkpoint = GoOn(unfinished, job);
    if (!quiet) Note(fmt::format("going on after epoch {} of {}", checkpoint.training.epoch, unfinished));
  }
  {
    const long left = static_cast<long>(request.setup.options.epochs - checkpoint.training.epoch) * job.steps;
    Progress progress({"training " + job.name, left, ReadProgressStyle(options)});
    const auto save = [&](const Checkpoint& now) {
      WriteCheckpoint(now, unfinished);
      const EpochLoss& last = now.training.losses.back();
      progress.SetLabel(fmt::format("training {}, epoch {}, loss {:.4f}, validation {:.4f}, best {:.4f}", job.name,
                                    last.epoch, last.train, last.valid, now.best_loss));
      if (!losses.empty()) WriteTextFile(losses, LossesCsv(now));
    };
    job.train(&checkpoint, save, [&] { progress.Step(); });
  }
  WriteCheckpoint(checkpoint, out);
  fs::remove(unfinished);
  Print(fmt::format("{}: {}, loss {:.4f} on {} after epoch {} of {}\n", out, checkpoint.network, checkpoint.best_loss,
                    request.valid, checkpoint.best_epoch, checkpoint.training.losses.size()));
  return kExitSuccess;
}

}  // namespace

Command TrainCommand() {
  CommandInfo info;
  info.name = "train";
  info.summary = "trains a network to forecast a trace's signals, or to set prices";
  info.options = {
      {"predictor", "SPEC", "", "the network, for example gru(hidden=64)"},
      {"train", "TRACE.h5", "", "what it learns from"},
      {"valid", "TRACE.h5", "", "what decides when to stop; begins where the other ends, or later"},
      {"out", "MODEL.h5", "", "the trained network, for learned(file=MODEL.h5) or learned-price(file=MODEL.h5)"}};
  for (OptionInfo& option : TrainingOptionInfos()) info.options.push_back(std::move(option));
  info.options.push_back({"losses", "FILE.csv", "", "write the losses of every epoch"});
  for (OptionInfo& option : ObjectiveOptions()) info.options.push_back(std::move(option));
  info.details =
      "After every epoch MODEL.h5.training is written; the same command goes on from it after an interruption, and\n"
      "ends with the same weights. One thread unless --threads says otherwise.\n\n" +
      NetworksText() +
      "\nPrices are learned for the objective that --weight, --norm, --bucket-weight and --shed-cost say; the loss on\n"
      "VALID is J / optimum of the policy as it will run. A few dozen periods make an epoch: --batch 8 is enough.\n"
      "\nExample\n  evenkeel train --predictor 'gru(hidden=64)' --train years.h5 --valid months.h5 --out gru.h5\n";
  return {info, RunTrain};
}

}  // namespace evenkeel
