#include "predictors/forecast/ridge.h"

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <map>

#include "models/base/error.h"

namespace evenkeel {
namespace {

constexpr int kInputs = 9;
constexpr int kMeanDays = 7;
constexpr int kFewestDays = 10;
using Inputs = Eigen::Matrix<double, 1, kInputs>;
using InputRows = Eigen::Matrix<double, Eigen::Dynamic, kInputs, Eigen::RowMajor>;

/// A column of a history from slot `first` on, with what the inputs are made of. Slots are counted as in the history.
class Column {
 public:
  Column(const HistoryView& history, int column, int first)
      : history_(history), day_(history.slots_per_day()), first_(std::max(0, first)) {
    const int size = history.num_slots() - first_;
    values_.resize(size);
    sums_ = Vector::Zero(size + 1);
    for (int t = 0; t < size; ++t) {
      values_[t] = history.value(first_ + t, column);
      sums_[t + 1] = sums_[t] + values_[t];
    }
  }

  double value(int t) const { return values_[t - first_]; }
  /// M[s], up to a day behind the last slot.
  double Mean(int s) const {
    double sum = 0.0;
    for (int k = 1; k <= kMeanDays; ++k) sum += value(s - k * day_);
    return sum / kMeanDays;
  }
  /// First slot for which the inputs can be made.
  int FirstInputs() const { return first_ + kMeanDays * day_ + 1; }

  Inputs At(int t, int h) const {
    constexpr std::int64_t kDaySeconds = 86400;
    constexpr double kTurn = 6.283185307179586;
    const int s = t + h;
    const std::int64_t target = history_.time(t) + h * history_.step();
    const double angle = kTurn * static_cast<double>(target % kDaySeconds) / kDaySeconds;
    const std::int64_t weekday = (target / kDaySeconds + 3) % 7;  // 1970-01-01 was a Thursday; 0 is Monday
    const double mean = Mean(s);
    const double recent = MeanBefore(t + 1, day_), week = MeanBefore(t + 1, kMeanDays * day_);
    Inputs inputs;
    inputs << 1.0, value(t) - Mean(t), value(t - 1) - Mean(t - 1), value(s - day_) - mean,
        value(s - kMeanDays * day_) - mean, recent - week, std::sin(angle), std::cos(angle), weekday >= 5 ? 1.0 : 0.0;
    return inputs;
  }

 private:
  double MeanBefore(int t, int slots) const { return (sums_[t - first_] - sums_[t - slots - first_]) / slots; }

  const HistoryView history_;
  int day_, first_;
  Vector values_, sums_;
};

/// Weights for inputs as they are, from a fit at unit deviation.
Inputs Solve(const InputRows& inputs, const Vector& target, double penalty) {
  const Inputs mean = inputs.colwise().mean();
  Inputs deviation = ((inputs.rowwise() - mean).colwise().squaredNorm() / inputs.rows()).cwiseSqrt();
  for (int i = 0; i < kInputs; ++i) {
    if (i == 0 || !(deviation[i] > 1e-12)) deviation[i] = 1.0;
  }
  const InputRows scaled = inputs.array().rowwise() / deviation.array();
  Eigen::Matrix<double, kInputs, kInputs> normal = scaled.transpose() * scaled;
  // A trace of penalty on the constant and on inputs that never change keeps the system regular.
  normal.diagonal().array() += 1e-9 * static_cast<double>(inputs.rows());
  normal.diagonal().tail<kInputs - 1>().array() += penalty;
  const Inputs weights = normal.ldlt().solve(scaled.transpose() * target).transpose();
  return weights.cwiseQuotient(deviation);
}

class Ridge : public Forecaster {
 public:
  explicit Ridge(const RidgeOptions& options) : options_(options) {}

  void Predict(const HistoryView& history, int horizon, RowMatrix* forecast) override {
    PredictHourlyMean(history, kMeanDays, horizon, forecast);
    const int day = history.slots_per_day(), t = history.num_slots() - 1;
    const int fitted_on = history.num_slots() / options_.refit * options_.refit;
    if (fitted_on < kFewestDays * day) return;
    const Model& model = ModelOf(history.Before(fitted_on));
    const int steps = std::min(day, horizon);
    for (int c = 0; c < history.columns().size(); ++c) {
      const Column column(history, c, t - (kMeanDays + 1) * day);
      for (int k = 0; k < steps; ++k)
        (*forecast)(k, c) = column.Mean(t + k + 1) + column.At(t, k + 1).dot(model[Index(c, k, day)]);
    }
    FadeIntoHourlyMean(history, kMeanDays, day, forecast);
  }

 private:
  using Model = std::vector<Inputs>;  // [columns x steps]

  static std::size_t Index(int column, int step, int day) { return static_cast<std::size_t>(column * day + step); }

  /// Fits are a matter of the slots alone, so that keeping them changes nothing.
  const Model& ModelOf(const HistoryView& history) {
    const auto found = models_.find(history.num_slots());
    return found != models_.end() ? found->second : models_.emplace(history.num_slots(), Fit(history)).first->second;
  }

  Model Fit(const HistoryView& history) const {
    const int day = history.slots_per_day(), n = history.num_slots();
    Model model(static_cast<std::size_t>(history.columns().size() * day));
    for (int c = 0; c < history.columns().size(); ++c) {
      const Column column(history, c, n - (options_.days + kMeanDays + 1) * day);
      for (int k = 0; k < day; ++k) {
        // Slot t is the last one seen, t + k + 1 the one to predict.
        const int first = std::max(column.FirstInputs(), n - options_.days * day), count = n - 1 - k - first;
        InputRows inputs(count, kInputs);
        Vector target(count);
        for (int i = 0; i < count; ++i) {
          const int t = first + i;
          inputs.row(i) = column.At(t, k + 1);
          target[i] = column.value(t + k + 1) - column.Mean(t + k + 1);
        }
        model[Index(c, k, day)] = Solve(inputs, target, options_.penalty);
      }
    }
    return model;
  }

  RidgeOptions options_;
  std::map<int, Model> models_;  // by the slots that they were fitted on
};

}  // namespace

std::unique_ptr<Forecaster> MakeRidge(const RidgeOptions& options) {
  EVENKEEL_CHECK(options.days >= kFewestDays && options.refit >= 1 && options.penalty >= 0.0);
  return std::make_unique<Ridge>(options);
}

}  // namespace evenkeel
