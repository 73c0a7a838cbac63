// The laws of predictors/forecast/forecaster.h for every predictor of the catalog, and that nothing leaks from the
// future into forecasts, intervals and plans. Predictors that need a trained network:
// tests/unit/predictors/torch/learned_test.cc.
#include <gmock/gmock.h>

#include <algorithm>
#include <cstring>

#include "experiments/catalog/catalog.h"
#include "models/slots/trace_window.h"
#include "predictors/forecast/backtest.h"
#include "predictors/forecast/intervals.h"
#include "predictors/forecast/laws.h"
#include "tests/reference/play.h"

namespace evenkeel {
namespace {

constexpr int kSlots = 24 * 40;

History HistoryOf(const Trace& trace) {
  History history;
  history.AppendAll(*MakeSlotSource(trace));
  return history;
}

/// The predictors that can be made from their name alone.
std::vector<Entry> Predictors() {
  std::vector<Entry> predictors;
  for (const Entry* info : EntriesOf(Catalog(), Kind::kPredictor)) {
    const bool complete = std::none_of(info->parameters.begin(), info->parameters.end(),
                                       [](const ParameterInfo& parameter) { return parameter.default_value.empty(); });
    if (complete) predictors.push_back(*info);
  }
  EXPECT_GE(predictors.size(), 5u);
  return predictors;
}

bool SameBits(const RowMatrix& a, const RowMatrix& b) {
  return a.size() == b.size() &&
         std::memcmp(a.data(), b.data(), sizeof(double) * static_cast<std::size_t>(a.size())) == 0;
}

ForecastContext Knowing(const Trace& trace) {
  return {[&trace] { return MakeSlotSource(trace); }, 0, IdentityOf(trace.header.network, trace.header.slot_hours)};
}

/// Without the future.
ForecastContext Plain(const Trace& trace) { return {{}, 0, IdentityOf(trace.header.network, trace.header.slot_hours)}; }

TEST(ForecasterLaws, HoldForEveryPredictorOfTheCatalog) {
  const Trace trace = SmallTrace(kSlots);
  for (const Entry& info : Predictors()) {
    const ForecastContext context = info.clairvoyant ? Knowing(trace) : Plain(trace);
    const auto make = [&] { return MakeForecaster(context, ParseSpec(info.name)); };
    ForecasterLawOptions options;
    options.looks_ahead = info.clairvoyant;
    EXPECT_THAT(BrokenForecasterLaws(trace, make, options), testing::IsEmpty()) << info.name;
  }
}

TEST(ForecasterLaws, OnlyThePerfectOneIsPerfect) {
  const Trace trace = SmallTrace(kSlots);
  const History history = HistoryOf(trace);
  for (const Entry& info : Predictors()) {
    const auto forecaster = MakeForecaster(Knowing(trace), ParseSpec(info.name));
    const RowMatrix forecast = Forecast(*forecaster, HistoryView(history, 500), 24);
    double error = 0.0;
    for (int k = 0; k < 24; ++k) error += (forecast.row(k) - history.row(500 + k)).cwiseAbs().sum();
    EXPECT_EQ(error == 0.0, info.clairvoyant) << info.name;
  }
}

TEST(ForecasterLaws, IntervalsAreCausalAndInOrder) {
  const Trace trace = SmallTrace(kSlots);
  const History history = HistoryOf(trace);
  constexpr int kSeen = 800;
  const History changed = HistoryOf(ChangedAfter(trace, kSeen - 1));
  for (const Entry& info : Predictors()) {
    if (info.clairvoyant) continue;
    const auto used = MakeForecaster(Plain(trace), ParseSpec(info.name)),
               fresh = MakeForecaster(Plain(trace), ParseSpec(info.name));
    IntervalForecaster used_intervals(*used, {}), fresh_intervals(*fresh, {});
    used_intervals.Predict(HistoryView(history, kSeen - 48), 24);
    const IntervalForecast a = used_intervals.Predict(HistoryView(history, kSeen), 24);
    const IntervalForecast b = fresh_intervals.Predict(HistoryView(changed, kSeen), 24);
    EXPECT_TRUE(SameBits(a.mean, b.mean) && SameBits(a.lower, b.lower) && SameBits(a.upper, b.upper)) << info.name;
    EXPECT_LE((a.lower - a.upper).maxCoeff(), 0.0) << info.name;
  }
}

// One forecast of 24 steps, with its interval; everything after its first six truths is another one.
TEST(ForecasterLaws, BacktestsJudgeAStepByItsOwnTruth) {
  constexpr int kSeen = 800, kSame = 6;
  const Trace trace = SmallTrace(kSlots);
  const History history = HistoryOf(trace), changed = HistoryOf(ChangedAfter(trace, kSeen + kSame - 1));
  BacktestOptions options;
  options.first = kSeen;
  options.every = kSlots;
  for (const Entry& info : Predictors()) {
    if (info.clairvoyant) continue;
    const auto one = MakeForecaster(Plain(trace), ParseSpec(info.name)),
               other = MakeForecaster(Plain(trace), ParseSpec(info.name));
    const BacktestResult a = Backtest(history, *one, options, {}), b = Backtest(changed, *other, options, {});
    for (std::size_t s = 0; s < a.signals.size(); ++s) {
      for (std::size_t k = 0; k < 24; ++k) {
        const ForecastErrors &x = a.signals[s].by_horizon[k], &y = b.signals[s].by_horizon[k];
        const bool same = x.absolute == y.absolute && x.square == y.square && x.scaled == y.scaled &&
                          x.pinball == y.pinball && x.inside == y.inside && x.naive_absolute == y.naive_absolute;
        EXPECT_EQ(same, k < kSame) << info.name << " signal " << s << " step " << k;
      }
    }
  }
}

/// A period of 60 slots after 700 slots of history.
Played PlayPlan(const Trace& trace, const std::string& forecast) {
  constexpr int kBefore = 700, kPeriod = 60;
  const auto window = [&](int first, int count) { return MakeSlotWindow(MakeSlotSource(trace), first, count); };
  const auto period = window(kBefore, kPeriod);
  static const Network network = trace.header.network;
  const Problem problem = MakeProblem(network, PublishedObjective(), kPeriod, TotalDemand(*period));
  PolicyContext context{problem, 1, {}};
  context.time = TimeBase{};
  context.open_history = [&] { return window(0, kBefore); };
  const auto policy = MakePolicy(context, ParseSpec("plan(forecast=" + forecast + ",every=5)"));
  return Play(problem, *period, *policy);
}

TEST(ForecasterLaws, PlansDecideOnWhatTheyHaveSeen) {
  const Trace trace = SmallTrace(kSlots);
  const Trace changed = ChangedAfter(trace, 731);
  for (const Entry& info : Predictors()) {
    if (info.clairvoyant) continue;
    const Played a = PlayPlan(trace, info.name), b = PlayPlan(changed, info.name);
    for (std::size_t t = 0; t <= 31; ++t) {
      EXPECT_EQ(a.decisions[t].flow, b.decisions[t].flow) << info.name << " slot " << t;
    }
    EXPECT_NE(a.decisions[32].flow, b.decisions[32].flow) << "the change is one that shows";
  }
}

}  // namespace
}  // namespace evenkeel
