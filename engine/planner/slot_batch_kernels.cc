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

/// A thread's scratch, cut into rows.
struct Scratch {
  Scratch(const SlotShape& shape, double* rows) {
    const auto take = [&](int count) {
      double* first = rows;
      rows += count * Width();
      return first;
    };
    d = take(shape.num_arcs);
    for (double** u : {&u0, &u1, &over_x, &over_z}) *u = take(shape.num_arcs);
    for (double** g : {&gateway0, &gateway1, &gateway2}) *g = take(shape.num_gateways);
    for (double** r : {&region0, &region1, &region2}) *r = take(shape.num_regions);
    price = take(shape.num_activities);
    answer = take(shape.num_activities);
    touched = take(shape.matrix_rows());
    matrix = take(SlotShape::PackedRow(shape.matrix_rows() + (shape.few_meetings ? shape.num_inner : 0)));
    if (!shape.few_meetings) return;
    inverse = take(shape.num_inner * shape.num_inner);
    shared = take(static_cast<int>(shape.met.size()));
    solved = take(shape.num_inner * SlotShape::kColumnsAtOnce);
    columns = take(shape.num_activities * SlotShape::kColumnsAtOnce);
  }
  double *d, *u0, *u1, *over_x, *over_z, *gateway0, *gateway1, *gateway2, *region0, *region1, *region2, *price, *answer,
      *touched, *matrix;
  double *inverse = nullptr, *shared = nullptr, *solved = nullptr, *columns = nullptr;
};

/// Lanewise counterparts of SlotSums' pairs.
struct PairSums {
  PairSums() { xz = xdz = zdx = dxdz = primal = dual = hn::Zero(kLanes); }

  void Add(V x, V dx, V over_x, V z, V dz, V over_z) {
    primal = hn::Max(primal, hn::Neg(hn::Mul(dx, over_x)));
    dual = hn::Max(dual, hn::Neg(hn::Mul(dz, over_z)));
    xz = hn::MulAdd(x, z, xz);
    xdz = hn::MulAdd(x, dz, xdz);
    zdx = hn::MulAdd(z, dx, zdx);
    dxdz = hn::MulAdd(dx, dz, dxdz);
  }
  void AddTo(SlotSums* sums) const {
    sums->primal_ratio = std::max(sums->primal_ratio, Largest(primal));
    sums->dual_ratio = std::max(sums->dual_ratio, Largest(dual));
    sums->xz += Sum(xz);
    sums->xdz += Sum(xdz);
    sums->zdx += Sum(zdx);
    sums->dxdz += Sum(dxdz);
    const V inside = hn::Div(All(1.0), hn::Max(All(1.0), primal));
    sums->own_zdx += Sum(hn::Mul(inside, zdx));
    sums->own_dxdz += Sum(hn::Mul(inside, dxdz));
  }

  V xz, xdz, zdx, dxdz, primal, dual;
};

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

void AddLoads(const SlotShape& shape, const double* intensity, const double* answer, Vector* load) {
  for (int l = 0; l < shape.num_loads; ++l)
    (*load)[l] += Sum(hn::Mul(Get(intensity, l), Get(answer, shape.activity_of_load[l])));
}

/// What classes answered.
void KeepWork(const SlotShape& shape, const double* answer, double* rows) {
  std::copy_n(answer + shape.num_shared * Width(), shape.num_classes * Width(), rows);
}

/// Adds a flow to the sums of its gateway and, times its resource, of its region.
void AddAtNodes(const SlotShape::Arc& arc, V flow, double* gateway, double* region) {
  if (arc.gateway >= 0) AddTo(flow, gateway, arc.gateway);
  if (arc.region >= 0) AddTo(hn::Mul(All(arc.resource), flow), region, arc.region);
}

/// K' lambda at an arc.
V Potential(const SlotShape::Arc& arc, const double* gateway, const double* region) {
  const V at_gateway = arc.gateway < 0 ? hn::Zero(kLanes) : Get(gateway, arc.gateway);
  return arc.region < 0 ? at_gateway : hn::MulAdd(All(arc.resource), Get(region, arc.region), at_gateway);
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
  const V primal = shape.own_lengths ? Get(row(f.length), 0) : All(update.primal), dual = All(update.dual);
  advance(f.x, f.dx, shape.num_arcs, primal);
  advance(f.s, f.ds, shape.num_regions, primal);
  advance(f.z, f.dz, shape.num_arcs, dual);
  advance(f.y, f.dy, shape.num_gateways, dual);
  advance(f.pi, f.dpi, shape.num_regions, dual);
  advance(f.work_y, f.work_dy, shape.num_classes, dual);
}

