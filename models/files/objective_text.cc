#include "models/files/objective_text.h"

#include <algorithm>
#include <map>

#include "models/base/error.h"
#include "models/base/numbers.h"
#include "models/base/suggest.h"
#include "models/files/bucket_weights.h"

namespace evenkeel {
namespace {

const std::vector<std::string> kGroupNames = {"carbon", "water", "performance"};

constexpr double kLargestWeight = 1e12;  // USD per unit of load: far beyond use, far from overflow
constexpr double kLargestNorm = 1e6;     // beyond it, write inf

// `GROUP=VALUE` texts as a map. Throws InputError for unknown groups and for groups given twice.
std::map<std::string, std::string> ByGroup(const std::vector<std::string>& texts, const std::string& name,
                                           char separator) {
  std::map<std::string, std::string> values;
  for (const std::string& text : texts) {
    const std::size_t split = text.find(separator);
    if (split == std::string::npos) throw InputError("option --{}: \"{}\" has no \"{}\"", name, text, separator);
    const std::string group = text.substr(0, split);
    if (std::count(kGroupNames.begin(), kGroupNames.end(), group) == 0) {
      throw InputError("option --{}: unknown group \"{}\"{} (known: carbon, water, performance)", name, group,
                       DidYouMean(group, kGroupNames));
    }
    if (!values.emplace(group, text.substr(split + 1)).second) {
      throw InputError("option --{}: group \"{}\" is given twice", name, group);
    }
  }
  return values;
}

EquityGroup* GroupOf(const std::string& option, const std::string& name, Objective* objective) {
  for (EquityGroup& group : objective->groups) {
    if (group.name == name) return &group;
  }
  if (option == "weight" && name == "performance") {
    EquityGroup group;
    group.name = name;
    group.footprint = Footprint::kQualityLoss;
    objective->groups.push_back(group);
    return &objective->groups.back();
  }
  throw InputError("option --{}: group \"{}\" has no weight, give --weight {}=USD", option, name, name);
}

double ParseWeight(const std::string& group, const std::string& text) {
  const std::optional<double> weight = ParseNumber(text);
  if (!weight || *weight < 0.0 || *weight > kLargestWeight) {
    throw InputError("option --weight {}: \"{}\" is not a number in [0, {}]", group, text, kLargestWeight);
  }
  return *weight;
}

double ParseNorm(const std::string& group, const std::string& text) {
  const std::optional<double> norm = ParseNumber(text);
  if (!norm || *norm < 1.0 || (*norm > kLargestNorm && *norm != kInfinity)) {
    throw InputError("option --norm {}: \"{}\" is not a number in [1, {}] or inf", group, text, kLargestNorm);
  }
  return *norm;
}

double ParseShedCost(const std::string& text) {
  const std::optional<double> cost = ParseNumber(text);
  if (!cost || *cost < 0.0 || *cost > kLargestWeight) {
    throw InputError("option --shed-cost: \"{}\" is not a number in [{}, {}]", text, 0.0, kLargestWeight);
  }
  return *cost;
}

std::vector<std::string> BucketNames(const Network& network, Footprint footprint) {
  std::vector<std::string> names;
  if (footprint == Footprint::kQualityLoss) {
    for (const Gateway& gateway : FirmGateways(network)) names.push_back(gateway.name);
  } else {
    for (const Region& region : network.regions) names.push_back(region.name);
  }
  return names;
}

}  // namespace

std::vector<std::pair<std::string, std::vector<std::string>>> NamedValues(const ObjectiveText& text) {
  return {{"weight", text.weights},
          {"norm", text.norms},
          {"bucket-weight", text.bucket_weights},
          {"shed-cost", text.shed_cost}};
}

Objective ParseObjective(const ObjectiveText& text, const Network& network) {
  Objective objective = PublishedObjective();
  for (const auto& [name, value] : ByGroup(text.weights, "weight", '=')) {
    GroupOf("weight", name, &objective)->weight = ParseWeight(name, value);
  }
  for (const auto& [name, value] : ByGroup(text.norms, "norm", '=')) {
    GroupOf("norm", name, &objective)->norm = ParseNorm(name, value);
  }
  for (const auto& [name, path] : ByGroup(text.bucket_weights, "bucket-weight", ':')) {
    EquityGroup* group = GroupOf("bucket-weight", name, &objective);
    group->bucket_weight = ReadBucketWeights(path, BucketNames(network, group->footprint));
  }
  if (!text.shed_cost.empty()) objective.shed_cost = ParseShedCost(text.shed_cost.back());
  return objective;
}

std::vector<std::string> BucketWeightFiles(const ObjectiveText& text) {
  std::vector<std::string> files;
  for (const auto& [name, path] : ByGroup(text.bucket_weights, "bucket-weight", ':')) files.push_back(path);
  return files;
}

}  // namespace evenkeel
