// How the protocol of docs/process.md calls the signals.
#pragma once

#include "models/world/signal_columns.h"

namespace evenkeel {

inline const char* ProcessSignalName(Signal signal) {
  return signal == Signal::kDemand   ? "demand"
         : signal == Signal::kPrice  ? "price"
         : signal == Signal::kCarbon ? "carbon_intensity"
                                     : "water_intensity";
}

}  // namespace evenkeel
