#include "models/import/zones.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <functional>

#include "models/base/error.h"
#include "models/base/utc_time.h"
#include "models/files/variants_file.h"
#include "models/import/weather.h"
#include "models/world/footprint.h"

namespace evenkeel {
namespace {

constexpr std::int64_t kDay = 86400;

int YearOf(std::int64_t time) { return std::stoi(FormatUtc(time)); }

/// STEM-YEAR.EXT or STEM-YEAR.EXT.gz, whichever is there; empty: neither.
std::string FileOfYear(const std::string& stem, int year, const std::string& extension) {
  for (const char* packed : {".gz", ""}) {
    std::string path = fmt::format("{}-{}.{}{}", stem, year, extension, packed);
    if (std::filesystem::exists(path)) return path;
  }
  return "";
}

/// Calls `append` with the file of every year that the slots touch; `margin` seconds more on both sides where such
/// files are there, for clocks other than UTC.
void ForYears(const SlotGrid& grid, const std::string& stem, const std::string& extension, std::int64_t margin,
              const std::function<void(const std::string&)>& append) {
  const int first = YearOf(grid.start), last = YearOf(grid.end() - 1);
  for (int year = YearOf(std::max<std::int64_t>(0, grid.start - margin)); year <= YearOf(grid.end() - 1 + margin);
       ++year) {
    const std::string path = FileOfYear(stem, year, extension);
    if (!path.empty()) {
      append(path);
    } else if (year >= first && year <= last) {
      throw InputError("{}-{}.{}.gz: no such file, nor without .gz", stem, year, extension);
    }
  }
}

class Importer {
 public:
  explicit Importer(const ZoneImportOptions& options) : options_(options) {
    if (!options.factors_file.empty()) factors_ = ReadFuelFactors(options.factors_file);
  }

  Trace Import() {
    Trace trace;
    trace.header.network = MakeNetwork();
    trace.header.slot_hours = static_cast<double>(options_.grid.step) / 3600.0;
    Signals& signals = trace.signals;
    const int slots = options_.grid.count, regions = static_cast<int>(options_.regions.size());
    for (int t = 0; t < slots; ++t) signals.time.push_back(options_.grid.start + t * options_.grid.step);
    signals.demand = Demand();
    for (RowMatrix* signal : {&signals.capacity, &signals.price, &signals.carbon_intensity, &signals.water_intensity})
      signal->resize(slots, regions);
    for (int i = 0; i < regions; ++i) ImportRegion(i, &signals);
    trace.header.provenance = MakeProvenance();
    ValidateTrace(trace, options_.directory);
    return trace;
  }

 private:
  Network MakeNetwork() const {
    std::vector<Region> regions;
    std::vector<Gateway> gateways;
    for (const ZoneRegion& zone : options_.regions) regions.push_back(zone.region);
    for (const ZoneGateway& gateway : options_.gateways) gateways.push_back(gateway.gateway);
    Network network = MakeFullNetwork(std::move(regions), std::move(gateways));
    if (!options_.variants_file.empty()) ReadVariants(options_.variants_file, &network);
    return network;
  }

  RowMatrix Demand() {
    const std::int64_t step = options_.grid.step;
    const Measurements measured = options_.demand_kind == DemandKind::kSeries
                                      ? ReadDemandSeries(options_.demand_file)
                                      : ReadRequests(options_.demand_file, options_.request_energy, step);
    if (step % measured.step != 0) {
      throw InputError("{}: a value every {} s does not fit slots of {} s; allowed are steps that divide a slot",
                       options_.demand_file, measured.step, step);
    }
    const FillOptions fill{options_.fill, 0};
    const auto means = ConsecutiveMeans(measured, static_cast<int>(step / measured.step), fill, &notes_);
    std::vector<int> offsets;
    std::vector<double> shares;
    for (const ZoneGateway& gateway : options_.gateways) {
      offsets.push_back(OffsetSlots(gateway));
      shares.push_back(gateway.share);
    }
    // What was measured at noon belongs to a gateway's noon.
    const std::int64_t time_of_day = measured.entries.front().time % kDay / step * step;
    notes_.push_back(fmt::format("demand: {} slots, from {} on each gateway's clock on, repeated", means.size(),
                                 FormatUtc(options_.demand_start + time_of_day).substr(0, 16)));
    const Vector series = ScaleDemand(means, options_.demand_scale, options_.demand_file);
    const std::int64_t lead = (options_.grid.start - options_.demand_start - time_of_day) / step;
    return RepeatDemand(series, options_.grid.count, lead, offsets, shares);
  }

