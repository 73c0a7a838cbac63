// What grids publish: carbon intensity and prices by the hour, generation by fuel.
#pragma once

#include <string>
#include <vector>

#include "models/import/time_series.h"

namespace evenkeel {

/// Which emissions a carbon intensity counts: at the plants, or over their life cycle with fuel and construction.
enum class CarbonScope { kDirect, kLifecycle };

/// Appends an Electricity Maps CSV to `series` in kg/kWh (the file has g/kWh). Headers of both editions are known,
/// "(LCA)" and "(Life cycle)", in either case of letters. Returns how many of the rows are marked as estimated. Throws
/// InputError naming file, line, column, value and what is allowed.
int AppendElectricityMaps(const std::string& path, CarbonScope scope, Measurements* series);

/// Appends a CSV with the columns "Datetime (UTC)" and "Price (USD/MWh)" to `series`, USD/MWh.
void AppendPrices(const std::string& path, Measurements* series);

/// What a MWh of a fuel emits and uses, with where the numbers come from.
struct FuelFactor {
  std::string fuel;     ///< as in the header of the generation file
  double carbon = 0.0;  ///< kg/kWh
  double water = 0.0;   ///< L/kWh
  std::string source;
};

/// A CSV with the columns `fuel`, `carbon (kg/kWh)`, `water (gal/kWh)` or `water (L/kWh)`, `source`. 1 gal = 3.785412
/// L.
std::vector<FuelFactor> ReadFuelFactors(const std::string& path);

/// Appends generation by fuel, MWh by the hour under the header `timestamp,FUEL,..`, as the mix's carbon intensity in
/// kg/kWh and off-site water in L/kWh:
///
///   carbon[t] = sum_f generation[t,f] carbon_f / sum_f generation[t,f],   water likewise.
///
/// A fuel without a factor is an error, and so is a column that is none but `avg_CI`, which is left out. An hour
/// without generation, or with an empty field, has no mix: it is missing. Negative generation (a pump, a meter's own
/// use) counts as none.
void AppendFuelMix(const std::string& path, const std::vector<FuelFactor>& factors, Measurements* carbon,
                   Measurements* water);

}  // namespace evenkeel
