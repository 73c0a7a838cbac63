#include "tests/reference/clp_period.h"

#include <ClpSimplex.hpp>
#include <ClpSolve.hpp>

#include <algorithm>
#include <cmath>

#include "models/base/norm.h"
#include "models/world/footprint.h"
#include "models/world/ledger.h"
#include "models/world/stack.h"

namespace evenkeel {
namespace {

/// Rows, top to bottom: per slot the gateways' demand and the regions' capacity; per bucket its load; then the cuts.
/// Columns, left to right: per slot the arcs, with shedding the gateways' unserved workload, and what classes of work
/// leave waiting, between 0 and what has arrived and is not due; per bucket its load L; per group the epigraph variable
/// s_k of its norm. The row of a class says what is served + what waits - what waited before = what arrives.
///
///   minimise  c x + sum_k mu_k s_k   with  h x - L = 0,  and for every cut g in the unit ball of the dual norm  g .
///   L^k - s_k <= 0.
///
/// Cuts along the axes are exact for the norm inf, the all-ones cut for the norm 1. For q in between, cuts at the
/// optimum's own gradient are added until the gap closes (Kelley 1960).
class PeriodProgram {
 public:
  PeriodProgram(const Problem& problem, SlotSource& slots);
  bool Solve(ClpMethod method);
  Loads PresentLoads() const;
  void AddGradientCuts(const Loads& load);
  double objective() const { return clp_.objectiveValue(); }
  /// c x at the primal solution, without the norms.
  double CostPart() const {
    double norms = 0.0;
    for (int k = 0; k < problem_.num_groups(); ++k)
      norms += problem_.groups[k].weight * clp_.primalColumnSolution()[NormColumn(k)];
    return clp_.objectiveValue() - norms;
  }

 private:
  int SlotRows() const { return problem_.network.num_gateways() + problem_.network.num_regions(); }
  int SlotColumns() const {
    return problem_.num_arcs() + (problem_.shed_cost ? problem_.network.num_gateways() : 0) + problem_.num_classes();
  }
  int LoadRow(int k, int b) const { return num_slots_ * SlotRows() + problem_.groups[k].first_bucket + b; }
  int LoadColumn(int k, int b) const { return num_slots_ * SlotColumns() + problem_.groups[k].first_bucket + b; }
  int NormColumn(int k) const { return num_slots_ * SlotColumns() + RowSize(problem_) + k; }

  void Load(SlotSource& slots);
  void AppendSlot(int t, const Slot& slot, const Coefficients& coefficients);
  void AppendWaiting(int t, const Slot& slot);
  void AppendColumn(double cost, double most = COIN_DBL_MAX) {
    cost_.push_back(cost);
    most_.push_back(most);
    start_.push_back(static_cast<CoinBigIndex>(row_.size()));
  }
  void AppendLoads();
  void AddFirstCuts();
  void AddCut(int k, const Vector& direction);

