// The ledger of a log's decisions beside the logged values; without decisions, the logged values beside each other.
#pragma once

#include "experiments/files/run_log.h"
#include "models/world/ledger.h"
#include "models/world/problem.h"
#include "models/world/slot.h"

namespace evenkeel {

class LedgerCheck {
 public:
  /// Both must outlive this; `log` has the rows of the slots that are added.
  LedgerCheck(const Problem& problem, const RunLog& log);

  /// The next slot. Throws RunDifference.
  void Add(int t, const Slot& slot, const Coefficients& metered);

  /// As recomputed, or, without decisions, as logged.
  const Ledger& ledger() const { return ledger_; }
  /// Sum of the sizes of all costs so far and of the weighted norms, USD: what J is the rest of.
  double gross() const { return gross_cost_ + EquityCost(problem_, gross_load_); }
  /// What the unserved workload is made of, units: of the decisions their own, without them the rest of the demand.
  double gross_shed() const { return gross_shed_; }

 private:
  void Recompute(int t, const Slot& slot, const Coefficients& metered);
  void TakeLogged(int t, const Slot& slot, const Coefficients& metered);
  void CheckWork(int t, const Slot& slot, const Vector& done_before) const;

  const Problem& problem_;
  const RunLog& log_;
  Ledger ledger_;
  double gross_cost_ = 0.0, gross_shed_ = 0.0;
  Vector gross_region_cost_, gross_region_workload_;
  std::vector<Vector> gross_load_;
  Vector region_use_;
};

}  // namespace evenkeel
