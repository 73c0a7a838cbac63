// One accounting period, live: slots are decided in order by a policy, missed, metered. No clock, no files: what
// happens here is a function of the calls.
#pragma once

#include <memory>
#include <string>

#include "engine/policies/release.h"
#include "live/engine/period_books.h"
#include "live/engine/shares.h"
#include "models/world/time_base.h"

namespace evenkeel {

/// What is known when a period begins.
struct PeriodStart {
  TimeBase time;
  int num_slots = 0;
  std::vector<Slot> past;  ///< of periods before, as observed
  /// [gateways], by the journal of a period that is taken up, so that it is decided as it was; nothing: the past tells.
  std::optional<Vector> expected_demand;
};

/// What a period is decided with. The policy may refer to the problem.
struct PeriodSetup {
  TimeBase time;
  std::unique_ptr<const Problem> problem;  ///< num_slots is the period's; without a shed cost: balancers shed nothing
  std::unique_ptr<Policy> policy;
};

/// Where the advice's answer comes from.
enum class Advice {
  kAsked,     ///< from the advice
  kOff,       ///< none: too little is known of the slot
  kRecalled,  ///< from a journal
};

/// How a slot was decided: what a journal keeps to decide it again without the advice.
struct SlotDecision {
  Slot slot;  ///< as observed
  bool advice_off = false;
  bool shared_by_capacity = false;  ///< no feasible decision: demand in proportion to what regions can take
  std::optional<AdviceAnswer> answer;
};

class PeriodRun {
 public:
  explicit PeriodRun(PeriodSetup setup);
  ~PeriodRun();

  const Problem& problem() const { return *setup_.problem; }
  const TimeBase& time() const { return setup_.time; }
  /// The next slot to decide or miss: its index, and the period's number of slots when all are.
  int next_slot() const { return books_.num_slots(); }
  bool is_over() const { return next_slot() >= problem().num_slots; }
  const PeriodBooks& books() const { return books_; }
  /// Of the last decision, [firm gateways x regions]; rows are never empty once something was decided.
  const RowMatrix& share() const { return share_; }
  /// Work of each class that has arrived, and of it what is late: due by the end of the last slot and not done, as far
  /// as is known now.
  Vector arrived() const;
  Vector late() const;
  const Policy& policy() const { return *setup_.policy; }

  /// Decides the next slot, whose demand for a class of work is what is newly known to have arrived. Demand above
  /// capacity, and whatever else the policy refuses, is shared in proportion to what the regions can take; work that
  /// can wait waits then. Due work for which there is no room is due again in the next slot. `recalled`, with
  /// kRecalled: the answer in the journal, null for none.
  SlotDecision Decide(const Slot& slot, Advice advice, const AdviceAnswer* recalled = nullptr);

  /// Nobody decided the next slot: the last shares were in force, and no work was released. `slot` has what is known of
  /// it.
  void Miss(const Slot& slot);

  /// The slot's decision never came into force.
  void NotApplied(int slot);

  /// Books meters of a slot that is decided or missed. Returns why not; empty: they count, or a later revision does.
  std::string Meter(int slot, const MeterReport& meter);

 private:
  void SettleLast();
  void Receive(Slot* slot);
  void PutOff(Slot* slot);
  void DecideByPolicy(const Slot& slot, Advice advice, const AdviceAnswer* recalled, SlotEntry* entry,
                      SlotDecision* made);
  double CreditSoFar() const;
  bool ShareByCapacity(const Slot& slot, Allocation* decision) const;

  PeriodSetup setup_;
  RobustDecisions* decisions_ = nullptr;  // of the policy, where it is robust
  PeriodBooks books_;
  WorkDues dues_;
  Vector due_;                       // of the last slot, whether it fits or not
  std::unique_ptr<ReleaseFit> fit_;  // null without classes
  Coefficients observed_;
  bool settles_ = false;  // the last slot was decided by the policy, which was not told yet what became of it
  RowMatrix share_;
};

}  // namespace evenkeel
