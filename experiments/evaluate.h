// One policy over one period, and several side by side.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/certificate.h"
#include "engine/offline.h"
#include "engine/simulate.h"
#include "experiments/period.h"
#include "experiments/progress.h"
#include "experiments/spec.h"

namespace evenkeel {

/// What a run came to.
struct RunOutcome {
  std::string policy;  ///< spec
  Ledger ledger;       ///< metered
  double objective = 0.0;
  double shifted_objective = 0.0;
  PolicyReport report;
  double seconds = 0.0;  ///< wall-clock time of the run
};

/// Streams the period's trace through the policy. `observer` may be empty.
RunOutcome RunPolicy(const Period& period, const Spec& spec, std::uint64_t seed, const SlotObserver& observer);

/// The optimum in hindsight with the checker's word on it.
struct CheckedOptimum {
  OfflineOptimum optimum;
  Certificate certificate;
  double seconds = 0.0;  ///< wall-clock time of the solver, without the check
};

/// Largest relative gap with which an optimum counts as confirmed by the checker.
inline constexpr double kConfirmedGap = 1e-6;
/// Largest violation of a constraint, in units of workload, with which it does.
inline constexpr double kConfirmedViolation = 1e-6;

CheckedOptimum SolveAndCheck(const Period& period);
bool IsConfirmed(const CheckedOptimum& checked);

struct ComparisonResult {
  std::optional<CheckedOptimum> optimum;
  std::vector<RunOutcome> runs;  ///< in the order of the specs
};

/// Every policy, and the optimum if asked for, each with slots of its own, on up to `threads` threads: what comes out
/// does not depend on how many.
ComparisonResult Compare(const Period& period, const std::vector<Spec>& specs, bool with_optimum, std::uint64_t seed,
                         int threads, Progress* progress);

/// J over a reference, both shifted: 1 when both are zero, infinity when only the reference is.
double Ratio(double shifted_objective, double shifted_reference);

}  // namespace evenkeel
