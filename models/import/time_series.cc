#include "models/import/time_series.h"

#include <algorithm>
#include <cmath>

#include "models/base/error.h"
#include "models/base/utc_time.h"

namespace evenkeel {
namespace {

std::string Where(const Measurements& measurements, const Measurement& entry) {
  return fmt::format("{}:{}", measurements.files[entry.file], entry.line);
}

/// Times rise by whole steps.
void CheckTimes(const Measurements& measurements) {
  const auto& entries = measurements.entries;
  if (entries.empty()) throw InputError("{}: no values were found", measurements.name);
  for (std::size_t k = 1; k < entries.size(); ++k) {
    const Measurement &last = entries[k - 1], &next = entries[k];
    const std::int64_t difference = next.time - last.time;
    if (difference > 0 && difference % measurements.step == 0) continue;
    const char* what = difference == 0 ? "appears twice" : difference < 0 ? "runs backwards" : "is not on the raster";
    throw InputError("{}: {}: the time {} {}, after {} in {}; allowed are times that rise by {} s",
                     Where(measurements, next), measurements.name, FormatUtc(next.time), what, FormatUtc(last.time),
                     Where(measurements, last), measurements.step);
  }
}

/// Values without gaps from `first_time` on, every step.
class GapFiller {
 public:
  GapFiller(const Measurements& measurements, const FillOptions& options)
      : measurements_(measurements), options_(options) {}

  std::vector<double> Fill(std::int64_t first_time, int count, std::vector<std::string>* notes) {
    values_.assign(count, kMissing);
    for (const Measurement& entry : measurements_.entries) {
      const std::int64_t place = (entry.time - first_time) / measurements_.step;
      if (entry.time < first_time) before_ = std::isnan(entry.value) ? before_ : entry.value;
      if (entry.time < first_time || place >= count) continue;
      values_[place] = entry.value;
    }
    first_time_ = first_time;
    for (std::size_t k = 0; k < values_.size();) {
      std::size_t end = k;
      while (end < values_.size() && std::isnan(values_[end])) ++end;
      if (end > k) FillGap(k, end);
      k = std::max(end, k + 1);
    }
    AddNotes(notes);
    return std::move(values_);
  }

 private:
  std::int64_t TimeOf(std::size_t k) const { return first_time_ + static_cast<std::int64_t>(k) * measurements_.step; }

  void FillGap(std::size_t first, std::size_t end) {
    const double before = first > 0 ? values_[first - 1] : before_;
    const auto length = static_cast<int>(end - first);
    const bool ends = TimeOf(first) > measurements_.entries.back().time && !std::isnan(before);
    const bool begins = first == 0 && end < values_.size() && TimeOf(end) == measurements_.entries.front().time;
    if ((ends || begins) && length <= options_.edge) {
      (ends ? after_last_ : before_first_) += length;
      std::fill(values_.begin() + static_cast<std::ptrdiff_t>(first),
                values_.begin() + static_cast<std::ptrdiff_t>(end), ends ? before : values_[end]);
      return;
    }
    CheckAllowed(first, end, before);
    if (filled_ == 0) first_filled_ = TimeOf(first);
    filled_ += length;
    for (std::size_t k = first; k < end; ++k) {
      const double share = static_cast<double>(k - first + 1) / (length + 1);
      values_[k] = options_.fill == Fill::kHold ? before : before + share * (values_[end] - before);
    }
  }

  void CheckAllowed(std::size_t first, std::size_t end, double before) const {
    const std::string where = PlaceOf(TimeOf(first));
    if (options_.fill == Fill::kError) {
      throw InputError("{}: {}: {} of {} s missing from {} on; allowed are none, unless --fill hold or interpolate",
                       where, measurements_.name, end - first, measurements_.step, FormatUtc(TimeOf(first)));
    }
    if (std::isnan(before)) {
      throw InputError("{}: {}: {} is missing and nothing before it is there to fill it with", where,
                       measurements_.name, FormatUtc(TimeOf(first)));
    }
    if (options_.fill == Fill::kInterpolate && end == values_.size()) {
      throw InputError("{}: {}: nothing follows {} to interpolate to", where, measurements_.name,
                       FormatUtc(TimeOf(first)));
    }
  }

  /// The entry with this time or, where there is none, the one before: where a reader should look.
  std::string PlaceOf(std::int64_t time) const {
    const auto& entries = measurements_.entries;
    const auto after = std::upper_bound(entries.begin(), entries.end(), time,
                                        [](std::int64_t t, const Measurement& entry) { return t < entry.time; });
    return Where(measurements_, after == entries.begin() ? entries.front() : *std::prev(after));
  }

  void AddNotes(std::vector<std::string>* notes) const {
    if (filled_ > 0) {
      notes->push_back(fmt::format("{}: {} missing values filled ({}), the first at {}", measurements_.name, filled_,
                                   options_.fill == Fill::kHold ? "hold" : "interpolate", FormatUtc(first_filled_)));
    }
    if (before_first_ > 0) {
      notes->push_back(fmt::format("{}: the first {} values are the next one, the file begins later",
                                   measurements_.name, before_first_));
    }
    if (after_last_ > 0)
      notes->push_back(
          fmt::format("{}: the last {} values are the one before, the file ends", measurements_.name, after_last_));
  }

  const Measurements& measurements_;
  const FillOptions& options_;
  std::vector<double> values_;
  std::int64_t first_time_ = 0, first_filled_ = 0;
  double before_ = kMissing;
  int filled_ = 0, before_first_ = 0, after_last_ = 0;
};

std::int64_t FloorDivide(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

}  // namespace

std::vector<double> SlotMeans(const Measurements& measurements, const SlotGrid& grid, const FillOptions& options,
                              std::vector<std::string>* notes) {
  CheckTimes(measurements);
  const std::int64_t step = measurements.step, phase = measurements.entries.front().time;
  const std::int64_t first = phase + FloorDivide(grid.start - phase, step) * step;
  const auto count = static_cast<int>(FloorDivide(grid.end() - 1 - first, step) + 1);
  std::vector<double> values = GapFiller(measurements, options).Fill(first, count, notes);
  if (step == grid.step && first == grid.start) return values;
  notes->push_back(fmt::format("{}: values of {} s from {} on averaged over slots of {} s", measurements.name, step,
                               FormatUtc(first), grid.step));
  std::vector<double> means(grid.count, 0.0);
  for (int t = 0; t < grid.count; ++t) {
    const std::int64_t begin = grid.start + t * grid.step, end = begin + grid.step;
    double sum = 0.0;
    for (std::int64_t k = (begin - first) / step; first + k * step < end; ++k) {
      const std::int64_t overlap = std::min(end, first + (k + 1) * step) - std::max(begin, first + k * step);
      sum += values[k] * static_cast<double>(overlap);
    }
    means[t] = sum / static_cast<double>(grid.step);
  }
  return means;
}

std::vector<double> ConsecutiveMeans(const Measurements& measurements, int per_slot, const FillOptions& options,
                                     std::vector<std::string>* notes) {
  CheckTimes(measurements);
  const std::int64_t span = measurements.entries.back().time - measurements.entries.front().time;
  const auto slots = static_cast<int>((span / measurements.step + 1) / per_slot);
  if (slots < 1) {
    throw InputError("{}: {} values of {} s, expected at least {} to fill a slot", measurements.name,
                     measurements.entries.size(), measurements.step, per_slot);
  }
  const SlotGrid grid{measurements.entries.front().time, measurements.step * per_slot, slots};
  return SlotMeans(measurements, grid, options, notes);
}

}  // namespace evenkeel
