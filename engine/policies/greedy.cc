#include "engine/policies/greedy.h"

#include <algorithm>
#include <cmath>

#include "engine/policies/slot_problem.h"
#include "models/base/error.h"
#include "models/world/stack.h"

namespace evenkeel {
namespace {

/// V_t and what it adds to the bound.
class Memory {
 public:
  Memory(const Problem& problem, VirtualLoads virtual_loads, double q)
      : problem_(problem), virtual_loads_(std::move(virtual_loads)), q_(q), load_(ZeroLoads(problem)), rise_(load_) {}

  /// Adds V_t to the stacked loads behind base[0].
  void AddTo(const Slot& slot, Vector* base) {
    rise_ = load_;
    virtual_loads_(slot, &load_);
    for (int k = 0; k < problem_.num_groups(); ++k) {
      EVENKEEL_CHECK(load_[k].allFinite() && load_[k].minCoeff() >= 0.0);
      PartOfStack(problem_.groups[k], *base) += load_[k];
      rise_[k] = (load_[k] - rise_[k]).cwiseMax(0.0);
    }
    (begun_ ? report_.rises : report_.start) += VirtualCharge(problem_, rise_, q_);
    begun_ = true;
  }

  const VirtualLoadsReport& report() const { return report_; }

 private:
  const Problem& problem_;
  VirtualLoads virtual_loads_;
  double q_;
  Loads load_, rise_;
  bool begun_ = false;
  VirtualLoadsReport report_;
};

/// Both experts minimise a stacked objective after the slot; they differ in what is in the norms.
class Greedy : public Policy {
 public:
  Greedy(const Problem& problem, StackedObjective objective, double tolerance)
      : problem_(problem),
        solver_(problem, std::move(objective), tolerance),
        base_(StackSize(problem)),
        prices_(ZeroPrices(problem)) {}

  void Remember(const Problem& problem, VirtualLoads virtual_loads, double q) {
    memory_.emplace(problem, std::move(virtual_loads), q);
  }

  void Decide(const SlotInput& input, Allocation* allocation) override {
    // The shift makes the cost non-negative; every feasible decision of the slot carries the same amount of it.
    // So does work of classes, of which a greedy rule is told how much to do (engine/policies/release.h).
    double cost =
        input.ledger.cost() + input.ledger.shift + input.coefficients.shift * FirmDemand(problem_, input.slot);
    for (int k = 0; k < problem_.num_classes(); ++k)
      cost += WorkShift(problem_, k, input.slot.demand[problem_.network.num_firm() + k]);
    FillStack(problem_, cost, input.ledger.load, base_);
    if (memory_) memory_->AddTo(input.slot, &base_);
    const SlotSolution solution = solver_.Solve(input.slot, input.coefficients, base_, allocation);
    report_.unconverged_slots += solution.converged ? 0 : 1;
    report_.worst_slot_gap = std::max(report_.worst_slot_gap, solution.gap);
    const Vector& stacked = solver_.prices();
    states_prices_ = stacked[0] > 0.0;
    if (!states_prices_) return;
    SplitRow(problem_, stacked.tail(RowSize(problem_)), &prices_);
    for (Vector& prices : prices_) prices /= stacked[0];
  }

  /// SlotSolver's over the price of cost.
  const Prices* StatedPrices() const override { return states_prices_ ? &prices_ : nullptr; }

  PolicyReport Report() const override {
    PolicyReport report = report_;
    if (memory_) report.virtual_loads = memory_->report();
    return report;
  }

 private:
  const Problem& problem_;
  SlotSolver solver_;
  Vector base_;
  Prices prices_;
  bool states_prices_ = false;
  std::optional<Memory> memory_;
  PolicyReport report_;
};

}  // namespace

std::unique_ptr<Policy> MakeNormGreedy(const Problem& problem, const NormGreedyOptions& options) {
  EVENKEEL_CHECK(options.q >= 1.0 && options.q <= 64.0);
  StackedObjective objective;
  objective.linear = 1.0;
  objective.scale = Vector::Ones(StackSize(problem));
  for (const Group& group : problem.groups)
    objective.terms.push_back({1 + group.first_bucket, group.num_buckets(), group.weight, options.q});
  auto policy = std::make_unique<Greedy>(problem, std::move(objective), options.tolerance);
  if (options.virtual_loads) policy->Remember(problem, options.virtual_loads, options.q);
  return policy;
}

std::unique_ptr<Policy> MakePowerGreedy(const Problem& problem, const PowerGreedyOptions& options) {
  EVENKEEL_CHECK(options.q > 1.0 && options.q <= 64.0 && options.beta > 0.0);
  // The q-th power and its root have the same minimiser; the norm is better scaled.
  StackedObjective objective;
  objective.scale.resize(StackSize(problem));
  objective.scale[0] = options.beta;
  for (const Group& group : problem.groups) PartOfStack(group, objective.scale).setConstant(group.weight);
  objective.terms.push_back({0, StackSize(problem), 1.0, options.q});
  return std::make_unique<Greedy>(problem, std::move(objective), options.tolerance);
}

double PowerGreedyBound(int num_groups, int num_buckets, double q, double beta) {
  return q * std::max(beta, std::pow(num_buckets, 1.0 / q)) *
         std::pow(num_groups + std::pow(beta, -q / (q - 1.0)), 1.0 - 1.0 / q);
}

}  // namespace evenkeel
