// What robust policies promise beside the bound: always-safe advice is followed to the bit, more margin never lowers
// trust, and the result does not depend on the advice's future.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstring>

#include "engine/policies/replay.h"
#include "experiments/catalog/catalog.h"
#include "predictors/advice/stress.h"
#include "robustifiers/line.h"
#include "robustifiers/robust_policy.h"
#include "tests/reference/beside.h"
#include "tests/reference/play.h"

namespace evenkeel {
namespace {

constexpr WayBack kModes[] = {WayBack::kSwitch, WayBack::kLine, WayBack::kPrice};

Instance DrawInstance(int seed) {
  InstanceOptions options;
  options.max_regions = options.max_gateways = 4;
  options.max_slots = 30;
  options.norms = {1.0, 2.0, 4.0, kInfinity};
  Instance instance = MakeRandomInstance(static_cast<std::uint64_t>(seed), options);
  if (seed % 4 == 0) instance.problem.shed_cost = 50.0;
  if (seed % 8 == 0) instance.trace.signals.capacity *= 0.7;
  return instance;
}

std::unique_ptr<Policy> MakeNamed(const Problem& problem, const std::string& spec, std::uint64_t seed = 1) {
  return MakePolicy({problem, seed, {}}, ParseSpec(spec));
}

std::unique_ptr<Policy> MakeRobustNamed(const Problem& problem, const std::string& advice, const std::string& expert,
                                        const RobustOptions& options) {
  return MakeRobust(problem, MakeNamed(problem, advice), MakeNamed(problem, expert), options);
}

bool SameBits(const Vector& a, const Vector& b) {
  return a.size() == b.size() &&
         std::memcmp(a.data(), b.data(), sizeof(double) * static_cast<std::size_t>(a.size())) == 0;
}

void ExpectSameDecisions(const Played& a, const Played& b, int slots) {
  for (int t = 0; t < slots; ++t) {
    EXPECT_TRUE(SameBits(a.decisions[t].flow, b.decisions[t].flow)) << "slot " << t;
    EXPECT_TRUE(SameBits(a.decisions[t].shed, b.decisions[t].shed)) << "slot " << t;
  }
}

TEST(RobustLaws, AlwaysSafeAdviceIsFollowedToTheBit) {
  for (int seed = 1; seed <= Scaled(100) && !HasFailure(); ++seed) {
    const Instance instance = DrawInstance(seed);
    const Problem& problem = instance.problem;
    const int slots = instance.trace.signals.num_slots();
    const auto check = [&](const std::string& advice, const std::string& expert, const Spending& spending) {
      const Played alone = Play(problem, *MakeSlotSource(instance.trace), *MakeNamed(problem, advice));
      for (WayBack mode : kModes) {
        SCOPED_TRACE(testing::Message() << "seed " << seed << ", " << advice << " around " << expert << ", mode "
                                        << static_cast<int>(mode));
        RobustOptions options;
        options.spending = spending;
        options.mode = mode;
        const Played robust =
            Play(problem, *MakeSlotSource(instance.trace), *MakeRobustNamed(problem, advice, expert, options));
        EXPECT_EQ(robust.guarantee->taken, slots);
        ExpectSameDecisions(robust, alone, slots);
      }
    };
    for (const char* same : {"cost", "l1-greedy", "norm-greedy(q=8)"}) check(same, same, {0.0, 0.0, 0.0});
    for (const char* advice : {"adversary", "random", "nearest"}) {
      check(advice, "l1-greedy", {0.0, 1e12, 0.0});
      check(advice, "cost", {1.0, 0.0, 1e12});
    }
  }
}

/// Books before a slot and what the policy had to decide between, handed to a check in every slot of a run.
using BooksObserver =
    std::function<void(const SlotBudget& budget, const Increment& advice, const Increment& expert, const Ledger& before,
                       const Ledger& expert_before, const RobustDecision& decision, const BesideSlot& at)>;

void PlayWithBooks(const Instance& instance, Policy& policy, Policy& expert, const Spending& spending,
                   const BooksObserver& observer) {
  const Problem& problem = instance.problem;
  Ledger before = MakeLedger(problem), expert_before = MakeLedger(problem);
  SlotBudget budget(problem);
  Increment advice_step, expert_step;
  PlayBeside(problem, instance.trace.signals.num_slots(), SlotsOf(instance.trace), policy, expert,
             [&](const BesideSlot& at) {
               const RobustDecision& decision = DecisionsOf(policy)->last();
               ASSERT_NE(decision.advice, nullptr);
               ComputeIncrement(problem, at.coefficients, *decision.advice, &advice_step);
               ComputeIncrement(problem, at.coefficients, at.expert_decision, &expert_step);
               budget.Begin(before, expert_before, expert_step,
                            Allowance(spending, ShiftedObjectiveValue(problem, at.expert_ledger)));
               observer(budget, advice_step, expert_step, before, expert_before, decision, at);
               before = at.ledger;
               expert_before = at.expert_ledger;
             });
}

TEST(RobustLaws, MoreMarginNeverLowersTrustForTheSameBooks) {
  long slots = 0;
  for (int seed = 1; seed <= Scaled(600) && !HasFailure(); ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    const Instance instance = DrawInstance(seed);
    const Problem& problem = instance.problem;
    RobustOptions options;
    options.spending = {seed % 2 == 0 ? 0.01 : 0.1, 0.0, 0.0};
    const std::string advice = seed % 3 == 0 ? "adversary" : seed % 3 == 1 ? "random" : "adversary(harm=sum)";
    const auto policy = MakeRobustNamed(problem, advice, "l1-greedy", options),
               expert = MakeNamed(problem, "l1-greedy");
    const auto check = [&](const SlotBudget&, const Increment& advice_step, const Increment& expert_step,
                           const Ledger& before, const Ledger& expert_before, const RobustDecision& decision,
                           const BesideSlot& at) {
      SlotBudget other(problem);
      double previous = 1.0;
      for (double rho : {0.0, 1e-6, 1e-3, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 10.0}) {
        const double allowance = Allowance({rho, 0.0, 0.0}, ShiftedObjectiveValue(problem, at.expert_ledger));
        other.Begin(before, expert_before, expert_step, allowance);
        const double alpha = SmallestSafeAlpha(other, advice_step, expert_step);
        EXPECT_LE(alpha, previous + 1e-12) << "slot " << at.slot.index << ", rho " << rho;
        const bool safe_but_for_rounding = decision.verdict == Verdict::kTaken && other.Value(advice_step) < 0.0;
        if (rho == options.spending.rho && !safe_but_for_rounding) {
          EXPECT_NEAR(alpha, decision.alpha, 1e-9) << "slot " << at.slot.index;
        }
        previous = alpha;
      }
      ++slots;
    };
    PlayWithBooks(instance, *policy, *expert, options.spending, check);
  }
  EXPECT_GT(slots, 0);
}

TEST(RobustLaws, TheResultDoesNotDependOnTheFutureOfTheAdvice) {
  for (int seed = 1; seed <= Scaled(300); ++seed) {
    const Instance instance = DrawInstance(seed);
    const Problem& problem = instance.problem;
    const auto decisions = [&](std::uint64_t stream) {
      return Play(problem, *MakeSlotSource(instance.trace), *MakeNamed(problem, "random", stream)).decisions;
    };
    const std::vector<Allocation> first = decisions(1), second = decisions(2);
    std::mt19937_64 random(seed);
    const int t = DrawInt(&random, 0, instance.trace.signals.num_slots() - 1);
    std::vector<Allocation> changed = first;
    std::copy(second.begin() + t + 1, second.end(), changed.begin() + t + 1);
    for (WayBack mode : kModes) {
      for (bool adaptive : {false, true}) {
        SCOPED_TRACE(testing::Message() << "seed " << seed << ", mode " << static_cast<int>(mode)
                                        << ", change after slot " << t);
        RobustOptions options;
        options.mode = mode;
        options.spending.rho = 0.05;
        options.trust.adaptive = adaptive;
        const auto play = [&](const std::vector<Allocation>& advice) {
          return Play(problem, *MakeSlotSource(instance.trace),
                      *MakeRobust(problem, MakeReplay(advice), MakeNamed(problem, "l1-greedy"), options));
        };
        ExpectSameDecisions(play(first), play(changed), t + 1);
      }
    }
  }
}

}  // namespace
}  // namespace evenkeel
