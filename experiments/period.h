// An accounting period on disk together with what it is judged on: what solve, run and compare work on.
#pragma once

#include <cstdint>
#include <string>

#include "experiments/options.h"
#include "models/problem.h"
#include "models/trace.h"

namespace evenkeel {

struct Period {
  std::string trace;  ///< path of the trace file
  TraceHeader header;
  Problem problem;
  std::string observed = {};  ///< path of the trace that policies see; empty: `trace` itself
};

/// `--observed`, for commands that run policies.
OptionInfo ObservedOption();

/// Opens the trace named by the first positional argument and lays the objective's options over it; `--observed`, where
/// it is given, must fit. Throws InputError.
Period OpenPeriod(const Options& options);

/// `1 slot`, `2 slots`
std::string CountText(std::int64_t count, const std::string& noun);
/// `457 slots of 1 h, 10 regions, 10 gateways, 1 variant`
std::string SizeText(const TraceHeader& header, int num_slots);

}  // namespace evenkeel
