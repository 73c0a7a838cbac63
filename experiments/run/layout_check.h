// Does a log have exactly what it has to have? Names, types, shapes, and every attribute.
#pragma once

#include <string>

#include "models/files/hdf5_reader.h"

namespace evenkeel {

/// `image` is the log as it has to be, without rows (RunLogLayout), `gross` what its totals in USD are relative to.
/// Throws RunDifference that names the first dataset or attribute that is missing, unexpected or another.
void CheckLayout(const Hdf5Reader& log, const std::string& image, double gross, int slots);

}  // namespace evenkeel
