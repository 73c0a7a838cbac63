#include "live/http/bodies.h"

#include <cmath>
#include <limits>

#include "live/http/fields.h"

namespace evenkeel {
namespace {

constexpr int kMostRevision = 1000000;

template <int kSize>
std::vector<std::string> Words(const char* const (&names)[kSize]) {
  return {names, names + kSize};
}

/// Gateways and, after them, classes of work.
std::vector<std::string> PlacesOfDemand(const LiveStatus& status) {
  std::vector<std::string> places = status.gateways;
  places.insert(places.end(), status.classes.begin(), status.classes.end());
  return places;
}

Reading ParseReading(const Field& field, const LiveStatus& status) {
  field.CheckNames({"signal", "gateway", "region", "value", "time", "estimated"});
  Reading reading;
  reading.signal = static_cast<LiveSignal>(field.At("signal").OneOf(Words(kLiveSignalNames)));
  const bool demand = reading.signal == LiveSignal::kDemand;
  const char* other = demand ? "region" : "gateway";
  if (field.Has(other)) {
    throw FieldError(field.path() + "." + other, "is not allowed beside the signal {}", Name(reading.signal));
  }
  reading.place = field.At(demand ? "gateway" : "region").OneOf(demand ? PlacesOfDemand(status) : status.regions);
  reading.value = field.At("value").Number();
  reading.time = field.At("time").Time();
  if (field.Has("estimated")) reading.estimated = field.At("estimated").Truth();
  return reading;
}

std::optional<Vector> ParseByRegion(const Field& body, const char* name, bool may_be_negative,
                                    const LiveStatus& status) {
  if (!body.Has(name)) return std::nullopt;
  const int num_regions = static_cast<int>(status.regions.size());
  Vector values = Vector::Constant(num_regions, std::numeric_limits<double>::quiet_NaN());
  for (const auto& [region, value] : body.At(name).Members()) {
    const nlohmann::json key = region;
    values[Field(key, value.path()).OneOf(status.regions)] = may_be_negative ? value.Number() : value.NonNegative();
  }
  return values;
}

}  // namespace

ReadingBatch ParseObservations(std::string_view body, const LiveStatus& status) {
  const nlohmann::json json = ParseBody(body);
  const Field top(json, "");
  top.CheckNames({"id", "readings"});
  ReadingBatch batch;
  batch.id = top.At("id").Text(128);
  for (const Field& field : top.At("readings").List(1, kMostReadings)) {
    batch.readings.push_back(ParseReading(field, status));
  }
  return batch;
}

MeterReport ParseMeters(std::string_view body, const LiveStatus& status) {
  const nlohmann::json json = ParseBody(body);
  const Field top(json, "");
  top.CheckNames(
      {"slot_begin", "revision", "served", "energy_mwh", "price_usd_per_mwh", "carbon_kg_per_kwh", "water_l_per_kwh"});
  MeterReport report;
  const std::vector<std::string> gateways = PlacesOfDemand(status);
  const int num_gateways = static_cast<int>(gateways.size());
  const int num_regions = static_cast<int>(status.regions.size());
  report.begin = top.At("slot_begin").Time();
  report.revision = static_cast<int>(top.At("revision").Integer(1, kMostRevision));
  RowMatrix served = RowMatrix::Constant(num_gateways, num_regions, -1.0);  // -1: nothing was said
  for (const Field& row : top.At("served").List(0, num_gateways * num_regions)) {
    row.CheckNames({"gateway", "region", "workload"});
    const int j = row.At("gateway").OneOf(gateways), i = row.At("region").OneOf(status.regions);
    if (served(j, i) >= 0.0) {
      throw FieldError(row.path(), "gateway {} and region {} are there twice", gateways[j], status.regions[i]);
    }
    served(j, i) = row.At("workload").NonNegative();
  }
  report.served = served.cwiseMax(0.0);
  // A class of which nothing is said is not one of which nothing was done.
  for (int j = static_cast<int>(status.gateways.size()); j < num_gateways; ++j) {
    if (served.row(j).maxCoeff() < 0.0) report.served.row(j).setConstant(std::numeric_limits<double>::quiet_NaN());
  }
  report.energy_mwh = ParseByRegion(top, "energy_mwh", false, status);
  report.price = ParseByRegion(top, "price_usd_per_mwh", true, status);
  report.carbon_intensity = ParseByRegion(top, "carbon_kg_per_kwh", false, status);
  report.water_intensity = ParseByRegion(top, "water_l_per_kwh", false, status);
  return report;
}

RegionState ParseRegionState(std::string_view body) {
  const nlohmann::json json = ParseBody(body);
  const Field top(json, "");
  top.CheckNames({"state"});
  return static_cast<RegionState>(top.At("state").OneOf(Words(kRegionStateNames)));
}

LiveMode ParseMode(std::string_view body) {
  const nlohmann::json json = ParseBody(body);
  const Field top(json, "");
  top.CheckNames({"mode"});
  return static_cast<LiveMode>(top.At("mode").OneOf(Words(kLiveModeNames)));
}

}  // namespace evenkeel
