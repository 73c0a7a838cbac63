#include "models/world/signal_error.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "models/base/error.h"
#include "models/base/random.h"

namespace evenkeel {
namespace {

constexpr double kLargestLevel = 1e4;

bool IsShare(ErrorKind kind) {
  return kind == ErrorKind::kSwap || kind == ErrorKind::kAdversarial || kind == ErrorKind::kDropout;
}
bool IsWhole(ErrorKind kind) { return kind == ErrorKind::kLag || kind == ErrorKind::kStale; }

/// One signal's columns of a block under error.
class Block {
 public:
  Block(const SignalError& error, const SignalColumns& columns, Signal signal, const ErrorFrame& frame,
        RowMatrix* values)
      : error_(error), frame_(frame), first_(columns.first(signal)), count_(columns.count(signal)), values_(*values) {
    const int purpose = static_cast<int>(RandomPurpose::kErrorInjection) + 1 +
                        static_cast<int>(error.kind) * kNumSignals + static_cast<int>(signal);
    purpose_ = static_cast<RandomPurpose>(purpose);
    truth_ = values->middleCols(first_, count_);
  }

  void Inject() {
    switch (error_.kind) {
      case ErrorKind::kGaussian:
        return Multiply([&](int r, int c) { return Normal(Stream(c), Position(r)); });
      case ErrorKind::kBias:
        return Multiply([](int, int) { return 1.0; });
      case ErrorKind::kAr1:
        return Drift();
      case ErrorKind::kLag:
        return TakeRows([&](int r) { return r - WholeLevel(); });
      case ErrorKind::kSwap:
        return Swap();
      case ErrorKind::kAdversarial:
        return Mirror();
      case ErrorKind::kStale:
        return TakeRows([&](int r) { return HeldRow(r); });
      case ErrorKind::kDropout:
        return Drop();
    }
  }

 private:
  int rows() const { return static_cast<int>(truth_.rows()); }
  double& At(int r, int c) { return values_(r, first_ + c); }
  RandomStream Stream(int c) const { return {error_.seed, purpose_, static_cast<std::uint32_t>(c)}; }
  /// Time and step ahead side by side: 40 bits of seconds, 24 of steps.
  std::uint64_t Position(int r) const {
    const std::int64_t time = frame_.time + r * frame_.step;
    const std::uint64_t ahead = frame_.is_forecast() ? static_cast<std::uint64_t>(r) + 1 : 0;
    return (static_cast<std::uint64_t>(time) << 24) | ahead;
  }
  double Level(int r) const {
    const double level = frame_.is_forecast() ? error_.level * (1.0 + error_.growth * r) : error_.level;
    return IsShare(error_.kind) ? std::min(level, 1.0) : level;
  }
  int WholeLevel() const { return static_cast<int>(error_.level); }
  double TruthAt(int r, int c) const {
    if (r >= 0) return truth_(r, c);
    return frame_.before ? frame_.before(-r, first_ + c) : truth_(0, c);
  }

  template <typename Deviation>
  void Multiply(const Deviation& deviation) {
    for (int r = 0; r < rows(); ++r) {
      for (int c = 0; c < count_; ++c) At(r, c) *= 1.0 + Level(r) * deviation(r, c);
    }
  }

  void Drift() {
    const double fresh = std::sqrt(1.0 - kErrorPersistence * kErrorPersistence);
    for (int c = 0; c < count_; ++c) {
      double drift = 0.0;
      for (int r = 0; r < rows(); ++r) {
        const double z = Normal(Stream(c), Position(r));
        drift = r == 0 ? z : kErrorPersistence * drift + fresh * z;
        At(r, c) *= 1.0 + Level(r) * drift;
      }
    }
  }

  template <typename RowFor>
  void TakeRows(const RowFor& row_for) {
    for (int r = 0; r < rows(); ++r) {
      for (int c = 0; c < count_; ++c) At(r, c) = TruthAt(row_for(r), c);
    }
  }

  int HeldRow(int r) const {
    if (!frame_.is_forecast()) return r - r % (WholeLevel() + 1);
    return r < WholeLevel() ? -1 : r;
  }