/// A batch's block by field.
struct Fields {
  Fields(const SlotShape& shape, double* block) {
    const BatchFields& f = shape.field;
    const auto at = [&](int first) { return block + first * Width(); };
    cost = at(f.cost), demand = at(f.demand), capacity = at(f.capacity), intensity = at(f.intensity);
    x = at(f.x), z = at(f.z), y = at(f.y), s = at(f.s), pi = at(f.pi);
    dx = at(f.dx), dz = at(f.dz), dy = at(f.dy), ds = at(f.ds), dpi = at(f.dpi);
    reduced = at(f.reduced), product = at(f.product), slack_product = at(f.slack_product);
    outer = at(f.outer), factor = at(f.factor);
    work_y = at(f.work_y), work_dy = at(f.work_dy), work_done = at(f.work_done), work_weight = at(f.work_weight);
    work_response = at(f.work_response), length = at(f.length);
    work_product = at(f.work_product), work_unit = at(f.work_unit), work_inner = at(f.work_inner);
  }
  const double *cost, *demand, *capacity, *intensity;
  double *x, *z, *y, *s, *pi, *dx, *dz, *dy, *ds, *dpi, *reduced, *product, *slack_product, *outer, *factor;
  double *work_y, *work_dy, *work_done, *work_weight, *work_response, *work_product, *work_unit, *work_inner, *length;
};

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

/// D, dual residuals, what the arcs of the present point use and cost. gateway0 and region0 are left with what the
/// point misses there, gateway1 and region1 with the right-hand sides of the affine step.
void Measure(const SlotShape& shape, const Fields& f, const Scratch& w, SlotSums* sums) {
  const V zero = hn::Zero(kLanes);
  std::copy_n(f.demand, shape.num_gateways * Width(), w.gateway0);
  Clear(w.gateway1, shape.num_gateways);
  Clear(w.region1, shape.num_regions);
  Clear(w.answer, shape.num_activities);
  Clear(f.work_weight, shape.num_classes);
  for (int i = 0; i < shape.num_regions; ++i) Put(hn::Sub(Get(f.capacity, i), Get(f.s, i)), w.region0, i);
  V cost_sum = zero, dual_residual = zero, primal_residual = zero, dual_value = zero;
  for (int a = 0; a < shape.num_arcs; ++a) {
    const SlotShape::Arc& arc = shape.arcs[a];
    const V x = Get(f.x, a), z = Get(f.z, a), cost = Get(f.cost, a), d = Invert(f, w, a);
    const V y = arc.gateway < 0 ? zero : Get(f.y, arc.gateway);
    const V capacity_cost = arc.region < 0 ? zero : hn::Mul(All(arc.resource), Get(f.pi, arc.region));
    const V added = hn::Add(PriceOfArc(shape, w.price, a), capacity_cost);
    V reduced = hn::Sub(hn::Add(cost, added), hn::Add(y, z));
    V magnitude = hn::Add(hn::Add(hn::Abs(cost), hn::Abs(y)), hn::Add(added, z));
    if (arc.work >= 0) {  // whose price is part of what is added
      magnitude = hn::Add(magnitude, hn::Add(Get(f.work_y, arc.work), hn::Abs(Get(f.work_y, arc.work))));
      AddTo(d, f.work_weight, arc.work);
    }
    // Mere rounding of the reduced cost must not be taken for infeasibility: near the solution D is huge and would blow
    // it up.
    reduced = hn::IfThenZeroElse(hn::Le(hn::Abs(reduced), hn::Mul(All(kRounding), magnitude)), reduced);
    Put(reduced, f.reduced, a);
    cost_sum = hn::MulAdd(cost, x, cost_sum);
    dual_residual = hn::Max(dual_residual, hn::IfThenElseZero(hn::Gt(x, zero), hn::Abs(reduced)));
    AddActivities(shape, a, x, w.answer);
    AddAtNodes(arc, hn::Neg(x), w.gateway0, w.region0);
    AddAtNodes(arc, hn::Mul(d, reduced), w.gateway1, w.region1);
  }
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
  AddLoads(shape, f.intensity, w.answer, &sums->load);
  KeepWork(shape, w.answer, f.work_done);
}

