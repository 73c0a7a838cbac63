#include "engine/planner/slot_batch.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace evenkeel {
namespace {

constexpr double kBlocksAreFaster = 3.0;

/// Diagonal by diagonal of the matrix of gateways and regions, then of that of classes and regions; unserved workload
/// last.
std::vector<int> OrderOfArcs(const PeriodData& data) {
  const int size = std::max({data.num_regions, data.num_gateways, data.num_classes});
  std::vector<int> order(data.num_arcs);
  std::iota(order.begin(), order.end(), 0);
  const auto diagonal = [&](int a) {
    if (data.region[a] < 0) return 2 * size;
    if (data.work[a] >= 0) return size + (data.region[a] - data.work[a] + size) % size;
    return (data.region[a] - data.gateway[a] + size) % size;
  };
  std::stable_sort(order.begin(), order.end(), [&](int l, int r) { return diagonal(l) < diagonal(r); });
  return order;
}

void LayOutArcs(const PeriodData& data, SlotShape* shape) {
  shape->first_amount.push_back(0);
  for (int a : OrderOfArcs(data)) {
    SlotShape::Arc arc;
    arc.index = a;
    arc.gateway = data.gateway[a];
    arc.region = data.region[a];
    arc.work = data.work[a];
    arc.outer = shape->regions_outer ? arc.region : arc.gateway;
    arc.inner = shape->regions_outer ? arc.gateway : arc.region;
    arc.resource = data.resource[a];
    arc.coupling = arc.region < 0 || arc.gateway < 0 ? 0.0 : arc.resource;
    shape->arcs.push_back(arc);
    for (const ActivitySet& set : data.activities) {
      if (set.of_arc[a] >= 0 && set.per_unit[a] != 0.0) shape->amounts.push_back({set.of_arc[a], set.per_unit[a]});
    }
    if (arc.work >= 0) shape->amounts.push_back({shape->num_shared + arc.work, 1.0});
    shape->first_amount.push_back(static_cast<int>(shape->amounts.size()));
  }
}

void LayOutLoads(const PeriodData& data, SlotShape* shape) {
  shape->activity_of_load.resize(data.num_loads);
  std::vector<std::vector<int>> loads(data.num_activities);
  for (const CoupledGroup& group : data.groups) {
    for (int b = 0; b < group.num_loads; ++b) {
      shape->activity_of_load[group.first_load + b] = group.first_activity + b;
      loads[group.first_activity + b].push_back(group.first_load + b);
    }
  }
  shape->first_load.push_back(0);
  for (const std::vector<int>& of_one : loads) {
    shape->loads.insert(shape->loads.end(), of_one.begin(), of_one.end());
    shape->first_load.push_back(static_cast<int>(shape->loads.size()));
  }
}

double NodeCoefficient(const SlotShape& shape, const SlotShape::Arc& arc, bool outer) {
  return outer == shape.regions_outer ? arc.resource : 1.0;
}

/// The rows of the matrix that an arc meets, with its coefficients there.
std::vector<SlotShape::Entry> RowsOfArc(const SlotShape& shape, int a) {
  std::vector<SlotShape::Entry> rows;
  const SlotShape::Arc& arc = shape.arcs[a];
  if (arc.inner >= 0) rows.push_back({arc.inner, NodeCoefficient(shape, arc, false)});
  for (int e = shape.first_amount[a]; e < shape.first_amount[a + 1]; ++e)
    rows.push_back({shape.num_inner + shape.amounts[e].activity, shape.amounts[e].per_unit});
  std::sort(rows.begin(), rows.end(), [](const auto& l, const auto& r) { return l.index < r.index; });
  return rows;
}

void LayOutEntries(SlotShape* shape) {
  shape->first_entry.push_back(0);
  for (int a = 0; a < shape->num_arcs; ++a) {
    const std::vector<SlotShape::Entry> rows = RowsOfArc(*shape, a);
    for (std::size_t r = 0; r < rows.size(); ++r) {
      for (std::size_t c = 0; c <= r; ++c) {
        shape->entries.push_back(
            {SlotShape::PackedRow(rows[r].index) + rows[c].index, rows[r].coefficient * rows[c].coefficient});
      }
    }
    shape->first_entry.push_back(static_cast<int>(shape->entries.size()));
  }
}

void LayOutElimination(SlotShape* shape) {
  std::vector<std::vector<int>> arcs(shape->num_outer);
  for (int a = 0; a < shape->num_arcs; ++a) {
    if (shape->arcs[a].outer >= 0) arcs[shape->arcs[a].outer].push_back(a);
  }
  for (std::vector<int>* first : {&shape->first_own, &shape->first_touched, &shape->first_weight}) first->push_back(0);
  for (const std::vector<int>& mine : arcs) {
    std::vector<int> touched;
    for (int a : mine) {
      for (const SlotShape::Entry& row : RowsOfArc(*shape, a)) touched.push_back(row.index);
    }
    std::sort(touched.begin(), touched.end());
    touched.erase(std::unique(touched.begin(), touched.end()), touched.end());
    for (int a : mine) {
      const double kappa = NodeCoefficient(*shape, shape->arcs[a], true);
      shape->own.push_back({a, 0, kappa * kappa});
      for (const SlotShape::Entry& row : RowsOfArc(*shape, a)) {
        const auto position = std::lower_bound(touched.begin(), touched.end(), row.index) - touched.begin();
        shape->weights.push_back({a, static_cast<int>(position), kappa * row.coefficient});
      }
    }
    shape->touched.insert(shape->touched.end(), touched.begin(), touched.end());
    shape->first_own.push_back(static_cast<int>(shape->own.size()));
    shape->first_touched.push_back(static_cast<int>(shape->touched.size()));
    shape->first_weight.push_back(static_cast<int>(shape->weights.size()));
  }
}

/// Where B and N0 may differ from zero, and whether these are so few that C^-1 is worth its cost: in multiplications
/// with an addition, n^3 for itself, and one per entry of B for each inner node and each activity, against n^2 Q / 2 +
/// n Q^2 / 2, which run in larger blocks.
void LayOutMeetings(SlotShape* shape) {
  const int n = shape->num_inner, rows = shape->matrix_rows(), q = shape->num_activities;
  std::vector<char> filled(SlotShape::PackedRow(rows));
  for (const SlotShape::Entry& entry : shape->entries) filled[entry.index] = 1;
  for (int node = 0; node < shape->num_outer; ++node) {
    for (int r = shape->first_touched[node]; r < shape->first_touched[node + 1]; ++r) {
      for (int c = shape->first_touched[node]; c <= r; ++c)
        filled[SlotShape::PackedRow(shape->touched[r]) + shape->touched[c]] = 1;
    }
  }
  const auto meets = [&](int row, int column) { return filled[SlotShape::PackedRow(row) + column] != 0; };
  shape->first_met.push_back(0);
  shape->first_peer.push_back(0);
  for (int p = n; p < rows; ++p) {
    for (int c = 0; c < n; ++c) {
      if (meets(p, c)) shape->met.push_back(c);
    }
    for (int r = p; r < rows; ++r) {
      if (meets(r, p)) shape->peers.push_back(r - n);
    }
    shape->first_met.push_back(static_cast<int>(shape->met.size()));
    shape->first_peer.push_back(static_cast<int>(shape->peers.size()));
  }
  for (int e = SlotShape::PackedRow(n); e < SlotShape::PackedRow(rows); ++e) {
    if (filled[e]) shape->filled.push_back(e);
  }
  const double inverse = 1.0 * n * n * n + (n + 0.5 * q) * static_cast<double>(shape->met.size());
  shape->few_meetings = kBlocksAreFaster * inverse < 0.5 * n * q * (n + q);
}

BatchFields LayOutFields(const SlotShape& shape) {
  BatchFields field;
  const auto reserve = [&](int* first, int rows) {
    *first = field.rows;
    field.rows += rows;
  };
  for (int* f : {&field.cost, &field.x, &field.z, &field.dx, &field.dz, &field.reduced, &field.product, &field.best_x})
    reserve(f, shape.num_arcs);
  for (int* f : {&field.demand, &field.y, &field.dy}) reserve(f, shape.num_gateways);
  for (int* f : {&field.capacity, &field.s, &field.pi, &field.ds, &field.dpi, &field.slack_product, &field.best_pi})
    reserve(f, shape.num_regions);
  reserve(&field.intensity, shape.num_loads);
  reserve(&field.outer, shape.num_outer);
  reserve(&field.factor, SlotShape::PackedRow(shape.num_inner));
  for (int* f : {&field.work_y, &field.work_dy, &field.best_work_y, &field.work_done, &field.work_weight,
                 &field.work_response, &field.work_product, &field.work_unit})
    reserve(f, shape.num_classes);
  reserve(&field.work_inner, SlotShape::PackedRow(shape.num_classes));
  reserve(&field.work_cross, shape.num_classes * shape.num_loads);
  reserve(&field.length, 1);
  return field;
}

}  // namespace

