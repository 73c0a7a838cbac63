#include "models/world/signal_columns.h"

namespace evenkeel {

SignalColumns ColumnsOf(const Slot& slot) {
  return {static_cast<int>(slot.demand.size()), static_cast<int>(slot.price.size())};
}

RowVector RowOf(const Slot& slot) {
  const SignalColumns columns = ColumnsOf(slot);
  RowVector row(columns.size());
  row << slot.demand.transpose(), slot.price.transpose(), slot.carbon_intensity.transpose(),
      slot.water_intensity.transpose();
  return row;
}

void SetRow(const RowVector& row, Slot* slot) {
  const SignalColumns columns = ColumnsOf(*slot);
  const auto values = [&](Signal signal) {
    return row.segment(columns.first(signal), columns.count(signal)).transpose();
  };
  slot->demand = values(Signal::kDemand);
  slot->price = values(Signal::kPrice);
  slot->carbon_intensity = values(Signal::kCarbon);
  slot->water_intensity = values(Signal::kWater);
}

void KeepPossible(const SignalColumns& columns, RowMatrix* values) {
  for (Signal signal : {Signal::kDemand, Signal::kCarbon, Signal::kWater}) {
    auto block = values->middleCols(columns.first(signal), columns.count(signal));
    block = block.cwiseMax(0.0).eval();
  }
}

}  // namespace evenkeel
