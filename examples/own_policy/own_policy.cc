// A policy of one's own: put through laws P1 to P3, then run over a month beside policies of evenkeel's catalog and the
// optimum in hindsight.
#include <cmath>
#include <cstdio>

#include "engine/dispatch/dispatch.h"
#include "engine/laws.h"
#include "engine/planner/offline.h"
#include "engine/simulate.h"
#include "experiments/catalog/catalog.h"
#include "models/generate/trace.h"

namespace ek = evenkeel;

namespace {

// Every group's weight mu is shared out over its buckets by the loads so far, with the exponent p: whoever has carried
// most is the dearest. In the first slot all buckets are alike.
//
//   gamma^k[b] = mu_k (L^k[b])^p / sum_b' (L^k[b'])^p,      x_t = argmin over X_t of (c_t + sum_k gamma^k h^k_t) . x
class LoadShare : public ek::Policy {
 public:
  LoadShare(const ek::Problem& problem, double exponent)
      : problem_(problem), exponent_(exponent), dispatcher_(problem), prices_(ek::ZeroPrices(problem)) {}

  void Decide(const ek::SlotInput& input, ek::Allocation* allocation) override {
    for (std::size_t k = 0; k < problem_.groups.size(); ++k) {
      const ek::Vector shares = input.ledger.load[k].array().pow(exponent_);
      const double sum = shares.sum();
      prices_[k].setConstant(problem_.groups[k].weight / static_cast<double>(shares.size()));
      if (sum > 0.0) prices_[k] = problem_.groups[k].weight / sum * shares;
    }
    ek::PricedCost(problem_, input.coefficients, 1.0, prices_, &cost_);
    ek::DispatchOrThrow(problem_, cost_, input.slot, &dispatcher_, allocation);
  }

 private:
  const ek::Problem& problem_;  // outlives every policy that is made for it
  double exponent_;
  ek::Dispatcher dispatcher_;
  ek::Prices prices_;
  ek::Vector cost_;
};

ek::Problem ProblemOf(const ek::Trace& trace) {
  return ek::MakeProblem(trace.header.network, ek::PublishedObjective(), trace.signals.num_slots(),
                         ek::TotalDemand(trace));
}

// Laws are checked on traces of several kinds; a law that is broken is named, with the slot.
bool HoldsTheLaws() {
  int broken = 0;
  for (int seed = 1; seed <= 5; ++seed) {
    ek::GeneratorOptions options;
    options.regions = 2 + seed;
    options.gateways = 3;
    options.slots = 48;
    options.variants = seed % 2 == 0 ? 3 : 1;
    options.reach = 0.6;
    options.seed = static_cast<std::uint64_t>(seed);
    const ek::Trace trace = ek::GenerateTrace(options);
    const ek::Problem problem = ProblemOf(trace);
    const auto make = [&] { return std::make_unique<LoadShare>(problem, 4.0); };
    for (const std::string& law : ek::CheckPolicyLaws(problem, trace, make).broken) {
      std::printf("seed %d: %s\n", seed, law.c_str());
      ++broken;
    }
  }
  if (broken == 0) std::printf("laws P1, P2 and P3 hold\n");
  return broken == 0;
}

void Run(const char* name, const ek::Problem& problem, const ek::Trace& month, double optimum, ek::Policy& policy) {
  const auto slots = ek::MakeSlotSource(month);
  const ek::Ledger ledger = ek::Simulate(problem, *slots, *slots, policy, {}).metered;
  const double objective = ek::ShiftedObjectiveValue(problem, ledger);
  std::printf("%-20s%12.1f%10.3f%14.1f%12.1f%12.0f\n", name, 1e-3 * ek::ObjectiveValue(problem, ledger),
              objective / optimum, 1e-3 * ledger.energy_cost, ledger.load[0].maxCoeff(), ledger.load[1].maxCoeff());
}

}  // namespace

int main() {
  if (!HoldsTheLaws()) return 1;

  ek::GeneratorOptions options;
  options.seed = 7;
  const ek::Trace month = ek::GenerateTrace(options);  // ten regions, 720 hours
  const ek::Problem problem = ProblemOf(month);
  const auto slots = ek::MakeSlotSource(month);
  const ek::OfflineOptimum optimum = ek::SolveOffline(problem, *slots, {});
  const double best = optimum.objective + optimum.ledger.shift;

  std::printf("%-20s%12s%10s%14s%12s%12s\n", "policy", "J, kUSD", "J / opt", "energy, kUSD", "carbon, t", "water, m3");
  LoadShare own(problem, 4.0);
  Run("load-share(p=4)", problem, month, best, own);
  for (const char* spec : {"cost", "norm-greedy(q=8)", "dmd"}) {
    const auto policy = ek::MakePolicy({problem}, ek::ParseSpec(spec));
    Run(spec, problem, month, best, *policy);
  }
  return 0;
}
