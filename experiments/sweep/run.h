// All cells of a sweep: on threads, on ranks, across kills.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "experiments/sweep/cell.h"
#include "experiments/sweep/ranks.h"

namespace evenkeel {

struct SweepRunOptions {
  std::string out;                                    ///< path of the results; journals stand beside it
  int part = 1, parts = 1;                            ///< runs the cells whose number is part - 1 modulo parts
  int threads = 1;                                    ///< of this process
  std::function<void()> step = {};                    ///< called after every cell, from any thread; may be empty
  std::function<void(const std::string&)> note = {};  ///< what a damaged line of a journal comes to; may be empty
};

struct SweepRunResult {
  std::vector<SweepOutcome> outcomes;  ///< one per cell of the plan; complete on rank 0 of a sweep of one part
  int resumed = 0;                     ///< cells that were found finished
  bool complete = false;               ///< every cell of the plan has an outcome
};

/// Runs what the journals beside `out` do not have yet, each cell kept there as soon as it is finished. Cells that
/// failed are tried again, and cells whose line in a journal is damaged are run again, with a note. What comes out is
/// the same for any number of threads, ranks, parts and interruptions. Throws InputError when the journal cannot be
/// written; finished cells stay in it.
SweepRunResult RunSweep(const SweepPlan& plan, const SweepSchema& schema, const SweepRunOptions& options, Ranks* ranks);

/// Where this part's journal is.
std::string JournalPath(const SweepRunOptions& options);

/// Deletes the journals, once the results are written.
void RemoveJournals(const std::string& out);

}  // namespace evenkeel
