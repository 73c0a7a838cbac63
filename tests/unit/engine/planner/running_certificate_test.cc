#include "engine/planner/running_certificate.h"

#include <gtest/gtest.h>

#include "engine/planner/offline.h"
#include "models/base/error.h"
#include "models/base/norm.h"
#include "models/slots/trace_window.h"
#include "tests/reference/two_region_periods.h"

namespace evenkeel {
namespace {

/// Everything on r0 in the first `slots` slots.
Ledger LedgerOfFirstRegion(const Problem& problem, SlotSource& slots, int count) {
  Ledger ledger = MakeLedger(problem);
  const Allocation decision{Eigen::Vector2d(1.0, 0.0), Vector::Zero(1)};
  Slot slot;
  Coefficients coefficients;
  for (int t = 0; t < count; ++t) {
    slots.Read(t, &slot);
    EstimateCoefficients(problem, slot, &coefficients);
    AddSlot(problem, coefficients, decision, FirmDemand(problem, slot), &ledger);
  }
  return ledger;
}

class RunningCertificateTest : public testing::Test {
 protected:
  void Observe(RunningCertificate* certificate) {
    for (int t = 0; t < slots_->num_slots(); ++t)
      certificate->Observe(t, LedgerOfFirstRegion(problem_, *slots_, t + 1));
  }

  Trace trace_ = TwoRegionTrace();
  Problem problem_ = ProblemOf(trace_, CarbonObjective(10.0, kInfinity));
  std::unique_ptr<SlotSource> slots_ = MakeSlotSource(trace_);
};

TEST_F(RunningCertificateTest, PlannedPricesProveTheOptimumOfThePrefix) {
  RunningCertificate certificate(problem_, *slots_, {1, PriceSource::kPlan, 1});
  Observe(&certificate);
  ASSERT_EQ(certificate.certificates().size(), 2u);
  for (const PrefixCertificate& one : certificate.certificates()) {
    SlotWindow prefix(*slots_, 0, one.slot + 1);
    const double optimum = SolveOffline(problem_, prefix, OfflineOptions()).objective;
    EXPECT_NEAR(one.lower_bound, optimum, 1e-6 * optimum);
    EXPECT_DOUBLE_EQ(one.ratio, one.objective / one.lower_bound);
    EXPECT_GE(one.ratio, 1.0 - 1e-9);
  }
}

// All load on r0: the gradient is (1, 0), the bound of prices (10, 0) is 8 by hand
// (tests/unit/engine/certificate_test.cc).
TEST_F(RunningCertificateTest, PricesOfTheRunProveLess) {
  RunningCertificate certificate(problem_, *slots_, {2, PriceSource::kRun, 1});
  Observe(&certificate);
  ASSERT_EQ(certificate.certificates().size(), 1u);
  EXPECT_EQ(certificate.certificates()[0].slot, 1);
  EXPECT_DOUBLE_EQ(certificate.certificates()[0].lower_bound, 8.0);
  EXPECT_DOUBLE_EQ(certificate.certificates()[0].objective, 20.0);
  EXPECT_DOUBLE_EQ(certificate.certificates()[0].ratio, 2.5);
}

TEST_F(RunningCertificateTest, CertifiesAfterTheLastSlotWhateverTheInterval) {
  RunningCertificate certificate(problem_, *slots_, {100, PriceSource::kRun, 1});
  Observe(&certificate);
  ASSERT_EQ(certificate.certificates().size(), 1u);
  EXPECT_EQ(certificate.certificates()[0].slot, 1);
}

TEST_F(RunningCertificateTest, PricesOfLoadsAreInTheDualSet) {
  for (double norm : {1.0, 2.0, 8.0, 20.0, kInfinity}) {
    const Problem problem = ProblemOf(trace_, CarbonObjective(10.0, norm));
    for (const Eigen::Vector2d& load :
         {Eigen::Vector2d(3.0, 4.0), Eigen::Vector2d(0.0, 0.0), Eigen::Vector2d(1.0, 1.0)}) {
      const Prices prices = PricesOfLoads(problem, {load});
      EXPECT_LE(Norm(prices[0], DualExponent(norm)), 10.0 * (1.0 + 1e-12)) << norm;
      EXPECT_GE(prices[0].minCoeff(), 0.0);
    }
  }
}

}  // namespace
}  // namespace evenkeel
