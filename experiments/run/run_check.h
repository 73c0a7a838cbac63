// Confirms a run from its log and its trace alone: nothing but arithmetic, dispatch for the lower bounds, and the
// budget's formula. Every dataset and attribute that a log of its policy has is recomputed or compared; one that is
// missing, or that should not be there, is a difference as well.
#pragma once

#include <string>
#include <vector>

#include "experiments/files/run_log.h"

namespace evenkeel {

struct RunCheck {
  bool has_allocations = false;  ///< J was recomputed from the decisions, else only from the logged costs and loads
  bool has_budget = false;       ///< slack and verdicts were recomputed
  bool has_live_books = false;   ///< bookings, both ledgers and the bound of a live period were recomputed
  int slots = 0;
  int certificates = 0;
  double live_error = 0.0;               ///< err of theorem 5 (c) of a live period, USD
  int off_line = 0;                      ///< decisions of mode price: safe, but why these the log cannot tell
  double ratio = 0.0;                    ///< of the last certificate
  std::vector<std::string> not_checked;  ///< what the log cannot show
  std::string difference;  ///< the first thing that does not hold, see run_difference.h; empty: everything holds
};

/// `trace` is what the run was settled with, `observed` what its policy saw, empty when that is the same. Takes memory
/// for a few slots at a time. Throws InputError when a file cannot be read, is of another network, or when the log has
/// nothing to check.
RunCheck CheckRun(RunLogReader* log, const std::string& trace, const std::string& observed);

}  // namespace evenkeel
