#include "experiments/specs/parameter.h"

#include <gtest/gtest.h>

#include "experiments/catalog/catalog.h"
#include "experiments/catalog/plan.h"
#include "predictors/forecast/history.h"
#include "tests/reference/play.h"
#include "tests/unit/models/file_test_util.h"

namespace evenkeel {
namespace {

TEST(SlotSpan, IsSlotsOrADuration) {
  EXPECT_EQ(SlotsOf("every", "24", 0.25, 1), 24) << "a number is of slots, whatever their length";
  EXPECT_EQ(SlotsOf("every", "24", 0.0, 1), 24);
  EXPECT_EQ(SlotsOf("every", "24h", 1.0, 1), 24);
  EXPECT_EQ(SlotsOf("every", "24h", 0.25, 1), 96);
  EXPECT_EQ(SlotsOf("every", "7d", 0.5, 1), 336);
  EXPECT_EQ(SlotsOf("every", "90min", 0.25, 1), 6);
  EXPECT_EQ(SlotsOf("every", "0h", 1.0, 0), 0);
}

TEST(SlotSpan, MustBeWholeSlots) {
  ExpectInputError([] { SlotsOf("plan: every", "100min", 0.25, 1); },
                   {"plan: every is 100min", "no whole number of slots of 15 min"});
  ExpectInputError([] { SlotsOf("plan: every", "24h", 5.0, 1); }, {"every is 24h", "slots of 5 h"});
  ExpectInputError([] { SlotsOf("plan: every", "24h", 168.0, 1); }, {"slots of 168 h"});
  ExpectInputError([] { SlotsOf("plan: every", "24h", 0.0, 1); }, {"every is 24h", "not known", "give it in slots"});
  for (const char* text : {"", "h", "1.5h", "24 h", "-1h", "1w", "24H"})
    ExpectInputError([&] { SlotsOf("x", text, 1.0, 1); }, {"x is \"", text, "24h, 7d or 90min"});
  ExpectInputError([] { SlotsOf("x", "0h", 1.0, 1); }, {"x is 0h, 0 slots, allowed are 1 to"});
  ExpectInputError([] { SlotsOf("x", "5000d", 1.0, 1); }, {"120000 slots"});
}

Arguments ArgumentsOf(Kind kind, const std::string& spec) {
  return CheckSpec(Catalog(), kind, ParseSpec(spec)).arguments;
}

TEST(SlotSpan, DefaultsAreDurations) {
  const Arguments plan = ArgumentsOf(Kind::kPolicy, "plan");
  EXPECT_EQ(PlanOptionsOf(plan, 1.0).every, 24);
  EXPECT_EQ(PlanOptionsOf(plan, 0.25).every, 96);
  EXPECT_EQ(PlanOptionsOf(plan, 0.25).rest.horizon, 0);
  EXPECT_EQ(PlanOptionsOf(ArgumentsOf(Kind::kPolicy, "plan(horizon=2d,merge_after=36h)"), 0.5).rest.horizon, 96);
  EXPECT_EQ(PlanOptionsOf(ArgumentsOf(Kind::kPolicy, "plan(horizon=2d,merge_after=36h)"), 0.5).merge_after, 72);
  EXPECT_EQ(SlotsArgument(ArgumentsOf(Kind::kPredictor, "ridge"), "refit", 0.25), 672);
  EXPECT_EQ(SlotsArgument(ArgumentsOf(Kind::kPredictor, "seasonal-naive"), "season", 0.25), 96);
  EXPECT_EQ(SlotsArgument(ArgumentsOf(Kind::kPredictor, "torchscript(file=m.pt)"), "window", 1.0), 168);
  const PriceSpec prices = ParsePriceSpec(ParseSpec("learned-price"));
  EXPECT_EQ(PriceTrainingOf(prices, 1.0).slots, 730);
  EXPECT_EQ(PriceTrainingOf(prices, 0.25).slots, 2920);
  EXPECT_EQ(PriceTrainingOf(prices, 0.25).stride, 288);
  ExpectInputError([] { ArgumentsOf(Kind::kPolicy, "plan(every=0h)"); }, {"\"every\" is 0h", "24h, 7d, 90min"});
  ExpectInputError([] { ArgumentsOf(Kind::kPolicy, "plan(every=often)"); }, {"\"every\" is often", "24h, 7d, 90min"});
  EXPECT_EQ(ToString(ParseSpec("plan(every=90min)")), "plan(every=90min)") << "printed as written";
}

// At 15 minutes yesterday's value is 96 slots back, and with season=24 that of six hours before.
TEST(SlotSpan, AtFifteenMinutesASeasonIsADay) {
  Trace trace = PlainTrace(1, 1, 97);
  trace.header.slot_hours = 0.25;
  for (int t = 0; t < 97; ++t) trace.signals.price(t, 0) = t;
  for (int t = 0; t < 97; ++t) trace.signals.time[t] = 900 * std::int64_t{t};
  History history;
  history.AppendAll(*MakeSlotSource(trace));
  const ForecastContext context{{}, 0, IdentityOf(trace.header.network, 0.25)};
  const int price = history.columns().first(Signal::kPrice);
  const auto next = [&](const char* spec) {
    return Forecast(*MakeForecaster(context, ParseSpec(spec)), HistoryView(history), 1)(0, price);
  };
  EXPECT_EQ(next("seasonal-naive"), 1.0);
  EXPECT_EQ(next("seasonal-naive(season=24)"), 73.0);
  EXPECT_EQ(next("seasonal-naive(season=6h)"), 73.0);
  ExpectInputError([&] { next("seasonal-naive(season=20min)"); },
                   {"seasonal-naive: season is 20min", "no whole number of slots of 15 min"});
}

}  // namespace
}  // namespace evenkeel
