// How measurements become one value per slot.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/series/measurements.h"

namespace evenkeel {

/// One value per slot: the mean over the slot of measurements that each hold for a while, weighted, or their sum, so
/// that a measurement is cut where it does not begin or end with a slot. How long one holds is read from the rows
/// (StepsOf), and what several files have alike is merged (MergeFiles). Everything done beside copying is added to
/// `notes`, one line each. Throws InputError naming file, line, time and what is allowed: for times that repeat, run
/// backwards or leave the step, and for gaps as `options` say.
std::vector<double> SlotMeans(const Measurements& measurements, const SlotGrid& grid, const FillOptions& options,
                              std::vector<std::string>* notes);

/// The same for slots of `slot` seconds from the first measurement on; the rest that fills no slot is left out. The
/// series' own clock is kept: the result says nothing about where it lies in time.
std::vector<double> ConsecutiveMeans(const Measurements& measurements, std::int64_t slot, const FillOptions& options,
                                     std::vector<std::string>* notes);

}  // namespace evenkeel
