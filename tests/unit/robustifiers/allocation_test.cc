// Robust policies take no memory in steady state: after the first slots, deciding and settling with switch, line or
// price allocates nothing beyond what advice and expert do, and here they do nothing.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>

#include "predictors/advice/stress.h"
#include "robustifiers/robust_policy.h"
#include "tests/reference/play.h"
#include "tests/reference/random_instances.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define EVENKEEL_OWN_MALLOC 0
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define EVENKEEL_OWN_MALLOC 0
#endif
#if !defined(EVENKEEL_OWN_MALLOC) && defined(__GLIBC__)
#define EVENKEEL_OWN_MALLOC 1
#endif

namespace {
std::atomic<long> allocations{0};
}  // namespace

#if EVENKEEL_OWN_MALLOC
// Vectors take their memory from malloc, everything else from operator new, which does too.
extern "C" void* __libc_malloc(std::size_t size);
extern "C" void* malloc(std::size_t size) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  return __libc_malloc(size);
}
#endif

namespace evenkeel {
namespace {

/// Always the same decision, with prices or without.
class Fixed : public Policy {
 public:
  explicit Fixed(Allocation decision, Prices prices = {})
      : decision_(std::move(decision)), prices_(std::move(prices)) {}
  void Decide(const SlotInput&, Allocation* allocation) override { *allocation = decision_; }
  const Prices* StatedPrices() const override { return prices_.empty() ? nullptr : &prices_; }

 private:
  Allocation decision_;
  Prices prices_;
};

struct Counts {
  long taken = 0, pulled = 0, expert = 0, slots_that_allocate = 0, allocations = 0;
};

/// 100 slots in which all of the demand goes to r0 by the advice and is spread by the expert; the first ten do not
/// count.
Counts CountAllocations(const RobustOptions& options, double norm) {
  constexpr int kRegions = 5, kSlots = 100, kWarmUp = 10;
  Trace trace = PlainTrace(kRegions, 2, kSlots);
  std::mt19937_64 random(1);
  for (RowMatrix* signal : {&trace.signals.price, &trace.signals.carbon_intensity, &trace.signals.water_intensity}) {
    *signal = signal->unaryExpr([&](double) { return Draw(&random, 0.0, 2.0); });
  }
  Objective objective = PublishedObjective();
  for (EquityGroup& group : objective.groups) {
    group.weight = 10.0;
    group.norm = norm;
  }
  const Problem problem = ProblemOf(trace, objective);
  Allocation advice = MakeAllocation(problem), expert = MakeAllocation(problem);
  expert.flow.setConstant(1.0 / kRegions);
  for (int j = 0; j < 2; ++j) advice.flow[j * kRegions] = 1.0;
  const auto policy = MakeRobust(problem, std::make_unique<Fixed>(advice, ZeroPrices(problem)),
                                 std::make_unique<Fixed>(expert), options);

  const auto source = MakeSlotSource(trace);
  Ledger ledger = MakeLedger(problem);
  Slot slot;
  Coefficients coefficients;
  Allocation decision = MakeAllocation(problem);
  Counts counts;
  for (int t = 0; t < kSlots; ++t) {
    source->Read(t, &slot);
    EstimateCoefficients(problem, slot, &coefficients);
    const long before_deciding = allocations.load();
    policy->Decide({slot, coefficients, ledger}, &decision);
    const long decided = allocations.load() - before_deciding;
    AddSlot(problem, coefficients, decision, 2.0, &ledger);
    const long before_settling = allocations.load();
    policy->Settle({slot, coefficients, coefficients, ledger, true});
    const long settled = allocations.load() - before_settling;
    const Verdict verdict = DecisionsOf(*policy)->last().verdict;
    (verdict == Verdict::kTaken ? counts.taken : verdict == Verdict::kPulled ? counts.pulled : counts.expert) += 1;
    if (t < kWarmUp || decided + settled == 0) continue;
    if (++counts.slots_that_allocate <= 3) {
      ADD_FAILURE() << "slot " << t << ": " << decided << " allocations to decide, " << settled << " to settle";
    }
    counts.allocations += decided + settled;
  }
  return counts;
}

TEST(AllocationTest, SwitchLineAndPriceAllocateNothingInSteadyState) {
#if !EVENKEEL_OWN_MALLOC
  GTEST_SKIP() << "a sanitizer owns malloc";
#endif
  const long before = allocations.load();
  {
    const Vector anything = Vector::Zero(100);
    EXPECT_EQ(anything.sum(), 0.0);
  }
  ASSERT_GT(allocations.load(), before) << "the counter does not count";
  for (WayBack mode : {WayBack::kSwitch, WayBack::kLine, WayBack::kPrice}) {
    for (double norm : {1.0, 2.0, kInfinity}) {
      for (double rho : {0.0, 0.05, 100.0}) {
        for (bool adaptive : {false, true}) {
          SCOPED_TRACE(testing::Message() << "mode " << static_cast<int>(mode) << ", norm " << norm << ", rho " << rho
                                          << ", adaptive " << adaptive);
          RobustOptions options;
          options.mode = mode;
          options.spending.rho = rho;
          options.trust.adaptive = adaptive;
          const Counts counts = CountAllocations(options, norm);
          EXPECT_EQ(counts.allocations, 0);
          if (rho == 0.05 && mode != WayBack::kSwitch && norm != 1.0) {
            EXPECT_GT(counts.pulled, 50);
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace evenkeel
