// The yearly files of a zone: which are there, and one signal read from all of them.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "models/formats/format.h"
#include "models/import/currency.h"
#include "models/import/grid.h"
#include "models/series/measurements.h"

namespace evenkeel {

/// STEM-YEAR.EXTENSION or the same with .gz, for the first extension that is there; empty: none. Throws InputError
/// naming both where two files claim the year.
std::string FileOfYear(const std::string& stem, int year, const std::vector<std::string>& extensions);

/// Calls `append` with the file of every year that the slots touch; `margin` seconds more on both sides where such
/// files are there, for clocks other than UTC. Throws InputError for a year without a file.
void ForYears(const SlotGrid& grid, const std::string& stem, const std::vector<std::string>& extensions,
              std::int64_t margin, const std::function<void(const std::string& path, int year)>& append);

/// One signal of one region as its files have it.
struct SignalFiles {
  SignalKind kind = SignalKind::kCarbon;
  std::string stem;      ///< path up to -YEAR
  std::string format;    ///< name of the format; empty: by content
  std::string place;     ///< whose rows; what the rows say is held against it
  std::string currency;  ///< of prices as the user states it; empty: as the files say
  CarbonScope scope = CarbonScope::kLifecycle;
};

/// What the files of a signal say beside their values.
struct SignalFacts {
  bool marginal = false;
  std::string scope;              ///< direct or lifecycle
  std::set<std::string> sources;  ///< who published them
};

/// Appends all years to `series`, in kg/kWh or USD/MWh; what is worth knowing about them goes to `notes`: estimates,
/// rows of another place, an hour's end as its time, conversions. Throws InputError.
SignalFacts AppendFiles(const SignalFiles& files, const SlotGrid& grid, const std::vector<ExchangeRate>& rates,
                        Measurements* series, std::vector<std::string>* notes);

/// The same for generation by fuel, as carbon in kg/kWh and off-site water in L/kWh. Returns who published it.
std::set<std::string> AppendMixFiles(const SignalFiles& files, const SlotGrid& grid,
                                     const std::vector<FuelFactor>& factors, Measurements* carbon, Measurements* water,
                                     std::vector<std::string>* notes);

}  // namespace evenkeel
