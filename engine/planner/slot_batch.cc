#include "engine/planner/slot_batch.h"

#ifdef __linux__
#include <sys/mman.h>
#include <unistd.h>
#endif

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <numeric>
#include <tuple>

namespace evenkeel {
namespace {

constexpr double kBlocksAreFaster = 3.0;

std::vector<SlotShape::Amount> AmountsOfArc(const PeriodData& data, int a) {
  std::vector<SlotShape::Amount> amounts;
  for (const ActivitySet& set : data.activities) {
    if (set.of_arc[a] >= 0 && set.per_unit[a] != 0.0) amounts.push_back({set.of_arc[a], set.per_unit[a]});
  }
  if (data.work[a] >= 0) amounts.push_back({data.num_activities + data.work[a], 1.0});
  return amounts;
}

/// By outer node, then by activities: sums of both then stay in registers. Last by inner node, whose sums do not.
std::vector<int> OrderOfArcs(const PeriodData& data, const std::vector<int>& outer, const std::vector<int>& inner,
                             const std::vector<std::vector<SlotShape::Amount>>& amounts) {
  const auto less = [](const SlotShape::Amount& l, const SlotShape::Amount& r) {
    return std::tie(l.activity, l.per_unit) < std::tie(r.activity, r.per_unit);
  };
  const auto before = [&](int l, int r) {
    if (outer[l] != outer[r]) return outer[r] < 0 || (outer[l] >= 0 && outer[l] < outer[r]);
    const auto& mine = amounts[l];
    const auto& its = amounts[r];
    if (std::lexicographical_compare(mine.begin(), mine.end(), its.begin(), its.end(), less)) return true;
    if (std::lexicographical_compare(its.begin(), its.end(), mine.begin(), mine.end(), less)) return false;
    return inner[l] < inner[r];
  };
  std::vector<int> order(data.num_arcs);
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), before);
  return order;
}

SlotShape::Link LinkOf(const SlotShape& shape, const SlotShape::Arc& arc) {
  const auto coefficient = [&](bool region) { return region ? arc.resource : 1.0; };
  SlotShape::Link link;
  link.inner = std::max(0, arc.inner);
  link.at_outer = arc.outer < 0 ? 0.0 : coefficient(shape.regions_outer);
  link.at_inner = arc.inner < 0 ? 0.0 : coefficient(!shape.regions_outer);
  link.coupling = link.at_outer * link.at_inner;
  return link;
}

