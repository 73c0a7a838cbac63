#include "experiments/run/run_recorder.h"

namespace evenkeel {
namespace {

int VerdictIndex(Verdict verdict) {
  switch (verdict) {
    case Verdict::kTaken:
      return 0;
    case Verdict::kPulled:
      return 1;
    case Verdict::kExpert:
      return 2;
    case Verdict::kRejected:
      break;
  }
  return 3;
}

}  // namespace

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
  policy_ = &policy;
  if (options_.out.empty()) return;
  RunLogOptions options;
  options.allocations = options_.allocations;
  options.decisions = policy.LastDecision() != nullptr;
  log_.emplace(options_.out, period_.problem, info_, options);
}

void RunRecorder::Observe(const SlotRecord& record) {
  const Ledger& ledger = record.ledgers.metered;
  if (certificate_) certificate_->Observe(record.slot.index, ledger);
  if (!log_) return;
  const RobustDecision* decision = policy_->LastDecision();
  if (decision == nullptr) {
    log_->Append(record.slot.time, record.allocation, ledger);
    return;
  }
  const RunLogDecision logged{VerdictIndex(decision->verdict), decision->alpha, decision->slack, decision->advice,
                              decision->expert};
  log_->Append(record.slot.time, record.allocation, ledger, &logged);
}

void RunRecorder::Finish() {
  if (!log_) return;
  std::vector<RunLogCertificate> logged;
  for (const PrefixCertificate& one : certificates()) {
    logged.push_back({one.slot, one.objective, one.lower_bound, one.ratio, one.prices});
  }
  log_->AddCertificates(logged);
  log_->Finish();
}

std::vector<PrefixCertificate> RunRecorder::certificates() const {
  if (!certificate_) return {};
  return certificate_->certificates();
}

}  // namespace evenkeel
