// The log of a run on disk: HDF5, schema version 2, or 3 of a live period (docs/run_format.md). Per slot the cost, the
// loads and J so far; on request every allocation; for policies that follow advice how each decision came about.
// Written slot by slot under a temporary name and renamed when the run is complete.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/planner/running_certificate.h"
#include "experiments/files/live_rows.h"
#include "experiments/files/run_log_schema.h"
#include "models/files/hdf5_reader.h"
#include "models/world/ledger.h"
#include "models/world/problem.h"
#include "models/world/slot.h"
#include "robustifiers/decision.h"

namespace evenkeel {

struct RunLogOptions {
  bool allocations = false;  ///< also keep every slot's decision, [slots x gateways x regions x variants]
  bool decisions = false;    ///< also keep how every decision came about; with `allocations` advice and expert, too
  bool live = false;         ///< of a live period (RunLogInfo::journal), with `allocations`
};

/// What the log says of itself, as attributes.
struct RunLogInfo {
  std::string policy;  ///< spec string
  std::string trace;   ///< path of the trace
  std::string command;
  std::string generator;          ///< program and version
  std::string observed = {};      ///< path of the trace that the policy saw; empty: `trace` itself
  std::string observe = {};       ///< spec of an error in what the policy saw; empty: none
  std::string events = {};        ///< specs of what happened to the trace, a line each
  std::string guarantee = {};     ///< all options of a robust policy as `name=value, ..`, defaults included; else empty
  std::int64_t certify = 0;       ///< a certificate every so many slots, and after the last; 0: none
  std::string journal = {};       ///< path of the journal of the live period that this is the log of; empty: of none
  std::int64_t period_slots = 0;  ///< of that period, of which the log may have fewer
};

/// What stands in the log's attributes once the run is complete.
struct RunLogTotals {
  Ledger ledger;                                     ///< metered, after the last slot
  std::int64_t verdict_count[kNumVerdicts] = {};     ///< slots of each, where the log keeps decisions
  std::int64_t live_count[kNumLiveSlotStates] = {};  ///< slots of each, of a live period
};

class RunLogWriter {
 public:
  /// Opens the temporary file. Throws InputError when it cannot be written.
  RunLogWriter(const std::string& path, const Problem& problem, const RunLogInfo& info, const RunLogOptions& options);
  /// Removes the temporary file unless Finish was called.
  ~RunLogWriter();

  /// Adds a slot, of which time and what has arrived count. `ledger` is the metered one after the slot; `decision` must
  /// be given when the log keeps decisions, `live` when it is of a live period.
  void Append(const Slot& slot, const Allocation& allocation, const Ledger& ledger,
              const RobustDecision* decision = nullptr, const LiveLogSlot* live = nullptr);
  /// Adds the certificates of the run, once, before Finish.
  void AddCertificates(const std::vector<PrefixCertificate>& certificates);
  /// Syncs and renames.
  void Finish();

 private:
  friend std::string RunLogLayout(const Problem&, const RunLogInfo&, const RunLogOptions&, const RunLogTotals&,
                                  const std::vector<PrefixCertificate>&);
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// The image (models/files/hdf5_reader.h) of a log as it has to be, but for its rows, of which it has none: every
/// dataset and every attribute, the totals included.
std::string RunLogLayout(const Problem& problem, const RunLogInfo& info, const RunLogOptions& options,
                         const RunLogTotals& totals, const std::vector<PrefixCertificate>& certificates);

/// An equity group as a log has it.
struct RunLogGroup {
  std::string name;
  std::string units;
  double weight = 0.0;
  double norm = 0.0;
  Vector bucket_weight;  ///< theta, [buckets]
  RowMatrix load;        ///< [rows x buckets], since the first slot
};

/// What a log holds, with the rows of the slots [first_slot, first_slot + rows).
struct RunLog {
  RunLogInfo info;
  bool has_allocations = false;
  double total_objective = 0.0;      ///< J of the whole run, USD
  double total_shift = 0.0;          ///< USD
  std::optional<double> shed_price;  ///< USD per unit of unserved workload; absent: all demand had to be served
  std::vector<std::string> regions;
  std::vector<std::string> gateways;
  std::vector<std::string> variants;
  std::vector<std::string> classes;  ///< of work that can wait: the last of the gateways
  int slots = 0;                     ///< of the whole run
  int first_slot = 0;                ///< that the rows begin with
  std::vector<std::int64_t> time;    ///< [rows]
  Vector energy_cost;                ///< [rows], of the slot, USD
  Vector shed_cost;                  ///< [rows], of the slot, USD
  Vector objective;                  ///< [rows], J so far, USD
  Vector shift;                      ///< [rows], so far, USD
  std::vector<RunLogGroup> groups;
  RowMatrix region_cost;      ///< [rows x regions], since the first slot, USD
  RowMatrix region_workload;  ///< [rows x regions], since the first slot, units
  RowMatrix work_released;    ///< [rows x classes], done or given up in the slot, units
  RowMatrix work_waiting;     ///< [rows x classes], at the slot's end, units
  RowMatrix allocation;       ///< [rows x (gateways x regions x variants)], of the slot; empty when it was not kept
  RowMatrix shed;             ///< [rows x gateways], of the slot; empty when it was not kept

  // Of policies that follow advice, else empty.
  std::vector<Verdict> verdict;                        ///< [rows]
  std::vector<std::int64_t> verdict_count;             ///< [kNumVerdicts], slots of each
  Vector alpha;                                        ///< [rows]
  Vector slack;                                        ///< [rows], USD
  RowMatrix advice, advice_shed, expert, expert_shed;  ///< like allocation and shed; kNoAllocation where none was
  RunLogLive live;                                     ///< of a live period, else empty
  std::vector<PrefixCertificate> certificates;         ///< in the order of their slots; RunLogReader reads them singly
  std::optional<double> certified_ratio;               ///< of the last certificate

  int num_slots() const { return slots; }
  bool is_live() const { return !info.journal.empty(); }
};

/// Reads a log a few slots at a time, so that it takes no more memory for a long run.
class RunLogReader {
 public:
  /// Everything but rows and certificates. Throws InputError, as all members do.
  explicit RunLogReader(const std::string& path);
  ~RunLogReader();

  const Hdf5Reader& file() const;
  /// With the rows that were read last.
  const RunLog& log() const;
  /// Slots to read at a time, so that no block of rows takes more than some MiB.
  int BlockSlots() const;
  void ReadRows(int first, int count);

  int num_certificates() const;
  /// Shift is not in the log for itself: that of the slot's row counts.
  PrefixCertificate ReadCertificate(int index) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Reads a whole log. Throws InputError.
RunLog ReadRunLog(const std::string& path);

}  // namespace evenkeel
