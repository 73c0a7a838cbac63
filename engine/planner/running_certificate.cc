#include "engine/planner/running_certificate.h"

#include <utility>

#include "engine/planner/offline.h"
#include "engine/smoothed_prices.h"
#include "models/base/error.h"
#include "models/slots/trace_window.h"

namespace evenkeel {
namespace {

Prices PlannedPrices(const Problem& problem, SlotSource& metered, int slot, int threads) {
  SlotWindow prefix(metered, 0, slot + 1);
  OfflineOptions options;
  options.threads = threads;
  return SolveOffline(problem, prefix, options).prices;
}

}  // namespace

Prices PricesOfLoads(const Problem& problem, const Loads& load) {
  Prices prices = ZeroPrices(problem);
  SmoothedPrices(problem, load, &prices);
  ScaleIntoDualSet(problem, &prices);
  return prices;
}

PrefixCertificate CertifyPrefix(const Problem& problem, SlotSource& metered, int slot, const Ledger& ledger,
                                Prices prices) {
  SlotWindow prefix(metered, 0, slot + 1);
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
