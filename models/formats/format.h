// The formats that carbon, prices and generation by fuel are published in: what a reader gets and gives.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "models/formats/document.h"
#include "models/series/measurements.h"

namespace evenkeel {

enum class SignalKind { kCarbon, kPrice, kFuelMix };

/// Which emissions a carbon intensity counts: at the plants, or over their life cycle with fuel and construction.
enum class CarbonScope { kDirect, kLifecycle };

/// What is wanted of a file.
struct FileRequest {
  std::string place;  ///< whose rows, where there are those of several
  CarbonScope scope = CarbonScope::kLifecycle;
  int year = 0;  ///< of the file's name, for tables of whole years
};

/// What is in a file. Times are UTC, and begin what they stand for.
struct FileRows {
  std::vector<Measurement> rows;  ///< kg/kWh or price per MWh, in the file's order; `file` is not set
  std::string place;              ///< as the rows call it; empty: they don't say
  std::string currency;           ///< of prices, such as EUR; empty: the file doesn't say
  int estimated = 0;              ///< rows marked as estimates of the publisher
  bool marginal = false;          ///< emissions of the next plant, not of all
  bool end_of_hour = false;       ///< the file writes the end of what a row stands for
  std::string source;             ///< Format::source
  std::string scope_said;         ///< direct or lifecycle, where the format has no choice; empty: what was asked for

  std::vector<std::string> fuels;               ///< of a fuel mix: names of the columns
  std::vector<std::vector<double>> generation;  ///< [rows][fuels], MW or MWh, kMissingValue for empty fields
};

struct Format {
  const char* name;     ///< that --format insists on
  const char* columns;  ///< what it is recognised by, for messages
  const char* source;   ///< who publishes it, with the licence where it is known
  SignalKind signal;
  bool (*matches)(const Document& document);
  FileRows (*read)(const Document& document, const FileRequest& request);
};

}  // namespace evenkeel
