// The chain of slots that work which can wait makes, in the planner's interior-point method.
//
// Per class and slot, with b in [0, B] left waiting, w = B - b, multipliers z of b >= 0 and v of w >= 0, y the deferral
// price (dual of the balance row) and C the sums over the class's arcs, a Newton step solves
//
//     C dx_t + db_t - db_{t-1} = r_t,      dy_{t+1} - dy_t = dz_t - dv_t - rho_t,      z b, v w -> targets.
//
// With Theta = 1 / (z / b + v / w), q what the targets and rho add up to, the slots' answer C dx = u - N' dgamma + N dy
// (engine/planner/slot_batch.h; N' [classes x loads], N [classes x classes]) leaves
//
//     db_t = Theta_t (q_t + dy_t - dy_{t+1}),
//     (N_t + Theta_t + Theta_{t-1}) dy_t - Theta_t dy_{t+1} - Theta_{t-1} dy_{t-1} = ..,
//
// which is eliminated slot by slot. With G_t what the slots up to t leave of N_t, R = G + Theta is the pivot and
//
//     G_{t+1} = N_{t+1} + Theta R^-1 G.
//
// The difference Theta - Theta R^-1 Theta, which is the same, would lose G where Theta is large: where work waits and
// nothing holds it, Theta grows without bound. For the same reason db comes from R^-1 (g + G (q - dy_{t+1})), and not
// from the difference of prices, where Theta is above G. Where nothing may wait (B = 0), Theta = 0. Behind the last
// slot dy = 0, y = 0: what is left waiting there is nobody's.
#pragma once

#include <Eigen/Core>
#include <vector>

#include "engine/planner/period_data.h"
#include "engine/planner/slot_batch.h"

namespace evenkeel {

class WaitingChain {
 public:
  /// Starts from the flows and deferral prices in `blocks`, strictly inside. All must outlive this. `lost` is what N
  /// may have lost, as a share of D's sum over the class's arcs.
  WaitingChain(const PeriodData& data, const SlotShape& shape, double lost, SlotBlocks* blocks);

  /// Complementary pairs that take part.
  double pairs() const { return pairs_; }
  /// Moves what waits and its multipliers; the deferral prices are moved with the blocks.
  void Move(double primal, double dual);
  /// After FactoriseBatch of all slots: adds residuals and the dual value, takes what the classes answer to prices out
  /// of the curvature (folded, lower triangle), and aims at complementarity 0, the affine step.
  void Factorise(SlotSums* sums);
  /// Aims at complementarity `aim`, less the products of the step before, with the corrector's answers in the blocks.
  void Aim(double aim);
  /// What the loads answer through the deferral prices while their own prices stay, [loads].
  Vector Response();
  /// The step that goes with this step of the loads' prices, [loads]; its deferral prices go to the blocks.
  void Step(const Vector& price_step);
  /// Keeps the products of the step for Aim.
  void KeepProducts();
  void AddPairs(SlotSums* sums) const;
  /// After CorrectBatch of all slots: largest difference between what the slots did and what the balances need,
  /// relative to the most work of a slot.
  double Miss();
  /// The next step aims at that difference too.
  void TakeMiss();
  /// Aims as before the last TakeMiss.
  void TakeBack() { right_ = last_right_; }

 private:
  double* Row(std::vector<double>* rows, int t) const {
    return rows->data() + static_cast<std::size_t>(t) * num_classes_;
  }
  double* Matrix(std::vector<double>* rows, int t) const {
    return rows->data() + static_cast<std::size_t>(t) * num_classes_ * num_classes_;
  }
  void Start();
  void Gather(int t);
  void Measure(int t, SlotSums* sums);
  template <int kClasses>
  void Pivot(int t);
  void Border(int t);
  void SubtractPanel(SlotSums* sums);
  void Solve();
  template <int kClasses>
  void Forward();
  template <int kClasses>
  void Backward();

  const PeriodData& data_;
  const SlotShape& shape_;
  SlotBlocks& blocks_;
  int num_slots_, num_classes_, num_loads_;
  double lost_;
  double pairs_ = 0.0, scale_;  // most work of a slot
  // [slots x classes]: point, step, products, targets over b and w, Theta, residuals, right-hand sides, R^-1 g,
  // 1 where Theta is above G
  std::vector<double> b_, w_, z_, v_, db_, dw_, dz_, dv_, product_b_, product_w_, target_b_, target_w_, theta_, left_,
      rho_, base_, right_, driven_, q_, dy_, solved_, waits_, miss_, last_right_;
  // [slots x classes x classes]: Cholesky rows of R with reciprocal diagonals, R^-1 G, R^-1 Theta
  std::vector<double> factor_, ahead_, along_;
  Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> cross_;  // N', [slots classes x loads]
  std::vector<double> g_, weight_;                                                // of the slot at hand
  RowMatrix border_, panel_;
  int panel_rows_ = 0;
};

}  // namespace evenkeel
