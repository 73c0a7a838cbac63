#include "models/series/time_steps.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "models/base/error.h"
#include "models/base/utc_time.h"

namespace evenkeel {
namespace {

constexpr std::size_t kRunAnywhere = 24;
constexpr std::size_t kRunAtAnEnd = 3;

std::string FileClock(const Measurements& measurements, const Measurement& entry) {
  const auto file = static_cast<std::size_t>(entry.file);
  return file < measurements.clocks.size() && !measurements.clocks[file].empty()
             ? fmt::format(" (its clock is at {})", measurements.clocks[file])
             : "";
}

bool SameValue(const Measurement& one, const Measurement& other) { return one.value == other.value; }

[[noreturn]] void FailToMerge(const Measurements& measurements, const Measurement& one, const Measurement& other) {
  throw InputError("{}: {}: {} is {} here{} and {} in {}{}; allowed is one value for one time",
                   WhereOf(measurements, other), measurements.name, FormatUtc(other.time), other.value,
                   FileClock(measurements, other), one.value, WhereOf(measurements, one), FileClock(measurements, one));
}

void CheckOrder(const Measurements& measurements) {
  const auto& entries = measurements.entries;
  for (std::size_t k = 1; k < entries.size(); ++k) {
    const Measurement &last = entries[k - 1], &next = entries[k];
    if (next.time > last.time) continue;
    throw InputError("{}: {}: the time {} {}, after {} in {}; allowed are times that rise{}",
                     WhereOf(measurements, next), measurements.name, FormatUtc(next.time),
                     next.time == last.time ? "appears twice" : "runs backwards", FormatUtc(last.time),
                     WhereOf(measurements, last),
                     next.file == last.file ? ": local times without an offset do so where clocks go back" : "");
  }
}

/// Equal differences in a row: those of the rows [first, end).
struct Run {
  std::size_t first = 0, end = 0;
  std::int64_t step = 0;
};

/// The runs that are time steps, in order.
std::vector<Run> RunsOf(const std::vector<std::int64_t>& differences) {
  std::vector<Run> runs;
  for (std::size_t k = 0; k < differences.size();) {
    std::size_t end = k + 1;
    while (end < differences.size() && differences[end] == differences[k]) ++end;
    const bool at_an_end = k == 0 || end == differences.size();
    if (end - k >= (at_an_end ? kRunAtAnEnd : kRunAnywhere)) runs.push_back({k, end, differences[k]});
    k = end;
  }
  return runs;
}

std::int64_t StepWithoutRun(const std::vector<std::int64_t>& differences, std::int64_t standard) {
  const auto fits = [&](std::int64_t difference) { return standard > 0 && difference % standard == 0; };
  if (std::all_of(differences.begin(), differences.end(), fits)) return standard;
  std::map<std::int64_t, std::size_t> counts;
  for (const std::int64_t difference : differences) ++counts[difference];
  for (const auto& [difference, count] : counts) {
    if (2 * count > differences.size()) return difference;
  }
  return standard > 0 ? standard : differences.front();
}

[[noreturn]] void FailOffRaster(const Measurements& measurements, std::size_t k, std::int64_t step) {
  const Measurement &last = measurements.entries[k], &next = measurements.entries[k + 1];
  throw InputError("{}: {}: the time {} is not on the raster, after {} in {}; allowed are times that rise by {} s",
                   WhereOf(measurements, next), measurements.name, FormatUtc(next.time), FormatUtc(last.time),
                   WhereOf(measurements, last), step);
}

/// Steps by the times alone.
std::vector<std::int64_t> StepsByTimes(const Measurements& measurements) {
  const auto& entries = measurements.entries;
  std::vector<std::int64_t> differences;
  for (std::size_t k = 1; k < entries.size(); ++k) differences.push_back(entries[k].time - entries[k - 1].time);
  std::vector<Run> runs = RunsOf(differences);
  if (runs.empty()) runs.push_back({0, 0, StepWithoutRun(differences, measurements.step)});
  std::vector<std::int64_t> steps(entries.size(), runs.back().step);
  std::size_t next = 0;
  for (std::size_t k = 0; k < differences.size(); ++k) {
    while (next < runs.size() && k >= runs[next].end) ++next;
    const bool inside = next < runs.size() && k >= runs[next].first;
    const std::int64_t before = runs[inside || next == 0 ? std::min(next, runs.size() - 1) : next - 1].step;
    const std::int64_t behind = runs[std::min(next, runs.size() - 1)].step;
    steps[k] = differences[k] % before == 0 ? before : behind;
    if (differences[k] % steps[k] != 0) FailOffRaster(measurements, k, before);
  }
  return steps;
}

}  // namespace

std::string WhereOf(const Measurements& measurements, const Measurement& entry) {
  return fmt::format("{}:{}", measurements.files[entry.file], entry.line);
}

Measurements MergeFiles(const Measurements& measurements, std::vector<std::string>* notes) {
  Measurements merged = measurements;
  merged.entries.clear();
  std::map<int, int> repeated;  // by file
  for (const Measurement& entry : measurements.entries) {
    auto& kept = merged.entries;
    const auto found = std::lower_bound(kept.begin(), kept.end(), entry.time,
                                        [](const Measurement& k, std::int64_t time) { return k.time < time; });
    if (found == kept.end() || found->time != entry.time || found->file == entry.file) {
      kept.push_back(entry);
      continue;
    }
    if (std::isnan(found->value)) *found = entry;
    if (!SameValue(*found, entry) && !std::isnan(entry.value)) FailToMerge(measurements, *found, entry);
    ++repeated[entry.file];
  }
  for (const auto& [file, count] : repeated) {
    notes->push_back(fmt::format("{}: {} values of {} are in the file before it as well, and the same", merged.name,
                                 count, merged.files[file]));
  }
  return merged;
}

std::vector<std::int64_t> StepsOf(const Measurements& measurements, std::vector<std::string>* notes) {
  const auto& entries = measurements.entries;
  if (entries.empty()) throw InputError("{}: no values were found", measurements.name);
  CheckOrder(measurements);
  const bool said = std::all_of(entries.begin(), entries.end(), [](const Measurement& m) { return m.seconds > 0; });
  std::vector<std::int64_t> steps;
  if (said) {
    for (const Measurement& entry : entries) steps.push_back(entry.seconds);
  } else {
    steps = StepsByTimes(measurements);
  }
  int changes = 0;
  for (std::size_t k = 1; k < entries.size(); ++k) {
    if (entries[k - 1].time + steps[k - 1] > entries[k].time) {
      throw InputError("{}: {}: begins at {}, within the {} s from {} on of {}", WhereOf(measurements, entries[k]),
                       measurements.name, FormatUtc(entries[k].time), steps[k - 1], FormatUtc(entries[k - 1].time),
                       WhereOf(measurements, entries[k - 1]));
    }
    if (steps[k] == steps[k - 1] || ++changes > 3) continue;
    notes->push_back(fmt::format("{}: a value every {} s from {} on, every {} s before", measurements.name, steps[k],
                                 FormatUtc(entries[k].time), steps[k - 1]));
  }
  if (changes > 3) notes->push_back(fmt::format("{}: the time step changes {} times", measurements.name, changes));
  return steps;
}

}  // namespace evenkeel
