// Uncertain meters: a trace as observed beside the one as metered (theorem 5).
#pragma once

#include <string>

namespace evenkeel {

/// Checks that two traces differ in prices and intensities only: the same network, times, demand and capacity. Throws
/// InputError naming the first difference.
void CheckObservations(const std::string& metered_path, const std::string& observed_path);

}  // namespace evenkeel
