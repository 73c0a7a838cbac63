// Price, carbon intensity and water intensity of generated regions.
#pragma once

#include <cstdint>
#include <vector>

#include "models/base/linear_algebra.h"
#include "models/generate/places.h"
#include "models/generate/weather.h"

namespace evenkeel {

/// On-site water in L/kWh of IT energy at a wet-bulb temperature in degrees Fahrenheit, cooling towers run at six
/// cycles of concentration: 6/5 (6e-5 T^3 - 0.01 T^2 + 0.61 T - 10.4), at least 0.05.
double OnsiteWaterIntensity(double wet_bulb_fahrenheit);

/// Price in USD/MWh, carbon intensity in kg/kWh and water intensity in L/kWh, slot by slot.
class RegionSignals {
 public:
  RegionSignals(std::uint64_t seed, const std::vector<GeneratedRegion>& regions, double slot_hours);

  /// Fills row t of each, [slots x regions]; call with t = 0, 1, 2, ..
  void Fill(int t, const Clock& clock, RowMatrix* price, RowMatrix* carbon, RowMatrix* water);

 private:
  /// What one region's signals are made of in a slot.
  struct Conditions {
    double solar;     ///< output above its yearly mean, of a clear overhead sun
    double wind;      ///< output above its mean, of full output
    double load;      ///< rest of the grid's load around its mean, about -1 to 1, lower at weekends
    double wet_bulb;  ///< degrees Fahrenheit
  };

  Conditions Observe(int i, const Clock& clock) const;
  double Price(int i, int t, const Conditions& now);
  double Carbon(int i, int t, const Conditions& now) const;

  std::uint64_t seed_;
  double slot_hours_;
  std::vector<GeneratedRegion> regions_;
  std::vector<Coordinates> places_;
  std::vector<double> mean_sun_;  ///< yearly mean of the solar output
  std::vector<double> spike_;     ///< what is left of past price spikes, in mean prices
  WeatherField temperature_, cloud_, wind_, market_;
};

}  // namespace evenkeel
