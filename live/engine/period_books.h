// The books of a running period: what engine and expert cost and load as far as is known now, and what theorem 5 (c)
// says of them. Meters may come late, twice and in any order: the ledgers are always those that slots booked in their
// order with what is known give.
#pragma once

#include <functional>
#include <vector>

#include "live/engine/booking.h"

namespace evenkeel {

/// allowance_t from the expert's shifted objective and the advice's credit (RobustDecisions::AllowanceAt).
using AllowanceRule = std::function<double(double expert_objective, double credit)>;

/// Of the slots up to one, all on the shifted J but for the objectives: J + shift <= bound, USD.
struct BooksReport {
  double objective = 0.0;         ///< J, not shifted
  double expert_objective = 0.0;  ///< J_E, not shifted: of the expert under the same outages
  double shift = 0.0;             ///< of J; the expert's differs by the floors of the work that it did later
  double allowance = 0.0;
  double budget = 0.0;  ///< left after the slot
  double error = 0.0;   ///< err of theorem 5 (c): the largest excess of a budget as decided over what it became, and at
                        ///< least by what it was below zero
  double bound = 0.0;   ///< J_E + its own shift + allowance + err
};

class PeriodBooks {
 public:
  /// `problem` must outlive this. Without a rule the engine is its own expert: no allowance, no error.
  PeriodBooks(const Problem& problem, AllowanceRule allowance);

  int num_slots() const { return static_cast<int>(entries_.size()); }
  const SlotEntry& entry(int slot) const { return entries_[slot]; }

  /// The next slot.
  void Append(SlotEntry entry);
  /// What is known of a slot changes: its meters, or that it was not applied. Everything from it on is booked again.
  void Change(int slot, const std::function<void(SlotEntry*)>& change);

  /// After the last slot.
  const Ledger& own() const { return books_.own; }
  const Ledger& expert() const { return books_.expert; }
  const Booking& last_booking() const { return booking_; }
  /// After `slot` slots have been booked, 1 .. num_slots(); all zero for 0, but the allowance.
  BooksReport ReportAfter(int slots) const;
  BooksReport Report() const { return ReportAfter(num_slots()); }

 private:
  struct Books {
    Ledger own, expert;
  };
  struct Standing {  // after a slot
    double objective, expert_objective, shift, expert_shift, allowance, budget, error;
  };

  void BookNext();

  const Problem& problem_;
  AllowanceRule allowance_;
  std::vector<SlotEntry> entries_;
  std::vector<Standing> standing_;  // of the slots that are booked
  std::vector<Books> checkpoints_;  // before the slots 0, 64, 128, ..: what is booked again after a late meter
  Books books_;                     // after all of them
  Booking booking_;
};

}  // namespace evenkeel
