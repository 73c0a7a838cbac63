#include "experiments/program/objective_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "experiments/program/bucket_weights.h"
#include "experiments/report/report_text.h"
#include "models/base/error.h"
#include "models/base/numbers.h"
#include "models/base/suggest.h"

namespace evenkeel {
namespace {

const std::vector<std::string> kGroupNames = {"carbon", "water", "performance"};

constexpr double kLargestWeight = 1e12;  // USD per unit of load: far beyond use, far from overflow
constexpr double kLargestNorm = 1e6;     // beyond it, write inf

// `GROUP=VALUE` options as a map. Throws InputError for unknown groups and for groups given twice.
std::map<std::string, std::string> ByGroup(const Options& options, const std::string& name, char separator) {
  std::map<std::string, std::string> values;
  for (const std::string& text : AllValues(options, name)) {
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

std::vector<std::string> BucketNames(const Network& network, Footprint footprint) {
  std::vector<std::string> names;
  if (footprint == Footprint::kQualityLoss) {
    for (const Gateway& gateway : network.gateways) names.push_back(gateway.name);
  } else {
    for (const Region& region : network.regions) names.push_back(region.name);
  }
  return names;
}

}  // namespace

std::vector<OptionInfo> ObjectiveOptions() {
  std::vector<OptionInfo> options = {
      {"weight", "GROUP=USD", "",
       "price of a group's norm: carbon in USD/t (1500 unless given), water in USD/m3 (60), "
       "performance in USD per unit of mean quality lost (no such group unless given)"},
      {"norm", "GROUP=Q", "", "exponent of a group's norm, from 1 (sum) to inf (maximum); inf unless given"},
      {"bucket-weight", "GROUP:FILE.csv", "",
       "how much the loads of a group's buckets count, CSV with the header bucket,weight, a weight > 0 for every "
       "bucket; 1 unless given"},
      {"shed-cost", "USD", "", "allows unserved workload at this cost per unit; without it all demand must be served"},
  };
  for (std::size_t i = 0; i < 3; ++i) options[i].keyed = true;
  return options;
}

Objective ParseObjective(const Options& options, const Network& network) {
  Objective objective = PublishedObjective();
  for (const auto& [name, text] : ByGroup(options, "weight", '=')) {
    GroupOf("weight", name, &objective)->weight = ParseWeight(name, text);
  }
  for (const auto& [name, text] : ByGroup(options, "norm", '=')) {
    GroupOf("norm", name, &objective)->norm = ParseNorm(name, text);
  }
  for (const auto& [name, path] : ByGroup(options, "bucket-weight", ':')) {
    EquityGroup* group = GroupOf("bucket-weight", name, &objective);
    group->bucket_weight = ReadBucketWeights(path, BucketNames(network, group->footprint));
  }
  if (HasOption(options, "shed-cost")) objective.shed_cost = NumberOption(options, "shed-cost", 0.0, kLargestWeight);
  return objective;
}

std::vector<std::string> BucketWeightFiles(const Options& options) {
  std::vector<std::string> files;
  for (const auto& [name, path] : ByGroup(options, "bucket-weight", ':')) files.push_back(path);
  return files;
}

std::string FormulaText(const Problem& problem) {
  std::string text = "energy cost";
  for (const Group& group : problem.groups) {
    if (group.weight == 0.0) continue;
    text += fmt::format(" + {} {} x ", group.weight, PriceUnit(group));
    if (group.norm == kInfinity) {
      text += "max " + group.name;
    } else if (group.norm == 1.0) {
      text += "sum of " + group.name;
    } else {
      text += fmt::format("{}-norm of {}", group.norm, group.name);
    }
  }
  if (problem.shed_cost) text += fmt::format(" + {} USD x unserved", *problem.shed_cost);
  return text;
}

}  // namespace evenkeel
