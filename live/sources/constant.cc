#include "live/sources/constant.h"

#include <algorithm>
#include <cmath>

#include "models/base/error.h"
#include "models/base/utc_time.h"
#include "models/world/time_base.h"

namespace evenkeel {
namespace {

const RowMatrix& MatrixOf(const Signals& signals, LiveSignal signal) {
  const RowMatrix* const matrices[kNumLiveSignals] = {&signals.demand, &signals.capacity, &signals.price,
                                                      &signals.carbon_intensity, &signals.water_intensity};
  return *matrices[static_cast<int>(signal)];
}

}  // namespace

ConstantSource::ConstantSource(std::string source_name, std::vector<ConstantValue> values,
                               std::optional<CarbonKind> carbon)
    : Source(std::move(source_name)), values_(std::move(values)), carbon_(carbon) {
  bool gives_carbon = false;
  for (const ConstantValue& value : values_) {
    if (!std::isfinite(value.value))
      throw InputError("{}: {} of place {} is {}, allowed are finite numbers", name(), Name(value.signal), value.place,
                       value.value);
    gives_carbon = gives_carbon || value.signal == LiveSignal::kCarbonIntensity;
  }
  if (gives_carbon != carbon_.has_value())
    throw InputError("{}: average or marginal is to be said if, and only if, there are carbon intensities", name());
}

PollResult ConstantSource::DoPoll(const Fetch&, std::int64_t now) {
  PollResult result;
  for (const ConstantValue& value : values_) result.readings.push_back({value.signal, value.place, value.value, now});
  return result;
}

std::vector<Reading> ReadingsOfRow(const Signals& signals, const std::vector<LiveSignal>& wanted, int row) {
  std::vector<Reading> readings;
  for (const LiveSignal signal : wanted) {
    const RowMatrix& matrix = MatrixOf(signals, signal);
    for (int place = 0; place < matrix.cols(); ++place)
      readings.push_back({signal, place, matrix(row, place), signals.time[row], false});
  }
  return readings;
}

TraceSource::TraceSource(std::string source_name, Trace trace, std::vector<LiveSignal> wanted)
    : Source(std::move(source_name)), trace_(std::move(trace)), wanted_(std::move(wanted)) {
  ValidateTrace(trace_, name());
  if (wanted_.empty()) throw InputError("{}: no signals, allowed is at least one", name());
}

std::optional<CarbonKind> TraceSource::carbon_kind() const {
  if (std::find(wanted_.begin(), wanted_.end(), LiveSignal::kCarbonIntensity) == wanted_.end()) return std::nullopt;
  const bool marginal = trace_.header.provenance.carbon_signal_type == "marginal";
  return marginal ? CarbonKind::kMarginal : CarbonKind::kAverage;
}

PollResult TraceSource::DoPoll(const Fetch&, std::int64_t now) {
  const std::vector<std::int64_t>& times = trace_.signals.time;
  const auto after = std::upper_bound(times.begin(), times.end(), now);
  PollResult result;
  if (after == times.begin() || now >= times.back() + SlotSeconds(trace_.header.slot_hours)) {
    result.failure =
        Failure{PollFailure::kNothing, fmt::format("{}: nothing at {}, the trace is from {} to {}", name(),
                                                   FormatUtc(now), FormatUtc(times.front()), FormatUtc(times.back()))};
    return result;
  }
  result.readings = ReadingsOfRow(trace_.signals, wanted_, static_cast<int>(after - times.begin()) - 1);
  return result;
}

}  // namespace evenkeel
