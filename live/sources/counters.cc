#include "live/sources/counters.h"

#include <cmath>

namespace evenkeel {

std::optional<CounterIncrement> CounterTracker::Update(const std::string& series, double value, std::int64_t time,
                                                       std::optional<double> process_start) {
  if (!std::isfinite(value) || value < 0.0) return std::nullopt;
  const auto [found, is_first] = last_.try_emplace(series, Read{value, time, process_start});
  Read& last = found->second;
  if (is_first || time <= last.time) return std::nullopt;
  CounterIncrement increment;
  increment.from = last.time;
  increment.until = time;
  increment.reset =
      value < last.value || (process_start && last.process_start && *process_start != *last.process_start);
  increment.gap = time - last.time > longest_gap_;
  increment.value = increment.reset ? value : value - last.value;
  // A read that does not know when the process began doesn't make it unknown.
  last = Read{value, time, process_start ? process_start : last.process_start};
  return increment;
}

void CounterTracker::ForgetBefore(std::int64_t time) {
  for (auto series = last_.begin(); series != last_.end();)
    series = series->second.time < time ? last_.erase(series) : std::next(series);
}

}  // namespace evenkeel
