#include "engine/planner/start_point.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace evenkeel {
namespace {

constexpr int kRounds = 10;
constexpr double kFullest = 0.9;           // a region's use that counts as inside, relative to its capacity
constexpr double kTarget = 0.8;            // the use that is aimed at where it is more
constexpr double kCapacityPrice = 0.5;     // of the mean cost
constexpr double kLeastReducedCost = 0.1;  // of the mean cost

/// What is done of every class in every slot, [slots x classes], when each arrival is spread evenly over the slots from
/// its own to the one in which it is due: strictly inside all windows. First in, first out, arrivals meet dues.
RowMatrix SpreadWork(const PeriodData& data) {
  const int slots = data.num_slots;
  RowMatrix spread = RowMatrix::Zero(slots, data.num_classes);
  Vector arrived(slots), done(slots);
  for (int k = 0; k < data.num_classes; ++k) {
    std::partial_sum(data.arrival.col(k).begin(), data.arrival.col(k).end(), arrived.begin());
    const Vector due = arrived - data.room.col(k);
    done.setZero();
    double taken = 0.0;
    int last = 0;  // `slots` for what need not be done at all
    for (int s = 0; s < slots; ++s) {
      last = std::max(last, s);
      while (taken < arrived[s]) {
        while (last < slots && due[last] <= taken) ++last;
        const double end = last < slots ? std::min(arrived[s], due[last]) : arrived[s];
        done.segment(s, std::min(last + 1, slots) - s).array() += (end - taken) / (last - s + 1);
        taken = end;
      }
    }
    spread.col(k) = done;
  }
  return spread;
}

class StartPoint {
 public:
  StartPoint(const PeriodData& data, const SlotShape& shape, SlotBlocks* blocks)
      : data_(data),
        shape_(shape),
        field_(shape.field),
        blocks_(*blocks),
        amount_(data.num_gateways + data.num_classes),
        share_(data.num_gateways + data.num_classes),
        used_(data.num_regions) {
    spread_ = SpreadWork(data);
    scale_ = std::max(1e-6, data.cost.size() > 0 ? data.cost.cwiseAbs().mean() : 1.0);
  }

  /// Splits demand in proportion to the regions' capacities, and moves it away from regions that get too much.
  void SetFlows(int t, Vector* activity) {
    appeal_ = data_.capacity.row(t).transpose().cwiseMax(0.0);
    amount_ << data_.demand.row(t).transpose(), spread_.row(t).transpose();
    for (int round = 0; round < kRounds && !Split(t); ++round) {
      for (int i = 0; i < data_.num_regions; ++i) {
        const double most = kFullest * data_.capacity(t, i);
        if (used_[i] > most) appeal_[i] *= kTarget / kFullest * most / used_[i];
      }
    }
    activity->setZero();
    for (int a = 0; a < shape_.num_arcs; ++a) {
      for (int e = shape_.first_amount[a]; e < shape_.first_amount[a + 1]; ++e)
        (*activity)[shape_.amounts[e].activity] += shape_.amounts[e].per_unit * blocks_.at(t, field_.x + a);
    }
    for (int i = 0; i < data_.num_regions; ++i) {
      const double capacity = data_.capacity(t, i);
      blocks_.at(t, field_.s + i) = capacity > 0.0 ? std::max(capacity - used_[i], (1.0 - kFullest) * capacity) : 0.0;
      blocks_.at(t, field_.pi + i) = capacity > 0.0 ? kCapacityPrice * scale_ : 0.0;
    }
  }

  /// `activity_price` is 0 for classes.
  void SetPrices(int t, const Vector& activity_price) {
    Vector& least = share_;
    least.setConstant(kInfinity);
    for (int a = 0; a < shape_.num_arcs; ++a) {
      const SlotShape::Arc& arc = shape_.arcs[a];
      double cost = blocks_.at(t, field_.cost + a);
      if (arc.region >= 0) cost += arc.resource * blocks_.at(t, field_.pi + arc.region);
      for (int e = shape_.first_amount[a]; e < shape_.first_amount[a + 1]; ++e)
        cost += shape_.amounts[e].per_unit * activity_price[shape_.amounts[e].activity];
      blocks_.at(t, field_.z + a) = cost;
      if (blocks_.at(t, field_.x + a) > 0.0) least[Source(arc)] = std::min(least[Source(arc)], cost);
    }
    for (Eigen::Index j = 0; j < least.size(); ++j)
      least[j] = std::isinf(least[j]) ? 0.0 : least[j] - kLeastReducedCost * scale_;
    for (int j = 0; j < data_.num_gateways; ++j) blocks_.at(t, field_.y + j) = least[j];
    for (int k = 0; k < data_.num_classes; ++k) blocks_.at(t, field_.work_y + k) = least[data_.num_gateways + k];
    for (int a = 0; a < shape_.num_arcs; ++a) {
      double& z = blocks_.at(t, field_.z + a);
      z = blocks_.at(t, field_.x + a) > 0.0 ? z - least[Source(shape_.arcs[a])] : 1.0;
    }
  }

 private:
  /// Gateways, then classes.
  int Source(const SlotShape::Arc& arc) const { return arc.gateway >= 0 ? arc.gateway : data_.num_gateways + arc.work; }

  /// Share of the gateway's demand, up to a factor; 0 for arcs that take no part.
  double Weight(const SlotShape::Arc& arc) const {
    if (amount_[Source(arc)] <= 0.0) return 0.0;
    return arc.region < 0 ? 1.0 : appeal_[arc.region];
  }

  /// Whether every region keeps some room.
  bool Split(int t) {
    share_.setZero();
    used_.setZero();
    for (const SlotShape::Arc& arc : shape_.arcs) share_[Source(arc)] += Weight(arc);
    for (int a = 0; a < shape_.num_arcs; ++a) {
      const SlotShape::Arc& arc = shape_.arcs[a];
      const double weight = Weight(arc);
      const double x = weight > 0.0 ? amount_[Source(arc)] * weight / share_[Source(arc)] : 0.0;
      blocks_.at(t, field_.x + a) = x;
      if (arc.region >= 0) used_[arc.region] += arc.resource * x;
    }
    return (used_.array() <= kFullest * data_.capacity.row(t).transpose().array()).all();
  }

  const PeriodData& data_;
  const SlotShape& shape_;
  const BatchFields& field_;
  SlotBlocks& blocks_;
  RowMatrix spread_;
  Vector amount_, share_, used_, appeal_;
  double scale_ = 1.0;
};

}  // namespace

CouplingState SetStartPoint(const PeriodData& data, const SlotShape& shape, SlotBlocks* blocks) {
  StartPoint start(data, shape, blocks);
  Vector load = data.initial_load, activity(shape.num_activities);
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
