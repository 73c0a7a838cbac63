// Times of netCDF files by the CF conventions (4.4): numbers counted in a unit since an epoch.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "models/files/hdf5_reader.h"

namespace evenkeel {

struct CfTime {
  std::int64_t epoch = 0;    ///< seconds since 1970-01-01 00:00:00 UTC
  std::int64_t seconds = 1;  ///< of a unit, 0 for units shorter than a second
  std::int64_t parts = 1;    ///< units in a second, for these
};

/// Of the attributes `units`, such as "hours since 2024-03-30 00:00:00", and `calendar`. Units are days, hours,
/// minutes, seconds and down to nanoseconds, also in the singular and as UDUNITS shortens them; an epoch is a date,
/// with or without a time of day and an offset from UTC. Of calendars, those that go on as people's from 1970:
/// standard, gregorian, proleptic_gregorian. Throws InputError that begins with `where`.
CfTime ParseCfTime(const std::string& units, const std::string& calendar, const std::string& where);

/// In seconds since 1970-01-01 00:00:00 UTC; nothing when that is no whole number, or beyond 64 bits.
std::optional<std::int64_t> SecondsOf(const CfTime& time, std::int64_t count);
/// The same to a millisecond, since fractions of a day are no binary fractions.
std::optional<std::int64_t> SecondsOf(const CfTime& time, double count);

/// How the dataset `time` counts when slots begin. Throws InputError, also where attributes say that its times are no
/// beginnings.
CfTime SlotTimeFormat(const Hdf5Reader& file);
/// As many of its times as `times` has room for, from slot `first` on, in seconds since 1970-01-01 00:00:00 UTC.
void ReadSlotTimes(const Hdf5Reader& file, const CfTime& format, std::int64_t first, std::vector<std::int64_t>* times);

}  // namespace evenkeel