void LayOutArcs(const PeriodData& data, SlotShape* shape) {
  std::vector<std::vector<SlotShape::Amount>> amounts;
  for (int a = 0; a < data.num_arcs; ++a) amounts.push_back(AmountsOfArc(data, a));
  const std::vector<int>& outer = shape->regions_outer ? data.region : data.gateway;
  const std::vector<int>& inner = shape->regions_outer ? data.gateway : data.region;
  const auto same = [](const SlotShape::Amount& l, const SlotShape::Amount& r) {
    return l.activity == r.activity && l.per_unit == r.per_unit;
  };
  shape->first_amount.push_back(0);
  int last = -1;
  for (int a : OrderOfArcs(data, outer, inner, amounts)) {
    SlotShape::Arc arc;
    arc.index = a;
    arc.gateway = data.gateway[a];
    arc.region = data.region[a];
    arc.work = data.work[a];
    arc.outer = outer[a];
    arc.inner = inner[a];
    arc.resource = data.resource[a];
    shape->arcs.push_back(arc);
    shape->links.push_back(LinkOf(*shape, arc));
    shape->links.back().fresh =
        last < 0 || !std::equal(amounts[a].begin(), amounts[a].end(), amounts[last].begin(), amounts[last].end(), same);
    last = a;
    shape->amounts.insert(shape->amounts.end(), amounts[a].begin(), amounts[a].end());
    shape->first_amount.push_back(static_cast<int>(shape->amounts.size()));
  }
  shape->first_arc.assign(shape->num_outer + 2, data.num_arcs);
  for (int a = data.num_arcs - 1; a >= 0; --a) {
    const int node = shape->arcs[a].outer;
    shape->first_arc[node < 0 ? shape->num_outer : node] = a;
  }
  for (int n = shape->num_outer; n >= 0; --n)
    shape->first_arc[n] = std::min(shape->first_arc[n], shape->first_arc[n + 1]);
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

struct RowOfArc {
  int index;
  double coefficient;
};

/// The rows of the matrix that an arc meets, with its coefficients there.
std::vector<RowOfArc> RowsOfArc(const SlotShape& shape, int a) {
  std::vector<RowOfArc> rows;
  const SlotShape::Arc& arc = shape.arcs[a];
  if (arc.inner >= 0) rows.push_back({arc.inner, shape.links[a].at_inner});
  for (int e = shape.first_amount[a]; e < shape.first_amount[a + 1]; ++e)
    rows.push_back({shape.num_inner + shape.amounts[e].activity, shape.amounts[e].per_unit});
  std::sort(rows.begin(), rows.end(), [](const auto& l, const auto& r) { return l.index < r.index; });
  return rows;
}

/// By cell, so that its sum stays in a register.
void LayOutSums(SlotShape* shape) {
  std::map<int, std::vector<SlotShape::Term>> sums;
  for (int a = 0; a < shape->num_arcs; ++a) {
    const std::vector<RowOfArc> rows = RowsOfArc(*shape, a);
    for (std::size_t r = 0; r < rows.size(); ++r) {
      for (std::size_t c = 0; c <= r; ++c) {
        sums[SlotShape::PackedRow(rows[r].index) + rows[c].index].push_back(
            {a, rows[r].coefficient * rows[c].coefficient});
      }
    }
  }
  shape->first_sum.push_back(0);
  for (const auto& [cell, terms] : sums) {
    shape->cells.push_back(cell);
    shape->sums.insert(shape->sums.end(), terms.begin(), terms.end());
    shape->first_sum.push_back(static_cast<int>(shape->sums.size()));
  }
}

void LayOutElimination(SlotShape* shape) {
  for (std::vector<int>* first : {&shape->first_own, &shape->first_touched, &shape->first_weight}) first->push_back(0);
  for (int node = 0; node < shape->num_outer; ++node) {
    std::map<int, std::vector<SlotShape::Term>> touched;
    for (int a = shape->first_arc[node]; a < shape->first_arc[node + 1]; ++a) {
      const double kappa = shape->links[a].at_outer;
      shape->own.push_back({a, kappa * kappa});
      for (const RowOfArc& row : RowsOfArc(*shape, a)) touched[row.index].push_back({a, kappa * row.coefficient});
    }
    for (const auto& [row, terms] : touched) {
      shape->touched.push_back(row);
      shape->weights.insert(shape->weights.end(), terms.begin(), terms.end());
      shape->first_weight.push_back(static_cast<int>(shape->weights.size()));
    }
    shape->first_own.push_back(static_cast<int>(shape->own.size()));
    shape->first_touched.push_back(static_cast<int>(shape->touched.size()));
  }
}

/// Which entries of the activities' packed rows may differ from zero, [packed].
std::vector<char> FilledEntries(const SlotShape& shape) {
  std::vector<char> filled(SlotShape::PackedRow(shape.matrix_rows()));
  for (int cell : shape.cells) filled[cell] = 1;
  for (int node = 0; node < shape.num_outer; ++node) {
    for (int r = shape.first_touched[node]; r < shape.first_touched[node + 1]; ++r) {
      for (int c = shape.first_touched[node]; c <= r; ++c)
        filled[SlotShape::PackedRow(shape.touched[r]) + shape.touched[c]] = 1;
    }
  }
  return filled;
}

/// Where B and N0 may differ from zero, and whether these are so few that C^-1 is worth its cost: in multiplications
/// with an addition, n^3 / 3 for itself, and one per entry of B for each inner node and each activity, against
/// n^2 Q / 2 + n Q^2 / 2, which run in larger blocks.
void LayOutMeetings(SlotShape* shape) {
  const int n = shape->num_inner, rows = shape->matrix_rows(), q = shape->num_activities;
  const std::vector<char> filled = FilledEntries(*shape);
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
  const double inverse = 1.0 / 3.0 * n * n * n + (n + 0.5 * q) * static_cast<double>(shape->met.size());
  shape->few_meetings = kBlocksAreFaster * inverse < 0.5 * n * q * (n + q);
}

/// Puts what activities share with inner nodes and each other side by side.
void CompactEntries(SlotShape* shape) {
  const int n = shape->num_inner;
  std::vector<int> position(SlotShape::PackedRow(shape->matrix_rows()), -1);
  std::iota(position.begin(), position.begin() + SlotShape::PackedRow(n), 0);
  for (int p = 0; p < shape->num_activities; ++p) {
    for (int e = shape->first_met[p]; e < shape->first_met[p + 1]; ++e)
      position[SlotShape::PackedRow(n + p) + shape->met[e]] = shape->first_shared_entry() + e;
    for (int e = shape->first_peer[p]; e < shape->first_peer[p + 1]; ++e)
      position[SlotShape::PackedRow(n + shape->peers[e]) + n + p] = shape->first_peer_entry() + e;
  }
  for (int& cell : shape->cells) cell = position[cell];
  shape->first_target.push_back(0);
  for (int node = 0; node < shape->num_outer; ++node) {
    for (int r = shape->first_touched[node]; r < shape->first_touched[node + 1]; ++r) {
      for (int c = shape->first_touched[node]; c <= r; ++c)
        shape->targets.push_back(position[SlotShape::PackedRow(shape->touched[r]) + shape->touched[c]]);
    }
    shape->first_target.push_back(static_cast<int>(shape->targets.size()));
  }
  shape->matrix_size = shape->first_peer_entry() + static_cast<int>(shape->peers.size());
}

BatchFields LayOutFields(const SlotShape& shape) {
  BatchFields field;
  const auto reserve = [&](int* first, int rows) {
    *first = field.rows;
    field.rows += rows;
  };
  // A block is read from memory in every pass; fields of one pass lie together, those that are hardly used last.
  for (int* f : {&field.cost, &field.dx, &field.dz, &field.x, &field.z, &field.reduced, &field.product})
    reserve(f, shape.num_arcs);
  reserve(&field.outer, shape.num_outer);
  reserve(&field.factor, SlotShape::PackedRow(shape.num_inner));
  for (int* f : {&field.demand, &field.y, &field.dy}) reserve(f, shape.num_gateways);
  for (int* f : {&field.capacity, &field.s, &field.pi, &field.ds, &field.dpi, &field.slack_product})
    reserve(f, shape.num_regions);
  reserve(&field.intensity, shape.num_loads);
  reserve(&field.length, 1);
  reserve(&field.has_reduced, 1);
  for (int* f : {&field.work_y, &field.work_dy, &field.work_done, &field.work_weight, &field.work_response,
                 &field.work_product, &field.work_unit})
    reserve(f, shape.num_classes);
  reserve(&field.work_inner, SlotShape::PackedRow(shape.num_classes));
  reserve(&field.work_cross, shape.num_classes * shape.num_loads);
  reserve(&field.best_x, shape.num_arcs);
  reserve(&field.best_pi, shape.num_regions);
  reserve(&field.best_work_y, shape.num_classes);
  return field;
}

/// Blocks are read from end to end in every pass; with small pages, looking up their addresses is a tenth of the time.
/// Systems may decline.
void AskForLargePages([[maybe_unused]] double* numbers, [[maybe_unused]] std::size_t count) {
#if defined(__linux__) && defined(MADV_HUGEPAGE)
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  void* begin = numbers;
  std::size_t bytes = count * sizeof(double);
  if (std::align(page, page, begin, bytes) != nullptr) madvise(begin, bytes / page * page, MADV_HUGEPAGE);
#endif
}

}  // namespace

