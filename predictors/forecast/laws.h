// The laws of a forecaster (predictors/forecast/forecaster.h), F1 causal and F2 total, for whoever writes one. Every
// predictor of the catalog is put through them (tests/property/forecaster_laws_test.cc).
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "models/world/trace.h"
#include "predictors/forecast/forecaster.h"

namespace evenkeel {

struct ForecasterLawOptions {
  bool looks_ahead = false;  ///< on purpose: F1 is not asked for
};

/// Which law is broken, where and how, in words; empty: both hold. Forecasts are made from views of several lengths of
/// the trace, and again with another future behind them. The trace should have a few weeks.
std::vector<std::string> BrokenForecasterLaws(const Trace& trace,
                                              const std::function<std::unique_ptr<Forecaster>()>& make,
                                              const ForecasterLawOptions& options = {});

}  // namespace evenkeel
