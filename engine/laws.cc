#include "engine/laws.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "models/generate/other_future.h"

namespace evenkeel {
namespace {

bool SameBits(const Vector& a, const Vector& b) {
  return a.size() == b.size() &&
         std::memcmp(a.data(), b.data(), sizeof(double) * static_cast<std::size_t>(a.size())) == 0;
}

/// Largest violation of a constraint, in units of workload, by plain sums over the arcs: independent of what Simulate
/// checks with.
/// `work_done` [classes] before the slot.
double Violation(const Problem& problem, const Slot& slot, const Vector& work_done, const Allocation& decision) {
  if (decision.flow.size() != problem.num_arcs() || decision.shed.size() != slot.demand.size()) return kInfinity;
  if (!decision.flow.allFinite() || !decision.shed.allFinite()) return kInfinity;
  Vector room = slot.capacity, unserved = slot.demand - decision.shed;
  double worst = std::max(0.0, -decision.shed.minCoeff());
  for (int a = 0; a < problem.num_arcs(); ++a) {
    const Arc& arc = problem.arcs.arcs[a];
    room[arc.region] -= arc.resource * decision.flow[a];
    unserved[arc.gateway] -= decision.flow[a];
    worst = std::max(worst, -decision.flow[a]);
  }
  if (!problem.shed_cost) worst = std::max(worst, decision.shed.cwiseAbs().maxCoeff());
  const int firm = problem.network.num_firm();
  for (int k = 0; k < problem.num_classes(); ++k) {
    const double done = work_done[k] + slot.demand[firm + k] - unserved[firm + k];
    worst = std::max({worst, slot.due[k] - done, done - slot.arrived[k]});
  }
  return std::max({worst, -room.minCoeff(), firm > 0 ? unserved.head(firm).cwiseAbs().maxCoeff() : 0.0});
}

void CheckFeasible(const Problem& problem, const Trace& trace, PolicyLawReport* report) {
  const auto slots = MakeSlotSource(trace);
  Slot slot;
  Vector work_done = Vector::Zero(problem.num_classes());
  for (int t = 0; t < slots->num_slots(); ++t) {
    slots->Read(t, &slot);
    const Allocation& decision = report->played.decisions[t];
    const double violation = Violation(problem, slot, work_done, decision);
    for (int k = 0; k < problem.num_classes(); ++k) work_done[k] += Released(problem, decision, k);
    const double work = slot.demand.sum() + slot.releasable;
    report->worst_violation = std::max(report->worst_violation, violation == 0.0 ? 0.0 : violation / work);
    if (violation <= AllowedViolation(slot)) continue;
    report->broken.push_back(fmt::format("P1: the decision of slot {} violates a constraint by {:.3g}, allowed {:.3g}",
                                         t, violation, AllowedViolation(slot)));
    return;
  }
}

/// Decides the second half of the slots after having witnessed the first.
PlayedPolicy Resume(const Problem& problem, const Trace& trace, const PlayedPolicy& whole, int first, Policy* policy) {
  PlayedPolicy resumed;
  resumed.ledger = MakeLedger(problem);
  const auto slots = MakeSlotSource(trace);
  Slot slot;
  Coefficients coefficients;
  for (int t = 0; t < slots->num_slots(); ++t) {
    slots->Read(t, &slot);
    if (t >= first) {
      PlaySlot(problem, slot, policy, &resumed);
      continue;
    }
    EstimateCoefficients(problem, slot, &coefficients);
    policy->Witness({slot, coefficients, resumed.ledger});
    resumed.decisions.push_back(whole.decisions[t]);
    AddSlot(problem, coefficients, whole.decisions[t], FirmDemand(problem, slot), &resumed.ledger);
    policy->Settle({slot, coefficients, coefficients, resumed.ledger, true});
  }
  return resumed;
}

}  // namespace

void PlaySlot(const Problem& problem, const Slot& slot, Policy* policy, PlayedPolicy* played) {
  Coefficients coefficients;
  EstimateCoefficients(problem, slot, &coefficients);
  Allocation allocation = MakeAllocation(problem);
  allocation.flow.setConstant(std::numeric_limits<double>::quiet_NaN());
  allocation.shed.setConstant(std::numeric_limits<double>::quiet_NaN());
  policy->Decide({slot, coefficients, played->ledger}, &allocation);
  AddSlot(problem, coefficients, allocation, FirmDemand(problem, slot), &played->ledger);
  policy->Settle({slot, coefficients, coefficients, played->ledger, true});
  played->decisions.push_back(allocation);
}

PlayedPolicy PlayPolicy(const Problem& problem, SlotSource& slots, Policy& policy) {
  PlayedPolicy played;
  played.ledger = MakeLedger(problem);
  Slot slot;
  for (int t = 0; t < slots.num_slots(); ++t) {
    slots.Read(t, &slot);
    PlaySlot(problem, slot, &policy, &played);
  }
  played.report = policy.Report();
  return played;
}

std::string DifferenceOfDecisions(const PlayedPolicy& a, const PlayedPolicy& b, int slots) {
  for (int t = 0; t < slots; ++t) {
    const Allocation& one = a.decisions[t];
    const Allocation& other = b.decisions[t];
    if (!SameBits(one.flow, other.flow)) return fmt::format("other flows in slot {}", t);
    if (!SameBits(one.shed, other.shed)) return fmt::format("other unserved workload in slot {}", t);
  }
  return "";
}

PolicyLawReport CheckPolicyLaws(const Problem& problem, const Trace& trace,
                                const std::function<std::unique_ptr<Policy>()>& make, const PolicyLawOptions& options) {
  const int slots = trace.signals.num_slots();
  const int change_after = options.change_after < 0 ? slots / 2 : options.change_after;
  const auto play = [&](const Trace& over) { return PlayPolicy(problem, *MakeSlotSource(over), *make()); };
  PolicyLawReport report;
  report.played = play(trace);
  CheckFeasible(problem, trace, &report);
  if (!options.looks_ahead) {
    const PlayedPolicy changed = play(ChangedAfter(trace, change_after, options.seed));
    const std::string difference = DifferenceOfDecisions(report.played, changed, change_after + 1);
    if (!difference.empty())
      report.broken.push_back(fmt::format("P2: {} when only slots after slot {} are others", difference, change_after));
  }
  const std::string difference = DifferenceOfDecisions(report.played, play(trace), slots);
  if (!difference.empty()) report.broken.push_back(fmt::format("P3: {} in a second run", difference));
  if (difference.empty() && !options.is_robust) {
    const PlayedPolicy rest = Resume(problem, trace, report.played, slots / 2, make().get());
    const std::string other = DifferenceOfDecisions(report.played, rest, slots);
    if (!other.empty()) report.broken.push_back(fmt::format("P4: {} after {} witnessed ones", other, slots / 2));
  }
  return report;
}

}  // namespace evenkeel
