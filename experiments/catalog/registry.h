// What specs can name: policies, predictors, networks, errors, events and release rules, all as entries of one
// registry. entries.h has the lists of entries, catalog.h the registry that they make together.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "engine/policies/release.h"
#include "engine/policy.h"
#include "experiments/catalog/network_spec.h"
#include "experiments/specs/parameter.h"
#include "models/slots/scenario.h"
#include "models/world/network.h"
#include "models/world/signal_error.h"
#include "predictors/forecast/forecaster.h"

namespace evenkeel {

struct PolicyContext;
struct ForecastContext;

enum class Kind { kPolicy, kPredictor, kNetwork, kError, kEvent, kRelease };

/// `policy`, `predictor`, ..: for people.
std::string KindName(Kind kind);

/// How to make what an entry names, from checked arguments; a function of each kind, in the order of Kind. Throws
/// InputError.
using Maker = std::variant<std::function<std::unique_ptr<Policy>(const PolicyContext&, const Arguments&)>,
                           std::function<std::unique_ptr<Forecaster>(const ForecastContext&, const Arguments&)>,
                           std::function<TrainableSpec(const Arguments&)>, std::function<SignalError(const Arguments&)>,
                           std::function<ScenarioEvent(const Network&, const Arguments&)>,
                           std::function<ReleaseOptions(const Arguments&)>>;

struct Entry {
  std::string name;
  std::string description;  ///< one line
  std::vector<ParameterInfo> parameters;
  Maker make;
  std::vector<std::string> compare_specs = {};  ///< a policy that needs no prediction: what `compare` runs by itself
  bool clairvoyant = false;                     ///< looks into the future on purpose
  bool test_advice = false;                     ///< a policy that was made to try out a guarantee
  bool faulty = false;          ///< a policy that breaks the laws of policies on purpose: good as advice only
  bool asks_a_program = false;  ///< decides as a program of the user's does: reproducible only if that is
  bool foreign_code = false;    ///< runs a module that somebody has programmed
  std::function<void(const Arguments&)> check = {};  ///< of what ranges can't say; throws InputError

  Kind kind() const { return static_cast<Kind>(make.index()); }
};

struct Registry {
  std::vector<Entry> entries;  ///< names are unique within a kind
};

/// In the registry's order.
std::vector<const Entry*> EntriesOf(const Registry& registry, Kind kind);

/// Throws InputError listing what is known and the closest match.
const Entry& FindEntry(const Registry& registry, Kind kind, const std::string& name);

/// All entries of a kind for people, with their parameters, defaults and ranges. Marks what looks into the future with
/// *, test advice with !.
std::string EntriesText(const Registry& registry, Kind kind);

}  // namespace evenkeel
