// The one interface of everything that decides online.
#pragma once

#include <algorithm>
#include <optional>

#include "models/world/footprint.h"
#include "models/world/ledger.h"
#include "models/world/problem.h"
#include "models/world/slot.h"

namespace evenkeel {

/// What a policy sees in a slot: the slot as observed, the coefficients estimated from it, and its own ledger of the
/// slots before, settled with metered values.
struct SlotInput {
  const Slot& slot;
  const Coefficients& coefficients;
  const Ledger& ledger;
};

/// What a slot turned out to be, once its meters are read.
struct Settlement {
  const Slot& slot;
  const Coefficients& observed;  ///< what Decide was given
  const Coefficients& metered;
  const Ledger& ledger;  ///< the policy's own, after the slot
  bool exact;            ///< nothing is uncertain: observed and metered are equal
};

/// What virtual loads add to an expert's bound, on the shifted J: J <= ratio (OPT + start + rises), USD
/// (docs/theory.md, section 3).
struct VirtualLoadsReport {
  double start = 0.0;  ///< sum_k mu_k ||V^k||_p in the first slot: known before anything is decided
  double rises = 0.0;  ///< of virtual loads that rose since
};

/// What regions were offered beyond their capacity, where gateways route by themselves (engine/policies/admission.h).
struct OvershootReport {
  double share = 0.0;         ///< of all that was offered
  double worst_region = 0.0;  ///< the most in one slot, relative to the region's capacity
  long slots = 0;             ///< in which some region was offered too much
  long central_slots = 0;     ///< in which retries could not place it, and the slot was as the coordinator decided it
};

/// What a policy says of its own run.
struct PolicyReport {
  long unconverged_slots = 0;           ///< slots whose inner solver stopped above its tolerance
  double worst_slot_gap = 0.0;          ///< largest certified gap of an inner solver, relative to its objective
  long program_failures = 0;            ///< times that a program of the user's, which decides, failed and was ended
  std::optional<double> own_objective;  ///< value of the linear problem that the policy minimises, when it has one
  std::optional<VirtualLoadsReport> virtual_loads;  ///< of experts that have some, and of robust policies around them
  std::optional<OvershootReport> overshoot;         ///< of decentralised policies
};

/// How far P1 lets a decision violate the slot's constraints, in units of workload: 1e-9 of the slot's demand and of
/// the work that can be done in it, and what sums of the work done so far lose in their digits.
inline double AllowedViolation(const Slot& slot) {
  const double rounding = slot.arrived.size() > 0 ? 1e-14 * slot.arrived.sum() : 0.0;
  return 1e-9 * (slot.demand.sum() + slot.releasable) + rounding;
}

/// Laws, checked for the whole catalog by tests/property/policy_laws_test.cc:
///   P1 feasible: every decision lies in the slot's feasible set X_t, to AllowedViolation;
///   P2 causal: a decision depends on slots up to its own only;
///   P3 reproducible: same spec, seed and trace give the same bits, whatever the number of threads;
///   P4 resumable: after slots that it witnessed, with the ledger that its decisions gave, it decides as if it had
///      decided them. Not of policies with RobustDecisions, which are resumed by their advice's answers.
///
/// A policy is made for one Problem, which it may keep a reference to, and used for one period, slots in order.
class Policy {
 public:
  virtual ~Policy() = default;
  /// Writes the decision for this slot; `allocation` has the problem's sizes and arbitrary content. Throws InputError
  /// when the slot's demand cannot be served.
  virtual void Decide(const SlotInput& input, Allocation* allocation) = 0;
  /// Sees a slot that was decided before, by it or without it, and decides nothing: what a policy needs to decide later
  /// slots as if it had decided this one. For replaying a journal, where advice is not asked again. Unless a policy
  /// knows better it decides, and nobody listens.
  virtual void Witness(const SlotInput& input) {
    Allocation unheard{Vector::Zero(input.coefficients.cost.size()), Vector::Zero(input.slot.demand.size())};
    Decide(input, &unheard);
  }
  /// Called once after every slot with what was metered, for policies that keep books of their own.
  virtual void Settle(const Settlement&) {}
  virtual PolicyReport Report() const { return {}; }
  /// The gamma of the last decision, where it was a dispatch at prices: x_t minimises (c + sum_k gamma^k h^k) . x over
  /// X_t. Null for policies that state none.
  virtual const Prices* StatedPrices() const { return nullptr; }
  /// With them, what a unit of every class's work was worth in that slot, [classes], USD: x_t minimises the same less
  /// y_k for every unit released. Null where the work cannot wait, or none is stated.
  virtual const Vector* StatedDeferralPrices() const { return nullptr; }
};

}  // namespace evenkeel
