// Every predictor that a spec can name, in one explicit list, and the policy that plans with them.
//
// To add one: write its factory in catalog_forecast.cc and append an entry to the list there. The help, the checks of
// parameters, `backtest` and the tests of the forecaster laws go through all of them.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "experiments/catalog/catalog.h"
#include "predictors/forecast/forecaster.h"
#include "predictors/learning/learned.h"
#include "predictors/learning/retrained.h"

namespace evenkeel {

/// What a factory may use beside its parameters.
struct ForecastContext {
  /// Opens the future, for the predictor that is clairvoyant on purpose; empty where nobody may look ahead.
  std::function<std::unique_ptr<SlotSource>()> open_future;
  int slots_before = 0;  ///< slots that histories hold before the first one of the future
  /// What a trained predictor must have been trained for; empty: not compared.
  std::optional<TraceIdentity> trace = {};
  /// When `learned` is trained anew on what was seen until then; empty: never.
  std::optional<RetrainTimes> retrain = {};
};

struct ForecasterInfo {
  std::string name;
  std::string description;  ///< one line
  std::vector<ParameterInfo> parameters;
  std::function<std::unique_ptr<Forecaster>(const ForecastContext&, const PolicyArguments&)> make;
  bool clairvoyant = false;  ///< looks into the future on purpose
};

const std::vector<ForecasterInfo>& ForecastCatalog();

/// The parameters with the defaults filled in. Checks name, kinds and ranges; throws InputError listing what is known
/// and the closest match.
PolicyArguments CheckForecastSpec(const Spec& spec);
std::unique_ptr<Forecaster> MakeForecaster(const ForecastContext& context, const Spec& spec);
bool IsClairvoyantForecast(const Spec& spec);
/// The files of all `learned` in the spec.
std::vector<std::string> NetworksOfForecast(const Spec& spec);
/// Files that the spec's parameters name.
std::vector<std::string> FilesOfForecast(const Spec& spec);

/// The list for people.
std::string ForecastCatalogText();

/// The entry of `plan`: forecast, then plan.
PolicyInfo PlanPolicy();

}  // namespace evenkeel
