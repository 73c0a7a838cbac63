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

class LoadedSteps : public ScriptSteps {
 public:
  LoadedSteps(const std::string& bytes, int window) : window_(window), script_(LoadTorchLibrary().load_script(bytes)) {}

  RowMatrix Steps(const HistoryView& history) override {
    if (history.num_slots() < window_)
      throw InputError("it sees {} slots, and {} were seen", window_, history.num_slots());
    std::vector<double> values;
    std::vector<std::int64_t> times;
    const int columns = history.columns().size();
    for (int t = history.num_slots() - window_; t < history.num_slots(); ++t) {
      times.push_back(history.time(t));
      for (int c = 0; c < columns; ++c) values.push_back(history.value(t, c));
    }
    const std::vector<double> result = script_->Forward(values, times, columns);
    if (!std::all_of(result.begin(), result.end(), [](double value) { return std::isfinite(value); }))
      throw InputError("a value of its result is not finite");
    return Eigen::Map<const RowMatrix>(result.data(), static_cast<int>(result.size()) / columns, columns);
  }

 private:
  int window_;
  std::unique_ptr<Script> script_;
};

class ScriptForecaster : public Forecaster {
 public:
  ScriptForecaster(std::string path, int window) : path_(std::move(path)), window_(window) {
    NamingFile([&] { steps_ = LoadScriptSteps(ReadBytes(path_), window_); });
  }

  void Predict(const HistoryView& history, int horizon, RowMatrix* forecast) override {
    RowMatrix steps;
    if (history.num_slots() >= window_ && horizon > 0) NamingFile([&] { steps = steps_->Steps(history); });
    PredictFromSteps(history, steps, horizon, forecast);
  }

  int SlotsNeeded(int /*slots_per_day*/) const override { return window_; }

 private:
  template <typename Function>
  void NamingFile(const Function& function) const {
    try {
      function();
    } catch (const InputError& error) {
      throw InputError("{}: {}", path_, error.what());
    }
  }

  std::string path_;
  int window_;
  std::unique_ptr<ScriptSteps> steps_;
};

}  // namespace

std::unique_ptr<ScriptSteps> LoadScriptSteps(const std::string& bytes, int window) {
  EVENKEEL_CHECK_GE(window, 1);
  return std::make_unique<LoadedSteps>(bytes, window);
}

void WarmUpScripts() { LoadTorchLibrary().warm_up_scripts(); }

std::unique_ptr<Forecaster> MakeTrustedScript(const std::string& path, int window) {
  return std::make_unique<ScriptForecaster>(path, window);
}

}  // namespace evenkeel
