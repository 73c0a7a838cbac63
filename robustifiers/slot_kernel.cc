#include "robustifiers/slot_kernel.h"

#include <cmath>

namespace evenkeel {

SlotLayout::SlotLayout(const SlotData& data) {
  regions_outer = data.num_regions >= data.num_gateways;
  num_outer = regions_outer ? data.num_regions : data.num_gateways;
  num_inner = regions_outer ? data.num_gateways : data.num_regions;
  outer_of = regions_outer ? data.region : data.gateway;
  inner_of = regions_outer ? data.gateway : data.region;
  outer_kappa.assign(data.num_arcs, 1.0);
  inner_kappa.assign(data.num_arcs, 1.0);
  std::vector<double>& of_region = regions_outer ? outer_kappa : inner_kappa;
  for (int a = 0; a < data.num_arcs; ++a) of_region[a] = data.resource[a];
  first_arc.push_back(0);
  for (int n = 0; n < num_outer; ++n) {
    for (int a = 0; a < data.num_arcs; ++a) {
      if (outer_of[a] == n) arcs.push_back(a);
    }
    first_arc.push_back(static_cast<int>(arcs.size()));
  }
}

SlotKernel::SlotKernel(const SlotData& data, const SlotLayout& layout)
    : data_(data),
      layout_(layout),
      inner_matrix_(layout.num_inner, layout.num_inner),
      reduced_(layout.num_inner, data.num_loads),
      outer_load_(Vector::Zero(data.num_loads)) {}

void SlotKernel::Factorise(const double* d, const double* slack_ratio, SlotFactor* factor) {
  const SlotLayout& layout = layout_;
  inner_matrix_.setZero();
  factor->outer.resize(layout.num_outer);
  for (int a = 0; a < data_.num_arcs; ++a) {
    const int n = layout.inner_of[a];
    if (n >= 0) inner_matrix_(n, n) += layout.inner_kappa[a] * layout.inner_kappa[a] * d[a];
  }
  if (!layout.regions_outer) {
    for (int i = 0; i < layout.num_inner; ++i) inner_matrix_(i, i) += slack_ratio[i];
  }
  for (int n = 0; n < layout.num_outer; ++n) {
    double diagonal = layout.regions_outer ? slack_ratio[n] : 0.0;
    for (int p = layout.first_arc[n]; p < layout.first_arc[n + 1]; ++p) {
      const int a = layout.arcs[p];
      diagonal += layout.outer_kappa[a] * layout.outer_kappa[a] * d[a];
    }
    const double inverse = diagonal > 0.0 ? 1.0 / diagonal : 0.0;  // a node without active arcs has no say
    factor->outer[n] = inverse;
    for (int p = layout.first_arc[n]; p < layout.first_arc[n + 1]; ++p) {
      const int a = layout.arcs[p], row = layout.inner_of[a];
      if (row < 0 || d[a] == 0.0) continue;
      const double scaled = layout.outer_kappa[a] * layout.inner_kappa[a] * d[a] * inverse;
      for (int r = layout.first_arc[n]; r <= p; ++r) {
        const int b = layout.arcs[r], column = layout.inner_of[b];
        if (column < 0) continue;
        const double entry = scaled * layout.outer_kappa[b] * layout.inner_kappa[b] * d[b];
        inner_matrix_(std::max(row, column), std::min(row, column)) -= row == column && r != p ? 2.0 * entry : entry;
      }
    }
  }
  // A node that lost all its weight would make the pivot vanish; its potential is then arbitrary, and zero does.
  factor->inner = inner_matrix_;
  for (int n = 0; n < layout.num_inner; ++n) {
    auto& lower = factor->inner;
    double pivot = lower(n, n) - lower.row(n).head(n).squaredNorm();
    const double root = pivot > 1e-14 * std::abs(inner_matrix_(n, n)) && pivot > 0.0 ? std::sqrt(pivot) : 1e64;
    lower(n, n) = root;
    const int below = layout.num_inner - n - 1;
    if (below == 0) continue;
    if (n > 0)
      lower.col(n).tail(below).noalias() -= lower.bottomLeftCorner(below, n) * lower.row(n).head(n).transpose();
    lower.col(n).tail(below) /= root;
  }
}

void SlotKernel::AddCurvature(int t, const double* d, const SlotFactor& factor, Eigen::MatrixXd* curvature) {
  if (data_.num_loads == 0) return;
  const SlotLayout& layout = layout_;
  reduced_.setZero();
  // H D H' and the inner part of B.
  for (std::size_t g = 0; g < data_.groups.size(); ++g) {
    const SlotGroup& group = data_.groups[g];
    for (int a = 0; a < data_.num_arcs; ++a) {
      const int load = group.load_of_arc[a];
      if (load < 0) continue;
      const double weighted = d[a] * data_.load[g](t, a);
      if (layout.inner_of[a] >= 0) reduced_(layout.inner_of[a], load) += layout.inner_kappa[a] * weighted;
      for (std::size_t f = 0; f <= g; ++f) {
        const int other = data_.groups[f].load_of_arc[a];
        (*curvature)(load, other) += weighted * data_.load[f](t, a);
      }
    }
  }
  // Minus what the outer nodes take, node by node.
  for (int n = 0; n < layout.num_outer; ++n) {
    touched_.clear();
    for (int p = layout.first_arc[n]; p < layout.first_arc[n + 1]; ++p) {
      const int a = layout.arcs[p];
      for (std::size_t g = 0; g < data_.groups.size(); ++g) {
        const int load = data_.groups[g].load_of_arc[a];
        const double entry = load < 0 ? 0.0 : layout.outer_kappa[a] * d[a] * data_.load[g](t, a);
        if (entry == 0.0) continue;
        if (outer_load_[load] == 0.0) touched_.push_back(load);
        outer_load_[load] += entry;
      }
    }
    const double inverse = factor.outer[n];
    for (int row : touched_) {
      const double scaled = outer_load_[row] * inverse;
      for (int column : touched_) {
        if (column <= row) (*curvature)(row, column) -= scaled * outer_load_[column];
      }
    }
    for (int p = layout.first_arc[n]; p < layout.first_arc[n + 1]; ++p) {
      const int a = layout.arcs[p], inner = layout.inner_of[a];
      if (inner < 0 || d[a] == 0.0) continue;
      const double scaled = layout.outer_kappa[a] * layout.inner_kappa[a] * d[a] * inverse;
      for (int load : touched_) reduced_(inner, load) -= scaled * outer_load_[load];
    }
    for (int load : touched_) outer_load_[load] = 0.0;
  }
  factor.inner.triangularView<Eigen::Lower>().solveInPlace(reduced_);
  curvature->selfadjointView<Eigen::Lower>().rankUpdate(reduced_.transpose(), -1.0);
}

void SlotKernel::SolveNodes(const double* d, const SlotFactor& factor, double* gateway, double* region) {
  const SlotLayout& layout = layout_;
  double* outer = layout.regions_outer ? region : gateway;
  double* inner = layout.regions_outer ? gateway : region;
  for (int a = 0; a < data_.num_arcs; ++a) {
    const int n = layout.outer_of[a], m = layout.inner_of[a];
    if (n < 0 || m < 0) continue;
    inner[m] -= layout.outer_kappa[a] * layout.inner_kappa[a] * d[a] * factor.outer[n] * outer[n];
  }
  Eigen::Map<Vector> solution(inner, layout.num_inner);
  factor.inner.triangularView<Eigen::Lower>().solveInPlace(solution);
  factor.inner.triangularView<Eigen::Lower>().transpose().solveInPlace(solution);
  for (int a = 0; a < data_.num_arcs; ++a) {
    const int n = layout.outer_of[a], m = layout.inner_of[a];
    if (n < 0 || m < 0) continue;
    outer[n] -= layout.outer_kappa[a] * layout.inner_kappa[a] * d[a] * inner[m];
  }
  for (int n = 0; n < layout.num_outer; ++n) outer[n] *= factor.outer[n];
}

}  // namespace evenkeel
