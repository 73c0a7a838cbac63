// Public data of grid zones as a trace: carbon intensity, price and weather per zone and year, and one demand series.
//
//   DIR/ZONE/carbon-YEAR.{csv,json}[.gz]  in any format of models/formats/format.h
//   DIR/ZONE/price-YEAR.{csv,json}[.gz]
//   DIR/ZONE/weather-YEAR.json[.gz]       Open-Meteo (models/import/weather.h)
//   MIX/NAME-YEAR.{csv,json}[.gz]         generation by fuel, where a region asks for it
//
//   water_intensity = onsite + pue * offsite        (TotalWaterIntensity in models/world/footprint.h)
#pragma once

#include <string>
#include <vector>

#include "models/formats/format.h"
#include "models/import/currency.h"
#include "models/import/demand.h"
#include "models/import/requests.h"
#include "models/series/measurements.h"
#include "models/world/trace.h"

namespace evenkeel {

/// How a signal of a region is read, where it is.
struct SignalChoice {
  double constant = kMissingValue;  ///< the value of every slot, USD/MWh, kg/kWh or L/kWh; NaN: from the files
  std::string format;               ///< name of the files' format; empty: by content
  std::string place;                ///< whose rows in files of several places; empty: the folder's, for a mix its name
};

struct ZoneRegion {
  Region region;
  std::string zone;       ///< folder of its files
  std::string timezone;   ///< name that its weather files must have; empty: any
  double capacity = 1.0;  ///< MW
  SignalChoice price;
  std::string price_currency;  ///< of price files that don't say it
  SignalChoice carbon;
  double onsite_water = kMissingValue;  ///< L/kWh of IT energy in every slot; NaN: from the weather
  std::string fuel_mix;                 ///< NAME of its generation files; empty: none
  SignalChoice mix;
  bool carbon_of_mix = false;  ///< carbon from the generation, not from the zone's carbon files
  double offsite_water = 0.0;  ///< L/kWh of facility energy; negative: from the generation
};

struct ZoneGateway {
  Gateway gateway;
  double utc_offset_hours = 0.0;  ///< its clock, fixed over the year
  double share = 1.0;             ///< of the demand series
};

enum class DemandKind { kSeries, kRequests };

struct ZoneImportOptions {
  std::string directory;      ///< DIR
  std::string mix_directory;  ///< MIX
  std::string factors_file;   ///< of fuels; needed for a region with a fuel mix
  std::string variants_file;  ///< models/files/variants_file.h; empty: one variant
  std::string demand_file;
  DemandKind demand_kind = DemandKind::kSeries;
  RequestFormat request_format = RequestFormat::kAny;
  RequestEnergy request_energy;
  DemandScale demand_scale;
  std::vector<ExchangeRate> rates;
  bool has_demand_start = false;  ///< whether the next was given; logs whose times count from their midnight need it
  std::int64_t demand_start = 0;  ///< start of the demand series' first day, on every gateway's clock; it keeps its
                                  ///< times of day and repeats before and after
  std::vector<ZoneRegion> regions;
  std::vector<ZoneGateway> gateways;
  CarbonScope carbon_scope = CarbonScope::kLifecycle;
  SlotGrid grid;
  Fill fill = Fill::kError;
  std::int64_t fill_limit = 6 * 3600;  ///< seconds of the longest gap that is filled
  int weather_edge =
      0;                ///< hours that the last weather file may lack, since it ends with the local year; they are held
  std::string command;  ///< kept as provenance
  std::string generator;  ///< program and version, kept as provenance
};

/// Joins the files into a trace. What was filled, averaged or held is in the trace's provenance, `processing`. Throws
/// InputError naming file, line, field, value and what is allowed.
Trace ImportZones(const ZoneImportOptions& options);

}  // namespace evenkeel
