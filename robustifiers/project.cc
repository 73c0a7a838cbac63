#include "robustifiers/project.h"

#include <Eigen/LU>

#include <algorithm>
#include <cmath>

#include "robustifiers/slot_kernel.h"
#include "robustifiers/smooth_reserve.h"

namespace evenkeel {
namespace {

constexpr int kMaxIterations = 60;
constexpr double kOptimal = 1e-10;
constexpr double kToTheBoundary = 0.995;

}  // namespace

struct Projector::Impl {
  explicit Impl(const Problem& the_problem)
      : problem(the_problem),
        data(MakeSlotData(the_problem)),
        layout(data),
        kernel(data, layout),
        curvature(data.num_loads, data.num_loads) {
    const int arcs = data.num_arcs, regions = data.num_regions, loads = data.num_loads;
    const int groups = static_cast<int>(data.groups.size());
    for (Vector* vector : {&target, &x, &z, &dx, &dz, &product, &d, &inverse_x, &reduced, &dual, &u})
      vector->setZero(arcs);
    for (Vector* vector : {&s, &pi, &ds, &dpi, &slack_product, &ratio, &region}) vector->setZero(regions);
    for (Vector* vector : {&y, &dy, &gateway}) vector->setZero(data.num_gateways);
    for (Vector* vector : {&gamma, &dgamma, &load, &response, &w, &dw, &w_product, &difference}) vector->setZero(loads);
    for (Vector* vector : {&bound, &dbound, &weight}) vector->setZero(groups);
  }

  void Load(const Slot& slot, const Coefficients& coefficients, const SlotBudget& budget, const Allocation& advice);
  void Start();
  bool Active(int a) const {
    return demand[data.gateway[a]] > 0.0 && (data.region[a] < 0 || capacity[data.region[a]] > 0.0);
  }
  double Measure();
  void Factorise();
  void AddPrices(const Vector& price, Vector* reduced_cost) const;
  void AddLoadsOf(const Vector& flow, Vector* loads) const;
  void SlotStep(const Vector& price_step, double aim, bool corrector);
  void FactoriseCoupling();
  bool Couple(double aim, bool corrector);
  bool Newton(double aim, bool corrector);
  void StepLengths(double* primal, double* dual, double* after) const;
  void Update(double primal, double dual);
  double Complementarity() const { return x.dot(z) + s.dot(pi) + w.dot(gamma_of_inf) + v * lambda; }

  const Problem& problem;
  SlotData data;
  SlotLayout layout;
  SlotKernel kernel;
  SlotFactor factor;
  Eigen::MatrixXd curvature, coupling;
  Eigen::PartialPivLU<Eigen::MatrixXd> coupling_factor;
  Vector right, solution;
  std::vector<SmoothReserve> reserves;

