#include "models/import/zones.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <set>

#include "models/base/error.h"
#include "models/base/utc_time.h"
#include "models/files/variants_file.h"
#include "models/import/weather.h"
#include "models/import/zone_files.h"
#include "models/series/time_series.h"
#include "models/world/footprint.h"

namespace evenkeel {
namespace {

constexpr std::int64_t kDay = 86400;

// Grids of weather models are tens of kilometres wide.
constexpr double kNearEnough = 50.0;  // km

std::string DegreesText(double latitude, double longitude) {
  return fmt::format("{:.2f} {}, {:.2f} {}", std::abs(latitude), latitude < 0 ? 'S' : 'N', std::abs(longitude),
                     longitude < 0 ? 'W' : 'E');
}

/// What a zone's files are read into: hourly where they do not say otherwise.
Measurements Hourly(const std::string& name) { return {name, 3600, {}, {}, Combine::kMean, {}}; }

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

  Measurements MeasuredDemand() {
    const std::string& path = options_.demand_file;
    if (options_.demand_kind == DemandKind::kSeries) return ReadDemandSeries(path, options_.grid.step);
    RequestLog log = ReadRequests(path, options_.request_format, options_.request_energy, options_.grid.step);
    if (log.format == RequestFormat::kBurstGpt) {
      if (!options_.has_demand_start) {
        throw InputError(
            "{}: its times are seconds from the midnight that it begins with; say which day that is, on the gateways' "
            "clocks, with --demand-start, such as --demand-start {}",
            path, FormatUtc(options_.grid.start).substr(0, 10));
      }
      notes_.push_back(fmt::format("demand: {} requests, {} of them failed (no response tokens) and left out",
                                   log.requests, log.failed));
    }
    if (log.format == RequestFormat::kMooncake) notes_.emplace_back("demand: times count from the log's own start");
    if (log.converted) notes_.emplace_back("demand: times with offsets, moved to UTC; its time of day is that of UTC");
    return std::move(log.demand);
  }

  RowMatrix Demand() {
    const std::int64_t step = options_.grid.step;
    const Measurements measured = MeasuredDemand();
    const auto means = ConsecutiveMeans(measured, step, {options_.fill, 0, options_.fill_limit}, &notes_);
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
    const int slots = options_.grid.count;
    signals->capacity.col(i).setConstant(zone.capacity);
    signals->price.col(i) = Price(zone, folder);
    Measurements mix_carbon = Hourly("carbon intensity of " + zone.region.name);
    Measurements mix_water = Hourly("off-site water of " + zone.region.name);
    if (!zone.fuel_mix.empty()) {
      const SignalFiles files{SignalKind::kFuelMix,
                              options_.mix_directory + "/" + zone.fuel_mix,
                              zone.mix.format,
                              zone.mix.place.empty() ? zone.fuel_mix : zone.mix.place,
                              "",
                              options_.carbon_scope};
      sources_["generation"].merge(AppendMixFiles(files, options_.grid, factors_, &mix_carbon, &mix_water, &notes_));
    }
    signals->carbon_intensity.col(i) = zone.carbon_of_mix ? Column(mix_carbon, 0) : Carbon(zone, folder);
    const bool fixed = zone.offsite_water >= 0.0;
    const Vector offsite = fixed ? Vector::Constant(slots, zone.offsite_water) : Column(mix_water, 0);
    const Vector onsite = OnsiteWater(zone, folder);
    for (int t = 0; t < slots; ++t)
      signals->water_intensity(t, i) = TotalWaterIntensity(onsite[t], zone.region.pue, offsite[t]);
  }

  Vector Stated(double value, const std::string& name, const char* unit) {
    notes_.push_back(fmt::format("{}: {} {} in every slot, as stated", name, value, unit));
    return Vector::Constant(options_.grid.count, value);
  }

  Vector Price(const ZoneRegion& zone, const std::string& folder) {
    Measurements price = Hourly("price of " + zone.region.name);
    if (!std::isnan(zone.price.constant)) return Stated(zone.price.constant, price.name, "USD/MWh");
    SignalFacts facts = AppendFiles(FilesOf(SignalKind::kPrice, zone, zone.price, folder + "/price"), options_.grid,
                                    options_.rates, &price, &notes_);
    sources_["prices"].merge(facts.sources);
    return Column(price, 0);
  }

