// The places of generated traces: ten named grids with measured levels, ten named user regions, and variations of both.
#pragma once

#include <cstdint>
#include <vector>

#include "models/world/network.h"

namespace evenkeel {

/// Levels of a region's grid and climate. Shares and ratios are relative to the mean.
struct GridLevels {
  double price;             ///< mean, USD/MWh
  double price_peak_ratio;  ///< dearest over cheapest hour of the mean day
  double price_noon_fall;   ///< (night - noon) / mean of the price's mean day
  double glut;              ///< how far renewable output may exceed its mean before prices collapse; large: never
  double carbon;            ///< mean, kg/kWh
  double
      carbon_noon_fall;    ///< (night - noon) / mean of the carbon intensity's mean day; negative where noon is dirtier
  double carbon_daily_sd;  ///< standard deviation of daily means around the monthly mean, / mean
  double wet_bulb;         ///< mean, degrees Celsius
  double wet_bulb_season;  ///< half the range of the monthly means, degrees
  double wet_bulb_day;     ///< half the range of the mean day, degrees
  double wet_bulb_sd;      ///< standard deviation of what is left, degrees
  double offsite_water;    ///< of the electricity, L/kWh of facility energy
};

struct GeneratedRegion {
  Region region;
  GridLevels levels;
};

/// A gateway with its size and habits.
struct GeneratedGateway {
  Gateway gateway;
  double weight;     ///< relative size, > 0
  double peak_hour;  ///< local solar time of the daily peak
  double swing;      ///< half the daily range over the daily mean
};

/// Place `index` does not depend on how many places are asked for.
std::vector<GeneratedRegion> PlaceRegions(std::uint64_t seed, int count);
std::vector<GeneratedGateway> PlaceGateways(std::uint64_t seed, int count);

}  // namespace evenkeel
