#include "engine/policies/greedy.h"

#include <algorithm>
#include <cmath>

#include "engine/policies/slot_problem.h"
#include "models/base/error.h"

namespace evenkeel {
namespace {

/// V_t and what it adds to the bound.
class Memory {
 public:
  Memory(const Problem& problem, VirtualLoads virtual_loads, double q)
      : problem_(problem), virtual_loads_(std::move(virtual_loads)), q_(q), load_(ZeroPrices(problem)), rise_(load_) {}

  /// Adds V_t to the stacked loads behind base[0].
  void AddTo(const Slot& slot, Vector* base) {
    rise_ = load_;
    virtual_loads_(slot, &load_);
    Eigen::Index entry = 1;
    for (std::size_t k = 0; k < load_.size(); ++k) {
      EVENKEEL_CHECK(load_[k].allFinite() && load_[k].minCoeff() >= 0.0);
      base->segment(entry, load_[k].size()) += load_[k];
      entry += load_[k].size();
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
  std::vector<Vector> load_, rise_;
  bool begun_ = false;
  VirtualLoadsReport report_;
};

/// Both experts minimise a stacked objective after the slot; they differ in what is in the norms.
class Greedy : public Policy {
 public:
  Greedy(const Problem& problem, StackedObjective objective, double tolerance)
      : solver_(problem, std::move(objective), tolerance), base_(StackSize(problem)) {}

  void Remember(const Problem& problem, VirtualLoads virtual_loads, double q) {
    memory_.emplace(problem, std::move(virtual_loads), q);
  }

  void Decide(const SlotInput& input, Allocation* allocation) override {
    // The shift makes the cost non-negative; every feasible decision of the slot carries the same amount of it.
    base_[0] = input.ledger.cost() + input.ledger.shift + input.coefficients.shift * input.slot.demand.sum();
    Eigen::Index entry = 1;
    for (const Vector& load : input.ledger.load) {
      base_.segment(entry, load.size()) = load;
      entry += load.size();
    }
    if (memory_) memory_->AddTo(input.slot, &base_);
    const SlotSolution solution = solver_.Solve(input.slot, input.coefficients, base_, allocation);
    report_.unconverged_slots += solution.converged ? 0 : 1;
    report_.worst_slot_gap = std::max(report_.worst_slot_gap, solution.gap);
  }

  PolicyReport Report() const override {
    PolicyReport report = report_;
    if (memory_) report.virtual_loads = memory_->report();
    return report;
  }

 private:
  SlotSolver solver_;
  Vector base_;
  std::optional<Memory> memory_;
  PolicyReport report_;
};

}  // namespace

std::unique_ptr<Policy> MakeNormGreedy(const Problem& problem, const NormGreedyOptions& options) {
  EVENKEEL_CHECK(options.q >= 1.0 && options.q <= 64.0);
  StackedObjective objective;
  objective.linear = 1.0;
  objective.scale = Vector::Ones(StackSize(problem));
  int begin = 1;
  for (const Group& group : problem.groups) {
    objective.terms.push_back({begin, group.num_buckets(), group.weight, options.q});
    begin += group.num_buckets();
  }
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
  int begin = 1;
  for (const Group& group : problem.groups) {
    objective.scale.segment(begin, group.num_buckets()).setConstant(group.weight);
    begin += group.num_buckets();
  }
  objective.terms.push_back({0, StackSize(problem), 1.0, options.q});
  return std::make_unique<Greedy>(problem, std::move(objective), options.tolerance);
}

double PowerGreedyBound(int num_groups, int num_buckets, double q, double beta) {
  return q * std::max(beta, std::pow(num_buckets, 1.0 / q)) *
         std::pow(num_groups + std::pow(beta, -q / (q - 1.0)), 1.0 - 1.0 / q);
}

}  // namespace evenkeel