void Factorise(const SlotShape& shape, const BatchUpdate& update, const double* price, double* block, double* scratch,
               SlotSums* sums) {
  const Fields f(shape, block);
  const Scratch w(shape, scratch);
  if (update.move) Move(shape, update, block);
  PriceActivities(shape, price, f.intensity, f.work_y, w.price);
  Measure(shape, f, w, sums);
  Assemble(shape, w.d, f.s, f.pi, f.outer, w.touched, w.matrix);
  FactoriseInner(shape, w.matrix);
  if (shape.few_meetings) {
    InvertInner(shape, w.matrix, w.inverse);
    AddByInverse(shape, w.matrix, w.inverse, f.intensity, f.work_inner, w.shared, w.solved, w.columns, sums);
  } else {
    AddTrailing(shape, w.matrix, f.intensity, f.work_inner, sums);
  }
  std::copy_n(w.matrix, SlotShape::PackedRow(shape.num_inner) * Width(), f.factor);
  SolveNodes(shape, w.d, f.outer, f.factor, w.gateway1, w.region1);
  Clear(w.answer, shape.num_activities);
  for (int a = 0; a < shape.num_arcs; ++a) {
    const V driven = hn::Sub(Potential(shape.arcs[a], w.gateway1, w.region1), Get(f.reduced, a));
    AddActivities(shape, a, hn::MulSub(Get(w.d, a), driven, Get(f.x, a)), w.answer);
  }
  AddLoads(shape, f.intensity, w.answer, &sums->response);
  KeepWork(shape, w.answer, f.work_response);
}

/// What loads and classes answer to flows u and the potentials that follow from them.
void AddResponse(const SlotShape& shape, const Fields& f, const Scratch& w, const double* u, double* gateway,
                 double* region, Vector* response, double* work) {
  SolveNodes(shape, w.d, f.outer, f.factor, gateway, region);
  Clear(w.answer, shape.num_activities);
  for (int a = 0; a < shape.num_arcs; ++a) {
    const V flow = hn::MulAdd(Get(w.d, a), Potential(shape.arcs[a], gateway, region), Get(u, a));
    AddActivities(shape, a, flow, w.answer);
  }
  AddLoads(shape, f.intensity, w.answer, response);
  KeepWork(shape, w.answer, work);
}

void Predict(const SlotShape& shape, const double* price_step, double* block, double* scratch, SlotSums* sums) {
  const Fields f(shape, block);
  const Scratch w(shape, scratch);
  const V zero = hn::Zero(kLanes);
  PriceActivities(shape, price_step, f.intensity, f.work_dy, w.price);
  std::copy_n(f.demand, shape.num_gateways * Width(), w.gateway0);
  std::copy_n(f.capacity, shape.num_regions * Width(), w.region0);
  for (int a = 0; a < shape.num_arcs; ++a) {
    const V dual = hn::Add(Get(f.reduced, a), PriceOfArc(shape, w.price, a));
    const V d = Invert(f, w, a);
    Put(dual, w.u0, a);
    AddAtNodes(shape.arcs[a], hn::Mul(d, dual), w.gateway0, w.region0);
  }
  for (int i = 0; i < shape.num_regions; ++i)
    Put(hn::IfThenElseZero(hn::Gt(Get(f.s, i), zero), Get(w.region0, i)), w.region0, i);
  SolveNodes(shape, w.d, f.outer, f.factor, w.gateway0, w.region0);
  // The two parts of the corrector: u = -product / z and u = 1 / z.
  Clear(w.gateway1, shape.num_gateways);
  Clear(w.gateway2, shape.num_gateways);
  Clear(w.region1, shape.num_regions);
  Clear(w.region2, shape.num_regions);
  PairSums pairs;
  for (int a = 0; a < shape.num_arcs; ++a) {
    const V x = Get(f.x, a), z = Get(f.z, a), over_x = Get(w.over_x, a), over_z = Get(w.over_z, a);
    const V dual = Get(w.u0, a), potential = Potential(shape.arcs[a], w.gateway0, w.region0);
    const V dx = hn::MulSub(Get(w.d, a), hn::Sub(potential, dual), x);
    const V dz = hn::IfThenElseZero(hn::Gt(x, zero), hn::Sub(dual, potential));
    const V product = hn::Mul(dx, dz), shift = hn::Mul(product, over_z);
    pairs.Add(x, dx, over_x, z, dz, over_z);
    Put(product, f.product, a);
    Put(hn::Neg(shift), w.u0, a);
    AddAtNodes(shape.arcs[a], shift, w.gateway1, w.region1);
    AddAtNodes(shape.arcs[a], hn::Neg(over_z), w.gateway2, w.region2);
  }
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
  AddResponse(shape, f, w, w.u0, w.gateway1, w.region1, &sums->product_response, f.work_product);
  AddResponse(shape, f, w, w.over_z, w.gateway2, w.region2, &sums->unit_response, f.work_unit);
}

