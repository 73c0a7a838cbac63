#include "tests/reference/beside.h"

#include <cmath>
#include <memory>

namespace evenkeel {

void PlayBeside(const Problem& problem, int num_slots, const SlotWriter& writer, Policy& policy, Policy& expert,
                const BesideObserver& observer) {
  Ledger ledger = MakeLedger(problem), expert_ledger = MakeLedger(problem);
  Allocation decision = MakeAllocation(problem), expert_decision = MakeAllocation(problem);
  Slot slot;
  Coefficients coefficients;
  for (int t = 0; t < num_slots; ++t) {
    writer(t, ledger, expert_ledger, &slot);
    EstimateCoefficients(problem, slot, &coefficients);
    policy.Decide({slot, coefficients, ledger}, &decision);
    expert.Decide({slot, coefficients, expert_ledger}, &expert_decision);
    const double demand = FirmDemand(problem, slot);
    AddSlot(problem, coefficients, decision, demand, &ledger);
    AddSlot(problem, coefficients, expert_decision, demand, &expert_ledger);
    policy.Settle({slot, coefficients, coefficients, ledger, true});
    expert.Settle({slot, coefficients, coefficients, expert_ledger, true});
    observer({slot, coefficients, decision, expert_decision, ledger, expert_ledger});
  }
}

SlotWriter SlotsOf(const Trace& trace) {
  const std::shared_ptr<SlotSource> source = MakeSlotSource(trace);
  return [source](int t, const Ledger&, const Ledger&, Slot* slot) { source->Read(t, slot); };
}

namespace {

/// The region where the policy's load of the first region group is furthest above its expert's.
int FurthestAhead(const Problem& problem, const Ledger& ledger, const Ledger& expert_ledger) {
  Eigen::Index region = 0;
  for (int k = 0; k < problem.num_groups(); ++k) {
    if (problem.groups[k].footprint == Footprint::kQualityLoss || problem.groups[k].weight == 0.0) continue;
    (ledger.load[k] - expert_ledger.load[k]).maxCoeff(&region);
    break;
  }
  return static_cast<int>(region);
}

void WriteHostileSlot(const Instance& instance, Hostility kind, int t, const Ledger& ledger,
                      const Ledger& expert_ledger, std::mt19937_64* random, Slot* slot) {
  const int n = instance.problem.network.num_regions(), special = t % n;
  const double carbon_price = std::max(1.0, instance.problem.groups[0].weight);
  slot->price = Vector::NullaryExpr(n, [&] { return Draw(random, 0.0, 60.0); });
  slot->carbon_intensity = Vector::NullaryExpr(n, [&] { return Draw(random, 0.0, 0.9); });
  slot->water_intensity = Vector::NullaryExpr(n, [&] { return Draw(random, 0.0, 8.0); });
  switch (kind) {
    case Hostility::kTrap:
      slot->price.setConstant(0.99 * carbon_price);
      slot->carbon_intensity.setZero();
      slot->water_intensity.setZero();
      slot->price[special] = 0.0;
      slot->carbon_intensity[special] = 1.0;
      break;
    case Hostility::kSqueeze: {
      if (t % 2 == 0) break;
      const int region = FurthestAhead(instance.problem, ledger, expert_ledger);
      slot->capacity.setZero();
      slot->capacity[region] = 1e3;
      slot->carbon_intensity[region] = 5.0;
      slot->price.setZero();
      break;
    }
    case Hostility::kStarve:
      if (t % 7 == 0) break;
      slot->price *= t % 7 == 1 ? 0.01 : 0.0;
      slot->carbon_intensity *= t % 2 == 0 ? 1e-6 : 0.0;
      slot->water_intensity.setZero();
      break;
    case Hostility::kGrowth: {
      const double size = std::ldexp(1.0, t % 20 < 10 ? t % 20 - 5 : 14 - t % 20);
      slot->price *= size;
      slot->carbon_intensity *= size;
      slot->water_intensity *= size;
      break;
    }
    case Hostility::kSigns:
      slot->price *= t % 2 == 0 ? -10.0 : 10.0;
      slot->price[special] = 0.0;
      break;
  }
}

}  // namespace

SlotWriter HostileSlots(const Instance& instance, Hostility kind, std::uint64_t seed) {
  const auto random = std::make_shared<std::mt19937_64>(seed);
  return [&instance, kind, random](int t, const Ledger& ledger, const Ledger& expert_ledger, Slot* slot) {
    const Network& network = instance.problem.network;
    slot->index = t;
    slot->time = 3600 * t;
    slot->demand = Vector::NullaryExpr(network.num_gateways(), [&] { return Draw(random.get(), 0.2, 2.0); });
    slot->capacity = Vector::Constant(network.num_regions(), 1e3);
    WriteHostileSlot(instance, kind, t, ledger, expert_ledger, random.get(), slot);
  };
}

}  // namespace evenkeel
