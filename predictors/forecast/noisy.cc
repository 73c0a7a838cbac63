#include "predictors/forecast/noisy.h"

#include <algorithm>
#include <utility>

namespace evenkeel {
namespace {

class Noisy : public Forecaster {
 public:
  Noisy(std::unique_ptr<Forecaster> forecaster, const SignalError& error)
      : forecaster_(std::move(forecaster)), error_(error) {
    CheckSignalError(error);
  }

  void Predict(const HistoryView& history, int horizon, RowMatrix* forecast) override {
    forecaster_->Predict(history, horizon, forecast);
    const int seen = history.num_slots();
    const auto before = [&](int back, int column) { return history.value(std::max(seen - back, 0), column); };
    InjectError(error_, history.columns(), {history.time(seen - 1), 0, before}, forecast);
  }

  int SlotsNeeded(int slots_per_day) const override { return forecaster_->SlotsNeeded(slots_per_day); }

 private:
  std::unique_ptr<Forecaster> forecaster_;
  SignalError error_;
};

}  // namespace

std::unique_ptr<Forecaster> MakeNoisy(std::unique_ptr<Forecaster> forecaster, const SignalError& error) {
  return std::make_unique<Noisy>(std::move(forecaster), error);
}

}  // namespace evenkeel
