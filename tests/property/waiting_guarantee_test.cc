// Theorem 7: with work that can wait, J_t <= J_E,t + rho max(J_E,t, F) + B after every slot on shifted objectives,
// whatever the advice; the engine is never behind the expert, and what is always safe never lowers the budget.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "experiments/catalog/catalog.h"
#include "robustifiers/recovery.h"
#include "robustifiers/robust_policy.h"
#include "tests/reference/play.h"
#include "tests/reference/waiting_instances.h"

namespace evenkeel {
namespace {

const char* const kAdvice[] = {"adversary",
                               "adversary(harm=sum,release=hoard(dump=0.4))",
                               "random",
                               "random(release=immediate)",
                               "cost",
                               "cost(release=spread(last=0))",
                               "mix(advice=l1-greedy(release=spread),adversary=random,share=0.3)",
                               "mix(advice=cost,adversary=adversary,share=0.7)",
                               "faulty(advice=cost,kind=nan)",
                               "faulty(advice=cost,kind=infeasible)"};
const char* const kClairvoyant[] = {"hindsight-price", "hindsight",
                                    "mix(advice=hindsight,adversary=adversary,share=0.5)"};
const char* const kExperts[] = {"l1-greedy",
                                "cost(release=spread)",
                                "c2(release=spread(last=0))",
                                "nearest(release=spread(last=0.4))",
                                "cost(release=threshold(low=5,high=80))",
                                "norm-greedy(q=8,release=spread(last=0.5))",
                                "power-greedy(q=4)"};
constexpr double kMargins[] = {0.0, 0.01, 0.1, 1.0};
constexpr WayBack kModes[] = {WayBack::kSwitch, WayBack::kLine, WayBack::kPrice};

template <typename T, std::size_t N>
const T& Pick(std::mt19937_64* random, const T (&choices)[N]) {
  return choices[DrawInt(random, 0, static_cast<int>(N) - 1)];
}

std::unique_ptr<Policy> Named(const Problem& problem, const Trace* trace, std::uint64_t seed, const std::string& spec) {
  PolicyContext context{problem, seed, {}};
  context.time = TimeBase{};
  if (trace != nullptr) context.open_future = [trace] { return MakeSlotSource(*trace); };
  return MakePolicy(context, ParseSpec(spec));
}

RobustOptions DrawOptions(std::mt19937_64* random) {
  RobustOptions options;
  options.mode = Pick(random, kModes);
  options.spending.rho = Pick(random, kMargins);
  if (DrawInt(random, 0, 3) == 0) options.spending.bonus = std::pow(10.0, Draw(random, -2.0, 4.0));
  if (DrawInt(random, 0, 3) == 0) options.spending.planned = std::pow(10.0, Draw(random, 0.0, 5.0));
  options.trust.adaptive = DrawInt(random, 0, 2) == 0;
  return options;
}

struct Tally {
  long slots = 0, taken = 0, pulled = 0, expert = 0, rejected = 0, ahead = 0;
  double worst = kInfinity, worst_behind = 0.0;
  bool rejected_by_fault = false;  // the advice is broken on purpose

