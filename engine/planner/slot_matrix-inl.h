// The matrices of a batch of slots (engine/planner/slot_batch.h): sums at nodes, assembling, Cholesky's
// method, what is left of them, solving. Included once for every instruction set.
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

/// visit(arc, link, outer node) for all arcs, done(outer node) behind every node's; arcs without an outer node come
/// with the last one, where their coefficient is 0.
template <typename Visit, typename Done>
void ByOuterNode(const SlotShape& shape, const Visit& visit, const Done& done) {
  const SlotShape::Link* links = shape.links.data();
  const int *first = shape.first_arc.data(), nodes = shape.num_outer;
  for (int n = 0; n < nodes; ++n) {
    for (int a = first[n]; a < first[n + 1]; ++a) visit(a, links[a], n);
    done(n);
  }
  for (int a = first[nodes]; a < first[nodes + 1]; ++a) visit(a, links[a], nodes - 1);
}

/// Sums at nodes while arcs come by outer node: the outer one's stays in a register, and a single inner one's too.
struct NodeSums {
  NodeSums(const SlotShape& shape, double* outer_rows, double* inner_rows)
      : outer(outer_rows), inner(inner_rows), single(shape.num_inner == 1) {
    sum = single_sum = hn::Zero(kLanes);
  }
  void Add(const SlotShape::Link& link, V flow) {
    if (single) {
      single_sum = hn::MulAdd(All(link.at_inner), flow, single_sum);
    } else {
      Put(hn::MulAdd(All(link.at_inner), flow, Get(inner, link.inner)), inner, link.inner);
    }
    sum = hn::MulAdd(All(link.at_outer), flow, sum);
  }
  void Finish(int node) {
    AddTo(sum, outer, node);
    sum = hn::Zero(kLanes);
  }
  void FinishAll() {
    if (single) AddTo(single_sum, inner, 0);
  }
  double *outer, *inner;
  bool single;
  V sum, single_sum;
};

/// A sum over D of terms [begin, end).
V SumOfTerms(const SlotShape::Term* begin, const SlotShape::Term* end, const double* d, V sum) {
  for (const SlotShape::Term* term = begin; term != end; ++term)
    sum = hn::MulAdd(All(term->coefficient), Get(d, term->arc), sum);
  return sum;
}

