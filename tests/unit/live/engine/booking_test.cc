// What a slot counts with, by hand.
#include "live/engine/booking.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "live/engine/period_books.h"
#include "models/world/objective.h"

namespace evenkeel {
namespace {

using ::testing::HasSubstr;

/// Two gateways, two regions, the second gateway reaches the second region only. Arcs: (0,0) (0,1) (1,1).
Problem SmallProblem() {
  Network network = MakeFullNetwork({{"a"}, {"b"}}, {{"g"}, {"h"}});
  network.reachable(1, 0) = 0;
  return MakeProblem(network, PublishedObjective(), 4, Vector::Constant(2, 10.0));
}

SlotEntry SmallEntry() {
  SlotEntry entry;
  entry.slot.demand = (Vector(2) << 4.0, 2.0).finished();
  entry.slot.capacity = Vector::Constant(2, 10.0);
  entry.slot.price = (Vector(2) << 10.0, 20.0).finished();
  entry.slot.carbon_intensity = (Vector(2) << 0.5, 0.1).finished();
  entry.slot.water_intensity = Vector::Constant(2, 1.0);
  entry.same_flow = false;
  entry.decision = {(Vector(3) << 3.0, 1.0, 2.0).finished(), Vector::Zero(2)};
  entry.expert = {(Vector(3) << 1.0, 3.0, 2.0).finished(), Vector::Zero(2)};
  return entry;
}

MeterReport SmallMeter() {
  MeterReport meter;
  meter.served = (RowMatrix(2, 2) << 6.0, 2.0, 0.0, 1.0).finished();
  return meter;
}

TEST(BookTest, WithoutAMeterTheDecisionsCount) {
  const Problem problem = SmallProblem();
  Booking booking;
  Book(problem, SmallEntry(), {}, &booking);
  EXPECT_EQ(booking.own.flow, SmallEntry().decision.flow);
  EXPECT_EQ(booking.expert.flow, SmallEntry().expert.flow);
  EXPECT_EQ(booking.firm_demand, 6.0);
}

// Metered demand is 8 and 1; of the second region's capacity of 2.5 the 2 + 1 of its meters were used, above it; the
// price was metered in the first region only.
TEST(KnownSlotTest, HasWhatBecameKnown) {
  const Problem problem = SmallProblem();
  SlotEntry entry = SmallEntry();
  entry.slot.capacity[1] = 2.5;
  Booking booking;
  Book(problem, entry, {}, &booking);
  Slot known = KnownSlot(problem, entry, booking);
  EXPECT_EQ(known.demand, entry.slot.demand);
  EXPECT_EQ(known.price, entry.slot.price);
  EXPECT_EQ(known.capacity, (Vector(2) << 10.0, 3.0).finished()) << "the decision's 1 + 2";

  entry.meter = SmallMeter();
  entry.meter->price = (Vector(2) << 11.0, std::numeric_limits<double>::quiet_NaN()).finished();
  Book(problem, entry, {}, &booking);
  known = KnownSlot(problem, entry, booking);
  EXPECT_EQ(known.demand, (Vector(2) << 8.0, 1.0).finished());
  EXPECT_EQ(known.price, (Vector(2) << 11.0, 20.0).finished());
  EXPECT_EQ(known.carbon_intensity, entry.slot.carbon_intensity);
  EXPECT_EQ(known.capacity, (Vector(2) << 10.0, 3.0).finished());
}

// Metered demand is 8 and 1 instead of 4 and 2: the expert's quarters become 2 and 6, its only way 1.
TEST(BookTest, TheExpertsSharesAreThoseOfTheRealisedDemand) {
  const Problem problem = SmallProblem();
  SlotEntry entry = SmallEntry();
  entry.meter = SmallMeter();
  Booking booking;
  Book(problem, entry, {}, &booking);
  EXPECT_EQ(booking.own.flow, (Vector(3) << 6.0, 2.0, 1.0).finished());
  EXPECT_EQ(booking.expert.flow, (Vector(3) << 2.0, 6.0, 1.0).finished());
  EXPECT_EQ(booking.firm_demand, 9.0);

  entry.same_flow = true;
  Book(problem, entry, {}, &booking);
  EXPECT_EQ(booking.expert.flow, booking.own.flow);

  entry.same_flow = false;
  entry.expert.flow[2] = 0.0;  // nothing was expected of the second gateway
  Book(problem, entry, {}, &booking);
  EXPECT_EQ(booking.expert.flow, (Vector(3) << 2.0, 6.0, 1.0).finished());
}

// Region b served 2 + 1 of workload at 1 MWh each and drew 6 MWh: everything there counts twice. Prices and
// intensities are the metered ones where there are some.
TEST(BookTest, MeteredEnergyScalesARegionAndMeteredSignalsReplaceWhatWasSeen) {
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  const Problem problem = SmallProblem();
  SlotEntry entry = SmallEntry();
  entry.meter = SmallMeter();
  entry.meter->energy_mwh = (Vector(2) << kNone, 6.0).finished();
  entry.meter->price = (Vector(2) << 30.0, kNone).finished();
  Booking booking;
  Book(problem, entry, {}, &booking);
  EXPECT_EQ(booking.own.flow, (Vector(3) << 6.0, 4.0, 2.0).finished());
  EXPECT_EQ(booking.expert.flow, (Vector(3) << 2.5, 7.5, 2.0).finished());
  EXPECT_EQ(booking.coefficients.cost, (Vector(3) << 30.0, 20.0, 20.0).finished());
}

TEST(BookTest, SaysWhyMetersCannotBeBooked) {
  const Problem problem = SmallProblem();
  MeterReport meter = SmallMeter();
  EXPECT_EQ(WhyNotBookable(problem, meter), "");
  meter.served(1, 0) = 0.5;
  EXPECT_EQ(WhyNotBookable(problem, meter), "gateway h cannot reach region a, where 0.5 is said to be served");
  meter = SmallMeter();
  meter.served(0, 1) = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THAT(WhyNotBookable(problem, meter), HasSubstr("served of gateway g in region b is nan"));
  meter = SmallMeter();
  meter.served.conservativeResize(2, 1);
  EXPECT_THAT(WhyNotBookable(problem, meter), HasSubstr("2 x 1, expected 2 gateways x 2 regions"));
  meter = SmallMeter();
  meter.carbon_intensity = (Vector(2) << 0.1, -0.1).finished();
  EXPECT_THAT(WhyNotBookable(problem, meter), HasSubstr("carbon_intensity of region b is -0.1"));
  meter = SmallMeter();
  meter.price = Vector::Constant(2, -5.0);
  EXPECT_EQ(WhyNotBookable(problem, meter), "");
  meter.served.col(0).setZero();
  meter.energy_mwh = Vector::Constant(2, 1.0);
  EXPECT_THAT(WhyNotBookable(problem, meter), HasSubstr("energy_mwh of region a is 1, but nothing"));
}

// After a late meter the books are those of slots booked in their order with what is known, to the bit, wherever the
// slot is: 200 slots, three checkpoints.
TEST(PeriodBooksTest, LateMetersGiveTheSameBitsAsTimelyOnes) {
  const Problem problem = SmallProblem();
  const AllowanceRule rule = [](double objective, double) { return 0.05 * objective; };
  PeriodBooks timely(problem, rule), late(problem, rule);
  for (int t = 0; t < 200; ++t) {
    SlotEntry entry = SmallEntry();
    entry.slot.index = t;
    entry.slot.price[0] += 0.1 * t;
    entry.slack = 1.0;
    late.Append(entry);
    entry.meter = SmallMeter();
    entry.meter->served(0, 0) += 0.01 * t;
    timely.Append(entry);
  }
  EXPECT_NE(late.Report().objective, timely.Report().objective);
  for (const int t : {199, 3, 64, 63, 128, 100}) {
    late.Change(t, [&](SlotEntry* entry) { entry->meter = timely.entry(t).meter; });
  }
  for (int t = 0; t < 200; ++t) late.Change(t, [&](SlotEntry* entry) { entry->meter = timely.entry(t).meter; });
  for (int slots = 0; slots <= 200; ++slots) {
    const BooksReport one = late.ReportAfter(slots), other = timely.ReportAfter(slots);
    EXPECT_EQ(one.objective, other.objective);
    EXPECT_EQ(one.budget, other.budget);
    EXPECT_EQ(one.error, other.error);
    EXPECT_EQ(one.bound, other.bound);
  }
}

}  // namespace
}  // namespace evenkeel
