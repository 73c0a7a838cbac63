// One slot's part of a Newton step of the planner's interior-point method.
//
// With D = x / z, nodes n (gateways and regions) with coefficient kappa[n,a] (1 for the gateway, the resource for the
// region) and node potentials lambda (y of gateways, -pi of regions), the step is
//
//     dx = u - D H' dgamma + D kappa' dlambda,
//     (kappa D kappa' + S) dlambda = rhs + kappa D H' dgamma,        S = s / pi for regions, 0 for gateways.
//
// The larger kind of node is eliminated first, since its block is diagonal; the other is factorised (Cholesky). What is
// left of the slot is its curvature M_t = H D H' - B' (kappa D kappa' + S)^-1 B with B = kappa D H', the only thing
// that couples it to the others.
#pragma once

#include <Eigen/Cholesky>

#include <vector>

#include "robustifiers/slot_data.h"

namespace evenkeel {

/// Lists of arcs by node, fixed for a period.
struct SlotLayout {
  explicit SlotLayout(const SlotData& data);

  int num_outer = 0, num_inner = 0;  ///< nodes eliminated first, nodes factorised
  bool regions_outer = true;
  std::vector<int> outer_of, inner_of;           ///< [arcs], -1 for none
  std::vector<double> outer_kappa, inner_kappa;  ///< [arcs]
  std::vector<int> first_arc, arcs;              ///< arcs by outer node: arcs[first_arc[n] .. first_arc[n + 1])
};

/// Factors of one slot, kept between the predictor and the corrector.
struct SlotFactor {
  Vector outer;           ///< 1 / diagonal of the outer block, [outer]
  Eigen::MatrixXd inner;  ///< lower Cholesky factor, [inner x inner]
};

/// Work space of one thread.
class SlotKernel {
 public:
  SlotKernel(const SlotData& data, const SlotLayout& layout);

  /// Factorises a slot with D `d` [arcs] and node regularisation of the regions `slack_ratio` [regions].
  void Factorise(const double* d, const double* slack_ratio, SlotFactor* factor);
  /// Adds M_t to the lower triangle of `curvature` [loads x loads]; uses what the last Factorise computed.
  void AddCurvature(int t, const double* d, const SlotFactor& factor, Eigen::MatrixXd* curvature);
  /// Solves for the node potentials. `gateway` and `region` hold the right-hand side and receive the solution.
  void SolveNodes(const double* d, const SlotFactor& factor, double* gateway, double* region);

 private:
  const SlotData& data_;
  const SlotLayout& layout_;
  Eigen::MatrixXd inner_matrix_;
  Eigen::MatrixXd reduced_;   // B of the inner nodes after elimination, [inner x loads]
  Vector outer_load_;         // B of one outer node, [loads]
  std::vector<int> touched_;  // its nonzeros
};

}  // namespace evenkeel
