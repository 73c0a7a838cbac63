#include "experiments/run/ledger_check.h"

#include <cmath>

#include "engine/policy.h"
#include "experiments/run/log_allocation.h"
#include "experiments/run/run_difference.h"

namespace evenkeel {

LedgerCheck::LedgerCheck(const Problem& problem, const RunLog& log)
    : problem_(problem),
      log_(log),
      ledger_(MakeLedger(problem)),
      gross_region_cost_(ledger_.region_cost),
      gross_region_workload_(ledger_.region_workload),
      gross_load_(ledger_.load) {}

void LedgerCheck::Add(int t, const Slot& slot, const Coefficients& metered) {
  gross_cost_ += std::abs(metered.shift) * FirmDemand(problem_, slot);
  if (log_.has_allocations) {
    Recompute(t, slot, metered);
  } else {
    TakeLogged(t, slot, metered);
  }
}

void LedgerCheck::Recompute(int t, const Slot& slot, const Coefficients& metered) {
  const int row = t - log_.first_slot;
  const Allocation played = PlayedAllocation(problem_, log_, t);
  const double violation = Infeasibility(problem_, slot, ledger_.work_done, played, &region_use_);
  // What a live period's flows were, nobody could choose.
  if (!log_.is_live() && !(violation <= AllowedViolation(slot)))
    throw RunDifference(fmt::format("slot {}: the decision violates the constraints by {:.3g}", t, violation));
  const Ledger before = ledger_;
  AddSlot(problem_, metered, played, FirmDemand(problem_, slot), &ledger_);
  double gross = problem_.shed_cost ? *problem_.shed_cost * played.shed.cwiseAbs().sum() : 0.0;
  for (int a = 0; a < problem_.num_arcs(); ++a) {
    const double flow = std::abs(played.flow[a]), cost = std::abs(metered.cost[a]) * flow;
    const int region = problem_.arcs.arcs[a].region;
    if (flow == 0.0) continue;
    gross += cost;
    gross_region_cost_[region] += cost;
    gross_region_workload_[region] += flow;
    for (int k = 0; k < problem_.num_groups(); ++k) {
      gross_load_[k][problem_.groups[k].bucket_of_arc[a]] += std::abs(metered.load[k][a]) * flow;
    }
  }
  gross_shed_ += played.shed.cwiseAbs().sum();
  const double carried = kCarried * gross_cost_;
  gross_cost_ += gross;
  ExpectClose(t, "objective", log_.objective[row], ObjectiveValue(problem_, ledger_), kTolerance * this->gross());
  ExpectClose(t, "energy_cost", log_.energy_cost[row], ledger_.energy_cost - before.energy_cost,
              kTolerance * gross + carried);
  ExpectClose(t, "shed_cost", log_.shed_cost[row], ledger_.shed_cost - before.shed_cost, kTolerance * gross + carried);
  ExpectClose(t, "shift", log_.shift[row], ledger_.shift, kTolerance * ledger_.shift);
  ExpectClose(t, "region_cost", log_.region_cost.row(row), ledger_.region_cost, gross_region_cost_);
  ExpectClose(t, "region_workload", log_.region_workload.row(row), ledger_.region_workload, gross_region_workload_);
  for (std::size_t k = 0; k < log_.groups.size(); ++k) {
    ExpectClose(t, log_.groups[k].name.c_str(), log_.groups[k].load.row(row), ledger_.load[k], gross_load_[k]);
  }
  CheckWork(t, slot, before.work_done);
}

/// What is released is what the ledger took in, within its window, and the rest of what has arrived waits.
void LedgerCheck::CheckWork(int t, const Slot& slot, const Vector& done_before) const {
  const int row = t - log_.first_slot;
  for (int k = 0; k < problem_.num_classes(); ++k) {
    const ReleaseWindow window = WindowOf(slot, done_before, k);
    const double released = log_.work_released(row, k), allowed = AllowedViolation(slot) + kCarried * slot.arrived[k];
    ExpectClose(t, "work_released", released, ledger_.work_done[k] - done_before[k], allowed);
    ExpectClose(t, "work_waiting", log_.work_waiting(row, k), slot.arrived[k] - ledger_.work_done[k], allowed);
    // What a cluster did of it live, nobody could choose.
    if (log_.is_live() || (released >= window.low - allowed && released <= window.high + allowed)) continue;
    throw RunDifference(fmt::format("slot {}: {:.17g} of {} are released, allowed are {:.17g} to {:.17g}", t, released,
                                    log_.classes[k], window.low, window.high));
  }
}

/// J follows from the costs and the loads, the regions' costs add up to the costs, and workload is served or not.
void LedgerCheck::TakeLogged(int t, const Slot& slot, const Coefficients& metered) {
  const int row = t - log_.first_slot;
  const double served_before = ledger_.region_workload.sum();
  const Ledger before = ledger_;
  double demand = FirmDemand(problem_, slot);
  ledger_.energy_cost += log_.energy_cost[row];
  ledger_.shed_cost += log_.shed_cost[row];
  ledger_.shift += metered.shift * demand;
  for (int k = 0; k < problem_.num_classes(); ++k) {
    const double released = log_.work_released(row, k);
    ledger_.work_done[k] += released;
    ledger_.shift += WorkShift(problem_, k, released);
    demand += released;
  }
  CheckWork(t, slot, before.work_done);
  ledger_.region_cost = log_.region_cost.row(row);
  ledger_.region_workload = log_.region_workload.row(row);
  for (std::size_t k = 0; k < log_.groups.size(); ++k) ledger_.load[k] = log_.groups[k].load.row(row);
  const Vector added = ledger_.region_cost - before.region_cost;
  gross_cost_ += std::abs(log_.shed_cost[row]) + added.cwiseAbs().sum();
  gross_load_ = ledger_.load;
  // What is served and what is not is the demand; where workload is left, its price says how much.
  const double shed = demand - (ledger_.region_workload.sum() - served_before);
  if (problem_.shed_cost) ledger_.shed += shed;
  gross_shed_ += demand;
  const double allowed = kTolerance * gross();
  ExpectClose(t, "objective", log_.objective[row], ObjectiveValue(problem_, ledger_), allowed);
  ExpectClose(t, "shift", log_.shift[row], ledger_.shift, kTolerance * ledger_.shift);
  ExpectClose(t, "the sum of region_cost", ledger_.region_cost.sum(), ledger_.energy_cost, allowed);
  const double size = demand + kCarried / kTolerance * ledger_.region_workload.sum();
  ExpectClose(t, "the cost of what region_workload leaves unserved", log_.shed_cost[row],
              problem_.shed_cost.value_or(0.0) * shed, kTolerance * problem_.shed_cost.value_or(0.0) * size + allowed);
  if (!problem_.shed_cost) ExpectClose(t, "the workload served", demand - shed, demand, kTolerance * size);
}

}  // namespace evenkeel
