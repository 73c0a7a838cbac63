#include "models/series/time_series.h"

#include <algorithm>

#include "models/base/error.h"
#include "models/base/utc_time.h"
#include "models/series/gaps.h"
#include "models/series/time_steps.h"

namespace evenkeel {
namespace {

constexpr std::int64_t kMostStretches = 10'000'000;

/// The value of the slot [begin, end) from the stretches that touch it, the first of them `first`.
double SlotValue(const std::vector<Stretch>& stretches, std::size_t first, std::int64_t begin, std::int64_t end,
                 Combine combine) {
  double sum = 0.0, total = 0.0;
  for (std::size_t k = first; k < stretches.size() && stretches[k].begin < end; ++k) {
    const Stretch& stretch = stretches[k];
    const std::int64_t overlap = std::min(end, stretch.end) - std::max(begin, stretch.begin);
    if (combine == Combine::kSum) {
      sum += stretch.value * (static_cast<double>(overlap) / static_cast<double>(stretch.end - stretch.begin));
    } else {
      sum += stretch.value * (stretch.weight * static_cast<double>(overlap));
      total += stretch.weight * static_cast<double>(overlap);
    }
  }
  return combine == Combine::kSum ? sum : sum / total;
}

/// A file of seconds over decades would not fit into memory once its gaps are filled.
void CheckSize(const Measurements& measurements, const std::vector<std::int64_t>& steps, const SlotGrid& grid) {
  const std::int64_t least = *std::min_element(steps.begin(), steps.end());
  const std::int64_t begin = std::min(grid.start, measurements.entries.front().time);
  const std::int64_t end = std::max(grid.end(), measurements.entries.back().time);
  if ((end - begin) / least <= kMostStretches) return;
  throw InputError("{}: {}: values of {} s from {} to {}, allowed are at most {} of them", measurements.files.front(),
                   measurements.name, least, FormatUtc(begin), FormatUtc(end), kMostStretches);
}

}  // namespace

std::vector<double> SlotMeans(const Measurements& measurements, const SlotGrid& grid, const FillOptions& options,
                              std::vector<std::string>* notes) {
  const Measurements merged = MergeFiles(measurements, notes);
  const std::vector<std::int64_t> steps = StepsOf(merged, notes);
  CheckSize(merged, steps, grid);
  const std::vector<Stretch> stretches = WithoutGaps(merged, steps, grid.start, grid.end(), options, notes);
  std::vector<double> values(grid.count, 0.0);
  std::size_t k = 0, cut = stretches.size();
  for (int t = 0; t < grid.count; ++t) {
    const std::int64_t begin = grid.start + t * grid.step, end = begin + grid.step;
    while (stretches[k].end <= begin) ++k;
    const bool whole = stretches[k].begin == begin && stretches[k].end == end;
    values[t] = whole ? stretches[k].value : SlotValue(stretches, k, begin, end, merged.combine);
    if (!whole) cut = std::min(cut, k);
  }
  if (cut < stretches.size()) {
    notes->push_back(fmt::format("{}: values of {} s from {} on {} over slots of {} s", merged.name,
                                 stretches[cut].end - stretches[cut].begin, FormatUtc(stretches[cut].begin),
                                 merged.combine == Combine::kSum ? "summed" : "averaged", grid.step));
  }
  return values;
}

std::vector<double> ConsecutiveMeans(const Measurements& measurements, std::int64_t slot, const FillOptions& options,
                                     std::vector<std::string>* notes) {
  std::vector<std::string> ignored;  // SlotMeans says it
  const std::vector<std::int64_t> steps = StepsOf(measurements, &ignored);
  const std::int64_t start = measurements.entries.front().time;
  const std::int64_t span = measurements.entries.back().time + steps.back() - start;
  if (span / slot < 1) {
    throw InputError("{}: {} values over {} s, expected at least the {} s of a slot", measurements.name,
                     measurements.entries.size(), span, slot);
  }
  return SlotMeans(measurements, {start, slot, static_cast<int>(span / slot)}, options, notes);
}

}  // namespace evenkeel
