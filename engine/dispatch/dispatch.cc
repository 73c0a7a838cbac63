#include "engine/dispatch/dispatch.h"

#include <optional>
#include <string>

#include "engine/dispatch/general_simplex.h"
#include "engine/dispatch/network_simplex.h"
#include "models/base/error.h"

namespace evenkeel {

/// One of the two methods, whichever fits the problem.
struct Dispatcher::Impl {
  explicit Impl(const Problem& problem) {
    if (NetworkSimplex::Fits(problem)) {
      network.emplace(problem);
    } else {
      simplex.emplace(problem);
    }
  }
  std::optional<NetworkSimplex> network;
  std::optional<GeneralSimplex> simplex;
};

Dispatcher::Dispatcher(const Problem& problem) : impl_(std::make_unique<Impl>(problem)) {}
Dispatcher::~Dispatcher() = default;
Dispatcher::Dispatcher(Dispatcher&&) noexcept = default;

DispatchResult Dispatcher::Solve(const Vector& cost, const Slot& slot, Allocation* allocation, double cost_scale,
                                 DispatchStart start) {
  if (impl_->network) return impl_->network->Solve(cost, slot, allocation, cost_scale, start);
  return impl_->simplex->Solve(cost, slot, allocation, cost_scale, start);
}

const Vector& Dispatcher::capacity_price() const {
  return impl_->network ? impl_->network->capacity_price() : impl_->simplex->capacity_price();
}

namespace {

std::string DescribeShortfall(const Problem& problem, const Allocation& allocation) {
  std::string gateways;
  int listed = 0;
  for (int j = 0; j < problem.network.num_gateways(); ++j) {
    if (allocation.shed[j] <= 0.0) continue;
    if (++listed > 5) return gateways + ", ...";
    gateways += fmt::format("{}'{}' (short of {:.6g})", gateways.empty() ? "" : ", ", problem.network.gateways[j].name,
                            allocation.shed[j]);
  }
  return gateways;
}

}  // namespace

DispatchResult DispatchOrThrow(const Problem& problem, const Vector& cost, const Slot& slot, Dispatcher* dispatcher,
                               Allocation* allocation, double cost_scale, DispatchStart start) {
  const DispatchResult result = dispatcher->Solve(cost, slot, allocation, cost_scale, start);
  if (result.status == DispatchStatus::kInfeasible) {
    throw InputError(
        "slot {}: demand cannot be served: total demand {:.6g}, total capacity {:.6g}, shortfall {:.6g} at gateway {}; "
        "allowed: demand that capacity and reachability can serve, or a shed cost",
        slot.index, slot.demand.sum(), slot.capacity.sum(), allocation->shed.sum(),
        DescribeShortfall(problem, *allocation));
  }
  return result;
}

}  // namespace evenkeel
