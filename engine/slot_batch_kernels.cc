// Compiled once for every instruction set that Highway knows on this architecture; the best one is chosen at run time.
#include "engine/slot_batch.h"

// Scalable vectors have no size at compile time, which the 4 x 4 blocks below need.
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV | HWY_SSSE3 | HWY_AVX3_DL)
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/slot_batch_kernels.cc"
#include <hwy/foreach_target.h>
// Must follow.
#include <hwy/highway.h>

#include <algorithm>

HWY_BEFORE_NAMESPACE();
namespace evenkeel {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;
using Lanes = hn::ScalableTag<double>;
using V = hn::Vec<Lanes>;
constexpr Lanes kLanes;
constexpr int kBlock = 4;            // rows and columns of a register block
constexpr int kTileRows = 16;        // rows of the trailing matrix that are kept in cache together
constexpr double kRounding = 4e-15;  // a reduced cost below this share of its terms is rounding
constexpr double kLostPivot = 1e-14;

int Width() { return static_cast<int>(hn::Lanes(kLanes)); }

V Get(const double* rows, int r) { return hn::Load(kLanes, rows + r * Width()); }
void Put(V v, double* rows, int r) { hn::Store(v, kLanes, rows + r * Width()); }
void AddTo(V v, double* rows, int r) { Put(hn::Add(Get(rows, r), v), rows, r); }
void Clear(double* rows, int count) { std::fill_n(rows, count * Width(), 0.0); }
V All(double value) { return hn::Set(kLanes, value); }
double Sum(V v) { return hn::GetLane(hn::SumOfLanes(kLanes, v)); }
double Largest(V v) { return hn::GetLane(hn::MaxOfLanes(kLanes, v)); }

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
    matrix = take(SlotShape::PackedRow(shape.matrix_rows()));
  }
  double *d, *u0, *u1, *over_x, *over_z, *gateway0, *gateway1, *gateway2, *region0, *region1, *region2, *price, *answer, *touched, *matrix;
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
  }

  V xz, xdz, zdx, dxdz, primal, dual;
};

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

