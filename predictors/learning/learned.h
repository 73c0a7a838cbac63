// A trained network as a predictor.
#pragma once

#include <memory>

#include "models/world/network.h"
#include "predictors/forecast/forecaster.h"
#include "predictors/learning/checkpoint.h"
#include "predictors/learning/neural.h"

namespace evenkeel {

/// What a checkpoint is compared with.
struct TraceIdentity {
  std::vector<std::string> gateways, regions;
  double slot_hours = 1.0;  ///< 0: not known, and not compared
};
TraceIdentity IdentityOf(const Network& network, double slot_hours);
TraceIdentity IdentityOf(const Checkpoint& checkpoint);

/// Throws InputError that begins with `where` and names the first difference: length of a slot, number of gateways or
/// regions, names.
void CheckSameColumns(const TraceIdentity& trained, const TraceIdentity& given, const std::string& where);
/// The same for a checkpoint, and its units.
void CheckSameSignals(const Checkpoint& checkpoint, const TraceIdentity& trace, const std::string& where);
/// The same, and the scales of a network that forecasts.
void CheckFits(const Checkpoint& checkpoint, const TraceIdentity& trace, const std::string& where);

/// What its network takes and gives.
NeuralShape ShapeOf(const Checkpoint& checkpoint);

/// Slots in 24 hours of the trace that it was trained on, rounded, at least 1.
int SlotsPerDay(const Checkpoint& checkpoint);

/// Forecasts of the medians: tomorrow slot by slot, after it the hour-of-day means of days 2 to 7 and of days 8 to 31,
/// the last of which go on behind (predictors/learning/input_formula.h). As long as fewer than 28 days have been seen:
/// the hourly mean of 7 days. Throws InputError beginning with `where` for weights that are none of the network's,
/// and for forecasts that are not finite when they come.
std::unique_ptr<Forecaster> MakeLearned(const Checkpoint& checkpoint, const NeuralSpec& network,
                                        const std::string& where);

}  // namespace evenkeel
