// What a robust policy costs in a slot beyond its advice and its expert. Arguments: regions (= gateways). The books are
// those of a run in which the advice is not safe: all of the pieces that a slot needs are timed, and the whole policy
// around decisions that cost nothing.
#include <benchmark/benchmark.h>

#include "engine/policies/constant_price.h"
#include "engine/policies/replay.h"
#include "predictors/advice/stress.h"
#include "robustifiers/line.h"
#include "robustifiers/robust_policy.h"
#include "tests/reference/play.h"
#include "tests/reference/random_instances.h"

namespace evenkeel {
namespace {

constexpr int kSlots = 64;

/// Everyone reaches everyone, carbon and water with the norm of choice, the adversary as advice and the cheapest
/// full-weight dispatch as expert.
struct RobustCase {
  RobustCase(int size, double norm) : trace(PlainTrace(size, size, kSlots)) {
    std::mt19937_64 random(1);
    const auto fill = [&](RowMatrix* signal, double low, double high) {
      *signal = signal->unaryExpr([&](double) { return Draw(&random, low, high); });
    };
    fill(&trace.signals.demand, 0.4, 0.9);
    trace.signals.capacity.setOnes();
    fill(&trace.signals.price, 20.0, 120.0);
    fill(&trace.signals.carbon_intensity, 0.1, 0.9);
    fill(&trace.signals.water_intensity, 1.0, 8.0);
    Objective objective = PublishedObjective();
    for (EquityGroup& group : objective.groups) group.norm = norm;
    problem = ProblemOf(trace, objective);
    expert =
        Play(problem, *MakeSlotSource(trace), *MakeConstantPrice(problem, {1.0, L1Prices(problem), false})).decisions;
    advice = Play(problem, *MakeSlotSource(trace), *MakeAdversary(problem, Harm::kSum)).decisions;
    RobustOptions options;
    options.spending.rho = 0.05;
    const auto policy = MakeRobust(problem, MakeReplay(advice), MakeReplay(expert), options);
    const std::vector<Allocation> played = Play(problem, *MakeSlotSource(trace), *policy).decisions;
    const auto source = MakeSlotSource(trace);
    Ledger ledger = MakeLedger(problem), expert_ledger = MakeLedger(problem);
    for (int t = 0; t < kSlots; ++t) {
      slots.emplace_back();
      coefficients.emplace_back();
      source->Read(t, &slots.back());
      EstimateCoefficients(problem, slots.back(), &coefficients.back());
      ledgers.push_back(ledger);
      expert_ledgers.push_back(expert_ledger);
      const double demand = slots.back().demand.sum();
      AddSlot(problem, coefficients.back(), played[t], demand, &ledger);
      AddSlot(problem, coefficients.back(), expert[t], demand, &expert_ledger);
      allowances.push_back(0.05 * ShiftedObjectiveValue(problem, expert_ledger));
    }
  }

  /// The budget of slot t with both increments, as a policy computes them.
  void Begin(std::size_t t, SlotBudget* budget, Increment* advice_step, Increment* expert_step) const {
    ComputeIncrement(problem, coefficients[t], expert[t], expert_step);
    budget->Begin(ledgers[t], expert_ledgers[t], *expert_step, allowances[t]);
    ComputeIncrement(problem, coefficients[t], advice[t], advice_step);
  }

