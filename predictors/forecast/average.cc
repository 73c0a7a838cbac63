#include "predictors/forecast/average.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace evenkeel {
namespace {

class Average : public Forecaster {
 public:
  Average(std::unique_ptr<Forecaster> first, std::unique_ptr<Forecaster> second)
      : first_(std::move(first)), second_(std::move(second)) {}

  void Predict(const HistoryView& history, int horizon, RowMatrix* forecast) override {
    *forecast = 0.5 * (Forecast(*first_, history, horizon) + Forecast(*second_, history, horizon));
  }

  void PredictEach(const HistoryView& history, const std::vector<int>& origins, int horizon,
                   std::vector<RowMatrix>* forecasts) override {
    const std::vector<RowMatrix> first = ForecastEach(*first_, history, origins, horizon),
                                 second = ForecastEach(*second_, history, origins, horizon);
    for (std::size_t i = 0; i < origins.size(); ++i) (*forecasts)[i] = 0.5 * (first[i] + second[i]);
  }

  int SlotsNeeded(int slots_per_day) const override {
    return std::max(first_->SlotsNeeded(slots_per_day), second_->SlotsNeeded(slots_per_day));
  }

 private:
  std::unique_ptr<Forecaster> first_, second_;
};

}  // namespace

std::unique_ptr<Forecaster> MakeAverage(std::unique_ptr<Forecaster> first, std::unique_ptr<Forecaster> second) {
  return std::make_unique<Average>(std::move(first), std::move(second));
}

}  // namespace evenkeel
