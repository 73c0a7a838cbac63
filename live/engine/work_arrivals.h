// Work that can wait as it is said to have arrived, and what of it slots have taken in. Nothing is estimated and
// nothing counts twice: what somebody says of a slot, the next slot that is decided takes in, however late it is said.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "models/base/linear_algebra.h"
#include "models/world/time_base.h"

namespace evenkeel {

/// What was said last of a class.
struct SaidArrival {
  std::int64_t time = 0;
  double amount = 0.0;
  std::string source;
};

class WorkArrivals {
 public:
  WorkArrivals(int num_classes, const TimeBase& grid, std::int64_t history_seconds);

  /// `amount` >= 0 of class k, units: all that has arrived in the slot that `time` is in, up to then. What is said of a
  /// later time in the slot, or of the same one again, replaces it. Work that was taken in cannot be taken back: less
  /// than that is no more than that.
  void Say(int k, std::int64_t time, double amount, const std::string& source);

  /// The undone work of the period before, [classes], units: all of it, as it is known now.
  void SayUndone(const Vector& undone);
  const Vector& undone() const { return undone_.said; }

  /// Said and not taken in yet, [classes], units.
  Vector Waiting() const;
  /// A slot is decided, or missed, with what was waiting as its arrivals.
  void TakeIn();
  /// What is undone of the period before is that of another one now.
  void BeginPeriod();

  /// None: nothing was said yet.
  const std::optional<SaidArrival>& newest(int k) const { return classes_[static_cast<std::size_t>(k)].newest; }
  std::size_t size() const;

 private:
  struct OfSlot {
    std::int64_t time = 0;  ///< of what is said
    double said = 0.0, taken = 0.0;
  };
  struct OfClass {
    std::map<std::int64_t, OfSlot> slots;  ///< by slot number
    std::set<std::int64_t> open;           ///< those of which more is said than taken
    std::optional<SaidArrival> newest;
  };
  struct Undone {
    Vector said, taken;
  };

  TimeBase grid_;
  std::int64_t history_;
  std::vector<OfClass> classes_;
  Undone undone_;
};

}  // namespace evenkeel