/// Price per unit of activity: sum of the loads' prices times their intensities.
void PriceActivities(const SlotShape& shape, const double* price, const double* intensity, double* activity_price) {
  for (int p = 0; p < shape.num_activities; ++p) {
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

/// Adds a flow to the sums of its gateway and, times its resource, of its region.
void AddAtNodes(const SlotShape::Arc& arc, V flow, double* gateway, double* region) {
  AddTo(flow, gateway, arc.gateway);
  if (arc.region >= 0) AddTo(hn::Mul(All(arc.resource), flow), region, arc.region);
}

/// K' lambda at an arc.
V Potential(const SlotShape::Arc& arc, const double* gateway, const double* region) {
  const V at_gateway = Get(gateway, arc.gateway);
  return arc.region < 0 ? at_gateway : hn::MulAdd(All(arc.resource), Get(region, arc.region), at_gateway);
}

void Move(const SlotShape& shape, const BatchUpdate& update, double* block) {
  const BatchFields& f = shape.field;
  const auto row = [&](int first) { return block + first * Width(); };
  if (update.keep) {
    std::copy_n(row(f.x), shape.num_arcs * Width(), row(f.best_x));
    std::copy_n(row(f.pi), shape.num_regions * Width(), row(f.best_pi));
  }
  const auto advance = [&](int field, int step_field, int count, double length) HWY_ATTR {
    double* value = row(field);
    const double* step = row(step_field);
    for (int r = 0; r < count; ++r) Put(hn::MulAdd(All(length), Get(step, r), Get(value, r)), value, r);
  };
  advance(f.x, f.dx, shape.num_arcs, update.primal);
  advance(f.s, f.ds, shape.num_regions, update.primal);
  advance(f.z, f.dz, shape.num_arcs, update.dual);
  advance(f.y, f.dy, shape.num_gateways, update.dual);
  advance(f.pi, f.dpi, shape.num_regions, update.dual);
}

/// The matrix of inner nodes and activities with the outer nodes eliminated; `outer` gets their inverse pivots.
void Assemble(const SlotShape& shape, const double* d, const double* s, const double* pi, double* outer,
              double* touched, double* matrix) {
  Clear(matrix, SlotShape::PackedRow(shape.matrix_rows()));
  const auto slack_ratio = [&](int i) HWY_ATTR {
    const V slack = Get(s, i);
    return hn::IfThenElse(hn::Gt(slack, hn::Zero(kLanes)), hn::Div(slack, Get(pi, i)), All(1.0));
  };
  for (int a = 0; a < shape.num_arcs; ++a) {
    for (int e = shape.first_entry[a]; e < shape.first_entry[a + 1]; ++e)
      AddTo(hn::Mul(All(shape.entries[e].coefficient), Get(d, a)), matrix, shape.entries[e].index);
  }
  for (int i = 0; !shape.regions_outer && i < shape.num_inner; ++i)
    AddTo(slack_ratio(i), matrix, SlotShape::PackedRow(i) + i);
  for (int n = 0; n < shape.num_outer; ++n) {
    V pivot = shape.regions_outer ? slack_ratio(n) : hn::Zero(kLanes);
    for (int e = shape.first_own[n]; e < shape.first_own[n + 1]; ++e)
      pivot = hn::MulAdd(All(shape.own[e].coefficient), Get(d, shape.own[e].arc), pivot);
    const auto lives = hn::Gt(pivot, hn::Zero(kLanes));  // a node without active arcs has no say
    const V inverse = hn::IfThenElseZero(lives, hn::Div(All(1.0), hn::IfThenElse(lives, pivot, All(1.0))));
    Put(inverse, outer, n);
    const int* rows = shape.touched.data() + shape.first_touched[n];
    const int count = shape.first_touched[n + 1] - shape.first_touched[n];
    Clear(touched, count);
    for (int e = shape.first_weight[n]; e < shape.first_weight[n + 1]; ++e)
      AddTo(hn::Mul(All(shape.weights[e].coefficient), Get(d, shape.weights[e].arc)), touched,
            shape.weights[e].position);
    for (int r = 0; r < count; ++r) {
      const V scaled = hn::Mul(Get(touched, r), inverse);
      double* row = matrix + SlotShape::PackedRow(rows[r]) * Width();
      for (int c = 0; c <= r; ++c) Put(hn::NegMulAdd(scaled, Get(touched, c), Get(row, rows[c])), row, rows[c]);
    }
  }
}

/// A register block: rows [row, row + kRows) times columns [column, column + kColumns) of the packed matrix.
template <int kRows, int kColumns>
struct Block {
  V value[kRows][kColumns];

  /// Entries above the diagonal are read too, as zero.
  void Read(const double* matrix, int row, int column) {
    for (int i = 0; i < kRows; ++i) {
      const double* line = matrix + SlotShape::PackedRow(row + i) * Width();
      for (int j = 0; j < kColumns; ++j) value[i][j] = column + j <= row + i ? Get(line, column + j) : hn::Zero(kLanes);
    }
  }
  /// Minus the products of the first `depth` entries of row lines and column lines.
  void Subtract(const double* matrix, int row, int column, int depth) {
    const double *left[kRows], *right[kColumns];
    for (int i = 0; i < kRows; ++i) left[i] = matrix + SlotShape::PackedRow(row + i) * Width();
    for (int j = 0; j < kColumns; ++j) right[j] = matrix + SlotShape::PackedRow(column + j) * Width();
    for (int k = 0; k < depth; ++k) {
      V r[kColumns];
      for (int j = 0; j < kColumns; ++j) r[j] = Get(right[j], k);
      for (int i = 0; i < kRows; ++i) {
        const V l = Get(left[i], k);
        for (int j = 0; j < kColumns; ++j) value[i][j] = hn::NegMulAdd(l, r[j], value[i][j]);
      }
    }
  }
  void Write(double* matrix, int row, int column) const {
    for (int i = 0; i < kRows; ++i) {
      double* line = matrix + SlotShape::PackedRow(row + i) * Width();
      for (int j = 0; j < kColumns; ++j) {
        if (column + j <= row + i) Put(value[i][j], line, column + j);
      }
    }
  }
  /// Times the inverse of the factor's diagonal block at `column`, whose diagonal holds reciprocals.
  void Solve(const double* matrix, int column) {
    for (int j = 0; j < kColumns; ++j) {
      const double* line = matrix + SlotShape::PackedRow(column + j) * Width();
      for (int i = 0; i < kRows; ++i) {
        for (int k = 0; k < j; ++k) value[i][j] = hn::NegMulAdd(value[i][k], Get(line, column + k), value[i][j]);
        value[i][j] = hn::Mul(value[i][j], Get(line, column + j));
      }
    }
  }
};

/// Cholesky's method within a diagonal block. A node that lost all its weight would make the pivot vanish; its
/// potential is then arbitrary, and a reciprocal of zero makes it zero.
template <int kRows>
void FactoriseDiagonal(const V* original, Block<kRows, kRows>* block) {
  auto& value = block->value;
  for (int j = 0; j < kRows; ++j) {
    V pivot = value[j][j];
    for (int k = 0; k < j; ++k) pivot = hn::NegMulAdd(value[j][k], value[j][k], pivot);
    const auto good = hn::And(hn::Gt(pivot, hn::Mul(All(kLostPivot), hn::Abs(original[j]))),
                              hn::Gt(pivot, hn::Zero(kLanes)));
    const V inverse =
        hn::IfThenElseZero(good, hn::Div(All(1.0), hn::Sqrt(hn::IfThenElse(good, pivot, All(1.0)))));
    for (int i = j + 1; i < kRows; ++i) {
      for (int k = 0; k < j; ++k) value[i][j] = hn::NegMulAdd(value[i][k], value[j][k], value[i][j]);
      value[i][j] = hn::Mul(value[i][j], inverse);
    }
    value[j][j] = inverse;
  }
}

template <int kRows, int kColumns>
void SolveBlock(double* matrix, int row, int column) {
  Block<kRows, kColumns> block;
  block.Read(matrix, row, column);
  block.Subtract(matrix, row, column, column);
  block.Solve(matrix, column);
  block.Write(matrix, row, column);
}

template <int kRows>
void FactoriseRows(double* matrix, int row, int columns) {
  int column = 0;
  for (; column + kBlock <= columns; column += kBlock) SolveBlock<kRows, kBlock>(matrix, row, column);
  if (columns - column == 3) SolveBlock<kRows, 3>(matrix, row, column);
  if (columns - column == 2) SolveBlock<kRows, 2>(matrix, row, column);
  if (columns - column == 1) SolveBlock<kRows, 1>(matrix, row, column);
}

template <int kRows>
void FactoriseInnerRows(double* matrix, int row) {
  FactoriseRows<kRows>(matrix, row, row);
  Block<kRows, kRows> block;
  block.Read(matrix, row, row);
  V original[kRows];
  for (int i = 0; i < kRows; ++i) original[i] = block.value[i][i];
  block.Subtract(matrix, row, row, row);
  FactoriseDiagonal(original, &block);
  block.Write(matrix, row, row);
}

/// Calls run(std::integral_constant<int, size>, first) for blocks of up to kBlock rows of [begin, end).
template <typename Run>
void ForBlocks(int begin, int end, const Run& run) {
  int row = begin;
  for (; row + kBlock <= end; row += kBlock) run(std::integral_constant<int, 4>(), row);
  if (end - row == 3) run(std::integral_constant<int, 3>(), row);
  if (end - row == 2) run(std::integral_constant<int, 2>(), row);
  if (end - row == 1) run(std::integral_constant<int, 1>(), row);
}

/// Adds one entry of N, times the intensities of the loads on both sides.
void AddCurvature(const SlotShape& shape, const double* intensity, int p, int q, V value, SlotSums* sums) {
  double* curvature = sums->curvature.data();
  for (int e = shape.first_load[p]; e < shape.first_load[p + 1]; ++e) {
    const int l = shape.loads[e];
    const V scaled = hn::Mul(value, Get(intensity, l));
    for (int f = shape.first_load[q]; f < shape.first_load[q + 1]; ++f) {
      const int m = shape.loads[f];
      if (p == q && m > l) continue;
      curvature[std::max(l, m) + std::min(l, m) * shape.num_loads] += Sum(hn::Mul(scaled, Get(intensity, m)));
    }
  }
}

/// Adds what is left of the matrix: the rows of activities minus the products of their solved parts.
void AddTrailing(const SlotShape& shape, const double* matrix, const double* intensity, SlotSums* sums) {
  const int first = shape.num_inner, last = shape.matrix_rows();
  for (int row_tile = first; row_tile < last; row_tile += kTileRows) {
    for (int column_tile = first; column_tile <= row_tile; column_tile += kTileRows) {
      ForBlocks(row_tile, std::min(last, row_tile + kTileRows), [&](auto rows, int row) HWY_ATTR {
        const int columns_end = std::min({last, column_tile + kTileRows, row + rows.value});
        ForBlocks(column_tile, columns_end, [&](auto columns, int column) HWY_ATTR {
          Block<decltype(rows)::value, decltype(columns)::value> block;
          block.Read(matrix, row, column);
          block.Subtract(matrix, row, column, first);
          for (int i = 0; i < rows.value; ++i) {
            for (int j = 0; j < columns.value && column + j <= row + i; ++j)
              AddCurvature(shape, intensity, row + i - first, column + j - first, block.value[i][j], sums);
          }
        });
      });
    }
  }
}

void FactoriseMatrix(const SlotShape& shape, double* matrix) {
  ForBlocks(0, shape.num_inner,
            [&](auto rows, int row) HWY_ATTR { FactoriseInnerRows<decltype(rows)::value>(matrix, row); });
  ForBlocks(shape.num_inner, shape.matrix_rows(),
            [&](auto rows, int row) HWY_ATTR { FactoriseRows<decltype(rows)::value>(matrix, row, shape.num_inner); });
}

/// Right-hand sides of the nodes in, potentials out.
void SolveNodes(const SlotShape& shape, const double* d, const double* outer_inverse, const double* factor,
                double* gateway, double* region) {
  double* outer = shape.regions_outer ? region : gateway;
  double* inner = shape.regions_outer ? gateway : region;
  for (int n = 0; n < shape.num_outer; ++n) Put(hn::Mul(Get(outer, n), Get(outer_inverse, n)), outer, n);
  for (int a = 0; a < shape.num_arcs; ++a) {
    const SlotShape::Arc& arc = shape.arcs[a];
    if (arc.outer < 0 || arc.inner < 0) continue;
    const V weight = hn::Mul(All(arc.coupling), Get(d, a));
    Put(hn::NegMulAdd(weight, Get(outer, arc.outer), Get(inner, arc.inner)), inner, arc.inner);
  }
  for (int r = 0; r < shape.num_inner; ++r) {
    const double* line = factor + SlotShape::PackedRow(r) * Width();
    V even = Get(inner, r), odd = hn::Zero(kLanes);
    int k = 0;
    for (; k + 1 < r; k += 2) {
      even = hn::NegMulAdd(Get(line, k), Get(inner, k), even);
      odd = hn::NegMulAdd(Get(line, k + 1), Get(inner, k + 1), odd);
    }
    if (k < r) even = hn::NegMulAdd(Get(line, k), Get(inner, k), even);
    Put(hn::Mul(hn::Add(even, odd), Get(line, r)), inner, r);
  }
  for (int r = shape.num_inner - 1; r >= 0; --r) {
    const double* line = factor + SlotShape::PackedRow(r) * Width();
    const V value = hn::Mul(Get(inner, r), Get(line, r));
    Put(value, inner, r);
    for (int k = 0; k < r; ++k) Put(hn::NegMulAdd(Get(line, k), value, Get(inner, k)), inner, k);
  }
  for (int a = 0; a < shape.num_arcs; ++a) {
    const SlotShape::Arc& arc = shape.arcs[a];
    if (arc.outer < 0 || arc.inner < 0) continue;
    const V weight = hn::Mul(hn::Mul(All(arc.coupling), Get(d, a)), Get(outer_inverse, arc.outer));
    Put(hn::NegMulAdd(weight, Get(inner, arc.inner), Get(outer, arc.outer)), outer, arc.outer);
  }
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
  }
  const double *cost, *demand, *capacity, *intensity;
  double *x, *z, *y, *s, *pi, *dx, *dz, *dy, *ds, *dpi, *reduced, *product, *slack_product, *outer, *factor;
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

/// D, dual residuals, what the arcs of the present point use and cost. gateway0 and region0 are left with what the point
/// misses there, gateway1 and region1 with the right-hand sides of the affine step.
void Measure(const SlotShape& shape, const Fields& f, const Scratch& w, SlotSums* sums) {
  const V zero = hn::Zero(kLanes);
  std::copy_n(f.demand, shape.num_gateways * Width(), w.gateway0);
  Clear(w.gateway1, shape.num_gateways);
  Clear(w.region1, shape.num_regions);
  Clear(w.answer, shape.num_activities);
  for (int i = 0; i < shape.num_regions; ++i) Put(hn::Sub(Get(f.capacity, i), Get(f.s, i)), w.region0, i);
  V cost_sum = zero, dual_residual = zero, primal_residual = zero, dual_value = zero;
  for (int a = 0; a < shape.num_arcs; ++a) {
    const SlotShape::Arc& arc = shape.arcs[a];
    const V x = Get(f.x, a), z = Get(f.z, a), cost = Get(f.cost, a), y = Get(f.y, arc.gateway), d = Invert(f, w, a);
    const V capacity_cost = arc.region < 0 ? zero : hn::Mul(All(arc.resource), Get(f.pi, arc.region));
    const V added = hn::Add(PriceOfArc(shape, w.price, a), capacity_cost);
    V reduced = hn::Sub(hn::Add(cost, added), hn::Add(y, z));
    const V magnitude = hn::Add(hn::Add(hn::Abs(cost), hn::Abs(y)), hn::Add(added, z));
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
}

void Factorise(const SlotShape& shape, const BatchUpdate& update, const double* price, double* block, double* scratch,
               SlotSums* sums) {
  const Fields f(shape, block);
  const Scratch w(shape, scratch);
  if (update.move) Move(shape, update, block);
  PriceActivities(shape, price, f.intensity, w.price);
  Measure(shape, f, w, sums);
  Assemble(shape, w.d, f.s, f.pi, f.outer, w.touched, w.matrix);
  FactoriseMatrix(shape, w.matrix);
  AddTrailing(shape, w.matrix, f.intensity, sums);
  std::copy_n(w.matrix, SlotShape::PackedRow(shape.num_inner) * Width(), f.factor);
  SolveNodes(shape, w.d, f.outer, f.factor, w.gateway1, w.region1);
  Clear(w.answer, shape.num_activities);
  for (int a = 0; a < shape.num_arcs; ++a) {
    const V driven = hn::Sub(Potential(shape.arcs[a], w.gateway1, w.region1), Get(f.reduced, a));
    AddActivities(shape, a, hn::MulSub(Get(w.d, a), driven, Get(f.x, a)), w.answer);
  }
  AddLoads(shape, f.intensity, w.answer, &sums->response);
}

/// What the loads answer to flows u and the potentials that follow from them.
void AddResponse(const SlotShape& shape, const Fields& f, const Scratch& w, const double* u, double* gateway,
                 double* region, Vector* response) {
  SolveNodes(shape, w.d, f.outer, f.factor, gateway, region);
  Clear(w.answer, shape.num_activities);
  for (int a = 0; a < shape.num_arcs; ++a) {
    const V flow = hn::MulAdd(Get(w.d, a), Potential(shape.arcs[a], gateway, region), Get(u, a));
    AddActivities(shape, a, flow, w.answer);
  }
  AddLoads(shape, f.intensity, w.answer, response);
}

void Predict(const SlotShape& shape, const double* price_step, double* block, double* scratch, SlotSums* sums) {
  const Fields f(shape, block);
  const Scratch w(shape, scratch);
  const V zero = hn::Zero(kLanes);
  PriceActivities(shape, price_step, f.intensity, w.price);
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
  AddResponse(shape, f, w, w.u0, w.gateway1, w.region1, &sums->product_response);
  AddResponse(shape, f, w, w.over_z, w.gateway2, w.region2, &sums->unit_response);
}

void Correct(const SlotShape& shape, const double* price_step, double aim, double* block, double* scratch,
             SlotSums* sums) {
  const Fields f(shape, block);
  const Scratch w(shape, scratch);
  const V zero = hn::Zero(kLanes), goal = All(aim);
  PriceActivities(shape, price_step, f.intensity, w.price);
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
  pairs.AddTo(sums);
  AddLoads(shape, f.intensity, w.answer, &sums->response);
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
