#include "engine/policies/admission.h"

#include <algorithm>

namespace evenkeel {
namespace {

constexpr int kMostRetries = 30;
// Of the slot's demand: what counts as served; what a region takes beyond its capacity, below what P1 allows.
constexpr double kNothing = 1e-12, kRounding = 2e-10;

}  // namespace

Admission::Admission(const Problem& problem) : problem_(problem), offer_(MakeAllocation(problem)) {}

/// What an offer would use of the regions, into use_.
void Admission::MeasureUse(const Allocation& offer) {
  use_.setZero(problem_.network.num_regions());
  for (int a = 0; a < problem_.num_arcs(); ++a)
    use_[problem_.arcs.arcs[a].region] += problem_.arcs.arcs[a].resource * offer.flow[a];
}

/// How far use_ is beyond the regions' capacity.
void Admission::Book(const Slot& slot) {
  double refused = 0.0;
  for (Eigen::Index i = 0; i < use_.size(); ++i) {
    const double over = use_[i] - slot.capacity[i];
    if (over <= slack_) continue;
    refused += over;
    report_.worst_region = std::max(report_.worst_region, over / slot.capacity[i]);
  }
  offered_ += use_.sum();
  refused_ += refused;
  report_.slots += refused > 0.0 ? 1 : 0;
}

/// Takes what there is room for in rest_ from an offer, which uses use_, and leaves the rest there. Returns the demand
/// that is left.
double Admission::Accept(const Allocation& offer, Allocation* accepted) {
  rest_.demand.setZero();
  for (int a = 0; a < problem_.num_arcs(); ++a) {
    const Arc& arc = problem_.arcs.arcs[a];
    const double room = rest_.capacity[arc.region], use = use_[arc.region];
    const double taken = use > room + slack_ ? offer.flow[a] * (room / use) : offer.flow[a];
    accepted->flow[a] += taken;
    rest_.demand[arc.gateway] += offer.flow[a] - taken;
  }
  accepted->shed += offer.shed;
  for (Eigen::Index i = 0; i < use_.size(); ++i) {
    double& room = rest_.capacity[i];
    room = use_[i] >= room - slack_ ? 0.0 : room - use_[i];
  }
  return rest_.demand.sum();
}

bool Admission::Serve(const Slot& slot, const Allocation& first, const Router& retry, Allocation* accepted) {
  slack_ = kRounding * slot.demand.sum();
  MeasureUse(first);
  Book(slot);
  rest_ = slot;
  accepted->flow.setZero(problem_.num_arcs());
  accepted->shed.setZero(slot.demand.size());
  double left = Accept(first, accepted);
  for (int round = 0; left > kNothing * slot.demand.sum() && round < kMostRetries; ++round) {
    if (!retry(rest_, &offer_)) break;
    MeasureUse(offer_);
    left = Accept(offer_, accepted);
  }
  if (left <= kNothing * slot.demand.sum()) return true;
  ++report_.central_slots;
  return false;
}

OvershootReport Admission::Report() const {
  OvershootReport report = report_;
  report.share = offered_ > 0.0 ? refused_ / offered_ : 0.0;
  return report;
}

}  // namespace evenkeel
