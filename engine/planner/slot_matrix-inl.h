// The matrices of a batch of slots (engine/planner/slot_batch.h): assembling, Cholesky's method, what is left of them,
// solving. Included once for every instruction set.
#if defined(EVENKEEL_ENGINE_SLOT_MATRIX_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef EVENKEEL_ENGINE_SLOT_MATRIX_INL_H_
#undef EVENKEEL_ENGINE_SLOT_MATRIX_INL_H_
#else
#define EVENKEEL_ENGINE_SLOT_MATRIX_INL_H_
#endif

#include "engine/planner/lanes-inl.h"
#include "engine/planner/slot_batch.h"

HWY_BEFORE_NAMESPACE();
namespace evenkeel {
namespace HWY_NAMESPACE {
namespace {

constexpr int kBlock = 4;      // rows and columns of a register block
constexpr int kTileRows = 16;  // rows of the trailing matrix that are kept in cache together
constexpr double kLostPivot = 1e-14;

/// The matrix of inner nodes and activities with the outer nodes eliminated; `outer` gets their inverse pivots.
void Assemble(const SlotShape& shape, const double* d, const double* s, const double* pi, double* outer,
              double* touched, double* matrix) {
  Clear(matrix, shape.matrix_size);
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
    const int* target = shape.few_meetings ? shape.targets.data() + shape.first_target[n] : nullptr;
    for (int r = 0; r < count; ++r) {
      const V scaled = hn::Mul(Get(touched, r), inverse);
      if (target != nullptr) {
        for (int c = 0; c <= r; ++c, ++target) AddTo(hn::Neg(hn::Mul(scaled, Get(touched, c))), matrix, *target);
        continue;
      }
      double* row = matrix + SlotShape::PackedRow(rows[r]) * Width();
      for (int c = 0; c <= r; ++c) Put(hn::NegMulAdd(scaled, Get(touched, c), Get(row, rows[c])), row, rows[c]);
    }
  }
}

/// A register block: rows [row, row + kRows) times columns [column, column + kColumns) of the packed matrix.
template <int kRows, int kColumns>
struct Block {
  V value[kRows][kColumns];

  void Clear() {
    for (auto& line : value) {
      for (V& v : line) v = hn::Zero(kLanes);
    }
  }
  /// Entries above the diagonal are read too, as zero.
  void Read(const double* matrix, int row, int column) {
    for (int i = 0; i < kRows; ++i) {
      const double* line = matrix + SlotShape::PackedRow(row + i) * Width();
      for (int j = 0; j < kColumns; ++j) value[i][j] = column + j <= row + i ? Get(line, column + j) : hn::Zero(kLanes);
    }
  }
  /// Minus the products of entries [begin, end) of row lines and column lines.
  void Subtract(const double* matrix, int row, int column, int end, int begin = 0) {
    const double *left[kRows], *right[kColumns];
    for (int i = 0; i < kRows; ++i) left[i] = matrix + SlotShape::PackedRow(row + i) * Width();
    for (int j = 0; j < kColumns; ++j) right[j] = matrix + SlotShape::PackedRow(column + j) * Width();
    for (int k = begin; k < end; ++k) {
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
    const auto good =
        hn::And(hn::Gt(pivot, hn::Mul(All(kLostPivot), hn::Abs(original[j]))), hn::Gt(pivot, hn::Zero(kLanes)));
    const V inverse = hn::IfThenElseZero(good, hn::Div(All(1.0), hn::Sqrt(hn::IfThenElse(good, pivot, All(1.0)))));
    for (int i = j + 1; i < kRows; ++i) {
      for (int k = 0; k < j; ++k) value[i][j] = hn::NegMulAdd(value[i][k], value[j][k], value[i][j]);
      value[i][j] = hn::Mul(value[i][j], inverse);
    }
    value[j][j] = inverse;
  }
}

/// Entries of the rows before `begin` are zero.
template <int kRows, int kColumns>
void SolveBlock(double* matrix, int row, int column, int begin) {
  Block<kRows, kColumns> block;
  block.Read(matrix, row, column);
  block.Subtract(matrix, row, column, column, begin);
  block.Solve(matrix, column);
  block.Write(matrix, row, column);
}

template <int kRows>
void FactoriseRows(double* matrix, int row, int columns, int begin = 0) {
  int column = begin;
  for (; column + kBlock <= columns; column += kBlock) SolveBlock<kRows, kBlock>(matrix, row, column, begin);
  if (columns - column == 3) SolveBlock<kRows, 3>(matrix, row, column, begin);
  if (columns - column == 2) SolveBlock<kRows, 2>(matrix, row, column, begin);
  if (columns - column == 1) SolveBlock<kRows, 1>(matrix, row, column, begin);
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

/// Adds one entry of N, p >= q, times the intensities of the loads on both sides. Those of classes stay with the slots,
/// at `work`: between classes, then between classes and loads.
void AddCurvature(const SlotShape& shape, const double* intensity, int p, int q, V value, double* work,
                  SlotSums* sums) {
  if (p >= shape.num_shared) {
    const int row = p - shape.num_shared;
    if (q >= shape.num_shared) return Put(value, work, SlotShape::PackedRow(row) + q - shape.num_shared);
    const int cross = SlotShape::PackedRow(shape.num_classes) + row * shape.num_loads;
    for (int f = shape.first_load[q]; f < shape.first_load[q + 1]; ++f)
      Put(hn::Mul(value, Get(intensity, shape.loads[f])), work, cross + shape.loads[f]);
    return;
  }
  double* curvature = sums->curvature.data();
  for (int e = shape.first_load[p]; e < shape.first_load[p + 1]; ++e) {
    const int l = shape.loads[e];
    const V scaled = hn::Mul(value, Get(intensity, l));
    for (int f = shape.first_load[q]; f < shape.first_load[q + 1]; ++f) {
      const int m = shape.loads[f];
      if (p == q && m > l) continue;
      curvature[l + m * shape.num_loads] += Sum(hn::Mul(scaled, Get(intensity, m)));
    }
  }
}

/// Solves for the activities' rows and adds what is left of the matrix: their entries minus products of solved parts.
void AddTrailing(const SlotShape& shape, double* matrix, const double* intensity, double* work, SlotSums* sums) {
  const int first = shape.num_inner, last = shape.matrix_rows();
  ForBlocks(first, last,
            [&](auto rows, int row) HWY_ATTR { FactoriseRows<decltype(rows)::value>(matrix, row, first); });
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
              AddCurvature(shape, intensity, row + i - first, column + j - first, block.value[i][j], work, sums);
          }
        });
      });
    }
  }
}

void FactoriseInner(const SlotShape& shape, double* matrix) {
  ForBlocks(0, shape.num_inner,
            [&](auto rows, int row) HWY_ATTR { FactoriseInnerRows<decltype(rows)::value>(matrix, row); });
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

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace evenkeel
HWY_AFTER_NAMESPACE();

#endif  // per-target include guard
