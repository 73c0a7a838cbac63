#include "live/engine/period_books.h"

#include <algorithm>
#include <utility>

#include "models/base/error.h"
#include "robustifiers/budget.h"
#include "robustifiers/recovery.h"

namespace evenkeel {
namespace {

constexpr int kSlotsPerCheckpoint = 64;
/// Of sums as large as J; not an excess.
constexpr double kRounding = 1e-12;

}  // namespace

PeriodBooks::PeriodBooks(const Problem& problem, AllowanceRule allowance)
    : problem_(problem), allowance_(std::move(allowance)), books_{MakeLedger(problem), MakeLedger(problem)} {}

void PeriodBooks::Append(SlotEntry entry) {
  entries_.push_back(std::move(entry));
  BookNext();
}

void PeriodBooks::Change(int slot, const std::function<void(SlotEntry*)>& change) {
  EVENKEEL_CHECK(slot >= 0 && slot < num_slots());
  change(&entries_[slot]);
  const int first = slot / kSlotsPerCheckpoint;
  books_ = checkpoints_[first];
  checkpoints_.resize(first);
  standing_.resize(first * kSlotsPerCheckpoint);
  while (static_cast<int>(standing_.size()) < num_slots()) BookNext();
}

void PeriodBooks::BookNext() {
  const int slot = static_cast<int>(standing_.size());
  if (slot % kSlotsPerCheckpoint == 0) checkpoints_.push_back(books_);
  const SlotEntry& entry = entries_[slot];
  Book(problem_, entry, Leads(books_.own, books_.expert), &booking_);
  AddSlot(problem_, booking_.coefficients, booking_.own, booking_.firm_demand, &books_.own);
  AddSlot(problem_, booking_.coefficients, booking_.expert, booking_.firm_demand, &books_.expert);
  Standing now = {};
  now.objective = ObjectiveValue(problem_, books_.own);
  now.expert_objective = ObjectiveValue(problem_, books_.expert);
  now.shift = books_.own.shift;
  now.expert_shift = books_.expert.shift;
  now.error = slot == 0 ? 0.0 : standing_.back().error;
  if (allowance_) {
    now.allowance = allowance_(ShiftedObjectiveValue(problem_, books_.expert), entry.credit);
    now.budget = SettledBudget(problem_, books_.own, books_.expert, now.allowance);
    const double excess = entry.same_flow ? 0.0 : entry.slack - now.budget;
    // Below zero it is by no more than that, unless work cost less than its declared floor: J stays below the bound
    // then as well.
    const double error = std::max(excess, -now.budget);
    if (error > kRounding * (now.expert_objective + now.shift + now.expert_shift))
      now.error = std::max(now.error, error);
  }
  standing_.push_back(now);
}

BooksReport PeriodBooks::ReportAfter(int slots) const {
  BooksReport report;
  if (slots == 0) {
    if (allowance_) report.allowance = report.budget = report.bound = allowance_(0.0, 0.0);
    return report;
  }
  const Standing& now = standing_[slots - 1];
  report.objective = now.objective;
  report.expert_objective = now.expert_objective;
  report.shift = now.shift;
  report.allowance = now.allowance;
  report.budget = now.budget;
  report.error = now.error;
  report.bound = now.expert_objective + now.expert_shift + now.allowance + now.error;
  return report;
}

}  // namespace evenkeel
