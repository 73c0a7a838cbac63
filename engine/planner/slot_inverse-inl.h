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

/// -C^-1, [inner x inner], of the factor C = L L'. The unit rows, solved like any others, become the rows of L'^-1,
/// which are zero before the diagonal; they lie behind the matrix.
void InvertInner(const SlotShape& shape, double* matrix, double* inverse) {
  const int n = shape.num_inner, first = shape.first_unit_row();
  for (int r = 0; r < n; ++r) {
    double* line = matrix + SlotShape::PackedRow(first + r) * Width();
    Clear(line, n);
    Put(All(1.0), line, r);
  }
  ForBlocks(first, first + n,
            [&](auto rows, int row) HWY_ATTR { FactoriseRows<decltype(rows)::value>(matrix, row, n, row - first); });
  ForBlocks(first, first + n, [&](auto rows, int row) HWY_ATTR {
    ForBlocks(first, row + rows.value, [&](auto columns, int column) HWY_ATTR {
      Block<decltype(rows)::value, decltype(columns)::value> block;
      block.Clear();
      block.Subtract(matrix, row, column, n, row - first);
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

/// The activities that N is wanted of, in order.
struct WantedActivities {
  int at(int k) const { return list != nullptr ? list[k] : k; }
  const int* list;  // null: all
  int count;
};

/// Columns first .. first + kColumns - 1 of N, [activities x columns]: N0 - B' C^-1 B, from row `first` on.
template <int kColumns>
void FillColumns(const SlotShape& shape, const WantedActivities& wanted, const double* matrix, const double* inverse,
                 int first, double* solved, double* columns) {
  const int n = shape.num_inner;
  const double *shared = matrix + shape.first_shared_entry() * Width(),
               *own = matrix + shape.first_peer_entry() * Width();
  for (int k = first; k < wanted.count; ++k) Clear(columns + wanted.at(k) * kColumns * Width(), kColumns);
  for (int i = 0; i < kColumns; ++i) {
    const int p = wanted.at(first + i);
    for (int c = 0; c < n; ++c) {
      V value = hn::Zero(kLanes);
      for (int e = shape.first_met[p]; e < shape.first_met[p + 1]; ++e)
        value = hn::MulAdd(Get(shared, e), Get(inverse, shape.met[e] * n + c), value);
      Put(value, solved, c * kColumns + i);
    }
    for (int e = shape.first_peer[p]; e < shape.first_peer[p + 1]; ++e)
      Put(Get(own, e), columns, shape.peers[e] * kColumns + i);
  }
  for (int k = first; k < wanted.count; ++k) {
    const int q = wanted.at(k);
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

/// The diagonal of N, times the square of the intensity of every load.
void AddDiagonal(const SlotShape& shape, const double* matrix, const double* inverse, const double* intensity,
                 SlotSums* sums) {
  const int n = shape.num_inner;
  const double *shared = matrix + shape.first_shared_entry() * Width(),
               *own = matrix + shape.first_peer_entry() * Width();
  for (int p = 0; p < shape.num_shared; ++p) {
    if (shape.first_peer[p] == shape.first_peer[p + 1]) continue;  // it has no arcs
    V value = Get(own, shape.first_peer[p]);
    for (int e = shape.first_met[p]; e < shape.first_met[p + 1]; ++e) {
      const double* line = inverse + shape.met[e] * n * Width();
      V sum = hn::Zero(kLanes);
      for (int f = shape.first_met[p]; f < e; ++f) sum = hn::MulAdd(Get(shared, f), Get(line, shape.met[f]), sum);
      sum = hn::MulAdd(Get(shared, e), Get(line, shape.met[e]), hn::Add(sum, sum));
      value = hn::MulAdd(Get(shared, e), sum, value);
    }
    for (int e = shape.first_load[p]; e < shape.first_load[p + 1]; ++e) {
      const V weight = Get(intensity, shape.loads[e]);
      sums->diagonal[shape.loads[e]] += Sum(hn::Mul(value, hn::Mul(weight, weight)));
    }
  }
}

/// Adds an entry of N between two chosen activities, by their positions, k >= j, times the chosen loads' intensities.
void AddChosenCurvature(const LoadChoice& choice, const double* intensity, int k, int j, V value, SlotSums* sums) {
  for (int e = choice.first_row[k]; e < choice.first_row[k + 1]; ++e) {
    const int row = choice.rows[e];
    const V scaled = hn::Mul(value, Get(intensity, choice.loads[row]));
    for (int f = choice.first_row[j]; f < choice.first_row[j + 1]; ++f) {
      const int column = choice.rows[f];
      if (k == j && column > row) continue;
      sums->curvature(row, column) += Sum(hn::Mul(scaled, Get(intensity, choice.loads[column])));
    }
  }
}

/// Adds N = N0 - B' C^-1 B, a few columns at a time; `matrix` holds B and N0, `inverse` -C^-1. Scratch: columns of
/// C^-1 B and of N.
void AddByInverse(const SlotShape& shape, const double* matrix, const double* inverse, const double* intensity,
                  double* work, double* solved, double* columns, SlotSums* sums) {
  const LoadChoice* choice = sums->choice;
  if (choice != nullptr) AddDiagonal(shape, matrix, inverse, intensity, sums);
  const WantedActivities wanted =
      choice == nullptr ? WantedActivities{nullptr, shape.num_activities}
                        : WantedActivities{choice->activities.data(), static_cast<int>(choice->activities.size())};
  const auto add = [&](auto count, int first) HWY_ATTR {
    constexpr int kColumns = decltype(count)::value;
    FillColumns<kColumns>(shape, wanted, matrix, inverse, first, solved, columns);
    for (int i = 0; i < kColumns; ++i) {
      for (int k = first + i; k < wanted.count; ++k) {
        const V value = Get(columns, wanted.at(k) * kColumns + i);
        if (choice == nullptr) {
          AddCurvature(shape, intensity, k, first + i, value, work, sums);
        } else {
          AddChosenCurvature(*choice, intensity, k, first + i, value, sums);
        }
      }
    }
  };
  int k = 0;
  for (; k + SlotShape::kColumnsAtOnce <= wanted.count; k += SlotShape::kColumnsAtOnce)
    add(std::integral_constant<int, SlotShape::kColumnsAtOnce>(), k);
  for (; k < wanted.count; ++k) add(std::integral_constant<int, 1>(), k);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace evenkeel
HWY_AFTER_NAMESPACE();

#endif  // per-target include guard