  int OffsetSlots(const ZoneGateway& gateway) const {
    const double slots = gateway.utc_offset_hours * 3600.0 / static_cast<double>(options_.grid.step);
    if (slots == std::round(slots)) return static_cast<int>(slots);
    throw InputError("gateway '{}': the UTC offset of {} h is no whole number of slots of {} s", gateway.gateway.name,
                     gateway.utc_offset_hours, options_.grid.step);
  }

  void ImportRegion(int i, Signals* signals) {
    const ZoneRegion& zone = options_.regions[i];
    const std::string folder = options_.directory + "/" + zone.zone;
    Measurements price{"price of " + zone.region.name, 3600, {}, {}};
    ForYears(options_.grid, folder + "/price", "csv", kDay, [&](const std::string& p) { AppendPrices(p, &price); });
    Measurements onsite{"on-site water of " + zone.region.name, 3600, {}, {}};
    ForYears(options_.grid, folder + "/weather", "json", kDay,
             [&](const std::string& p) { AppendWeatherWater(p, zone.timezone, &onsite); });
    Measurements mix_carbon{"carbon intensity of " + zone.region.name, 3600, {}, {}};
    Measurements mix_water{"off-site water of " + zone.region.name, 3600, {}, {}};
    if (!zone.fuel_mix.empty()) {
      ForYears(options_.grid, options_.mix_directory + "/" + zone.fuel_mix, "csv", 0,
               [&](const std::string& p) { AppendFuelMix(p, factors_, &mix_carbon, &mix_water); });
    }
    signals->capacity.col(i).setConstant(zone.capacity);
    signals->price.col(i) = Column(price, 0);
    signals->carbon_intensity.col(i) = Column(zone.carbon_of_mix ? mix_carbon : ZoneCarbon(zone, folder), 0);
    const bool fixed = zone.offsite_water >= 0.0;
    const Vector offsite = fixed ? Vector::Constant(options_.grid.count, zone.offsite_water) : Column(mix_water, 0);
    const Vector water = Column(onsite, options_.weather_edge);
    for (int t = 0; t < options_.grid.count; ++t)
      signals->water_intensity(t, i) = TotalWaterIntensity(water[t], zone.region.pue, offsite[t]);
  }

  Measurements ZoneCarbon(const ZoneRegion& zone, const std::string& folder) {
    Measurements carbon{"carbon intensity of " + zone.region.name, 3600, {}, {}};
    int estimated = 0;
    ForYears(options_.grid, folder + "/carbon", "csv", 0, [&](const std::string& path) {
      estimated += AppendElectricityMaps(path, options_.carbon_scope, &carbon);
    });
    if (estimated > 0)
      notes_.push_back(fmt::format("{}: {} of {} values are estimates of the publisher", carbon.name, estimated,
                                   carbon.entries.size()));
    return carbon;
  }

  Vector Column(const Measurements& measured, int edge) {
    const std::vector<double> values = SlotMeans(measured, options_.grid, {options_.fill, edge}, &notes_);
    return Eigen::Map<const Vector>(values.data(), values.size());
  }

  Provenance MakeProvenance() const {
    Provenance origin;
    const std::size_t count = options_.regions.size();
    origin.title = fmt::format("{} zone{} from {} to {}", count, count == 1 ? "" : "s", FormatUtc(options_.grid.start),
                               FormatUtc(options_.grid.end()));
    origin.source =
        "carbon: Electricity Maps (ODbL) or generation by fuel; prices: the markets'; weather: Open-Meteo (CC-BY 4.0), "
        "on-site water from its wet bulb (Stull 2011); demand: " +
        std::filesystem::path(options_.demand_file).filename().string();
    for (const FuelFactor& factor : factors_) origin.source += fmt::format("; {}: {}", factor.fuel, factor.source);
    origin.licence = "that of the sources: ODbL 1.0 (carbon), CC-BY 4.0 (weather), the operators' (prices, demand)";
    origin.command = options_.command;
    origin.generator = options_.generator;
    origin.carbon_scope = options_.carbon_scope == CarbonScope::kDirect ? "direct" : "lifecycle";
    const auto of_mix = [](const ZoneRegion& zone) { return zone.carbon_of_mix; };
    if (std::any_of(options_.regions.begin(), options_.regions.end(), of_mix)) origin.carbon_scope = "unspecified";
    origin.processing = fmt::format("{}", fmt::join(notes_, "\n"));
    return origin;
  }

  const ZoneImportOptions& options_;
  std::vector<FuelFactor> factors_;
  std::vector<std::string> notes_;
};

}  // namespace

Trace ImportZones(const ZoneImportOptions& options) {
  EVENKEEL_CHECK(!options.regions.empty() && !options.gateways.empty() && options.grid.count > 0);
  return Importer(options).Import();
}

}  // namespace evenkeel
