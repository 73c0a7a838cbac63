#include "engine/policies/decentralised.h"

#include <deque>

#include "engine/dispatch/dispatch.h"
#include "engine/dispatch/smooth_dispatch.h"
#include "engine/policies/admission.h"
#include "models/base/error.h"

namespace evenkeel {
namespace {

/// What the coordinator sent.
struct Sent {
  int slot = 0;           // in which it was made
  Prices prices;          // gamma, for kPrices
  Vector cost;            // p, [arcs], for kCosts
  Vector capacity_price;  // nu, [regions], for both
  Allocation decision;    // for kWeights
};

class Decentralised : public Policy {
 public:
  Decentralised(const Problem& problem, std::unique_ptr<Policy> coordinator, const DecentralisedOptions& options)
      : problem_(problem),
        options_(options),
        coordinator_(std::move(coordinator)),
        admission_(problem),
        dispatcher_(problem),
        central_(MakeAllocation(problem)),
        offer_(central_),
        free_arcs_(Vector::Zero(problem.num_arcs())),
        free_regions_(Vector::Zero(problem.network.num_regions())) {}

  void Decide(const SlotInput& input, Allocation* allocation) override {
    const int t = input.slot.index;
    coordinator_->Decide(input, &central_);
    if (sent_.empty() || t - sent_.back().slot >= options_.every) Send(input);
    const Sent& message = Received(t);
    const bool by_price = options_.message != Message::kWeights;
    if (options_.message == Message::kPrices) PricedCost(problem_, input.coefficients, 1.0, message.prices, &cost_);
    const auto retry = [this, &message](const Slot& rest, Allocation* offer) {  // small enough for no allocation
      return options_.message == Message::kWeights ? RouteByRoom(rest, offer) : RouteByPrice(rest, message, offer);
    };
    const bool offered =
        by_price ? RouteByPrice(input.slot, message, &offer_) : RouteByShares(input.slot, message, &offer_);
    if (!offered || !admission_.Serve(input.slot, offer_, retry, allocation)) *allocation = central_;
  }

  void Settle(const Settlement& settlement) override { coordinator_->Settle(settlement); }

  PolicyReport Report() const override {
    PolicyReport report = coordinator_->Report();
    report.own_objective.reset();  // of other decisions than these, as is its bound
    report.virtual_loads.reset();
    report.unconverged_slots += unconverged_;
    report.overshoot = admission_.Report();
    return report;
  }

 private:
  /// Makes the message of the decision in central_.
  void Send(const SlotInput& input) {
    Sent message;
    while (sent_.size() > 1 && HasArrived(sent_[1], input.slot.index)) {  // the first is not needed any more
      message = std::move(sent_.front());
      sent_.pop_front();
    }
    message.slot = input.slot.index;
    if (options_.message == Message::kWeights) {
      message.decision = central_;
    } else {
      const Prices* prices = coordinator_->StatedPrices();
      if (prices == nullptr) throw InputError("the coordinator states no prices; allowed for it: message=weights");
      PricedCost(problem_, input.coefficients, 1.0, *prices, &cost_);
      SetCapacityPrices(input.slot, &message.capacity_price);
      if (options_.message == Message::kPrices) message.prices = *prices;
      if (options_.message == Message::kCosts) message.cost = cost_;
    }
    sent_.push_back(std::move(message));
  }

  bool HasArrived(const Sent& message, int t) const { return t - message.slot >= options_.delay; }

  /// The latest message that has arrived by slot t, or the first.
  const Sent& Received(int t) const {
    const Sent* latest = &sent_.front();
    for (const Sent& message : sent_) {
      if (HasArrived(message, t)) latest = &message;
    }
    return *latest;
  }

