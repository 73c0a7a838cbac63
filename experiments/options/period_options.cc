#include "experiments/options/period_options.h"

#include "experiments/catalog/catalog.h"
#include "experiments/options/objective_options.h"
#include "experiments/options/output_path.h"
#include "experiments/options/scenario_options.h"

namespace evenkeel {
namespace {

std::string TextOrNone(const Options& options, const std::string& name) {
  return HasOption(options, name) ? TextOption(options, name) : "";
}

}  // namespace

std::vector<OptionInfo> PeriodOptions() {
  return {{"from", "TIME", "", "start of the period, UTC, such as 2023-01-31T10:00; the trace's when left out"},
          {"to", "TIME", "", "its end, the first time that is not part of it; the trace's when left out"}};
}

OptionInfo TrustModulesOption() {
  return {"trust-modules", "", "",
          "run TorchScript modules inside evenkeel, with all of its rights: faster to start, and only for your own"};
}

std::vector<OptionInfo> RunOptions() {
  std::vector<OptionInfo> options = {
      {"observed", "SEEN.h5", "",
       "what policies see, a trace with the network, times, demand and capacity of TRACE.h5; costs and footprints "
       "are settled with TRACE.h5, the meters"},
      ObserveOption(),
      EventOption(),
      {"advice-timeout", "SECONDS", "0",
       "robust policies take the expert's decision when their advice takes longer in a slot, 0 to 3600; 0: wait. "
       "Results then depend on the machine's speed"},
      TrustModulesOption()};
  for (OptionInfo& option : PeriodOptions()) options.push_back(std::move(option));
  for (OptionInfo& option : ObjectiveOptions()) options.push_back(std::move(option));
  return options;
}

PeriodText ReadPeriod(const Options& options) {
  PeriodText text;
  text.trace = options.positionals.at(0);
  text.from = TextOrNone(options, "from");
  text.to = TextOrNone(options, "to");
  text.objective = ReadObjective(options);
  text.events = AllValues(options, "event");
  text.observed = TextOrNone(options, "observed");
  text.observe = TextOrNone(options, "observe");
  return text;
}

RunSettings ReadRunSettings(const Options& options) {
  constexpr double kLongestTimeout = 3600.0;
  RunSettings settings(Seed(options), NumberOption(options, "advice-timeout", 0.0, kLongestTimeout));
  settings.trust_modules = HasOption(options, "trust-modules");
  return settings;
}

GivenPeriod OpenInputs(const Options& options, const std::vector<Spec>& policies,
                       const std::vector<std::string>& outputs) {
  const PeriodText text = ReadPeriod(options);
  std::vector<std::string> inputs = BucketWeightFiles(text.objective);
  for (const Spec& policy : policies) {
    for (std::string& file : FilesOf(Catalog(), Kind::kPolicy, policy)) inputs.push_back(std::move(file));
  }
  inputs.push_back(text.trace);
  if (!text.observed.empty()) inputs.push_back(text.observed);
  GivenPeriod given = OpenPeriod(text);
  CheckOutputs(options, outputs, inputs);
  return given;
}

}  // namespace evenkeel
