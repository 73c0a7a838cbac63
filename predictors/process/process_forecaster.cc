#include "predictors/process/process_forecaster.h"

#include <cstdint>
#include <vector>

#include "models/base/error.h"
#include "predictors/process/answers.h"
#include "predictors/process/messages.h"

namespace evenkeel {
namespace {

/// The history as a program has been told it.
class ToldSlots {
 public:
  void Forget() { count_ = 0; }
  int count() const { return count_; }

  /// Slots at the view's beginning that were told as they are.
  int CommonWith(const HistoryView& view) const {
    int common = 0;
    while (common < count_ && common < view.num_slots() && view.time(common) == times_[common] &&
           view.row(common) == values_.row(common))
      ++common;
    return common;
  }

  void Set(const HistoryView& view, int from) {
    if (values_.cols() != view.columns().size()) values_.resize(0, view.columns().size());
    if (values_.rows() < view.num_slots()) values_.conservativeResize(2 * view.num_slots(), Eigen::NoChange);
    times_.resize(view.num_slots());
    for (int t = from; t < view.num_slots(); ++t) {
      times_[t] = view.time(t);
      values_.row(t) = view.row(t);
    }
    count_ = view.num_slots();
  }

 private:
  int count_ = 0;
  std::vector<std::int64_t> times_;
  RowMatrix values_;  // [at least count x columns]
};

class ProcessForecaster : public Forecaster {
 public:
  explicit ProcessForecaster(const ProcessForecasterOptions& options) : options_(options), program_(options.program) {
    const TraceIdentity& identity = options.identity;
    if (options.start_now)
      Start({static_cast<int>(identity.gateways.size()), static_cast<int>(identity.regions.size())});
  }

  void Predict(const HistoryView& history, int horizon, RowMatrix* forecast) override {
    RowMatrix steps;
    if (history.num_slots() >= options_.window && horizon > 0) {
      Start(history.columns());
      Observe(history);
      steps = Ask(history, horizon);
    }
    PredictFromSteps(history, steps, horizon, forecast);
  }

  int SlotsNeeded(int /*slots_per_day*/) const override { return options_.window; }

 private:
  void Start(const SignalColumns& columns) {
    if (program_.Run([&] { return PredictorStartLine(columns, options_.identity); })) told_.Forget();
  }

  void Observe(const HistoryView& history) {
    const int common = told_.CommonWith(history);
    if (common < history.num_slots() || common < told_.count()) program_.Tell(ObserveLine(history, common));
    told_.Set(history, common);
  }

  RowMatrix Ask(const HistoryView& history, int horizon) {
    const SignalColumns& columns = history.columns();
    const int seen = history.num_slots();
    PredictorAnswer answer;
    program_.Ask(PredictLine(seen, horizon), LargestPredictorAnswer(columns, horizon),
                 [&](const std::string& line) { answer = ReadPredictorAnswer(columns, seen, horizon, line); });
    if (!answer.error.empty()) throw InputError("{}: {}", options_.program.name, answer.error);
    return answer.forecast;
  }

  ProcessForecasterOptions options_;
  Program program_;
  ToldSlots told_;
};

}  // namespace

std::unique_ptr<Forecaster> MakeProcessForecaster(const ProcessForecasterOptions& options) {
  return std::make_unique<ProcessForecaster>(options);
}

}  // namespace evenkeel
