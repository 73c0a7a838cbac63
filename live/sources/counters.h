// From counters that only grow, and sometimes begin anew, to what was counted between two reads. Pure.
//
// Prometheus' increase() extrapolates to the ends of its window, so that whole requests become fractions of others'
// (live: 1,280 became 1,359). Differences of raw counters are exact.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace evenkeel {

/// What a counter gained.
struct CounterIncrement {
  double value = 0.0;     ///< >= 0
  std::int64_t from = 0;  ///< time of the read before
  std::int64_t until = 0;
  bool reset = false;  ///< it began anew in between: what was counted from the last read to then is lost
  bool gap = false;    ///< the reads are further apart than allowed: all counted, but nobody knows in which slot
};

class CounterTracker {
 public:
  /// `longest_gap` is the time between reads in seconds above which an increment is marked as a gap.
  explicit CounterTracker(std::int64_t longest_gap) : longest_gap_(longest_gap) {}

  /// What `series` gained since its last read; nothing for its first one, for one that is not later than the last
  /// (which is left), and for a value that is no count (negative, NaN, infinite; which is left as well). A counter
  /// began anew if it is lower than before or `process_start`, where both reads know it, is another: then its value is
  /// what it gained.
  std::optional<CounterIncrement> Update(const std::string& series, double value, std::int64_t time,
                                         std::optional<double> process_start = std::nullopt);

  /// Forgets series whose last read is of before `time`, so that series which come and go don't add up.
  void ForgetBefore(std::int64_t time);

  std::size_t size() const { return last_.size(); }

 private:
  struct Read {
    double value = 0.0;
    std::int64_t time = 0;
    std::optional<double> process_start;
  };
  std::int64_t longest_gap_;
  std::map<std::string, Read> last_;
};

/// Requests of a gateway that a region served between two reads.
struct ServedIncrement {
  int gateway = 0;
  int region = 0;
  CounterIncrement increment;
};

}  // namespace evenkeel
