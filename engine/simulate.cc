#include "engine/simulate.h"

#include <string>

#include "models/base/error.h"

namespace evenkeel {
namespace {

/// A policy that breaks P1 is a bug in the policy, whatever it was told.
void CheckFeasible(const Problem& problem, const Slot& slot, const Vector& work_done, const Allocation& allocation,
                   Vector* region_use) {
  const double violation = Infeasibility(problem, slot, work_done, allocation, region_use);
  const double allowed = AllowedViolation(slot);
  if (!(violation <= allowed)) {
    throw InternalError(fmt::format("slot {}: the policy's decision violates the constraints by {:.3g}, allowed {:.3g}",
                                    slot.index, violation, allowed));
  }
}

/// What the policy cannot decide says about which slot that is.
void Decide(Policy& policy, const SlotInput& input, Allocation* allocation) {
  try {
    policy.Decide(input, allocation);
  } catch (const InputError& error) {
    const std::string place = fmt::format("slot {}: ", input.slot.index);
    const std::string said = error.what();
    if (said.rfind(place, 0) == 0) throw;
    throw InputError("{}{}", place, said);
  }
}

}  // namespace

RunLedgers Simulate(const Problem& problem, SlotSource& observed, SlotSource& metered, Policy& policy,
                    const SlotObserver& observer) {
  EVENKEEL_CHECK_EQ(observed.num_slots(), metered.num_slots());
  const bool certain = &observed == &metered;
  RunLedgers ledgers{MakeLedger(problem), MakeLedger(problem)};
  Slot seen, truth;
  Coefficients seen_coefficients, true_coefficients;
  Allocation allocation = MakeAllocation(problem);
  Vector region_use;
  for (int t = 0; t < observed.num_slots(); ++t) {
    observed.Read(t, &seen);
    EstimateCoefficients(problem, seen, &seen_coefficients);
    Decide(policy, {seen, seen_coefficients, ledgers.metered}, &allocation);
    CheckFeasible(problem, seen, ledgers.metered.work_done, allocation, &region_use);
    if (!certain) {
      metered.Read(t, &truth);
      EstimateCoefficients(problem, truth, &true_coefficients);
    }
    const Coefficients& settled = certain ? seen_coefficients : true_coefficients;
    const double firm_demand = FirmDemand(problem, seen);
    AddSlot(problem, settled, allocation, firm_demand, &ledgers.metered);
    AddSlot(problem, seen_coefficients, allocation, firm_demand, &ledgers.observed);
    policy.Settle({seen, seen_coefficients, settled, ledgers.metered, certain});
    if (observer) observer({seen, settled, allocation, ledgers});
  }
  return ledgers;
}

}  // namespace evenkeel
