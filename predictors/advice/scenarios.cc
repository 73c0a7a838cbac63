#include "predictors/advice/scenarios.h"

#include <algorithm>

#include "models/base/error.h"

namespace evenkeel {

std::vector<int> PathOrigins(const HistoryView& view, int slots, int count, int least) {
  std::vector<int> origins;
  if (slots == 0) return origins;
  const int day = view.slots_per_day(), newest = view.num_slots() - (slots + day - 1) / day * day;
  for (int o = newest; static_cast<int>(origins.size()) < count && o >= std::max(1, least); o -= 7 * day)
    origins.push_back(o);
  if (origins.size() < 2) origins.clear();
  return origins;
}

std::vector<RowMatrix> CentredErrorPaths(const HistoryView& view, const std::vector<int>& origins,
                                         std::vector<RowMatrix> forecasts) {
  EVENKEEL_CHECK_EQ(origins.size(), forecasts.size());
  if (forecasts.empty()) return forecasts;
  for (std::size_t j = 0; j < origins.size(); ++j) {
    RowMatrix& path = forecasts[j];
    path = -path;
    for (int k = 0; k < static_cast<int>(path.rows()); ++k) path.row(k) += view.row(origins[j] + k);
  }
  RowMatrix mean = forecasts.front();
  for (std::size_t j = 1; j < forecasts.size(); ++j) mean += forecasts[j];
  mean /= static_cast<double>(forecasts.size());
  for (RowMatrix& path : forecasts) path -= mean;
  return forecasts;
}

std::vector<RowMatrix> Scenarios(const SignalColumns& columns, RowMatrix forecast, const std::vector<RowMatrix>& paths,
                                 double spread) {
  std::vector<RowMatrix> scenarios;
  for (const RowMatrix& path : paths) {
    scenarios.emplace_back(forecast + spread * path);
    KeepPossible(columns, &scenarios.back());
  }
  if (scenarios.empty()) scenarios.push_back(std::move(forecast));
  return scenarios;
}

}  // namespace evenkeel
