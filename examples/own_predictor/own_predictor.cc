// A predictor of one's own, put through laws F1 and F2 and judged in a backtest beside two of evenkeel's.
#include <cstdio>

#include "models/generate/trace.h"
#include "predictors/forecast/average.h"
#include "predictors/forecast/backtest.h"
#include "predictors/forecast/laws.h"
#include "predictors/forecast/naive.h"

namespace ek = evenkeel;

namespace {

// The last day again, drawn towards the last value: y[t + k] = y[day before] + decay^k (y[t] - y[t - day]).
class DampedDay : public ek::Forecaster {
 public:
  explicit DampedDay(double decay) : decay_(decay) {}

  void Predict(const ek::HistoryView& history, int horizon, ek::RowMatrix* forecast) override {
    const int seen = history.num_slots(), day = history.slots_per_day();
    const ek::RowVector last = history.row(seen - 1);
    // Law F2: also from a view of one slot there is a forecast.
    if (seen <= day) {
      for (int k = 0; k < horizon; ++k) forecast->row(k) = last;
      return;
    }
    const ek::RowVector drift = last - history.row(seen - 1 - day);
    double weight = 1.0;
    for (int k = 0; k < horizon; ++k) {
      weight *= decay_;
      forecast->row(k) = history.row(seen - day + k % day) + weight * drift;
    }
  }

  int SlotsNeeded(int slots_per_day) const override { return slots_per_day + 1; }

 private:
  double decay_;
};

void Judge(const char* name, const ek::History& history, ek::Forecaster& forecaster) {
  ek::BacktestOptions options;
  options.first = 28 * 24;
  const ek::BacktestResult result = ek::Backtest(history, forecaster, options, {});
  std::printf("%-16s", name);
  for (const ek::SignalErrors& errors : result.signals) std::printf("%12.5f", errors.all.Mae());
  std::printf("   %d forecasts\n", result.origins);
}

}  // namespace

int main() {
  ek::GeneratorOptions options;
  options.regions = 4;
  options.gateways = 3;
  options.slots = 60 * 24;
  const ek::Trace trace = ek::GenerateTrace(options);

  const auto broken = ek::BrokenForecasterLaws(trace, [] { return std::make_unique<DampedDay>(0.9); });
  for (const std::string& law : broken) std::printf("%s\n", law.c_str());
  if (broken.empty()) std::printf("laws F1 and F2 hold\n");

  ek::History history;
  history.AppendAll(*ek::MakeSlotSource(trace));
  std::printf("mean absolute error of forecasts of 24 hours\n%-16s", "");
  for (const char* signal : ek::kSignalNames) std::printf("%12s", signal);
  std::printf("\n");
  DampedDay own(0.9);
  Judge("damped-day", history, own);
  Judge("seasonal-naive", history, *ek::MakeSeasonalNaive(24));
  Judge("hourly-mean", history, *ek::MakeHourlyMean(7));
  // Predictors are put together like others: the mean of one's own and one of evenkeel's.
  Judge("mean of both", history, *ek::MakeAverage(std::make_unique<DampedDay>(0.9), ek::MakeHourlyMean(7)));
  return broken.empty() ? 0 : 1;
}