  const Problem& problem_;
  int num_slots_;
  std::vector<CoinBigIndex> start_ = {0};
  std::vector<int> row_;
  std::vector<double> entry_, cost_, most_, row_low_, row_high_;
  ClpSimplex clp_;
};

PeriodProgram::PeriodProgram(const Problem& problem, SlotSource& slots)
    : problem_(problem), num_slots_(slots.num_slots()) {
  Load(slots);
}

void PeriodProgram::Load(SlotSource& slots) {
  Slot slot;
  Coefficients coefficients;
  for (int t = 0; t < num_slots_; ++t) {
    slots.Read(t, &slot);
    EstimateCoefficients(problem_, slot, &coefficients);
    AppendSlot(t, slot, coefficients);
  }
  AppendLoads();
  clp_.setLogLevel(0);
  clp_.loadProblem(static_cast<int>(cost_.size()), static_cast<int>(row_low_.size()), start_.data(), row_.data(),
                   entry_.data(), nullptr, most_.data(), cost_.data(), row_low_.data(), row_high_.data());
  clp_.setPrimalTolerance(1e-9);
  clp_.setDualTolerance(1e-9);
  AddFirstCuts();
}

void PeriodProgram::AppendSlot(int t, const Slot& slot, const Coefficients& coefficients) {
  const int gateways = problem_.network.num_gateways(), first_row = t * SlotRows();
  for (int a = 0; a < problem_.num_arcs(); ++a) {
    const Arc& arc = problem_.arcs.arcs[a];
    row_.insert(row_.end(), {first_row + arc.gateway, first_row + gateways + arc.region});
    entry_.insert(entry_.end(), {1.0, arc.resource});
    for (int k = 0; k < problem_.num_groups(); ++k) {
      if (coefficients.load[k][a] == 0.0) continue;
      row_.push_back(LoadRow(k, problem_.groups[k].bucket_of_arc[a]));
      entry_.push_back(coefficients.load[k][a]);
    }
    AppendColumn(coefficients.cost[a]);
  }
  for (int j = 0; problem_.shed_cost && j < gateways; ++j) {
    row_.push_back(first_row + j);
    entry_.push_back(1.0);
    AppendColumn(*problem_.shed_cost);
  }
  AppendWaiting(t, slot);
  row_low_.insert(row_low_.end(), slot.demand.data(), slot.demand.data() + gateways);
  row_high_.insert(row_high_.end(), slot.demand.data(), slot.demand.data() + gateways);
  row_low_.insert(row_low_.end(), slot.capacity.size(), -COIN_DBL_MAX);
  row_high_.insert(row_high_.end(), slot.capacity.data(), slot.capacity.data() + slot.capacity.size());
}

void PeriodProgram::AppendWaiting(int t, const Slot& slot) {
  for (int k = 0; k < problem_.num_classes(); ++k) {
    const int row = t * SlotRows() + problem_.network.num_firm() + k;
    row_.push_back(row);
    entry_.push_back(1.0);
    if (t + 1 < num_slots_) {
      row_.push_back(row + SlotRows());
      entry_.push_back(-1.0);
    }
    AppendColumn(0.0, std::max(0.0, slot.arrived[k] - slot.due[k]));
  }
}

void PeriodProgram::AppendLoads() {
  for (int k = 0; k < problem_.num_groups(); ++k) {
    for (int b = 0; b < problem_.groups[k].num_buckets(); ++b) {
      row_.push_back(LoadRow(k, b));
      entry_.push_back(-1.0);
      AppendColumn(0.0);
      row_low_.push_back(0.0);
      row_high_.push_back(0.0);
    }
  }
  for (const Group& group : problem_.groups) AppendColumn(group.weight);
}

void PeriodProgram::AddFirstCuts() {
  for (int k = 0; k < problem_.num_groups(); ++k) {
    const Group& group = problem_.groups[k];
    if (group.norm > 1.0) {
      for (int b = 0; b < group.num_buckets(); ++b) AddCut(k, Vector::Unit(group.num_buckets(), b));
    }
    if (!std::isinf(group.norm)) {  // the dual norm of all ones is buckets^(1/q*)
      const double dual_norm = Norm(Vector::Ones(group.num_buckets()), DualExponent(group.norm));
      AddCut(k, Vector::Constant(group.num_buckets(), 1.0 / dual_norm));
    }
  }
}

void PeriodProgram::AddCut(int k, const Vector& direction) {
  std::vector<int> columns;
  std::vector<double> entries;
  for (int b = 0; b < direction.size(); ++b) {
    if (direction[b] == 0.0) continue;
    columns.push_back(LoadColumn(k, b));
    entries.push_back(direction[b]);
  }
  columns.push_back(NormColumn(k));
  entries.push_back(-1.0);
  clp_.addRow(static_cast<int>(columns.size()), columns.data(), entries.data(), -COIN_DBL_MAX, 0.0);
}

void PeriodProgram::AddGradientCuts(const Loads& load) {
  for (int k = 0; k < problem_.num_groups(); ++k) {
    const Group& group = problem_.groups[k];
    if (group.norm == 1.0 || std::isinf(group.norm) || group.weight == 0.0) continue;
    Vector gradient(group.num_buckets());
    NormGradient(load[k], group.norm, gradient);
    AddCut(k, gradient);
  }
}

bool PeriodProgram::Solve(ClpMethod method) {
  if (method == ClpMethod::kBarrier) {
    ClpSolve barrier;
    barrier.setSolveType(ClpSolve::useBarrier);
    clp_.initialSolve(barrier);
  } else {
    clp_.dual();
  }
  return clp_.isProvenOptimal();
}

/// Loads at the primal solution, per group.
Loads PeriodProgram::PresentLoads() const {
  Loads load = ZeroLoads(problem_);
  for (int k = 0; k < problem_.num_groups(); ++k) {
    for (int b = 0; b < load[k].size(); ++b) load[k][b] = clp_.primalColumnSolution()[LoadColumn(k, b)];
  }
  return load;
}

}  // namespace

ClpPeriodOptimum SolvePeriodWithClp(const Problem& problem, SlotSource& slots, ClpMethod method, double gap,
                                    int max_rounds) {
  PeriodProgram program(problem, slots);
  ClpPeriodOptimum optimum;
  optimum.objective = kInfinity;
  for (int round = 0; round < max_rounds; ++round) {
    if (!program.Solve(method)) break;
    optimum.lower_bound = program.objective();
    const Loads load = program.PresentLoads();
    optimum.objective = std::min(optimum.objective, program.CostPart() + EquityCost(problem, load));
    if (optimum.objective - optimum.lower_bound <= gap * std::abs(optimum.objective)) {
      optimum.converged = true;
      break;
    }
    program.AddGradientCuts(load);
  }
  return optimum;
}

}  // namespace evenkeel
