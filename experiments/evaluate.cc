#include "experiments/evaluate.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <functional>
#include <string_view>
#include <thread>

#include "experiments/catalog.h"
#include "models/error.h"
#include "models/trace_file.h"

namespace evenkeel {
namespace {

using Clock = std::chrono::steady_clock;

double SecondsSince(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

// Runs the tasks on up to `threads` threads. All are finished on return; the first failed one, in their order, throws.
void RunTasks(const std::vector<std::function<void()>>& tasks, int threads) {
  std::vector<std::exception_ptr> failures(tasks.size());
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (std::size_t i = next++; i < tasks.size(); i = next++) {
      try {
        tasks[i]();
      } catch (...) {
        failures[i] = std::current_exception();
      }
    }
  };
  const std::size_t helpers = std::min<std::size_t>(static_cast<std::size_t>(threads), tasks.size()) - 1;
  std::vector<std::thread> pool;
  for (std::size_t i = 0; i < helpers; ++i) pool.emplace_back(work);
  work();
  for (std::thread& thread : pool) thread.join();
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

RunOutcome RunPolicy(const Period& period, const Spec& spec, std::uint64_t seed, const SlotObserver& observer) {
  const Clock::time_point start = Clock::now();
  const PolicyContext context{period.problem, seed, [&period] { return std::make_unique<TraceFile>(period.trace); }};
  const std::unique_ptr<Policy> policy = MakePolicy(context, spec);
  TraceFile slots(period.trace);
  RunOutcome outcome;
  outcome.policy = ToString(spec);
  const auto simulate = [&] { return Simulate(period.problem, slots, slots, *policy, observer).metered; };
  outcome.ledger = NamingTrace(period.trace, simulate);
  outcome.objective = ObjectiveValue(period.problem, outcome.ledger);
  outcome.shifted_objective = ShiftedObjectiveValue(period.problem, outcome.ledger);
  outcome.report = policy->Report();
  outcome.seconds = SecondsSince(start);
  return outcome;
}

CheckedOptimum SolveAndCheck(const Period& period) {
  CheckedOptimum checked;
  const Clock::time_point start = Clock::now();
  TraceFile slots(period.trace);
  checked.optimum = NamingTrace(period.trace, [&] { return SolveOffline(period.problem, slots, OfflineOptions()); });
  checked.seconds = SecondsSince(start);
  const auto allocation_of = [&](int t) -> const Allocation& {
    return checked.optimum.allocations[static_cast<std::size_t>(t)];
  };
  checked.certificate = CheckCertificate(period.problem, slots, allocation_of, checked.optimum.prices);
  return checked;
}

bool IsConfirmed(const CheckedOptimum& checked) {
  // Written so that a NaN is not confirmed.
  return checked.certificate.gap <= kConfirmedGap && checked.certificate.infeasibility <= kConfirmedViolation;
}

ComparisonResult Compare(const Period& period, const std::vector<Spec>& specs, bool with_optimum, std::uint64_t seed,
                         int threads, Progress* progress) {
  ComparisonResult result;
  result.runs.resize(specs.size());
  std::vector<std::function<void()>> tasks;
  // The optimum takes longest: it starts first.
  if (with_optimum) tasks.emplace_back([&] { result.optimum = SolveAndCheck(period); });
  for (std::size_t i = 0; i < specs.size(); ++i) {
    tasks.emplace_back([&, i] {
      result.runs[i] = RunPolicy(period, specs[i], seed, [progress](const SlotRecord&) { progress->Step(); });
    });
  }
  if (!tasks.empty()) RunTasks(tasks, threads);
  return result;
}

double Ratio(double shifted_objective, double shifted_reference) {
  if (shifted_reference > 0.0) return shifted_objective / shifted_reference;
  return shifted_objective > 0.0 ? kInfinity : 1.0;
}

}  // namespace evenkeel
