// Every kind of error against values worked out by hand, and that draws depend on nothing but their place.
#include "models/world/signal_error.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "models/base/error.h"
#include "models/base/random.h"
#include "models/generate/trace.h"
#include "models/slots/disturbed_slots.h"
#include "models/slots/scenario.h"
#include "models/slots/trace_window.h"

namespace evenkeel {
namespace {

constexpr SignalColumns kColumns = {1, 4};  // 1 demand, then 4 prices, 4 carbon, 4 water
constexpr int kPrice = 1;
constexpr std::int64_t kHour = 3600;

/// Four rows; the price of region c in row r is 10 (r + 1) + c, everything else 1 + c.
RowMatrix Truth() {
  RowMatrix values(4, kColumns.size());
  for (int c = 0; c < values.cols(); ++c) values.col(c).setConstant(1.0 + c);
  for (int r = 0; r < 4; ++r) {
    for (int c = 0; c < 4; ++c) values(r, kPrice + c) = 10.0 * (r + 1) + c;
  }
  return values;
}

SignalError Make(ErrorKind kind, double level, std::uint64_t seed = 1) {
  SignalError error;
  error.kind = kind;
  error.level = level;
  error.seed = seed;
  return error;
}

/// The rows as observations of consecutive hours from hour 5 on.
RowMatrix Observed(const SignalError& error, RowMatrix values = Truth()) {
  InjectError(error, kColumns, {5 * kHour, kHour}, &values);
  return values;
}

/// The rows as a forecast made at hour 4; before it the price of region c was c in hour 4, c - 1 in hour 3, ..
RowMatrix Forecasted(const SignalError& error) {
  RowMatrix values = Truth();
  const auto before = [](int back, int column) { return column - kPrice + 1.0 - back; };
  InjectError(error, kColumns, {4 * kHour, 0, before}, &values);
  return values;
}

double Draw(ErrorKind kind, Signal signal, int column, std::int64_t time, int ahead, std::uint64_t seed = 1) {
  const int purpose = 1001 + 4 * static_cast<int>(kind) + static_cast<int>(signal);
  const RandomStream stream = {seed, static_cast<RandomPurpose>(purpose), static_cast<std::uint32_t>(column)};
  return Normal(stream, (static_cast<std::uint64_t>(time) << 24) | static_cast<std::uint64_t>(ahead));
}

bool SameBits(const RowMatrix& a, const RowMatrix& b) {
  return std::memcmp(a.data(), b.data(), sizeof(double) * static_cast<std::size_t>(a.size())) == 0;
}

TEST(SignalError, LevelZeroLeavesEveryBit) {
  RowMatrix odd = Truth();
  odd(0, kPrice) = -0.0;
  odd(1, kPrice) = -1e-308;
  for (int kind = 0; kind < kNumErrorKinds; ++kind) {
    EXPECT_TRUE(SameBits(Observed(Make(static_cast<ErrorKind>(kind), 0.0), odd), odd)) << kErrorKindNames[kind];
    EXPECT_TRUE(SameBits(Forecasted(Make(static_cast<ErrorKind>(kind), 0.0)), Truth())) << kErrorKindNames[kind];
  }
}

TEST(SignalError, Gaussian) {
  const RowMatrix seen = Observed(Make(ErrorKind::kGaussian, 0.2));
  const double z = Draw(ErrorKind::kGaussian, Signal::kPrice, 3, 7 * kHour, 0);
  EXPECT_EQ(seen(2, kPrice + 3), 33.0 * (1.0 + 0.2 * z));
  const RowMatrix forecast = Forecasted(Make(ErrorKind::kGaussian, 0.2));
  const double ahead = Draw(ErrorKind::kGaussian, Signal::kPrice, 3, 4 * kHour, 3);
  EXPECT_EQ(forecast(2, kPrice + 3), 33.0 * (1.0 + 0.2 * ahead));
}

TEST(SignalError, GaussianHasTheDeviationAskedFor) {
  RowMatrix values = RowMatrix::Constant(20000, kColumns.size(), 100.0);
  InjectError(Make(ErrorKind::kGaussian, 0.1), kColumns, {0, kHour}, &values);
  const Eigen::ArrayXd error = values.col(kPrice).array() - 100.0;
  EXPECT_NEAR(error.mean(), 0.0, 0.3);
  EXPECT_NEAR(std::sqrt(error.square().mean()), 10.0, 0.2);
}

TEST(SignalError, BiasGrowsWithTheStepAhead) {
  SignalError error = Make(ErrorKind::kBias, 0.5);
  EXPECT_EQ(Observed(error), 1.5 * Truth());
  error.growth = 1.0;
  EXPECT_EQ(Forecasted(error).row(0), 1.5 * Truth().row(0));
  EXPECT_EQ(Forecasted(error).row(3), 3.0 * Truth().row(3));  // 1 + 0.5 (1 + 3)
  EXPECT_EQ(Observed(error), 1.5 * Truth()) << "observations have no steps ahead";
}

TEST(SignalError, Ar1DriftsAlongTheRows) {
  const RowMatrix seen = Observed(Make(ErrorKind::kAr1, 0.1));
  const double z0 = Draw(ErrorKind::kAr1, Signal::kPrice, 0, 5 * kHour, 0);
  const double z1 = Draw(ErrorKind::kAr1, Signal::kPrice, 0, 6 * kHour, 0);
  EXPECT_DOUBLE_EQ(seen(0, kPrice), 10.0 * (1.0 + 0.1 * z0));
  EXPECT_DOUBLE_EQ(seen(1, kPrice), 20.0 * (1.0 + 0.1 * (0.9 * z0 + std::sqrt(0.19) * z1)));
}

TEST(SignalError, Ar1HasTheDeviationAndMemoryAskedFor) {
  RowMatrix values = RowMatrix::Constant(50000, kColumns.size(), 100.0);
  InjectError(Make(ErrorKind::kAr1, 0.1), kColumns, {0, kHour}, &values);
  const Eigen::ArrayXd error = values.col(kPrice).array() - 100.0;
  const double variance = error.square().mean();
  EXPECT_NEAR(std::sqrt(variance), 10.0, 0.6);
  EXPECT_NEAR((error.head(49999) * error.tail(49999)).mean() / variance, 0.9, 0.02);
}

TEST(SignalError, Lag) {
  const RowMatrix seen = Observed(Make(ErrorKind::kLag, 2));
  EXPECT_EQ(seen(0, kPrice), 10.0) << "nothing is known before the first row";
  EXPECT_EQ(seen(2, kPrice), 10.0);
  EXPECT_EQ(seen(3, kPrice), 20.0);
  const RowMatrix forecast = Forecasted(Make(ErrorKind::kLag, 2));
  EXPECT_EQ(forecast(0, kPrice), -1.0);  // two slots before the first step
  EXPECT_EQ(forecast(1, kPrice), 0.0);
  EXPECT_EQ(forecast(2, kPrice), 10.0);
}

TEST(SignalError, SwapExchangesPairsOfRegionsInEverySignalAndSlot) {
  const RowMatrix half = Observed(Make(ErrorKind::kSwap, 0.5)), all = Observed(Make(ErrorKind::kSwap, 1.0));
  int moved_half = 0, moved_all = 0;
  for (int c = 0; c < 4; ++c) {
    const int partner = static_cast<int>(std::lround(all(0, kPrice + c) - 10.0));
    EXPECT_NE(partner, c);
    EXPECT_EQ(all(0, kPrice + partner), 10.0 + c) << "pairs";
    for (int r = 0; r < 4; ++r) {
      EXPECT_EQ(all(r, kPrice + c), 10.0 * (r + 1) + partner);
      EXPECT_EQ(all(r, kPrice + 4 + c), 1.0 + kPrice + 4 + partner) << "carbon as prices";
    }
    moved_all += all(0, kPrice + c) != 10.0 + c;
    if (half(0, kPrice + c) == 10.0 + c) continue;
    ++moved_half;
    EXPECT_EQ(half(0, kPrice + c), all(0, kPrice + c)) << "a larger share keeps the pairs of a smaller one";
  }
  EXPECT_EQ(moved_half, 2);
  EXPECT_EQ(moved_all, 4);
  EXPECT_EQ(all.col(0), Truth().col(0)) << "a single gateway has no partner";
}

TEST(SignalError, AdversarialMirrorsTheRegions) {
  // Prices 10, 11, 12, 13 have the mean 11.5; their mirror is 13, 12, 11, 10.
  const RowMatrix mirrored = Observed(Make(ErrorKind::kAdversarial, 1.0));
  const RowMatrix flat = Observed(Make(ErrorKind::kAdversarial, 0.5));
  for (int c = 0; c < 4; ++c) {
    EXPECT_EQ(mirrored(0, kPrice + c), 13.0 - c);
    EXPECT_EQ(flat(0, kPrice + c), 11.5);
  }
}

TEST(SignalError, StaleHolds) {
  const RowMatrix seen = Observed(Make(ErrorKind::kStale, 2));
  EXPECT_EQ(seen.row(1), Truth().row(0));
  EXPECT_EQ(seen.row(2), Truth().row(0));
  EXPECT_EQ(seen.row(3), Truth().row(3));
  const RowMatrix forecast = Forecasted(Make(ErrorKind::kStale, 2));
  EXPECT_EQ(forecast(0, kPrice + 3), 3.0);  // the last value seen
  EXPECT_EQ(forecast(1, kPrice + 3), 3.0);
  EXPECT_EQ(forecast(2, kPrice + 3), 33.0);
}

TEST(SignalError, DropoutFallsBackToTheRowBefore) {
  const RowMatrix all = Observed(Make(ErrorKind::kDropout, 1.0));
  for (int r = 0; r < 4; ++r) EXPECT_EQ(all(r, kPrice), 10.0);
  EXPECT_EQ(Forecasted(Make(ErrorKind::kDropout, 1.0))(3, kPrice + 2), 2.0) << "the last value seen";
  RowMatrix values(20000, kColumns.size());
  for (int r = 0; r < values.rows(); ++r) values.row(r).setConstant(r + 1.0);
  const RowMatrix truth = values;
  InjectError(Make(ErrorKind::kDropout, 0.3), kColumns, {0, kHour}, &values);
  EXPECT_NEAR((values.col(kPrice).array() != truth.col(kPrice).array()).cast<double>().mean(), 0.3, 0.01);
}

TEST(SignalError, ImpossibleValuesAreLifted) {
  SignalError error = Make(ErrorKind::kGaussian, 50.0);
  const RowMatrix seen = Observed(error);
  EXPECT_GE(seen.rightCols(8).minCoeff(), 0.0);
  EXPECT_LT(seen.middleCols(kPrice, 4).minCoeff(), 0.0) << "prices may be negative";
}

TEST(SignalError, OnlyTheSignalAskedForIsDisturbed) {
  SignalError error = Make(ErrorKind::kBias, 1.0);
  error.signals = {false, false, true, false};
  RowMatrix expected = Truth();
  expected.middleCols(kColumns.first(Signal::kCarbon), 4) *= 2.0;
  EXPECT_EQ(Observed(error), expected);
}

TEST(SignalError, BadLevelsAreRefused) {
  EXPECT_THROW(CheckSignalError(Make(ErrorKind::kGaussian, -0.1)), InputError);
  EXPECT_THROW(CheckSignalError(Make(ErrorKind::kGaussian, NAN)), InputError);
  EXPECT_THROW(CheckSignalError(Make(ErrorKind::kSwap, 1.1)), InputError);
  EXPECT_THROW(CheckSignalError(Make(ErrorKind::kLag, 1.5)), InputError);
  SignalError grows = Make(ErrorKind::kStale, 1.0);
  grows.growth = 0.1;
  EXPECT_THROW(CheckSignalError(grows), InputError);
  grows.kind = ErrorKind::kDropout;
  EXPECT_NO_THROW(CheckSignalError(grows));
}

Trace MakeTrace() {
  GeneratorOptions options;
  options.regions = 6;
  options.gateways = 2;
  options.slots = 24 * 14;
  return GenerateTrace(options);
}

RealisedError Realised(const Trace& trace, const SignalError& error) {
  return CompareSlots(*MakeSlotSource(trace), *MakeDisturbedSlots(MakeSlotSource(trace), error));
}

TEST(DisturbedSlots, RealisedErrorGrowsWithTheLevel) {
  const Trace trace = MakeTrace();
  const auto expect_growth = [&](ErrorKind kind, const std::vector<double>& levels) {
    double before = 0.0;
    EXPECT_EQ(Realised(trace, Make(kind, 0.0)).Mae(Signal::kCarbon), 0.0);
    for (double level : levels) {
      const RealisedError error = Realised(trace, Make(kind, level));
      EXPECT_GT(error.Mae(Signal::kCarbon), before) << kErrorKindNames[static_cast<int>(kind)] << " " << level;
      EXPECT_EQ(error.Mae(Signal::kDemand), 0.0) << "a slot's demand is known";
      before = error.Mae(Signal::kCarbon);
    }
  };
  for (ErrorKind kind : {ErrorKind::kGaussian, ErrorKind::kBias, ErrorKind::kAr1, ErrorKind::kAdversarial,
                         ErrorKind::kDropout, ErrorKind::kSwap}) {
    expect_growth(kind, {0.3, 0.6, 1.0});
  }
  expect_growth(ErrorKind::kLag, {1, 3, 6});
  expect_growth(ErrorKind::kStale, {1, 3, 6});
}

TEST(DisturbedSlots, RealisedErrorIsTheOneAskedFor) {
  EXPECT_NEAR(Realised(MakeTrace(), Make(ErrorKind::kBias, 0.25)).Mape(Signal::kWater), 0.25, 1e-12);
  // The mean of |z| is sqrt(2 / pi).
  EXPECT_NEAR(Realised(MakeTrace(), Make(ErrorKind::kGaussian, 0.1)).Mape(Signal::kCarbon), 0.1 * std::sqrt(2 / M_PI),
              0.004);
}

TEST(DisturbedSlots, ASlotIsTheSameInEveryOrderAndPeriod) {
  const Trace trace = MakeTrace();
  const SignalError error = Make(ErrorKind::kGaussian, 0.2, 7);
  const auto whole = MakeDisturbedSlots(MakeSlotSource(trace), error);
  const auto part = MakeDisturbedSlots(MakeSlotWindow(MakeSlotSource(trace), 100, 50), error);
  Slot a, b;
  for (int t : {49, 0, 20}) {
    whole->Read(100 + t, &a);
    part->Read(t, &b);
    EXPECT_EQ(a.price, b.price);
    EXPECT_EQ(a.carbon_intensity, b.carbon_intensity);
  }
  const auto other = MakeDisturbedSlots(MakeSlotSource(trace), Make(ErrorKind::kGaussian, 0.2, 8));
  other->Read(120, &b);
  EXPECT_NE(a.price, b.price);
}

TEST(DisturbedSlots, LevelsShareTheirDraws) {
  const Trace trace = MakeTrace();
  Slot truth, small, large;
  MakeSlotSource(trace)->Read(30, &truth);
  MakeDisturbedSlots(MakeSlotSource(trace), Make(ErrorKind::kGaussian, 0.1))->Read(30, &small);
  MakeDisturbedSlots(MakeSlotSource(trace), Make(ErrorKind::kGaussian, 0.2))->Read(30, &large);
  const Vector half = large.water_intensity - truth.water_intensity,
               full = small.water_intensity - truth.water_intensity;
  EXPECT_LT((half - 2.0 * full).cwiseAbs().maxCoeff(), 1e-12);
}

TEST(Scenario, EventsChangeTheirSlotsOnly) {
  const Trace trace = MakeTrace();
  const std::int64_t start = trace.signals.time[0];
  const auto calm = MakeSlotSource(trace);
  const auto world =
      MakeScenario(MakeSlotSource(trace), {{EventKind::kOutage, 2, 0.25, start + 10 * kHour, start + 12 * kHour},
                                           {EventKind::kSurge, -1, 2.0, start + 11 * kHour, start + 13 * kHour}});
  Slot a, b;
  for (int t = 8; t < 15; ++t) {
    calm->Read(t, &a);
    world->Read(t, &b);
    Vector capacity = a.capacity;
    if (t == 10 || t == 11) capacity[2] *= 0.25;
    EXPECT_EQ(b.capacity, capacity) << t;
    EXPECT_EQ(b.demand, (t == 11 || t == 12 ? 2.0 : 1.0) * a.demand) << t;
    EXPECT_EQ(b.price, a.price);
  }
}

TEST(SignalErrorTest, LeavesAloneWhatWasBefore) {
  SignalError error = Make(ErrorKind::kBias, 0.5);
  const RowMatrix truth = Truth(), always = Observed(error);
  error.from = 6 * kHour + 1;  // rows are the hours 5, 6, 7, ..: the third is the first from then on
  const RowMatrix later = Observed(error);
  EXPECT_EQ(later.topRows(2), truth.topRows(2));
  EXPECT_EQ(later.bottomRows(truth.rows() - 2), always.bottomRows(truth.rows() - 2));
  error.from = 4 * kHour;  // the last slot that the forecast has seen
  EXPECT_EQ(Forecasted(error), always);
  error.from = 4 * kHour + 1;
  EXPECT_EQ(Forecasted(error), truth);
  error.from = 1000 * kHour;
  EXPECT_EQ(Observed(error), truth);
}

}  // namespace
}  // namespace evenkeel
