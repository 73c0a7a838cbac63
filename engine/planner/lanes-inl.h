// Rows of numbers, one number per lane of the machine's vectors: loading and storing, a batch's block and a thread's
// scratch by what the rows are, sums over pairs.
// Included once for every instruction set.
#if defined(EVENKEEL_ENGINE_LANES_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef EVENKEEL_ENGINE_LANES_INL_H_
#undef EVENKEEL_ENGINE_LANES_INL_H_
#else
#define EVENKEEL_ENGINE_LANES_INL_H_
#endif

#include <hwy/highway.h>

#include <algorithm>

#include "engine/planner/slot_batch.h"

HWY_BEFORE_NAMESPACE();
namespace evenkeel {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;
using Lanes = hn::ScalableTag<double>;
using V = hn::Vec<Lanes>;
constexpr Lanes kLanes;

int Width() { return static_cast<int>(hn::Lanes(kLanes)); }

V Get(const double* rows, int r) { return hn::Load(kLanes, rows + r * Width()); }
void Put(V v, double* rows, int r) { hn::Store(v, kLanes, rows + r * Width()); }
void AddTo(V v, double* rows, int r) { Put(hn::Add(Get(rows, r), v), rows, r); }
void Clear(double* rows, int count) { std::fill_n(rows, count * Width(), 0.0); }
V All(double value) { return hn::Set(kLanes, value); }
double Sum(V v) { return hn::GetLane(hn::SumOfLanes(kLanes, v)); }
double Largest(V v) { return hn::GetLane(hn::MaxOfLanes(kLanes, v)); }

/// x > 0 marks what takes part; for the rest both reciprocals come out as zero.
struct Reciprocals {
  Reciprocals(V x, V z) {
    const auto active = hn::Gt(x, hn::Zero(kLanes));
    const V over = hn::IfThenElseZero(active, hn::Div(All(1.0), hn::IfThenElse(active, hn::Mul(x, z), All(1.0))));
    over_x = hn::Mul(z, over);
    over_z = hn::Mul(x, over);
  }
  V over_x, over_z;
};

/// A batch's block by field.
struct Fields {
  Fields(const SlotShape& shape, double* block) {
    const BatchFields& f = shape.field;
    const auto at = [&](int first) { return block + first * Width(); };
    cost = at(f.cost), demand = at(f.demand), capacity = at(f.capacity), intensity = at(f.intensity);
    x = at(f.x), z = at(f.z), y = at(f.y), s = at(f.s), pi = at(f.pi);
    dx = at(f.dx), dz = at(f.dz), dy = at(f.dy), ds = at(f.ds), dpi = at(f.dpi);
    reduced = at(f.reduced), has_reduced = at(f.has_reduced), product = at(f.product),
    slack_product = at(f.slack_product);
    outer = at(f.outer), factor = at(f.factor);
    work_y = at(f.work_y), work_dy = at(f.work_dy), work_done = at(f.work_done), work_weight = at(f.work_weight);
    work_response = at(f.work_response), length = at(f.length);
    work_product = at(f.work_product), work_unit = at(f.work_unit), work_inner = at(f.work_inner);
  }
  const double *cost, *demand, *capacity, *intensity;
  double *x, *z, *y, *s, *pi, *dx, *dz, *dy, *ds, *dpi, *reduced, *has_reduced, *product, *slack_product, *outer,
      *factor;
  double *work_y, *work_dy, *work_done, *work_weight, *work_response, *work_product, *work_unit, *work_inner, *length;
};

/// A thread's scratch, cut into rows.
struct Scratch {
  Scratch(const SlotShape& shape, double* rows) {
    const auto take = [&](int count) {
      double* first = rows;
      rows += count * Width();
      return first;
    };
    d = take(shape.num_arcs);
    for (double** u : {&u0, &u1, &over_x, &over_z, &zeros}) *u = take(shape.num_arcs);
    for (double** g : {&gateway0, &gateway1, &gateway2}) *g = take(shape.num_gateways);
    for (double** r : {&region0, &region1, &region2}) *r = take(shape.num_regions);
    const auto role = [&](bool outer) { return outer == shape.regions_outer; };
    outer0 = role(true) ? region0 : gateway0, outer1 = role(true) ? region1 : gateway1;
    outer2 = role(true) ? region2 : gateway2;
    inner0 = role(false) ? region0 : gateway0, inner1 = role(false) ? region1 : gateway1;
    inner2 = role(false) ? region2 : gateway2;
    minus_y = take(shape.num_gateways);
    price = take(shape.num_activities);
    answer = take(shape.num_activities);
    answer1 = take(shape.num_activities);
    touched = take(shape.matrix_rows());
    matrix = take(shape.scratch_matrix());
    load0 = take(shape.num_loads);
    load1 = take(shape.num_loads);
    if (shape.kept_rows() > 0) kept = take(shape.kept_rows());
    if (!shape.few_meetings) return;
    inverse = take(shape.num_inner * shape.num_inner);
    solved = take(shape.num_inner * SlotShape::kColumnsAtOnce);
    columns = take(shape.num_activities * SlotShape::kColumnsAtOnce);
  }
  double *d, *u0, *u1, *over_x, *over_z, *zeros, *gateway0, *gateway1, *gateway2, *region0, *region1, *region2, *price,
      *answer, *answer1, *outer0, *outer1, *outer2, *inner0, *inner1, *inner2, *minus_y, *touched, *matrix, *load0,
      *load1, *kept = nullptr;
  double *inverse = nullptr, *solved = nullptr, *columns = nullptr;
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

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace evenkeel
HWY_AFTER_NAMESPACE();

#endif  // per-target include guard
