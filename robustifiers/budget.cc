#include "robustifiers/budget.h"

#include <algorithm>
#include <cmath>

namespace evenkeel {

double Allowance(const Spending& spending, double expert_objective) {
  return spending.rho * std::max(expert_objective, spending.planned) + spending.bonus;
}

namespace {

/// R_q of a vector or of an expression, which takes no memory of its own.
template <typename Difference>
double ReserveOf(const Difference& difference, double q) {
  if (std::isinf(q)) return difference.maxCoeff();
  if (q == 1.0) return difference.sum();
  const double largest = difference.maxCoeff();
  if (largest <= 0.0) return 0.0;
  double sum = 0.0;
  for (Eigen::Index b = 0; b < difference.size(); ++b) {
    if (difference[b] > 0.0) sum += Power(difference[b] / largest, q);
  }
  return largest * std::pow(sum, 1.0 / q);
}

}  // namespace

double Reserve(const VectorRef& difference, double q) { return ReserveOf(difference, q); }

void ReserveGradient(const VectorRef& difference, double q, Eigen::Ref<Vector> gradient) {
  if (q == 1.0) {
    gradient.setOnes();
    return;
  }
  gradient.setZero();
  Eigen::Index worst = 0;
  const double largest = difference.maxCoeff(&worst);
  if (std::isinf(q)) {
    gradient[worst] = 1.0;
    return;
  }
  if (largest <= 0.0) return;
  const double norm = ReserveOf(difference, q);
  for (Eigen::Index b = 0; b < difference.size(); ++b)
    gradient[b] = Power(std::max(0.0, difference[b]) / norm, q - 1.0);
}

namespace {

/// R_q at `difference` and a subgradient of it along `direction`.
SlotBudget::OnSegment ReserveOnSegment(const Vector& difference, const Vector& direction, double q) {
  if (q == 1.0) return {difference.sum(), direction.sum()};
  Eigen::Index worst = 0;
  const double largest = difference.maxCoeff(&worst);
  if (std::isinf(q)) return {largest, direction[worst]};
  if (largest <= 0.0) return {0.0, 0.0};
  double sum = 0.0, slope = 0.0;  // with u = D / max D: sum u^q, sum u^(q-1) direction
  for (Eigen::Index b = 0; b < difference.size(); ++b) {
    if (difference[b] <= 0.0) continue;
    const double u = difference[b] / largest, power = Power(u, q - 1.0);
    sum += power * u;
    slope += power * direction[b];
  }
  const double root = std::pow(sum, 1.0 / q);
  return {largest * root, slope * root / sum};
}

}  // namespace

void ComputeIncrement(const Problem& problem, const Coefficients& coefficients, const Allocation& allocation,
                      Increment* increment) {
  increment->load.resize(problem.groups.size());
  for (int k = 0; k < problem.num_groups(); ++k) increment->load[k].setZero(problem.groups[k].num_buckets());
  increment->cost = AddLoads(problem, coefficients, allocation.flow, &increment->load);
  if (problem.shed_cost) increment->cost += *problem.shed_cost * allocation.shed.sum();
  for (int k = 0; k < problem.num_classes(); ++k)
    increment->cost += WorkShift(problem, k, Released(problem, allocation, k));
}

namespace {

/// C - C_E, shifted: the same demand has the same shift, to the bit.
double CostDifference(const Ledger& engine, const Ledger& expert) {
  return engine.cost() - expert.cost() + (engine.shift - expert.shift);
}

}  // namespace

SlotBudget::SlotBudget(const Problem& problem) : problem_(problem), difference_(ZeroPrices(problem)) {}

void SlotBudget::Begin(const Ledger& engine, const Ledger& expert, const Increment& expert_increment,
                       double allowance) {
  room_ = allowance - (CostDifference(engine, expert) - expert_increment.cost);
  for (int k = 0; k < problem_.num_groups(); ++k)
    difference_[k] = engine.load[k] - expert.load[k] - expert_increment.load[k];
}

double SlotBudget::Value(const Increment& increment) const {
  double value = room_ - increment.cost;
  for (int k = 0; k < problem_.num_groups(); ++k) {
    const Group& group = problem_.groups[k];
    scratch_ = difference_[k] + increment.load[k];
    value -= group.weight * Reserve(scratch_, group.norm);
  }
  return value;
}

SlotBudget::OnSegment SlotBudget::ValueOnSegment(const Increment& from, const Increment& to, double alpha) const {
  OnSegment at = {room_ - from.cost - alpha * (to.cost - from.cost), from.cost - to.cost};
  for (int k = 0; k < problem_.num_groups(); ++k) {
    const Group& group = problem_.groups[k];
    direction_ = to.load[k] - from.load[k];
    scratch_ = difference_[k] + from.load[k] + alpha * direction_;
    const OnSegment reserve = ReserveOnSegment(scratch_, direction_, group.norm);
    at.value -= group.weight * reserve.value;
    at.slope -= group.weight * reserve.slope;
  }
  return at;
}

double SettledBudget(const Problem& problem, const Ledger& engine, const Ledger& expert, double allowance) {
  double budget = allowance - CostDifference(engine, expert);
  for (int k = 0; k < problem.num_groups(); ++k) {
    budget -= problem.groups[k].weight * ReserveOf(engine.load[k] - expert.load[k], problem.groups[k].norm);
  }
  return budget;
}

}  // namespace evenkeel