  Vector demand, capacity;
  Vector target;                                                                     // the advice, [arcs]
  Vector x, z, dx, dz, product, d, inverse_x, reduced, dual, u;                      // [arcs]
  Vector s, pi, ds, dpi, slack_product, ratio, region;                               // [regions]
  Vector y, dy, gateway;                                                             // [gateways]
  Vector gamma, dgamma, load, response, w, dw, w_product, difference, gamma_of_inf;  // [loads]
  Vector bound, dbound, weight;   // [groups]: s_k, and mu_k in the budget's unit
  double unit = 1.0, room = 0.0;  // the budget is divided by `unit`
  double lambda = 1.0, dlambda = 0.0, v = 1.0, dv = 0.0, v_product = 0.0;
  double pairs = 1.0;
};

void Projector::Impl::Load(const Slot& slot, const Coefficients& coefficients, const SlotBudget& budget,
                           const Allocation& advice) {
  demand = slot.demand;
  capacity = slot.capacity;
  const int arcs = problem.num_arcs(), shed_arcs = data.num_arcs - arcs;
  target.head(arcs) = advice.flow;
  if (shed_arcs > 0) target.tail(shed_arcs) = advice.shed;
  unit = std::max(1e-12, coefficients.cost.cwiseAbs().maxCoeff());
  for (std::size_t g = 1; g < data.groups.size(); ++g) {
    const int k = data.groups[g].group;
    unit = std::max(unit, problem.groups[k].weight * coefficients.load[k].maxCoeff());
  }
  // Shifted cost: the same for every decision, so that it only moves the room.
  data.load[0].row(0).head(arcs) = (coefficients.cost.array() + coefficients.shift).matrix().transpose() / unit;
  if (shed_arcs > 0) data.load[0].row(0).tail(shed_arcs).setConstant((*problem.shed_cost + coefficients.shift) / unit);
  room = (budget.room() + coefficients.shift * slot.demand.sum()) / unit;
  difference.setZero();
  for (std::size_t g = 1; g < data.groups.size(); ++g) {
    const SlotGroup& group = data.groups[g];
    data.load[g].row(0).head(arcs) = coefficients.load[group.group].transpose();
    difference.segment(group.first_load, group.num_loads) = budget.difference()[group.group];
    weight[g] = problem.groups[group.group].weight / unit;
  }
}

void Projector::Impl::Start() {
  Vector share = Vector::Zero(data.num_gateways);
  for (int a = 0; a < data.num_arcs; ++a) {
    if (Active(a)) share[data.gateway[a]] += data.region[a] < 0 ? 1.0 : capacity[data.region[a]];
  }
  Vector used = Vector::Zero(data.num_regions);
  pairs = 1.0;
  for (int a = 0; a < data.num_arcs; ++a) {
    x[a] = z[a] = 0.0;
    if (!Active(a)) continue;
    const int i = data.region[a], j = data.gateway[a];
    x[a] = 0.5 * demand[j] * (i < 0 ? 1.0 : capacity[i]) / share[j] + 0.5 * std::max(0.0, target[a]);
    z[a] = 1.0;
    pairs += 1.0;
    if (i >= 0) used[i] += data.resource[a] * x[a];
  }
  for (int i = 0; i < data.num_regions; ++i) {
    const bool active = capacity[i] > 0.0;
    s[i] = active ? std::max(capacity[i] - used[i], 0.1 * capacity[i]) : 0.0;
    pi[i] = active ? 1.0 : 0.0;
    pairs += active ? 1.0 : 0.0;
  }
  y.setZero();
  load.setZero();
  for (std::size_t g = 0; g < data.groups.size(); ++g) {
    for (int a = 0; a < data.num_arcs; ++a) {
      load[data.groups[g].load_of_arc[a]] += data.load[g](0, a) * x[a];
    }
  }
  lambda = v = 1.0;
  gamma.setZero();
  w.setZero();
  gamma[0] = lambda;
  for (std::size_t g = 1; g < data.groups.size(); ++g) {
    const SlotGroup& group = data.groups[g];
    auto price = gamma.segment(group.first_load, group.num_loads);
    const Vector total =
        difference.segment(group.first_load, group.num_loads) + load.segment(group.first_load, group.num_loads);
    price.setConstant(lambda * weight[g] / group.num_loads);
    if (!std::isinf(group.norm)) continue;
    const double spread = std::max(1e-6, total.maxCoeff() - total.minCoeff());
    bound[g] = total.maxCoeff() + 0.1 * spread;
    w.segment(group.first_load, group.num_loads) = (bound[g] - total.array()).matrix();
    pairs += group.num_loads;
  }
}

/// Adds H' price.
void Projector::Impl::AddPrices(const Vector& price, Vector* reduced_cost) const {
  for (std::size_t g = 0; g < data.groups.size(); ++g) {
    const int* load_of_arc = data.groups[g].load_of_arc.data();
    const double* unit_load = data.load[g].data();
    for (int a = 0; a < data.num_arcs; ++a) (*reduced_cost)[a] += unit_load[a] * price[load_of_arc[a]];
  }
}

/// Adds H flow.
void Projector::Impl::AddLoadsOf(const Vector& flow, Vector* loads) const {
  for (std::size_t g = 0; g < data.groups.size(); ++g) {
    const int* load_of_arc = data.groups[g].load_of_arc.data();
    const double* unit_load = data.load[g].data();
    for (int a = 0; a < data.num_arcs; ++a) (*loads)[load_of_arc[a]] += unit_load[a] * flow[a];
  }
}

/// Refreshes loads and reserves; returns the largest residual.
double Projector::Impl::Measure() {
  load.setZero();
  AddLoadsOf(x, &load);
  gateway = demand;
  region = capacity - s;
  dual = x - target - z;
  AddPrices(gamma, &dual);
  double worst = 0.0;
  for (int a = 0; a < data.num_arcs; ++a) {
    if (x[a] == 0.0) continue;
    const int i = data.region[a], j = data.gateway[a];
    gateway[j] -= x[a];
    dual[a] -= y[j];
    if (i >= 0) {
      dual[a] += data.resource[a] * pi[i];
      region[i] -= data.resource[a] * x[a];
    }
    worst = std::max(worst, std::abs(dual[a]));
  }
  for (int j = 0; j < data.num_gateways; ++j) worst = std::max(worst, std::abs(gateway[j]));
  for (int i = 0; i < data.num_regions; ++i) worst = std::max(worst, capacity[i] > 0.0 ? std::abs(region[i]) : 0.0);
  reserves.resize(data.groups.size());
  gamma_of_inf = Vector::Zero(data.num_loads);
  for (std::size_t g = 1; g < data.groups.size(); ++g) {
    const SlotGroup& group = data.groups[g];
    if (std::isinf(group.norm)) {
      gamma_of_inf.segment(group.first_load, group.num_loads) = gamma.segment(group.first_load, group.num_loads);
      continue;
    }
    reserves[g] = EvaluateReserve(
        difference.segment(group.first_load, group.num_loads) + load.segment(group.first_load, group.num_loads),
        group.norm);
  }
  return worst;
}

void Projector::Impl::Factorise() {
  for (int a = 0; a < data.num_arcs; ++a) {
    d[a] = x[a] > 0.0 ? x[a] / (x[a] + z[a]) : 0.0;
    inverse_x[a] = x[a] > 0.0 ? 1.0 / x[a] : 0.0;
  }
  for (int i = 0; i < data.num_regions; ++i) ratio[i] = s[i] > 0.0 ? s[i] / pi[i] : 1.0;
  curvature.setZero();
  kernel.Factorise(d.data(), ratio.data(), &factor);
  kernel.AddCurvature(0, d.data(), factor, &curvature);
  curvature.triangularView<Eigen::StrictlyUpper>() = curvature.transpose();
  FactoriseCoupling();
}

/// The slot's Newton step for a step of the prices; sets dx, dz, dy, ds, dpi and the loads' response.
void Projector::Impl::SlotStep(const Vector& price_step, double aim, bool corrector) {
  gateway = demand;
  for (int i = 0; i < data.num_regions; ++i) {
    ratio[i] = aim - s[i] * pi[i] - (corrector ? slack_product[i] : 0.0);
    region[i] = s[i] > 0.0 ? capacity[i] - s[i] - ratio[i] / pi[i] : 0.0;
  }
  reduced = dual;
  AddPrices(price_step, &reduced);
  dz = (aim - x.cwiseProduct(z).array()).matrix();  // what x z should change by, and then z's step
  if (corrector) dz -= product;
  dz = dz.cwiseProduct(inverse_x);
  u = d.cwiseProduct(dz - reduced);
  for (int a = 0; a < data.num_arcs; ++a) {
    gateway[data.gateway[a]] -= x[a] + u[a];
    if (data.region[a] >= 0) region[data.region[a]] -= data.resource[a] * (x[a] + u[a]);
  }
  kernel.SolveNodes(d.data(), factor, gateway.data(), region.data());
  for (int a = 0; a < data.num_arcs; ++a) {
    const int i = data.region[a];
    dx[a] = u[a] + d[a] * (gateway[data.gateway[a]] + (i < 0 ? 0.0 : data.resource[a] * region[i]));
  }
  dz -= z.cwiseProduct(dx).cwiseProduct(inverse_x);
  response.setZero();
  AddLoadsOf(dx, &response);
  dy = gateway;
  for (int i = 0; i < data.num_regions; ++i) {
    dpi[i] = s[i] > 0.0 ? -region[i] : 0.0;
    ds[i] = s[i] > 0.0 ? (ratio[i] + s[i] * region[i]) / pi[i] : 0.0;
  }
}

/// The system for prices gamma, multiplier lambda and bounds s_k, given the slot's response dl = response - curvature
/// dgamma:
///   load 0:   dgamma_0 - dlambda = lambda - gamma_0
///   norm inf: (M + w / gamma) dgamma + ds = response + target / gamma - (s - D - l - w),   sum dgamma - mu dlambda =
///   lambda mu - sum gamma finite:   (I + lambda mu R'' M) dgamma - mu R' dlambda = lambda mu R' - gamma + lambda mu
///   R'' response budget:   dv = room - l_0 - sum mu s_k - sum mu R - v - (dl_0 + sum mu ds_k + sum mu R' dl),   lambda
///   dv + v dlambda = target - v lambda
void Projector::Impl::FactoriseCoupling() {
  const int loads = data.num_loads, groups = static_cast<int>(data.groups.size());
  const int lambda_column = loads;  // group 0's place: it has no bound
  coupling.setZero(loads + groups, loads + groups);
  coupling(0, 0) = 1.0;
  coupling(0, lambda_column) = -1.0;
  coupling(lambda_column, lambda_column) = v / lambda;
  coupling.row(lambda_column).head(loads) = curvature.row(0);
  for (int g = 1; g < groups; ++g) {
    const SlotGroup& group = data.groups[g];
    const int first = group.first_load, n = group.num_loads;
    if (std::isinf(group.norm)) {
      coupling.block(first, 0, n, loads) = curvature.middleRows(first, n);
      coupling.diagonal().segment(first, n) += w.segment(first, n).cwiseQuotient(gamma.segment(first, n));
      coupling.col(loads + g).segment(first, n).setOnes();
      coupling.row(loads + g).segment(first, n).setOnes();
      coupling(loads + g, lambda_column) = -weight[g];
      coupling(lambda_column, loads + g) = -weight[g];
    } else {
      const SmoothReserve& reserve = reserves[g];
      coupling.block(first, 0, n, loads).noalias() =
          lambda * weight[g] * reserve.hessian * curvature.middleRows(first, n);
      coupling.diagonal().segment(first, n).array() += 1.0;
      coupling.col(lambda_column).segment(first, n) = -weight[g] * reserve.gradient;
      coupling(loads + g, loads + g) = 1.0;
      coupling.row(lambda_column).head(loads).noalias() +=
          weight[g] * reserve.gradient.transpose() * curvature.middleRows(first, n);
    }
  }
  coupling_factor.compute(coupling);
}

bool Projector::Impl::Couple(double aim, bool corrector) {
  const int loads = data.num_loads, groups = static_cast<int>(data.groups.size());
  const int lambda_column = loads;
  right.setZero(loads + groups);
  right[0] = lambda - gamma[0];
  right[lambda_column] = response[0];
  double used = load[0];
  for (int g = 1; g < groups; ++g) {
    const SlotGroup& group = data.groups[g];
    const int first = group.first_load, n = group.num_loads;
    const auto price = gamma.segment(first, n);
    if (std::isinf(group.norm)) {
      for (int b = first; b < first + n; ++b) {
        const double wanted = aim - w[b] * gamma[b] - (corrector ? w_product[b] : 0.0);
        right[b] = response[b] + wanted / gamma[b] - (bound[g] - difference[b] - load[b] - w[b]);
      }
      right[loads + g] = lambda * weight[g] - price.sum();
      used += weight[g] * bound[g];
    } else {
      const SmoothReserve& reserve = reserves[g];
      right.segment(first, n) =
          lambda * weight[g] * (reserve.gradient + reserve.hessian * response.segment(first, n)) - price;
      right[lambda_column] += weight[g] * reserve.gradient.dot(response.segment(first, n));
      used += weight[g] * reserve.value;
    }
  }
  const double wanted_v = aim - v * lambda - (corrector ? v_product : 0.0);
  right[lambda_column] += wanted_v / lambda - (room - used - v);
  solution = coupling_factor.solve(right);
  if (!solution.allFinite()) return false;
  dgamma = solution.head(loads);
  dbound = solution.tail(groups);
  dlambda = solution[lambda_column];
  dv = (wanted_v - v * dlambda) / lambda;
  dw.setZero();
  for (int g = 1; g < groups; ++g) {
    const SlotGroup& group = data.groups[g];
    if (!std::isinf(group.norm)) continue;
    for (int b = group.first_load; b < group.first_load + group.num_loads; ++b) {
      dw[b] = (aim - w[b] * gamma[b] - (corrector ? w_product[b] : 0.0) - w[b] * dgamma[b]) / gamma[b];
    }
  }
  return true;
}

bool Projector::Impl::Newton(double aim, bool corrector) {
  SlotStep(Vector::Zero(data.num_loads), aim, corrector);
  if (!Couple(aim, corrector)) return false;
  SlotStep(dgamma, aim, corrector);
  return true;
}

void Projector::Impl::StepLengths(double* primal, double* dual_length, double* after) const {
  *primal = *dual_length = 1.0;
  const auto limit = [](double value, double change, double* length) {
    if (change < 0.0 && value > 0.0) *length = std::min(*length, -value / change);
  };
  for (int a = 0; a < data.num_arcs; ++a) {
    limit(x[a], dx[a], primal);
    limit(z[a], dz[a], dual_length);
  }
  for (int i = 0; i < data.num_regions; ++i) {
    limit(s[i], ds[i], primal);
    limit(pi[i], dpi[i], dual_length);
  }
  for (int b = 0; b < data.num_loads; ++b) {
    if (gamma_of_inf[b] == 0.0) continue;
    limit(w[b], dw[b], primal);
    limit(gamma[b], dgamma[b], dual_length);
  }
  limit(v, dv, primal);
  limit(lambda, dlambda, dual_length);
  // The quadratic term ties x to the duals: one length for both.
  const double length = std::min(*primal, *dual_length);
  *primal = *dual_length = length;
  double sum = (v + length * dv) * (lambda + length * dlambda);
  sum += (x + length * dx).dot(z + length * dz) + (s + length * ds).dot(pi + length * dpi);
  for (int b = 0; b < data.num_loads; ++b) {
    if (gamma_of_inf[b] != 0.0) sum += (w[b] + length * dw[b]) * (gamma[b] + length * dgamma[b]);
  }
  *after = sum;
}

void Projector::Impl::Update(double primal, double dual_length) {
  x += primal * dx;
  s += primal * ds;
  w += primal * dw;
  bound += primal * dbound;
  v += primal * dv;
  z += dual_length * dz;
  y += dual_length * dy;
  pi += dual_length * dpi;
  gamma += dual_length * dgamma;
  lambda += dual_length * dlambda;
}

Projector::Projector(const Problem& problem) : impl_(std::make_unique<Impl>(problem)) {}
Projector::~Projector() = default;

bool Projector::Project(const Slot& slot, const Coefficients& coefficients, const SlotBudget& budget,
                        const Allocation& advice, Allocation* result) {
  Impl& m = *impl_;
  m.Load(slot, coefficients, budget, advice);
  m.Start();
  const double scale = std::max(1e-9, slot.demand.maxCoeff());
  for (int iteration = 0; iteration < kMaxIterations; ++iteration) {
    const double residual = m.Measure();
    const double complementarity = m.Complementarity() / m.pairs;
    if (complementarity <= kOptimal * scale * scale && residual <= 1e-8 * scale) {
      const int arcs = m.problem.num_arcs();
      result->flow = m.x.head(arcs);
      result->shed = m.problem.shed_cost ? Vector(m.x.tail(m.data.num_gateways)) : Vector::Zero(m.data.num_gateways);
      return result->flow.allFinite();
    }
    if (!std::isfinite(complementarity)) return false;
    m.Factorise();
    if (!m.Newton(0.0, false)) return false;
    double primal, dual_length, after;
    m.StepLengths(&primal, &dual_length, &after);
    m.product = m.dx.cwiseProduct(m.dz);
    m.slack_product = m.ds.cwiseProduct(m.dpi);
    m.w_product = m.dw.cwiseProduct(m.dgamma);
    m.v_product = m.dv * m.dlambda;
    const double sigma = std::pow(std::clamp(after / (m.pairs * complementarity), 0.0, 1.0), 3.0);
    if (!m.Newton(sigma * complementarity, true)) return false;
    m.StepLengths(&primal, &dual_length, &after);
    m.Update(std::min(1.0, kToTheBoundary * primal), std::min(1.0, kToTheBoundary * dual_length));
  }
  return false;
}

}  // namespace evenkeel
