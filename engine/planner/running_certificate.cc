#include "engine/planner/running_certificate.h"

#include <utility>

#include "engine/planner/offline.h"
#include "engine/smoothed_prices.h"
#include "models/base/error.h"

namespace evenkeel {
namespace {

Prices PlannedPrices(const Problem& problem, SlotSource& metered, int slot, int threads) {
  PrefixSource prefix(metered, slot + 1);
  OfflineOptions options;
  options.threads = threads;
  return SolveOffline(problem, prefix, options).prices;
}

}  // namespace

PrefixSource::PrefixSource(SlotSource& source, int num_slots) : source_(source), num_slots_(num_slots) {
  EVENKEEL_CHECK(num_slots >= 0);
  EVENKEEL_CHECK_LE(num_slots, source.num_slots());
}

void PrefixSource::Read(int t, Slot* slot) {
  EVENKEEL_CHECK(t >= 0 && t < num_slots_);
  source_.Read(t, slot);
}

Prices PricesOfLoads(const Problem& problem, const std::vector<Vector>& load) {
  Prices prices = ZeroPrices(problem);
  SmoothedPrices(problem, load, &prices);
  ScaleIntoDualSet(problem, &prices);
  return prices;
}

PrefixCertificate CertifyPrefix(const Problem& problem, SlotSource& metered, int slot, const Ledger& ledger,
                                Prices prices) {
  PrefixSource prefix(metered, slot + 1);
  PrefixCertificate certificate;
  certificate.slot = slot;
  certificate.objective = ObjectiveValue(problem, ledger);
  certificate.lower_bound = LowerBound(problem, prefix, prices);
  certificate.shift = ledger.shift;
  certificate.ratio = Ratio(certificate.objective + ledger.shift, certificate.lower_bound + ledger.shift);
  certificate.prices = std::move(prices);
  return certificate;
}

RunningCertificate::RunningCertificate(const Problem& problem, SlotSource& metered,
                                       const RunningCertificateOptions& options)
    : problem_(problem), metered_(metered), options_(options) {
  EVENKEEL_CHECK(options.every > 0);
}

void RunningCertificate::Observe(int slot, const Ledger& ledger) {
  const int slots = slot + 1;
  if (slots % options_.every != 0 && slots != metered_.num_slots()) return;
  Prices prices = options_.prices == PriceSource::kPlan ? PlannedPrices(problem_, metered_, slot, options_.threads)
                                                        : PricesOfLoads(problem_, ledger.load);
  certificates_.push_back(CertifyPrefix(problem_, metered_, slot, ledger, std::move(prices)));
}

}  // namespace evenkeel
