#include "engine/interior_point.h"

#include <algorithm>
#include <cmath>
#include <memory>

#include "engine/coupling.h"
#include "engine/slot_kernel.h"
#include "models/error.h"
#include "models/parallel.h"

namespace evenkeel {
namespace {

constexpr int kSlotsPerChunk = 64;
constexpr double kToTheBoundary = 0.9995;
constexpr double kRounding = 4e-15;
constexpr double kInfeasibilityWeight = 100.0;  // a user can live with a gap of 1e-9, but not with a broken constraint
constexpr double kSmallestNonlinearSigma = 0.05;
constexpr int kRefinements = 2;
constexpr double kAccurateResponse = 1e-13;

/// What a pass over a chunk's slots adds up.
struct ChunkSums {
  Eigen::MatrixXd curvature;  // lower triangle, [loads x loads]
  Vector response;            // H dx, [loads]
  Vector load;                // H x, [loads]
  double xz = 0.0, xdz = 0.0, zdx = 0.0, dxdz = 0.0;
  double primal_step = 1.0, dual_step = 1.0;
  double cost = 0.0, dual_value = 0.0, primal_residual = 0.0, dual_residual = 0.0;

  void Reset(int loads) {
    *this = ChunkSums();
    curvature = Eigen::MatrixXd::Zero(loads, loads);
    response = load = Vector::Zero(loads);
  }
  void Add(const ChunkSums& other) {
    curvature += other.curvature;
    response += other.response;
    load += other.load;
    xz += other.xz;
    xdz += other.xdz;
    zdx += other.zdx;
    dxdz += other.dxdz;
    primal_step = std::min(primal_step, other.primal_step);
    dual_step = std::min(dual_step, other.dual_step);
    cost += other.cost;
    dual_value += other.dual_value;
    primal_residual = std::max(primal_residual, other.primal_residual);
    dual_residual = std::max(dual_residual, other.dual_residual);
  }
  /// A complementary pair with its step: how far it may go, and what any step's complementarity follows from.
  void AddPair(double x, double dx, double z, double dz) {
    if (dx < 0.0) primal_step = std::min(primal_step, -x / dx);
    if (dz < 0.0) dual_step = std::min(dual_step, -z / dz);
    xz += x * z;
    xdz += x * dz;
    zdx += z * dx;
    dxdz += dx * dz;
  }
  /// sum x z after steps of these lengths.
  double ComplementarityAt(double primal, double dual) const {
    return xz + primal * zdx + dual * xdz + primal * dual * dxdz;
  }
};

/// What a Newton step aims at.
struct NewtonTarget {
  Vector price_step;             // dgamma, [loads]
  double complementarity = 0.0;  // of every pair
  bool corrector = false;        // subtract the products of the predictor's step
  bool keep = false;             // store the step
};

/// Scratch of one thread.
struct Work {
  Work(const PeriodData& data, const SlotLayout& layout)
      : kernel(data, layout),
        d(data.num_arcs),
        u(data.num_arcs),
        dual(data.num_arcs),
        gateway(data.num_gateways),
        region(data.num_regions),
        slack(data.num_regions) {}
  SlotKernel kernel;
  Vector d, u, dual, gateway, region, slack;
};

class InteriorPoint {
 public:
  InteriorPoint(const PeriodData& data, const InteriorPointOptions& options);
  InteriorPointResult Run();

 private:
  void Start();
  void StartSlot(int t, double scale);
  bool Iterate();
  template <typename Visit>
  void Pass(Visit visit);
  void FactoriseSlot(int t, Work* work, ChunkSums* sums);
  void NewtonSlot(int t, const NewtonTarget& target, Work* work, ChunkSums* sums);
  void MeasureSlot(int t, const Work& work, ChunkSums* sums) const;
  void StepSlot(int t, ChunkSums* sums) const;
  ChunkSums AddUp() const;
  bool Predict();
  bool Correct(double target);
  void CouplingSteps(const CouplingState& step, ChunkSums* sums) const;
  void Update(double primal, double dual);
  void Judge();
  Vector LoadsOf(const RowMatrix& flow) const;

