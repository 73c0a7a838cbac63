#include "models/slots/work_share.h"

#include <gtest/gtest.h>

#include <limits>

#include "tests/unit/models/file_test_util.h"

namespace evenkeel {
namespace {

/// Two slots of half an hour, two regions, three gateways. North is nearest to the first two, but the second does not
/// reach it; so the homes are north, south and south. Capacity 2 MW is one unit in a slot.
Trace HandTrace() {
  Trace trace;
  Network& network = trace.header.network;
  network = MakeFullNetwork({{"north", 1.0, 60.0, 0.0}, {"south", 1.0, -60.0, 0.0}},
                            {{"a", 55.0, 0.0}, {"b", 50.0, 0.0}, {"c", -50.0, 0.0}});
  network.reachable(1, 0) = 0;
  network.variants = {{"large", 2.0, 0.0}, {"small", 0.5, 0.1}};
  network.energy_per_unit.resize(2, 2);
  network.energy_per_unit << 1.0, 0.25, 1.5, 0.5;
  trace.header.slot_hours = 0.5;
  Signals& signals = trace.signals;
  signals.time = {0, 1800};
  signals.demand.resize(2, 3);
  signals.demand << 0.1, 0.2, 0.05, 0.4, 0.2, 0.3;
  signals.capacity = RowMatrix::Constant(2, 2, 4.0);
  signals.price = signals.carbon_intensity = signals.water_intensity = RowMatrix::Zero(2, 2);
  return trace;
}

constexpr double kTiny = 1e-15;

TEST(WorkShare, NoShareChangesNothing) {
  Trace trace = HandTrace();
  MakeWorkOf({}, &trace);
  EXPECT_EQ(trace.header.network.num_classes(), 0);
  EXPECT_EQ(trace.signals.demand, HandTrace().signals.demand);
  EXPECT_EQ(trace.header.provenance.processing, "");
}

TEST(WorkShare, MobileWorkIsOneClassThatGoesWhereSomeGatewayDoes) {
  Trace trace = HandTrace();
  MakeWorkOf({0.3, 1.5, 0.0}, &trace);
  ValidateTrace(trace, "hand");
  const Network& network = trace.header.network;
  ASSERT_EQ(network.num_classes(), 1);
  EXPECT_EQ(network.num_firm(), 3);
  EXPECT_EQ(network.gateways[3].name, "work");
  EXPECT_EQ(network.classes[0].deadline, 3);
  EXPECT_EQ(network.classes[0].resource_per_unit, 2.0);  // as the first variant
  EXPECT_EQ(network.classes[0].cost_floor, 0.0);
  EXPECT_EQ(network.work_energy(0, 0), 1.0);
  EXPECT_EQ(network.work_energy(0, 1), 1.5);
  EXPECT_EQ(network.reachable.row(3).cast<int>().sum(), 2);
  EXPECT_EQ(network.network_cost.row(3).sum(), 0.0);
  EXPECT_EQ(network.distance.row(3).sum(), 0.0);
  // 0.3 (0.1 + 0.2 + 0.05) and 0.3 (0.4 + 0.2 + 0.3) arrive; 0.7 of every demand is left.
  EXPECT_NEAR(trace.signals.demand(0, 3), 0.105, kTiny);
  EXPECT_NEAR(trace.signals.demand(1, 3), 0.27, kTiny);
  EXPECT_NEAR(trace.signals.demand(1, 2), 0.21, kTiny);
  EXPECT_LE((trace.signals.demand.leftCols(3) - 0.7 * HandTrace().signals.demand).cwiseAbs().maxCoeff(), kTiny);
  EXPECT_EQ(trace.header.provenance.processing, "work that can wait: 0.3 of every gateway's demand, for up to 1.5 h");
}

TEST(WorkShare, MobileWorkDoesNotGoWhereNobodyDoes) {
  Trace trace = HandTrace();
  trace.header.network.reachable.col(1) << 0, 1, 0;
  trace.header.network.reachable.col(0) << 0, 0, 0;
  trace.header.network.reachable(0, 1) = trace.header.network.reachable(2, 1) = 1;
  MakeWorkOf({0.3, 0.0, 0.0}, &trace);
  EXPECT_EQ(trace.header.network.reachable(3, 0), 0);
  EXPECT_EQ(trace.header.network.reachable(3, 1), 1);
}

TEST(WorkShare, WorkAtHomeIsAClassPerRegion) {
  Trace trace = HandTrace();
  trace.header.provenance.processing = "before";
  MakeWorkOf({0.5, 24.0, 0.4}, &trace);
  ValidateTrace(trace, "hand");
  const Network& network = trace.header.network;
  ASSERT_EQ(network.num_classes(), 3);
  EXPECT_EQ(network.gateways[3].name, "work at north");
  EXPECT_EQ(network.gateways[4].name, "work at south");
  EXPECT_EQ(network.gateways[5].name, "work");
  EXPECT_EQ(network.classes[1].deadline, 48);
  EXPECT_EQ(network.reachable.row(3), (FlagMatrix(1, 2) << 1, 0).finished());
  EXPECT_EQ(network.reachable.row(4), (FlagMatrix(1, 2) << 0, 1).finished());
  EXPECT_EQ(network.reachable.row(5), (FlagMatrix(1, 2) << 1, 1).finished());
  // At home 0.2 of each demand, 0.3 may go anywhere. Slot 0: 0.02 in north, 0.2 (0.2 + 0.05) = 0.05 in south.
  EXPECT_NEAR(trace.signals.demand(0, 3), 0.02, kTiny);
  EXPECT_NEAR(trace.signals.demand(0, 4), 0.05, kTiny);
  EXPECT_NEAR(trace.signals.demand(0, 5), 0.105, kTiny);
  EXPECT_NEAR(trace.signals.demand(0, 0), 0.05, kTiny);
  EXPECT_EQ(trace.header.provenance.processing,
            "before\nwork that can wait: 0.5 of every gateway's demand, for up to 24 h; 0.4 of it stays in the region "
            "nearest to its gateway");
}

TEST(WorkShare, WhatDoesNotFitAtHomeRemainsDemand) {
  // A unit uses two of resource: 0.9 of 4 MW over half an hour are 0.9 units. South's are c's 0.2 and b's 1.0 in slot
  // 1, in the gateways' order: b takes 0.9, c nothing, and 0.3 of the 1.6 + 0.35 asked for remain.
  Trace trace = HandTrace();
  trace.signals.demand.row(1) << 0.4, 1.0, 0.2;
  MakeWorkOf({1.0, 1.0, 1.0}, &trace);
  ValidateTrace(trace, "hand");
  ASSERT_EQ(trace.header.network.num_classes(), 2);
  EXPECT_NEAR(trace.signals.demand(1, 4), 0.9, kTiny);
  EXPECT_NEAR(trace.signals.demand(1, 1), 0.1, kTiny);
  EXPECT_NEAR(trace.signals.demand(1, 2), 0.2, kTiny);
  EXPECT_NEAR(trace.signals.demand(1, 0), 0.0, kTiny);
  // 0.3 / 1.95 = 15.4 %
  EXPECT_NE(trace.header.provenance.processing.find("where 15 % of that would not fit"), std::string::npos)
      << trace.header.provenance.processing;
}

TEST(WorkShare, ClassesComeBehindThoseThatThereAre) {
  Trace trace = MakeSmallTraceWithWork(4);
  const RowMatrix before = trace.signals.demand;
  MakeWorkOf({0.25, 2.0, 0.0}, &trace);
  ValidateTrace(trace, "small");
  const Network& network = trace.header.network;
  ASSERT_EQ(network.num_classes(), 3);
  EXPECT_EQ(network.gateways[2].name, "training");
  EXPECT_EQ(network.gateways[4].name, "work");
  EXPECT_EQ(network.classes[2].deadline, 4);
  EXPECT_EQ(network.work_energy.row(2), network.energy_per_unit.col(0).transpose());
  EXPECT_EQ(network.work_energy.topRows(2), MakeSmallTraceWithWork(1).header.network.work_energy);
  // Of the gateways' demand alone; the work that was there stays.
  EXPECT_EQ(trace.signals.demand.middleCols(2, 2), before.rightCols(2));
  for (int t = 0; t < 4; ++t) EXPECT_NEAR(trace.signals.demand(t, 4), 0.25 * (before(t, 0) + before(t, 1)), kTiny) << t;
}

TEST(WorkShare, AllOfTheDemandMayBeWork) {
  Trace trace = HandTrace();
  MakeWorkOf({1.0, 0.0, 0.0}, &trace);
  EXPECT_EQ(trace.signals.demand.leftCols(3), RowMatrix(RowMatrix::Zero(2, 3)));
  ValidateTrace(trace, "hand");
}

TEST(WorkShare, RejectsWhatIsOutOfRange) {
  const auto expect = [](const WorkShare& work, std::initializer_list<std::string> words) {
    Trace trace = HandTrace();
    ExpectInputError([&] { MakeWorkOf(work, &trace); }, words);
    EXPECT_EQ(trace.signals.demand, HandTrace().signals.demand);
  };
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  for (double share : {-0.1, 1.1, kNan}) {
    expect({share, 1.0, 0.0}, {"share of work that can wait is " + fmt::format("{}", share), "allowed is 0 to 1"});
    expect({0.5, 1.0, share}, {"stays home is " + fmt::format("{}", share), "allowed is 0 to 1"});
  }
  for (double hours : {0.7, -0.5, 1e7, kNan}) {
    expect({0.5, hours, 0.0}, {"deadline of work that can wait is " + fmt::format("{}", hours) + " h",
                               "whole slots of 0.5 h, 0 to 1000000 of them"});
  }
}

}  // namespace
}  // namespace evenkeel