void Correct(const SlotShape& shape, const double* price_step, double aim, double* block, double* scratch,
             SlotSums* sums) {
  const Fields f(shape, block);
  const Scratch w(shape, scratch);
  const V zero = hn::Zero(kLanes), goal = All(aim);
  PriceActivities(shape, price_step, f.intensity, f.work_dy, w.price);
  std::copy_n(f.demand, shape.num_gateways * Width(), w.gateway0);
  Clear(w.region0, shape.num_regions);
  for (int a = 0; a < shape.num_arcs; ++a) {
    const V dual = hn::Add(Get(f.reduced, a), PriceOfArc(shape, w.price, a));
    const V d = Invert(f, w, a);
    // u + x
    const V flow = hn::NegMulAdd(d, dual, hn::Mul(hn::Sub(goal, Get(f.product, a)), Get(w.over_z, a)));
    Put(dual, w.u0, a);
    Put(hn::Sub(flow, Get(f.x, a)), w.u1, a);
    AddAtNodes(shape.arcs[a], hn::Neg(flow), w.gateway0, w.region0);
  }
  for (int i = 0; i < shape.num_regions; ++i) {
    const V s = Get(f.s, i), over_pi = Reciprocals(s, Get(f.pi, i)).over_z;
    const V slack = hn::Mul(hn::Sub(goal, Get(f.slack_product, i)), over_pi);
    const V right = hn::Add(Get(w.region0, i), hn::Sub(Get(f.capacity, i), slack));
    Put(hn::IfThenElseZero(hn::Gt(s, zero), right), w.region0, i);
  }
  SolveNodes(shape, w.d, f.outer, f.factor, w.gateway0, w.region0);
  Clear(w.answer, shape.num_activities);
  PairSums pairs;
  for (int a = 0; a < shape.num_arcs; ++a) {
    const V x = Get(f.x, a), z = Get(f.z, a), potential = Potential(shape.arcs[a], w.gateway0, w.region0);
    const V dx = hn::MulAdd(Get(w.d, a), potential, Get(w.u1, a));
    const V dz = hn::IfThenElseZero(hn::Gt(x, zero), hn::Sub(Get(w.u0, a), potential));
    pairs.Add(x, dx, Get(w.over_x, a), z, dz, Get(w.over_z, a));
    Put(dx, f.dx, a);
    Put(dz, f.dz, a);
    AddActivities(shape, a, dx, w.answer);
  }
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
  AddLoads(shape, f.intensity, w.answer, &sums->response);
  KeepWork(shape, w.answer, f.work_response);
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

void FactoriseBatch(const SlotShape& shape, const BatchUpdate& update, const double* price, double* block,
                    double* scratch, SlotSums* sums) {
  HWY_DYNAMIC_DISPATCH(Factorise)(shape, update, price, block, scratch, sums);
}

void PredictBatch(const SlotShape& shape, const double* price_step, double* block, double* scratch, SlotSums* sums) {
  HWY_DYNAMIC_DISPATCH(Predict)(shape, price_step, block, scratch, sums);
}

void CorrectBatch(const SlotShape& shape, const double* price_step, double aim, double* block, double* scratch,
                  SlotSums* sums) {
  HWY_DYNAMIC_DISPATCH(Correct)(shape, price_step, aim, block, scratch, sums);
}

}  // namespace evenkeel
#endif