  Vector Carbon(const ZoneRegion& zone, const std::string& folder) {
    Measurements carbon = Hourly("carbon intensity of " + zone.region.name);
    if (!std::isnan(zone.carbon.constant)) {
      scopes_.insert("unspecified");
      return Stated(zone.carbon.constant, carbon.name, "kg/kWh");
    }
    SignalFacts facts = AppendFiles(FilesOf(SignalKind::kCarbon, zone, zone.carbon, folder + "/carbon"), options_.grid,
                                    {}, &carbon, &notes_);
    scopes_.insert(facts.scope);
    sources_["carbon"].merge(facts.sources);
    (facts.marginal ? marginal_ : average_).push_back(zone.region.name);
    if (facts.marginal)
      notes_.push_back(fmt::format("{}: marginal emissions, those of the plant that would be next", carbon.name));
    return Column(carbon, 0);
  }

  SignalFiles FilesOf(SignalKind kind, const ZoneRegion& zone, const SignalChoice& choice, const std::string& stem) {
    return {kind,
            stem,
            choice.format,
            choice.place.empty() ? zone.zone : choice.place,
            zone.price_currency,
            options_.carbon_scope};
  }

  Vector OnsiteWater(const ZoneRegion& zone, const std::string& folder) {
    Measurements onsite = Hourly("on-site water of " + zone.region.name);
    if (!std::isnan(zone.onsite_water)) return Stated(zone.onsite_water, onsite.name, "L/kWh");
    sources_["weather"] = {"Open-Meteo (CC-BY 4.0), on-site water from its wet bulb (Stull 2011)"};
    ForYears(options_.grid, folder + "/weather", {"json"}, kDay, [&](const std::string& path, int) {
      NoteDistance(zone.region, path, AppendWeatherWater(path, zone.timezone, &onsite));
    });
    return Column(onsite, options_.weather_edge);
  }

  void NoteDistance(const Region& region, const std::string& path, const WeatherPlace& place) {
    const double distance = GreatCircleKm(region.latitude, region.longitude, place.latitude, place.longitude);
    if (!(distance > kNearEnough)) return;
    notes_.push_back(fmt::format(
        "on-site water of {}: the weather of {} is that of {}, {:.0f} km from the region at {}", region.name, path,
        DegreesText(place.latitude, place.longitude), distance, DegreesText(region.latitude, region.longitude)));
  }

  Vector Column(const Measurements& measured, int edge) {
    const std::vector<double> values =
        SlotMeans(measured, options_.grid, {options_.fill, edge, options_.fill_limit}, &notes_);
    return Eigen::Map<const Vector>(values.data(), values.size());
  }

  std::string SourcesText() const {
    std::string text;
    for (const auto& [signal, sources] : sources_) text += fmt::format("{}: {}; ", signal, fmt::join(sources, ", "));
    text += "demand: " + std::filesystem::path(options_.demand_file).filename().string();
    for (const FuelFactor& factor : factors_) text += fmt::format("; {}: {}", factor.fuel, factor.source);
    return text;
  }

  Provenance MakeProvenance() const {
    Provenance origin;
    const std::size_t count = options_.regions.size();
    origin.title = fmt::format("{} zone{} from {} to {}", count, count == 1 ? "" : "s", FormatUtc(options_.grid.start),
                               FormatUtc(options_.grid.end()));
    origin.source = SourcesText();
    origin.licence = "that of each source";
    origin.command = options_.command;
    origin.generator = options_.generator;
    const auto of_mix = [](const ZoneRegion& zone) { return zone.carbon_of_mix; };
    const bool mixed = std::any_of(options_.regions.begin(), options_.regions.end(), of_mix) || scopes_.size() != 1;
    origin.carbon_scope = mixed ? "unspecified" : *scopes_.begin();
    origin.carbon_signal_type = marginal_.empty() ? "average" : "marginal";
    if (!marginal_.empty() &&
        !(average_.empty() && std::none_of(options_.regions.begin(), options_.regions.end(), of_mix))) {
      throw InputError(
          "carbon intensity: marginal emissions in {}, average ones in the other regions; allowed is one "
          "kind in a trace",
          marginal_.front());
    }
    origin.processing = fmt::format("{}", fmt::join(notes_, "\n"));
    return origin;
  }

  const ZoneImportOptions& options_;
  std::vector<FuelFactor> factors_;
  std::vector<std::string> notes_;
  std::map<std::string, std::set<std::string>> sources_;  // by signal
  std::set<std::string> scopes_;                          // of the regions' carbon
  std::vector<std::string> marginal_, average_;           // names of regions
};

}  // namespace

Trace ImportZones(const ZoneImportOptions& options) {
  EVENKEEL_CHECK(!options.regions.empty() && !options.gateways.empty() && options.grid.count > 0);
  return Importer(options).Import();
}

}  // namespace evenkeel
