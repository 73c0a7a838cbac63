#include "experiments/run/evaluate.h"

#include <chrono>
#include <exception>
#include <string_view>

#include "experiments/catalog/catalog.h"
#include "models/base/error.h"
#include "models/base/parallel.h"

namespace evenkeel {
namespace {

using Clock = std::chrono::steady_clock;

double SecondsSince(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

// Runs the tasks on up to `threads` threads. All are finished on return; the first failed one, in their order, throws.
void RunTasks(const std::vector<std::function<void()>>& tasks, int threads) {
  std::vector<std::exception_ptr> failures(tasks.size());
  ParallelChunks(static_cast<int>(tasks.size()), threads, [&](int chunk, int) {
    const auto task = static_cast<std::size_t>(chunk);
    try {
      tasks[task]();
    } catch (...) {
      failures[task] = std::current_exception();
    }
  });
  for (const std::exception_ptr& failure : failures) {
    if (failure) std::rethrow_exception(failure);
  }
}

// The engine knows slots, not files: its messages get the trace's name here.
template <typename Work>
auto NamingTrace(const std::string& trace, const Work& work) {
  try {
    return work();
  } catch (const InputError& error) {
    if (std::string_view(error.what()).substr(0, 5) != "slot ") throw;
    throw InputError("{}: {}", trace, error.what());
  }
}

}  // namespace

RunOutcome RunPolicy(const Period& period, const Spec& spec, const RunSettings& settings, const SlotObserver& observer,
                     const std::function<void(const Policy&)>& begin) {
  const Clock::time_point start = Clock::now();
  PolicyContext context = ContextOf(period, settings.seed);
  context.advice_timeout = settings.advice_timeout;
  context.make_expert = settings.make_expert;
  context.shared_plans = settings.shared_plans;
  context.trust_modules = settings.trust_modules;
  const std::unique_ptr<Policy> policy = MakePolicy(context, spec);
  if (begin) begin(*policy);
  const std::unique_ptr<SlotSource> metered = OpenMetered(period);
  std::unique_ptr<SlotSource> observed;
  if (period.is_observed_apart()) observed = OpenObserved(period);
  RunOutcome outcome;
  outcome.policy = ToString(spec);
  outcome.clairvoyant = IsClairvoyant(Catalog(), Kind::kPolicy, spec);
  outcome.work = {Vector::Zero(period.problem.num_classes()), Vector::Zero(period.problem.num_classes())};
  const SlotObserver observe = [&](const SlotRecord& record) {
    if (observer) observer(record);
    if (period.problem.num_classes() == 0) return;
    outcome.work.arrived = record.slot.arrived;
    outcome.work.waited += period.time.slot_hours * (record.slot.arrived - record.ledgers.metered.work_done);
  };
  const auto simulate = [&] {
    return Simulate(period.problem, observed ? *observed : *metered, *metered, *policy, observe).metered;
  };
  outcome.asks_a_program = AsksAProgram(Catalog(), Kind::kPolicy, spec);
  outcome.ledger = NamingTrace(period.description.trace, simulate);
  outcome.objective = ObjectiveValue(period.problem, outcome.ledger);
  outcome.shifted_objective = ShiftedObjectiveValue(period.problem, outcome.ledger);
  outcome.report = policy->Report();
  if (const RobustDecisions* robust = DecisionsOf(*policy)) outcome.guarantee = robust->guarantee();
  outcome.seconds = SecondsSince(start);
  return outcome;
}

CheckedOptimum SolveAndCheck(const Period& period, int threads) {
  CheckedOptimum checked;
  OfflineOptions options;
  options.threads = threads;
  const Clock::time_point start = Clock::now();
  const std::unique_ptr<SlotSource> slots = OpenMetered(period);
  checked.optimum =
      NamingTrace(period.description.trace, [&] { return SolveOffline(period.problem, *slots, options); });
  checked.seconds = SecondsSince(start);
  const auto allocation_of = [&](int t) -> const Allocation& { return checked.optimum.allocations[t]; };
  checked.certificate =
      CheckCertificate(period.problem, *slots, allocation_of, checked.optimum.prices, checked.optimum.deferral_prices);
  return checked;
}

bool IsConfirmed(const CheckedOptimum& checked) {
  // Written so that a NaN is not confirmed.
  return checked.certificate.gap <= kConfirmedGap && checked.certificate.infeasibility <= kConfirmedViolation;
}

ComparisonResult Compare(const Period& period, const std::vector<Spec>& specs, bool with_optimum,
                         const RunSettings& settings, int threads, Progress* progress) {
  ComparisonResult result;
  result.runs.resize(specs.size());
  std::vector<std::function<void()>> tasks;
  // The optimum takes longest: it starts first.
  if (with_optimum) tasks.emplace_back([&] { result.optimum = SolveAndCheck(period); });
  for (std::size_t i = 0; i < specs.size(); ++i) {
    tasks.emplace_back([&, i] {
      result.runs[i] = RunPolicy(period, specs[i], settings, [progress](const SlotRecord&) { progress->Step(); });
    });
  }
  if (!tasks.empty()) RunTasks(tasks, threads);
  return result;
}

}  // namespace evenkeel
