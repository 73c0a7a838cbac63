// Slots in batches, one slot per lane of the machine's vectors: every slot of a period has the same network, so the
// same operations are done on several at once. This is the part of a Newton step of the planner's interior-point method
// that belongs to single slots; engine/planner/interior_point.h has the rest.
//
// With D = x / z, node rows K (1 at an arc's gateway, its resource at its region), activities E, S = s / pi at regions
// and 0 at gateways, potentials lambda = (dy, -dpi) and price steps v = E' I dgamma per arc, the step is
//
//     dx = u - D v + D K' dlambda,      (K D K' + S) dlambda = right + K D v,
//
// and the loads answer with I E dx = response - M dgamma, where M = I N I and N is what is left of the slot's matrix
//
//     | K D K' + S    K D E' |
//     | E D K'        E D E' |
//
// once its nodes are eliminated. No two gateways share an arc, nor do two regions, so the more numerous kind of node
// ("outer") is eliminated term by term; the others ("inner") by Cholesky's method. With C the inner nodes' matrix, B
// what activities share with them and N0 with each other, then, N = N0 - B' C^-1 B.
//
// What is done of a class of work that can wait is one more activity, of 1 per unit on the class's arcs, whose price is
// minus its deferral price y_t, the slot's own: N has rows and columns of classes, which stay with the slot, and the
// slots' chain (engine/planner/waiting_chain.h) takes them from there. Where N and responses are said to be of loads,
// they are at fixed deferral prices.
//
// A batch's numbers lie in one block of rows, each with one number per lane; SlotShape says which row is what.
#pragma once

#include <hwy/aligned_allocator.h>

#include <Eigen/Core>
#include <algorithm>
#include <optional>
#include <vector>

#include "engine/planner/period_data.h"

namespace evenkeel {

/// Slots per batch on this machine: the doubles in its longest vector.
int BatchWidth();

/// First row of every field in a batch's block.
struct BatchFields {
  int cost = 0, intensity = 0, demand = 0, capacity = 0;  ///< data: [arcs], [loads], [gateways], [regions]
  int x = 0, z = 0, y = 0, s = 0, pi = 0;                 ///< point: [arcs] x2, [gateways], [regions] x2
  int dx = 0, dz = 0, dy = 0, ds = 0, dpi = 0;            ///< step, as the point
  int reduced = 0;                               ///< dual residuals, [arcs], written where some are not zero ..
  int has_reduced = 0;                           ///< .. which this one row says
  int product = 0, slack_product = 0;            ///< dx dz [arcs], ds dpi [regions] of the predictor
  int outer = 0, factor = 0;                     ///< 1 / pivots [outer]; packed Cholesky rows of the inner nodes
  int best_x = 0, best_pi = 0;                   ///< of the best point so far, [arcs], [regions]
  int work_y = 0, work_dy = 0, best_work_y = 0;  ///< deferral prices [classes], their step, those of the best point
  int work_done = 0, work_weight = 0;            ///< by the present point's flows, [classes]; sum of D of their arcs
  int work_response = 0;                         ///< what classes answer where SlotSums::response is the loads'
  int work_product = 0, work_unit = 0;           ///< the same of the corrector's two parts
  int work_inner = 0;                            ///< N between classes, packed
  int work_cross = 0;                            ///< N I' between classes and loads, [classes x loads]
  int length = 0;                                ///< of the slot's own primal step, one row
  int rows = 0;                                  ///< of a block
};

/// Who meets whom in a slot's matrix, fixed for a period. Lists by arc, node or activity are given by where each part
/// starts: part p of `list` is list[first[p]] .. list[first[p + 1] - 1].
struct SlotShape {
  /// `by_inverse`: `few_meetings`, if it is not to be found out.
  explicit SlotShape(const PeriodData& data, std::optional<bool> by_inverse = std::nullopt);

  struct Arc {
    int index;            ///< in the data
    int gateway, region;  ///< gateway -1: a class's work; region -1: unserved workload
    int work;             ///< the class, -1 for firm demand
    int outer, inner;     ///< the same by role, -1 for none
    double resource;
  };
  /// What loops over arcs read of one. Without a node the coefficient there is 0 and the node any.
  struct Link {
    int inner;
    bool fresh;  ///< its activities are not those of the arc before
    double at_outer, at_inner, coupling;
  };
  struct Amount {  ///< of an activity per unit of flow
    int activity;
    double per_unit;
  };
  struct Term {  ///< of a sum over D
    int arc;
    double coefficient;
  };

