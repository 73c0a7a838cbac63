// Compiled once for every instruction set that Highway knows on this architecture; the best one is chosen at run time.
#include "engine/planner/slot_batch.h"

// Scalable vectors have no size at compile time, which the 4 x 4 blocks below need.
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV | HWY_SSSE3 | HWY_AVX3_DL)
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/planner/slot_batch_kernels.cc"
#include <hwy/foreach_target.h>
// Must follow.
#include <hwy/highway.h>

#include "engine/planner/lanes-inl.h"
#include "engine/planner/slot_inverse-inl.h"
#include "engine/planner/slot_matrix-inl.h"

#include <algorithm>

HWY_BEFORE_NAMESPACE();
namespace evenkeel {
namespace HWY_NAMESPACE {
namespace {

constexpr double kRounding = 4e-15;  // a reduced cost below this share of its terms is rounding

/// Price per unit of activity: sum of the loads' prices times their intensities; of a class, minus its deferral price.
void PriceActivities(const SlotShape& shape, const double* price, const double* intensity, const double* work,
                     double* activity_price) {
  for (int k = 0; k < shape.num_classes; ++k) Put(hn::Neg(Get(work, k)), activity_price, shape.num_shared + k);
  for (int p = 0; p < shape.num_shared; ++p) {
    V sum = hn::Zero(kLanes);
    for (int e = shape.first_load[p]; e < shape.first_load[p + 1]; ++e)
      sum = hn::MulAdd(All(price[shape.loads[e]]), Get(intensity, shape.loads[e]), sum);
    Put(sum, activity_price, p);
  }
}

V PriceOfArc(const SlotShape& shape, const double* activity_price, int a) {
  V sum = hn::Zero(kLanes);
  for (int e = shape.first_amount[a]; e < shape.first_amount[a + 1]; ++e)
    sum = hn::MulAdd(All(shape.amounts[e].per_unit), Get(activity_price, shape.amounts[e].activity), sum);
  return sum;
}

void AddActivities(const SlotShape& shape, int a, V flow, double* answer) {
  for (int e = shape.first_amount[a]; e < shape.first_amount[a + 1]; ++e)
    AddTo(hn::Mul(All(shape.amounts[e].per_unit), flow), answer, shape.amounts[e].activity);
}

void AddLoads(const SlotShape& shape, const double* intensity, const double* answer, double* load) {
  for (int l = 0; l < shape.num_loads; ++l)
    Put(hn::MulAdd(Get(intensity, l), Get(answer, shape.activity_of_load[l]), Get(load, l)), load, l);
}

/// Sums of loads that are kept lane by lane: once for many batches.
void AddLanes(const SlotShape& shape, const double* lanes, Vector* load) {
  for (int l = 0; l < shape.num_loads; ++l) (*load)[l] += Sum(Get(lanes, l));
}

/// What classes answered.
void KeepWork(const SlotShape& shape, const double* answer, double* rows) {
  std::copy_n(answer + shape.num_shared * Width(), shape.num_classes * Width(), rows);
}

/// Adds to activities what arcs carry; neighbours with the same ones together.
struct ActivitySums {
  ActivitySums(const SlotShape& s, double* rows) : shape(s), answer(rows), sum(hn::Zero(kLanes)) {
    Clear(answer, shape.num_activities);
  }
  void Add(int a, bool fresh, V flow) {
    if (fresh) {
      Finish();
      sum = flow;
    } else {
      sum = hn::Add(sum, flow);
    }
    last = a;
  }
  void Finish() {
    if (last >= 0) AddActivities(shape, last, sum, answer);
  }
  const SlotShape& shape;
  double* answer;
  V sum;
  int last = -1;
};

/// K' lambda at an arc.
V Potential(const SlotShape::Link& link, int node, const double* outer, const double* inner) {
  return hn::MulAdd(All(link.at_outer), Get(outer, node), hn::Mul(All(link.at_inner), Get(inner, link.inner)));
}

void Move(const SlotShape& shape, const BatchUpdate& update, double* block) {
  const BatchFields& f = shape.field;
  const auto row = [&](int first) { return block + first * Width(); };
  if (update.keep) {
    std::copy_n(row(f.x), shape.num_arcs * Width(), row(f.best_x));
    std::copy_n(row(f.pi), shape.num_regions * Width(), row(f.best_pi));
    std::copy_n(row(f.work_y), shape.num_classes * Width(), row(f.best_work_y));
  }
  const auto advance = [&](int field, int step_field, int count, V length) HWY_ATTR {
    double* value = row(field);
    const double* step = row(step_field);
    for (int r = 0; r < count; ++r) Put(hn::MulAdd(length, Get(step, r), Get(value, r)), value, r);
  };
  const V primal = update.own ? Get(row(f.length), 0) : All(update.primal), dual = All(update.dual);
  advance(f.x, f.dx, shape.num_arcs, primal);
  advance(f.s, f.ds, shape.num_regions, primal);
  advance(f.z, f.dz, shape.num_arcs, dual);
  advance(f.y, f.dy, shape.num_gateways, dual);
  advance(f.pi, f.dpi, shape.num_regions, dual);
  advance(f.work_y, f.work_dy, shape.num_classes, dual);
}

/// The dual residuals of the present point: mostly they are zero, and then not read from memory.
const double* DualResiduals(const Fields& f, const Scratch& w) { return f.has_reduced[0] == 0.0 ? w.zeros : f.reduced; }

/// 1 / x, 1 / z and D of an arc, to scratch; returns D.
V Invert(const Fields& f, const Scratch& w, int a) {
  const V x = Get(f.x, a);
  const Reciprocals over(x, Get(f.z, a));
  const V d = hn::Mul(x, over.over_z);
  Put(over.over_x, w.over_x, a);
  Put(over.over_z, w.over_z, a);
  Put(d, w.d, a);
  return d;
}

/// D, dual residuals (also in u0), what the arcs of the present point use and cost. gateway0 and region0 are left with
/// what the point misses there, gateway1 and region1 with the right-hand sides of the affine step.
void Measure(const SlotShape& shape, const Fields& f, const Scratch& w, SlotSums* sums) {
  const V zero = hn::Zero(kLanes);
  std::copy_n(f.demand, shape.num_gateways * Width(), w.gateway0);
  Clear(w.gateway1, shape.num_gateways);
  Clear(w.region1, shape.num_regions);
  Clear(f.work_weight, shape.num_classes);
  for (int i = 0; i < shape.num_regions; ++i) Put(hn::Sub(Get(f.capacity, i), Get(f.s, i)), w.region0, i);
  for (int j = 0; j < shape.num_gateways; ++j) Put(hn::Neg(Get(f.y, j)), w.minus_y, j);
  const double *outer_price = shape.regions_outer ? f.pi : w.minus_y,
               *inner_price = shape.regions_outer ? w.minus_y : f.pi;
  V largest_reduced = zero, cost_sum = zero, dual_residual = zero, primal_residual = zero, dual_value = zero,
    price = zero;
  NodeSums missing(shape, w.outer0, w.inner0), driven(shape, w.outer1, w.inner1);
  ActivitySums done(shape, w.answer);
  const auto measure = [&](int a, const SlotShape::Link& link, int node) HWY_ATTR {
    if (link.fresh) price = PriceOfArc(shape, w.price, a);
    const V x = Get(f.x, a), z = Get(f.z, a), cost = Get(f.cost, a), d = Invert(f, w, a);
    const V at_outer = hn::Mul(All(link.at_outer), Get(outer_price, node));
    const V at_inner = hn::Mul(All(link.at_inner), Get(inner_price, link.inner));
    V reduced = hn::Sub(hn::Add(hn::Add(cost, price), hn::Add(at_outer, at_inner)), z);
    V magnitude = hn::Add(hn::Add(hn::Add(hn::Abs(cost), price), z), hn::Add(hn::Abs(at_outer), hn::Abs(at_inner)));
    if (const int work = shape.arcs[a].work; work >= 0) {  // whose price is part of the arc's
      magnitude = hn::Add(magnitude, hn::Add(Get(f.work_y, work), hn::Abs(Get(f.work_y, work))));
      AddTo(d, f.work_weight, work);
    }
    // Mere rounding of the reduced cost must not be taken for infeasibility: near the solution D is huge and would blow
    // it up.
    reduced = hn::IfThenZeroElse(hn::Le(hn::Abs(reduced), hn::Mul(All(kRounding), magnitude)), reduced);
    Put(reduced, w.u0, a);
    cost_sum = hn::MulAdd(cost, x, cost_sum);
    dual_residual = hn::Max(dual_residual, hn::IfThenElseZero(hn::Gt(x, zero), hn::Abs(reduced)));
    largest_reduced = hn::Max(largest_reduced, hn::Abs(reduced));
    done.Add(a, link.fresh, x);
    missing.Add(link, hn::Neg(x));
    driven.Add(link, hn::Mul(d, reduced));
  };
  ByOuterNode(shape, measure, [&](int node) HWY_ATTR {
    missing.Finish(node);
    driven.Finish(node);
  });
  f.has_reduced[0] = Largest(largest_reduced) == 0.0 ? 0.0 : 1.0;
  if (f.has_reduced[0] != 0.0) std::copy_n(w.u0, shape.num_arcs * Width(), f.reduced);
  missing.FinishAll();
  driven.FinishAll();
  done.Finish();
  for (int j = 0; j < shape.num_gateways; ++j) {
    primal_residual = hn::Max(primal_residual, hn::Abs(Get(w.gateway0, j)));
    dual_value = hn::MulAdd(Get(f.demand, j), Get(f.y, j), dual_value);
    AddTo(Get(f.demand, j), w.gateway1, j);
  }
  for (int i = 0; i < shape.num_regions; ++i) {
    primal_residual = hn::Max(primal_residual, hn::Abs(Get(w.region0, i)));
    dual_value = hn::NegMulAdd(Get(f.capacity, i), Get(f.pi, i), dual_value);
    const V right = hn::Add(Get(w.region1, i), Get(f.capacity, i));
    Put(hn::IfThenElseZero(hn::Gt(Get(f.s, i), zero), right), w.region1, i);
  }
  sums->cost += Sum(cost_sum);
  sums->dual_value += Sum(dual_value);
  sums->primal_residual = std::max(sums->primal_residual, Largest(primal_residual));
  sums->dual_residual = std::max(sums->dual_residual, Largest(dual_residual));
  AddLoads(shape, f.intensity, w.answer, w.load0);
  KeepWork(shape, w.answer, f.work_done);
}

void FactoriseBatch(const SlotShape& shape, const BatchUpdate& update, const double* price, double* block, Scratch w,
                    SlotSums* sums) {
  const Fields f(shape, block);
  if (update.move) Move(shape, update, block);
  PriceActivities(shape, price, f.intensity, f.work_y, w.price);
  Measure(shape, f, w, sums);
  Assemble(shape, w.d, f.s, f.pi, f.outer, w.touched, w.matrix);
  FactoriseInner(shape, w.matrix);
  if (shape.few_meetings) {
    InvertInner(shape, w.matrix, w.inverse);
    AddByInverse(shape, w.matrix, w.inverse, f.intensity, f.work_inner, w.solved, w.columns, sums);
  } else {
    AddTrailing(shape, w.matrix, f.intensity, f.work_inner, sums);
  }
  std::copy_n(w.matrix, SlotShape::PackedRow(shape.num_inner) * Width(), f.factor);
  SolveNodes<1>(shape, w.d, f.outer, f.factor, {w.outer1}, {w.inner1});
  ActivitySums answer(shape, w.answer);
  const auto respond = [&](int a, const SlotShape::Link& link, int node) HWY_ATTR {
    const V driven = hn::Sub(Potential(link, node, w.outer1, w.inner1), Get(w.u0, a));
    answer.Add(a, link.fresh, hn::MulSub(Get(w.d, a), driven, Get(f.x, a)));
  };
  ByOuterNode(shape, respond, [](int) {});
  answer.Finish();
  AddLoads(shape, f.intensity, w.answer, w.load1);
  KeepWork(shape, w.answer, f.work_response);
}

void Factorise(const SlotShape& shape, const BatchUpdate& update, const double* price, double* blocks, int count,
               double* scratch, SlotSums* sums) {
  const Scratch w(shape, scratch);
  Clear(w.load0, 2 * shape.num_loads);
  constexpr int kMost = SlotShape::kBatchesAtOnce;
  const bool keeps = w.kept != nullptr && sums->choice == nullptr;
  const auto block = [&](int b) { return blocks + static_cast<std::ptrdiff_t>(b) * shape.field.rows * Width(); };
  for (int first = 0; first < count; first += kMost) {
    const int end = std::min(count, first + kMost);
    for (int b = first; b < end; ++b) {
      if (keeps) sums->shared = w.kept + (b - first) * SlotShape::PackedRow(shape.num_shared) * Width();
      FactoriseBatch(shape, update, price, block(b), w, sums);
    }
    sums->shared = nullptr;
    if (!keeps) continue;
    const auto add = [&](auto size, int b) HWY_ATTR {
      AddKept<decltype(size)::value>(shape, w.kept + (b - first) * SlotShape::PackedRow(shape.num_shared) * Width(),
                                     block(b) + shape.field.intensity * Width(), sums);
    };
    int b = first;
    for (; b + 8 <= end; b += 8) add(std::integral_constant<int, 8>(), b);
    for (; b + 2 <= end; b += 2) add(std::integral_constant<int, 2>(), b);
    for (; b < end; ++b) add(std::integral_constant<int, 1>(), b);
  }
  AddLanes(shape, w.load0, &sums->load);
  AddLanes(shape, w.load1, &sums->response);
}

/// What loads and classes answer to the corrector's two parts: u = -product / z, in u0, and u = 1 / z, with the
/// potentials that follow from them.
void AddResponses(const SlotShape& shape, const Fields& f, const Scratch& w) {
  SolveNodes<2>(shape, w.d, f.outer, f.factor, {w.outer1, w.outer2}, {w.inner1, w.inner2});
  ActivitySums products(shape, w.answer), units(shape, w.answer1);
  const auto respond = [&](int a, const SlotShape::Link& link, int node) HWY_ATTR {
    const V d = Get(w.d, a);
    products.Add(a, link.fresh, hn::MulAdd(d, Potential(link, node, w.outer1, w.inner1), Get(w.u0, a)));
    units.Add(a, link.fresh, hn::MulAdd(d, Potential(link, node, w.outer2, w.inner2), Get(w.over_z, a)));
  };
  ByOuterNode(shape, respond, [](int) {});
  products.Finish();
  units.Finish();
  AddLoads(shape, f.intensity, w.answer, w.load0);
  AddLoads(shape, f.intensity, w.answer1, w.load1);
  KeepWork(shape, w.answer, f.work_product);
  KeepWork(shape, w.answer1, f.work_unit);
}

void PredictBatch(const SlotShape& shape, const double* price_step, double* block, Scratch w, SlotSums* sums) {
  const Fields f(shape, block);
  const V zero = hn::Zero(kLanes);
  PriceActivities(shape, price_step, f.intensity, f.work_dy, w.price);
  std::copy_n(f.demand, shape.num_gateways * Width(), w.gateway0);
  std::copy_n(f.capacity, shape.num_regions * Width(), w.region0);
  V price = zero;
  NodeSums sides(shape, w.outer0, w.inner0);
  const double* reduced = DualResiduals(f, w);
  const auto drive = [&](int a, const SlotShape::Link& link, int) HWY_ATTR {
    if (link.fresh) price = PriceOfArc(shape, w.price, a);
    const V dual = hn::Add(Get(reduced, a), price);
    const V d = Invert(f, w, a);
    Put(dual, w.u0, a);
    sides.Add(link, hn::Mul(d, dual));
  };
  ByOuterNode(shape, drive, [&](int node) HWY_ATTR { sides.Finish(node); });
  sides.FinishAll();
  for (int i = 0; i < shape.num_regions; ++i)
    Put(hn::IfThenElseZero(hn::Gt(Get(f.s, i), zero), Get(w.region0, i)), w.region0, i);
  SolveNodes<1>(shape, w.d, f.outer, f.factor, {w.outer0}, {w.inner0});
  // The two parts of the corrector: u = -product / z and u = 1 / z.
  Clear(w.gateway1, shape.num_gateways);
  Clear(w.gateway2, shape.num_gateways);
  Clear(w.region1, shape.num_regions);
  Clear(w.region2, shape.num_regions);
  PairSums pairs;
  NodeSums products(shape, w.outer1, w.inner1), units(shape, w.outer2, w.inner2);
  const auto step = [&](int a, const SlotShape::Link& link, int node) HWY_ATTR {
    const V x = Get(f.x, a), z = Get(f.z, a), over_x = Get(w.over_x, a), over_z = Get(w.over_z, a);
    const V dual = Get(w.u0, a), potential = Potential(link, node, w.outer0, w.inner0);
    const V dx = hn::MulSub(Get(w.d, a), hn::Sub(potential, dual), x);
    const V dz = hn::IfThenElseZero(hn::Gt(x, zero), hn::Sub(dual, potential));
    const V product = hn::Mul(dx, dz), shift = hn::Mul(product, over_z);
    pairs.Add(x, dx, over_x, z, dz, over_z);
    Put(product, f.product, a);
    Put(hn::Neg(shift), w.u0, a);
    products.Add(link, shift);
    units.Add(link, hn::Neg(over_z));
  };
  ByOuterNode(shape, step, [&](int node) HWY_ATTR {
    products.Finish(node);
    units.Finish(node);
  });
  products.FinishAll();
  units.FinishAll();
  for (int i = 0; i < shape.num_regions; ++i) {
    const V s = Get(f.s, i), pi = Get(f.pi, i);
    const auto active = hn::Gt(s, zero);
    const Reciprocals over(s, pi);
    const V lambda = hn::IfThenElseZero(active, Get(w.region0, i));
    const V ds = hn::Sub(hn::Mul(hn::Mul(s, over.over_z), lambda), s), dpi = hn::Neg(lambda);
    const V product = hn::Mul(ds, dpi);
    pairs.Add(s, ds, over.over_x, pi, dpi, over.over_z);
    Put(product, f.slack_product, i);
    Put(hn::IfThenElseZero(active, hn::MulAdd(product, over.over_z, Get(w.region1, i))), w.region1, i);
    Put(hn::IfThenElseZero(active, hn::Sub(Get(w.region2, i), over.over_z)), w.region2, i);
  }
  pairs.AddTo(sums);
  AddResponses(shape, f, w);
}

void Predict(const SlotShape& shape, const double* price_step, double* blocks, int count, double* scratch,
             SlotSums* sums) {
  const Scratch w(shape, scratch);
  Clear(w.load0, 2 * shape.num_loads);
  Clear(w.zeros, shape.num_arcs);
  for (int b = 0; b < count; ++b)
    PredictBatch(shape, price_step, blocks + static_cast<std::ptrdiff_t>(b) * shape.field.rows * Width(), w, sums);
  AddLanes(shape, w.load0, &sums->product_response);
  AddLanes(shape, w.load1, &sums->unit_response);
}

void CorrectBatch(const SlotShape& shape, const double* price_step, double aim, double* block, Scratch w,
                  SlotSums* sums) {
  const Fields f(shape, block);
  const V zero = hn::Zero(kLanes), goal = All(aim);
  PriceActivities(shape, price_step, f.intensity, f.work_dy, w.price);
  std::copy_n(f.demand, shape.num_gateways * Width(), w.gateway0);
  Clear(w.region0, shape.num_regions);
  V price = zero;
  NodeSums sides(shape, w.outer0, w.inner0);
  const double* reduced = DualResiduals(f, w);
  const auto drive = [&](int a, const SlotShape::Link& link, int) HWY_ATTR {
    if (link.fresh) price = PriceOfArc(shape, w.price, a);
    const V dual = hn::Add(Get(reduced, a), price);
    const V d = Invert(f, w, a);
    // u + x
    const V flow = hn::NegMulAdd(d, dual, hn::Mul(hn::Sub(goal, Get(f.product, a)), Get(w.over_z, a)));
    Put(dual, w.u0, a);
    Put(hn::Sub(flow, Get(f.x, a)), w.u1, a);
    sides.Add(link, hn::Neg(flow));
  };
  ByOuterNode(shape, drive, [&](int node) HWY_ATTR { sides.Finish(node); });
  sides.FinishAll();
  for (int i = 0; i < shape.num_regions; ++i) {
    const V s = Get(f.s, i), over_pi = Reciprocals(s, Get(f.pi, i)).over_z;
    const V slack = hn::Mul(hn::Sub(goal, Get(f.slack_product, i)), over_pi);
    const V right = hn::Add(Get(w.region0, i), hn::Sub(Get(f.capacity, i), slack));
    Put(hn::IfThenElseZero(hn::Gt(s, zero), right), w.region0, i);
  }
  SolveNodes<1>(shape, w.d, f.outer, f.factor, {w.outer0}, {w.inner0});
  PairSums pairs;
  ActivitySums answer(shape, w.answer);
  const auto step = [&](int a, const SlotShape::Link& link, int node) HWY_ATTR {
    const V x = Get(f.x, a), z = Get(f.z, a), potential = Potential(link, node, w.outer0, w.inner0);
    const V dx = hn::MulAdd(Get(w.d, a), potential, Get(w.u1, a));
    const V dz = hn::IfThenElseZero(hn::Gt(x, zero), hn::Sub(Get(w.u0, a), potential));
    pairs.Add(x, dx, Get(w.over_x, a), z, dz, Get(w.over_z, a));
    Put(dx, f.dx, a);
    Put(dz, f.dz, a);
    answer.Add(a, link.fresh, dx);
  };
  ByOuterNode(shape, step, [](int) {});
  answer.Finish();
  for (int i = 0; i < shape.num_regions; ++i) {
    const V s = Get(f.s, i), pi = Get(f.pi, i), lambda = Get(w.region0, i);
    const Reciprocals over(s, pi);
    const V slack = hn::Sub(hn::Sub(goal, Get(f.slack_product, i)), hn::Mul(s, pi));
    const V ds = hn::Mul(hn::MulAdd(s, lambda, slack), over.over_z);
    const V dpi = hn::IfThenZeroElse(hn::Le(s, zero), hn::Neg(lambda));
    pairs.Add(s, ds, over.over_x, pi, dpi, over.over_z);
    Put(ds, f.ds, i);
    Put(dpi, f.dpi, i);
  }
  std::copy_n(w.gateway0, shape.num_gateways * Width(), f.dy);
  Put(pairs.primal, f.length, 0);
  for (int lane = 0; lane < Width(); ++lane) f.length[lane] = SafeStepLength(f.length[lane]);
  pairs.AddTo(sums);
  AddLoads(shape, f.intensity, w.answer, w.load0);
  KeepWork(shape, w.answer, f.work_response);
}

void Correct(const SlotShape& shape, const double* price_step, double aim, double* blocks, int count, double* scratch,
             SlotSums* sums) {
  const Scratch w(shape, scratch);
  Clear(w.load0, shape.num_loads);
  Clear(w.zeros, shape.num_arcs);
  for (int b = 0; b < count; ++b)
    CorrectBatch(shape, price_step, aim, blocks + static_cast<std::ptrdiff_t>(b) * shape.field.rows * Width(), w, sums);
  AddLanes(shape, w.load0, &sums->response);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace evenkeel
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace evenkeel {

HWY_EXPORT(Width);
HWY_EXPORT(Factorise);
HWY_EXPORT(Predict);
HWY_EXPORT(Correct);

int BatchWidth() { return HWY_DYNAMIC_DISPATCH(Width)(); }

void FactoriseBatches(const SlotShape& shape, const BatchUpdate& update, const double* price, double* blocks, int count,
                      double* scratch, SlotSums* sums) {
  HWY_DYNAMIC_DISPATCH(Factorise)(shape, update, price, blocks, count, scratch, sums);
}

void PredictBatches(const SlotShape& shape, const double* price_step, double* blocks, int count, double* scratch,
                    SlotSums* sums) {
  HWY_DYNAMIC_DISPATCH(Predict)(shape, price_step, blocks, count, scratch, sums);
}

void CorrectBatches(const SlotShape& shape, const double* price_step, double aim, double* blocks, int count,
                    double* scratch, SlotSums* sums) {
  HWY_DYNAMIC_DISPATCH(Correct)(shape, price_step, aim, blocks, count, scratch, sums);
}

}  // namespace evenkeel
#endif
