// The readers behind Formats(): a pair for each format, whether a document is one and what is in it.
#pragma once

#include "models/formats/format.h"

namespace evenkeel {

inline constexpr double kGramsPerKilogram = 1000.0;

// Electricity Maps: yearly CSV files of both header editions, and answers of the API for the past.
bool IsElectricityMapsCsv(const Document& document);
FileRows ReadElectricityMapsCsv(const Document& document, const FileRequest& request);
bool IsElectricityMapsJson(const Document& document);
FileRows ReadElectricityMapsJson(const Document& document, const FileRequest& request);

// WattTime, version 3, historical.
bool IsWattTime(const Document& document);
FileRows ReadWattTime(const Document& document, const FileRequest& request);

// Carbon Intensity API of Great Britain, national.
bool IsUkCarbon(const Document& document);
FileRows ReadUkCarbon(const Document& document, const FileRequest& request);

// Google's yearly table of its cloud regions.
bool IsGoogleRegions(const Document& document);
FileRows ReadGoogleRegions(const Document& document, const FileRequest& request);

// Ember's hourly European wholesale prices.
bool IsEmber(const Document& document);
FileRows ReadEmber(const Document& document, const FileRequest& request);

// A table with "Datetime (UTC)" and "Price (XYZ/MWh)".
bool IsPriceTable(const Document& document);
FileRows ReadPriceTable(const Document& document, const FileRequest& request);

// gridstatus: get_lmp and the hosted service.
bool IsGridstatusPrices(const Document& document);
FileRows ReadGridstatusPrices(const Document& document, const FileRequest& request);

// entsoe-py: a series or frame of pandas saved as CSV.
bool IsEntsoePrices(const Document& document);
FileRows ReadEntsoePrices(const Document& document, const FileRequest& request);
bool IsEntsoeMix(const Document& document);
FileRows ReadEntsoeMix(const Document& document, const FileRequest& request);

// EIA-930: files of six months with all balancing authorities, and a table with a column per fuel code.
bool IsEiaBulk(const Document& document);
FileRows ReadEiaBulk(const Document& document, const FileRequest& request);
bool IsFuelTable(const Document& document);
FileRows ReadFuelTable(const Document& document, const FileRequest& request);

// gridstatus: get_fuel_mix.
bool IsGridstatusMix(const Document& document);
FileRows ReadGridstatusMix(const Document& document, const FileRequest& request);

}  // namespace evenkeel
