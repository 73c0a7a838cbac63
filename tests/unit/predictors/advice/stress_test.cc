#include "predictors/advice/stress.h"

#include <gtest/gtest.h>

#include <chrono>

#include "engine/policies/constant_price.h"
#include "tests/reference/play.h"
#include "tests/reference/random_instances.h"

namespace evenkeel {
namespace {

/// Three regions, one gateway with demand 1: prices 0, 3, 5; carbon 4, 2, 1; one group of weight 1.
struct ThreeRegions {
  explicit ThreeRegions(double weight, int slots = 2) : trace(PlainTrace(3, 1, slots)) {
    for (int t = 0; t < slots; ++t) {
      trace.signals.price.row(t) << 0.0, 3.0, 5.0;
      trace.signals.carbon_intensity.row(t) << 4.0, 2.0, 1.0;
    }
    problem = ProblemOf(trace, CarbonObjective(weight, kInfinity));
  }
  Played Run(Policy& policy) const { return Play(problem, *MakeSlotSource(trace), policy); }
  std::unique_ptr<Policy> Cheapest() const { return MakeConstantPrice(problem, {1.0, ZeroPrices(problem), false}); }

  Trace trace;
  Problem problem;
};

void ExpectFlow(const Allocation& decision, double r0, double r1, double r2) {
  EXPECT_LE((decision.flow - Eigen::Vector3d(r0, r1, r2)).cwiseAbs().maxCoeff(), 1e-12) << decision.flow.transpose();
}

// Weight 1: J after slot 0 is 4 on r0, 5 on r1, 6 on r2; the dearest region is the worst. In slot 1, with r2's load 1
// behind it: 5 + 4 on r0, 5 + 3 + 2 on r1, 5 + 5 + 2 on r2. Weight 10: 40, 23, 15, then 80, 43, 45.
TEST(AdversaryTest, ByHand) {
  const ThreeRegions light(1.0), heavy(10.0);
  const Played cheap = light.Run(*MakeAdversary(light.problem, Harm::kObjective));
  ExpectFlow(cheap.decisions[0], 0.0, 0.0, 1.0);
  ExpectFlow(cheap.decisions[1], 0.0, 0.0, 1.0);
  const Played dirty = heavy.Run(*MakeAdversary(heavy.problem, Harm::kObjective));
  ExpectFlow(dirty.decisions[0], 1.0, 0.0, 0.0);
  ExpectFlow(dirty.decisions[1], 1.0, 0.0, 0.0);
}

// Price plus weight times carbon: 4, 5, 6 at weight 1; 8, 7, 7 at weight 2.
TEST(AdversaryTest, SumHarmByHand) {
  const ThreeRegions light(1.0), heavy(2.0);
  ExpectFlow(light.Run(*MakeAdversary(light.problem, Harm::kSum)).decisions[0], 0.0, 0.0, 1.0);
  ExpectFlow(heavy.Run(*MakeAdversary(heavy.problem, Harm::kSum)).decisions[0], 1.0, 0.0, 0.0);
}

TEST(MixedAdviceTest, ByHand) {
  const ThreeRegions three(1.0);
  const auto mix = [&](double share) {
    return three.Run(*MakeMixedAdvice(three.problem, three.Cheapest(), MakeAdversary(three.problem, Harm::kSum), share))
        .decisions[0];
  };
  ExpectFlow(mix(0.0), 1.0, 0.0, 0.0);
  ExpectFlow(mix(0.25), 0.75, 0.0, 0.25);
  ExpectFlow(mix(1.0), 0.0, 0.0, 1.0);
}

TEST(RandomAdviceTest, FollowsFromItsSeedAndCoversTheVertices) {
  const ThreeRegions three(1.0, 200);
  const Played first = three.Run(*MakeRandomAdvice(three.problem, 1)),
               again = three.Run(*MakeRandomAdvice(three.problem, 1));
  const Played other = three.Run(*MakeRandomAdvice(three.problem, 2));
  Vector sum = Vector::Zero(3);
  int same = 0;
  for (int t = 0; t < 200; ++t) {
    EXPECT_EQ(first.decisions[t].flow, again.decisions[t].flow);
    same += first.decisions[t].flow == other.decisions[t].flow;
    sum += first.decisions[t].flow;
  }
  EXPECT_LT(same, 120);
  EXPECT_GT(sum.minCoeff(), 40.0);
}

// Whatever the demand: broken advice must never turn out feasible by chance.
TEST(FaultyAdviceTest, IsBrokenInEverySlot) {
  for (double demand : {1e-3, 0.5, 1.0, 40.0}) {
    ThreeRegions three(1.0, 1);
    three.trace.signals.demand.setConstant(demand);
    Slot slot;
    MakeSlotSource(three.trace)->Read(0, &slot);
    Coefficients coefficients;
    EstimateCoefficients(three.problem, slot, &coefficients);
    const Ledger ledger = MakeLedger(three.problem);
    for (Fault fault : {Fault::kNan, Fault::kInfinite, Fault::kNegative, Fault::kWrongSize, Fault::kInfeasible}) {
      SCOPED_TRACE(testing::Message() << "demand " << demand << ", fault " << static_cast<int>(fault));
      Allocation answer = MakeAllocation(three.problem);
      MakeFaultyAdvice(three.Cheapest(), fault)->Decide({slot, coefficients, ledger}, &answer);
      Vector use;
      EXPECT_GT(Infeasibility(three.problem, slot, {}, answer, &use), 1e-9 * std::max(1.0, demand));
    }
    Allocation answer = MakeAllocation(three.problem);
    EXPECT_THROW(MakeFaultyAdvice(three.Cheapest(), Fault::kThrows)->Decide({slot, coefficients, ledger}, &answer),
                 std::runtime_error);
  }
}

TEST(LateAdviceTest, TakesItsTime) {
  const ThreeRegions three(1.0);
  const auto start = std::chrono::steady_clock::now();
  const Played played = three.Run(*MakeLateAdvice(three.Cheapest(), 0.05));
  EXPECT_GE(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(), 0.1);
  ExpectFlow(played.decisions[0], 1.0, 0.0, 0.0);
}

}  // namespace
}  // namespace evenkeel
