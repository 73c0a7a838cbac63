#include "engine/slot_problem.h"

#include <cmath>

#include "engine/simplex_weights.h"
#include "models/error.h"

namespace evenkeel {

int StackSize(const Problem& problem) {
  int size = 1;
  for (const Group& group : problem.groups) size += group.num_buckets();
  return size;
}

double StackedValue(const StackedObjective& objective, const Vector& z) {
  double value = objective.linear * z[0];
  for (const NormTerm& term : objective.terms) {
    double largest = 0.0;
    for (int b = term.begin; b < term.begin + term.size; ++b) largest = std::max(largest, objective.scale[b] * z[b]);
    if (largest <= 0.0) continue;
    double sum = 0.0;
    for (int b = term.begin; b < term.begin + term.size; ++b) {
      sum += std::pow(std::max(0.0, objective.scale[b] * z[b]) / largest, term.q);
    }
    value += term.weight * largest * std::pow(sum, 1.0 / term.q);
  }
  return value;
}

void StackedGradient(const StackedObjective& objective, const Vector& z, Vector* gradient) {
  gradient->setZero(z.size());
  for (const NormTerm& term : objective.terms) {
    auto part = gradient->segment(term.begin, term.size);
    const auto scale = objective.scale.segment(term.begin, term.size);
    part = scale.cwiseProduct(z.segment(term.begin, term.size)).cwiseMax(0.0);
    const double norm = Norm(part, term.q);
    if (norm == 0.0) continue;
    for (int b = 0; b < term.size; ++b)
      part[b] = term.weight * scale[b] * (term.q == 1.0 ? 1.0 : std::pow(part[b] / norm, term.q - 1.0));
  }
  (*gradient)[0] += objective.linear;
}

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
        vertices(kMaxVertices) {}

  int AddVertex(const Slot& slot, const Coefficients& coefficients);
  double GapOf(int vertex) const;
  void DropLightest();
  void Combine(Allocation* allocation) const;

  const Problem& problem;
  StackedObjective objective;
  double tolerance;
  Dispatcher dispatcher;
  WeightOptimiser optimiser;
  Prices prices;
  std::vector<Vector> load;
  Eigen::MatrixXd increments;  // [stack x vertices]
  Vector z, gradient, last_increment, cost;
  std::vector<Allocation> vertices;
  WeightVector w;
};

/// Dispatch at the prices in `gradient`; the vertex goes to the first column that carries no weight.
int SlotSolver::Impl::AddVertex(const Slot& slot, const Coefficients& coefficients) {
  int entry = 1;
  for (Vector& price : prices) {
    price = gradient.segment(entry, price.size());
    entry += static_cast<int>(price.size());
  }
  const int vertex = static_cast<int>(w.size());
  Allocation& allocation = vertices[vertex];
  PricedCost(problem, coefficients, gradient[0], prices, &cost);
  DispatchOrThrow(problem, cost, slot, &dispatcher, &allocation, gradient[0]);
  auto column = increments.col(vertex);
  column[0] = coefficients.cost.dot(allocation.flow) + problem.shed_cost.value_or(0.0) * allocation.shed.sum();
  for (Vector& sum : load) sum.setZero();
  AddLoads(problem, coefficients, allocation.flow, &load);
  entry = 1;
  for (const Vector& sum : load) {
    column.segment(entry, sum.size()) = sum;
    entry += static_cast<int>(sum.size());
  }
  return vertex;
}

/// <gradient, z(w) - z(vertex)>, an upper bound on how far the present point is from the optimum.
double SlotSolver::Impl::GapOf(int vertex) const {
  return gradient.dot(increments.leftCols(w.size()) * w) - gradient.dot(increments.col(vertex));
}

/// Forgets the vertices without weight, and the lightest one when all are in use.
void SlotSolver::Impl::DropLightest() {
  int kept = 0;
  Eigen::Index lightest = 0;
  w.minCoeff(&lightest);
  if (w.size() == kMaxVertices - 1) w[lightest] = 0.0;
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

SlotSolution SlotSolver::Solve(const Slot& slot, const Coefficients& coefficients, const Vector& base,
                               Allocation* allocation) {
  Impl& s = *impl_;
  constexpr int kMaxRounds = 300;
  SlotSolution solution;
  s.w.resize(0);
  s.z = base + s.last_increment;
  StackedGradient(s.objective, s.z, &s.gradient);
  s.AddVertex(slot, coefficients);
  s.w.setOnes(1);
  for (solution.vertices = 1; solution.vertices < kMaxRounds; ++solution.vertices) {
    s.z = base;
    s.z.noalias() += s.increments.leftCols(s.w.size()) * s.w;
    StackedGradient(s.objective, s.z, &s.gradient);
    const double value = std::abs(StackedValue(s.objective, s.z));
    const int vertex = s.AddVertex(slot, coefficients);
    solution.gap = value > 0.0 ? std::max(0.0, s.GapOf(vertex)) / value : 0.0;
    if (solution.gap <= s.tolerance) break;
    s.w.conservativeResize(vertex + 1);
    s.w[vertex] = 0.0;
    s.optimiser.Minimise(s.objective, base, s.increments, &s.w);
    s.DropLightest();
  }
  solution.converged = solution.gap <= s.tolerance;
  s.last_increment.noalias() = s.increments.leftCols(s.w.size()) * s.w;
  s.Combine(allocation);
  return solution;
}

}  // namespace evenkeel
