#include "experiments/run/run_recorder.h"

namespace evenkeel {
RunRecorder::RunRecorder(const Period& period, const RunLogInfo& info, const RecorderOptions& options)
    : period_(period), info_(info), options_(options) {
  if (options.certify_every == 0) return;
  RunningCertificateOptions certificate;
  certificate.every = options.certify_every;
  certificate.prices = options.prices;
  certificate.threads = options.threads;
  metered_ = OpenMetered(period);
  certificate_.emplace(period.problem, *metered_, certificate);
}

void RunRecorder::Begin(const Policy& policy) {
  decisions_ = DecisionsOf(policy);
  if (options_.out.empty()) return;
  RunLogOptions options;
  options.allocations = options_.allocations;
  options.decisions = decisions_ != nullptr;
  log_.emplace(options_.out, period_.problem, info_, options);
}

void RunRecorder::Observe(const SlotRecord& record) {
  const Ledger& ledger = record.ledgers.metered;
  if (certificate_) certificate_->Observe(record.slot.index, ledger);
  if (!log_) return;
  log_->Append(record.slot, record.allocation, ledger, decisions_ == nullptr ? nullptr : &decisions_->last());
}

void RunRecorder::Finish() {
  if (!log_) return;
  log_->AddCertificates(certificates());
  log_->Finish();
}

std::vector<PrefixCertificate> RunRecorder::certificates() const {
  if (!certificate_) return {};
  return certificate_->certificates();
}

}  // namespace evenkeel
