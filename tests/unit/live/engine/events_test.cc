// What the journal of a period keeps reads back as it was, and what is damaged says where.
#include "live/engine/events.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "live/engine/month.h"
#include "models/base/error.h"
#include "models/world/objective.h"

namespace evenkeel {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

Problem SmallProblem() {
  return MakeProblem(MakeFullNetwork({{"a"}, {"b"}}, {{"g"}}), PublishedObjective(), 4, Vector::Constant(1, 10.0));
}

Slot SmallSlot() {
  Slot slot;
  slot.index = 3;
  slot.time = 7200;
  slot.demand = Vector::Constant(1, 1.0 / 3.0);
  slot.capacity = slot.price = slot.carbon_intensity = slot.water_intensity = (Vector(2) << 0.1, -2.5e-300).finished();
  return slot;
}

Event RoundTrip(const Event& event) { return ReadEvent(SmallProblem(), EventText(event), "x"); }

TEST(EventTest, EveryKindReadsBackToTheBit) {
  DecidedEvent decided;
  decided.made.slot = SmallSlot();
  decided.made.answer.emplace();
  decided.made.answer->allocation.flow = (Vector(2) << 1.0 / 7.0, 0x1.23456789abcdep-3).finished();
  decided.made.answer->states_prices = true;
  decided.made.answer->prices = {(Vector(2) << 1e-17, 2.0).finished(), (Vector(2) << 3.0, 0.0).finished()};
  decided.decision = decided.expert = {decided.made.answer->allocation.flow, Vector::Zero(1)};
  decided.verdict = Verdict::kPulled;
  decided.slack = -1e-13;
  const Event read = RoundTrip({99, decided});
  EXPECT_EQ(read.at, 99);
  const auto& again = std::get<DecidedEvent>(read.what);
  EXPECT_EQ(again.made.slot.index, 3);
  EXPECT_EQ(again.made.slot.time, 7200);
  EXPECT_EQ(again.made.slot.demand, decided.made.slot.demand);
  EXPECT_EQ(again.made.slot.price, decided.made.slot.price);
  EXPECT_EQ(again.made.answer->allocation.flow, decided.made.answer->allocation.flow);
  EXPECT_EQ(again.made.answer->prices, decided.made.answer->prices);
  EXPECT_EQ(again.expert.flow, decided.expert.flow);
  EXPECT_EQ(again.verdict, Verdict::kPulled);
  EXPECT_EQ(again.slack, -1e-13);

  MeteredEvent metered{2, {}};
  metered.meter.begin = 5;
  metered.meter.revision = 4;
  metered.meter.served = (RowMatrix(1, 2) << 0.1, 0.2).finished();
  metered.meter.energy_mwh = (Vector(2) << std::numeric_limits<double>::quiet_NaN(), 0.3).finished();
  const Event of_meter = RoundTrip({1, metered});
  const auto& meter = std::get<MeteredEvent>(of_meter.what).meter;
  EXPECT_EQ(meter.begin, 5);
  EXPECT_EQ(meter.revision, 4);
  EXPECT_EQ(meter.served, metered.meter.served);
  EXPECT_TRUE(std::isnan((*meter.energy_mwh)[0]));
  EXPECT_EQ((*meter.energy_mwh)[1], 0.3);
  EXPECT_FALSE(meter.price);

  const Event said = RoundTrip({1, ReadingsEvent{"s\"\n", {{LiveSignal::kPrice, 1, -0.1, 77, true}}}});
  EXPECT_EQ(std::get<ReadingsEvent>(said.what).source, "s\"\n");
  EXPECT_EQ(std::get<ReadingsEvent>(said.what).readings[0].value, -0.1);
  EXPECT_TRUE(std::get<ReadingsEvent>(said.what).readings[0].estimated);
  EXPECT_EQ(std::get<NotAppliedEvent>(RoundTrip({1, NotAppliedEvent{6}}).what).slot, 6);
  EXPECT_EQ(std::get<RegionEvent>(RoundTrip({1, RegionEvent{1, RegionState::kDown}}).what).state, RegionState::kDown);
  EXPECT_FALSE(std::get<ServingEvent>(RoundTrip({1, ServingEvent{1, false}}).what).serving);
  EXPECT_EQ(std::get<ModeEvent>(RoundTrip({1, ModeEvent{LiveMode::kActive}}).what).mode, LiveMode::kActive);
  EXPECT_EQ(std::get<MissedEvent>(RoundTrip({1, MissedEvent{SmallSlot()}}).what).slot.price, SmallSlot().price);
}

TEST(EventTest, WhatIsDamagedSaysWhere) {
  const Problem problem = SmallProblem();
  const auto read = [&](const std::string& text) { return [=, &problem] { ReadEvent(problem, text, "j: line 7"); }; };
  EXPECT_THAT(read("{"), ThrowsMessage<InputError>("j: line 7: it is no JSON"));
  EXPECT_THAT(read("[]"), ThrowsMessage<InputError>("j: line 7: expected an object"));
  EXPECT_THAT(read(R"({"event":"mode"})"), ThrowsMessage<InputError>("j: line 7: it has no at"));
  EXPECT_THAT(read(R"({"at":1,"event":"moon"})"), ThrowsMessage<InputError>(HasSubstr("event moon is none of")));
  EXPECT_THAT(read(R"({"at":1,"event":"mode","mode":"on","configured":"shadow"})"),
              ThrowsMessage<InputError>(HasSubstr("mode is on")));
  EXPECT_THAT(read(R"({"at":"1","event":"mode"})"),
              ThrowsMessage<InputError>("j: line 7: at is \"1\", allowed is an integer in [0, 253402300799]"));
  EXPECT_THAT(read(R"({"at":1,"event":"metered","index":0,"begin":0,"revision":1,"served":[[1]]})"),
              ThrowsMessage<InputError>("j: line 7: served: expected 2 numbers"));
  EXPECT_THAT(read(R"({"at":1,"event":"readings","source":"s","readings":[["price",0,"x",1,false]]})"),
              ThrowsMessage<InputError>("j: line 7: readings: expected a number"));
}

TEST(EventTest, IntegersThatAreTooLongAreRefusedNotWrapped) {
  const Problem problem = SmallProblem();
  for (const char* integer : {"4294967296", "18446744073709551615", "1555556666666666666666666", "1e3", "0.5"}) {
    const std::string text = fmt::format(R"({{"at":1,"event":"not_applied","index":{}}})", integer);
    EXPECT_THAT([&] { ReadEvent(problem, text, "j"); }, ThrowsMessage<InputError>(HasSubstr("index is"))) << integer;
    const std::string reading =
        fmt::format(R"({{"at":1,"event":"readings","source":"s","readings":[["price",{},1,1,false]]}})", integer);
    EXPECT_THAT([&] { ReadEvent(problem, reading, "j"); }, ThrowsMessage<InputError>(HasSubstr("expected signal")))
        << integer;
  }
}

TEST(HeadTest, IsReadBackAndRefusedWhenItIsNone) {
  JournalHead head;
  head.policy = "norm-greedy";
  head.begin = 3600;
  head.num_slots = 9;
  head.gateways = {"g"};
  head.regions = {"a", "b"};
  head.expected_demand = {0.1};
  head.network = "00000000";
  EXPECT_EQ(HeadText(ReadHead(HeadText(head), "j")), HeadText(head));
  EXPECT_THAT([] { ReadHead("{}", "j"); }, ThrowsMessage<InputError>("j: this is no journal of evenkeel serve"));
  EXPECT_THAT([] { ReadHead(R"({"evenkeel_journal":2})", "j"); },
              ThrowsMessage<InputError>("j: it has schema 2, this evenkeel reads 1"));
  head.expected_demand = {};
  EXPECT_THAT([&] { ReadHead(HeadText(head), "j"); },
              ThrowsMessage<InputError>("j: expected_demand has 0 numbers, expected 1"));
}

TEST(MonthTest, EndsWhereTheNextOneBegins) {
  const Month november = MonthOf(1793491200 + 12345);  // 2026-11-01
  EXPECT_EQ(november.begin, 1793491200);
  EXPECT_EQ(november.end, 1793491200 + 30 * 86400);
  EXPECT_EQ(november.name, "2026-11");
  EXPECT_EQ(MonthOf(november.end).end, november.end + 31 * 86400);  // December, into the next year
  EXPECT_EQ(MonthOf(november.begin - 1).name, "2026-10");
  EXPECT_EQ(MonthOf(1709164800).end - MonthOf(1709164800).begin, 29 * 86400);  // February 2024
}

}  // namespace
}  // namespace evenkeel
