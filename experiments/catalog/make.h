// Making what a spec names, and what that may use beside the spec's parameters.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "experiments/catalog/visit.h"
#include "models/files/period.h"
#include "models/world/problem.h"
#include "models/world/slot.h"
#include "models/world/time_base.h"
#include "predictors/advice/made_plan.h"
#include "predictors/learning/learned.h"
#include "predictors/learning/retrained.h"

namespace evenkeel {

struct PolicyContext {
  const Problem& problem;
  std::uint64_t seed = 1;
  /// Opens the slots of the whole period, future included, for advice that is clairvoyant on purpose (perfect
  /// forecasts, injected errors). Empty where nobody may look ahead; a policy that needs it says so with an InputError.
  std::function<std::unique_ptr<SlotSource>()> open_future = {};
  double advice_timeout =
      0.0;  ///< seconds that robust policies wait for their advice in a slot; 0: as long as it takes
  /// Opens what could be observed before the period, for policies that learn from it. Empty: nothing.
  std::function<std::unique_ptr<SlotSource>()> open_history = {};
  /// Makes the expert of a robust policy, where its run is known already; it must decide as MakePolicy's would. Empty:
  /// MakePolicy.
  std::function<std::unique_ptr<Policy>(const PolicyContext&, const Spec&)> make_expert = {};
  /// When the period's slots begin, and how long they are: durations in specs become slots, and networks that were
  /// trained on slots of another length are refused. Nothing: not known, and durations are refused.
  std::optional<TimeBase> time = {};
  /// Whether TorchScript modules run inside this process, with all of its rights, rather than in one of their own.
  bool trust_modules = false;
  /// For the one policy `plan` in the spec, if its scope says all that it demands. Empty: nothing is shared.
  SharedPlans shared_plans = {};
};

/// For policies of the period, which must outlive them. Those that look ahead on purpose may.
PolicyContext ContextOf(const Period& period, std::uint64_t seed);

struct ForecastContext {
  /// Opens the future, for the predictor that is clairvoyant on purpose; empty where nobody may look ahead.
  std::function<std::unique_ptr<SlotSource>()> open_future;
  int slots_before = 0;  ///< slots that histories hold before the first one of the future
  /// What a trained predictor must have been trained for, and how long slots are; empty: not compared, not known.
  std::optional<TraceIdentity> trace = {};
  /// When `learned` is trained anew on what was seen until then; empty: never.
  std::optional<RetrainTimes> retrain = {};
  bool trust_modules = false;  ///< PolicyContext::trust_modules
};

/// Of a slot; 0: not known.
double SlotHoursOf(const PolicyContext& context);
double SlotHoursOf(const ForecastContext& context);

/// For a predictor that a policy asks, of histories that begin with `slots_before` slots from before the period.
ForecastContext ForecastContextOf(const PolicyContext& context, int slots_before);

/// Checks the spec and makes what it names: Make<Kind::kEvent>(registry, spec, network). Throws InputError.
template <Kind kind, typename... Context>
auto Make(const Registry& registry, const Spec& spec, const Context&... context) {
  const CheckedSpec checked = CheckSpec(registry, kind, spec);
  return std::get<static_cast<std::size_t>(kind)>(checked.entry->make)(context..., checked.arguments);
}

/// The policy may keep a reference to the context's problem.
std::unique_ptr<Policy> MakePolicy(const Registry& registry, const PolicyContext& context, const Spec& spec);
std::unique_ptr<Forecaster> MakeForecaster(const Registry& registry, const ForecastContext& context, const Spec& spec);
/// Throw InputError as well for a network of the other sort.
NeuralSpec MakeNeuralSpec(const Registry& registry, const Spec& spec);
PriceSpec MakePriceSpec(const Registry& registry, const Spec& spec);

/// What the parameter of that name says, as part of something else.
std::unique_ptr<Policy> PolicyArgument(const PolicyContext& context, const Arguments& arguments,
                                       const std::string& name);
std::unique_ptr<Forecaster> ForecasterArgument(const ForecastContext& context, const Arguments& arguments,
                                               const std::string& name);

}  // namespace evenkeel
