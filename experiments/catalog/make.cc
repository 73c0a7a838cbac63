#include "experiments/catalog/make.h"

#include <utility>

#include "experiments/catalog/releases.h"
#include "models/base/error.h"

namespace evenkeel {

std::unique_ptr<Policy> MakePolicy(const Registry& registry, const PolicyContext& context, const Spec& spec) {
  const CheckedSpec checked = CheckSpec(registry, Kind::kPolicy, spec);
  auto policy = std::get<static_cast<std::size_t>(Kind::kPolicy)>(checked.entry->make)(context, checked.arguments);
  const Arguments& arguments = checked.arguments;
  if (context.problem.num_classes() == 0 || arguments.values.count(kReleaseParameter) == 0) return policy;
  ReleaseOptions release = Make<Kind::kRelease>(registry, arguments.at(kReleaseParameter));
  release.seed = context.seed;
  return MakeReleasing(context.problem, std::move(policy), release);
}

std::unique_ptr<Forecaster> MakeForecaster(const Registry& registry, const ForecastContext& context, const Spec& spec) {
  return Make<Kind::kPredictor>(registry, spec, context);
}

NeuralSpec MakeNeuralSpec(const Registry& registry, const Spec& spec) {
  const TrainableSpec network = Make<Kind::kNetwork>(registry, spec);
  if (const auto* neural = std::get_if<NeuralSpec>(&network)) return *neural;
  throw InputError("network \"{}\" is one of prices, expected one of forecasts", spec.name);
}

PriceSpec MakePriceSpec(const Registry& registry, const Spec& spec) {
  const TrainableSpec network = Make<Kind::kNetwork>(registry, spec);
  if (const auto* prices = std::get_if<PriceSpec>(&network)) return *prices;
  throw InputError("network \"{}\" is one of forecasts, expected one of prices, {}", spec.name, kLearnedPrice);
}

std::unique_ptr<Policy> PolicyArgument(const PolicyContext& context, const Arguments& arguments,
                                       const std::string& name) {
  return MakePolicy(*arguments.registry, context, arguments.at(name));
}

std::unique_ptr<Forecaster> ForecasterArgument(const ForecastContext& context, const Arguments& arguments,
                                               const std::string& name) {
  return MakeForecaster(*arguments.registry, context, arguments.at(name));
}

PolicyContext ContextOf(const Period& period, std::uint64_t seed) {
  PolicyContext context{period.problem, seed, [&period] { return OpenMetered(period); }};
  context.open_history = [&period] { return OpenHistory(period); };
  context.time = period.time;
  return context;
}

ForecastContext ForecastContextOf(const PolicyContext& context, int slots_before) {
  return {context.open_future,
          slots_before,
          IdentityOf(context.problem.network, SlotHoursOf(context)),
          {},
          context.trust_modules};
}

double SlotHoursOf(const PolicyContext& context) { return context.time ? context.time->slot_hours : 0.0; }
double SlotHoursOf(const ForecastContext& context) { return context.trace ? context.trace->slot_hours : 0.0; }

}  // namespace evenkeel
