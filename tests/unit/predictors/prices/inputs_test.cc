#include "predictors/prices/inputs.h"

#include <gtest/gtest.h>

#include <cmath>

#include "models/base/error.h"
#include "predictors/forecast/naive.h"
#include "tests/reference/play.h"

namespace evenkeel {
namespace {

constexpr int kSlots = 4;

/// Constant slots: 4 units of demand, room for 10 and 30; carbon at 100 USD/t, so 50 at even prices.
Slot MakeSlot(int t) {
  Slot slot;
  slot.index = t;
  slot.time = 3600 * (5 + t);
  slot.demand = Vector::Constant(1, 4.0);
  slot.capacity = (Vector(2) << 10.0, 30.0).finished();
  slot.price = (Vector(2) << 20.0, 40.0).finished();
  slot.carbon_intensity = (Vector(2) << 0.1, 0.3).finished();
  slot.water_intensity = Vector::Zero(2);
  return slot;
}

struct Case {
  Problem problem = MakeProblem(PlainNetwork(2, 1), CarbonObjective(100.0, kInfinity), kSlots, Vector::Ones(1));
  std::unique_ptr<Forecaster> forecaster = MakePersistence();
  History history;
  PriceInputMaker maker{problem, *forecaster};
  PriceInputs inputs;

  void See(const Slot& slot) {
    history.Append(slot);
    maker.Next(HistoryView(history), slot, &inputs);
  }
};

void ExpectInputs(const PriceInputs& inputs, const std::vector<double>& expected) {
  ASSERT_EQ(inputs.own.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(inputs.own[i], expected[i], 1e-12) << i;
}

// A unit costs 20 + 5 and 40 + 15, 40 on average. Even play serves 1 and 3 units: 0.1 and 0.9 t a slot, 0.4 and 3.6 in
// all, 2 on average.
TEST(PriceInputs, ByHand) {
  Case c;
  c.See(MakeSlot(0));
  c.See(MakeSlot(1));
  const double angle = 2.0 * std::acos(-1.0) * 6.0 / 24.0;
  ExpectInputs(c.inputs, {0.125, 0.5, 0.125, 0.5, 0.2, 0.0, 0.75, std::sin(angle), std::cos(angle),  //
                          0.375, 1.0, 0.375, 1.0, 1.8, 0.0, 0.75, std::sin(angle), std::cos(angle)});
  EXPECT_NEAR(c.inputs.unit[0], 2.0, 1e-12);
  EXPECT_NEAR(c.inputs.unit[1], 2.0, 1e-12);
  EXPECT_EQ(c.inputs.left, std::vector<double>{0.75});
}

// Twice the demand now, and forecast to stay: 0.1 + 3 x 0.2 and 0.9 + 3 x 1.8.
TEST(PriceInputs, WhatIsForecastAddsToWhatWas) {
  Case c;
  c.See(MakeSlot(0));
  Slot more = MakeSlot(1);
  more.demand *= 2.0;
  c.See(more);
  EXPECT_NEAR(c.inputs.unit[0], 3.5, 1e-12);
  EXPECT_NEAR(c.inputs.own[4], 0.7 / 3.5, 1e-12);
}

// In the last slot there is no rest; a region that is out takes no part in even play; without demand nothing is loaded.
TEST(PriceInputs, EndsOutagesAndIdleSlots) {
  Case c;
  for (int t = 0; t < kSlots; ++t) {
    Slot slot = MakeSlot(t);
    slot.demand.setZero();
    slot.capacity[0] = 0.0;
    c.See(slot);
    EXPECT_EQ(c.inputs.unit, (std::vector<double>{1.0, 1.0}));
    for (double value : c.inputs.own) EXPECT_TRUE(std::isfinite(value)) << t;
  }
  EXPECT_EQ(c.inputs.left[0], 0.25);
}

// The forecast of the first slot fails; its even play counts in the second one's inputs as if it had not.
TEST(PriceInputs, ASlotWhoseForecastFailedCounts) {
  class FailsOnce : public Forecaster {
   public:
    void Predict(const HistoryView& history, int, RowMatrix* forecast) override {
      if (history.num_slots() == 1) throw InputError("not yet");
      forecast->rowwise() = history.row(history.num_slots() - 1);
    }
  };
  Case good, failing;
  failing.forecaster = std::make_unique<FailsOnce>();
  PriceInputMaker maker(failing.problem, *failing.forecaster);
  failing.history.Append(MakeSlot(0));
  EXPECT_THROW(maker.Next(HistoryView(failing.history), MakeSlot(0), &failing.inputs), InputError);
  failing.history.Append(MakeSlot(1));
  maker.Next(HistoryView(failing.history), MakeSlot(1), &failing.inputs);
  good.See(MakeSlot(0));
  good.See(MakeSlot(1));
  EXPECT_EQ(failing.inputs.own, good.inputs.own);
}

}  // namespace
}  // namespace evenkeel
