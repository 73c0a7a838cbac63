// A trace: a network and the signals of every slot of an accounting period. On disk it is HDF5
// (docs/trace_format.md).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "models/base/linear_algebra.h"
#include "models/world/network.h"
#include "models/world/slot.h"

namespace evenkeel {

struct TraceField;  // models/world/trace_schema.h

/// Where a trace's numbers come from; kept as attributes of the file.
struct Provenance {
  std::string title;
  std::string source;  ///< public origin of the numbers, per signal where they differ
  std::string licence;
  std::string command;                         ///< the command that made the file
  std::string generator;                       ///< program and version
  std::string seed;                            ///< empty when nothing was drawn
  std::string carbon_signal_type = "average";  ///< average or marginal
  std::string carbon_scope = "unspecified";    ///< direct, lifecycle or unspecified
  std::string processing = {};                 ///< what was filled, averaged or held on the way, a line each
};

/// The part of a trace that does not grow with the slots.
struct TraceHeader {
  Network network;
  double slot_hours = 1.0;
  Provenance provenance;
};

/// Signals of consecutive slots; units as in Slot, except capacity, which is in MW here.
struct Signals {
  std::vector<std::int64_t> time;  ///< [slots], start of each slot, seconds since 1970-01-01 00:00:00 UTC
  RowMatrix demand;                ///< [slots x gateways]; of a class of work, what arrives
  RowMatrix capacity;              ///< [slots x regions], MW
  RowMatrix price;                 ///< [slots x regions]
  RowMatrix carbon_intensity;      ///< [slots x regions]
  RowMatrix water_intensity;       ///< [slots x regions]

  int num_slots() const { return static_cast<int>(time.size()); }
};

struct Trace {
  TraceHeader header;
  Signals signals;
};

/// Checks network, shapes, finiteness, ranges, equally spaced times and the cost floors of work that are below 0.
/// Throws InputError beginning with `where` and naming field, slot, region, gateway or class, value and what is
/// allowed.
void ValidateTrace(const Trace& trace, const std::string& where);
/// The same checks for a block of slots whose first one is slot `first_slot` of the period.
void ValidateSignals(const TraceHeader& header, const Signals& signals, int first_slot, const std::string& where);

// What traces in memory and on disk share.
/// Checks slot length, range and equal spacing of the times of slots from `first_slot` on. Throws InputError.
void ValidateTimes(double slot_hours, const std::vector<std::int64_t>& times, int first_slot, const std::string& where);
/// Checks shape, finiteness and range of one signal [times x columns] of slots from `first_slot` on. Throws InputError.
void ValidateSignal(const TraceHeader& header, const TraceField& field, const std::vector<std::int64_t>& times,
                    const Eigen::Ref<const RowMatrix>& values, int first_slot, const std::string& where);
/// The same for demand and what arrives of work that can wait, [times x gateways].
void ValidateDemand(const TraceHeader& header, const std::vector<std::int64_t>& times, const RowMatrix& demand,
                    int first_slot, const std::string& where);
/// Name of a signal's column along `axis`: region, gateway or work_class.
const std::string& ColumnName(const Network& network, const std::string& axis, std::int64_t column);
/// Fills `slot` from row `row` of `signals`, slot `index` of the period.
void FillSlot(const Signals& signals, double slot_hours, int row, int index, Slot* slot);

/// The slots of a trace in memory, which must outlive the source.
std::unique_ptr<SlotSource> MakeSlotSource(const Trace& trace);

/// Sum of demand over the period per gateway, [gateways], units of workload.
Vector TotalDemand(const Trace& trace);

}  // namespace evenkeel
