#include "engine/dispatch/general_simplex.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "models/base/error.h"

namespace evenkeel {
namespace {

constexpr double kPivotTolerance = 1e-9;  // smaller entries of a direction do not block
constexpr int kSparse = 4;  // a direction with fewer nonzeros than one in kSparse is followed entry by entry

}  // namespace

GeneralSimplex::GeneralSimplex(const Problem& problem)
    : num_arcs_(problem.num_arcs()),
      num_regions_(problem.network.num_regions()),
      num_gateways_(problem.network.num_gateways()),
      shedding_(problem.shed_cost.has_value()),
      first_(problem.arcs.first_of_gateway),
      shed_cost_per_unit_(problem.shed_cost.value_or(0.0)),
      pricing_(num_gateways_, std::max(4, num_gateways_ / 4)) {
  for (const Arc& arc : problem.arcs.arcs) {
    region_.push_back(arc.region);
    resource_.push_back(arc.resource);
  }
  zero_cost_ = Vector::Zero(num_arcs_);
  inverse_.resize(num_regions_, num_regions_);
  lambda_.resize(num_regions_);
  value_.resize(num_regions_);
  basic_.resize(num_regions_);
  gateway_at_.resize(num_regions_);
  key_.resize(num_gateways_);
  key_value_.resize(num_gateways_);
  direction_.resize(num_regions_);
  key_rate_ = Vector::Zero(num_gateways_);
  touched_.reserve(num_gateways_ + num_regions_ + 1);
  support_.reserve(num_regions_);
  saturated_.reserve(num_regions_);
  room_.resize(num_regions_);
  row_.resize(num_regions_);
  capacity_price_ = Vector::Zero(num_regions_);
}

DispatchResult GeneralSimplex::Solve(const Vector& cost, const Slot& slot, Allocation* allocation, double cost_scale,
                                     DispatchStart start) {
  EVENKEEL_CHECK_EQ(cost.size(), num_arcs_);
  EVENKEEL_CHECK(cost.allFinite());
  pivots_ = 0;
  artificials_fixed_ = false;
  cost_ = cost.data();
  shed_cost_value_ = cost_scale * shed_cost_per_unit_;
  shed_cost_ = shed_cost_value_;
  double scale = shedding_ ? std::abs(shed_cost_) : 0.0;
  if (num_arcs_ > 0) scale = std::max(scale, cost.cwiseAbs().maxCoeff());
  tolerance_ = kRelativeOptimality * scale;
  if (start == DispatchStart::kCold || !StartFromLastBasis(slot)) StartGreedily(slot);
  pricing_.Restart(start);
  degenerate_ = 0;
  DispatchResult result;
  const double negligible = 1e-12 * slot.demand.sum();
  if (!shedding_ && ShedTotal() > negligible) {
    cost_ = zero_cost_.data();
    shed_cost_ = 1.0;
    const double phase_two_tolerance = std::exchange(tolerance_, kPivotTolerance);
    const bool done = Optimise();
    if (done && ShedTotal() > 1e-9 * slot.demand.sum()) result.status = DispatchStatus::kInfeasible;
    if (!done) result.status = DispatchStatus::kNotConverged;
    cost_ = cost.data();
    tolerance_ = phase_two_tolerance;
  }
  if (!shedding_) {
    shed_cost_ = 0.0;
    artificials_fixed_ = true;
  }
  if (result.status == DispatchStatus::kOptimal && !Optimise()) result.status = DispatchStatus::kNotConverged;
  RefreshValues(slot);
  RefreshMultipliers();
  capacity_price_ = (-lambda_).cwiseMax(0.0);
  Extract(allocation);
  pivots_of_basis_ += pivots_;
  result.pivots = pivots_;
  result.cost = cost.dot(allocation->flow) + (shedding_ ? shed_cost_value_ * allocation->shed.sum() : 0.0);
  return result;
}

void GeneralSimplex::StartGreedily(const Slot& slot) {
  inverse_.setIdentity();
  room_ = slot.capacity;
  std::fill(basic_.begin(), basic_.end(), kSlack);
  std::fill(gateway_at_.begin(), gateway_at_.end(), -1);
  for (int j = 0; j < num_gateways_; ++j) AssignGreedily(j, slot.demand[j]);
  RefreshValues(slot);
  RefreshMultipliers();
  pivots_of_basis_ = 0;
}

/// False where the basis is not feasible for the slot, or its inverse has been updated so often that it is better made
/// anew.
bool GeneralSimplex::StartFromLastBasis(const Slot& slot) {
  if (pivots_of_basis_ < 0 || pivots_of_basis_ > num_regions_ + num_gateways_) return false;
  RefreshValues(slot);
  RefreshMultipliers();
  const double rounding = kRelativeRounding * (slot.demand.sum() + slot.capacity.sum());
  return value_.minCoeff() >= -rounding && key_value_.minCoeff() >= -rounding;
}

/// Gives the gateway its cheapest arcs with room left; the last one becomes its key, those that filled their region
/// take the place of the region's slack.
void GeneralSimplex::AssignGreedily(int gateway, double demand) {
  double left = demand;
  saturated_.clear();
  while (true) {
    int best = -1;
    for (int a = first_[gateway]; a < first_[gateway + 1]; ++a) {
      if (room_[region_[a]] > 0.0 && (best < 0 || cost_[a] < cost_[best])) best = a;
    }
    if (best < 0 || (shedding_ && shed_cost_value_ < cost_[best])) {
      key_[gateway] = ShedArc(gateway);
      break;
    }
    double& room = room_[region_[best]];
    if (left * resource_[best] <= room) {
      room -= left * resource_[best];
      key_[gateway] = best;
      break;
    }
    left -= room / resource_[best];
    room = 0.0;
    saturated_.push_back(best);
  }
  SaturateInto(gateway);
}

void GeneralSimplex::SaturateInto(int gateway) {
  for (int arc : saturated_) {
    const int position = region_[arc];
    ComputeDirection({arc, gateway, region_[arc], 0.0});
    UpdateInverse(position);
    basic_[position] = arc;
    gateway_at_[position] = gateway;
  }
}

/// lambda = (costs of the basic columns relative to their keys) W^-1
void GeneralSimplex::RefreshMultipliers() {
  for (int p = 0; p < num_regions_; ++p) {
    direction_[p] = gateway_at_[p] < 0 ? 0.0 : Cost(basic_[p]) - Cost(key_[gateway_at_[p]]);
  }
  lambda_.noalias() = inverse_.transpose() * direction_;
}

/// Basic values from scratch: W value = capacity - (all demand on its key), key = demand - the gateway's other basic
/// arcs.
void GeneralSimplex::RefreshValues(const Slot& slot) {
  room_ = slot.capacity;
  for (int j = 0; j < num_gateways_; ++j) {
    key_value_[j] = slot.demand[j];
    const int region = RegionOf(key_[j]);
    if (region >= 0) room_[region] -= ResourceOf(key_[j]) * slot.demand[j];
  }
  value_.noalias() = inverse_ * room_;
  for (int p = 0; p < num_regions_; ++p) {
    if (gateway_at_[p] >= 0) key_value_[gateway_at_[p]] -= value_[p];
  }
}

bool GeneralSimplex::Optimise() {
  RefreshMultipliers();
  pricing_.Clear();
  const int limit = 1000 + 50 * (num_gateways_ + num_regions_);
  Column entering;
  Leaving leaving;
  for (int i = 0; i < limit; ++i) {
    if (!FindEntering(&entering)) return true;
    ComputeDirection(entering);
    ComputeKeyRates(entering.gateway);
    if (!FindLeaving(&leaving)) return false;  // every column is bounded by its demand row: only rounding leads here
    Pivot(entering, leaving);
    ++pivots_;
  }
  return false;
}

/// Partial pricing; under Bland's rule simply the first improving arc.
bool GeneralSimplex::FindEntering(Column* entering) {
  if (UseBland()) {
    pricing_.Clear();
    for (int j = 0; j < num_gateways_; ++j) {
      if (FindInGateway(j, entering)) return true;
    }
    return FindSlack(entering);
  }
  const auto find_in_gateway = [this](int j, Column* found) { return FindInGateway(j, found); };
  const auto reduced_cost = [this](const Column& candidate) {
    const double capacity = candidate.region < 0 ? 0.0 : lambda_[candidate.region] * ResourceOf(candidate.arc);
    return Cost(candidate.arc) - capacity - KeyCost(candidate.gateway);
  };
  return pricing_.Find(tolerance_, find_in_gateway, reduced_cost, entering) || FindSlack(entering);
}

bool GeneralSimplex::FindSlack(Column* entering) const {
  for (int i = 0; i < num_regions_; ++i) {
    if (lambda_[i] <= tolerance_ || basic_[i] == kSlack) continue;
    *entering = {kSlack, -1, i, -lambda_[i]};
    return true;
  }
  return false;
}

/// What a unit of the gateway's workload costs now: its key's cost at the capacity prices.
double GeneralSimplex::KeyCost(int gateway) const {
  const int region = RegionOf(key_[gateway]);
  return Cost(key_[gateway]) - (region < 0 ? 0.0 : lambda_[region] * ResourceOf(key_[gateway]));
}

bool GeneralSimplex::FindInGateway(int gateway, Column* entering) const {
  const double key_cost = KeyCost(gateway);
  const int begin = first_[gateway], end = first_[gateway + 1];
  double best = key_cost - tolerance_;
  int arc = -1;
  const bool bland = UseBland();
  for (int a = begin; a < end; ++a) {
    const double reduced = cost_[a] - lambda_[region_[a]] * resource_[a];
    if (reduced >= best) continue;
    best = reduced;
    arc = a;
    if (bland) break;
  }
  if (!artificials_fixed_ && shed_cost_ < best) {
    best = shed_cost_;
    arc = ShedArc(gateway);
  }
  if (arc < 0) return false;
  *entering = {arc, gateway, RegionOf(arc), best - key_cost};
  return true;
}

void GeneralSimplex::ComputeDirection(const Column& entering) {
  if (entering.region < 0) {
    direction_.setZero();
  } else {
    direction_ = (entering.arc == kSlack ? 1.0 : ResourceOf(entering.arc)) * inverse_.col(entering.region);
  }
  const int key = entering.arc == kSlack ? kSlack : key_[entering.gateway];
  if (key != kSlack && RegionOf(key) >= 0) direction_ -= ResourceOf(key) * inverse_.col(RegionOf(key));
  support_.clear();
  for (int p = 0; p < num_regions_; ++p) {
    if (direction_[p] != 0.0) support_.push_back(p);
  }
}

/// How fast every key falls per unit of the entering variable: its own gateway's by one, others by what their arcs give
/// back.
void GeneralSimplex::ComputeKeyRates(int entering_gateway) {
  for (int gateway : touched_) key_rate_[gateway] = 0.0;
  touched_.clear();
  if (entering_gateway >= 0) {
    key_rate_[entering_gateway] = 1.0;
    touched_.push_back(entering_gateway);
  }
  for (int p : support_) {
    const int gateway = gateway_at_[p];
    if (gateway < 0) continue;
    if (key_rate_[gateway] == 0.0) touched_.push_back(gateway);  // may list a gateway twice, which harms nobody
    key_rate_[gateway] -= direction_[p];
  }
}

/// Ratio test over the working basis and the keys. Among equal steps the largest pivot wins; under Bland's rule the
/// lowest index.
bool GeneralSimplex::FindLeaving(Leaving* leaving) const {
  const bool bland = UseBland();
  leaving->step = kInfinity;
  int leaving_index = -1;
  const auto consider = [&](int arc, int index, double value, double rate, int position, int gateway) {
    const bool fixed = artificials_fixed_ && IsShed(arc);
    if (fixed ? std::abs(rate) <= kPivotTolerance : rate <= kPivotTolerance) return;
    const double step = fixed ? 0.0 : std::max(0.0, value) / rate;
    const bool tie = step == leaving->step;
    if (step > leaving->step || (tie && (bland ? index > leaving_index : std::abs(rate) <= std::abs(leaving->pivot))))
      return;
    *leaving = {position, gateway, step, rate};
    leaving_index = index;
  };
  for (int p : support_) {
    const bool slack = basic_[p] == kSlack;
    consider(basic_[p], slack ? num_arcs_ + num_gateways_ + p : basic_[p], value_[p], direction_[p], p, -1);
  }
  for (int gateway : touched_)
    consider(key_[gateway], key_[gateway], key_value_[gateway], key_rate_[gateway], -1, gateway);
  return leaving->step < kInfinity;
}

void GeneralSimplex::Pivot(const Column& entering, const Leaving& leaving) {
  const double step = leaving.step;
  degenerate_ = step > 0.0 ? 0 : degenerate_ + 1;
  for (int p : support_) value_[p] -= step * direction_[p];
  for (int gateway : touched_) {
    key_value_[gateway] -= step * std::exchange(key_rate_[gateway], 0.0);
  }
  touched_.clear();
  int position = leaving.position;
  if (position < 0) {
    position = FindPositionOf(leaving.gateway);
    if (position < 0) {  // the entering arc is the only other one of this gateway: it becomes the key, W stays as it is
      key_[leaving.gateway] = entering.arc;
      key_value_[leaving.gateway] = step;
      return;
    }
    PromoteToKey(leaving.gateway, position);
    direction_[position] = leaving.pivot;
  }
  // lambda moves along the pivot row until the entering column's reduced cost is zero.
  lambda_ += (entering.reduced_cost / direction_[position]) * inverse_.row(position).transpose();
  UpdateInverse(position);
  basic_[position] = entering.arc;
  gateway_at_[position] = entering.gateway;
  value_[position] = step;
  if (entering.arc == kSlack && position != entering.region) SwapPositions(position, entering.region);
}

int GeneralSimplex::FindPositionOf(int gateway) const {
  for (int p = 0; p < num_regions_; ++p) {
    if (gateway_at_[p] == gateway) return p;
  }
  return -1;
}

/// Makes the arc at `position` the key of its gateway; the old key takes its place. With W' = W M the row operation
/// M^-1 replaces the position's row by minus the sum of the rows of all the gateway's arcs.
void GeneralSimplex::PromoteToKey(int gateway, int position) {
  row_ = inverse_.row(position).transpose();
  for (int p = 0; p < num_regions_; ++p) {
    if (p != position && gateway_at_[p] == gateway) row_ += inverse_.row(p).transpose();
  }
  inverse_.row(position) = -row_.transpose();
  std::swap(key_[gateway], basic_[position]);
  std::swap(key_value_[gateway], value_[position]);
}

/// W^-1 after the column at `position` is replaced by the one whose direction is direction_. Columns without an entry
/// in the pivot row do not change.
void GeneralSimplex::UpdateInverse(int position) {
  const double pivot = direction_[position];
  const bool sparse = kSparse * static_cast<int>(support_.size()) < num_regions_;
  for (int i = 0; i < num_regions_; ++i) {
    auto column = inverse_.col(i);
    if (column[position] == 0.0) continue;
    const double scaled = column[position] / pivot;
    if (sparse) {
      for (int p : support_) column[p] -= scaled * direction_[p];
    } else {
      column -= scaled * direction_;
    }
    column[position] = scaled;
  }
}

/// Keeps every basic slack at its own region's position.
void GeneralSimplex::SwapPositions(int p, int q) {
  inverse_.row(p).swap(inverse_.row(q));
  std::swap(basic_[p], basic_[q]);
  std::swap(gateway_at_[p], gateway_at_[q]);
  std::swap(value_[p], value_[q]);
}

double GeneralSimplex::ShedTotal() const {
  double total = 0.0;
  for (int j = 0; j < num_gateways_; ++j) {
    if (IsShed(key_[j])) total += std::max(0.0, key_value_[j]);
  }
  for (int p = 0; p < num_regions_; ++p) {
    if (gateway_at_[p] >= 0 && IsShed(basic_[p])) total += std::max(0.0, value_[p]);
  }
  return total;
}

void GeneralSimplex::Extract(Allocation* allocation) const {
  allocation->flow.setZero(num_arcs_);
  allocation->shed.setZero(num_gateways_);
  const auto put = [&](int arc, int gateway, double value) {
    if (value <= 0.0) return;  // rounding only: basic values are non-negative
    (IsShed(arc) ? allocation->shed[gateway] : allocation->flow[arc]) = value;
  };
  for (int j = 0; j < num_gateways_; ++j) put(key_[j], j, key_value_[j]);
  for (int p = 0; p < num_regions_; ++p) {
    if (gateway_at_[p] >= 0) put(basic_[p], gateway_at_[p], value_[p]);
  }
}

}  // namespace evenkeel
