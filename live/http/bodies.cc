#include "live/http/bodies.h"

#include <cmath>
#include <limits>

#include "live/http/fields.h"

namespace evenkeel {
namespace {

constexpr int kMostRevision = 1000000;
constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();

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

struct PairsNames {
  const char* place;   ///< the name of the field that has a name of `places`
  const char* amount;  ///< that has a number >= 0
  const std::vector<std::string>& places;
  const std::vector<std::string>& regions;
};

/// Amounts [places x regions]; NaN for pairs that are not there.
RowMatrix ParsePairs(const Field& list, const PairsNames& names) {
  const int num_places = static_cast<int>(names.places.size()), num_regions = static_cast<int>(names.regions.size());
  RowMatrix amounts = RowMatrix::Constant(num_places, num_regions, kNothing);
  for (const Field& row : list.List(0, num_places * num_regions)) {
    row.CheckNames({names.place, "region", names.amount});
    const int j = row.At(names.place).OneOf(names.places), i = row.At("region").OneOf(names.regions);
    if (!std::isnan(amounts(j, i)))
      throw FieldError(row.path(), "{} {} and region {} are there twice", names.place, names.places[j],
                       names.regions[i]);
    amounts(j, i) = row.At(names.amount).NonNegative();
  }
  return amounts;
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
  top.CheckNames({"slot_begin", "revision", "served", "work_done", "energy_mwh", "price_usd_per_mwh",
                  "carbon_kg_per_kwh", "water_l_per_kwh"});
  MeterReport report;
  report.begin = top.At("slot_begin").Time();
  report.revision = static_cast<int>(top.At("revision").Integer(1, kMostRevision));
  const int num_gateways = static_cast<int>(status.gateways.size());
  const int num_classes = static_cast<int>(status.classes.size());
  report.served.setConstant(num_gateways + num_classes, static_cast<int>(status.regions.size()), kNothing);
  if (top.Has("served") || !top.Has("work_done")) {
    const PairsNames names = {"gateway", "workload", status.gateways, status.regions};
    report.served.topRows(num_gateways) =
        ParsePairs(top.At("served"), names).unaryExpr([](double x) { return std::isnan(x) ? 0.0 : x; });
  }
  if (top.Has("work_done")) {
    RowMatrix done = ParsePairs(top.At("work_done"), {"work_class", "work", status.classes, status.regions});
    for (int k = 0; k < num_classes; ++k) {  // a class of which nothing is said is not one of which nothing was done
      if (!done.row(k).array().isNaN().all())
        report.served.row(num_gateways + k) = done.row(k).unaryExpr([](double x) { return std::isnan(x) ? 0.0 : x; });
    }
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
