// N of a batch of slots by the inverse of the inner nodes' matrix, where activities meet few of them.
// Included once for every instruction set.
#if defined(EVENKEEL_ENGINE_SLOT_INVERSE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef EVENKEEL_ENGINE_SLOT_INVERSE_INL_H_
#undef EVENKEEL_ENGINE_SLOT_INVERSE_INL_H_
#else
#define EVENKEEL_ENGINE_SLOT_INVERSE_INL_H_
#endif

#include "engine/planner/slot_matrix-inl.h"

HWY_BEFORE_NAMESPACE();
namespace evenkeel {
namespace HWY_NAMESPACE {
namespace {

/// -C^-1, [inner x inner], of the factor C = L L'. The unit rows, solved like any others, become the rows of L'^-1;
/// they lie behind those of the activities.
void InvertInner(const SlotShape& shape, double* matrix, double* inverse) {
  const int n = shape.num_inner, first = shape.matrix_rows();
  for (int r = 0; r < n; ++r) {
    double* line = matrix + SlotShape::PackedRow(first + r) * Width();
    Clear(line, n);
    Put(All(1.0), line, r);
  }
  ForBlocks(first, first + n,
            [&](auto rows, int row) HWY_ATTR { FactoriseRows<decltype(rows)::value>(matrix, row, n); });
  ForBlocks(first, first + n, [&](auto rows, int row) HWY_ATTR {
    ForBlocks(first, row + rows.value, [&](auto columns, int column) HWY_ATTR {
      Block<decltype(rows)::value, decltype(columns)::value> block;
      block.Clear();
      block.Subtract(matrix, row, column, n);
      for (int i = 0; i < rows.value; ++i) {
        for (int j = 0; j < columns.value; ++j) {
          const int r = row + i - first, c = column + j - first;
          Put(block.value[i][j], inverse, r * n + c);
          Put(block.value[i][j], inverse, c * n + r);
        }
      }
    });
  });
}

/// Columns first .. first + kColumns - 1 of N, [activities x columns]: N0 - B' C^-1 B from activity `first` on.
template <int kColumns>
void FillColumns(const SlotShape& shape, const double* matrix, const double* inverse, const double* shared, int first,
                 double* solved, double* columns) {
  const int n = shape.num_inner;
  Clear(columns + first * kColumns * Width(), (shape.num_activities - first) * kColumns);
  for (int i = 0; i < kColumns; ++i) {
    const int p = first + i;
    for (int c = 0; c < n; ++c) {
      V value = hn::Zero(kLanes);
      for (int e = shape.first_met[p]; e < shape.first_met[p + 1]; ++e)
        value = hn::MulAdd(Get(shared, e), Get(inverse, shape.met[e] * n + c), value);
      Put(value, solved, c * kColumns + i);
    }
    for (int e = shape.first_peer[p]; e < shape.first_peer[p + 1]; ++e) {
      const int q = shape.peers[e];
      Put(Get(matrix, SlotShape::PackedRow(n + q) + n + p), columns, q * kColumns + i);
    }
  }
  for (int q = first; q < shape.num_activities; ++q) {
    V value[kColumns];
    for (int i = 0; i < kColumns; ++i) value[i] = Get(columns, q * kColumns + i);
    for (int e = shape.first_met[q]; e < shape.first_met[q + 1]; ++e) {
      const V weight = Get(shared, e);
      for (int i = 0; i < kColumns; ++i)
        value[i] = hn::MulAdd(weight, Get(solved, shape.met[e] * kColumns + i), value[i]);
    }
    for (int i = 0; i < kColumns; ++i) Put(value[i], columns, q * kColumns + i);
  }
}

/// Adds N = N0 - B' C^-1 B, a few columns at a time; `matrix` holds B and N0, `inverse` -C^-1. Scratch: B's entries,
/// columns of C^-1 B and of N.
void AddByInverse(const SlotShape& shape, const double* matrix, const double* inverse, const double* intensity,
                  double* work, double* shared, double* solved, double* columns, SlotSums* sums) {
  const int n = shape.num_inner;
  for (int p = 0; p < shape.num_activities; ++p) {
    const double* line = matrix + SlotShape::PackedRow(n + p) * Width();
    for (int e = shape.first_met[p]; e < shape.first_met[p + 1]; ++e) Put(Get(line, shape.met[e]), shared, e);
  }
  const auto add = [&](auto count, int first) HWY_ATTR {
    constexpr int kColumns = decltype(count)::value;
    FillColumns<kColumns>(shape, matrix, inverse, shared, first, solved, columns);
    for (int i = 0; i < kColumns; ++i) {
      for (int q = first + i; q < shape.num_activities; ++q)
        AddCurvature(shape, intensity, q, first + i, Get(columns, q * kColumns + i), work, sums);
    }
  };
  int p = 0;
  for (; p + SlotShape::kColumnsAtOnce <= shape.num_activities; p += SlotShape::kColumnsAtOnce)
    add(std::integral_constant<int, SlotShape::kColumnsAtOnce>(), p);
  for (; p < shape.num_activities; ++p) add(std::integral_constant<int, 1>(), p);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace evenkeel
HWY_AFTER_NAMESPACE();

#endif  // per-target include guard
