#include "predictors/prices/smooth_dispatch.h"

#include <Eigen/QR>
#include <algorithm>
#include <cmath>

#include "models/base/error.h"

namespace evenkeel {
namespace {

constexpr int kMaxRounds = 5000;
constexpr double kTolerance = 1e-9;    // of all demand
constexpr double kLowestPower = -300;  // an arc this dear carries nothing that a double would show

/// What the rounds work on: weights w exp(-(cost - cheapest) / tau), the cheapest way of each gateway at 1.
struct Kernel {
  Vector arc;   // [arcs]
  Vector shed;  // [gateways]
};

Kernel MakeKernel(const Problem& problem, const Slot& slot, const Vector& cost, double temperature) {
  Kernel kernel{Vector::Zero(cost.size()), Vector::Zero(slot.demand.size())};
  const double most = slot.capacity.maxCoeff();
  for (int j = 0; j < slot.demand.size(); ++j) {
    const int first = problem.arcs.first_of_gateway[j], end = problem.arcs.first_of_gateway[j + 1];
    double cheapest = problem.shed_cost.value_or(kInfinity);
    for (int a = first; a < end; ++a) {
      if (slot.capacity[problem.arcs.arcs[a].region] > 0.0) cheapest = std::min(cheapest, cost[a]);
    }
    if (cheapest == kInfinity && slot.demand[j] > 0.0)
      throw InputError("slot {}: gateway '{}' reaches no region with capacity", slot.index,
                       problem.network.gateways[j].name);
    const auto power = [&](double c) { return std::exp(std::max(kLowestPower, (cheapest - c) / temperature)); };
    for (int a = first; a < end; ++a) {
      const Arc& arc = problem.arcs.arcs[a];
      const double weight = slot.capacity[arc.region] / arc.resource;
      if (weight > 0.0) kernel.arc[a] = weight * power(cost[a]);
    }
    if (problem.shed_cost) kernel.shed[j] = most * power(*problem.shed_cost);
  }
  return kernel;
}

/// Use of each region: sum r x and sum r^2 x.
struct Use {
  Vector first, second;
};

/// Flows at the capacity prices, demands met.
void MeetDemand(const Problem& problem, const Slot& slot, const Kernel& kernel, SmoothFlow* s) {
  for (int j = 0; j < slot.demand.size(); ++j) {
    const int first = problem.arcs.first_of_gateway[j], end = problem.arcs.first_of_gateway[j + 1];
    double sum = kernel.shed[j];
    for (int a = first; a < end; ++a) {
      const Arc& arc = problem.arcs.arcs[a];
      const double price = s->capacity_price[arc.region];
      s->flow[a] = price == 0.0 ? kernel.arc[a] : kernel.arc[a] * std::exp(-arc.resource * price / s->temperature);
      sum += s->flow[a];
    }
    const double scale = sum > 0.0 ? slot.demand[j] / sum : 0.0;
    s->flow.segment(first, end - first) *= scale;
    s->shed[j] = kernel.shed[j] * scale;
  }
}

void MeasureUse(const Problem& problem, const Vector& flow, Use* use) {
  use->first.setZero();
  use->second.setZero();
  for (int a = 0; a < flow.size(); ++a) {
    const Arc& arc = problem.arcs.arcs[a];
    const double resource = arc.resource;
    use->first[arc.region] += resource * flow[a];
    use->second[arc.region] += resource * resource * flow[a];
  }
}

}  // namespace

bool SmoothDispatch(const Problem& problem, const Slot& slot, const Vector& cost, double temperature,
                    SmoothFlow* result) {
  EVENKEEL_CHECK(temperature > 0.0);
  const Kernel kernel = MakeKernel(problem, slot, cost, temperature);
  const auto regions = slot.capacity.size();
  *result = {Vector(cost.size()), Vector(slot.demand.size()), Vector::Zero(regions), temperature};
  Use use{Vector(regions), Vector(regions)};
  const double tolerance = kTolerance * slot.demand.sum();
  for (int round = 0; round < kMaxRounds; ++round) {
    MeetDemand(problem, slot, kernel, result);
    MeasureUse(problem, result->flow, &use);
    double worst = 0.0;
    for (Eigen::Index i = 0; i < regions; ++i) {
      const double over = use.first[i] - slot.capacity[i];
      double& price = result->capacity_price[i];
      worst = std::max(worst, price > 0.0 ? std::abs(over) : over);
      if (!(use.first[i] > 0.0)) continue;
      // Newton's step on the log of the use, exact where all of the region's flow uses the same resource per unit.
      const double step = std::log(use.first[i] / slot.capacity[i]) * use.first[i] / use.second[i];
      price = std::max(0.0, price + temperature * step);
    }
    if (worst <= tolerance) return true;
  }
  return false;
}

Vector SmoothDispatchGradient(const Problem& problem, const Slot& slot, const SmoothFlow& s, const Vector& g) {
  // dx = -(X / tau) (dcost - A^T y) with A x = demands, and full regions' capacities, kept; the demands are eliminated.
  const auto regions = slot.capacity.size(), gateways = slot.demand.size();
  std::vector<int> row(regions, -1);
  int full = 0;
  for (Eigen::Index i = 0; i < regions; ++i) {
    if (s.capacity_price[i] > 0.0) row[i] = full++;
  }
  RowMatrix share = RowMatrix::Zero(gateways, full), normal = RowMatrix::Zero(full, full);  // share: r x of gateways
  Vector mean = Vector::Zero(gateways), right = Vector::Zero(full);                         // mean: of g
  for (int a = 0; a < s.flow.size(); ++a) {
    const Arc& arc = problem.arcs.arcs[a];
    if (slot.demand[arc.gateway] > 0.0) mean[arc.gateway] += s.flow[a] * g[a] / slot.demand[arc.gateway];
    if (row[arc.region] < 0) continue;
    const double resource = arc.resource, use = resource * s.flow[a];
    share(arc.gateway, row[arc.region]) += use;
    normal(row[arc.region], row[arc.region]) += resource * use;
    right[row[arc.region]] += use * g[a];
  }
  for (Eigen::Index j = 0; j < gateways; ++j) {
    if (slot.demand[j] > 0.0) normal -= share.row(j).transpose() * share.row(j) / slot.demand[j];
  }
  right -= share.transpose() * mean;
  // Where every way is full the prices are free up to a constant that changes nothing: any solution will do.
  const Vector y = full > 0 ? Vector(normal.completeOrthogonalDecomposition().solve(right)) : right;
  Vector gradient(s.flow.size());
  for (int a = 0; a < s.flow.size(); ++a) {
    const Arc& arc = problem.arcs.arcs[a];
    const double demand = slot.demand[arc.gateway];
    double rest = g[a] - mean[arc.gateway];
    if (full > 0 && demand > 0.0) rest += share.row(arc.gateway).dot(y) / demand;
    if (row[arc.region] >= 0) rest -= arc.resource * y[row[arc.region]];
    gradient[a] = -s.flow[a] * rest / s.temperature;
  }
  return gradient;
}

}  // namespace evenkeel
