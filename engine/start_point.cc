#include "engine/start_point.h"

#include <algorithm>
#include <cmath>

namespace evenkeel {
namespace {

class StartPoint {
 public:
  StartPoint(const PeriodData& data, const SlotShape& shape, SlotBlocks* blocks)
      : data_(data), field_(shape.field), blocks_(*blocks), share_(data.num_gateways), used_(data.num_regions) {
    scale_ = std::max(1e-6, data.cost.size() > 0 ? data.cost.cwiseAbs().mean() : 1.0);
  }

  void SetFlows(int t, Vector* activity) {
    share_.setZero();
    used_.setZero();
    activity->setZero();
    for (int a = 0; a < data_.num_arcs; ++a) share_[data_.gateway[a]] += Weight(t, a);
    for (int a = 0; a < data_.num_arcs; ++a) {
      const int region = data_.region[a], gateway = data_.gateway[a];
      const double weight = Weight(t, a);
      const double x = weight > 0.0 ? data_.demand(t, gateway) * weight / share_[gateway] : 0.0;
      blocks_.at(t, field_.x + a) = x;
      if (region >= 0) used_[region] += data_.resource[a] * x;
      for (const ActivitySet& set : data_.activities) {
        if (set.of_arc[a] >= 0) (*activity)[set.of_arc[a]] += set.per_unit[a] * x;
      }
    }
    for (int i = 0; i < data_.num_regions; ++i) {
      const double capacity = data_.capacity(t, i);
      blocks_.at(t, field_.s + i) = capacity > 0.0 ? std::max(capacity - used_[i], 0.05 * capacity) : 0.0;
      blocks_.at(t, field_.pi + i) = capacity > 0.0 ? 0.1 * scale_ : 0.0;
    }
  }

  void SetPrices(int t, const Vector& activity_price) {
    Vector& least = share_;
    least.setConstant(kInfinity);
    for (int a = 0; a < data_.num_arcs; ++a) {
      double cost = data_.cost(t, a);
      if (data_.region[a] >= 0) cost += data_.resource[a] * blocks_.at(t, field_.pi + data_.region[a]);
      for (const ActivitySet& set : data_.activities) {
        if (set.of_arc[a] >= 0) cost += set.per_unit[a] * activity_price[set.of_arc[a]];
      }
      blocks_.at(t, field_.z + a) = cost;
      if (blocks_.at(t, field_.x + a) > 0.0) least[data_.gateway[a]] = std::min(least[data_.gateway[a]], cost);
    }
    for (int j = 0; j < data_.num_gateways; ++j)
      blocks_.at(t, field_.y + j) = std::isinf(least[j]) ? 0.0 : least[j] - 0.1 * scale_;
    for (int a = 0; a < data_.num_arcs; ++a) {
      double& z = blocks_.at(t, field_.z + a);
      z = blocks_.at(t, field_.x + a) > 0.0 ? z - blocks_.at(t, field_.y + data_.gateway[a]) : 1.0;
    }
  }

 private:
  /// Share of the gateway's demand, up to a factor; 0 for arcs that take no part.
  double Weight(int t, int a) const {
    if (data_.demand(t, data_.gateway[a]) <= 0.0) return 0.0;
    return data_.region[a] < 0 ? 1.0 : std::max(0.0, data_.capacity(t, data_.region[a]));
  }

  const PeriodData& data_;
  const BatchFields& field_;
  SlotBlocks& blocks_;
  Vector share_, used_;
  double scale_ = 1.0;
};

}  // namespace

CouplingState SetStartPoint(const PeriodData& data, const SlotShape& shape, SlotBlocks* blocks) {
  StartPoint start(data, shape, blocks);
  Vector load = data.initial_load, activity(data.num_activities);
  for (int t = 0; t < data.num_slots; ++t) {
    start.SetFlows(t, &activity);
    for (int l = 0; l < data.num_loads; ++l) load[l] += data.intensity(t, l) * activity[shape.activity_of_load[l]];
  }
  CouplingState coupling = StartCoupling(data, load);
  for (int t = 0; t < data.num_slots; ++t) {
    activity.setZero();
    for (int l = 0; l < data.num_loads; ++l)
      activity[shape.activity_of_load[l]] += data.intensity(t, l) * coupling.price[l];
    start.SetPrices(t, activity);
  }
  return coupling;
}

double CountPairs(const PeriodData& data, const SlotShape& shape, const SlotBlocks& blocks) {
  double pairs = 0.0;
  for (int t = 0; t < data.num_slots; ++t) {
    for (int a = 0; a < data.num_arcs; ++a) pairs += blocks.at(t, shape.field.x + a) > 0.0 ? 1.0 : 0.0;
    for (int i = 0; i < data.num_regions; ++i) pairs += blocks.at(t, shape.field.s + i) > 0.0 ? 1.0 : 0.0;
  }
  for (const CoupledGroup& group : data.groups) pairs += std::isinf(group.norm) ? group.num_loads : 1.0;
  return pairs;
}

}  // namespace evenkeel
