// Sources without a service: what is known beforehand.
#pragma once

#include <string>
#include <vector>

#include "live/sources/source.h"
#include "models/world/trace.h"

namespace evenkeel {

/// What is the same at any time, such as the price of a contract.
struct ConstantValue {
  LiveSignal signal = LiveSignal::kPrice;
  int place = 0;
  double value = 0.0;  ///< in the signal's unit
};

/// Says its values at every poll, as of that time.
class ConstantSource : public Source {
 public:
  /// `carbon` as in PrometheusSource. Throws InputError for values that are none.
  ConstantSource(std::string name, std::vector<ConstantValue> values, std::optional<CarbonKind> carbon = std::nullopt);

  std::optional<CarbonKind> carbon_kind() const override { return carbon_; }

 protected:
  PollResult DoPoll(const Fetch& fetch, std::int64_t now) override;

 private:
  std::vector<ConstantValue> values_;
  std::optional<CarbonKind> carbon_;
};

/// Slot `row` of recorded signals as readings of its begin: capacity in MW, demand per slot, the rest as it is.
std::vector<Reading> ReadingsOfRow(const Signals& signals, const std::vector<LiveSignal>& wanted, int row);

/// Says what a trace has for the slot that a poll is in; a poll outside of the trace is kNothing.
class TraceSource : public Source {
 public:
  /// Throws InputError for a trace without slots or if nothing is wanted.
  TraceSource(std::string name, Trace trace, std::vector<LiveSignal> wanted);

  std::optional<CarbonKind> carbon_kind() const override;

 protected:
  PollResult DoPoll(const Fetch& fetch, std::int64_t now) override;

 private:
  Trace trace_;
  std::vector<LiveSignal> wanted_;
};

}  // namespace evenkeel
