// Theorem 4: J_t <= J_E,t + rho max(J_E,t, F) + B at every slot t on shifted objectives, whatever the advice. The
// expert is made a second time and played on its own, so that the policy's own books are not trusted.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "engine/policies/greedy.h"
#include "experiments/catalog/catalog.h"
#include "robustifiers/robust_policy.h"
#include "tests/reference/beside.h"

namespace evenkeel {
namespace {

/// Every kind of advice; the clairvoyant ones need the trace of the period.
const char* const kAdvice[] = {"adversary",
                               "adversary(harm=sum)",
                               "random",
                               "cost",
                               "mix(advice=l1-greedy,adversary=random,share=0.3)",
                               "mix(advice=l1-greedy,adversary=adversary(harm=sum),share=0.2)",
                               "mix(advice=cost,adversary=adversary,share=0.7)"};
const char* const kBroken[] = {"faulty(advice=cost,kind=nan)",        "faulty(advice=cost,kind=inf)",
                               "faulty(advice=cost,kind=negative)",   "faulty(advice=l1-greedy,kind=size)",
                               "faulty(advice=cost,kind=infeasible)", "faulty(advice=cost,kind=throws)"};
const char* const kClairvoyant[] = {"hindsight-price", "hindsight",
                                    "mix(advice=hindsight,adversary=adversary,share=0.5)"};
const char* const kCheapExperts[] = {"l1-greedy", "cost", "c2", "nearest"};
/// norm-greedy with virtual loads that jump up and down.
const char* const kPrimed = "primed";
constexpr double kPrimedExponent = 8.0;
const char* const kGreedyExperts[] = {"norm-greedy(q=8)", "power-greedy(q=4)", "norm-greedy(q=1)", kPrimed};
constexpr double kMargins[] = {0.0, 0.01, 0.1, 1.0};
constexpr WayBack kModes[] = {WayBack::kSwitch, WayBack::kLine, WayBack::kPrice};
const char* const kModeNames[] = {"switch", "line", "price"};

template <typename T, std::size_t N>
const T& Pick(std::mt19937_64* random, const T (&choices)[N]) {
  return choices[DrawInt(random, 0, static_cast<int>(N) - 1)];
}

struct RobustCase {
  RobustOptions options;
  std::string advice, expert;

  std::string Text() const {
    return fmt::format("{} around {}, {}, rho {}, B {}, F {}, {} trust", advice, expert,
                       kModeNames[static_cast<int>(options.mode)], options.spending.rho, options.spending.bonus,
                       options.spending.planned, options.trust.adaptive ? "adaptive" : "fixed");
  }
};

RobustCase DrawCase(std::mt19937_64* random, WayBack mode, std::string advice, std::string expert) {
  RobustCase robust;
  robust.options.mode = mode;
  robust.options.spending.rho = Pick(random, kMargins);
  if (DrawInt(random, 0, 3) == 0) robust.options.spending.bonus = std::pow(10.0, Draw(random, -2.0, 4.0));
  if (DrawInt(random, 0, 3) == 0) robust.options.spending.planned = std::pow(10.0, Draw(random, 0.0, 5.0));
  robust.options.trust.adaptive = DrawInt(random, 0, 2) == 0;
  robust.options.trust.floor = Draw(random, 0.0, 1.0);
  robust.advice = std::move(advice);
  robust.expert = std::move(expert);
  return robust;
}

/// Slots, verdicts and the smallest slack seen, relative to what J may be.
class Tally {
 public:
  /// Relative to the bound, with the shift where prices are negative: rounding is as large as the unshifted sums.
  void Check(const Problem& problem, const RobustCase& robust, const BesideSlot& at) {
    const double value = ShiftedObjectiveValue(problem, at.ledger),
                 expert = ShiftedObjectiveValue(problem, at.expert_ledger);
    const Spending& spending = robust.options.spending;
    const double bound = expert + spending.rho * std::max(expert, spending.planned) + spending.bonus;
    const double slack = (bound - value) / std::max(1e-12, bound + at.ledger.shift);
    const bool no_margin = spending.rho == 0.0 && spending.bonus == 0.0;
    EXPECT_GE(slack, no_margin ? -1e-12 : -1e-9)
        << "slot " << at.slot.index << ": J " << value << ", expert " << expert << ", bound " << bound;
    ++slots_;
    if (slack < worst_) {
      worst_ = slack;
      worst_at_ = fmt::format("slot {} of {}", at.slot.index, robust.Text());
    }
    if (no_margin) worst_without_margin_ = std::min(worst_without_margin_, slack);
  }

