// Prices in other currencies than USD, converted at stated rates.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/series/measurements.h"

namespace evenkeel {

/// What a unit of a currency costs in USD.
struct ExchangeRate {
  std::string currency;  ///< three capital letters
  double rate = 0.0;     ///< USD for one; 0: by day, from the file
  std::string file;      ///< of daily rates
  struct Day {
    std::int64_t day = 0;  ///< its start, seconds since 1970-01-01 00:00:00 UTC
    double rate = 0.0;     ///< USD for one
  };
  std::vector<Day> days;  ///< of the file, in order of time
};

/// CURRENCY=NUMBER or CURRENCY=FILE.csv. The file has the columns `Date` (2024-01-31), in any order of time, and
///
///   - `rate`, USD for one unit, or
///   - `USD` and, for another currency than EUR, the currency itself: units for a euro, as the European Central Bank
///     publishes them; the rate is USD / currency. `N/A` and empty fields are days without a rate.
///
/// Throws InputError.
ExchangeRate ReadExchangeRate(const std::string& text);

/// Prices in USD: each times the rate of its day (UTC) or, where that day has none, of the last one up to seven days
/// before, a weekend or holiday. Throws InputError for a currency other than USD without a rate, saying how to state
/// one, and for a day without.
void ConvertToUsd(const std::string& currency, const std::vector<ExchangeRate>& rates, Measurements* prices,
                  std::vector<std::string>* notes);

}  // namespace evenkeel
