#include "predictors/learning/script.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "models/base/error.h"
#include "models/base/read_file.h"
#include "predictors/learning/script_module.h"
#include "predictors/learning/torch_library.h"

namespace evenkeel {
namespace {

constexpr int kMeanDays = 7;

class ScriptForecaster : public Forecaster {
 public:
  ScriptForecaster(std::string path, int window) : path_(std::move(path)), window_(window) {
    CheckRegularFile(path_);
    script_ = LoadTorchLibrary().load_script(path_);
  }

  void Predict(const HistoryView& history, int horizon, RowMatrix* forecast) override {
    PredictHourlyMean(history, kMeanDays, horizon, forecast);
    if (history.num_slots() < window_ || horizon == 0) return;
    const std::vector<double> result = Run(history);
    const int columns = history.columns().size(), steps = static_cast<int>(result.size()) / columns;
    const int taken = std::min(steps, horizon);
    forecast->topRows(taken) = Eigen::Map<const RowMatrix>(result.data(), steps, columns).topRows(taken);
    FadeIntoHourlyMean(history, kMeanDays, steps, forecast);
  }

  int SlotsNeeded(int /*slots_per_day*/) const override { return window_; }

 private:
  std::vector<double> Run(const HistoryView& history) {
    std::vector<double> values;
    std::vector<std::int64_t> times;
    const int columns = history.columns().size();
    for (int t = history.num_slots() - window_; t < history.num_slots(); ++t) {
      times.push_back(history.time(t));
      for (int c = 0; c < columns; ++c) values.push_back(history.value(t, c));
    }
    try {
      std::vector<double> result = script_->Forward(values, times, columns);
      if (!std::all_of(result.begin(), result.end(), [](double value) { return std::isfinite(value); }))
        throw InputError("a value of its result is not finite");
      return result;
    } catch (const InputError& error) {
      throw InputError("{}: {}", path_, error.what());
    }
  }

  std::string path_;
  int window_;
  std::unique_ptr<Script> script_;
};

}  // namespace

std::unique_ptr<Forecaster> MakeScript(const std::string& path, int window) {
  EVENKEEL_CHECK_GE(window, 1);
  return std::make_unique<ScriptForecaster>(path, window);
}

}  // namespace evenkeel
