// WattTime: the marginal emissions of a grid region, as forecast for the hours to come.
#pragma once

#include <string>
#include <vector>

#include "live/sources/source.h"

namespace evenkeel {

struct WattTimeOptions {
  std::string url = "https://api.watttime.org";
  std::string user;
  std::string password;
  struct GridRegion {
    std::string name;  ///< such as CAISO_NORTH
    int region = 0;    ///< index in the network
  };
  std::vector<GridRegion> regions;       ///< at least one
  std::int64_t lead = kFutureTolerance;  ///< seconds after now up to which points of the forecast become readings
  std::int64_t token_seconds = 30 * 60;  ///< that a token lives; it is renewed a minute before that
};

/// GET /login, which answers with a token for requests that follow.
HttpRequest WattTimeLoginRequest(const WattTimeOptions& options);
/// GET /v3/forecast of a region, signal co2_moer.
HttpRequest WattTimeForecastRequest(const WattTimeOptions& options, const std::string& region,
                                    const std::string& token);

/// The token. Throws InputError that begins with `where` and quotes nothing of the answer.
std::string ParseWattTimeLogin(const std::string& body, const std::string& where);

/// Readings in kg/kWh (lbs/MWh * 0.45359237 / 1000) of all points up to `last_time`, flagged as estimates, since they
/// are forecasts; refusals for points without a value. Later points are left out: they are of other slots, and will be
/// forecast anew. Throws InputError that begins with `where`, for answers that are none, of another region than was
/// asked for, or that are not marginal.
Answer ParseWattTimeAnswer(const std::string& body, const WattTimeOptions::GridRegion& region, std::int64_t last_time,
                           const std::string& where);

class WattTimeSource : public Source {
 public:
  /// Throws InputError for options that are none.
  WattTimeSource(std::string name, WattTimeOptions options);

  std::optional<CarbonKind> carbon_kind() const override { return CarbonKind::kMarginal; }

 protected:
  PollResult DoPoll(const Fetch& fetch, std::int64_t now) override;
  std::vector<std::string> secrets() const override;

 private:
  std::optional<Failure> Login(const Fetch& fetch, std::int64_t now);
  /// Asks for a region's forecast with the token, and once more with a new one where the service no longer takes it.
  std::optional<Failure> Forecast(const Fetch& fetch, std::int64_t now, const std::string& region,
                                  const std::string& where, HttpResult* answer);

  WattTimeOptions options_;
  PlaceRound round_;
  std::string token_;
  std::int64_t token_until_ = 0;
};

}  // namespace evenkeel
