// What the log of a live period has beside what any log has: what was known when a slot was decided, what was decided,
// what meters said, and the books of theorem 5 (c).
#pragma once

#include <cstdint>
#include <vector>

#include "experiments/files/run_log_rows.h"
#include "live/engine/period_books.h"

namespace evenkeel {

/// How a slot of a live period went. Logs keep the numbers.
enum class LiveSlotState {
  kDecided = 0,           ///< by the policy, and in force as far as is known
  kSharedByCapacity = 1,  ///< more demand than could be served: shared in proportion to what regions could take
  kMissed = 2,            ///< over before it was decided: the shares of before stayed in force
  kNotApplied = 3,        ///< decided, but it did not come into force, wholly or in part
};
inline constexpr int kNumLiveSlotStates = 4;
inline constexpr const char* kLiveSlotStateNames[kNumLiveSlotStates] = {"decided", "shared_by_capacity", "missed",
                                                                        "not_applied"};
inline const char* Name(LiveSlotState state) { return kLiveSlotStateNames[static_cast<int>(state)]; }

/// A slot to be logged.
struct LiveLogSlot {
  LiveSlotState state = LiveSlotState::kDecided;
  const SlotEntry* entry = nullptr;
  BooksReport books;  ///< after the slot, in final values
};

/// The rows of a live period as a log has them, [rows x ..], and what is of the whole period.
struct RunLogLive {
  Vector expected_demand;                 ///< [gateways], of the period: what normalises quality loss
  std::vector<std::int64_t> state_count;  ///< [kNumLiveSlotStates], slots of each; empty: it is no live period's log
  std::vector<LiveSlotState> state;       ///< [rows]
  RowMatrix demand;                       ///< [rows x gateways], as it was expected when deciding
  RowMatrix capacity, price, carbon_intensity, water_intensity;  ///< [rows x regions], as seen when deciding
  RowMatrix decision;                                            ///< [rows x cells], of the expected demand
  Vector revision;   ///< [rows], of the meters that count; 0: the slot has none
  RowMatrix served;  ///< [rows x (gateways x regions)], metered; kNoAllocation without
  RowMatrix energy;  ///< [rows x regions], metered, MWh; kNoAllocation without

  // Of robust policies, else empty.
  RowMatrix expert_decision;                          ///< [rows x cells], of the expected demand
  Vector credit;                                      ///< [rows], RobustDecision::credit
  Vector expert_objective, allowance, budget, error;  ///< [rows], after the slot, USD: BooksReport
};

/// Writes them.
class LiveRows {
 public:
  LiveRows(Hdf5Writer* file, const Problem& problem, bool decisions);
  void Append(const LiveLogSlot& slot);
  void Finish() { Finish(count_); }
  /// With counts from elsewhere.
  void Finish(const std::int64_t (&count)[kNumLiveSlotStates]);

 private:
  /// What only robust policies have.
  struct Robust {
    RowBuffer<double> expert, credit, expert_objective, allowance, budget, error;
  };

  RowBuffer<double> Numbers(const char* name, std::vector<std::string> axes, const char* units, const char* long_name);

  Hdf5Writer* file_;
  const Problem& problem_;
  RowBuffer<std::uint8_t> state_;
  RowBuffer<double> demand_, capacity_, price_, carbon_, water_, decision_, revision_, served_, energy_;
  std::vector<Robust> robust_;  // none, or one
  std::int64_t count_[kNumLiveSlotStates] = {};
};

}  // namespace evenkeel
