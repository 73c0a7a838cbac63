#include "engine/policies/slot_problem.h"

#include <cmath>

#include "engine/dispatch/dispatch.h"
#include "engine/policies/simplex_weights.h"
#include "models/base/error.h"
#include "models/world/stack.h"

namespace evenkeel {

namespace {

constexpr int kRounds = 200;        // dispatches on the norms as they are
constexpr int kPlainRounds = 20;    // of them at the gradients themselves
constexpr double kLean = 0.6;       // after them towards the best prices so far
constexpr double kCrumb = 1e-4;     // weight of a vertex that may be the smoothing's doing
constexpr int kSmoothRounds = 120;  // dispatches at each level of smoothing

}  // namespace

struct SlotSolver::Impl {
  Impl(const Problem& the_problem, StackedObjective the_objective, double the_tolerance)
      : problem(the_problem),
        objective(std::move(the_objective)),
        tolerance(the_tolerance),
        dispatcher(the_problem),
        optimiser(StackSize(the_problem)),
        prices(ZeroPrices(the_problem)),
        load(prices),
        increments(StackSize(the_problem), kMaxVertices),
        z(StackSize(the_problem)),
        gradient(StackSize(the_problem)),
        last_increment(Vector::Zero(StackSize(the_problem))),
        asked(StackSize(the_problem)),
        best_asked(StackSize(the_problem)),
        vertices(kMaxVertices) {}

  double Descend(const Slot& slot, const Coefficients& coefficients, const Vector& base, double wanted, int rounds,
                 int* dispatches);
  double DescendSmoothly(const Slot& slot, const Coefficients& coefficients, const Vector& base, int* dispatches);
  double DropCrumbs(const Vector& base);
  void SetSmoothing(const Vector& size, double share);
  double Smoothing() const;
  void MovePoint(const Vector& base);
  int AddVertex(const Slot& slot, const Coefficients& coefficients, DispatchStart start);
  void MakeRoom();
  void Combine(Allocation* allocation) const;