  int num_arcs, num_gateways, num_regions, num_loads, num_classes;
  int num_shared;      ///< activities that loads are made of
  int num_activities;  ///< those and the classes'
  int num_groups;
  bool regions_outer;
  int num_outer, num_inner;
  std::vector<Arc> arcs;          ///< by outer node, those without one last; then by activities
  std::vector<Link> links;        ///< by arc
  std::vector<int> first_arc;     ///< by outer node; one more part for arcs without one
  std::vector<int> first_amount;  ///< by arc
  std::vector<Amount> amounts;
  std::vector<int> activity_of_load;
  std::vector<int> first_load;  ///< by shared activity
  std::vector<int> loads;
  std::vector<int> cells;      ///< of the packed matrix of inner nodes and activities, where arcs add to it
  std::vector<int> first_sum;  ///< by cell
  std::vector<Term> sums;
  std::vector<int> first_own;  ///< by outer node: its own pivot
  std::vector<Term> own;
  std::vector<int>
      first_touched;  ///< by outer node: rows of inner nodes (0 ..) and activities (num_inner ..), ascending
  std::vector<int> touched;
  std::vector<int> first_weight;  ///< by touched row: the outer node's row there
  std::vector<Term> weights;
  /// Where activities meet few inner nodes (large networks of little reach), N comes from the inverse of the inner
  /// nodes' matrix, at the entries that are not zero before nodes are eliminated. Of the activities' rows, the matrix
  /// then holds these only, behind C's: those of B in the order of `met`, those of N0 in the order of `peers`.
  bool few_meetings = false;
  int matrix_size = 0;            ///< entries of the matrix
  std::vector<int> first_target;  ///< by outer node, where meetings are few: the entries of its touched rows' pairs
  std::vector<int> targets;
  std::vector<int> first_met;  ///< by activity: inner nodes that it meets
  std::vector<int> met;
  std::vector<int> first_peer;  ///< by activity: activities that it meets, itself and those behind it
  std::vector<int> peers;
  BatchFields field;

  /// Packed lower triangle of the matrix of inner nodes and activities: row r starts at PackedRow(r).
  static constexpr int kColumnsAtOnce = 2;  ///< of N, by the inverse: C^-1 B's then fit into the innermost cache
  static int PackedRow(int r) { return r * (r + 1) / 2; }
  int matrix_rows() const { return num_inner + num_activities; }
  int first_shared_entry() const { return PackedRow(num_inner); }  ///< of B and of N0, where meetings are few
  int first_peer_entry() const { return first_shared_entry() + static_cast<int>(met.size()); }
  /// The first packed row behind the matrix: there, the inverse's are made.
  int first_unit_row() const {
    int row = num_inner;
    while (PackedRow(row) < matrix_size) ++row;
    return row;
  }
  /// Rows of N between shared activities that are kept for several batches, whose M is then summed in registers: few
  /// stay in the inner caches.
  static constexpr int kBatchesAtOnce = 8;
  int kept_rows() const { return num_shared <= 16 ? kBatchesAtOnce * PackedRow(num_shared) : 0; }
  /// Rows of the matrix in scratch, with the inverse's lines behind it.
  int scratch_matrix() const { return few_meetings ? PackedRow(first_unit_row() + num_inner) : matrix_size; }
  /// Rows of scratch that a thread needs.
  int scratch_rows() const;
};

/// Loads whose curvature is added up; of the others, only M's diagonal is. CoupledLoads in engine/planner/coupling.h
/// says which.
struct LoadChoice {
  std::vector<int> loads;       ///< ascending; row r of the curvature is loads[r]
  std::vector<int> activities;  ///< those with a chosen load, ascending
  std::vector<int> first_row;   ///< by position in `activities`: where its part of `rows` starts
  std::vector<int> rows;        ///< of the curvature
};

/// `loads` ascending.
LoadChoice ChooseLoads(const SlotShape& shape, std::vector<int> loads);

/// The blocks of all batches. Lanes beyond the last slot are slots without demand and capacity.
class SlotBlocks {
 public:
  /// Copies the data; the rest is zero.
  SlotBlocks(const PeriodData& data, const SlotShape& shape);

