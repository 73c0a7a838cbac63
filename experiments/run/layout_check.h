// Does a log have exactly what it has to have? Names, types, shapes, and every attribute.
#pragma once

#include <string>

#include "models/files/hdf5_reader.h"

namespace evenkeel {

/// What totals are relative to.
struct GrossSums {
  double cost = 0.0;  ///< USD
  double shed = 0.0;  ///< units of workload
};

/// `image` is the log as it has to be, without rows (RunLogLayout).
/// Throws RunDifference that names the first dataset or attribute that is missing, unexpected or another.
void CheckLayout(const Hdf5Reader& log, const std::string& image, const GrossSums& gross, int slots);

}  // namespace evenkeel
