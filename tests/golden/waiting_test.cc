// What waiting is worth on ten grid zones of 2023: optima that an independent solver found first (HiGHS, from Python).
// 30 % of the demand can wait, norms inf, published weights.
#include <gtest/gtest.h>

#include <filesystem>

#include "engine/planner/offline.h"
#include "models/files/trace_file.h"
#include "models/slots/work_share.h"
#include "models/world/objective.h"
#include "tests/integration/cli_program.h"
#include "tests/reference/paths.h"

namespace evenkeel {
namespace {

constexpr int kHours = 730;

class WaitingZones : public CliTest {
 protected:
  void SetUp() override {
    CliTest::SetUp();
    const std::string data = SourcePath("../shared/data/");
    if (!std::filesystem::exists(data + "zones")) GTEST_SKIP() << "no zone data in " << data;
    Succeed({"trace", "import", "zones", "--config", SourcePath("experiments/configs/zones-10.ini"), "--data",
             data + "zones", "--demand", data + "workload/azure-2019-demand.csv.gz", "--from", "2023-01-01", "--to",
             "2024-01-01", "--out", "z.h5", "--quiet"});
    year_ = ReadTrace(folder_ / "z.h5");
  }

  /// Hours 730 m to 730 (m + 1).
  Trace Period(int m) const {
    Trace period = year_;
    Signals& signals = period.signals;
    const int first = kHours * m;
    for (RowMatrix* signal :
         {&signals.demand, &signals.capacity, &signals.price, &signals.carbon_intensity, &signals.water_intensity})
      *signal = signal->middleRows(first, kHours).eval();
    signals.time = {signals.time.begin() + first, signals.time.begin() + first + kHours};
    return period;
  }

  static double Optimum(Trace period, const WorkShare& work) {
    MakeWorkOf(work, &period);
    const Problem problem = MakeProblem(period.header.network, PublishedObjective(), kHours, TotalDemand(period));
    const OfflineOptimum optimum = SolveOffline(problem, *MakeSlotSource(period), {});
    EXPECT_TRUE(optimum.converged);
    return optimum.objective;
  }

  Trace year_;
};

TEST_F(WaitingZones, TheOptimumOfFebruary) {
  const Trace february = Period(1);
  const double at_once = Optimum(february, {});
  EXPECT_NEAR(at_once, 698004.4128, 0.001);
  EXPECT_NEAR(Optimum(february, {0.3, 0.0, 0.0}), at_once, 1e-9 * at_once);
  EXPECT_NEAR(Optimum(february, {0.3, 24.0, 0.0}), 692980.3220, 0.001);
  EXPECT_NEAR(Optimum(february, {0.3, 24.0, 1.0}), 694013.1961, 0.001);
}

/// Every gateway keeps to its nearest region.
Trace StayHome(Trace period) {
  Network& network = period.header.network;
  for (int j = 0; j < network.num_gateways(); ++j) {
    Eigen::Index home = 0;
    network.distance.row(j).minCoeff(&home);
    network.reachable.row(j).setZero();
    network.reachable(j, home) = 1;
  }
  return period;
}

// Mean of the optimum against no deferral, over six periods.
TEST_F(WaitingZones, WhatWaitingIsWorth) {
  const double deadlines[] = {6.0, 24.0, 72.0};
  const double expected[3][3] = {{-0.61, -0.88, -1.06}, {-3.61, -4.71, -4.96}, {-4.71, -7.67, -8.09}};
  for (int where = 0; where < 3; ++where) {  // all mobile, work stays home, all stays home
    double change[3] = {};
    for (int m = 1; m <= 11; m += 2) {
      const Trace period = where == 2 ? StayHome(Period(m)) : Period(m);
      const double home = where == 0 ? 0.0 : 1.0, at_once = Optimum(period, {0.3, 0.0, home});
      for (int d = 0; d < 3; ++d)
        change[d] += (Optimum(period, {0.3, deadlines[d], home}) / at_once - 1.0) * 100.0 / 6.0;
    }
    for (int d = 0; d < 3; ++d) EXPECT_NEAR(change[d], expected[where][d], 0.006) << where << ", " << deadlines[d];
  }
}

}  // namespace
}  // namespace evenkeel
