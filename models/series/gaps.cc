#include "models/series/gaps.h"

#include <algorithm>
#include <cmath>

#include "models/base/error.h"
#include "models/base/numbers.h"
#include "models/base/utc_time.h"
#include "models/series/time_steps.h"

namespace evenkeel {
namespace {

/// Stretches of `step` seconds without a value over [begin, end), which is a multiple of it.
void AddMissing(std::int64_t begin, std::int64_t end, std::int64_t step, std::vector<Stretch>* stretches) {
  for (std::int64_t time = begin; time < end; time += step)
    stretches->push_back({time, time + step, kMissingValue, 1.0});
}

/// Steps of `step` seconds that cover `seconds`, none for a negative number.
std::int64_t StepsThatCover(std::int64_t seconds, std::int64_t step) {
  return std::max<std::int64_t>(0, (seconds + step - 1) / step);
}

/// Every measurement and every hole, over [begin, end) at least.
std::vector<Stretch> StretchesOf(const Measurements& measurements, const std::vector<std::int64_t>& steps,
                                 std::int64_t begin, std::int64_t end) {
  const auto& entries = measurements.entries;
  std::vector<Stretch> stretches;
  const std::int64_t first = entries.front().time;
  AddMissing(first - StepsThatCover(first - begin, steps[0]) * steps[0], first, steps[0], &stretches);
  for (std::size_t k = 0; k < entries.size(); ++k) {
    if (k > 0 && !stretches.empty() && stretches.back().end < entries[k].time) {
      const std::int64_t hole = entries[k].time - stretches.back().end;
      const std::int64_t step = hole % steps[k - 1] == 0 ? steps[k - 1] : hole % steps[k] == 0 ? steps[k] : hole;
      AddMissing(stretches.back().end, entries[k].time, step, &stretches);
    }
    stretches.push_back({entries[k].time, entries[k].time + steps[k], entries[k].value, entries[k].weight});
  }
  const std::int64_t last = stretches.back().end;
  AddMissing(last, last + StepsThatCover(end - last, steps.back()) * steps.back(), steps.back(), &stretches);
  return stretches;
}

/// A gap: stretches [first, end) without a value.
struct Gap {
  std::size_t first = 0, end = 0;
  std::int64_t since = 0, until = 0;  // seconds
};

class GapFiller {
 public:
  GapFiller(const Measurements& measurements, const FillOptions& options, std::vector<Stretch>* stretches)
      : measurements_(measurements), options_(options), stretches_(*stretches) {}

  void Fill(std::int64_t begin, std::int64_t end, std::vector<std::string>* notes) {
    for (std::size_t k = 0; k < stretches_.size();) {
      std::size_t last = k;
      while (last < stretches_.size() && std::isnan(stretches_[last].value)) ++last;
      if (last > k) FillGap({k, last, stretches_[k].begin, stretches_[last - 1].end}, begin, end);
      k = std::max(last, k + 1);
    }
    AddNotes(notes);
  }

 private:
  void FillGap(const Gap& gap, std::int64_t begin, std::int64_t end) {
    if (gap.until <= begin || gap.since >= end) return;
    const auto& entries = measurements_.entries;
    const auto length = static_cast<int>(gap.end - gap.first);
    const bool ends = gap.since > entries.back().time && gap.first > 0;
    const bool begins = gap.first == 0 && gap.end < stretches_.size() && gap.until == entries.front().time;
    if ((ends || begins) && length <= options_.edge) {
      (ends ? after_last_ : before_first_) += length;
      for (std::size_t k = gap.first; k < gap.end; ++k) Copy(ends ? gap.first - 1 : gap.end, k);
      return;
    }
    CheckAllowed(gap);
    if (filled_ == 0) first_filled_ = gap.since;
    filled_ += length;
    if (gap.until - gap.since > longest_.until - longest_.since) longest_ = gap;
    const Stretch before = stretches_[gap.first - 1];
    for (std::size_t k = gap.first; k < gap.end; ++k) {
      Copy(gap.first - 1, k);
      if (options_.fill != Fill::kInterpolate) continue;
      const double share = static_cast<double>(k - gap.first + 1) / (length + 1);
      stretches_[k].value = before.value + share * (stretches_[gap.end].value - before.value);
      stretches_[k].weight = before.weight + share * (stretches_[gap.end].weight - before.weight);
    }
  }

