// The laws of engine/policy.h for the catalog times the release rules, on traces with work that can wait: bursts,
// outages, capacity that does not suffice.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/laws.h"
#include "experiments/catalog/catalog.h"
#include "experiments/catalog/releases.h"
#include "robustifiers/decision.h"
#include "tests/reference/waiting_instances.h"

namespace evenkeel {
namespace {

const char* const kRules[] = {
    "immediate", "spread", "spread(last=0)", "spread(last=0.4)", "threshold(low=5,high=200)", "hoard(dump=0.3)"};

bool HasRelease(const Entry& entry) {
  for (const ParameterInfo& parameter : entry.parameters) {
    if (parameter.name == kReleaseParameter) return true;
  }
  return false;
}

/// Policies with a release rule that need nothing else, with each rule; then those that decide when by themselves, and
/// robust ones around late experts.
std::vector<std::string> Specs() {
  std::vector<std::string> specs;
  for (const Entry* entry : EntriesOf(Catalog(), Kind::kPolicy)) {
    if (!HasRelease(*entry) || entry->asks_a_program || entry->foreign_code) continue;
    if (entry->name == "fixed-price") continue;  // needs a file
    for (const char* rule : kRules) specs.push_back(fmt::format("{}(release={})", entry->name, rule));
  }
  for (const char* spec :
       {"hindsight", "hindsight-price", "norm-greedy(q=8,prime=own,release=spread(last=0.5))",
        "plan(forecast=seasonal-naive(season=3),every=2)", "plan(forecast=seasonal-naive(season=3),every=3,play=flows)",
        "plan(forecast=perfect,every=2)",
        "robust(advice=adversary,expert=norm-greedy(q=8,release=spread(last=0.5)),rho=0.1,mode=line)",
        "robust(advice=random,expert=cost(release=spread(last=0)),rho=0.1,mode=switch)",
        "robust(advice=plan(forecast=perfect,every=3),expert=norm-greedy(q=8,release=spread(last=0.5)),rho=0.1)",
        "robust(advice=hindsight,expert=power-greedy(q=4,release=spread),rho=0.1,trust=adaptive)"})
    specs.push_back(spec);
  return specs;
}

/// Whether the rule may put off more than a later slot can do, so that the problem needs a shed cost.
Instance DrawInstance(int seed) {
  WaitingOptions options;
  options.instance.norms = {1.0, 2.0, 4.0, kInfinity};
  options.instance.max_slots = 12;
  Instance instance = MakeWaitingInstance(static_cast<std::uint64_t>(seed), options);
  instance.problem.shed_cost = 500.0;
  if (seed % 4 == 0) instance.trace.signals.capacity *= 0.6;
  return instance;
}

TEST(WaitingLaws, HoldForTheCatalogTimesTheReleaseRules) {
  double worst = 0.0;
  int runs = 0;
  for (int seed = 1; seed <= Scaled(60); ++seed) {
    const Instance instance = DrawInstance(seed);
    std::mt19937_64 random(seed);
    PolicyLawOptions options;
    options.change_after = DrawInt(&random, 0, instance.trace.signals.num_slots() - 1);
    options.seed = static_cast<std::uint64_t>(seed);
    for (const std::string& text : Specs()) {
      SCOPED_TRACE(testing::Message() << "seed " << seed << ", " << text);
      const Spec spec = ParseSpec(text);
      options.looks_ahead = IsClairvoyant(Catalog(), Kind::kPolicy, spec);
      PolicyContext context{instance.problem, 1, {}};
      context.time = TimeBase{};
      if (options.looks_ahead) context.open_future = [&] { return MakeSlotSource(instance.trace); };
      const auto make = [&] { return MakePolicy(context, spec); };
      options.is_robust = DecisionsOf(*make()) != nullptr;
      const PolicyLawReport report = CheckPolicyLaws(instance.problem, instance.trace, make, options);
      EXPECT_THAT(report.broken, testing::IsEmpty())
          << report.played.report.unconverged_slots << " unconverged slots, gap "
          << report.played.report.worst_slot_gap;
      for (int k = 0; k < instance.problem.num_classes(); ++k) {
        const double arrived = instance.trace.signals.demand.col(instance.problem.network.num_firm() + k).sum();
        EXPECT_NEAR(report.played.ledger.work_done[k], arrived, 1e-9 * std::max(1.0, arrived)) << "at the period's end";
      }
      worst = std::max(worst, report.worst_violation);
      ++runs;
      if (HasFailure()) return;
    }
  }
  fmt::print("{} runs, worst violation {:.3g} of the work of its slot\n", runs, worst);
}

}  // namespace
}  // namespace evenkeel