SlotShape::SlotShape(const PeriodData& data)
    : num_arcs(data.num_arcs),
      num_gateways(data.num_gateways),
      num_regions(data.num_regions),
      num_loads(data.num_loads),
      num_classes(data.num_classes),
      num_shared(data.num_activities),
      num_activities(data.num_activities + data.num_classes),
      num_groups(static_cast<int>(data.groups.size())),
      own_lengths(data.num_classes == 0 && std::all_of(data.groups.begin(), data.groups.end(),
                                                       [](const auto& group) { return std::isinf(group.norm); })),
      regions_outer(data.num_regions >= data.num_gateways),
      num_outer(regions_outer ? num_regions : num_gateways),
      num_inner(regions_outer ? num_gateways : num_regions) {
  LayOutArcs(data, this);
  LayOutLoads(data, this);
  LayOutEntries(this);
  LayOutElimination(this);
  LayOutMeetings(this);
  field = LayOutFields(*this);
}

int SlotShape::scratch_rows() const {
  // D, u twice, reciprocals; right-hand sides of nodes, three times; prices and answers of activities; an outer node's
  // row; the matrix; the inverse with its lines behind the matrix, what activities share, columns of both
  const int inverse = few_meetings ? num_inner * num_inner + static_cast<int>(met.size()) +
                                         kColumnsAtOnce * (num_inner + num_activities)
                                   : 0;
  return 5 * num_arcs + 3 * (num_gateways + num_regions) + 2 * num_activities + matrix_rows() +
         PackedRow(matrix_rows() + (few_meetings ? num_inner : 0)) + inverse;
}