  const PeriodData& data_;
  InteriorPointOptions options_;
  SlotLayout layout_;
  int chunks_, threads_;
  std::vector<std::unique_ptr<Work>> work_;      // per thread
  std::vector<ChunkSums> sums_;                  // per chunk
  std::vector<SlotFactor> factors_;              // per slot
  RowMatrix x_, z_, dx_, dz_, product_;          // [slots x arcs]; product_: dx dz of the predictor
  RowMatrix y_, dy_;                             // [slots x gateways]
  RowMatrix s_, pi_, ds_, dpi_, slack_product_;  // [slots x regions]
  CouplingState coupling_;
  CouplingState affine_, step_;
  bool nonlinear_ = false;     // some group has a finite norm: one step length for both sides
  Eigen::MatrixXd curvature_;  // sum of the slots', lower triangle
  InteriorPointResult best_;
  int worse_ = 0;       // iterations since the best
  double pairs_ = 0.0;  // complementary pairs that take part
  double cost_scale_ = 1.0, demand_scale_ = 1.0;
  double gap_ = kInfinity, best_gap_ = kInfinity;  // of the best point, relative and absolute
  double primal_residual_ = 0.0, dual_residual_ = 0.0, objective_ = 0.0, dual_objective_ = 0.0;
};

InteriorPoint::InteriorPoint(const PeriodData& data, const InteriorPointOptions& options)
    : data_(data),
      options_(options),
      layout_(data),
      chunks_((data.num_slots + kSlotsPerChunk - 1) / kSlotsPerChunk),
      threads_(std::min(ThreadCount(options.threads), std::max(1, chunks_))),
      sums_(chunks_),
      factors_(data.num_slots) {
  for (int i = 0; i < threads_; ++i) work_.push_back(std::make_unique<Work>(data_, layout_));
  for (const CoupledGroup& group : data.groups) nonlinear_ = nonlinear_ || !std::isinf(group.norm);
  for (RowMatrix* m : {&x_, &z_, &dx_, &dz_, &product_}) m->setZero(data.num_slots, data.num_arcs);
  for (RowMatrix* m : {&y_, &dy_}) m->setZero(data.num_slots, data.num_gateways);
  for (RowMatrix* m : {&s_, &pi_, &ds_, &dpi_, &slack_product_}) m->setZero(data.num_slots, data.num_regions);
}

/// visit(t, work, sums) for every slot; the sums start at zero.
template <typename Visit>
void InteriorPoint::Pass(Visit visit) {
  ParallelChunks(chunks_, threads_, [&](int chunk, int thread) {
    sums_[chunk].Reset(data_.num_loads);
    const int end = std::min(data_.num_slots, (chunk + 1) * kSlotsPerChunk);
    for (int t = chunk * kSlotsPerChunk; t < end; ++t) visit(t, work_[thread].get(), &sums_[chunk]);
  });
}

/// Demand split evenly over a gateway's active arcs. Arcs of gateways without demand or of regions without capacity
/// carry x = 0 and take no part, or there would be no interior.
void InteriorPoint::StartSlot(int t, double scale) {
  Vector count = Vector::Zero(data_.num_gateways);
  const auto active = [&](int a) {
    return data_.demand(t, data_.gateway[a]) > 0.0 && (data_.region[a] < 0 || data_.capacity(t, data_.region[a]) > 0.0);
  };
  for (int a = 0; a < data_.num_arcs; ++a) {
    if (active(a)) count[data_.gateway[a]] += data_.region[a] < 0 ? 1.0 : data_.capacity(t, data_.region[a]);
  }
  Vector used = Vector::Zero(data_.num_regions);
  for (int a = 0; a < data_.num_arcs; ++a) {
    if (!active(a)) continue;
    const int region = data_.region[a], gateway = data_.gateway[a];
    x_(t, a) = data_.demand(t, gateway) * (region < 0 ? 1.0 : data_.capacity(t, region)) / count[gateway];
    if (region >= 0) used[region] += data_.resource[a] * x_(t, a);
  }
  for (int i = 0; i < data_.num_regions; ++i) {
    if (data_.capacity(t, i) <= 0.0) continue;
    s_(t, i) = std::max(data_.capacity(t, i) - used[i], 0.05 * data_.capacity(t, i));
    pi_(t, i) = 0.1 * scale;
  }
  y_.row(t).setConstant(kInfinity);
  for (int a = 0; a < data_.num_arcs; ++a) {
    double& reduced = z_(t, a);
    reduced = data_.cost(t, a) + (data_.region[a] < 0 ? 0.0 : data_.resource[a] * pi_(t, data_.region[a]));
    for (std::size_t g = 0; g < data_.groups.size(); ++g) {
      const int load = data_.groups[g].load_of_arc[a];
      if (load >= 0) reduced += coupling_.price[load] * data_.load[g](t, a);
    }
    if (x_(t, a) > 0.0) y_(t, data_.gateway[a]) = std::min(y_(t, data_.gateway[a]), reduced - 0.1 * scale);
  }
  for (int j = 0; j < data_.num_gateways; ++j) {
    if (std::isinf(y_(t, j))) y_(t, j) = 0.0;
  }
  for (int a = 0; a < data_.num_arcs; ++a) z_(t, a) = x_(t, a) > 0.0 ? z_(t, a) - y_(t, data_.gateway[a]) : 1.0;
}

void InteriorPoint::Start() {
  const double scale = std::max(1e-6, data_.cost.size() > 0 ? data_.cost.cwiseAbs().mean() : 1.0);
  cost_scale_ = std::max(1e-6, data_.cost.size() > 0 ? data_.cost.cwiseAbs().maxCoeff() : 1.0);
  demand_scale_ = std::max(1e-6, data_.demand.size() > 0 ? data_.demand.maxCoeff() : 1.0);
  coupling_ = StartCoupling(data_, data_.initial_load);
  Pass([&](int t, Work*, ChunkSums*) { StartSlot(t, scale); });
  coupling_ = StartCoupling(data_, LoadsOf(x_));
  Pass([&](int t, Work*, ChunkSums*) { StartSlot(t, scale); });  // again, at prices that fit these loads
  pairs_ = 0.0;
  for (Eigen::Index i = 0; i < x_.size(); ++i) pairs_ += x_.data()[i] > 0.0 ? 1.0 : 0.0;
  for (Eigen::Index i = 0; i < s_.size(); ++i) pairs_ += s_.data()[i] > 0.0 ? 1.0 : 0.0;
  for (const CoupledGroup& group : data_.groups) pairs_ += std::isinf(group.norm) ? group.num_loads : 1.0;
}

Vector InteriorPoint::LoadsOf(const RowMatrix& flow) const {
  Vector load = data_.initial_load;
  for (std::size_t g = 0; g < data_.groups.size(); ++g) {
    const Vector by_arc = flow.cwiseProduct(data_.load[g]).colwise().sum();
    for (int a = 0; a < data_.num_arcs; ++a) {
      if (data_.groups[g].load_of_arc[a] >= 0) load[data_.groups[g].load_of_arc[a]] += by_arc[a];
    }
  }
  return load;
}

/// Factorises a slot, adds its curvature and loads, and measures its residuals.
void InteriorPoint::FactoriseSlot(int t, Work* work, ChunkSums* sums) {
  for (int a = 0; a < data_.num_arcs; ++a) {
    work->d[a] = x_(t, a) / z_(t, a);
    sums->cost += data_.cost(t, a) * x_(t, a);
    for (std::size_t g = 0; g < data_.groups.size(); ++g) {
      const int load = data_.groups[g].load_of_arc[a];
      if (load >= 0) sums->load[load] += data_.load[g](t, a) * x_(t, a);
    }
  }
  for (int i = 0; i < data_.num_regions; ++i) work->slack[i] = s_(t, i) > 0.0 ? s_(t, i) / pi_(t, i) : 1.0;
  work->kernel.Factorise(work->d.data(), work->slack.data(), &factors_[t]);
  work->kernel.AddCurvature(t, work->d.data(), factors_[t], &sums->curvature);
  sums->dual_value += data_.demand.row(t).dot(y_.row(t)) - data_.capacity.row(t).dot(pi_.row(t));
}

/// The Newton step of one slot for a given step of the prices and complementarity target; `corrector` subtracts the
/// predictor's products. Adds the loads' response; `keep` stores the step.
void InteriorPoint::NewtonSlot(int t, const NewtonTarget& target, Work* work, ChunkSums* sums) {
  Vector &d = work->d, &u = work->u, &dual = work->dual, &gateway = work->gateway, &region = work->region,
         &slack = work->slack;
  gateway = data_.demand.row(t).transpose();
  for (int i = 0; i < data_.num_regions; ++i) {
    const double s = s_(t, i), pi = pi_(t, i);
    slack[i] = target.complementarity - s * pi - (target.corrector ? slack_product_(t, i) : 0.0);
    region[i] = s > 0.0 ? data_.capacity(t, i) - s - slack[i] / pi : 0.0;
  }
  for (int a = 0; a < data_.num_arcs; ++a) {
    const int i = data_.region[a], j = data_.gateway[a];
    const double x = x_(t, a), z = z_(t, a);
    const double capacity_cost = i < 0 ? 0.0 : data_.resource[a] * pi_(t, i);
    double reduced = data_.cost(t, a) - y_(t, j) + capacity_cost - z, change = 0.0;
    double magnitude = std::abs(data_.cost(t, a)) + std::abs(y_(t, j)) + capacity_cost + z;
    for (std::size_t g = 0; g < data_.groups.size(); ++g) {
      const int load = data_.groups[g].load_of_arc[a];
      if (load < 0) continue;
      reduced += coupling_.price[load] * data_.load[g](t, a);
      change += target.price_step[load] * data_.load[g](t, a);
      magnitude += coupling_.price[load] * data_.load[g](t, a);
    }
    // Mere rounding of the reduced cost must not be taken for infeasibility: near the solution d is huge and would blow
    // it up.
    if (std::abs(reduced) <= kRounding * magnitude) reduced = 0.0;
    reduced += change;
    d[a] = x / z;
    dual[a] = reduced;
    const double product = x > 0.0 ? target.complementarity - x * z - (target.corrector ? product_(t, a) : 0.0) : 0.0;
    u[a] = product / z - d[a] * reduced;
    gateway[j] -= x + u[a];
    if (i >= 0 && s_(t, i) > 0.0) region[i] -= data_.resource[a] * (x + u[a]);
  }
  if (target.price_step.isZero(0.0) && !target.corrector) MeasureSlot(t, *work, sums);
  work->kernel.SolveNodes(d.data(), factors_[t], gateway.data(), region.data());
  for (int a = 0; a < data_.num_arcs; ++a) {
    const int i = data_.region[a];
    const double potential = gateway[data_.gateway[a]] + (i < 0 ? 0.0 : data_.resource[a] * region[i]);
    const double dx = u[a] + d[a] * potential;
    for (std::size_t g = 0; g < data_.groups.size(); ++g) {
      const int load = data_.groups[g].load_of_arc[a];
      if (load >= 0) sums->response[load] += data_.load[g](t, a) * dx;
    }
    if (!target.keep) continue;
    dx_(t, a) = dx;
    dz_(t, a) = x_(t, a) > 0.0 ? dual[a] - potential : 0.0;
    if (!target.corrector) product_(t, a) = dx_(t, a) * dz_(t, a);
  }
  if (!target.keep) return;
  dy_.row(t) = gateway.transpose();
  for (int i = 0; i < data_.num_regions; ++i) {
    const bool active = s_(t, i) > 0.0;
    dpi_(t, i) = active ? -region[i] : 0.0;
    ds_(t, i) = active ? (slack[i] + s_(t, i) * region[i]) / pi_(t, i) : 0.0;
    if (!target.corrector) slack_product_(t, i) = ds_(t, i) * dpi_(t, i);
  }
  StepSlot(t, sums);
}

/// Residuals of the present point, in absolute terms.
void InteriorPoint::MeasureSlot(int t, const Work& work, ChunkSums* sums) const {
  Vector missing = data_.demand.row(t).transpose();
  Vector room = (data_.capacity.row(t) - s_.row(t)).transpose();
  for (int a = 0; a < data_.num_arcs; ++a) {
    if (x_(t, a) == 0.0) continue;
    missing[data_.gateway[a]] -= x_(t, a);
    if (data_.region[a] >= 0) room[data_.region[a]] -= data_.resource[a] * x_(t, a);
    sums->dual_residual = std::max(sums->dual_residual, std::abs(work.dual[a]));
  }
  sums->primal_residual = std::max({sums->primal_residual, missing.cwiseAbs().maxCoeff(), room.cwiseAbs().maxCoeff()});
}

void InteriorPoint::StepSlot(int t, ChunkSums* sums) const {
  for (int a = 0; a < data_.num_arcs; ++a) {
    if (x_(t, a) > 0.0) sums->AddPair(x_(t, a), dx_(t, a), z_(t, a), dz_(t, a));
  }
  for (int i = 0; i < data_.num_regions; ++i) {
    if (s_(t, i) > 0.0) sums->AddPair(s_(t, i), ds_(t, i), pi_(t, i), dpi_(t, i));
  }
}

ChunkSums InteriorPoint::AddUp() const {
  ChunkSums total;
  total.Reset(data_.num_loads);
  for (const ChunkSums& sums : sums_) total.Add(sums);
  return total;
}

/// The shared variables' part of StepSlot.
void InteriorPoint::CouplingSteps(const CouplingState& step, ChunkSums* sums) const {
  for (std::size_t g = 0; g < data_.groups.size(); ++g) {
    const CoupledGroup& group = data_.groups[g];
    if (!std::isinf(group.norm)) {
      sums->AddPair(coupling_.room[g], step.room[g], coupling_.bound[g], step.bound[g]);
      continue;
    }
    for (int b = group.first_load; b < group.first_load + group.num_loads; ++b) {
      sums->AddPair(coupling_.slack[b], step.slack[b], coupling_.price[b], step.price[b]);
    }
  }
}

/// Factorises, measures, and takes the affine step (target zero) into dx_, .. and affine_.
bool InteriorPoint::Predict() {
  NewtonTarget target;
  target.price_step = Vector::Zero(data_.num_loads);
  Pass([&](int t, Work* work, ChunkSums* sums) {
    FactoriseSlot(t, work, sums);
    NewtonSlot(t, target, work, sums);
  });
  const ChunkSums total = AddUp();
  curvature_ = total.curvature;
  coupling_.load = data_.initial_load + total.load;
  objective_ = total.cost + CouplingValue(data_, coupling_.load);
  dual_objective_ = total.dual_value + coupling_.price.dot(data_.initial_load);
  primal_residual_ = total.primal_residual;
  dual_residual_ = total.dual_residual;
  const CouplingTarget zero = {-coupling_.slack.cwiseProduct(coupling_.price),
                               -coupling_.room.cwiseProduct(coupling_.bound)};
  if (!SolveCoupling(data_, coupling_, curvature_, total.response, zero, &affine_)) return false;
  target.price_step = affine_.price;
  target.keep = true;
  Pass([&](int t, Work* work, ChunkSums* sums) { NewtonSlot(t, target, work, sums); });
  return true;
}

/// The combined step to complementarity `aim`, into dx_, .. and step_.
bool InteriorPoint::Correct(double aim) {
  NewtonTarget target;
  target.price_step = Vector::Zero(data_.num_loads);
  target.complementarity = aim;
  target.corrector = true;
  Pass([&](int t, Work* work, ChunkSums* sums) { NewtonSlot(t, target, work, sums); });
  const CouplingTarget products = {
      (aim - (coupling_.slack.cwiseProduct(coupling_.price) + affine_.slack.cwiseProduct(affine_.price)).array())
          .matrix(),
      (aim - (coupling_.room.cwiseProduct(coupling_.bound) + affine_.room.cwiseProduct(affine_.bound)).array())
          .matrix()};
  Vector response = AddUp().response;
  for (int refinement = 0; refinement <= kRefinements; ++refinement) {
    if (!SolveCoupling(data_, coupling_, curvature_, response, products, &step_)) return false;
    target.price_step = step_.price;
    target.keep = true;
    Pass([&](int t, Work* work, ChunkSums* sums) { NewtonSlot(t, target, work, sums); });
    // What the slots really answer differs by the digits that the curvature lost; aim again with the difference.
    const Vector miss = AddUp().response - step_.load;
    if (miss.size() == 0 || miss.cwiseAbs().maxCoeff() <= kAccurateResponse * coupling_.load.cwiseAbs().maxCoeff())
      break;
    response += miss;
  }
  return true;
}

void InteriorPoint::Update(double primal, double dual) {
  Pass([&](int t, Work*, ChunkSums*) {
    x_.row(t) += primal * dx_.row(t);
    s_.row(t) += primal * ds_.row(t);
    z_.row(t) += dual * dz_.row(t);
    y_.row(t) += dual * dy_.row(t);
    pi_.row(t) += dual * dpi_.row(t);
  });
  coupling_.slack += primal * step_.slack;
  coupling_.bound += primal * step_.bound;
  coupling_.room += primal * step_.room;
  // Prices of finite norms have no barrier of their own; one that wants to vanish must not hold the others back.
  const Vector floor = 0.1 * coupling_.price;
  coupling_.price += dual * step_.price;
  for (const CoupledGroup& group : data_.groups) {
    auto price = coupling_.price.segment(group.first_load, group.num_loads);
    if (!std::isinf(group.norm)) price = price.cwiseMax(floor.segment(group.first_load, group.num_loads));
  }
}

/// Keeps the best point so far. What counts is the gap between the objective at the actual loads and the dual
/// objective: close to the solution the eliminated systems lose digits, and a step that looks smaller can be worse.
void InteriorPoint::Judge() {
  const double infeasible =
      std::max({primal_residual_ / demand_scale_, dual_residual_ / cost_scale_, DualSetResidual(data_, coupling_)});
  const double size = std::max(std::abs(objective_), 1e-6);
  const double gap = std::max(std::abs(objective_ - dual_objective_), kInfeasibilityWeight * infeasible * size);
  if (!(gap < best_gap_)) {  // also when it is not a number any more
    if (best_gap_ < 1e-3 * size) ++worse_;
    return;
  }
  worse_ = 0;
  best_gap_ = gap;
  gap_ = gap / size;
  if (gap_ > 1e-4) return;
  best_.price = coupling_.price;
  best_.flow = x_;
  best_.objective = objective_;
  best_.dual_objective = dual_objective_;
}

/// One predictor-corrector iteration. False when nothing more can be gained: solved, or stuck.
bool InteriorPoint::Iterate() {
  if (!Predict()) return false;
  ChunkSums affine = AddUp();
  CouplingSteps(affine_, &affine);
  Judge();
  if (gap_ <= options_.tolerance) return false;
  const double mu = affine.xz / pairs_;
  const double predicted = affine.ComplementarityAt(affine.primal_step, affine.dual_step) / pairs_;
  // Finite norms converge by Newton's method only as fast as their own curvature allows: complementarity must not run
  // ahead of it.
  const double sigma =
      std::max(nonlinear_ ? kSmallestNonlinearSigma : 0.0, std::pow(std::max(0.0, predicted / mu), 3.0));
  if (!Correct(std::min(sigma, 1.0) * mu)) return false;
  ChunkSums step = AddUp();
  CouplingSteps(step_, &step);
  double primal = std::min(1.0, kToTheBoundary * step.primal_step),
         dual = std::min(1.0, kToTheBoundary * step.dual_step);
  if (nonlinear_) primal = dual = std::min(primal, dual);
  Update(primal, dual);
  return std::max(primal, dual) > 1e-8 && worse_ < 4;
}

InteriorPointResult InteriorPoint::Run() {
  Start();
  int iterations = 0;
  while (iterations < options_.max_iterations && Iterate()) ++iterations;
  if (best_.flow.size() == 0) {
    best_.price = coupling_.price;
    best_.flow = x_;
    best_.objective = objective_;
    best_.dual_objective = dual_objective_;
  }
  best_.iterations = iterations;
  best_.gap = gap_;
  return std::move(best_);
}

}  // namespace

InteriorPointResult SolveInteriorPoint(const PeriodData& data, const InteriorPointOptions& options) {
  return InteriorPoint(data, options).Run();
}

}  // namespace evenkeel
