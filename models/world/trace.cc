#include "models/world/trace.h"

#include <cmath>

#include "models/base/error.h"
#include "models/base/utc_time.h"
#include "models/world/footprint.h"
#include "models/world/limits.h"
#include "models/world/trace_schema.h"

namespace evenkeel {
namespace {

// Sums over any period stay finite below this, and no real value comes near it.
constexpr double kLargestValue = 1e12;

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

/// Work costs its class's floor at least, wherever it may be done. A floor of 0 promises nothing.
void ValidateCostFloor(const TraceHeader& header, const Signals& signals, int k, int first_slot,
                       const std::string& where) {
  constexpr double kRounding = 1e-9;
  const Network& network = header.network;
  const int j = network.num_firm() + k;
  const double floor = network.classes[k].cost_floor;
  for (int t = 0; t < signals.num_slots(); ++t) {
    for (int i = 0; i < network.num_regions(); ++i) {
      if (!network.reachable(j, i)) continue;
      const double cost =
          UnitCost(signals.price(t, i), network.regions[i].pue, network.work_energy(k, i), network.network_cost(j, i));
      if (cost >= floor - kRounding * std::abs(floor)) continue;
      throw InputError(
          "{}: '{}', {} '{}': the floor is {} USD/MWh, but in slot {} ({}), region '{}', its work costs {}, allowed "
          "are floors that no slot goes below",
          where, kWorkCostFloor.name, kWorkClassAxis, network.gateways[j].name, floor, first_slot + t,
          FormatUtc(signals.time[t]), network.regions[i].name, cost);
    }
  }
}

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
                    const Eigen::Ref<const RowMatrix>& values, int first_slot, const std::string& where) {
  const Network& network = header.network;
  const std::string axis = field.axes[1];
  const int columns = axis == "gateway"        ? network.num_firm()
                      : axis == kWorkClassAxis ? network.num_classes()
                                               : network.num_regions();
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
      throw InputError("{}: '{}', slot {} ({}), {} '{}': the value is {}, allowed is [{:g}, {:g}] {}", where,
                       field.name, first_slot + t, FormatUtc(times[t]), axis, ColumnName(network, axis, column),
                       values(t, column), smallest, kLargestValue, field.units);
    }
  }
}

void ValidateDemand(const TraceHeader& header, const std::vector<std::int64_t>& times, const RowMatrix& demand,
                    int first_slot, const std::string& where) {
  const Network& network = header.network;
  if (network.num_classes() == 0) return ValidateSignal(header, kDemand, times, demand, first_slot, where);
  if (demand.cols() != network.num_gateways()) {
    throw InputError("{}: '{}' has the shape [{}, {}], expected [{}, {}] (time, gateway and {})", where, kDemand.name,
                     demand.rows(), demand.cols(), times.size(), network.num_gateways(), kWorkClassAxis);
  }
  ValidateSignal(header, kDemand, times, demand.leftCols(network.num_firm()), first_slot, where);
  ValidateSignal(header, kWorkArrival, times, demand.rightCols(network.num_classes()), first_slot, where);
}

const std::string& ColumnName(const Network& network, const std::string& axis, std::int64_t column) {
  if (axis == "region") return network.regions[column].name;
  return network.gateways[axis == kWorkClassAxis ? network.num_firm() + column : column].name;
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
  ValidateDemand(header, signals.time, signals.demand, first_slot, where);
  ValidateSignal(header, kCapacity, signals.time, signals.capacity, first_slot, where);
  ValidateSignal(header, kPrice, signals.time, signals.price, first_slot, where);
  ValidateSignal(header, kCarbonIntensity, signals.time, signals.carbon_intensity, first_slot, where);
  ValidateSignal(header, kWaterIntensity, signals.time, signals.water_intensity, first_slot, where);
  for (int k = 0; k < header.network.num_classes(); ++k) {
    if (header.network.classes[k].cost_floor < 0.0) ValidateCostFloor(header, signals, k, first_slot, where);
  }
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
