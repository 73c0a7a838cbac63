// What `run` keeps beside the outcome: the log on disk and the certificates.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/planner/running_certificate.h"
#include "engine/simulate.h"
#include "experiments/files/run_log.h"
#include "models/files/period.h"
#include "models/world/slot.h"

namespace evenkeel {

struct RecorderOptions {
  std::string out;           ///< path of the log; empty: none
  bool allocations = false;  ///< keep every decision in the log
  int certify_every = 0;     ///< slots; 0: no certificates
  PriceSource prices = PriceSource::kPlan;
  int threads = 1;
};

class RunRecorder {
 public:
  /// `period` must outlive this.
  RunRecorder(const Period& period, const RunLogInfo& info, const RecorderOptions& options);

  /// Opens the log for this policy, which must live as long as slots are observed.
  void Begin(const Policy& policy);
  void Observe(const SlotRecord& record);
  /// Completes the log.
  void Finish();

  /// None unless they were asked for.
  std::vector<PrefixCertificate> certificates() const;

 private:
  const Period& period_;
  RunLogInfo info_;
  RecorderOptions options_;
  const RobustDecisions* decisions_ = nullptr;  // of the policy, where it is robust
  std::optional<RunLogWriter> log_;
  std::unique_ptr<SlotSource> metered_;
  std::optional<RunningCertificate> certificate_;
};

}  // namespace evenkeel
