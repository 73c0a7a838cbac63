// The generator's promise with work that can wait: every slot can be served, all work when it arrives, and turning
// demand into work neither adds to it nor loses any.
#include <gtest/gtest.h>

#include <random>

#include "engine/dispatch/dispatch.h"
#include "models/generate/trace.h"
#include "tests/reference/random_instances.h"

namespace evenkeel {
namespace {

GeneratorOptions RandomOptions(int seed) {
  std::mt19937_64 random(static_cast<std::uint64_t>(seed));
  const auto draw = [&](double low, double high) { return std::uniform_real_distribution<double>(low, high)(random); };
  const auto count = [&](int low, int high) { return std::uniform_int_distribution<int>(low, high)(random); };
  GeneratorOptions options;
  options.seed = static_cast<std::uint64_t>(seed);
  options.regions = count(1, 12);
  options.gateways = count(1, 12);
  options.slots = count(1, 60);
  options.slot_hours = seed % 3 == 0 ? 0.25 : 1.0;
  options.variants = seed % 4 == 0 ? 3 : 1;
  options.utilisation = draw(0.1, 0.9);
  options.work = {seed % 7 == 0 ? 1.0 : draw(0.0, 1.0), options.slot_hours * count(0, 30), 0.0};
  if (seed % 2 == 0) {
    options.work.home = seed % 6 == 0 ? 1.0 : draw(0.0, 1.0);
  } else {
    options.reach = draw(0.05, 1.0);
  }
  return options;
}

TEST(GeneratedWork, EverySlotCanBeServedAndNothingIsLost) {
  for (int seed = 1; seed <= Scaled(300); ++seed) {
    SCOPED_TRACE(seed);
    GeneratorOptions options = RandomOptions(seed);
    const Trace trace = GenerateTrace(options);
    ValidateTrace(trace, "generated");
    options.work = {};
    const Trace whole = GenerateTrace(options);
    const Network& network = trace.header.network;
    const int firm = network.num_firm();
    ASSERT_EQ(whole.header.network.num_gateways(), firm);
    EXPECT_EQ(trace.signals.price, whole.signals.price);
    const Problem problem =
        MakeProblem(network, Objective(), trace.signals.num_slots(), Vector::Ones(network.num_gateways()));
    Dispatcher dispatcher(problem);
    Allocation allocation = MakeAllocation(problem);
    const auto slots = MakeSlotSource(trace);
    Slot slot;
    for (int t = 0; t < trace.signals.num_slots(); ++t) {
      slots->Read(t, &slot);
      const double all = whole.signals.demand.row(t).sum();
      ASSERT_NEAR(slot.demand.sum(), all, 1e-12 * all) << "slot " << t;
      ASSERT_GE(slot.demand.minCoeff(), 0.0) << "slot " << t;
      // Served at once: the strictest release that there is.
      const DispatchResult result = dispatcher.Solve(Vector::Zero(problem.num_arcs()), slot, &allocation);
      ASSERT_EQ(result.status, DispatchStatus::kOptimal) << "slot " << t;
      for (int i = 0; i < network.num_regions(); ++i) {
        double at_home = 0.0;
        for (int k = 0; k < network.num_classes(); ++k)
          if (network.reachable.row(firm + k).cast<int>().sum() == 1 && network.reachable(firm + k, i) != 0 &&
              network.gateways[firm + k].name != "work")
            at_home += slot.demand[firm + k];
        ASSERT_LE(at_home, kMostAtHome * slot.capacity[i] * (1.0 + 1e-12)) << "slot " << t << ", region " << i;
      }
    }
  }
}

}  // namespace
}  // namespace evenkeel
