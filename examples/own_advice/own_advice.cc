// A month with advice of one's own under a bound: whatever the advice does, J ends at most (1 + rho) times the
// expert's.
#include <cstdio>

#include "engine/dispatch/dispatch.h"
#include "engine/simulate.h"
#include "experiments/catalog/catalog.h"
#include "models/generate/trace.h"
#include "robustifiers/decision.h"
#include "robustifiers/robust_policy.h"

namespace ek = evenkeel;

namespace {

// Advice that was found somewhere else: prices of carbon, USD/t, that somebody says are right for this month. Dispatch
// follows them. They may be anything, and here they are wrong for some regions.
class PriceList : public ek::Policy {
 public:
  PriceList(const ek::Problem& problem, double first, double others)
      : problem_(problem), dispatcher_(problem), prices_(ek::ZeroPrices(problem)) {
    prices_[0].setConstant(others);
    prices_[0][0] = first;
  }

  void Decide(const ek::SlotInput& input, ek::Allocation* allocation) override {
    ek::PricedCost(problem_, input.coefficients, 1.0, prices_, &cost_);
    ek::DispatchOrThrow(problem_, cost_, input.slot, &dispatcher_, allocation);
  }

 private:
  const ek::Problem& problem_;
  ek::Dispatcher dispatcher_;
  ek::Prices prices_;
  ek::Vector cost_;
};

double RunAlone(const ek::Problem& problem, const ek::Trace& month, ek::Policy& policy) {
  const auto slots = ek::MakeSlotSource(month);
  return ek::ObjectiveValue(problem, ek::Simulate(problem, *slots, *slots, policy, {}).metered);
}

void RunWithBound(const ek::Problem& problem, const ek::Trace& month, double rho) {
  ek::RobustOptions options;
  options.spending.rho = rho;
  const auto robust = ek::MakeRobust(problem, std::make_unique<PriceList>(problem, 1500.0, 100.0),
                                     ek::MakePolicy({problem}, ek::ParseSpec("norm-greedy(q=8)")), options);
  // The ledger slot by slot, and how each decision came about, if somebody wants to see it.
  double way_back = 0.0;
  const ek::RobustDecisions& decisions = *ek::DecisionsOf(*robust);
  const auto watch = [&](const ek::SlotRecord&) { way_back += decisions.last().alpha / problem.num_slots; };
  const auto slots = ek::MakeSlotSource(month);
  const ek::Ledger ledger = ek::Simulate(problem, *slots, *slots, *robust, watch).metered;

  const ek::GuaranteeReport report = decisions.guarantee();
  std::printf("rho = %.2f: J = %.1f, bound %.1f USD; advice taken in %ld slots, pulled back in %ld, expert in %ld\n",
              rho, ek::ObjectiveValue(problem, ledger), report.bound - ledger.shift, report.taken, report.pulled,
              report.expert);
  std::printf("            on average %.2f of the way from the advice to the expert\n", way_back);
}

}  // namespace

int main() {
  ek::GeneratorOptions generator;
  generator.regions = 6;
  generator.gateways = 5;
  generator.seed = 3;
  const ek::Trace month = ek::GenerateTrace(generator);
  const ek::Problem problem = ek::MakeProblem(month.header.network, ek::PublishedObjective(), month.signals.num_slots(),
                                              ek::TotalDemand(month));
  PriceList advice(problem, 1500.0, 100.0);
  const auto expert = ek::MakePolicy({problem}, ek::ParseSpec("norm-greedy(q=8)"));
  std::printf("advice alone %.1f USD, expert alone %.1f USD\n", RunAlone(problem, month, advice),
              RunAlone(problem, month, *expert));
  for (const double rho : {0.02, 0.1, 0.5}) RunWithBound(problem, month, rho);
}
