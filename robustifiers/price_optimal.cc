#include "robustifiers/price_optimal.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "engine/dispatch/dispatch.h"
#include "models/world/stack.h"
#include "robustifiers/growing_program.h"

namespace evenkeel {
namespace {

constexpr int kMaxVertices = 64;
constexpr int kMaxRows = 512;
constexpr double kGap = 1e-7;                // wanted, of the size of the slot's cost at the prices
constexpr double kTangentTolerance = 1e-11;  // of the same size

}  // namespace

double DeferralValue(const Problem& problem, const Vector& deferral, const Allocation& decision) {
  double value = 0.0;
  for (int k = 0; k < problem.num_classes() && k < deferral.size(); ++k) {
    const double released = Released(problem, decision, k);
    value += deferral[k] * released + WorkShift(problem, k, released);
  }
  return value;
}

/// Vectors of a slot's cost and loads are stacked: the cost, then the buckets of every group; increments are those of
/// the expert's decision and what others add to them. The mixture's linear program, with weights w of the vertices
/// beside the expert's and sigma_k, by how much the reserve of a group exceeds its tangent at the expert's decision:
///
///   row 0      sum_i w_i <= 1
///   row 1      sum_i w_i normal_1 . increment_i + sum_k sigma_k <= budget of the expert's decision
///   tangents   sum_i w_i normal_r . increment_i - sigma_k       <= what it lies below the reserve there, all in USD
struct PriceOptimal::Impl {
  explicit Impl(const Problem& the_problem);

  void Begin(const SlotBudget& budget, const StatedValues& values, const SlotProposals& proposals);
  double AddVertex(const Increment& step, double deferred);
  bool SolveMixture();
  bool AddTangents();
  void AddTangent(int k);
  void SumMultipliers();
  const Slot& Released(const Slot& slot, const Allocation& advice);
  double AddVertexAt(const Slot& slot, const Coefficients& coefficients, const Vector& extra);
  void Combine(const Allocation& expert, Allocation* result) const;

