#include "models/files/period.h"

#include <utility>

#include "models/base/error.h"
#include "models/files/memory_estimate.h"
#include "models/files/observations.h"
#include "models/files/trace_file.h"
#include "models/slots/disturbed_slots.h"
#include "models/slots/queued_slots.h"
#include "models/slots/trace_window.h"

namespace evenkeel {
namespace {

/// The whole trace at `path`, with what happens to it.
std::unique_ptr<SlotSource> OpenWorld(const PeriodDescription& period, const std::string& path) {
  std::unique_ptr<SlotSource> slots;
  if (period.loaded != nullptr && path == period.trace) {
    slots = MakeSlotSource(*period.loaded);
  } else {
    slots = std::make_unique<TraceFile>(path);
  }
  return period.events.empty() ? std::move(slots) : MakeScenario(std::move(slots), period.events);
}

/// The whole trace as policies see it.
std::unique_ptr<SlotSource> OpenSight(const PeriodDescription& period) {
  std::unique_ptr<SlotSource> slots = OpenWorld(period, period.observed.empty() ? period.trace : period.observed);
  return period.observe_error ? MakeDisturbedSlots(std::move(slots), *period.observe_error) : std::move(slots);
}

void CheckSlots(const PeriodDescription& period, int num_slots) {
  const SlotRange& slots = *period.slots;
  if (slots.first >= 0 && slots.count >= 1 && slots.first <= num_slots - slots.count) return;
  throw InputError("{}: slots {} to {} are no period of a trace of {} slots", period.trace, slots.first,
                   slots.first + slots.count - 1, num_slots);
}

}  // namespace

TraceOutline ReadOutline(const std::string& path, const Trace* loaded) {
  if (loaded != nullptr) {
    const TimeBase time{loaded->signals.time.at(0), loaded->header.slot_hours};
    return {loaded->header, time, loaded->signals.num_slots()};
  }
  const TraceFile file(path);
  return {file.header(), {file.ReadSignals(0, 1).time.at(0), file.header().slot_hours}, file.num_slots()};
}

Period MakePeriod(PeriodDescription description) {
  Period period;
  const TraceOutline trace = ReadOutline(description.trace, description.loaded.get());
  if (!description.slots) description.slots = SlotRange{0, trace.num_slots};
  CheckSlots(description, trace.num_slots);
  const auto [first, count] = *description.slots;
  // An arc stands in the network, in costs and loads of a slot, in decisions and in the solvers' tables.
  constexpr double kBytesPerArc = 200.0;
  const Network& network = trace.header.network;
  ExpectMemory(
      description.trace,
      fmt::format("its network of {} regions and {} gateways", network.num_regions(), network.num_gateways()),
      kBytesPerArc * static_cast<double>(network.reachable.cast<std::int64_t>().sum()) * network.num_variants());
  SlotWindow slots(OpenWorld(description, description.trace), first, count);
  period.problem = MakeProblem(trace.header.network, description.objective, count, TotalDemand(slots));
  if (!description.observed.empty()) CheckObservations(description.trace, description.observed);
  period.header = trace.header;
  period.time = {trace.time.time(first), trace.time.slot_hours};
  period.description = std::move(description);
  return period;
}

std::unique_ptr<SlotSource> OpenMetered(const Period& period) {
  return MakeQueuedSlots(MakeSlotWindow(OpenWorld(period.description, period.description.trace),
                                        period.description.slots->first, period.problem.num_slots),
                         period.header.network);
}

std::unique_ptr<SlotSource> OpenObserved(const Period& period) {
  return MakeQueuedSlots(
      MakeSlotWindow(OpenSight(period.description), period.description.slots->first, period.problem.num_slots),
      period.header.network);
}

std::unique_ptr<SlotSource> OpenHistory(const Period& period) {
  return MakeSlotWindow(OpenSight(period.description), 0, period.description.slots->first);
}

}  // namespace evenkeel
