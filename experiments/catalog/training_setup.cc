#include "experiments/catalog/training_setup.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "experiments/specs/spec.h"
#include "models/base/error.h"
#include "models/base/numbers.h"

namespace evenkeel {
namespace {

/// The parameters of a text that TrainingText has written.
class Parameters {
 public:
  Parameters(const std::string& text, std::string where)
      : spec_(ParseSpec("training(" + text + ")")), where_(std::move(where)) {}

  bool Has(const std::string& name) const { return Find(name) != spec_.parameters.end(); }

  const std::string& Text(const std::string& name) const {
    const auto found = Find(name);
    if (found == spec_.parameters.end())
      throw InputError("{}: its training has no option \"{}\", expected what evenkeel train writes", where_, name);
    return found->second.name;
  }

  double Number(const std::string& name) const { return Checked(name, ParseNumber(Text(name))); }
  int Integer(const std::string& name) const { return static_cast<int>(Checked(name, ParseInteger(Text(name)))); }
  std::uint64_t Seed() const { return static_cast<std::uint64_t>(Checked("seed", ParseInteger(Text("seed")))); }

 private:
  std::vector<std::pair<std::string, Spec>>::const_iterator Find(const std::string& name) const {
    return std::find_if(spec_.parameters.begin(), spec_.parameters.end(),
                        [&](const auto& parameter) { return parameter.first == name; });
  }

  template <typename Value>
  Value Checked(const std::string& name, const std::optional<Value>& value) const {
    if (!value || !(*value >= 0))
      throw InputError("{}: option \"{}\" of its training is \"{}\", expected a number >= 0", where_, name, Text(name));
    return *value;
  }

  Spec spec_;
  std::string where_;
};

}  // namespace

std::string TrainingText(const TrainingSetup& setup) {
  const TrainingOptions& o = setup.options;
  const std::string text =
      fmt::format("epochs={},patience={},samples={},batch={},rate={},decay={},seed={},threads={},device={}", o.epochs,
                  o.patience, o.samples, o.batch, o.rate, o.decay, o.seed, setup.runtime.threads, setup.runtime.device);
  // Not where it is what it was before there was a choice: older checkpoints stay what they are.
  return setup.runtime.precision == "single" ? text : text + ",precision=" + setup.runtime.precision;
}

TrainingSetup ParseTraining(const std::string& text, const std::string& where) {
  const Parameters parameters(text, where);
  TrainingSetup setup;
  TrainingOptions& training = setup.options;
  training.epochs = parameters.Integer("epochs");
  training.patience = parameters.Integer("patience");
  training.samples = parameters.Integer("samples");
  training.batch = parameters.Integer("batch");
  training.rate = parameters.Number("rate");
  training.decay = parameters.Number("decay");
  training.seed = parameters.Seed();
  setup.runtime.seed = training.seed;
  setup.runtime.threads = parameters.Integer("threads");
  setup.runtime.device = parameters.Text("device");
  if (parameters.Has("precision")) setup.runtime.precision = parameters.Text("precision");
  return setup;
}

}  // namespace evenkeel
