// Electricity Maps: the average carbon intensity of a zone's consumption, its latest hour.
#pragma once

#include <string>
#include <vector>

#include "live/sources/source.h"
#include "models/formats/format.h"

namespace evenkeel {

struct ElectricityMapsOptions {
  std::string url = "https://api.electricitymaps.com";
  std::string token;  ///< of the header auth-token
  CarbonScope scope = CarbonScope::kLifecycle;
  struct Zone {
    std::string name;  ///< such as DE or US-CAL-CISO
    int region = 0;    ///< index in the network
  };
  std::vector<Zone> zones;  ///< at least one
};

/// GET /v3/carbon-intensity/latest of a zone; a zone that the service does not know is an error, not the place that the
/// request comes from.
HttpRequest ElectricityMapsRequest(const ElectricityMapsOptions& options, const std::string& zone);

/// A reading in kg/kWh (gCO2eq/kWh / 1000) of the answer's `datetime`, or a refusal where `carbonIntensity` is null.
/// Ranges are the store's to check. Throws InputError that begins with `where`, for answers that are none, of another
/// zone than was asked for, or of another scope.
Answer ParseElectricityMapsAnswer(const std::string& body, const ElectricityMapsOptions::Zone& zone, CarbonScope scope,
                                  const std::string& where);

class ElectricityMapsSource : public Source {
 public:
  /// Throws InputError for options that are none.
  ElectricityMapsSource(std::string name, ElectricityMapsOptions options);

  std::optional<CarbonKind> carbon_kind() const override { return CarbonKind::kAverage; }

 protected:
  PollResult DoPoll(const Fetch& fetch, std::int64_t now) override;
  std::vector<std::string> secrets() const override { return {options_.token}; }

 private:
  ElectricityMapsOptions options_;
  PlaceRound round_;
};

}  // namespace evenkeel
