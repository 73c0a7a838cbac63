#include "models/generate/trace.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <set>
#include <vector>

#include "models/base/error.h"
#include "models/generate/signals.h"
#include "tests/reference/generator_options.h"

namespace evenkeel {
namespace {

using ::testing::HasSubstr;

constexpr int kYear = 8760;

/// A year of the default ten regions, made once.
const Trace& Year() {
  static const Trace* const trace = new Trace(GenerateTrace(Options(10, 10, kYear)));
  return *trace;
}

double Correlation(const Vector& a, const Vector& b) {
  const Vector x = a.array() - a.mean(), y = b.array() - b.mean();
  return x.dot(y) / std::sqrt(x.squaredNorm() * y.squaredNorm());
}

double Autocorrelation(const Vector& v, int lag) { return Correlation(v.head(v.size() - lag), v.tail(v.size() - lag)); }

/// Day and hour of a slot's middle in mean solar time; day 0 was Thursday, 1970-01-01.
double LocalHours(const Trace& trace, int t, double longitude) {
  return static_cast<double>(trace.signals.time[t]) / 3600.0 + 0.5 * trace.header.slot_hours + longitude / 15.0;
}
double LocalHour(const Trace& trace, int t, double longitude) {
  return std::fmod(LocalHours(trace, t, longitude), 24.0);
}
bool IsWeekend(const Trace& trace, int t, double longitude) {
  const int weekday = static_cast<int>(std::floor(LocalHours(trace, t, longitude) / 24.0)) % 7;
  return weekday == 2 || weekday == 3;
}

/// Mean of column values by local hour, [24].
Vector MeanDay(const Trace& trace, const RowMatrix& values, int column, double longitude) {
  Vector sum = Vector::Zero(24), count = Vector::Zero(24);
  for (int t = 0; t < trace.signals.num_slots(); ++t) {
    const int hour = static_cast<int>(LocalHour(trace, t, longitude));
    sum[hour] += values(t, column);
    count[hour] += 1.0;
  }
  return sum.cwiseQuotient(count);
}

/// Values less the mean day: the weather in a signal.
Vector WithoutMeanDay(const Trace& trace, const RowMatrix& values, int column, double longitude) {
  const Vector day = MeanDay(trace, values, column, longitude);
  Vector rest = values.col(column);
  for (int t = 0; t < rest.size(); ++t) rest[t] -= day[static_cast<int>(LocalHour(trace, t, longitude))];
  return rest;
}

TEST(Generate, SizesNamesTimesAndProvenance) {
  GeneratorOptions options = Options(23, 37, 48, 5);
  options.start_time = 1000 * 3600;
  options.slot_hours = 0.25;
  options.command = "evenkeel trace generate --seed 5";
  const Trace trace = GenerateTrace(options);
  const Network& network = trace.header.network;
  ValidateTrace(trace, "generated");
  EXPECT_EQ(network.num_regions(), 23);
  EXPECT_EQ(network.num_gateways(), 37);
  EXPECT_EQ(network.regions[0].name, "virginia");
  EXPECT_EQ(network.regions[20].name, "virginia-3");
  EXPECT_EQ(trace.signals.num_slots(), 48);
  EXPECT_EQ(trace.signals.time[0], 3600000);
  EXPECT_EQ(trace.signals.time[47], 3600000 + 47 * 900);
  EXPECT_EQ(trace.header.slot_hours, 0.25);
  EXPECT_EQ(trace.header.provenance.seed, "5");
  EXPECT_EQ(trace.header.provenance.command, options.command);
  EXPECT_EQ(trace.header.provenance.carbon_scope, "lifecycle");
}

TEST(Generate, ValuesArePlausible) {
  const Trace trace = GenerateTrace(Options(60, 60, 2000, 3));
  for (const Trace* each : {&Year(), &trace}) {
    const Signals& s = each->signals;
    ValidateTrace(*each, "generated");
    for (const RowMatrix* values : {&s.demand, &s.capacity, &s.price, &s.carbon_intensity, &s.water_intensity}) {
      ASSERT_TRUE(values->allFinite());
    }
    EXPECT_GT(s.demand.minCoeff(), 0.0);
    EXPECT_GE(s.price.minCoeff(), -500.0);
    EXPECT_LE(s.price.maxCoeff(), 5000.0);
    EXPECT_GT(s.carbon_intensity.minCoeff(), 0.002);
    EXPECT_LE(s.carbon_intensity.maxCoeff(), 1.1);
    EXPECT_GT(s.water_intensity.minCoeff(), 0.4);
    EXPECT_LT(s.water_intensity.maxCoeff(), 11.0);
    for (const Region& region : each->header.network.regions) {
      EXPECT_GE(region.pue, 1.08) << region.name;
      EXPECT_LE(region.pue, 1.5) << region.name;
    }
  }
}

TEST(Generate, AYearKeepsTheMeasuredLevels) {
  const std::vector<GeneratedRegion> places = PlaceRegions(1, 10);
  for (int i = 0; i < 10; ++i) {
    const GridLevels& levels = places[i].levels;
    EXPECT_NEAR(Year().signals.price.col(i).mean() / levels.price, 1.0, 0.2) << places[i].region.name;
    EXPECT_NEAR(Year().signals.carbon_intensity.col(i).mean() / levels.carbon, 1.0, 0.08) << places[i].region.name;
  }
}

TEST(Generate, OnsiteWaterIsTheDocumentedCubicInFahrenheit) {
  EXPECT_NEAR(OnsiteWaterIntensity(60.0), 3.792, 1e-12);
  EXPECT_EQ(OnsiteWaterIntensity(20.0), 0.05);
  // Rising: the wettest month of virginia is in summer.
  const Vector water = Year().signals.water_intensity.col(0);
  EXPECT_GT(water.segment(181 * 24, 31 * 24).mean(), water.head(31 * 24).mean() + 2.0);
  // South of the equator the other way round.
  const Vector sydney = Year().signals.water_intensity.col(9);
  EXPECT_LT(sydney.segment(181 * 24, 31 * 24).mean(), sydney.head(31 * 24).mean() - 0.5);
}

TEST(Generate, EverythingHasADay) {
  const Signals& s = Year().signals;
  for (int n = 0; n < 10; ++n) {
    const Vector demand = s.demand.col(n);
    EXPECT_GT(Autocorrelation(demand, 24), Autocorrelation(demand, 12) + 0.5) << "gateway " << n;
    EXPECT_GT(Autocorrelation(demand, 168), 0.8) << "gateway " << n;
    const Vector water = s.water_intensity.col(n), carbon = s.carbon_intensity.col(n), price = s.price.col(n);
    EXPECT_GT(Autocorrelation(water, 24), Autocorrelation(water, 12)) << "region " << n;
    EXPECT_GT(Autocorrelation(carbon, 1), 0.5) << "region " << n;
    EXPECT_GT(Autocorrelation(price, 24), Autocorrelation(price, 12)) << "region " << n;
  }
}

TEST(Generate, DemandPeaksInTheLocalAfternoonAndRestsAtWeekends) {
  const Trace& trace = Year();
  for (int j = 0; j < 10; ++j) {
    const Gateway& gateway = trace.header.network.gateways[j];
    int peak = 0;
    const Vector day = MeanDay(trace, trace.signals.demand, j, gateway.longitude);
    day.maxCoeff(&peak);
    EXPECT_GE(peak, 12) << gateway.name;
    EXPECT_LE(peak, 17) << gateway.name;
    EXPECT_GT(day.maxCoeff(), 1.5 * day.minCoeff()) << gateway.name;
    double weekend = 0.0, weekdays = 0.0, weekend_slots = 0.0, weekday_slots = 0.0;
    for (int t = 0; t < kYear; ++t) {
      const bool rest = IsWeekend(trace, t, gateway.longitude);
      (rest ? weekend : weekdays) += trace.signals.demand(t, j);
      (rest ? weekend_slots : weekday_slots) += 1.0;
    }
    EXPECT_NEAR((weekend / weekend_slots) / (weekdays / weekday_slots), 0.8, 0.03) << gateway.name;
  }
}

TEST(Generate, PeaksFollowTheSun) {
  // London's afternoon comes before that of New York, which comes before that of Los Angeles: 1, 5 and 8 hours west of
  // 0 degrees.
  const Trace& trace = Year();
  std::vector<int> peaks;
  for (const int j : {4, 0, 2}) {
    int peak = 0;
    MeanDay(trace, trace.signals.demand, j, 0.0).maxCoeff(&peak);
    peaks.push_back(peak);
  }
  EXPECT_LT(peaks[0], peaks[1]);
  EXPECT_LT(peaks[1], peaks[2]);
}

TEST(Generate, NeighboursShareTheWeather) {
  const Trace trace = GenerateTrace(Options(60, 10, 4000, 2));
  const Network& network = trace.header.network;
  std::vector<Vector> weather;
  for (int i = 0; i < 60; ++i) {
    weather.push_back(WithoutMeanDay(trace, trace.signals.carbon_intensity, i, network.regions[i].longitude));
  }
  double near = 0.0, far = 0.0;
  int near_pairs = 0, far_pairs = 0;
  for (int a = 0; a < 60; ++a) {
    for (int b = a + 1; b < 60; ++b) {
      const Region &x = network.regions[a], &y = network.regions[b];
      const double km = GreatCircleKm(x.latitude, x.longitude, y.latitude, y.longitude);
      if (km < 500.0) near += Correlation(weather[a], weather[b]), ++near_pairs;
      if (km > 4000.0) far += std::abs(Correlation(weather[a], weather[b])), ++far_pairs;
    }
  }
  ASSERT_GT(near_pairs, 20);
  ASSERT_GT(far_pairs, 200);
  EXPECT_GT(near / near_pairs, 0.5);
  EXPECT_LT(far / far_pairs, 0.2);
}

TEST(Generate, WeatherAtAPlaceDoesNotDependOnOtherPlaces) {
  const Coordinates here = {50.0, 8.0};
  WeatherField alone(1, RandomPurpose::kWind, {here}, MakeMemory(24.0, 1.0));
  WeatherField among(1, RandomPurpose::kWind, {{-33.0, 151.0}, {51.0, 9.0}, here}, MakeMemory(24.0, 1.0));
  double squares = 0.0;
  for (int t = 0; t < 20000; ++t) {
    alone.Advance(t);
    among.Advance(t);
    ASSERT_EQ(alone.At(0), among.At(2)) << "slot " << t;
    squares += alone.At(0) * alone.At(0);
  }
  EXPECT_NEAR(squares / 20000.0, 1.0, 0.2);  // 20000 slots hold about 800 independent values
}

TEST(Generate, CarbonFallsWhereTheSunShines) {
  // California's noon is cleaner than its night by nearly half, as measured; Singapore's hardly.
  const Trace& trace = Year();
  const auto fall = [&](int i) {
    const Vector day = MeanDay(trace, trace.signals.carbon_intensity, i, trace.header.network.regions[i].longitude);
    return (day[0] - day[12]) / day.mean();
  };
  EXPECT_NEAR(fall(2), 0.46, 0.12);
  EXPECT_NEAR(fall(7), 0.04, 0.05);
}

TEST(Generate, PricesSpikeAndAreSometimesNegativeWhereRenewablesAbound) {
  const RowMatrix& price = Year().signals.price;
  const auto share = [&](int i) { return (price.col(i).array() < 0.0).cast<double>().mean(); };
  for (const int i : {2, 4, 9}) {  // california, frankfurt, sydney
    EXPECT_GT(share(i), 0.002) << i;
    EXPECT_LT(share(i), 0.06) << i;
  }
  for (const int i : {0, 1, 5, 6, 7, 8}) EXPECT_EQ(share(i), 0.0) << i;
  for (int i = 0; i < 10; ++i) {
    EXPECT_GT(price.col(i).maxCoeff(), 4.0 * price.col(i).mean()) << i;
    EXPECT_LT((price.col(i).array() > 4.0 * price.col(i).mean()).count(), kYear / 50) << i;
  }
  // Negative prices come when renewable output is high, that is when carbon is low.
  Vector negative = (price.col(9).array() < 0.0).cast<double>();
  EXPECT_LT(Correlation(negative, Year().signals.carbon_intensity.col(9)), -0.2);
}

TEST(Generate, SameSeedSameBitsOtherSeedOtherBits) {
  const Signals a = GenerateTrace(Options(15, 12, 100, 7)).signals, b = GenerateTrace(Options(15, 12, 100, 7)).signals;
  const Signals c = GenerateTrace(Options(15, 12, 100, 8)).signals;
  EXPECT_EQ(a.demand, b.demand);
  EXPECT_EQ(a.price, b.price);
  EXPECT_EQ(a.carbon_intensity, b.carbon_intensity);
  EXPECT_EQ(a.water_intensity, b.water_intensity);
  EXPECT_TRUE((a.demand.array() != c.demand.array()).all());
  EXPECT_TRUE((a.price.array() != c.price.array()).all());
}

TEST(Generate, MoreSlotsLeaveTheEarlierOnes) {
  for (const double reach : {1.0, 0.3}) {
    GeneratorOptions options = Options(12, 11, 300);
    options.reach = reach;
    options.utilisation = 0.9;
    const Trace longer = GenerateTrace(options);
    options.slots = 120;
    const Trace shorter = GenerateTrace(options);
    EXPECT_EQ(longer.signals.demand.topRows(120), shorter.signals.demand);
    EXPECT_EQ(longer.signals.price.topRows(120), shorter.signals.price);
    EXPECT_EQ(longer.signals.carbon_intensity.topRows(120), shorter.signals.carbon_intensity);
    EXPECT_EQ(longer.signals.water_intensity.topRows(120), shorter.signals.water_intensity);
    EXPECT_EQ(longer.header.network.reachable, shorter.header.network.reachable);
  }
}

TEST(Generate, WorkLeavesTheSignalsAndTheEarlierSlots) {
  GeneratorOptions options = Options(4, 3, 50);
  const Trace whole = GenerateTrace(options);
  options.work = {0.4, 12.0, 0.5};
  const Trace longer = GenerateTrace(options);
  EXPECT_EQ(longer.signals.price, whole.signals.price);
  EXPECT_EQ(longer.header.network.regions.size(), whole.header.network.regions.size());
  options.slots = 30;
  const Trace shorter = GenerateTrace(options);
  EXPECT_EQ(shorter.signals.demand, longer.signals.demand.topRows(30));
  EXPECT_EQ(shorter.header.network.num_classes(), 4);  // the homes of three gateways, and the mobile part
  EXPECT_EQ(shorter.header.provenance.processing, longer.header.provenance.processing);
}

TEST(Generate, MoreRegionsLeaveTheEarlierOnesAndRescaleDemand) {
  const Trace few = GenerateTrace(Options(12, 10, 100)), many = GenerateTrace(Options(36, 10, 100));
  EXPECT_EQ(many.signals.price.leftCols(12), few.signals.price);
  EXPECT_EQ(many.signals.carbon_intensity.leftCols(12), few.signals.carbon_intensity);
  EXPECT_EQ(many.signals.water_intensity.leftCols(12), few.signals.water_intensity);
  EXPECT_TRUE(many.signals.demand.isApprox(3.0 * few.signals.demand, 1e-12));
}

TEST(Generate, VariantsTradeQualityForEnergy) {
  GeneratorOptions options = Options(10, 10, 1);
  options.variants = 3;
  options.network_cost = 2.0;
  const Network network = GenerateTrace(options).header.network;
  ValidateNetwork(network, "generated");
  ASSERT_EQ(network.num_variants(), 3);
  EXPECT_EQ(network.variants[0].resource_per_unit, 1.0);
  EXPECT_EQ(network.variants[0].quality_loss, 0.0);
  for (int m = 1; m < 3; ++m) {
    EXPECT_LT(network.variants[m].resource_per_unit, network.variants[m - 1].resource_per_unit);
    EXPECT_LT(network.energy_per_unit(4, m), network.energy_per_unit(4, m - 1));
    EXPECT_GT(network.variants[m].quality_loss, network.variants[m - 1].quality_loss);
  }
  EXPECT_NEAR(network.network_cost(3, 4), 2.0 * network.distance(3, 4) / 1000.0, 1e-12);
}

TEST(Generate, AThousandPlacesAreDistinctAndOnTheGlobe) {
  const Trace trace = GenerateTrace(Options(1000, 1000, 2));
  ValidateNetwork(trace.header.network, "generated");
  std::set<std::pair<double, double>> seen;
  for (const Region& region : trace.header.network.regions) seen.insert({region.latitude, region.longitude});
  EXPECT_EQ(seen.size(), 1000u);
}

struct BadOption {
  std::function<void(GeneratorOptions*)> set;
  const char* name;
  const char* value;
  const char* allowed;
};

TEST(Generate, OptionsOutOfRangeAreNamed) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const std::vector<BadOption> cases = {
      {[](GeneratorOptions* o) { o->regions = 0; }, "regions", "0", "1 to 1000"},
      {[](GeneratorOptions* o) { o->regions = 1001; }, "regions", "1001", "1 to 1000"},
      {[](GeneratorOptions* o) { o->gateways = -1; }, "gateways", "-1", "1 to 10000"},
      {[](GeneratorOptions* o) { o->slots = 0; }, "slots", "0", "1 to 1000000"},
      {[](GeneratorOptions* o) { o->slots = 1000001; }, "slots", "1000001", "1 to 1000000"},
      {[](GeneratorOptions* o) { o->slots = 1000000, o->regions = 1000; }, "slots", "1000000", "at most 124688"},
      {[](GeneratorOptions* o) { o->variants = 2; }, "variants", "2", "1 or 3"},
      {[](GeneratorOptions* o) { o->slot_hours = 0.0; }, "slot_hours", "0", "0.05 to 6"},
      {[](GeneratorOptions* o) { o->slot_hours = 0.0501; }, "slot_hours", "0.0501", "whole numbers of seconds"},
      {[](GeneratorOptions* o) { o->start_time = -1; }, "start_time", "-1", "0 to 4102444800"},
      {[](GeneratorOptions* o) { o->utilisation = 0.95; }, "utilisation", "0.95", "0.01 to 0.9"},
      {[=](GeneratorOptions* o) { o->utilisation = nan; }, "utilisation", "nan", "0.01 to 0.9"},
      {[](GeneratorOptions* o) { o->reach = 0.0; }, "reach", "0", "greater than 0, at most 1"},
      {[=](GeneratorOptions* o) { o->reach = nan; }, "reach", "nan", "greater than 0, at most 1"},
      {[](GeneratorOptions* o) { o->network_cost = -2.0; }, "network_cost", "-2", "0 to 1000000"},
      {[](GeneratorOptions* o) { o->work.share = 1.5; }, "work_share", "1.5", "0 to 1"},
      {[=](GeneratorOptions* o) { o->work.home = nan; }, "work_home", "nan", "0 to 1"},
      {[](GeneratorOptions* o) {
         o->work = {0.5, 1.5, 0.0};
       },
       "work_deadline", "1.5 h", "whole slots of 1 h"},
      {[=](GeneratorOptions* o) {
         o->work = {0.5, nan, 0.0};
       },
       "work_deadline", "nan h", "whole slots of 1 h"},
      {[](GeneratorOptions* o) {
         o->work = {0.5, 1.0, 0.5}, o->reach = 0.9;
       },
       "work_home", "0.5", "0, or reach 1"},
  };
  for (const BadOption& bad : cases) {
    GeneratorOptions options;
    bad.set(&options);
    SCOPED_TRACE(bad.name);
    try {
      GenerateTrace(options);
      ADD_FAILURE() << "accepted " << bad.value;
    } catch (const InputError& error) {
      EXPECT_THAT(error.what(), HasSubstr(std::string("option ") + bad.name + " is " + bad.value));
      EXPECT_THAT(error.what(), HasSubstr(bad.allowed));
    }
  }
}

}  // namespace
}  // namespace evenkeel
