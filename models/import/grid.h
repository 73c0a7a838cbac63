// Generation by fuel to what a mix emits and uses.
#pragma once

#include <string>
#include <vector>

#include "models/formats/format.h"
#include "models/series/measurements.h"

namespace evenkeel {

/// What a MWh of a fuel emits and uses, with where the numbers come from.
struct FuelFactor {
  std::string fuel;       ///< as in the header of the generation file, or its code of EIA
  double carbon = 0.0;    ///< kg/kWh
  double water = 0.0;     ///< L/kWh
  bool left_out = false;  ///< no generation, such as storage: counts in no mix
  std::string source;
};

/// A CSV with the columns `fuel`, `carbon (kg/kWh)`, `water (gal/kWh)` or `water (L/kWh)`, `source`. 1 gal = 3.785412
/// L. A fuel with `none` for both factors is left out of the mix.
std::vector<FuelFactor> ReadFuelFactors(const std::string& path);

/// The code of EIA for a fuel as EIA-930's bulk files, gridstatus or entsoe-py name it, such as NG for "Natural Gas"
/// and "Fossil Gas"; the name itself where it has none.
std::string FuelCode(const std::string& name);

/// Carbon intensity in kg/kWh and off-site water in L/kWh, row by row, weighted with the generation:
///
///   carbon[t] = sum_f generation[t,f] carbon_f / sum_f generation[t,f],   water likewise,
///
/// so that a slot of several rows gets the mix of their sums.
struct MixIntensity {
  std::vector<Measurement> carbon;
  std::vector<Measurement> water;
  std::vector<std::string> left_out;  ///< fuels that count in no mix
};

/// A fuel has the factor of its name or, where there is none, of its code; one without a factor is an error. A row
/// without generation, or with an empty field, has no mix: it is missing. Negative generation (a pump, a meter's own
/// use) counts as none.
MixIntensity IntensityOfMix(const FileRows& rows, const std::vector<FuelFactor>& factors, const std::string& path);

}  // namespace evenkeel
