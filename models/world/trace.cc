#include "models/world/trace.h"

#include <cmath>

#include "models/base/error.h"
#include "models/base/utc_time.h"
#include "models/world/limits.h"
#include "models/world/trace_schema.h"

namespace evenkeel {
namespace {

// Sums over any period stay finite below this, and no real value comes near it.
constexpr double kLargestValue = 1e12;
// Longer than any accounting slot.

class TraceSlotSource : public SlotSource {
 public:
  explicit TraceSlotSource(const Trace& trace) : trace_(trace), dues_(trace.header.network) {
    if (trace.header.network.num_classes() == 0) return;
    for (int t = 0; t < num_slots(); ++t) dues_.Add(trace.signals.demand.row(t));
  }

  int num_slots() const override { return trace_.signals.num_slots(); }
  void Read(int t, Slot* slot) override {
    EVENKEEL_CHECK(t >= 0 && t < num_slots());
    FillSlot(trace_.signals, trace_.header.slot_hours, t, t, slot);
    if (dues_.num_slots() > 0) dues_.Fill(num_slots(), slot);
  }

 private:
  const Trace& trace_;
  WorkDues dues_;
};

}  // namespace

void ValidateTimes(double slot_hours, const std::vector<std::int64_t>& times, int first_slot,
                   const std::string& where) {
  const double seconds = slot_hours * 3600.0;
  if (!(seconds >= 1.0 && slot_hours <= kLongestSlotHours) || std::abs(seconds - std::round(seconds)) > 1e-6) {
    throw InputError("{}: slot_hours is {}, allowed are whole seconds, from 1 s to {} h", where, slot_hours,
                     kLongestSlotHours);
  }
  const std::int64_t step = std::llround(seconds);
  for (std::size_t t = 0; t < times.size(); ++t) {
    const int slot = first_slot + static_cast<int>(t);
    if (times[t] < 0 || times[t] >= kEndOfTime) {
      throw InputError("{}: 'time', slot {}: the value is {}, allowed is [0, {}) seconds since 1970-01-01", where, slot,
                       times[t], kEndOfTime);
    }
    if (t > 0 && times[t] - times[t - 1] != step) {
      throw InputError(
          "{}: 'time', slot {} ({}): it begins {} s after the slot before, expected are {} s (slot_hours is {})", where,
          slot, FormatUtc(times[t]), times[t] - times[t - 1], step, slot_hours);
    }
  }
}

void ValidateSignal(const TraceHeader& header, const TraceField& field, const std::vector<std::int64_t>& times,
                    const RowMatrix& values, int first_slot, const std::string& where) {
  const bool by_gateway = std::string(field.axes[1]) == "gateway";
  const int columns = by_gateway ? header.network.num_gateways() : header.network.num_regions();
  const auto slots = static_cast<Eigen::Index>(times.size());
  if (values.rows() != slots || values.cols() != columns) {
    throw InputError("{}: '{}' has the shape [{}, {}], expected [{}, {}] (time, {})", where, field.name, values.rows(),
                     values.cols(), slots, columns, field.axes[1]);
  }
  // Prices are the only signal that may be negative.
  const double smallest = std::string(field.name) == kPrice.name ? -kLargestValue : 0.0;
  const auto allowed = [smallest](double value) { return value >= smallest && value <= kLargestValue; };
  for (Eigen::Index t = 0; t < slots; ++t) {
    for (Eigen::Index column = 0; column < columns; ++column) {
      if (allowed(values(t, column))) continue;
      const auto k = static_cast<std::size_t>(column);
      const std::string& name = by_gateway ? header.network.gateways[k].name : header.network.regions[k].name;
      throw InputError("{}: '{}', slot {} ({}), {} '{}': the value is {}, allowed is [{:g}, {:g}] {}", where,
                       field.name, first_slot + t, FormatUtc(times[t]), field.axes[1], name, values(t, column),
                       smallest, kLargestValue, field.units);
    }
  }
}

void FillSlot(const Signals& signals, double slot_hours, int row, int index, Slot* slot) {
  slot->index = index;
  slot->time = signals.time[row];
  slot->demand = signals.demand.row(row);
  slot->capacity = signals.capacity.row(row) * slot_hours;
  slot->price = signals.price.row(row);
  slot->carbon_intensity = signals.carbon_intensity.row(row);
  slot->water_intensity = signals.water_intensity.row(row);
}

void ValidateSignals(const TraceHeader& header, const Signals& signals, int first_slot, const std::string& where) {
  ValidateTimes(header.slot_hours, signals.time, first_slot, where);
  ValidateSignal(header, kDemand, signals.time, signals.demand, first_slot, where);
  ValidateSignal(header, kCapacity, signals.time, signals.capacity, first_slot, where);
  ValidateSignal(header, kPrice, signals.time, signals.price, first_slot, where);
  ValidateSignal(header, kCarbonIntensity, signals.time, signals.carbon_intensity, first_slot, where);
  ValidateSignal(header, kWaterIntensity, signals.time, signals.water_intensity, first_slot, where);
}

void ValidateTrace(const Trace& trace, const std::string& where) {
  ValidateNetwork(trace.header.network, where);
  if (trace.signals.num_slots() == 0) throw InputError("{}: 'time' is empty, expected at least one slot", where);
  ValidateSignals(trace.header, trace.signals, 0, where);
}

std::unique_ptr<SlotSource> MakeSlotSource(const Trace& trace) { return std::make_unique<TraceSlotSource>(trace); }

Vector TotalDemand(const Trace& trace) {
  // Slot after slot, as for a trace on disk: equal bits either way.
  Vector total = Vector::Zero(trace.header.network.num_gateways());
  for (int t = 0; t < trace.signals.num_slots(); ++t) total += trace.signals.demand.row(t).transpose();
  return total;
}

}  // namespace evenkeel
