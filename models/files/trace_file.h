// Traces on disk: HDF5, schema version 1, or 2 with work that can wait (docs/trace_format.md).
#pragma once

#include <memory>
#include <string>

#include "models/world/trace.h"

namespace evenkeel {

inline constexpr int kTraceSchemaVersion = 1;
inline constexpr int kTraceWorkVersion = 2;  ///< of traces with classes of work that can wait

/// Validates and writes `trace` under a temporary name, syncs, and renames to `path`. Throws InputError; `path` is then
/// untouched.
void WriteTrace(const Trace& trace, const std::string& path);

/// Reads and validates a whole trace. Throws InputError naming file, dataset, slot and column.
Trace ReadTrace(const std::string& path);

/// A trace that stays on disk: the header is in memory, slots are read and validated in blocks as they are asked for,
/// so that memory does not grow with the period.
class TraceFile : public SlotSource {
 public:
  explicit TraceFile(const std::string& path);
  ~TraceFile() override;

  const TraceHeader& header() const;
  int num_slots() const override;
  void Read(int t, Slot* slot) override;
  /// Signals of slots [first, first + count).
  Signals ReadSignals(int first, int count) const;
  /// Sum of demand, for a class of work of what arrives, over the period per gateway, streamed, [gateways].
  Vector TotalDemand() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace evenkeel
