#include "predictors/advice/scenarios.h"

#include <algorithm>

namespace evenkeel {

std::vector<RowMatrix> CentredErrorPaths(const RestForecast& forecast, const HistoryView& view, int slots, int count,
                                         int least) {
  std::vector<RowMatrix> paths;
  if (slots == 0) return paths;
  const int day = view.slots_per_day(), newest = view.num_slots() - (slots + day - 1) / day * day;
  for (int origin = newest; static_cast<int>(paths.size()) < count && origin >= std::max(1, least); origin -= 7 * day) {
    RowMatrix error = -forecast(view.Before(origin), slots);
    for (int k = 0; k < slots; ++k) error.row(k) += view.row(origin + k);
    paths.push_back(std::move(error));
  }
  if (paths.size() < 2) return {};
  RowMatrix mean = paths.front();
  for (std::size_t j = 1; j < paths.size(); ++j) mean += paths[j];
  mean /= static_cast<double>(paths.size());
  for (RowMatrix& path : paths) path -= mean;
  return paths;
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
