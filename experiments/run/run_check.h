// Confirms a run from its log and its trace alone: nothing but arithmetic, dispatch for the lower bounds, and the
// budget's formula.
#pragma once

#include <string>

#include "experiments/files/run_log.h"

namespace evenkeel {

struct RunCheck {
  bool has_allocations = false;  ///< J was recomputed from the decisions, else it is as logged
  bool has_budget = false;       ///< slack and verdicts were recomputed
  int slots = 0;
  int certificates = 0;
  int off_line = 0;        ///< decisions of mode price: safe, but why these the log cannot tell
  double ratio = 0.0;      ///< of the last certificate
  std::string difference;  ///< the first thing that does not hold to a relative 1e-9; empty: everything holds
};

/// `trace` is what the run was settled with, `observed` what its policy saw, empty when that is the same. Throws
/// InputError when a file cannot be read, is of another network, or when the log has nothing to check.
RunCheck CheckRun(const RunLog& log, const std::string& trace, const std::string& observed);

}  // namespace evenkeel