  void Add(const GuaranteeReport& guarantee, int slots) {
    EXPECT_EQ(guarantee.taken + guarantee.pulled + guarantee.expert + guarantee.rejected, slots);
    taken_ += guarantee.taken;
    pulled_ += guarantee.pulled;
    expert_ += guarantee.expert;
    rejected_ += guarantee.rejected;
    unconverged_ += guarantee.unconverged;
  }

  void Record() const {
    const std::string text = fmt::format(
        "{} slots ({} taken, {} pulled, {} expert, {} rejected, in {} mode price found nothing), worst relative slack "
        "{:.3g}, without margin {:.3g}",
        slots_, taken_, pulled_, expert_, rejected_, unconverged_, worst_, worst_without_margin_);
    ::testing::Test::RecordProperty("worst", text);
    ::testing::Test::RecordProperty("worst_at", worst_at_);
    fmt::print("{}\n", text);
    EXPECT_GT(taken_, 0);
    EXPECT_GT(pulled_, 0);
    EXPECT_GT(expert_, 0);
    EXPECT_GT(rejected_, 0);
  }

  long slots() const { return slots_; }

 private:
  long slots_ = 0, taken_ = 0, pulled_ = 0, expert_ = 0, rejected_ = 0, unconverged_ = 0;
  double worst_ = kInfinity, worst_without_margin_ = kInfinity;
  std::string worst_at_;
};

std::unique_ptr<Policy> MakeNamed(const Problem& problem, const Trace* trace, std::uint64_t seed,
                                  const std::string& spec) {
  PolicyContext context{problem, seed, {}};
  context.time = TimeBase{};
  if (trace != nullptr) context.open_future = [trace] { return MakeSlotSource(*trace); };
  return MakePolicy(context, ParseSpec(spec));
}

/// From anywhere: a third of the entries 0, the others of all sizes, the same ones for the same seed.
VirtualLoads JumpingLoads(std::uint64_t seed) {
  return [seed](const Slot& slot, std::vector<Vector>* load) {
    std::mt19937_64 random(1000 * seed + static_cast<std::uint64_t>(slot.index));
    for (Vector& of_group : *load) {
      for (double& entry : of_group)
        entry = DrawInt(&random, 0, 2) == 0 ? 0.0 : std::pow(10.0, Draw(&random, -2.0, 3.0));
    }
  };
}

/// A of theorem 3v: what they start with and every rise.
double ChargeOf(const Problem& problem, const VirtualLoads& loads, int slots) {
  std::vector<Vector> now = ZeroPrices(problem), rise = now, before = now;
  double charge = 0.0;
  Slot slot;
  for (slot.index = 0; slot.index < slots; ++slot.index) {
    loads(slot, &now);
    for (std::size_t k = 0; k < now.size(); ++k) rise[k] = (now[k] - before[k]).cwiseMax(0.0);
    charge += VirtualCharge(problem, rise, kPrimedExponent);
    before = now;
  }
  return charge;
}

std::unique_ptr<Policy> MakeExpert(const Problem& problem, std::uint64_t seed, const std::string& name) {
  if (name != kPrimed) return MakeNamed(problem, nullptr, seed, name);
  NormGreedyOptions options;
  options.q = kPrimedExponent;
  options.virtual_loads = JumpingLoads(seed);
  return MakeNormGreedy(problem, options);
}

/// Plays one robust and checks every slot.
void PlayChecked(const Problem& problem, int slots, const SlotWriter& writer, const Trace* trace, std::uint64_t seed,
                 const RobustCase& robust, Tally* tally) {
  SCOPED_TRACE(robust.Text());
  const auto policy = MakeRobust(problem, MakeNamed(problem, trace, seed, robust.advice),
                                 MakeExpert(problem, seed, robust.expert), robust.options);
  const auto expert = MakeExpert(problem, seed, robust.expert);
  PlayBeside(problem, slots, writer, *policy, *expert,
             [&](const BesideSlot& at) { tally->Check(problem, robust, at); });
  tally->Add(DecisionsOf(*policy)->guarantee(), slots);
  const std::optional<VirtualLoadsReport> virtual_loads = policy->Report().virtual_loads;
  ASSERT_EQ(virtual_loads.has_value(), robust.expert == kPrimed);
  if (!virtual_loads) return;
  const double charge = ChargeOf(problem, JumpingLoads(seed), slots);
  EXPECT_NEAR(virtual_loads->start + virtual_loads->rises, charge, 1e-9 * charge);
}

InstanceOptions SmallInstances(int slots) {
  InstanceOptions options;
  options.max_regions = 4;
  options.max_gateways = 3;
  options.max_variants = 2;
  options.max_slots = slots;
  options.norms = {1.0, 2.0, 4.0, kInfinity};
  return options;
}

/// Random networks, reach, outages, ties, negative prices, norms and bucket weights; shedding in every fourth instance,
/// in every eighth because capacity does not suffice.
Instance DrawInstance(std::uint64_t seed, const InstanceOptions& options) {
  Instance instance = MakeRandomInstance(seed, options);
  if (seed % 4 == 0) instance.problem.shed_cost = 50.0;
  if (seed % 8 == 0) instance.trace.signals.capacity *= 0.7;
  return instance;
}

TEST(Theorem4, HoldsOnAMillionRandomSlots) {
  Tally tally;
  const long wanted = Scaled(1000000);
  for (std::uint64_t seed = 1; tally.slots() < wanted && !HasFailure(); ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    std::mt19937_64 random(seed);
    const Instance instance = DrawInstance(seed, SmallInstances(400));
    for (int i = 0; i < 6; ++i) {
      const WayBack mode = kModes[i % std::size(kModes)];
      const char* const advice = DrawInt(&random, 0, 19) == 0 ? Pick(&random, kBroken) : Pick(&random, kAdvice);
      const bool primed = mode == WayBack::kPrice && seed % 4 == 0;
      const RobustCase robust = DrawCase(&random, mode, advice, primed ? kPrimed : Pick(&random, kCheapExperts));
      PlayChecked(instance.problem, instance.trace.signals.num_slots(), SlotsOf(instance.trace), nullptr, seed, robust,
                  &tally);
    }
  }
  EXPECT_GE(tally.slots(), wanted);
  tally.Record();
}

TEST(Theorem4, HoldsAroundGreedyExpertsAndUnderClairvoyantAdvice) {
  Tally tally;
  for (int seed = 1; seed <= Scaled(400) && !HasFailure(); ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    std::mt19937_64 random(seed);
    const Instance instance = DrawInstance(static_cast<std::uint64_t>(seed), SmallInstances(24));
    const int slots = instance.trace.signals.num_slots();
    for (WayBack mode : kModes) {
      PlayChecked(instance.problem, slots, SlotsOf(instance.trace), &instance.trace, seed,
                  DrawCase(&random, mode, Pick(&random, kClairvoyant), Pick(&random, kCheapExperts)), &tally);
      PlayChecked(
          instance.problem, slots, SlotsOf(instance.trace), nullptr, seed,
          DrawCase(&random, mode, DrawInt(&random, 0, 19) == 0 ? Pick(&random, kBroken) : Pick(&random, kAdvice),
                   Pick(&random, kGreedyExperts)),
          &tally);
    }
  }
  tally.Record();
}

TEST(Theorem4, HoldsAgainstHostileSlotsForEveryAdviceAndMode) {
  constexpr int num_advice = static_cast<int>(std::size(kAdvice));
  Tally tally;
  for (int seed = 1; seed <= Scaled(25) && !HasFailure(); ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    std::mt19937_64 random(seed);
    InstanceOptions options = SmallInstances(8);
    options.min_reach = 1.0;
    Instance instance = MakeRandomInstance(static_cast<std::uint64_t>(seed), options);
    if (seed % 4 == 0) instance.problem.shed_cost = 50.0;
    for (Hostility kind : kHostilities) {
      SCOPED_TRACE(testing::Message() << "hostility " << static_cast<int>(kind));
      for (int i = 0; i < num_advice + static_cast<int>(std::size(kBroken)); ++i) {
        const char* const advice = i < num_advice ? kAdvice[i] : kBroken[i - num_advice];
        for (WayBack mode : kModes) {
          const bool greedy = DrawInt(&random, 0, 7) == 0;
          const RobustCase robust =
              DrawCase(&random, mode, advice, greedy ? Pick(&random, kGreedyExperts) : Pick(&random, kCheapExperts));
          PlayChecked(instance.problem, 42, HostileSlots(instance, kind, seed), nullptr, seed, robust, &tally);
        }
      }
    }
  }
  tally.Record();
}

}  // namespace
}  // namespace evenkeel