  /// nu at the cost in cost_, with headroom where demand leaves it.
  void SetCapacityPrices(const Slot& slot, Vector* price) {
    planned_ = slot;
    planned_.capacity *= 1.0 - options_.headroom;
    if (dispatcher_.Solve(cost_, planned_, &offer_).status != DispatchStatus::kOptimal) {
      planned_.capacity = slot.capacity;
      DispatchOrThrow(problem_, cost_, planned_, &dispatcher_, &offer_);
    }
    *price = dispatcher_.capacity_price();
    if (options_.temperature == 0.0) return;
    if (!SmoothDispatch(problem_, planned_, cost_, options_.temperature, &smooth_, price)) ++unconverged_;
    *price = smooth_.capacity_price;
  }

  bool RouteByPrice(const Slot& slot, const Sent& message, Allocation* offer) {
    const Vector& cost = options_.message == Message::kCosts ? message.cost : cost_;
    if (options_.temperature == 0.0) return RouteToCheapest(slot, cost, message.capacity_price, offer);
    return RouteSmoothly(slot, cost, options_.temperature, message.capacity_price, offer);
  }

  bool RouteByRoom(const Slot& slot, Allocation* offer) {
    return RouteSmoothly(slot, free_arcs_, 1.0, free_regions_, offer);
  }

  bool RouteSmoothly(const Slot& slot, const Vector& cost, double temperature, const Vector& price, Allocation* offer) {
    const bool served = RouteAtPrices(problem_, slot, cost, temperature, price, &smooth_);
    offer->flow = smooth_.flow;
    offer->shed = smooth_.shed;
    return served;
  }

  bool RouteToCheapest(const Slot& slot, const Vector& cost, const Vector& capacity_price, Allocation* offer) const {
    offer->flow.setZero();
    offer->shed.setZero();
    for (int j = 0; j < slot.demand.size(); ++j) {
      if (!(slot.demand[j] > 0.0)) continue;
      int cheapest = -1;
      double least = problem_.shed_cost.value_or(kInfinity);
      for (int a = problem_.arcs.first_of_gateway[j]; a < problem_.arcs.first_of_gateway[j + 1]; ++a) {
        const Arc& arc = problem_.arcs.arcs[a];
        const double full_cost = cost[a] + arc.resource * capacity_price[arc.region];
        if (!(slot.capacity[arc.region] > 0.0 && full_cost < least)) continue;
        least = full_cost;
        cheapest = a;
      }
      if (cheapest < 0 && !problem_.shed_cost) return false;
      (cheapest < 0 ? offer->shed[j] : offer->flow[cheapest]) = slot.demand[j];
    }
    return true;
  }

  /// In the shares of the decision that was sent; by room for a gateway that had no demand in it.
  bool RouteByShares(const Slot& slot, const Sent& message, Allocation* offer) {
    if (!RouteByRoom(slot, offer)) return false;
    for (int j = 0; j < slot.demand.size(); ++j) {
      const int first = problem_.arcs.first_of_gateway[j], count = problem_.arcs.first_of_gateway[j + 1] - first;
      const auto flow = message.decision.flow.segment(first, count);
      const double served = flow.sum() + message.decision.shed[j];
      if (!(served > 0.0)) continue;
      offer->flow.segment(first, count) = flow * (slot.demand[j] / served);
      offer->shed[j] = message.decision.shed[j] * (slot.demand[j] / served);
    }
    return true;
  }

  const Problem& problem_;
  DecentralisedOptions options_;
  std::unique_ptr<Policy> coordinator_;
  Admission admission_;
  Dispatcher dispatcher_;
  Allocation central_, offer_;
  Vector free_arcs_, free_regions_;  // costs and prices of nothing
  std::deque<Sent> sent_;            // from the one that holds
  Slot planned_;
  SmoothFlow smooth_;
  Vector cost_;
  long unconverged_ = 0;
};

}  // namespace

std::unique_ptr<Policy> MakeDecentralised(const Problem& problem, std::unique_ptr<Policy> coordinator,
                                          const DecentralisedOptions& options) {
  EVENKEEL_CHECK(options.every >= 1 && options.delay >= 0);
  EVENKEEL_CHECK(options.temperature >= 0.0 && options.headroom >= 0.0 && options.headroom < 1.0);
  return std::make_unique<Decentralised>(problem, std::move(coordinator), options);
}

}  // namespace evenkeel
