// An accounting period: a part of a trace, what happens to it, what policies see of it, and what it is judged on.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "models/slots/scenario.h"
#include "models/world/objective.h"
#include "models/world/problem.h"
#include "models/world/signal_error.h"
#include "models/world/slot.h"
#include "models/world/time_base.h"
#include "models/world/trace.h"

namespace evenkeel {

/// A trace without its signals.
struct TraceOutline {
  TraceHeader header;
  TimeBase time;
  int num_slots = 0;
};

/// Of the trace at `path`, or of `loaded` where it is in memory. Throws InputError.
TraceOutline ReadOutline(const std::string& path, const Trace* loaded = nullptr);

/// Slots of a trace.
struct SlotRange {
  int first = 0;
  int count = 0;
};

/// What makes a period; only the trace must be there.
struct PeriodDescription {
  std::string trace;  ///< path of the trace file; of a trace in memory, what messages call it
  std::shared_ptr<const Trace> loaded = nullptr;  ///< that trace in memory; null: on disk
  std::optional<SlotRange> slots = {};            ///< of the trace; nothing: all
  Objective objective = PublishedObjective();
  std::vector<ScenarioEvent> events = {};         ///< what happens to the trace
  std::string observed = {};                      ///< path of the trace that policies see; empty: `trace` itself
  std::optional<SignalError> observe_error = {};  ///< put into what policies see
};

/// A description that holds, and what follows from it. Errors and events reach over the whole trace: they don't depend
/// on the part of it that a period takes.
struct Period {
  PeriodDescription description;  ///< with `slots` filled in
  TraceHeader header;
  TimeBase time;  ///< slot 0 is the period's first
  Problem problem;

  bool is_observed_apart() const { return !description.observed.empty() || description.observe_error.has_value(); }
};

/// Throws InputError for a trace that cannot be read, slots that it does not have, an objective that does not fit, and
/// for an observed trace that differs from `trace` in more than prices and intensities.
Period MakePeriod(PeriodDescription description);

/// The period's slots as metered, as policies see them, and what policies may know of the time before it. The period
/// must outlive them where its trace is in memory.
std::unique_ptr<SlotSource> OpenMetered(const Period& period);
std::unique_ptr<SlotSource> OpenObserved(const Period& period);
std::unique_ptr<SlotSource> OpenHistory(const Period& period);

}  // namespace evenkeel
