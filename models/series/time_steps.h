// How long each row of a series holds, and what its files have in common.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/series/measurements.h"

namespace evenkeel {

/// "file:line" of a measurement.
std::string WhereOf(const Measurements& measurements, const Measurement& entry);

/// What a later file repeats of the files before it is left out, with a note, where the values are the same;
/// of a value and a missing one the value stays. Throws InputError naming both files, with their clocks, and both
/// values where they differ.
Measurements MergeFiles(const Measurements& measurements, std::vector<std::string>* notes);

/// Seconds that each measurement holds for: what its file says, else what the times say. A time step is the difference
/// that
///
///   - comes at least 24 times in a row, or at least 3 times in a row from the first row on or up to the last;
///   - where there is no such run: the series' `step` when all differences are multiples of it, else the difference
///     that more than half of the rows have.
///
/// Any other difference has to be a multiple of the step before it or of the one behind it, and is a gap. A step that
/// changes is added to `notes`. Throws InputError for no measurements, and for times that repeat, run backwards, are on
/// no raster, or run into the next.
std::vector<std::int64_t> StepsOf(const Measurements& measurements, std::vector<std::string>* notes);

}  // namespace evenkeel