SlotShape::SlotShape(const PeriodData& data, std::optional<bool> by_inverse)
    : num_arcs(data.num_arcs),
      num_gateways(data.num_gateways),
      num_regions(data.num_regions),
      num_loads(data.num_loads),
      num_classes(data.num_classes),
      num_shared(data.num_activities),
      num_activities(data.num_activities + data.num_classes),
      num_groups(static_cast<int>(data.groups.size())),
      regions_outer(data.num_regions >= data.num_gateways),
      num_outer(regions_outer ? num_regions : num_gateways),
      num_inner(regions_outer ? num_gateways : num_regions) {
  LayOutArcs(data, this);
  LayOutLoads(data, this);
  LayOutSums(this);
  LayOutElimination(this);
  LayOutMeetings(this);
  few_meetings = by_inverse.value_or(few_meetings);
  matrix_size = PackedRow(matrix_rows());
  if (few_meetings) CompactEntries(this);
  field = LayOutFields(*this);
}

int SlotShape::scratch_rows() const {
  // D, u twice, reciprocals, zeros; right-hand sides of nodes, three times; -y; prices and answers, twice, of
  // activities; an outer node's row; the matrix; sums of loads, twice; N of some batches; the inverse, with its lines
  // behind the matrix, and columns of it and of N
  const int inverse = few_meetings ? num_inner * num_inner + kColumnsAtOnce * (num_inner + num_activities) : 0;
  return 6 * num_arcs + 4 * num_gateways + 3 * num_regions + 3 * num_activities + matrix_rows() + scratch_matrix() +
         2 * num_loads + kept_rows() + inverse;
}