  void Check(const Problem& problem, const Spending& spending, const BesideSlot& at) {
    const double value = ShiftedObjectiveValue(problem, at.ledger);
    const double beside = ShiftedObjectiveValue(problem, at.expert_ledger);
    const double bound = beside + Allowance(spending, beside);
    const double slack = (bound - value) / std::max(1e-12, bound + at.ledger.shift + at.expert_ledger.shift);
    worst = std::min(worst, slack);
    EXPECT_GE(slack, -1e-9) << "slot " << at.slot.index << ": J " << value << ", bound " << bound;
    for (int k = 0; k < problem.num_classes(); ++k) {
      const double done = at.ledger.work_done[k], expected = at.expert_ledger.work_done[k];
      const double size = std::max(1.0, at.slot.arrived[k]);
      worst_behind = std::max(worst_behind, (expected - done) / size);
      const double allowed = AllowedViolation(at.slot) + 1e-12 * size;
      EXPECT_GE(done, expected - allowed) << "behind the expert in slot " << at.slot.index;
      EXPECT_GE(done, at.slot.due[k] - allowed) << "a deadline is missed in slot " << at.slot.index;
      EXPECT_LE(done, at.slot.arrived[k] + allowed);
      ahead += done > expected + 1e-6 * size ? 1 : 0;
    }
    ++slots;
  }
  void Add(const GuaranteeReport& guarantee) {
    taken += guarantee.taken;
    pulled += guarantee.pulled;
    expert += guarantee.expert;
    rejected += guarantee.rejected;
    EXPECT_EQ(guarantee.below_floor, 0);
    if (rejected_by_fault) return;
    EXPECT_EQ(guarantee.rejected, 0) << guarantee.first_failure;
  }
  void Record() const {
    fmt::print(
        "{} slots ({} taken, {} pulled, {} expert, {} rejected; {} leads), worst relative slack {:.3g}, furthest "
        "behind the expert {:.3g}\n",
        slots, taken, pulled, expert, rejected, ahead, worst, worst_behind);
    EXPECT_GT(taken, 0);
    EXPECT_GT(pulled, 0);
    EXPECT_GT(expert, 0);
    EXPECT_GT(ahead, 0);
  }
};

void PlayChecked(const Instance& instance, int slots, const SlotWriter& writer, std::uint64_t seed,
                 const std::string& advice, const std::string& expert, const RobustOptions& options, Tally* tally) {
  SCOPED_TRACE(fmt::format("{} around {}, rho {}, mode {}", advice, expert, options.spending.rho,
                           static_cast<int>(options.mode)));
  const Problem& problem = instance.problem;
  const auto policy = MakeRobust(problem, Named(problem, &instance.trace, seed, advice),
                                 Named(problem, nullptr, seed, expert), options);
  const auto beside = Named(problem, nullptr, seed, expert);
  PlayBeside(problem, slots, writer, *policy, *beside,
             [&](const BesideSlot& at) { tally->Check(problem, options.spending, at); });
  tally->rejected_by_fault = advice.find("faulty") != std::string::npos;
  tally->Add(DecisionsOf(*policy)->guarantee());
}

WaitingOptions Small(int slots) {
  WaitingOptions options;
  options.instance.max_regions = 4;
  options.instance.max_gateways = 3;
  options.instance.max_variants = 2;
  options.instance.max_slots = slots;
  options.instance.norms = {1.0, 2.0, 4.0, kInfinity};
  return options;
}

/// Late experts may have to give up what a burst leaves no capacity for: at a cost.
Instance DrawInstance(std::uint64_t seed, int slots) {
  Instance instance = MakeWaitingInstance(seed, Small(slots));
  instance.problem.shed_cost = 500.0;
  return instance;
}

TEST(Theorem7, HoldsOnAMillionRandomSlots) {
  Tally tally;
  const long wanted = Scaled(1000000);
  for (std::uint64_t seed = 1; tally.slots < wanted && !HasFailure(); ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    std::mt19937_64 random(seed);
    const Instance instance = DrawInstance(seed, 400);
    for (int i = 0; i < 6; ++i)
      PlayChecked(instance, instance.trace.signals.num_slots(), SlotsOf(instance.trace), seed, Pick(&random, kAdvice),
                  kExperts[DrawInt(&random, 0, 4)], DrawOptions(&random), &tally);
  }
  EXPECT_GE(tally.slots, wanted);
  tally.Record();
}

TEST(Theorem7, HoldsAroundGreedyExpertsAndUnderClairvoyantAdvice) {
  Tally tally;
  for (int seed = 1; seed <= Scaled(300) && !HasFailure(); ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    std::mt19937_64 random(seed);
    const Instance instance = DrawInstance(static_cast<std::uint64_t>(seed), 24);
    for (int i = 0; i < 4; ++i) {
      const char* const advice = i % 2 == 0 ? Pick(&random, kClairvoyant) : Pick(&random, kAdvice);
      PlayChecked(instance, instance.trace.signals.num_slots(), SlotsOf(instance.trace), seed, advice,
                  Pick(&random, kExperts), DrawOptions(&random), &tally);
    }
  }
  tally.Record();
}

/// Heavy tails, slots chosen by an adversary that sees both books, prices of both signs.
TEST(Theorem7, HoldsAgainstHostileSlots) {
  Tally tally;
  constexpr int kSlots = 42;
  for (int seed = 1; seed <= Scaled(40) && !HasFailure(); ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    std::mt19937_64 random(seed);
    WaitingOptions options = Small(8);
    options.instance.min_reach = 1.0;
    Instance instance = MakeWaitingInstance(static_cast<std::uint64_t>(seed), options);
    for (WorkClass& work : instance.trace.header.network.classes) work.cost_floor = -1e5;
    instance.problem.network = instance.trace.header.network;
    instance.problem.num_slots = kSlots;
    for (Hostility kind : kHostilities) {
      SCOPED_TRACE(testing::Message() << "hostility " << static_cast<int>(kind));
      for (const char* advice : kAdvice) {
        PlayChecked(
            instance, kSlots,
            Queued(instance.problem.network, kSlots, HostileSlots(instance, kind, static_cast<std::uint64_t>(seed))),
            seed, advice, Pick(&random, kExperts), DrawOptions(&random), &tally);
      }
    }
  }
  tally.Record();
}

/// Recovery lowers the budget nowhere: books from anywhere with a lead, any expert's decision, any coefficients.
TEST(Theorem7, RecoveryNeverLowersTheBudget) {
  for (int seed = 1; seed <= Scaled(20000) && !HasFailure(); ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    std::mt19937_64 random(seed);
    const Instance instance = DrawInstance(static_cast<std::uint64_t>(seed), 3);
    const Problem& problem = instance.problem;
    Slot slot;
    MakeSlotSource(instance.trace)->Read(0, &slot);
    Coefficients coefficients;
    EstimateCoefficients(problem, slot, &coefficients);
    Ledger engine = MakeLedger(problem), expert = engine;
    for (Ledger* ledger : {&engine, &expert}) {
      ledger->energy_cost = std::pow(10.0, Draw(&random, -2.0, 5.0));
      for (Vector& load : ledger->load)
        load =
            load.unaryExpr([&](double) { return DrawInt(&random, 0, 1) * std::pow(10.0, Draw(&random, -3.0, 4.0)); });
    }
    for (int k = 0; k < problem.num_classes(); ++k)
      engine.work_done[k] = DrawInt(&random, 0, 3) == 0 ? 0.0 : Draw(&random, 0.0, 1.5) * (0.1 + slot.arrived[k]);
    for (int k = 0; k < problem.num_classes(); ++k)
      engine.shift -= problem.network.classes[k].cost_floor * engine.work_done[k];
    Allocation decision = MakeAllocation(problem);
    decision.flow = decision.flow.unaryExpr([&](double) { return DrawInt(&random, 0, 1) * Draw(&random, 0.0, 3.0); });
    const double before = SettledBudget(problem, engine, expert, 0.0);
    Allocation recovery = decision;
    Recover(problem, engine, expert, decision, &recovery);
    AddSlot(problem, coefficients, recovery, FirmDemand(problem, slot), &engine);
    AddSlot(problem, coefficients, decision, FirmDemand(problem, slot), &expert);
    const double after = SettledBudget(problem, engine, expert, 0.0);
    // Of the sums that the budgets are differences of, by size: costs of both signs and their shifts cancel in J.
    const double size = ShiftedObjectiveValue(problem, engine) + ShiftedObjectiveValue(problem, expert) + engine.shift +
                        expert.shift + 2.0 * coefficients.cost.cwiseAbs().dot(decision.flow);
    EXPECT_GE(after, before - 1e-12 * size) << "by " << (before - after) / size;
    for (int k = 0; k < problem.num_classes(); ++k)
      EXPECT_GE(engine.work_done[k], expert.work_done[k] - 1e-12 * (1.0 + expert.work_done[k]));
  }
}

/// Why "never behind" is needed. One region, one class of one unit with D = 1, rho = 1. Slot 0 has the price 1: the
/// expert does the unit, an engine that waits has spent nothing, J_0 = 0 <= 2. Slot 1 has the price M: the unit is due,
/// J_1 = M, above (1 + rho) J_E = 2 for every M > 2. The robust policy does not wait, and a wish to is due work to it.
TEST(Theorem7, WaitingLongerThanTheExpertWouldBreakIt) {
  constexpr double kM = 1e6;
  Network network = PlainNetwork(1, 1);
  Trace trace{{network, 1.0, {}}, PlainTrace(1, 1, 2).signals};
  trace.signals.price << 1.0, kM;
  Instance instance{trace, Objective{}, {}};
  TakeClassFrom(0, 1.0, 1, &instance);
  instance.trace.header.network.work_energy.setOnes();
  instance.trace.signals.demand.col(0).setConstant(0.0);
  instance.trace.signals.demand.col(1) << 1.0, 0.0;
  RemakeProblem(&instance);
  const Problem& problem = instance.problem;
  RobustOptions options;
  options.spending.rho = 1.0;
  const auto waits = [&] { return Named(problem, nullptr, 1, "cost(release=spread(last=0))"); };
  const PlayedPolicy alone = PlayPolicy(problem, *MakeSlotSource(instance.trace), *waits());
  EXPECT_DOUBLE_EQ(alone.ledger.energy_cost, kM);
  const auto robust = MakeRobust(problem, waits(), Named(problem, nullptr, 1, "cost"), options);
  const PlayedPolicy kept = PlayPolicy(problem, *MakeSlotSource(instance.trace), *robust);
  EXPECT_DOUBLE_EQ(kept.ledger.energy_cost, 1.0);
  EXPECT_EQ(DecisionsOf(*robust)->guarantee().rejected, 0) << "the advice sees that the unit is due";
}

}  // namespace
}  // namespace evenkeel
