#include "models/generate/signals.h"

#include <algorithm>
#include <cmath>

#include "models/world/footprint.h"

namespace evenkeel {
namespace {

// How long weather, markets and spikes remember, hours.
constexpr double kTemperatureHours = 72.0;
constexpr double kCloudHours = 10.0;
constexpr double kWindHours = 24.0;
constexpr double kMarketHours = 120.0;
constexpr double kSpikeHours = 1.5;

constexpr double kHumidHeat = 24.0;       // wet bulb from which it rises less and less, degrees Celsius
constexpr double kHumidRoom = 6.0;        // and how far it may rise above that
constexpr double kCloudShade = 0.7;       // an overcast sky takes this share of the sun's output
constexpr double kMarketSd = 0.25;        // of the logarithm of the price level
constexpr double kSpikesPerHour = 0.002;  // about one in three weeks
constexpr double kSmallestSpike = 2.0;    // in mean prices
constexpr double kMeanSpikeExcess = 4.0;  // exponentially distributed on top, in mean prices
constexpr double kGlutSlope = 6.0;        // fall of the price, in mean prices, per unit of output beyond the glut
constexpr double kPriceFloor = -500.0;    // the day-ahead floor in Europe, USD/MWh
constexpr double kPriceCeiling = 5000.0;  // the cap in Texas since 2022, USD/MWh

// From differences of mean days to coefficients: noon's sun stands about this far above its yearly mean,
constexpr double kNoonSun = 0.45;
// and daily mean wind output has about this standard deviation.
constexpr double kDailyWindSd = 0.19;

double Logistic(double x) { return 1.0 / (1.0 + std::exp(-x)); }

std::vector<Coordinates> PlacesOf(const std::vector<GeneratedRegion>& regions) {
  std::vector<Coordinates> places;
  for (const GeneratedRegion& r : regions) places.push_back({r.region.latitude, r.region.longitude});
  return places;
}

double SolarWeight(const GridLevels& levels) { return std::max(0.0, levels.carbon_noon_fall) / kNoonSun; }
double WindWeight(const GridLevels& levels) { return levels.carbon_daily_sd / kDailyWindSd; }

}  // namespace

double OnsiteWaterIntensity(double wet_bulb_fahrenheit) {
  const double x = wet_bulb_fahrenheit;
  return std::max(0.05, 6.0 / 5.0 * (6e-5 * x * x * x - 0.01 * x * x + 0.61 * x - 10.4));
}

RegionSignals::RegionSignals(std::uint64_t seed, const std::vector<GeneratedRegion>& regions, double slot_hours)
    : seed_(seed),
      slot_hours_(slot_hours),
      regions_(regions),
      places_(PlacesOf(regions)),
      spike_(regions.size(), 0.0),
      temperature_(seed, RandomPurpose::kTemperature, places_, MakeMemory(kTemperatureHours, slot_hours)),
      cloud_(seed, RandomPurpose::kCloud, places_, MakeMemory(kCloudHours, slot_hours)),
      wind_(seed, RandomPurpose::kWind, places_, MakeMemory(kWindHours, slot_hours)),
      market_(seed, RandomPurpose::kMarket, places_, MakeMemory(kMarketHours, slot_hours)) {
  // Clouds are symmetric around one half.
  for (const Coordinates& place : places_) mean_sun_.push_back(MeanSunHeight(place) * (1.0 - 0.5 * kCloudShade));
}

RegionSignals::Conditions RegionSignals::Observe(int i, const Clock& clock) const {
  const Coordinates& at = places_[i];
  const GridLevels& levels = regions_[i].levels;
  const LocalTime local = LocalTimeAt(clock, at.longitude);
  Conditions now;
  const double sun = SunHeight(clock, at, local.hour);
  now.solar = sun * (1.0 - kCloudShade * Logistic(1.3 * cloud_.At(i))) - mean_sun_[i];
  now.wind = Logistic(1.3 * wind_.At(i)) - 0.5;
  now.load = 0.65 * DailyWave(local.hour, 16.5, 24.0) + 0.35 * DailyWave(local.hour, 19.5, 12.0) +
             (local.weekend ? -0.25 : 0.10);
  // Warmest three weeks after the solstice: about July 15 in the north, January 15 in the south.
  const double season =
      std::cos(clock.year - 2.0 * 3.14159265358979323846 * 195.0 / 365.2425) * (at.latitude < 0.0 ? -1.0 : 1.0);
  double celsius = levels.wet_bulb + levels.wet_bulb_season * season +
                   levels.wet_bulb_day * DailyWave(local.hour, 14.5, 24.0) + levels.wet_bulb_sd * temperature_.At(i);
  // Evaporation keeps the wet bulb from rising much above 28 degrees anywhere, whatever the season adds to the weather.
  if (celsius > kHumidHeat) celsius = kHumidHeat + kHumidRoom * std::tanh((celsius - kHumidHeat) / kHumidRoom);
  now.wet_bulb = 1.8 * celsius + 32.0;
  return now;
}

double RegionSignals::Price(int i, int t, const Conditions& now) {
  const GridLevels& levels = regions_[i].levels;
  const auto index = static_cast<std::uint32_t>(i);
  const auto position = static_cast<std::uint64_t>(t);

  // A spike falls off over a few slots; which slot starts one is drawn on its own, more often when the grid is loaded.
  const double keep = std::exp(-slot_hours_ / kSpikeHours);
  double& spike = spike_[i];
  spike *= keep;
  const double rate = kSpikesPerHour * slot_hours_ * (1.0 + std::clamp(now.load, -1.0, 1.0));
  const RandomStream spikes = {seed_, RandomPurpose::kPriceSpike, index};
  if (Uniform(spikes, 2 * position) < rate)
    spike += kSmallestSpike - kMeanSpikeExcess * std::log(Uniform(spikes, 2 * position + 1));
  const double mean_spike = kSpikesPerHour * slot_hours_ * (kSmallestSpike + kMeanSpikeExcess) / (1.0 - keep);

  const double sun = std::max(0.0, levels.price_noon_fall) / kNoonSun;
  // Of the measured daily range, what the sun does not already explain.
  const double day = std::max(0.1, 0.9 * (levels.price_peak_ratio - 1.0) / (levels.price_peak_ratio + 1.0) - 0.3 * sun);
  const double surplus = SolarWeight(levels) * now.solar + WindWeight(levels) * now.wind - 0.3 * now.load;
  const double noise = 0.04 * Normal({seed_, RandomPurpose::kPriceNoise, index}, position);
  const double level = std::exp(kMarketSd * market_.At(i) - 0.5 * kMarketSd * kMarketSd);
  const double shape = 1.0 + day * now.load - sun * now.solar - 0.6 * WindWeight(levels) * now.wind + noise;
  // Where the grid does not collapse, thermal plants that set the price keep it above a tenth of its level.
  const double collapse = kGlutSlope * std::max(0.0, surplus - levels.glut);
  const double price = levels.price * (level * std::max(0.1, shape) - collapse + spike - mean_spike);
  return std::clamp(price, kPriceFloor, kPriceCeiling);
}

double RegionSignals::Carbon(int i, int t, const Conditions& now) const {
  const GridLevels& levels = regions_[i].levels;
  const double dirtier_with_load = std::max(0.0, -levels.carbon_noon_fall);
  const double noise =
      0.01 * Normal({seed_, RandomPurpose::kCarbonNoise, static_cast<std::uint32_t>(i)}, static_cast<std::uint64_t>(t));
  const double shape =
      1.0 - SolarWeight(levels) * now.solar - WindWeight(levels) * now.wind + dirtier_with_load * now.load + noise;
  return std::min(1.1, levels.carbon * std::max(0.1, shape));
}

void RegionSignals::Fill(int t, const Clock& clock, RowMatrix* price, RowMatrix* carbon, RowMatrix* water) {
  for (WeatherField* field : {&temperature_, &cloud_, &wind_, &market_}) field->Advance(t);
  for (int i = 0; i < static_cast<int>(regions_.size()); ++i) {
    const Conditions now = Observe(i, clock);
    const GeneratedRegion& place = regions_[i];
    (*price)(t, i) = Price(i, t, now);
    (*carbon)(t, i) = Carbon(i, t, now);
    (*water)(t, i) =
        TotalWaterIntensity(OnsiteWaterIntensity(now.wet_bulb), place.region.pue, place.levels.offsite_water);
  }
}

}  // namespace evenkeel
