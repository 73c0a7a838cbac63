#include "live/engine/booking.h"

#include <algorithm>
#include <cmath>

#include "models/base/error.h"

namespace evenkeel {
namespace {

void Override(const std::optional<Vector>& metered, Vector* signal) {
  if (!metered) return;
  for (int i = 0; i < signal->size(); ++i) {
    if (std::isfinite((*metered)[i])) (*signal)[i] = (*metered)[i];
  }
}

/// served[j, i] on the arcs (j, i, m) of firm demand, in the proportions of the decision; on the first one where that
/// used none.
void SpreadServed(const Problem& problem, const RowMatrix& served, const Vector& decided, Vector* flow) {
  const ArcSet& arcs = problem.arcs;
  const int firm = problem.first_class_arc();
  flow->head(firm).setZero();
  for (int a = 0; a < firm;) {
    const int gateway = arcs.arcs[a].gateway, region = arcs.arcs[a].region;
    int end = a;
    double sum = 0.0;
    while (end < firm && arcs.arcs[end].gateway == gateway && arcs.arcs[end].region == region) sum += decided[end++];
    const double amount = served(gateway, region);
    if (sum > 0.0) {
      flow->segment(a, end - a) = decided.segment(a, end - a) * (amount / sum);
    } else {
      (*flow)[a] = amount;
    }
    a = end;
  }
}

/// What was done of classes of which something is said; these have one arc to a region.
void SetDone(const Problem& problem, const RowMatrix& done, Vector* flow) {
  for (int a = problem.first_class_arc(); a < problem.num_arcs(); ++a) {
    const Arc& arc = problem.arcs.arcs[a];
    const double amount = done(arc.gateway - problem.network.num_firm(), arc.region);
    if (!std::isnan(amount)) (*flow)[a] = amount;
  }
}

/// IT energy of the flows on the arcs [first, end) by region, MWh.
Vector EnergyOf(const Problem& problem, const Vector& flow, int first, int end) {
  Vector energy = Vector::Zero(problem.network.num_regions());
  for (int a = first; a < end; ++a) {
    const Arc& arc = problem.arcs.arcs[a];
    energy[arc.region] += arc.energy * flow[a];
  }
  return energy;
}

/// Firm flows take what is metered beyond the energy of the work that can wait: that work is done or not, and whether
/// it is, its own meters say.
void ScaleToEnergy(const Problem& problem, const std::optional<Vector>& metered, Vector* flow) {
  if (!metered) return;
  const int firm = problem.first_class_arc();
  const Vector energy = EnergyOf(problem, *flow, 0, firm);
  const Vector of_work = EnergyOf(problem, *flow, firm, problem.num_arcs());
  for (int a = 0; a < firm; ++a) {
    const int region = problem.arcs.arcs[a].region;
    if (std::isfinite((*metered)[region]) && energy[region] > 0.0)
      (*flow)[a] *= std::max(0.0, (*metered)[region] - of_work[region]) / energy[region];
  }
}

/// The expert's shares of what the gateways turned out to ask for.
void BookExpert(const Problem& problem, const Vector& decided, const Vector& own, Vector* flow) {
  for (int j = 0; j < problem.network.num_firm(); ++j) {
    const int first = problem.arcs.first_of_gateway[j], count = problem.arcs.first_of_gateway[j + 1] - first;
    const double expected = decided.segment(first, count).sum();
    if (expected > 0.0)
      flow->segment(first, count) = decided.segment(first, count) * (own.segment(first, count).sum() / expected);
  }
}

/// Of what the expert releases of every class, as much as has been done by then.
void BookExpertWork(const Problem& problem, const SlotEntry& entry, const Vector& own, const Vector& lead,
                    Vector* flow) {
  for (int k = 0; k < problem.num_classes(); ++k) {
    const int gateway = problem.network.num_firm() + k, first = problem.arcs.first_of_gateway[gateway];
    const int count = problem.arcs.first_of_gateway[gateway + 1] - first;
    const auto decided = entry.expert.flow.segment(first, count);
    const double released = decided.sum(), done = own.segment(first, count).sum();
    const double booked = std::min(released, lead[k] + done);
    auto of_class = flow->segment(first, count);
    if (entry.same_flow) {
      of_class = own.segment(first, count);
      if (booked > done) of_class += decided * ((booked - done) / released);
    } else {
      of_class = released > 0.0 ? Vector(decided * (booked / released)) : Vector::Zero(count);
    }
  }
}

/// With what meters say of prices and intensities.
Slot WithMeteredSignals(const Slot& seen, const MeterReport& meter) {
  Slot slot = seen;
  Override(meter.price, &slot.price);
  Override(meter.carbon_intensity, &slot.carbon_intensity);
  Override(meter.water_intensity, &slot.water_intensity);
  return slot;
}

}  // namespace

void Book(const Problem& problem, const SlotEntry& entry, const Vector& lead, Booking* booking) {
  booking->own = entry.decision;
  booking->expert = entry.same_flow ? entry.decision : entry.expert;
  booking->firm_demand = FirmDemand(problem, entry.slot);
  if (entry.work) SetDone(problem, entry.work->done, &booking->own.flow);
  if (!entry.meter) {
    EstimateCoefficients(problem, entry.slot, &booking->coefficients);
  } else {
    const MeterReport& meter = *entry.meter;
    EstimateCoefficients(problem, WithMeteredSignals(entry.slot, meter), &booking->coefficients);
    SpreadServed(problem, meter.served, entry.decision.flow, &booking->own.flow);
    ScaleToEnergy(problem, meter.energy_mwh, &booking->own.flow);
    booking->own.shed.setZero();
    booking->expert = booking->own;
    if (!entry.same_flow) BookExpert(problem, entry.expert.flow, booking->own.flow, &booking->expert.flow);
    booking->firm_demand = booking->own.flow.head(problem.first_class_arc()).sum();
  }
  BookExpertWork(problem, entry, booking->own.flow, lead, &booking->expert.flow);
}

Slot KnownSlot(const Problem& problem, const SlotEntry& entry, const Booking& booking) {
  const Network& network = problem.network;
  Slot slot = entry.meter ? WithMeteredSignals(entry.slot, *entry.meter) : entry.slot;
  const Vector& flow = booking.own.flow;
  for (int j = 0; entry.meter && j < network.num_firm(); ++j) {
    const int first = problem.arcs.first_of_gateway[j], end = problem.arcs.first_of_gateway[j + 1];
    slot.demand[j] = flow.segment(first, end - first).sum();
  }
  Vector used = Vector::Zero(network.num_regions());
  for (int a = 0; a < problem.num_arcs(); ++a) {
    const Arc& arc = problem.arcs.arcs[a];
    used[arc.region] += arc.resource * flow[a];
  }
  slot.capacity = slot.capacity.cwiseMax(used);
  return slot;
}

namespace {

std::string WhyNotServed(const Problem& problem, const RowMatrix& served) {
  const Network& network = problem.network;
  if (served.rows() != network.num_gateways() || served.cols() != network.num_regions()) {
    return fmt::format("served is {} x {}, expected {} gateways x {} regions", served.rows(), served.cols(),
                       network.num_gateways(), network.num_regions());
  }
  const bool is_of_work = served.topRows(network.num_firm()).array().isNaN().all() && network.num_classes() > 0;
  for (int j = 0; j < network.num_gateways(); ++j) {
    const bool may_be_silent = j >= network.num_firm() || is_of_work;
    const bool is_silent = may_be_silent && served.row(j).array().isNaN().all();
    for (int i = 0; !is_silent && i < network.num_regions(); ++i) {
      const double amount = served(j, i);
      if (!std::isfinite(amount) || amount < 0.0) {
        return fmt::format("served of gateway {} in region {} is {}, expected a number >= 0", network.gateways[j].name,
                           network.regions[i].name, amount);
      }
      if (amount > 0.0 && !network.reachable(j, i)) {
        return fmt::format("gateway {} cannot reach region {}, where {} is said to be served", network.gateways[j].name,
                           network.regions[i].name, amount);
      }
    }
  }
  return "";
}

std::string WhyNotSignal(const Network& network, const std::optional<Vector>& values, const char* name,
                         bool may_be_negative) {
  if (!values) return "";
  if (values->size() != network.num_regions())
    return fmt::format("{} has {} values, expected one for each of {} regions", name, values->size(),
                       network.num_regions());
  for (int i = 0; i < values->size(); ++i) {
    const double value = (*values)[i];
    if (std::isinf(value) || (value < 0.0 && !may_be_negative)) {
      return fmt::format("{} of region {} is {}, expected a number{}", name, network.regions[i].name, value,
                         may_be_negative ? "" : " >= 0");
    }
  }
  return "";
}

}  // namespace

bool SaysFirm(const Problem& problem, const MeterReport& meter) {
  return !meter.served.topRows(problem.network.num_firm()).array().isNaN().all();
}

bool SaysWork(const Problem& problem, const MeterReport& meter) {
  return problem.num_classes() > 0 && !meter.served.bottomRows(problem.num_classes()).array().isNaN().all();
}

std::string WhyNotBookable(const Problem& problem, const MeterReport& meter) {
  const Network& network = problem.network;
  for (const std::string& why :
       {WhyNotServed(problem, meter.served), WhyNotSignal(network, meter.energy_mwh, "energy_mwh", false),
        WhyNotSignal(network, meter.price, "price", true),
        WhyNotSignal(network, meter.carbon_intensity, "carbon_intensity", false),
        WhyNotSignal(network, meter.water_intensity, "water_intensity", false)}) {
    if (!why.empty()) return why;
  }
  if (!SaysFirm(problem, meter) && (meter.energy_mwh || meter.price || meter.carbon_intensity || meter.water_intensity))
    return "signals of regions are beside the work that was done, expected beside what was served";
  for (int i = 0; meter.energy_mwh && i < network.num_regions(); ++i) {
    if ((*meter.energy_mwh)[i] > 0.0 && meter.served.col(i).sum() == 0.0) {
      return fmt::format("energy_mwh of region {} is {}, but nothing is said to be served there",
                         network.regions[i].name, (*meter.energy_mwh)[i]);
    }
  }
  return "";
}

}  // namespace evenkeel