  const Problem& problem;
  Dispatcher dispatcher;
  GrowingProgram program;
  Vector origin;               // the expert's increment
  Vector price;                // (1, gamma)
  double origin_value = 0.0;   // DeferralValue of the expert's decision
  double advice_value = 0.0;   // and of the advice, which all other vertices share
  Slot released;               // the slot with what the advice releases as the classes' demand
  Loads before;                // D with the expert's decision: L - E before the slot
  Vector reserve;              // [groups], R of that
  Vector tight;                // its tangents there
  Eigen::MatrixXd normals;     // [stack x rows]
  Eigen::MatrixXd increments;  // [stack x vertices]
  std::vector<Allocation> vertices;
  int num_vertices = 0;
  double size = 1.0;  // of the slot's cost at the prices, USD
  Vector mixed, entries, tangent, difference;
  Vector multipliers, last_multipliers;  // (lambda, Y); those of the last slot that had some
  Increment step;
  Prices prices_of_arcs;
  Vector cost;
};

PriceOptimal::Impl::Impl(const Problem& the_problem)
    : problem(the_problem),
      dispatcher(the_problem),
      before(ZeroLoads(the_problem)),
      reserve(the_problem.num_groups()),
      vertices(kMaxVertices),
      prices_of_arcs(ZeroPrices(the_problem)) {
  for (Vector* vector : {&origin, &price, &tight, &mixed, &tangent, &multipliers, &last_multipliers})
    vector->setZero(StackSize(problem));
  normals.resize(StackSize(problem), kMaxRows);
  increments.resize(StackSize(problem), kMaxVertices);
  entries.resize(std::max(kMaxRows, kMaxVertices + problem.num_groups()));
}

void PriceOptimal::Impl::Begin(const SlotBudget& budget, const StatedValues& values, const SlotProposals& proposals) {
  FillStack(problem, proposals.expert_step.cost, proposals.expert_step.load, origin);
  FillStack(problem, 1.0, values.prices, price);
  origin_value = DeferralValue(problem, values.deferral, proposals.expert);
  advice_value = DeferralValue(problem, values.deferral, proposals.advice);
  tight[0] = 1.0;
  for (int k = 0; k < problem.num_groups(); ++k) {
    const Group& group = problem.groups[k];
    before[k] = budget.difference()[k] + proposals.expert_step.load[k];
    reserve[k] = Reserve(before[k], group.norm);
    auto tangent_of_group = PartOfStack(group, tight);
    ReserveGradient(before[k], group.norm, tangent_of_group);
    tangent_of_group *= group.weight;
  }
  size = price.cwiseProduct(origin).cwiseAbs().sum();
  num_vertices = 0;
  program.Reset();
  program.AddRow(1.0);
  // Every group's tangents may miss by their tolerance: as much is kept back, so that the mixture is safe as it is.
  const double kept_back = problem.num_groups() * kTangentTolerance * size;
  program.AddRow(std::max(0.0, budget.Value(proposals.expert_step) - kept_back));
  normals.col(0).setZero();
  normals.col(1) = tight;
  entries.head(2) << 0.0, 1.0;
  for (int k = 0; k < problem.num_groups(); ++k) program.AddVariable(0.0, entries.head(2));
}

/// Returns the vertex's reduced cost: no mixture is cheaper than the present one by more than what it is below zero.
double PriceOptimal::Impl::AddVertex(const Increment& added, double deferred) {
  auto increment = increments.col(num_vertices);
  FillStack(problem, added.cost, added.load, mixed);
  increment = mixed - origin;
  auto column = entries.head(program.num_rows());
  column.noalias() = normals.leftCols(program.num_rows()).transpose() * increment;
  column[0] = 1.0;
  ++num_vertices;
  return program.ReducedCost(program.AddVariable(price.dot(increment) - (deferred - origin_value), column));
}

/// The tangent of group k's reserve at `difference`, as a row.
void PriceOptimal::Impl::AddTangent(int k) {
  const Group& group = problem.groups[k];
  auto tangent_of_group = tangent.head(group.num_buckets());
  ReserveGradient(difference, group.norm, tangent_of_group);
  const double below = group.weight * (reserve[k] - tangent_of_group.dot(before[k]));
  auto normal = normals.col(program.num_rows());
  normal.setZero();
  PartOfStack(group, normal) = group.weight * tangent_of_group - PartOfStack(group, tight);
  auto row = entries.head(program.num_variables());
  row.setZero();
  row[k] = -1.0;
  row.tail(num_vertices).noalias() = increments.leftCols(num_vertices).transpose() * normal;
  program.AddRow(row, std::max(0.0, below));
}

/// Adds the tangents that the present mixture violates; false when there are none.
bool PriceOptimal::Impl::AddTangents() {
  mixed.setZero();
  for (int v = 0; v < num_vertices; ++v) {
    const double weight = program.Value(problem.num_groups() + v);
    if (weight > 0.0) mixed += weight * increments.col(v);
  }
  bool added = false;
  for (int k = 0; k < problem.num_groups(); ++k) {
    const Group& group = problem.groups[k];
    if (group.weight == 0.0 || group.norm == 1.0 || program.num_rows() == kMaxRows) continue;
    const auto change = PartOfStack(group, mixed);
    difference = before[k] + change;
    const double excess = group.weight * (Reserve(difference, group.norm) - reserve[k]) -
                          PartOfStack(group, tight).dot(change) - program.Value(k);
    if (excess <= kTangentTolerance * size) continue;
    AddTangent(k);
    added = true;
  }
  return added;
}

bool PriceOptimal::Impl::SolveMixture() {
  do {
    if (!program.Optimise()) return false;
  } while (AddTangents());
  return true;
}

void PriceOptimal::Impl::SumMultipliers() {
  multipliers.setZero();
  for (int r = 1; r < program.num_rows(); ++r) {
    const double dual = program.Dual(r);
    if (dual > 0.0) multipliers += dual * normals.col(r);
  }
  multipliers = multipliers.cwiseMax(0.0);  // rounding
}

const Slot& PriceOptimal::Impl::Released(const Slot& slot, const Allocation& advice) {
  if (problem.num_classes() == 0) return slot;
  released = slot;
  for (int k = 0; k < problem.num_classes(); ++k)
    released.demand[problem.network.num_firm() + k] = evenkeel::Released(problem, advice, k);
  return released;
}

/// Dispatch at (1, gamma) + extra; returns the vertex's reduced cost.
double PriceOptimal::Impl::AddVertexAt(const Slot& slot, const Coefficients& coefficients, const Vector& extra) {
  for (int k = 0; k < problem.num_groups(); ++k)
    prices_of_arcs[k] = PartOfStack(problem.groups[k], price) + PartOfStack(problem.groups[k], extra);
  const double cost_scale = 1.0 + extra[0];
  PricedCost(problem, coefficients, cost_scale, prices_of_arcs, &cost);
  Allocation& vertex = vertices[num_vertices];
  DispatchOrThrow(problem, cost, slot, &dispatcher, &vertex, cost_scale);
  ComputeIncrement(problem, coefficients, vertex, &step);
  return AddVertex(step, advice_value);
}

/// Whatever rounding has done to the weights: a mixture, and so a feasible decision.
void PriceOptimal::Impl::Combine(const Allocation& expert, Allocation* result) const {
  double sum = 0.0;
  for (int v = 0; v < num_vertices; ++v) sum += program.Value(problem.num_groups() + v);
  const double scale = 1.0 / std::max(1.0, sum), rest = std::max(0.0, 1.0 - sum);
  result->flow = rest * expert.flow;
  result->shed = rest * expert.shed;
  for (int v = 0; v < num_vertices; ++v) {
    const double weight = scale * program.Value(problem.num_groups() + v);
    if (weight == 0.0) continue;
    result->flow += weight * vertices[v].flow;
    result->shed += weight * vertices[v].shed;
  }
}

PriceOptimal::PriceOptimal(const Problem& problem) : impl_(std::make_unique<Impl>(problem)) {}
PriceOptimal::~PriceOptimal() = default;

PriceOptimalResult PriceOptimal::Decide(const Slot& slot, const Coefficients& coefficients, const SlotBudget& budget,
                                        const StatedValues& values, const SlotProposals& proposals,
                                        Allocation* result) {
  Impl& s = *impl_;
  s.Begin(budget, values, proposals);
  s.vertices[0] = proposals.advice;
  s.AddVertex(proposals.advice_step, s.advice_value);
  const Slot& served = s.Released(slot, proposals.advice);
  PriceOptimalResult outcome;
  if (s.last_multipliers[0] > 0.0) {
    s.AddVertexAt(served, coefficients, s.last_multipliers);
    ++outcome.dispatches;
  }
  while (s.num_vertices < kMaxVertices) {
    if (!s.SolveMixture()) break;
    s.SumMultipliers();
    const double reduced = s.AddVertexAt(served, coefficients, s.multipliers);
    ++outcome.dispatches;
    outcome.gap = std::max(0.0, -reduced);
    if (outcome.gap <= kGap * s.size) break;
  }
  outcome.feasible = s.program.IsFeasible();
  if (!outcome.feasible) return outcome;
  s.last_multipliers = s.multipliers;
  s.Combine(proposals.expert, result);
  return outcome;
}

}  // namespace evenkeel
