#include "experiments/catalog/network_spec.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace evenkeel {

std::string NetworkText(const NeuralSpec& network) {
  std::vector<std::string> options;
  for (const auto& [name, value] : network.options) options.push_back(fmt::format("{}={}", name, value));
  return options.empty() ? network.name : fmt::format("{}({})", network.name, fmt::join(options, ","));
}

bool IsPriceNetwork(const Checkpoint& checkpoint) { return ParseSpec(checkpoint.network).name == kLearnedPrice; }

std::vector<std::string> ObjectiveLines(const Problem& problem) {
  std::vector<std::string> lines;
  for (const Group& group : problem.groups) {
    lines.push_back(fmt::format("{}: weight {}, norm {}, bucket weights {}", group.name, group.weight, group.norm,
                                fmt::join(group.bucket_weight, " ")));
  }
  if (problem.shed_cost) lines.push_back(fmt::format("unserved workload: {}", *problem.shed_cost));
  return lines;
}

}  // namespace evenkeel
