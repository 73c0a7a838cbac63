// A network for slots of another length is refused when a policy is made, wherever it stands in the spec.
#include "experiments/catalog/make.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "experiments/catalog/catalog.h"
#include "models/base/error.h"
#include "predictors/learning/checkpoint.h"
#include "predictors/learning/learned.h"
#include "tests/reference/play.h"
#include "tests/unit/models/file_test_util.h"

namespace evenkeel {
namespace {

using ::testing::HasSubstr;

class MakeTest : public testing::Test {
 protected:
  /// Networks for hourly slots, whose weights are none: they are looked at last.
  void SetUp() override {
    const Trace trace = SmallTrace(48);
    const TraceIdentity identity = IdentityOf(trace.header.network, 1.0);
    Checkpoint checkpoint;
    checkpoint.network = "dlinear";
    checkpoint.gateways = identity.gateways;
    checkpoint.regions = identity.regions;
    checkpoint.units = SignalUnits();
    checkpoint.scales = Vector::Ones(identity.gateways.size() + 3 * identity.regions.size());
    WriteCheckpoint(checkpoint, forecasts_);
    checkpoint.network = "learned-price";
    checkpoint.scales = {};
    WriteCheckpoint(checkpoint, prices_);
  }

  /// What is said when the policy is made for the last `slots` of 48 slots of half an hour.
  static std::string Message(const std::string& policy, int slots) {
    auto trace = std::make_shared<Trace>(SmallTrace(48));
    trace->header.slot_hours = 0.5;
    for (std::size_t t = 1; t < 48; ++t) trace->signals.time[t] = trace->signals.time[t - 1] + 1800;
    PeriodDescription description;
    description.trace = "half-hours";
    description.loaded = trace;
    description.slots = SlotRange{48 - slots, slots};
    const Period period = MakePeriod(description);
    try {
      MakePolicy(ContextOf(period, 1), ParseSpec(policy));
    } catch (const InputError& error) {
      return error.what();
    }
    return "no error";
  }

  const TemporaryDirectory folder_;  // of this process: ctest runs several at a time
  const std::string forecasts_ = folder_ / "forecasts.h5", prices_ = folder_ / "prices.h5";
};

TEST_F(MakeTest, SlotsOfAnotherLengthAreRefusedWithAndWithoutAPast) {
  const std::string plan = "plan(forecast=learned(file=" + forecasts_ + "))";
  const std::string noisy = "plan(forecast=noisy(of=learned(file=" + forecasts_ + ")))";
  const std::string price = "learned-price(file=" + prices_ + ")";
  for (const int slots : {48, 24}) {
    for (const std::string& policy : {plan, noisy, price}) {
      EXPECT_THAT(Message(policy, slots), HasSubstr(".h5: trained on slots of 1 h, the trace has 0.5 h")) << policy;
      EXPECT_THAT(Message("robust(advice=" + policy + ")", slots), HasSubstr("trained on slots of 1 h")) << policy;
    }
  }
}

TEST_F(MakeTest, HandsThePeriodOn) {
  PeriodDescription description;
  description.loaded = std::make_shared<const Trace>(SmallTrace(48));
  description.slots = SlotRange{12, 36};
  const Period period = MakePeriod(description);
  const PolicyContext context = ContextOf(period, 7);
  EXPECT_EQ(context.seed, 7u);
  EXPECT_EQ(context.open_history()->num_slots(), 12);
  EXPECT_EQ(context.open_future()->num_slots(), 36);
  ASSERT_TRUE(context.time.has_value());
  EXPECT_EQ(context.time->start, description.loaded->signals.time[12]);
  const ForecastContext forecast = ForecastContextOf(context, 12);
  EXPECT_EQ(forecast.slots_before, 12);
  EXPECT_EQ(forecast.trace->slot_hours, 1.0);
}

}  // namespace
}  // namespace evenkeel
