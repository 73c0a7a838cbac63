#include "predictors/forecast/laws.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <limits>

#include "models/generate/other_future.h"

namespace evenkeel {
namespace {

using Maker = std::function<std::unique_ptr<Forecaster>()>;

bool SameBits(const RowMatrix& a, const RowMatrix& b) {
  return a.size() == b.size() &&
         std::memcmp(a.data(), b.data(), sizeof(double) * static_cast<std::size_t>(a.size())) == 0;
}

History HistoryOf(const Trace& trace) {
  History history;
  history.AppendAll(*MakeSlotSource(trace));
  return history;
}

/// What the forecaster itself says, into a matrix full of NaN: what it does not write shows.
RowMatrix Predicted(Forecaster& forecaster, const HistoryView& view, int horizon) {
  RowMatrix forecast = RowMatrix::Constant(horizon, view.columns().size(), std::numeric_limits<double>::quiet_NaN());
  forecaster.Predict(view, horizon, &forecast);
  return forecast;
}

/// One forecaster has served other views before, later ones as well; the other is fresh and has another future at hand.
std::string CheckCausal(const Trace& trace, const History& history, const Maker& make) {
  constexpr int kHorizon = 100;
  const int slots = history.num_slots();
  for (const int seen : {4, slots / 5, slots / 2, 5 * slots / 6}) {
    if (seen < 1) continue;
    const History changed = HistoryOf(ChangedAfter(trace, seen - 1));
    const auto used = make(), fresh = make();
    Predicted(*used, HistoryView(history, std::max(1, 15 * slots / 16)), 30);
    Predicted(*used, HistoryView(history, std::min(2, slots)), 30);
    const RowMatrix one = Predicted(*used, HistoryView(history, seen), kHorizon);
    if (SameBits(one, Predicted(*fresh, HistoryView(changed, seen), kHorizon))) continue;
    return fmt::format("F1: another forecast from a view of {} slots, after other views and another future", seen);
  }
  return "";
}

std::string CheckTotal(const History& history, const Maker& make) {
  const auto forecaster = make();
  for (const int seen : {1, 2, 23, 25, history.num_slots() / 2, history.num_slots()}) {
    if (seen < 1 || seen > history.num_slots()) continue;
    const HistoryView view(history, seen);
    for (const int horizon : {0, 1, 24, 25, 744}) {
      const RowMatrix forecast = Predicted(*forecaster, view, horizon);
      if (forecast.rows() != horizon || forecast.cols() != view.columns().size())
        return fmt::format("F2: a forecast of another size from a view of {} slots, horizon {}", seen, horizon);
      if (!forecast.allFinite())
        return fmt::format("F2: a value that is not finite from a view of {} slots, horizon {}", seen, horizon);
    }
  }
  return "";
}

}  // namespace

std::vector<std::string> BrokenForecasterLaws(const Trace& trace, const Maker& make,
                                              const ForecasterLawOptions& options) {
  const History history = HistoryOf(trace);
  std::vector<std::string> broken;
  if (!options.looks_ahead) broken.push_back(CheckCausal(trace, history, make));
  broken.push_back(CheckTotal(history, make));
  broken.erase(std::remove(broken.begin(), broken.end(), ""), broken.end());
  return broken;
}

}  // namespace evenkeel
