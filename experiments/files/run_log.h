// The log of a run on disk: HDF5, schema version 1 (docs/run_format.md). Per slot the cost, the loads and J so far; on
// request every allocation; for policies that follow advice how each decision came about. Written slot by slot under a
// temporary name and renamed when the run is complete.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/planner/running_certificate.h"
#include "experiments/files/run_log_schema.h"
#include "models/world/ledger.h"
#include "models/world/problem.h"
#include "robustifiers/decision.h"

namespace evenkeel {

struct RunLogOptions {
  bool allocations = false;  ///< also keep every slot's decision, [slots x gateways x regions x variants]
  bool decisions = false;    ///< also keep how every decision came about; with `allocations` advice and expert, too
};

/// What the log says of itself, as attributes.
struct RunLogInfo {
  std::string policy;  ///< spec string
  std::string trace;   ///< path of the trace
  std::string command;
  std::string generator;      ///< program and version
  std::string observed = {};  ///< path of the trace that the policy saw; empty: `trace` itself
  std::string observe = {};   ///< spec of an error in what the policy saw; empty: none
  std::string events = {};    ///< specs of what happened to the trace, a line each
};

class RunLogWriter {
 public:
  /// Opens the temporary file. Throws InputError when it cannot be written.
  RunLogWriter(const std::string& path, const Problem& problem, const RunLogInfo& info, const RunLogOptions& options);
  /// Removes the temporary file unless Finish was called.
  ~RunLogWriter();

  /// Adds a slot. `ledger` is the metered one after the slot; `decision` must be given when the log keeps decisions.
  void Append(std::int64_t time, const Allocation& allocation, const Ledger& ledger,
              const RobustDecision* decision = nullptr);
  /// Adds the certificates of the run, once, before Finish.
  void AddCertificates(const std::vector<PrefixCertificate>& certificates);
  /// Syncs and renames.
  void Finish();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// An equity group as a log has it.
struct RunLogGroup {
  std::string name;
  std::string units;
  double weight = 0.0;
  double norm = 0.0;
  Vector bucket_weight;  ///< theta, [buckets]
  RowMatrix load;        ///< [slots x buckets], since the first slot
};

/// What a log holds.
struct RunLog {
  RunLogInfo info;
  double total_objective = 0.0;      ///< J of the whole run, USD
  double total_shift = 0.0;          ///< USD
  std::optional<double> shed_price;  ///< USD per unit of unserved workload; absent: all demand had to be served
  std::vector<std::string> regions;
  std::vector<std::string> gateways;
  std::vector<std::string> variants;
  std::vector<std::int64_t> time;  ///< [slots]
  Vector energy_cost;              ///< [slots], of the slot, USD
  Vector shed_cost;                ///< [slots], of the slot, USD
  Vector objective;                ///< [slots], J so far, USD
  Vector shift;                    ///< [slots], so far, USD
  std::vector<RunLogGroup> groups;
  RowMatrix region_cost;      ///< [slots x regions], since the first slot, USD
  RowMatrix region_workload;  ///< [slots x regions], since the first slot, units
  RowMatrix allocation;       ///< [slots x (gateways x regions x variants)], of the slot; empty when it was not kept
  RowMatrix shed;             ///< [slots x gateways], of the slot; empty when it was not kept

  // Of policies that follow advice, else empty.
  std::vector<Verdict> verdict;                        ///< [slots]
  std::vector<std::int64_t> verdict_count;             ///< [kNumVerdicts], slots of each
  Vector alpha;                                        ///< [slots]
  Vector slack;                                        ///< [slots], USD
  RowMatrix advice, advice_shed, expert, expert_shed;  ///< like allocation and shed; kNoAllocation where none was
  std::vector<PrefixCertificate> certificates;         ///< in the order of their slots
  std::optional<double> certified_ratio;               ///< of the last certificate

  int num_slots() const { return static_cast<int>(time.size()); }
};

/// Reads a whole log. Throws InputError.
RunLog ReadRunLog(const std::string& path);

}  // namespace evenkeel
