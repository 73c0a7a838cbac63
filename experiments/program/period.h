// An accounting period on disk together with what it is judged on: what solve, run and compare work on.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "experiments/program/options.h"
#include "models/files/trace_file.h"
#include "models/world/problem.h"
#include "models/world/scenario.h"
#include "models/world/signal_error.h"
#include "models/world/slot.h"
#include "models/world/trace.h"

namespace evenkeel {

struct Period {
  std::string trace;  ///< path of the trace file
  TraceHeader header;
  Problem problem;
  std::string observed = {};               ///< path of the trace that policies see; empty: `trace` itself
  int first = 0;                           ///< slot of the trace with which the period begins; it has problem.num_slots
  std::vector<ScenarioEvent> events = {};  ///< what happens to the trace
  std::optional<SignalError> observe_error = {};  ///< put into what policies see
  std::vector<std::string> event_specs = {};      ///< as given
  std::string observe = {};                       ///< as given; empty: no error
  std::shared_ptr<const Trace> loaded = nullptr;  ///< the trace in memory, for who opens it often; null: on disk

  bool is_observed_apart() const { return !observed.empty() || observe_error.has_value(); }
  /// What policies see, for people: a file, an error, or nothing where it is the trace itself.
  const std::string& sight() const { return observed.empty() ? observe : observed; }
};

/// The period's slots as metered, as policies see them, and what policies may know of the time before it.
std::unique_ptr<SlotSource> OpenMetered(const Period& period);
std::unique_ptr<SlotSource> OpenObserved(const Period& period);
std::unique_ptr<SlotSource> OpenHistory(const Period& period);

/// `--from` and `--to`, for commands that work on a part of a trace.
std::vector<OptionInfo> PeriodOptions();

/// Slots of a trace that a period takes.
struct SlotRange {
  int first = 0;
  int count = 0;
};
/// The slots from `--from` until before `--to`, the whole trace where neither is given. Throws InputError for times
/// that are no start of a slot of the trace, or its end.
SlotRange ParseSlotRange(const Options& options, const TraceFile& trace);

/// `--observed`, for commands that run policies.
OptionInfo ObservedOption();

/// Opens the trace named by the first positional argument and lays the objective's options over it; `--observed`, where
/// it is given, must fit. `loaded` is that trace, where it is in memory already. Throws InputError.
Period OpenPeriod(const Options& options, std::shared_ptr<const Trace> loaded = nullptr);

/// `1 slot`, `2 slots`
std::string CountText(std::int64_t count, const std::string& noun);
/// `457 slots of 1 h, 10 regions, 10 gateways, 1 variant`
std::string SizeText(const TraceHeader& header, int num_slots);

}  // namespace evenkeel