LoadChoice ChooseLoads(const SlotShape& shape, std::vector<int> loads) {
  LoadChoice choice;
  choice.loads = std::move(loads);
  std::vector<std::vector<int>> rows(shape.num_shared);
  for (std::size_t r = 0; r < choice.loads.size(); ++r)
    rows[shape.activity_of_load[choice.loads[r]]].push_back(static_cast<int>(r));
  choice.first_row.push_back(0);
  for (int p = 0; p < shape.num_shared; ++p) {
    if (rows[p].empty()) continue;
    choice.activities.push_back(p);
    choice.rows.insert(choice.rows.end(), rows[p].begin(), rows[p].end());
    choice.first_row.push_back(static_cast<int>(choice.rows.size()));
  }
  return choice;
}

SlotBlocks::SlotBlocks(const PeriodData& data, const SlotShape& shape)
    : num_slots_(data.num_slots),
      width_(BatchWidth()),
      rows_(shape.field.rows),
      count_((data.num_slots + width_ - 1) / width_),
      numbers_(hwy::AllocateAligned<double>(static_cast<std::size_t>(count_) * rows_ * width_)) {
  const std::size_t numbers = static_cast<std::size_t>(count_) * rows_ * width_;
  AskForLargePages(numbers_.get(), numbers);
  std::fill_n(numbers_.get(), numbers, 0.0);
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

void SlotSums::Reset(int num_loads, bool with_curvature, const LoadChoice* chosen) {
  xz = xdz = zdx = dxdz = own_zdx = own_dxdz = primal_ratio = dual_ratio = 0.0;
  cost = dual_value = primal_residual = dual_residual = 0.0;
  has_curvature = with_curvature;
  choice = chosen;
  if (has_curvature) {
    const Eigen::Index rows = choice != nullptr ? static_cast<Eigen::Index>(choice->loads.size()) : num_loads;
    curvature.setZero(rows, rows);
    diagonal.setZero(choice != nullptr ? num_loads : 0);
  }
  for (Vector* v : {&load, &response, &product_response, &unit_response}) v->setZero(num_loads);
}

void SlotSums::FoldCurvature() {
  for (Eigen::Index c = 0; c < curvature.cols(); ++c)
    curvature.col(c).tail(curvature.rows() - c - 1) += curvature.row(c).tail(curvature.cols() - c - 1).transpose();
}

void SlotSums::Add(const SlotSums& other) {
  if (has_curvature) {
    curvature += other.curvature;
    diagonal += other.diagonal;
  }
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
