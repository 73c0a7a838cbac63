// Signals as the protocol of docs/process.md has them.
#pragma once

#include <utility>
#include <vector>

#include "models/world/signal_columns.h"

namespace evenkeel {

inline const char* ProcessSignalName(Signal signal) {
  return signal == Signal::kDemand   ? "demand"
         : signal == Signal::kPrice  ? "price"
         : signal == Signal::kCarbon ? "carbon_intensity"
                                     : "water_intensity";
}

/// Adds a table per signal, [rows][gateways or regions], of rows of all columns. `Json` is nlohmann's.
template <typename Json, typename RowAt>
void AddSignalTables(const SignalColumns& columns, int rows, const RowAt& row_at, Json* document) {
  for (const Signal signal : kSignals) {
    Json table = Json::array();
    for (int row = 0; row < rows; ++row) {
      const RowVector part = row_at(row).segment(columns.first(signal), columns.count(signal));
      table.push_back(std::vector<double>(part.begin(), part.end()));
    }
    (*document)[ProcessSignalName(signal)] = std::move(table);
  }
}

}  // namespace evenkeel
