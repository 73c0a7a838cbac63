// What a slot counts with, for the engine and for the expert beside it, once it is known what the balancer did
// (docs/theory.md, theorem 5 c).
#pragma once

#include <optional>
#include <string>

#include "live/engine/meter_report.h"
#include "models/world/footprint.h"
#include "models/world/ledger.h"
#include "models/world/problem.h"
#include "models/world/slot.h"
#include "robustifiers/decision.h"

namespace evenkeel {

/// One slot of the period, from its decision to its last meter.
struct SlotEntry {
  Slot slot;  ///< as observed when it was decided; of a missed one what was known
  /// Engine and expert are booked with the same flows: the expert's decision was played, nothing was decided, or what
  /// was decided was not applied.
  bool same_flow = true;
  bool missed = false;  ///< nothing was decided: the slot began and ended without evenkeel
  bool advice_off = false, shared_by_capacity = false;  ///< as in SlotDecision
  Verdict verdict = Verdict::kExpert;
  double alpha = 1.0;
  double slack = 0.0;   ///< the budget that was left when deciding, as known then, USD
  double credit = 0.0;  ///< RobustDecision::credit
  Allocation decision;  ///< of a missed slot, the shares then in force times the expected demand
  Allocation expert;
  std::optional<MeterReport> meter;  ///< of firm demand, of the largest revision; all rows of classes are NaN
  std::optional<WorkMeter> work;     ///< of the largest revision
};

/// A slot as it enters the ledgers.
struct Booking {
  Allocation own, expert;
  Coefficients coefficients;  ///< with metered prices and intensities where there are some
  double firm_demand = 0.0;   ///< realised, in total
};

/// Firm demand: without a meter the decisions themselves. With one the metered flows, a region's variants in the
/// decision's proportions, scaled so that the region uses its metered energy where there is one; and the expert's
/// shares of each gateway's metered demand, or the metered flows for a gateway that the expert had nothing to decide
/// for.
///
/// Work that can wait: the engine's y_k as metered, and as decided where meters say nothing of the class. Of the
/// expert's release e_k what can have been done by then, min(e_k, lead_k + y_k), in the expert's proportions; with the
/// same flows, at least y_k, and what the expert does beside y. `lead` [classes]: S_k - S_E,k before the slot, >= 0.
void Book(const Problem& problem, const SlotEntry& entry, const Vector& lead, Booking* booking);

/// The slot as it became known: firm demand, prices and intensities as metered where they were, else as seen when
/// deciding; and at least the capacity that was used, so that what was served could be. `booking` is the entry's.
Slot KnownSlot(const Problem& problem, const SlotEntry& entry, const Booking& booking);

/// Whether the meters say anything of firm demand, and of work that can wait.
bool SaysFirm(const Problem& problem, const MeterReport& meter);
bool SaysWork(const Problem& problem, const MeterReport& meter);

/// Why the meters cannot be booked: a size, a value, work that the network does not allow, energy where nothing ran.
/// Empty: they can. Texts name gateway and region.
std::string WhyNotBookable(const Problem& problem, const MeterReport& meter);

}  // namespace evenkeel
