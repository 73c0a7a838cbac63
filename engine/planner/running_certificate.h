// How far a running engine can be at most from the best in hindsight: a lower bound on the optimum of the slots so far
// (theorem 1), from any prices in the dual set. A bound is never more than what its own slots and prices prove, whoever
// found the prices. Where there are classes of work, the optimum of a prefix serves of it what is due by the prefix's
// end (theorem 1'), and the deferral prices are those that fit the prices (engine/deferral_prices.h): a certificate can
// be checked from its prices alone.
#pragma once

#include <vector>

#include "engine/certificate.h"
#include "models/world/ledger.h"
#include "models/world/problem.h"
#include "models/world/slot.h"

namespace evenkeel {

/// Where the prices of a certificate come from.
enum class PriceSource {
  kPlan,  ///< the optimum of the prefix: the tightest bound, a planner's run per certificate
  kRun,   ///< the loads of the run so far: nearly free
};

struct RunningCertificateOptions {
  int every = 1;  ///< slots from one certificate to the next, > 0
  PriceSource prices = PriceSource::kPlan;
  int threads = 1;  ///< of the planner; results do not depend on it
};

/// The slots 0 to `slot`: OPT >= lower_bound, so that the run is at most `ratio` times the best in hindsight.
struct PrefixCertificate {
  int slot = 0;
  double objective = 0.0;    ///< J of the run, USD
  double lower_bound = 0.0;  ///< LB(prices), USD
  double shift = 0.0;        ///< added to both for the ratio, USD
  double ratio = 0.0;
  Prices prices;
};

/// Prices at which the run's own loads stand (engine/smoothed_prices.h), scaled into the dual set.
Prices PricesOfLoads(const Problem& problem, const Loads& load);

/// LB(prices) and ratio for a run whose metered ledger after slot `slot` is `ledger`.
PrefixCertificate CertifyPrefix(const Problem& problem, SlotSource& metered, int slot, const Ledger& ledger,
                                Prices prices);

class RunningCertificate {
 public:
  /// `problem` and `metered`, the whole period as metered, must outlive this. Only slots already observed are read.
  RunningCertificate(const Problem& problem, SlotSource& metered, const RunningCertificateOptions& options);

  /// To be called after every slot with the metered ledger. Certifies every options.every slots and after the last one.
  void Observe(int slot, const Ledger& ledger);

  const std::vector<PrefixCertificate>& certificates() const { return certificates_; }

 private:
  const Problem& problem_;
  SlotSource& metered_;
  RunningCertificateOptions options_;
  std::vector<PrefixCertificate> certificates_;
};

}  // namespace evenkeel