  void Swap() {
    // The order is one for price, carbon and water: it is the region that is mistaken for another.
    const RandomPurpose purpose = first_ == 0 ? RandomPurpose::kErrorInjection : RandomPurpose::kErrorRegionOrder;
    std::vector<int> order(count_);
    std::iota(order.begin(), order.end(), 0);
    const auto key = [&](int c) { return Uniform({error_.seed, purpose, static_cast<std::uint32_t>(c)}, 0); };
    std::sort(order.begin(), order.end(), [&](int a, int b) { return key(a) < key(b); });
    const auto pairs = std::min<std::size_t>(static_cast<std::size_t>(std::lround(error_.level * count_ / 2.0)),
                                             static_cast<std::size_t>(count_ / 2));
    for (std::size_t k = 0; k < pairs; ++k) {
      values_.col(first_ + order[2 * k]).swap(values_.col(first_ + order[2 * k + 1]));
    }
  }

  void Mirror() {
    for (int r = 0; r < rows(); ++r) {
      const double level = Level(r);
      const double mean = truth_.row(r).mean();
      for (int c = 0; c < count_; ++c) {
        At(r, c) = (1.0 - level) * truth_(r, c) + level * (2.0 * mean - truth_(r, c));
      }
    }
  }

  void Drop() {
    for (int c = 0; c < count_; ++c) {
      double last = TruthAt(-1, c);
      for (int r = 0; r < rows(); ++r) {
        if (Uniform(Stream(c), Position(r)) < Level(r)) At(r, c) = last;
        last = At(r, c);
      }
    }
  }

  const SignalError& error_;
  const ErrorFrame& frame_;
  int first_, count_;
  RowMatrix& values_;
  RowMatrix truth_;
  RandomPurpose purpose_;
};

int RowsBefore(std::int64_t from, const ErrorFrame& frame, int rows) {
  if (frame.time >= from) return 0;
  if (frame.is_forecast()) return rows;
  const std::int64_t slots = (from - frame.time + frame.step - 1) / frame.step;
  return static_cast<int>(std::min<std::int64_t>(slots, rows));
}

}  // namespace

void CheckSignalError(const SignalError& error) {
  const char* kind = kErrorKindNames[static_cast<int>(error.kind)];
  const double most = IsShare(error.kind) ? 1.0 : kLargestLevel;
  if (!(error.level >= 0.0 && error.level <= most)) {
    throw InputError("error \"{}\": the level is {}, allowed is a number in [0, {:g}]", kind, error.level, most);
  }
  if (IsWhole(error.kind) && error.level != std::floor(error.level)) {
    throw InputError("error \"{}\": the level is {}, allowed are whole slots", kind, error.level);
  }
  if (!(error.growth >= 0.0 && error.growth <= kLargestLevel)) {
    throw InputError("error \"{}\": the growth is {}, allowed is a number in [0, {:g}]", kind, error.growth,
                     kLargestLevel);
  }
  if (error.growth > 0.0 && (IsWhole(error.kind) || error.kind == ErrorKind::kSwap)) {
    throw InputError("error \"{}\": the growth is {}, but its level cannot grow with the steps ahead", kind,
                     error.growth);
  }
}

void InjectError(const SignalError& error, const SignalColumns& columns, const ErrorFrame& frame, RowMatrix* values) {
  EVENKEEL_CHECK_EQ(values->cols(), columns.size());
  const int before = RowsBefore(error.from, frame, static_cast<int>(values->rows()));
  if (error.level == 0.0 || before == values->rows()) return;
  const RowMatrix untouched = values->topRows(before);
  for (Signal signal : kSignals) {
    if (error.signals[static_cast<int>(signal)]) Block(error, columns, signal, frame, values).Inject();
  }
  values->topRows(before) = untouched;
  KeepPossible(columns, values);
}

void RealisedError::Add(const SignalColumns& columns, const RowVector& truth, const RowVector& seen) {
  for (Signal signal : kSignals) {
    Sums& sums = signals[static_cast<int>(signal)];
    for (int c = columns.first(signal); c < columns.first(signal) + columns.count(signal); ++c) {
      const double difference = std::abs(seen[c] - truth[c]);
      sums.count += 1.0;
      sums.absolute += difference;
      if (truth[c] == 0.0) continue;
      sums.relative += difference / std::abs(truth[c]);
      sums.relative_count += 1.0;
    }
  }
}

double RealisedError::Mae(Signal signal) const {
  const Sums& sums = signals[static_cast<int>(signal)];
  return sums.absolute / sums.count;
}

double RealisedError::Mape(Signal signal) const {
  const Sums& sums = signals[static_cast<int>(signal)];
  return sums.relative / sums.relative_count;
}

}  // namespace evenkeel