  void Copy(std::size_t from, std::size_t to) {
    stretches_[to].value = stretches_[from].value;
    stretches_[to].weight = stretches_[from].weight;
  }

  void CheckAllowed(const Gap& gap) const {
    const std::string where = PlaceOf(gap.since), since = FormatUtc(gap.since);
    if (options_.fill == Fill::kError) {
      throw InputError("{}: {}: {} of {} s missing from {} on{}; allowed are none, unless --fill hold or interpolate{}",
                       where, measurements_.name, gap.end - gap.first,
                       stretches_[gap.first].end - stretches_[gap.first].begin, since, Clocks(gap),
                       measurements_.remark.empty() ? "" : fmt::format(" ({})", measurements_.remark));
    }
    if (gap.first == 0) {
      throw InputError("{}: {}: {} is missing and nothing before it is there to fill it with", where,
                       measurements_.name, since);
    }
    if (options_.fill == Fill::kInterpolate && gap.end == stretches_.size())
      throw InputError("{}: {}: nothing follows {} to interpolate to", where, measurements_.name, since);
    if (gap.until - gap.since > options_.limit) {
      throw InputError("{}: {}: {} is missing from {} on{}; allowed are gaps of up to {}, --fill-limit", where,
                       measurements_.name, DurationText(gap.until - gap.since), since, Clocks(gap),
                       DurationText(options_.limit));
    }
  }

  /// The entry with this time or, where there is none, the one before.
  std::size_t EntryAt(std::int64_t time) const {
    const auto& entries = measurements_.entries;
    const auto after = std::upper_bound(entries.begin(), entries.end(), time,
                                        [](std::int64_t t, const Measurement& entry) { return t < entry.time; });
    return after == entries.begin() ? 0 : static_cast<std::size_t>(std::prev(after) - entries.begin());
  }

  /// Where a reader should look.
  std::string PlaceOf(std::int64_t time) const { return WhereOf(measurements_, measurements_.entries[EntryAt(time)]); }

  /// Where files on different clocks leave a gap between them: what their clocks are.
  std::string Clocks(const Gap& gap) const {
    const auto clock = [&](std::int64_t time) {
      const auto file = static_cast<std::size_t>(measurements_.entries[EntryAt(time)].file);
      return file < measurements_.clocks.size() ? measurements_.clocks[file] : std::string();
    };
    const std::string before = clock(gap.since), behind = clock(gap.until);
    return before == behind ? "" : fmt::format(", where a file at {} ends and one at {} begins", before, behind);
  }

  void AddNotes(std::vector<std::string>* notes) const {
    if (filled_ > 0) {
      notes->push_back(fmt::format(
          "{}: {} missing values filled ({}), the first at {}, the longest stretch {} from {} on", measurements_.name,
          filled_, options_.fill == Fill::kHold ? "hold" : "interpolate", FormatUtc(first_filled_),
          DurationText(longest_.until - longest_.since), FormatUtc(longest_.since)));
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
  std::vector<Stretch>& stretches_;
  Gap longest_;
  std::int64_t first_filled_ = 0;
  int filled_ = 0, before_first_ = 0, after_last_ = 0;
};

}  // namespace

std::vector<Stretch> WithoutGaps(const Measurements& measurements, const std::vector<std::int64_t>& steps,
                                 std::int64_t begin, std::int64_t end, const FillOptions& options,
                                 std::vector<std::string>* notes) {
  std::vector<Stretch> stretches = StretchesOf(measurements, steps, begin, end);
  GapFiller(measurements, options, &stretches).Fill(begin, end, notes);
  return stretches;
}

}  // namespace evenkeel
