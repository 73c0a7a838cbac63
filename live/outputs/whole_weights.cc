#include "live/outputs/whole_weights.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "models/base/error.h"

namespace evenkeel {
namespace {

/// Indices, those with the largest value first; equals in their order.
std::vector<int> Descending(const std::vector<double>& value) {
  std::vector<int> order(value.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return value[a] > value[b]; });
  return order;
}

}  // namespace

double WeightError(const std::vector<double>& share, const std::vector<int>& weight) {
  EVENKEEL_CHECK_EQ(share.size(), weight.size());
  const double shares = std::accumulate(share.begin(), share.end(), 0.0);
  const double weights = std::accumulate(weight.begin(), weight.end(), 0.0);
  if (!(weights > 0.0)) return 1.0;
  double error = 0.0;
  for (std::size_t i = 0; i < share.size(); ++i) error += std::abs(weight[i] / weights - share[i] / shares);
  return 0.5 * error;
}

double MostWeightError(int entries) { return entries <= 3 ? 0.004 : 0.007; }

std::vector<int> WholeWeights(const std::vector<double>& share) {
  const int count = static_cast<int>(share.size());
  const double largest = share.empty() ? 0.0 : *std::max_element(share.begin(), share.end());
  if (!(largest > 0.0)) return {};
  std::vector<int> weight(share.size());
  std::vector<double> lost(share.size());
  double sum = 0.0;
  int left = 0;
  for (int i = 0; i < count; ++i) {
    const double exact = kMostWeight * (share[i] / largest);
    weight[i] = static_cast<int>(exact);
    lost[i] = exact - weight[i];
    sum += exact;
    left -= weight[i];
  }
  left += static_cast<int>(std::lround(sum));
  for (const int i : Descending(lost)) {
    if (left-- <= 0) break;
    ++weight[i];
  }
  for (const int i : Descending(share)) {
    if (weight[i] > 0 || !(share[i] > 0.0)) continue;
    weight[i] = 1;
    if (WeightError(share, weight) > MostWeightError(count)) weight[i] = 0;
  }
  return weight;
}

std::vector<int> ServerWeights(const BalancedBackend& backend, const Eigen::Ref<const RowVector>& share) {
  std::vector<double> factors(share.size(), 0.0), of_server;
  for (const BalancedServer& server : backend.servers) factors[server.region] += server.factor;
  for (const BalancedServer& server : backend.servers)
    of_server.push_back(share[server.region] * (server.factor / factors[server.region]));
  return WholeWeights(of_server);
}

}  // namespace evenkeel
