// Every policy that a spec can name, in one explicit list.
//
// To add one: write its factory in catalog.cc or catalog_advice.cc and append an entry to the list there. The help and
// the checks of parameters are made from the entry, and the tests of the catalog and of the policy laws go through all
// of them.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/policy.h"
#include "experiments/catalog/spec.h"
#include "models/base/norm.h"

namespace evenkeel {

/// What a factory may use beside its parameters.
struct PolicyContext {
  const Problem& problem;
  std::uint64_t seed = 1;
  /// Opens the slots of the whole period, future included, for advice that is clairvoyant on purpose (perfect
  /// forecasts, injected errors). Empty where nobody may look ahead; a policy that needs it says so with an InputError.
  std::function<std::unique_ptr<SlotSource>()> open_future;
  double advice_timeout =
      0.0;  ///< seconds that robust policies wait for their advice in a slot; 0: as long as it takes
  /// Opens what could be observed before the period, for policies that learn from it. Empty: nothing.
  std::function<std::unique_ptr<SlotSource>()> open_history = {};
  /// Makes the expert of a robust policy, where its run is known already; it must decide as MakePolicy's would. Empty:
  /// MakePolicy.
  std::function<std::unique_ptr<Policy>(const PolicyContext&, const Spec&)> make_expert = {};
};

enum class ParameterKind {
  kNumber,
  kInteger,
  kWord,      ///< one of ParameterInfo::words
  kText,      ///< any word
  kPath,      ///< a file, or one of ParameterInfo::words where there are some
  kPolicy,    ///< a spec of another policy of the catalog
  kForecast,  ///< a spec of a predictor (experiments/catalog/forecast.h)
};

struct ParameterInfo {
  std::string name;
  ParameterKind kind = ParameterKind::kNumber;
  std::string default_value;  ///< a spec; empty: must be given
  std::string description;    ///< with its unit
  double low = 0.0;           ///< smallest number allowed
  double high = kInfinity;    ///< largest number allowed; infinity itself never is
  bool above_low = false;     ///< `low` itself is not allowed
  std::vector<std::string> words;
};

ParameterInfo Parameter(ParameterKind kind, std::string name, std::string default_value, std::string description,
                        double low = 0.0, double high = kInfinity);

/// A spec's parameters, checked, with the defaults filled in.
using PolicyArguments = std::map<std::string, Spec>;

double NumberArgument(const PolicyArguments& arguments, const std::string& name);

struct PolicyInfo {
  std::string name;
  std::string description;  ///< one line
  std::vector<ParameterInfo> parameters;
  bool prediction_free = true;             ///< needs nothing but the trace up to the slot
  std::vector<std::string> compare_specs;  ///< what `compare` runs when no policy is named
  std::function<std::unique_ptr<Policy>(const PolicyContext&, const PolicyArguments&)> make;
  bool clairvoyant = false;  ///< looks into the future on purpose
  bool faulty = false;       ///< breaks the laws of a policy on purpose: good as advice only
  bool test_advice = false;  ///< made to try out a guarantee
};

const std::vector<PolicyInfo>& Catalog();

/// Checks names, kinds and ranges, nested policies included. Throws InputError listing what is known and the closest
/// match.
void CheckPolicySpec(const Spec& spec);

/// Checks the spec and makes the policy, which may keep a reference to the context's problem.
std::unique_ptr<Policy> MakePolicy(const PolicyContext& context, const Spec& spec);

/// Whether the policy or one in it looks into the future. The spec must be a valid one.
bool IsClairvoyant(const Spec& spec);

/// Files that the spec's parameters name, nested policies included.
std::vector<std::string> FilesOf(const Spec& spec);

/// The specs of all prediction-free policies that `compare` runs when none is named, in the catalog's order.
std::vector<Spec> DefaultComparison();

/// The list for people: every policy with its parameters, defaults and ranges.
std::string CatalogText();

}  // namespace evenkeel
