#include "predictors/forecast/backtest.h"

#include <gtest/gtest.h>

#include <cmath>

#include "models/base/error.h"
#include "predictors/forecast/naive.h"

namespace evenkeel {
namespace {

/// Slots of 8 hours, three a day. One gateway with demand t, one region with price 0, carbon and water 1; demand is
/// `other` from slot `changed` on.
History Ramp(int slots, int changed = 1000, double other = 0.0) {
  History history;
  for (int t = 0; t < slots; ++t) {
    Slot slot;
    slot.time = std::int64_t{t} * 8 * 3600;
    slot.demand = Vector::Constant(1, t < changed ? t : other);
    slot.price = Vector::Zero(1);
    slot.capacity = slot.carbon_intensity = slot.water_intensity = Vector::Ones(1);
    history.Append(slot);
  }
  return history;
}

BacktestOptions SmallOptions() {
  BacktestOptions options;
  options.first = 6;
  options.horizon = options.every = 2;
  options.period = 4;
  return options;
}

// Persistence after 6 and after 8 of 10 slots: forecasts 5, 5 and 7, 7 of 6, 7 and 8, 9: errors 1, 2, 1, 2. Yesterday
// is 3 off, always; so is the scale. Without a past the interval is the forecast: pinball (0.1 + 0.5 + 0.9) / 3 of the
// error, and nothing inside.
TEST(Backtest, FiguresByHand) {
  const History truth = Ramp(10);
  const auto persistence = MakePersistence();
  const BacktestResult result = Backtest(truth, *persistence, SmallOptions(), {});
  EXPECT_EQ(result.origins, 2);
  const SignalErrors& demand = result.signals[0];
  EXPECT_DOUBLE_EQ(demand.all.Mae(), 1.5);
  EXPECT_DOUBLE_EQ(demand.all.Rmse(), std::sqrt(2.5));
  EXPECT_DOUBLE_EQ(demand.all.Mape(), (1.0 / 6 + 2.0 / 7 + 1.0 / 8 + 2.0 / 9) / 4);
  EXPECT_DOUBLE_EQ(demand.all.Mase(), 0.5);
  EXPECT_DOUBLE_EQ(demand.all.Pinball(), 0.75);
  EXPECT_DOUBLE_EQ(demand.all.Coverage(), 0.0);
  EXPECT_DOUBLE_EQ(demand.all.NaiveMae(), 3.0);
  EXPECT_DOUBLE_EQ(demand.by_horizon[0].Mae(), 1.0);
  EXPECT_DOUBLE_EQ(demand.by_horizon[1].Mae(), 2.0);
  EXPECT_DOUBLE_EQ(demand.by_column[0].Mae(), 1.5);
}

// Periods of 4 from slot 6 on. After 6 slots the rest is 6, 7, 8, 9 with means 7.5, 7, 8 by time of day, of which 5 is
// 7.5 off in sum, and yesterday's 3, 4, 5 is 10.5; after 8 it is 8, 9: 7 is 3 off, and 5, 6 is 6. Five means in all.
TEST(Backtest, MeansOfTheRestByHand) {
  const History truth = Ramp(10);
  const auto persistence = MakePersistence();
  const ForecastErrors rest = Backtest(truth, *persistence, SmallOptions(), {}).signals[0].rest;
  EXPECT_DOUBLE_EQ(rest.Mae(), 10.5 / 5);
  EXPECT_DOUBLE_EQ(rest.NaiveMae(), 16.5 / 5);
}

// After 6 of 10 slots, three a day, the next day is 6, 7, 8, with mean 7, of which persistence's 5 is 2 off, and the
// mean of 0 .. 5 is 4.5; after 8 no day is left. Two days are more than there are.
TEST(Backtest, LevelsByHand) {
  const History truth = Ramp(10);
  const auto persistence = MakePersistence();
  BacktestOptions options = SmallOptions();
  options.level_days = {1, 2};
  const std::vector<ForecastErrors> level = Backtest(truth, *persistence, options, {}).signals[0].level;
  ASSERT_EQ(level.size(), 2u);
  EXPECT_DOUBLE_EQ(level[0].Mae(), 2.0);
  EXPECT_DOUBLE_EQ(level[0].NaiveMae(), 4.5);
  EXPECT_EQ(level[0].count, 1.0);
  EXPECT_EQ(level[1].count, 0.0);
}

TEST(Backtest, WhatIsNotDefinedIsNotANumber) {
  const History truth = Ramp(10);
  const auto persistence = MakePersistence();
  const BacktestResult result = Backtest(truth, *persistence, SmallOptions(), {});
  EXPECT_TRUE(std::isnan(result.signals[1].all.Mape()));  // prices of 0
  EXPECT_TRUE(std::isnan(result.signals[2].all.Mase()));  // carbon that never changes
  EXPECT_DOUBLE_EQ(result.signals[2].all.Coverage(), 1.0);
}

TEST(Backtest, ThePerfectPredictorIsWithoutError) {
  const History truth = Ramp(10);
  class Source : public SlotSource {
   public:
    int num_slots() const override { return 10; }
    void Read(int t, Slot* slot) override {
      slot->index = t;
      slot->time = std::int64_t{t} * 8 * 3600;
      slot->demand = Vector::Constant(1, t);
      slot->price = Vector::Zero(1);
      slot->capacity = slot->carbon_intensity = slot->water_intensity = Vector::Ones(1);
    }
  };
  const auto perfect = MakePerfect(std::make_unique<Source>(), 0);
  const BacktestResult result = Backtest(truth, *perfect, SmallOptions(), {});
  EXPECT_EQ(result.signals[0].all.Mae(), 0.0);
  EXPECT_EQ(result.signals[0].rest.Mae(), 0.0);
}

// A change of the last slot shows in the errors of the steps that are compared with it and in no other.
TEST(Backtest, NothingLeaksFromTheLastSlot) {
  const auto persistence = MakePersistence();
  const BacktestResult before = Backtest(Ramp(10), *persistence, SmallOptions(), {});
  const BacktestResult after = Backtest(Ramp(10, 9, 100.0), *persistence, SmallOptions(), {});
  EXPECT_EQ(before.signals[0].by_horizon[0].absolute, after.signals[0].by_horizon[0].absolute);
  // 2 + 2 becomes 2 + |100 - 7|.
  EXPECT_DOUBLE_EQ(after.signals[0].by_horizon[1].absolute, 95.0);
  EXPECT_DOUBLE_EQ(after.signals[0].all.scaled - before.signals[0].all.scaled, 91.0 / 3.0);
}

TEST(Backtest, WithoutRoomForAForecastIsAnError) {
  const auto persistence = MakePersistence();
  BacktestOptions options = SmallOptions();
  options.first = 9;
  EXPECT_THROW(Backtest(Ramp(10), *persistence, options, {}), InputError);
  options.first = 3;  // a day, which leaves nothing for the scale
  EXPECT_THROW(Backtest(Ramp(10), *persistence, options, {}), InputError);
}

TEST(Backtest, APredictorThatSeesTooLittleIsNotJudged) {
  class Demanding : public Forecaster {
   public:
    explicit Demanding(int days) : days_(days) {}
    void Predict(const HistoryView&, int, RowMatrix* forecast) override { forecast->setZero(); }
    int SlotsNeeded(int slots_per_day) const override { return days_ * slots_per_day; }

   private:
    int days_;
  };
  Demanding two(2), three(3);
  EXPECT_EQ(Backtest(Ramp(10), two, SmallOptions(), {}).origins, 2);
  EXPECT_THROW(Backtest(Ramp(10), three, SmallOptions(), {}), InputError);
}

}  // namespace
}  // namespace evenkeel
