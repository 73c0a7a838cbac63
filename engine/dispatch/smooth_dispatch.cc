#include "engine/dispatch/smooth_dispatch.h"

#include <Eigen/Cholesky>
#include <Eigen/QR>
#include <algorithm>
#include <cmath>

#include "models/base/error.h"

namespace evenkeel {
namespace {

constexpr int kMaxRounds = 5000;
constexpr double kTolerance = 1e-10;  // of all demand
constexpr int kRoundsAlone = 15;      // most slots are done by then
constexpr int kRoundsBetween = 10;
constexpr int kStepsTogether = 20;
constexpr double kLongestStep = 3.0;    // temperatures: uses follow Newton's model for about one
constexpr double kRegular = 1e-12;      // where every way is full the prices are free up to a constant
constexpr double kFarFromBase = 100.0;  // temperatures: beyond, powers of e leave the range of doubles
constexpr double kLowestPower = -300;   // an arc this dear carries nothing that a double would show

/// Fills the weights at capacity prices, the cheapest way of each gateway at w. Returns a gateway with demand and no
/// way, or -1.
int SetWeights(const Problem& problem, const Slot& slot, const Vector& cost, const Vector& price, SmoothFlow* s) {
  int stranded = -1;
  s->base_price = price;
  s->arc_weight.setZero(cost.size());
  s->shed_weight.setZero(slot.demand.size());
  const double largest = slot.capacity.maxCoeff(), most = largest > 0.0 ? largest : 1.0;
  const auto full_cost = [&](int a) {
    const Arc& arc = problem.arcs.arcs[a];
    return cost[a] + arc.resource * price[arc.region];
  };
  for (int j = 0; j < slot.demand.size(); ++j) {
    const int first = problem.arcs.first_of_gateway[j], end = problem.arcs.first_of_gateway[j + 1];
    double cheapest = problem.shed_cost.value_or(kInfinity);
    for (int a = first; a < end; ++a) {
      if (slot.capacity[problem.arcs.arcs[a].region] > 0.0) cheapest = std::min(cheapest, full_cost(a));
    }
    if (cheapest == kInfinity && slot.demand[j] > 0.0) stranded = j;
    const auto power = [&](double c) { return std::exp(std::max(kLowestPower, (cheapest - c) / s->temperature)); };
    for (int a = first; a < end; ++a) {
      const Arc& arc = problem.arcs.arcs[a];
      const double weight = slot.capacity[arc.region] / arc.resource;
      if (weight > 0.0) s->arc_weight[a] = weight * power(full_cost(a));
    }
    if (problem.shed_cost) s->shed_weight[j] = most * power(*problem.shed_cost);
  }
  return stranded;
}

/// Use of each region: sum r x and sum r^2 x.
struct Use {
  Vector first, second;
};

/// Flows at the capacity prices, demands met.
void MeetDemand(const Problem& problem, const Slot& slot, SmoothFlow* s) {
  s->flow.resize(s->arc_weight.size());
  s->shed.resize(s->shed_weight.size());
  for (int j = 0; j < slot.demand.size(); ++j) {
    const int first = problem.arcs.first_of_gateway[j], end = problem.arcs.first_of_gateway[j + 1];
    double sum = s->shed_weight[j];
    for (int a = first; a < end; ++a) {
      const Arc& arc = problem.arcs.arcs[a];
      const double price = s->capacity_price[arc.region] - s->base_price[arc.region];
      const double weight = s->arc_weight[a];
      s->flow[a] = price == 0.0 ? weight : weight * std::exp(-arc.resource * price / s->temperature);
      sum += s->flow[a];
    }
    const double scale = sum > 0.0 ? slot.demand[j] / sum : 0.0;
    s->flow.segment(first, end - first) *= scale;
    s->shed[j] = s->shed_weight[j] * scale;
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

/// The place of regions among those that stay full, -1 for the others, and how many are.
struct FullRegions {
  std::vector<int> row;
  int count = 0;
};

template <typename IsFull>
FullRegions FindFull(Eigen::Index regions, const IsFull& is_full) {
  FullRegions full{std::vector<int>(regions, -1), 0};
  for (Eigen::Index i = 0; i < regions; ++i) {
    if (is_full(i)) full.row[i] = full.count++;
  }
  return full;
}

/// tau times what the use of full regions loses per price of their capacity, [full x full]:
///
///     sum_a r_a^2 x_a on the diagonal, less sum_j (sum_{a of j, i} r x) (sum_{a of j, i'} r x) / d_j.
RowMatrix UseCurvature(const Problem& problem, const Slot& slot, const Vector& flow, const FullRegions& full) {
  RowMatrix curvature = RowMatrix::Zero(full.count, full.count);
  for (int j = 0; j < slot.demand.size(); ++j) {
    if (!(slot.demand[j] > 0.0)) continue;
    const int first = problem.arcs.first_of_gateway[j], end = problem.arcs.first_of_gateway[j + 1];
    for (int a = first; a < end; ++a) {
      const Arc& arc = problem.arcs.arcs[a];
      const int row = full.row[arc.region];
      if (row < 0 || flow[a] == 0.0) continue;
      const double use = arc.resource * flow[a];
      curvature(row, row) += arc.resource * use;
      for (int b = first; b < end; ++b) {
        const Arc& other = problem.arcs.arcs[b];
        const int column = full.row[other.region];
        if (column >= 0) curvature(row, column) -= use * (other.resource * flow[b] / slot.demand[j]);
      }
    }
  }
  return curvature;
}

/// Uses at the capacity prices, demands met; how far some region is from what it should use. Infinity where prices are
/// so far off that sums are not finite.
double Measure(const Problem& problem, const Slot& slot, SmoothFlow* s, Use* use) {
  MeetDemand(problem, slot, s);
  MeasureUse(problem, s->flow, use);
  if (!use->first.allFinite()) return kInfinity;
  double worst = 0.0;
  for (Eigen::Index i = 0; i < slot.capacity.size(); ++i) {
    const double over = use->first[i] - slot.capacity[i];
    worst = std::max(worst, s->capacity_price[i] > 0.0 ? std::abs(over) : over);
  }
  return worst;
}

/// Newton's step on the log of each region's use by itself: exact where nothing else moves and all of the region's flow
/// uses the same resource per unit.
void ScaleRegions(const Slot& slot, const Use& use, SmoothFlow* s) {
  for (Eigen::Index i = 0; i < slot.capacity.size(); ++i) {
    if (!(use.first[i] > 0.0)) continue;
    const double step = std::log(use.first[i] / slot.capacity[i]) * use.first[i] / use.second[i];
    s->capacity_price[i] = std::max(0.0, s->capacity_price[i] + s->temperature * step);
  }
}

/// Newton's step of all full regions together: where the last region that has room takes little, scaling alone
/// approaches by that little in each round. Returns whether it came nearer than `worst`, and leaves prices as they are
/// if not.
bool StepTogether(const Problem& problem, const Slot& slot, double* worst, SmoothFlow* s, Use* use) {
  const FullRegions full = FindFull(slot.capacity.size(), [&](Eigen::Index i) {
    return use->first[i] > 0.0 && (s->capacity_price[i] > 0.0 || use->first[i] > slot.capacity[i]);
  });
  if (full.count == 0) return false;
  RowMatrix curvature = UseCurvature(problem, slot, s->flow, full);
  curvature.diagonal() *= 1.0 + kRegular;
  Vector over(full.count);
  for (Eigen::Index i = 0; i < slot.capacity.size(); ++i) {
    if (full.row[i] >= 0) over[full.row[i]] = use->first[i] - slot.capacity[i];
  }
  Vector step = s->temperature * curvature.selfadjointView<Eigen::Lower>().ldlt().solve(over);
  const double longest = step.cwiseAbs().maxCoeff();
  if (!std::isfinite(longest)) return false;
  if (longest > kLongestStep * s->temperature) step *= kLongestStep * s->temperature / longest;
  const Vector before = s->capacity_price;
  for (Eigen::Index i = 0; i < slot.capacity.size(); ++i) {
    if (full.row[i] >= 0) s->capacity_price[i] = std::max(0.0, before[i] + step[full.row[i]]);
  }
  const double now = Measure(problem, slot, s, use);
  if (now < *worst) {
    *worst = now;
    return true;
  }
  s->capacity_price = before;
  *worst = Measure(problem, slot, s, use);
  return false;
}

}  // namespace

bool SmoothDispatch(const Problem& problem, const Slot& slot, const Vector& cost, double temperature,
                    SmoothFlow* result, const Vector* start) {
  EVENKEEL_CHECK(temperature > 0.0);
  const auto regions = slot.capacity.size();
  result->temperature = temperature;
  result->capacity_price.setZero(regions);
  if (start != nullptr) result->capacity_price = *start;
  const int stranded = SetWeights(problem, slot, cost, result->capacity_price, result);
  if (stranded >= 0)
    throw InputError("slot {}: gateway '{}' reaches no region with capacity", slot.index,
                     problem.network.gateways[stranded].name);
  Use use{Vector(regions), Vector(regions)};
  const double tolerance = kTolerance * slot.demand.sum();
  for (int round = 0; round < kMaxRounds; ++round) {
    double worst = Measure(problem, slot, result, &use);
    if (round >= kRoundsAlone && round % kRoundsBetween == 0) {
      for (int step = 0; step < kStepsTogether && worst > tolerance; ++step) {
        if (!StepTogether(problem, slot, &worst, result, &use)) break;
      }
    }
    if (worst <= tolerance) return true;
    ScaleRegions(slot, use, result);
    if ((result->capacity_price - result->base_price).cwiseAbs().maxCoeff() > kFarFromBase * temperature)
      SetWeights(problem, slot, cost, Vector(result->capacity_price), result);
  }
  return false;
}

bool RouteAtPrices(const Problem& problem, const Slot& slot, const Vector& cost, double temperature,
                   const Vector& capacity_price, SmoothFlow* result) {
  EVENKEEL_CHECK(temperature > 0.0);
  result->temperature = temperature;
  result->capacity_price = capacity_price;
  const int stranded = SetWeights(problem, slot, cost, capacity_price, result);
  MeetDemand(problem, slot, result);
  return stranded < 0;
}

Vector SmoothDispatchGradient(const Problem& problem, const Slot& slot, const SmoothFlow& s, const Vector& g) {
  // dx = -(X / tau) (dcost - A^T y) with A x = demands, and full regions' capacities, kept; the demands are eliminated.
  const auto gateways = slot.demand.size();
  const FullRegions full = FindFull(slot.capacity.size(), [&](Eigen::Index i) { return s.capacity_price[i] > 0.0; });
  RowMatrix share = RowMatrix::Zero(gateways, full.count);                 // r x of gateways
  Vector mean = Vector::Zero(gateways), right = Vector::Zero(full.count);  // mean: of g
  for (int a = 0; a < s.flow.size(); ++a) {
    const Arc& arc = problem.arcs.arcs[a];
    if (slot.demand[arc.gateway] > 0.0) mean[arc.gateway] += s.flow[a] * g[a] / slot.demand[arc.gateway];
    const int row = full.row[arc.region];
    if (row < 0) continue;
    share(arc.gateway, row) += arc.resource * s.flow[a];
    right[row] += arc.resource * s.flow[a] * g[a];
  }
  right -= share.transpose() * mean;
  // Where every way is full the prices are free up to a constant that changes nothing: any solution will do.
  const Vector y =
      full.count == 0
          ? right
          : Vector(UseCurvature(problem, slot, s.flow, full).completeOrthogonalDecomposition().solve(right));
  Vector gradient(s.flow.size());
  for (int a = 0; a < s.flow.size(); ++a) {
    const Arc& arc = problem.arcs.arcs[a];
    const double demand = slot.demand[arc.gateway];
    double rest = g[a] - mean[arc.gateway];
    if (full.count > 0 && demand > 0.0) rest += share.row(arc.gateway).dot(y) / demand;
    if (full.row[arc.region] >= 0) rest -= arc.resource * y[full.row[arc.region]];
    gradient[a] = -s.flow[a] * rest / s.temperature;
  }
  return gradient;
}

}  // namespace evenkeel