  Trace trace;
  Problem problem;
  std::vector<Slot> slots;
  std::vector<Coefficients> coefficients;
  std::vector<Allocation> advice, expert;
  std::vector<Ledger> ledgers, expert_ledgers;  ///< before every slot
  std::vector<double> allowances;               ///< after every slot
};

double NormOf(const benchmark::State& state) {
  return state.range(1) == 0 ? kInfinity : static_cast<double>(state.range(1));
}

void BM_Budget(benchmark::State& state) {
  const RobustCase instance(static_cast<int>(state.range(0)), NormOf(state));
  SlotBudget budget(instance.problem);
  Increment advice_step, expert_step;
  std::size_t t = 0;
  for (auto _ : state) {
    instance.Begin(t, &budget, &advice_step, &expert_step);
    benchmark::DoNotOptimize(budget.Value(advice_step));
    t = (t + 1) % kSlots;
  }
}

void BM_BudgetAndLine(benchmark::State& state) {
  const RobustCase instance(static_cast<int>(state.range(0)), NormOf(state));
  SlotBudget budget(instance.problem);
  Increment advice_step, expert_step;
  Allocation mixed = MakeAllocation(instance.problem);
  std::size_t t = 0;
  long inside = 0;
  for (auto _ : state) {
    instance.Begin(t, &budget, &advice_step, &expert_step);
    const double alpha = SmallestSafeAlpha(budget, advice_step, expert_step);
    Mix(instance.advice[t], instance.expert[t], alpha, &mixed);
    benchmark::DoNotOptimize(mixed.flow.data());
    inside += alpha > 0.0 && alpha < 1.0;
    t = (t + 1) % kSlots;
  }
  state.counters["inside"] = benchmark::Counter(static_cast<double>(inside), benchmark::Counter::kAvgIterations);
}

constexpr int kBeside = -1;  // instead of a mode: advice and expert beside each other, without a guarantee

/// Replays decisions and states prices, at which the advice is anything but the best.
class PricedReplay : public Policy {
 public:
  PricedReplay(const Problem& problem, std::vector<Allocation> decisions)
      : replay_(MakeReplay(std::move(decisions))), prices_(L1Prices(problem)) {
    ScaleIntoDualSet(problem, &prices_);
  }
  void Decide(const SlotInput& input, Allocation* allocation) override { replay_->Decide(input, allocation); }
  const Prices* StatedPrices() const override { return &prices_; }

 private:
  std::unique_ptr<Policy> replay_;
  Prices prices_;
};

std::unique_ptr<Policy> MakePolicy(const RobustCase& instance, int mode) {
  if (mode == kBeside) return MakeReplay(instance.advice);
  RobustOptions options;
  options.spending.rho = 0.05;
  options.mode = static_cast<WayBack>(mode);
  return MakeRobust(instance.problem, std::make_unique<PricedReplay>(instance.problem, instance.advice),
                    MakeReplay(instance.expert), options);
}

/// A run of the whole policy around replayed decisions, coefficients and the ledger of the run included. What the
/// guarantee costs is what this takes beyond kBeside.
void BM_Policy(benchmark::State& state) {
  const RobustCase instance(static_cast<int>(state.range(0)), NormOf(state));
  const int mode = static_cast<int>(state.range(2));
  Coefficients coefficients;
  Allocation decision = MakeAllocation(instance.problem), beside = decision;
  for (auto _ : state) {
    state.PauseTiming();
    auto policy = MakePolicy(instance, mode);
    auto expert = MakeReplay(instance.expert);
    Ledger ledger = MakeLedger(instance.problem);
    state.ResumeTiming();
    for (int t = 0; t < kSlots; ++t) {
      const Slot& slot = instance.slots[t];
      EstimateCoefficients(instance.problem, slot, &coefficients);
      policy->Decide({slot, coefficients, ledger}, &decision);
      if (mode == kBeside) expert->Decide({slot, coefficients, ledger}, &beside);
      AddSlot(instance.problem, coefficients, decision, slot.demand.sum(), &ledger);
      policy->Settle({slot, coefficients, coefficients, ledger, true});
    }
    state.PauseTiming();
    policy.reset();
    state.ResumeTiming();
  }
  state.counters["per_slot"] = benchmark::Counter(static_cast<double>(kSlots) * static_cast<double>(state.iterations()),
                                                  benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

BENCHMARK(BM_Budget)->ArgNames({"size", "norm"})->Args({10, 0})->Args({10, 4})->Args({100, 0});
BENCHMARK(BM_BudgetAndLine)->ArgNames({"size", "norm"})->Args({10, 0})->Args({10, 4})->Args({100, 0})->Args({100, 4});
BENCHMARK(BM_Policy)
    ->ArgNames({"size", "norm", "mode"})
    ->ArgsProduct({{10, 100}, {0, 4}, {kBeside, 0, 1, 2}})
    ->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace evenkeel
