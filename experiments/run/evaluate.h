// One policy over one period, and several side by side.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/certificate.h"
#include "engine/planner/offline.h"
#include "engine/simulate.h"
#include "experiments/catalog/catalog.h"
#include "experiments/run/progress.h"
#include "experiments/specs/spec.h"
#include "models/files/period.h"
#include "robustifiers/decision.h"

namespace evenkeel {

/// What became of the work that can wait.
struct WorkOutcome {
  Vector arrived;  ///< [classes], units
  Vector waited;   ///< [classes], sum over slots of what waits at their end, units times hours

  /// Of a unit of class k, hours (Little's law); 0 where nothing arrived.
  double MeanWait(int k) const { return arrived[k] > 0.0 ? waited[k] / arrived[k] : 0.0; }
};

/// What a run came to.
struct RunOutcome {
  std::string policy;           ///< spec
  bool clairvoyant = false;     ///< it, or a policy in it, looked into the future
  bool asks_a_program = false;  ///< it, or one in it, asked a program of the user's: reproducible only if that is
  Ledger ledger;                ///< metered
  double objective = 0.0;
  double shifted_objective = 0.0;
  PolicyReport report;
  WorkOutcome work;
  std::optional<GuaranteeReport> guarantee;  ///< of robust policies
  double seconds = 0.0;                      ///< wall-clock time of the run
};

/// For people, of such runs.
inline constexpr char kAsksAProgramNote[] =
    "A program of yours decided or forecast in it: the run is reproducible only as far as that program is.";

struct RunSettings {
  std::uint64_t seed = 1;
  double advice_timeout = 0.0;  ///< PolicyContext::advice_timeout
  bool trust_modules = false;   ///< PolicyContext::trust_modules
  /// PolicyContext::make_expert
  std::function<std::unique_ptr<Policy>(const PolicyContext&, const Spec&)> make_expert = {};
  SharedPlans shared_plans = {};  ///< PolicyContext::shared_plans

  /// A seed is enough.
  RunSettings(std::uint64_t the_seed = 1, double timeout = 0.0) : seed(the_seed), advice_timeout(timeout) {}
};

/// Streams the period's trace through the policy, which sees the period's observations. `observer` may be empty;
/// `begin` gets the policy before its first slot.
RunOutcome RunPolicy(const Period& period, const Spec& spec, const RunSettings& settings, const SlotObserver& observer,
                     const std::function<void(const Policy&)>& begin = {});

/// The optimum in hindsight with the checker's word on it.
struct CheckedOptimum {
  OfflineOptimum optimum;
  Certificate certificate;
  double seconds = 0.0;  ///< wall-clock time of the solver, without the check
};

/// Largest relative gap with which an optimum counts as confirmed by the checker.
inline constexpr double kConfirmedGap = 1e-6;
/// Largest violation of a constraint, relative to the slot's demand, with which it does.
inline constexpr double kConfirmedViolation = 1e-6;

/// On up to `threads` threads: what comes out does not depend on how many.
CheckedOptimum SolveAndCheck(const Period& period, int threads = 1);
bool IsConfirmed(const CheckedOptimum& checked);

struct ComparisonResult {
  std::optional<CheckedOptimum> optimum;
  std::vector<RunOutcome> runs;  ///< in the order of the specs
};

/// Every policy, and the optimum if asked for, each with slots of its own, on up to `threads` threads: what comes out
/// does not depend on how many.
ComparisonResult Compare(const Period& period, const std::vector<Spec>& specs, bool with_optimum,
                         const RunSettings& settings, int threads, Progress* progress);

}  // namespace evenkeel
