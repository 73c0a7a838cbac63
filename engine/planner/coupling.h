// The coupling rows of the planner's interior-point method: the variables that all slots share, and the small dense
// system for them.
//
//   norm inf:        w = s - L >= 0,   gamma_b w_b -> 0,   sum_b gamma_b = mu
//   norm in (1,inf): L = tau grad g(gamma),   g(gamma) = sum_b (gamma_b / mu)^(q*) <= 1,   v = 1 - g,   tau v -> 0
//
// The second is the dual form of mu ||L||_q = max { gamma . L : ||gamma||_{q*} <= mu }: smooth also where the norm is
// not, at L = 0.
#pragma once

#include <Eigen/Cholesky>
#include <Eigen/LU>
#include <vector>

#include "engine/planner/period_data.h"

namespace evenkeel {

struct CouplingState {
  Vector load;   ///< L = L0 + sum_t h x_t, [loads]
  Vector price;  ///< gamma > 0, [loads]
  Vector slack;  ///< w > 0 of norms inf, [loads]; unused for others
  Vector bound;  ///< s of norms inf, tau > 0 of others, [groups]
  Vector room;   ///< v > 0 of norms in (1, inf), [groups]; unused for others
};

/// Prices strictly inside the dual set, slacks and multipliers of the loads' own size.
CouplingState StartCoupling(const PeriodData& data, const Vector& load);

/// Lambda, the diagonal that is added to M: w / gamma, and tau g'', [loads].
Vector OwnCurvature(const PeriodData& data, const CouplingState& state);

/// Which loads the system has to see in full. One whose Lambda is far above its own entry of M moves almost by itself:
/// what other prices do to it, and it to theirs, is small, and M's diagonal is enough if what that leaves out is made
/// good by aiming again with what the slots really answer. Where loads are many, few are close to their group's
/// largest, and only those count. By M's diagonal relative to Lambda, both [loads]: all above 1 %, and the next ones
/// down to 1e-8, as long as they are no more than a tenth of all. Ascending.
std::vector<int> CoupledLoads(const Vector& curvature, const Vector& own);

/// What a step aims at: the products w gamma [loads] and tau v [groups].
struct CouplingTarget {
  Vector slack;
  Vector room;
};

/// The shared variables' linear system at a state, given the slots' response dL = response - curvature dgamma:
///
///     (M + diagonal) dgamma + sides dbound = ..,     sides' dgamma - corner dbound = ..
///
/// M may be known in full for some loads only (CoupledLoads). Of the rest it is taken to be diagonal,
/// and they are eliminated term by term.
class CouplingSystem {
 public:
  /// M of the loads `full` (ascending), lower triangle, and the diagonal of M, [loads], which only the rest needs. All
  /// but `full` are used, and must live, until the last Solve.
  CouplingSystem(const PeriodData& data, const CouplingState& state, const Eigen::MatrixXd& curvature,
                 const Vector& curvature_diagonal, std::vector<int> full);

  /// The step of all shared variables. False when the system is singular.
  bool Solve(const Vector& response, const CouplingTarget& target, CouplingState* step) const;

 private:
  Vector SolveShared(const Vector& right) const;
  Vector SolveFull(const Vector& right) const;
  Vector LoadStep(const Vector& response, const Vector& price_step) const;

  const PeriodData& data_;
  const CouplingState& state_;
  const Eigen::MatrixXd& curvature_;
  const Vector& curvature_diagonal_;
  const std::vector<int> full_;
  std::vector<int> rest_;                            // the other loads, ascending
  Vector diagonal_;                                  // w / gamma, or tau g'', [loads]; of the rest, with M's
  Vector gap_;                                       // of the groups' defining equations, [groups]
  Eigen::MatrixXd sides_;                            // [loads x groups]
  Eigen::MatrixXd full_sides_, answers_;             // [full x groups]; answers = (M + diagonal)^-1 sides
  Eigen::LLT<Eigen::MatrixXd, Eigen::Lower> loads_;  // of M + diagonal, when there are many loads
  Eigen::PartialPivLU<Eigen::MatrixXd> all_;         // of the whole system, or of its Schur complement
  bool eliminate_loads_ = false;
};

/// sum_k phi_k(L^k).
double CouplingValue(const PeriodData& data, const Vector& load);

/// By how much the prices leave the dual set, relative to the weights.
double DualSetResidual(const PeriodData& data, const CouplingState& state);

}  // namespace evenkeel
