#include "predictors/forecast/naive.h"

#include <algorithm>
#include <utility>

#include "models/base/error.h"

namespace evenkeel {
namespace {

class SeasonalNaive : public Forecaster {
 public:
  explicit SeasonalNaive(int season) : season_(season) { EVENKEEL_CHECK_GE(season, 1); }

  void Predict(const HistoryView& history, int horizon, RowMatrix* forecast) override {
    const int n = history.num_slots(), season = std::min(season_, n);
    for (int k = 0; k < horizon; ++k) forecast->row(k) = history.row(n - season + k % season);
  }

 private:
  int season_;
};

class HourlyMean : public Forecaster {
 public:
  explicit HourlyMean(int days) : days_(days) { EVENKEEL_CHECK_GE(days, 1); }

  void Predict(const HistoryView& history, int horizon, RowMatrix* forecast) override {
    PredictHourlyMean(history, days_, horizon, forecast);
  }

 private:
  int days_;
};

class Perfect : public Forecaster {
 public:
  Perfect(SlotSource& future, int slots_before) : slots_before_(slots_before) { future_.AppendAll(future); }

  void Predict(const HistoryView& history, int horizon, RowMatrix* forecast) override {
    const int first = history.num_slots() - slots_before_;
    EVENKEEL_CHECK_GE(first, 0);
    for (int k = 0; k < horizon; ++k) forecast->row(k) = future_.row(std::min(first + k, future_.num_slots() - 1));
  }

 private:
  History future_;
  int slots_before_;
};

}  // namespace

std::unique_ptr<Forecaster> MakePersistence() { return MakeSeasonalNaive(1); }

std::unique_ptr<Forecaster> MakeSeasonalNaive(int season) { return std::make_unique<SeasonalNaive>(season); }

std::unique_ptr<Forecaster> MakeHourlyMean(int days) { return std::make_unique<HourlyMean>(days); }

std::unique_ptr<Forecaster> MakePerfect(std::unique_ptr<SlotSource> future, int slots_before) {
  return std::make_unique<Perfect>(*future, slots_before);
}

}  // namespace evenkeel
