#include "predictors/learning/learned.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "models/base/error.h"
#include "predictors/learning/learned_inputs.h"

namespace evenkeel {
namespace {

void CheckNames(const std::string& where, const char* what, const std::vector<std::string>& trained,
                const std::vector<std::string>& given) {
  if (trained.size() != given.size())
    throw InputError("{}: trained on {} {}s, the trace has {}", where, trained.size(), what, given.size());
  for (std::size_t i = 0; i < trained.size(); ++i) {
    if (trained[i] != given[i])
      throw InputError("{}: {} {} was \"{}\" in training, in the trace it is \"{}\"", where, what, i, trained[i],
                       given[i]);
  }
}

class Learned : public Forecaster {
 public:
  Learned(const Checkpoint& checkpoint, const NeuralSpec& network, const std::string& where)
      : columns_{static_cast<int>(checkpoint.gateways.size()), static_cast<int>(checkpoint.regions.size())},
        day_(SlotsPerDay(checkpoint)),
        where_(where),
        scales_(checkpoint.scales),
        neural_(MakeNeural(network, ShapeOf(checkpoint), NeuralRuntime())) {
    try {
      neural_->LoadWeights(checkpoint.weights);
    } catch (const InputError& error) {
      throw InputError("{}: {}", where, error.what());
    }
  }

  void Predict(const HistoryView& history, int horizon, RowMatrix* forecast) override {
    CheckColumns(history);
    if (horizon == 0) return;
    if (!HasWindow(history)) {
      PredictHourlyMean(history, kWindowDays, horizon, forecast);
      return;
    }
    Ask(history, {history.num_slots()});
    Answer(0, forecast);
  }

  /// All that the network forecasts as one batch.
  void PredictEach(const HistoryView& history, const std::vector<int>& origins, int horizon,
                   std::vector<RowMatrix>* forecasts) override {
    CheckColumns(history);
    std::vector<int> asked;
    for (std::size_t i = 0; i < origins.size(); ++i) {
      const HistoryView view = history.Before(origins[i]);
      if (horizon > 0 && HasWindow(view)) {
        asked.push_back(origins[i]);
      } else {
        Predict(view, horizon, &(*forecasts)[i]);
      }
    }
    if (asked.empty()) return;
    std::sort(asked.begin(), asked.end());
    asked.erase(std::unique(asked.begin(), asked.end()), asked.end());
    Ask(history, asked);
    for (std::size_t i = 0; i < origins.size(); ++i) {
      const auto found = std::lower_bound(asked.begin(), asked.end(), origins[i]);
      if (found != asked.end() && *found == origins[i])
        Answer(static_cast<int>(found - asked.begin()), &(*forecasts)[i]);
    }
  }

  int SlotsNeeded(int slots_per_day) const override { return kLongDays * slots_per_day; }

 private:
  void CheckColumns(const HistoryView& history) const {
    EVENKEEL_CHECK_EQ(history.columns().gateways, columns_.gateways);
    EVENKEEL_CHECK_EQ(history.columns().regions, columns_.regions);
  }

  /// Origins in order.
  void Ask(const HistoryView& history, const std::vector<int>& origins) {
    if (history.slots_per_day() != day_)
      throw InputError("{}: trained on {} slots a day, the trace has {}", where_, day_, history.slots_per_day());
    asked_ = SeriesOf(history, scales_, origins, false);
    neural_->Forecast(*neural_->Keep(asked_.series), &medians_);
    if (!std::all_of(medians_.begin(), medians_.end(), [](float z) { return std::isfinite(z); }))
      throw InputError("{}: a value that its network forecasts is not finite", where_);
  }

  void Answer(int index, RowMatrix* forecast) const { ToForecast(asked_, medians_, index, day_, forecast); }

  SignalColumns columns_;
  int day_;
  std::string where_;
  Vector scales_;
  HistorySeries asked_;         // the last origins that the network was asked for
  std::vector<float> medians_;  // and its answer
  std::unique_ptr<Neural> neural_;
};

}  // namespace

TraceIdentity IdentityOf(const Network& network, double slot_hours) {
  TraceIdentity identity;
  for (const Gateway& gateway : network.gateways) identity.gateways.push_back(gateway.name);
  for (const Region& region : network.regions) identity.regions.push_back(region.name);
  identity.slot_hours = slot_hours;
  return identity;
}

TraceIdentity IdentityOf(const Checkpoint& checkpoint) {
  return {checkpoint.gateways, checkpoint.regions, checkpoint.slot_hours};
}

void CheckSameColumns(const TraceIdentity& trained, const TraceIdentity& given, const std::string& where) {
  if (given.slot_hours != 0.0 && trained.slot_hours != given.slot_hours)
    throw InputError("{}: trained on slots of {} h, the trace has {} h", where, trained.slot_hours, given.slot_hours);
  CheckNames(where, "gateway", trained.gateways, given.gateways);
  CheckNames(where, "region", trained.regions, given.regions);
}

void CheckSameSignals(const Checkpoint& checkpoint, const TraceIdentity& trace, const std::string& where) {
  CheckSameColumns(IdentityOf(checkpoint), trace, where);
  CheckNames(where, "unit", checkpoint.units, SignalUnits());
}

void CheckFits(const Checkpoint& checkpoint, const TraceIdentity& trace, const std::string& where) {
  CheckSameSignals(checkpoint, trace, where);
  const auto columns = static_cast<Eigen::Index>(trace.gateways.size() + 3 * trace.regions.size());
  if (checkpoint.scales.size() != columns)
    throw InputError("{}: {} scales, expected {}, one per signal and place", where, checkpoint.scales.size(), columns);
}

NeuralShape ShapeOf(const Checkpoint& checkpoint) {
  const SignalColumns columns{static_cast<int>(checkpoint.gateways.size()),
                              static_cast<int>(checkpoint.regions.size())};
  return ShapeOf(columns, SlotsPerDay(checkpoint));
}

int SlotsPerDay(const Checkpoint& checkpoint) {
  return std::max(1, static_cast<int>(std::lround(24.0 / checkpoint.slot_hours)));
}

std::unique_ptr<Forecaster> MakeLearned(const Checkpoint& checkpoint, const NeuralSpec& network,
                                        const std::string& where) {
  return std::make_unique<Learned>(checkpoint, network, where);
}

}  // namespace evenkeel
