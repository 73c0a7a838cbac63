// The signals of a slot as one row of numbers: what histories, forecasts and injected errors work on.
#pragma once

#include "models/base/linear_algebra.h"
#include "models/world/slot.h"

namespace evenkeel {

enum class Signal { kDemand, kPrice, kCarbon, kWater };
inline constexpr int kNumSignals = 4;
inline constexpr Signal kSignals[kNumSignals] = {Signal::kDemand, Signal::kPrice, Signal::kCarbon, Signal::kWater};
inline constexpr const char* kSignalNames[kNumSignals] = {"demand", "price", "carbon", "water"};

/// Columns of the table: demand by gateway, then price, carbon and water intensity by region, in the units of Slot.
struct SignalColumns {
  int gateways = 0;
  int regions = 0;

  int size() const { return gateways + 3 * regions; }
  int count(Signal signal) const { return signal == Signal::kDemand ? gateways : regions; }
  int first(Signal signal) const {
    return signal == Signal::kDemand ? 0 : gateways + (static_cast<int>(signal) - 1) * regions;
  }
};

SignalColumns ColumnsOf(const Slot& slot);
/// The slot's signals, [columns].
RowVector RowOf(const Slot& slot);
/// Sets the slot's signals to a row; index, time and capacity stay.
void SetRow(const RowVector& row, Slot* slot);

/// Lifts demand, carbon and water to at least 0; only prices may be negative. [rows x columns]
void KeepPossible(const SignalColumns& columns, RowMatrix* values);

}  // namespace evenkeel
