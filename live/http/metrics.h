// The engine's status as Prometheus reads it (text exposition format 0.0.4).
#pragma once

#include <string>

#include "live/engine/status.h"

namespace evenkeel {

inline constexpr const char* kMetricsType = "text/plain; version=0.0.4; charset=utf-8";

/// All metrics of docs/api.md. A value that is not known has no sample.
std::string MetricsText(const LiveStatus& status);

}  // namespace evenkeel