/// The matrix of inner nodes and activities with the outer nodes eliminated; `outer` gets their inverse pivots.
void Assemble(const SlotShape& shape, const double* d, const double* s, const double* pi, double* outer,
              double* touched, double* matrix) {
  Clear(matrix, shape.matrix_size);
  const auto slack_ratio = [&](int i) HWY_ATTR {
    const V slack = Get(s, i);
    return hn::IfThenElse(hn::Gt(slack, hn::Zero(kLanes)), hn::Div(slack, Get(pi, i)), All(1.0));
  };
  const SlotShape::Term *sums = shape.sums.data(), *own = shape.own.data(), *weights = shape.weights.data();
  const int *cells = shape.cells.data(), *first_sum = shape.first_sum.data();
  for (int c = 0, count = static_cast<int>(shape.cells.size()); c < count; ++c)
    Put(SumOfTerms(sums + first_sum[c], sums + first_sum[c + 1], d, hn::Zero(kLanes)), matrix, cells[c]);
  for (int i = 0; !shape.regions_outer && i < shape.num_inner; ++i)
    AddTo(slack_ratio(i), matrix, SlotShape::PackedRow(i) + i);
  for (int n = 0; n < shape.num_outer; ++n) {
    const V pivot = SumOfTerms(own + shape.first_own[n], own + shape.first_own[n + 1], d,
                               shape.regions_outer ? slack_ratio(n) : hn::Zero(kLanes));
    const auto lives = hn::Gt(pivot, hn::Zero(kLanes));  // a node without active arcs has no say
    const V inverse = hn::IfThenElseZero(lives, hn::Div(All(1.0), hn::IfThenElse(lives, pivot, All(1.0))));
    Put(inverse, outer, n);
    const int* rows = shape.touched.data() + shape.first_touched[n];
    const int* first_weight = shape.first_weight.data() + shape.first_touched[n];
    const int count = shape.first_touched[n + 1] - shape.first_touched[n];
    const int* target = shape.few_meetings ? shape.targets.data() + shape.first_target[n] : nullptr;
    for (int r = 0; r < count; ++r) {
      const V mine = SumOfTerms(weights + first_weight[r], weights + first_weight[r + 1], d, hn::Zero(kLanes));
      Put(mine, touched, r);
      const V scaled = hn::Mul(mine, inverse);
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
  if (sums->shared != nullptr) return Put(value, sums->shared, SlotShape::PackedRow(p) + q);
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

/// Adds I N I of `kBatches` batches; `kept` holds their N, `intensity` the first one's.
template <int kBatches>
void AddKept(const SlotShape& shape, const double* kept, const double* intensity, SlotSums* sums) {
  const int kept_stride = SlotShape::PackedRow(shape.num_shared), stride = shape.field.rows, loads = shape.num_loads;
  const int *first = shape.first_load.data(), *load = shape.loads.data();
  double* curvature = sums->curvature.data();
  for (int p = 0; p < shape.num_shared; ++p) {
    for (int q = 0; q <= p; ++q) {
      V value[kBatches];
      for (int b = 0; b < kBatches; ++b) value[b] = Get(kept, b * kept_stride + SlotShape::PackedRow(p) + q);
      for (int e = first[p]; e < first[p + 1]; ++e) {
        const int l = load[e];
        V scaled[kBatches];
        for (int b = 0; b < kBatches; ++b) scaled[b] = hn::Mul(value[b], Get(intensity, b * stride + l));
        for (int f = first[q]; f < first[q + 1]; ++f) {
          const int m = load[f];
          if (p == q && m > l) continue;
          V sum = hn::Mul(scaled[0], Get(intensity, m));
          for (int b = 1; b < kBatches; ++b) sum = hn::MulAdd(scaled[b], Get(intensity, b * stride + m), sum);
          curvature[l + m * loads] += Sum(sum);
        }
      }
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

/// The inner nodes' part of SolveNodes, forward and back.
template <int kSides>
void SolveInner(int count, const double* factor, double* const (&inner)[kSides]) {
  for (int r = 0; r < count; ++r) {
    const double* line = factor + SlotShape::PackedRow(r) * Width();
    V even[kSides], odd[kSides];
    for (int s = 0; s < kSides; ++s) even[s] = Get(inner[s], r), odd[s] = hn::Zero(kLanes);
    int k = 0;
    for (; k + 1 < r; k += 2) {
      const V left = Get(line, k), right = Get(line, k + 1);
      for (int s = 0; s < kSides; ++s) {
        even[s] = hn::NegMulAdd(left, Get(inner[s], k), even[s]);
        odd[s] = hn::NegMulAdd(right, Get(inner[s], k + 1), odd[s]);
      }
    }
    for (int s = 0; s < kSides; ++s) {
      if (k < r) even[s] = hn::NegMulAdd(Get(line, k), Get(inner[s], k), even[s]);
      Put(hn::Mul(hn::Add(even[s], odd[s]), Get(line, r)), inner[s], r);
    }
  }
  for (int r = count - 1; r >= 0; --r) {
    const double* line = factor + SlotShape::PackedRow(r) * Width();
    V value[kSides];
    for (int s = 0; s < kSides; ++s) {
      value[s] = hn::Mul(Get(inner[s], r), Get(line, r));
      Put(value[s], inner[s], r);
    }
    for (int k = 0; k < r; ++k) {
      const V weight = Get(line, k);
      for (int s = 0; s < kSides; ++s) Put(hn::NegMulAdd(weight, value[s], Get(inner[s], k)), inner[s], k);
    }
  }
}

/// Right-hand sides of the nodes in, potentials out.
template <int kSides>
void SolveNodes(const SlotShape& shape, const double* d, const double* outer_inverse, const double* factor,
                double* const (&outer)[kSides], double* const (&inner)[kSides]) {
  const SlotShape::Link* links = shape.links.data();
  const int *first = shape.first_arc.data(), nodes = shape.num_outer;
  const bool single = shape.num_inner == 1;  // its sum stays in a register
  V single_sum[kSides];
  for (int s = 0; s < kSides; ++s) single_sum[s] = Get(inner[s], 0);
  for (int n = 0; n < nodes; ++n) {
    V value[kSides];
    for (int s = 0; s < kSides; ++s) {
      value[s] = hn::Mul(Get(outer[s], n), Get(outer_inverse, n));
      Put(value[s], outer[s], n);
    }
    for (int a = first[n]; a < first[n + 1]; ++a) {
      const V weight = hn::Mul(All(links[a].coupling), Get(d, a));
      for (int s = 0; s < kSides; ++s) {
        if (single) {
          single_sum[s] = hn::NegMulAdd(weight, value[s], single_sum[s]);
        } else {
          Put(hn::NegMulAdd(weight, value[s], Get(inner[s], links[a].inner)), inner[s], links[a].inner);
        }
      }
    }
  }
  for (int s = 0; single && s < kSides; ++s) Put(single_sum[s], inner[s], 0);
  SolveInner(shape.num_inner, factor, inner);
  for (int n = 0; n < nodes; ++n) {
    V sum[kSides];
    for (int s = 0; s < kSides; ++s) sum[s] = hn::Zero(kLanes);
    for (int a = first[n]; a < first[n + 1]; ++a) {
      const V weight = hn::Mul(All(links[a].coupling), Get(d, a));
      for (int s = 0; s < kSides; ++s) sum[s] = hn::MulAdd(weight, Get(inner[s], links[a].inner), sum[s]);
    }
    for (int s = 0; s < kSides; ++s) Put(hn::NegMulAdd(sum[s], Get(outer_inverse, n), Get(outer[s], n)), outer[s], n);
  }
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace evenkeel
HWY_AFTER_NAMESPACE();

#endif  // per-target include guard