SlotBlocks::SlotBlocks(const PeriodData& data, const SlotShape& shape)
    : num_slots_(data.num_slots),
      width_(BatchWidth()),
      rows_(shape.field.rows),
      count_((data.num_slots + width_ - 1) / width_),
      numbers_(hwy::AllocateAligned<double>(static_cast<std::size_t>(count_) * rows_ * width_)) {
  std::fill_n(numbers_.get(), static_cast<std::size_t>(count_) * rows_ * width_, 0.0);
  const auto copy = [&](const RowMatrix& from, int field) {
    for (int t = 0; t < num_slots_; ++t) {
      for (Eigen::Index c = 0; c < from.cols(); ++c) at(t, field + static_cast<int>(c)) = from(t, c);
    }
  };
  for (int t = 0; t < num_slots_; ++t) {
    for (int a = 0; a < shape.num_arcs; ++a) at(t, shape.field.cost + a) = data.cost(t, shape.arcs[a].index);
  }
  copy(data.intensity, shape.field.intensity);
  copy(data.demand, shape.field.demand);
  copy(data.capacity, shape.field.capacity);
}

RowMatrix SlotBlocks::Read(int field, int columns) const {
  RowMatrix values(num_slots_, columns);
  for (int t = 0; t < num_slots_; ++t) {
    for (int c = 0; c < columns; ++c) values(t, c) = at(t, field + c);
  }
  return values;
}

RowMatrix SlotBlocks::ReadArcs(int field, const SlotShape& shape) const {
  RowMatrix values(num_slots_, shape.num_arcs);
  for (int t = 0; t < num_slots_; ++t) {
    for (int a = 0; a < shape.num_arcs; ++a) values(t, shape.arcs[a].index) = at(t, field + a);
  }
  return values;
}

void SlotSums::Reset(int num_loads, bool with_curvature) {
  xz = xdz = zdx = dxdz = own_zdx = own_dxdz = primal_ratio = dual_ratio = 0.0;
  cost = dual_value = primal_residual = dual_residual = 0.0;
  has_curvature = with_curvature;
  if (has_curvature) curvature.setZero(num_loads, num_loads);
  for (Vector* v : {&load, &response, &product_response, &unit_response}) v->setZero(num_loads);
}

void SlotSums::FoldCurvature() {
  for (Eigen::Index c = 0; c < curvature.cols(); ++c)
    curvature.col(c).tail(curvature.rows() - c - 1) += curvature.row(c).tail(curvature.cols() - c - 1).transpose();
}

void SlotSums::Add(const SlotSums& other) {
  if (has_curvature) curvature += other.curvature;
  load += other.load;
  response += other.response;
  product_response += other.product_response;
  unit_response += other.unit_response;
  xz += other.xz;
  xdz += other.xdz;
  zdx += other.zdx;
  dxdz += other.dxdz;
  own_zdx += other.own_zdx;
  own_dxdz += other.own_dxdz;
  primal_ratio = std::max(primal_ratio, other.primal_ratio);
  dual_ratio = std::max(dual_ratio, other.dual_ratio);
  cost += other.cost;
  dual_value += other.dual_value;
  primal_residual = std::max(primal_residual, other.primal_residual);
  dual_residual = std::max(dual_residual, other.dual_residual);
}

void SlotSums::AddPair(double x, double dx, double z, double dz) {
  primal_ratio = std::max(primal_ratio, -dx / x);
  dual_ratio = std::max(dual_ratio, -dz / z);
  xz += x * z;
  xdz += x * dz;
  zdx += z * dx;
  dxdz += dx * dz;
}

void SlotSums::AddShared(const SlotSums& pairs) {
  const double inside = 1.0 / std::max(1.0, pairs.primal_ratio);
  xz += pairs.xz;
  xdz += pairs.xdz;
  zdx += pairs.zdx;
  dxdz += pairs.dxdz;
  own_zdx += inside * pairs.zdx;
  own_dxdz += inside * pairs.dxdz;
  primal_ratio = std::max(primal_ratio, pairs.primal_ratio);
  dual_ratio = std::max(dual_ratio, pairs.dual_ratio);
}

}  // namespace evenkeel
