#include "experiments/options/training_options.h"

#include "models/base/error.h"

namespace evenkeel {

std::vector<OptionInfo> TrainingOptionInfos() {
  return {{"epochs", "N", "40", "at most"},
          {"patience", "N", "6", "epochs without a better loss before it stops"},
          {"samples", "N", "4096", "forecasts, or periods, that an epoch learns from"},
          {"batch", "N", "32", "forecasts, or periods, of a step"},
          {"rate", "RATE", "0.001", "learning rate of AdamW at the start"},
          {"decay", "SHARE", "0.01", "decay of the weights"},
          {"device", "DEVICE", "cpu", "cpu or cuda"},
          {"precision", "PRECISION", "single", "of products of matrices: single, or on cuda mixed (bfloat16)"}};
}

TrainingSetup ReadTraining(const Options& options) {
  TrainingSetup setup;
  TrainingOptions& training = setup.options;
  training.epochs = static_cast<int>(IntegerOption(options, "epochs", 1, 100000));
  training.patience = static_cast<int>(IntegerOption(options, "patience", 1, 100000));
  training.samples = static_cast<int>(IntegerOption(options, "samples", 1, 100000000));
  training.batch = static_cast<int>(IntegerOption(options, "batch", 1, 100000));
  training.rate = NumberOption(options, "rate", 1e-9, 1.0);
  training.decay = NumberOption(options, "decay", 0.0, 10.0);
  training.seed = Seed(options);
  NeuralRuntime& runtime = setup.runtime;
  runtime.seed = training.seed;
  const auto threads = static_cast<int>(IntegerOption(options, "threads", 0, 1024));
  runtime.threads = threads == 0 ? 1 : threads;  // one unless asked for: the same seed, the same weights
  runtime.device = TextOption(options, "device");
  if (runtime.device != "cpu" && runtime.device != "cuda")
    throw InputError("option --device: \"{}\", allowed are cpu and cuda", runtime.device);
  runtime.precision = TextOption(options, "precision");
  if (runtime.precision != "single" && runtime.precision != "mixed")
    throw InputError("option --precision: \"{}\", allowed are single and mixed", runtime.precision);
  if (runtime.precision == "mixed" && runtime.device != "cuda")
    throw InputError("option --precision: mixed on --device {}, allowed is mixed on cuda", runtime.device);
  return setup;
}

}  // namespace evenkeel