  const Problem& problem;
  StackedObjective objective;
  double tolerance;
  Dispatcher dispatcher;
  WeightOptimiser optimiser;
  Prices prices;
  Loads load;
  Eigen::MatrixXd increments;  // [stack x vertices]
  Vector z, gradient, last_increment, cost;
  Vector asked, best_asked;  // prices that were asked for a vertex, and those with the best bound
  std::vector<Allocation> vertices;
  WeightVector w;
};

/// Dispatch at the prices in `asked`; the vertex goes behind the others.
int SlotSolver::Impl::AddVertex(const Slot& slot, const Coefficients& coefficients, DispatchStart start) {
  SplitRow(problem, asked.tail(RowSize(problem)), &prices);
  const int vertex = static_cast<int>(w.size());
  Allocation& allocation = vertices[vertex];
  PricedCost(problem, coefficients, asked[0], prices, &cost);
  DispatchOrThrow(problem, cost, slot, &dispatcher, &allocation, asked[0], start);
  for (Vector& sum : load) sum.setZero();
  AddLoads(problem, coefficients, allocation.flow, &load);
  FillStack(problem, coefficients.cost.dot(allocation.flow) + problem.shed_cost.value_or(0.0) * allocation.shed.sum(),
            load, increments.col(vertex));
  return vertex;
}

/// z = base + z(w).
void SlotSolver::Impl::MovePoint(const Vector& base) {
  z = base;
  z.noalias() += increments.leftCols(w.size()) * w;
}

/// Where there is no room for one more vertex, forgets those without weight, or the lightest one. Until then they stay:
/// a vertex that lost its weight is often wanted again, and would take a dispatch.
void SlotSolver::Impl::MakeRoom() {
  if (w.size() < kMaxVertices - 1) return;
  int kept = 0;
  Eigen::Index lightest = 0;
  w.minCoeff(&lightest);
  w[lightest] = 0.0;
  for (int v = 0; v < w.size(); ++v) {
    if (w[v] <= 0.0) continue;
    if (kept != v) {
      increments.col(kept) = increments.col(v);
      std::swap(vertices[kept], vertices[v]);
      w[kept] = w[v];
    }
    ++kept;
  }
  w.conservativeResize(kept);
  w /= w.sum();
}

void SlotSolver::Impl::Combine(Allocation* allocation) const {
  allocation->flow.setZero(problem.num_arcs());
  allocation->shed.setZero(problem.network.num_gateways());
  for (int v = 0; v < w.size(); ++v) {
    if (w[v] == 1.0) {
      *allocation = vertices[v];
      return;
    }
    if (w[v] == 0.0) continue;
    allocation->flow += w[v] * vertices[v].flow;
    allocation->shed += w[v] * vertices[v].shed;
  }
}

SlotSolver::SlotSolver(const Problem& problem, StackedObjective objective, double tolerance)
    : impl_(std::make_unique<Impl>(problem, std::move(objective), tolerance)) {
  EVENKEEL_CHECK_EQ(impl_->objective.scale.size(), StackSize(problem));
}
SlotSolver::~SlotSolver() = default;

/// Adds vertices until the certified gap of the (smoothed) objective is at most `wanted` of its value, for at most
/// `rounds` dispatches. Returns the absolute gap.
///
/// A convex objective f lies above f(y) + <f'(y), z - y> for every y, so above every mixture of these, and a dispatch
/// at the mixture's prices bounds the optimum from below. Prices between the present gradient and those with the best
/// bound so far swing less than gradients do (in-out separation: Ben-Ameur and Neto, Networks 49, 2007; the smoothing
/// of column generation: Wentges, ITOR 4, 1997). Where such a dispatch neither mends the bound nor the point, the next
/// one is at the gradient itself.
double SlotSolver::Impl::Descend(const Slot& slot, const Coefficients& coefficients, const Vector& base, double wanted,
                                 int rounds, int* dispatches) {
  double gap = kInfinity, best_bound = -kInfinity, best_constant = 0.0;
  bool leans = false;
  for (int round = 0; round < rounds; ++round) {
    MovePoint(base);
    StackedGradient(objective, z, &gradient);
    const double value = StackedValue(objective, z), lean = leans ? kLean : 0.0;
    const double constant = lean * best_constant + (1.0 - lean) * (value - gradient.dot(z));
    asked = gradient;
    if (leans) asked += lean * (best_asked - gradient);
    const int vertex = AddVertex(slot, coefficients, DispatchStart::kLastBasis);
    ++*dispatches;
    const double bound = constant + asked.dot(base) + asked.dot(increments.col(vertex));
    const bool mends = bound > best_bound;
    if (mends) {
      best_bound = bound;
      best_constant = constant;
      best_asked = asked;
    }
    gap = std::max(0.0, value - best_bound);
    if (gap <= wanted * std::abs(value)) break;
    z -= base;
    const bool descends = gradient.dot(increments.col(vertex)) < gradient.dot(z);
    leans = round >= kPlainRounds && (mends || descends);
    if (!descends) continue;
    w.conservativeResize(vertex + 1);
    w[vertex] = 0.0;
    optimiser.Minimise(objective, base, increments, &w);
    MakeRoom();
  }
  return gap;
}

void SlotSolver::Impl::SetSmoothing(const Vector& size, double share) {
  for (NormTerm& term : objective.terms) {
    const double largest =
        objective.scale.segment(term.begin, term.size).cwiseProduct(size.segment(term.begin, term.size)).maxCoeff();
    term.smoothing = share * largest;
  }
}

/// How far smoothing raises the objective at most.
double SlotSolver::Impl::Smoothing() const {
  double sum = 0.0;
  for (const NormTerm& term : objective.terms) sum += term.weight * term.smoothing;
  return sum;
}

/// Value of the present point, or, where that is no worse, of the one without its tiny weights, which then becomes the
/// present one. At a kink smoothing leaves crumbs of workload behind; small as they are, later slots would multiply
/// them.
double SlotSolver::Impl::DropCrumbs(const Vector& base) {
  MovePoint(base);
  const double value = StackedValue(objective, z);
  WeightVector whole = w;
  for (double& weight : whole) weight = weight < kCrumb ? 0.0 : weight;
  if (whole == w || whole.sum() == 0.0) return value;
  whole /= whole.sum();
  z = base;
  z.noalias() += increments.leftCols(w.size()) * whole;
  const double without = StackedValue(objective, z);
  if (without > value) return value;
  w = whole;
  return without;
}

/// The way for slots in which some norm has nothing in it yet, where its gradient says nothing: smoothed norms, less
/// and less so. The bound of a smoothed problem, less what the smoothing adds, holds for the problem itself.
double SlotSolver::Impl::DescendSmoothly(const Slot& slot, const Coefficients& coefficients, const Vector& base,
                                         int* dispatches) {
  // What the slot can add to an entry at most: the scale against which smoothing is small.
  const double demand = slot.demand.sum();
  Vector size = base;
  size[0] += coefficients.cost.cwiseAbs().maxCoeff() * demand;
  for (int k = 0; k < problem.num_groups(); ++k)
    PartOfStack(problem.groups[k], size).array() += coefficients.load[k].maxCoeff() * demand;
  double relative = kInfinity;
  for (double share = 0.1; share > 1e-15 && relative > tolerance; share *= 0.1) {
    SetSmoothing(size, share);
    MovePoint(base);
    const double smoothing = Smoothing();  // a gap far below it would tell nothing
    const double wanted = std::max(0.1 * tolerance, smoothing / StackedValue(objective, z));
    const double gap = Descend(slot, coefficients, base, wanted, kSmoothRounds, dispatches);
    MovePoint(base);
    const double bound = StackedValue(objective, z) - gap - smoothing;
    SetSmoothing(size, 0.0);
    const double value = DropCrumbs(base);
    relative = value == 0.0 ? 0.0 : std::min(relative, std::max(0.0, value - bound) / std::abs(value));
  }
  SetSmoothing(size, 0.0);
  return relative;
}

SlotSolution SlotSolver::Solve(const Slot& slot, const Coefficients& coefficients, const Vector& base,
                               Allocation* allocation) {
  Impl& s = *impl_;
  SlotSolution solution;
  s.w.resize(0);
  s.z = base + s.last_increment;
  StackedGradient(s.objective, s.z, &s.asked);
  s.AddVertex(slot, coefficients, DispatchStart::kCold);
  s.w.setOnes(1);
  solution.vertices = 1;
  const double gap = s.Descend(slot, coefficients, base, s.tolerance, kRounds, &solution.vertices);
  s.MovePoint(base);
  const double value = std::abs(StackedValue(s.objective, s.z));
  solution.gap = value > 0.0 ? gap / value : 0.0;
  if (solution.gap > s.tolerance) {
    solution.gap = std::min(solution.gap, s.DescendSmoothly(slot, coefficients, base, &solution.vertices));
  }
  solution.converged = solution.gap <= s.tolerance;
  s.last_increment.noalias() = s.increments.leftCols(s.w.size()) * s.w;
  s.Combine(allocation);
  return solution;
}

const Vector& SlotSolver::prices() const { return impl_->best_asked; }

}  // namespace evenkeel