  int count() const { return count_; }
  int width() const { return width_; }  ///< from a slot's row to its next one, in numbers
  double* block(int b) { return numbers_.get() + static_cast<std::size_t>(b) * rows_ * width_; }
  double& at(int t, int row) { return numbers_[Position(t, row)]; }
  double at(int t, int row) const { return numbers_[Position(t, row)]; }
  /// A field of all slots, [slots x columns].
  RowMatrix Read(int field, int columns) const;
  /// A field of the arcs, in the data's order, [slots x arcs].
  RowMatrix ReadArcs(int field, const SlotShape& shape) const;

 private:
  std::size_t Position(int t, int row) const {
    return (static_cast<std::size_t>(t / width_) * rows_ + row) * width_ + t % width_;
  }

  int num_slots_, width_, rows_, count_;
  hwy::AlignedFreeUniquePtr<double[]> numbers_;
};

/// How far to go along a step whose largest -dx / x is `ratio`: at most 1, and short of the boundary by more the sooner
/// it is met, since short steps that end at it stay short.
inline double SafeStepLength(double ratio) {
  constexpr double kLeastOfTheWay = 0.9, kMostOfTheWay = 0.9995;
  const double safe = std::clamp(ratio > 0.0 ? 1.0 / ratio : 1.0, kLeastOfTheWay, kMostOfTheWay);
  return ratio > safe ? safe / ratio : 1.0;
}

/// What batches add up.
struct SlotSums {
  Eigen::MatrixXd curvature;  ///< sum of M, [loads x loads], or of the chosen ones: each pair's entry lies on either
                              ///< side, in parts
  Vector diagonal;            ///< of M, [loads], where loads are chosen
  Vector load;                ///< I E x
  Vector response;            ///< I E dx at the given price step (Factorise: affine, no price step)
  Vector product_response, unit_response;  ///< of the second-order terms, and of complementarity 1 everywhere
  double xz = 0.0, xdz = 0.0, zdx = 0.0, dxdz = 0.0;
  double own_zdx = 0.0, own_dxdz = 0.0;         ///< of every slot's primal step as far as it stays inside
  double primal_ratio = 0.0, dual_ratio = 0.0;  ///< largest -dx / x and -dz / z
  double cost = 0.0, dual_value = 0.0, primal_residual = 0.0, dual_residual = 0.0;

  const LoadChoice* choice = nullptr;  ///< null: all loads
  bool has_curvature = false;          ///< passes that do not factorise leave it alone: it is large
  double* shared = nullptr;  ///< where a batch leaves N between few shared activities, packed; null: adds M at once

  void Reset(int num_loads, bool with_curvature = true, const LoadChoice* chosen = nullptr);
  void Add(const SlotSums& other);
  /// Gathers the curvature in the lower triangle; what is above stays.
  void FoldCurvature();
  /// A complementary pair with its step.
  void AddPair(double x, double dx, double z, double dz);
  /// Adds pairs that are no slot's, as those of one more slot.
  void AddShared(const SlotSums& pairs);
  /// sum x z after steps of these lengths.
  double ComplementarityAt(double primal, double dual) const {
    return xz + primal * zdx + dual * xdz + primal * dual * dxdz;
  }
  /// The same where every slot takes a primal step of its own length.
  double ComplementarityAt(double dual) const { return xz + own_zdx + dual * (xdz + own_dxdz); }
};

/// How to move to the next point before it is factorised.
struct BatchUpdate {
  bool move = false;
  bool keep = false;                ///< store the present point as the best one first
  bool own = false;                 ///< every slot's primal step has its own length
  double primal = 0.0, dual = 0.0;  ///< lengths; `primal` if slots have none of their own
};

// For `count` batches, the first of which lies at `blocks`:

/// Moves, factorises, and adds residuals, loads, curvature and the affine response at fixed prices `price` [loads].
void FactoriseBatches(const SlotShape& shape, const BatchUpdate& update, const double* price, double* blocks, int count,
                      double* scratch, SlotSums* sums);
/// Takes the affine step for `price_step` [loads]; adds its lengths and the two parts of the corrector's response.
void PredictBatches(const SlotShape& shape, const double* price_step, double* blocks, int count, double* scratch,
                    SlotSums* sums);
/// Takes the combined step to complementarity `aim`, less the predictor's products; adds its lengths and response.
void CorrectBatches(const SlotShape& shape, const double* price_step, double aim, double* blocks, int count,
                    double* scratch, SlotSums* sums);

}  // namespace evenkeel
