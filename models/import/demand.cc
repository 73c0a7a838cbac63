#include "models/import/demand.h"

#include "models/base/csv.h"
#include "models/base/error.h"
#include "models/base/utc_time.h"

namespace evenkeel {
namespace {

double AtLeastZero(const CsvTable& table, int row, int column) {
  const double value = table.Number(row, column);
  if (value >= 0.0) return value;
  throw InputError("{}, column \"{}\": the value is {}, allowed is at least 0", table.Where(row), table.header[column],
                   value);
}

/// Seconds on the rows' clock or, where the first row has an offset, in UTC.
std::int64_t SeriesTime(const CsvTable& table, int row, int column) {
  const auto first = ParseTimestamp(table.rows[0][column]), stamp = ParseTimestamp(table.rows[row][column]);
  if (first && stamp && first->utc_offset.has_value() == stamp->utc_offset.has_value())
    return stamp->clock - stamp->utc_offset.value_or(0);
  throw InputError("{}, column \"{}\": the time is '{}', allowed is a time such as 2019-01-01 11:30{}",
                   table.Where(row), table.header[column], table.rows[row][column],
                   row == 0 || !first  ? ", or with an offset in every row"
                   : first->utc_offset ? "+00:00, with an offset as in the first row"
                                       : ", without an offset as in the first row");
}

}  // namespace

Measurements ReadDemandSeries(const std::string& path, std::int64_t slot) {
  const CsvTable table = ReadCsv(path, CsvHeader::kFirstRow);
  const int time = table.ColumnAmong({"Time"});
  const int value = table.ColumnAmong({"Demand", "Demand (MW)", "Demand (MWh)", "Energy (MWh)"});
  if (table.num_rows() < 2)
    throw InputError("{}: {} rows after the header, expected at least 2", path, table.num_rows());
  Measurements demand{"demand", 0, {path}, {}, Combine::kMean, {}};
  const std::string& unit = table.header[value];
  if (unit.find("(MWh)") != std::string::npos) demand.combine = Combine::kSum;
  const double scale = unit.find("(MW)") != std::string::npos ? static_cast<double>(slot) / 3600.0 : 1.0;
  for (int row = 0; row < table.num_rows(); ++row) {
    demand.entries.push_back(
        {SeriesTime(table, row, time), AtLeastZero(table, row, value) * scale, 0, table.lines[row]});
  }
  demand.step = demand.entries[1].time - demand.entries[0].time;
  if (demand.step <= 0) throw InputError("{}: the time does not rise from the row before", table.Where(1));
  return demand;
}

Vector ScaleDemand(const std::vector<double>& series, const DemandScale& scale, const std::string& where) {
  Vector values = Eigen::Map<const Vector>(series.data(), series.size());
  if (!scale.to_range) return values;
  const double least = values.minCoeff(), spread = values.maxCoeff() - least;
  if (!(spread > 0.0)) {
    throw InputError("{}: all {} values are {}, expected values that differ to fill the range {} to {}", where,
                     values.size(), least, scale.low, scale.high);
  }
  return scale.low + (scale.high - scale.low) * ((values.array() - least) / spread);
}

RowMatrix RepeatDemand(const Vector& series, int slots, std::int64_t lead, const std::vector<int>& offset_slots,
                       const std::vector<double>& share) {
  const std::int64_t n = series.size();
  RowMatrix demand(slots, offset_slots.size());
  for (int t = 0; t < slots; ++t) {
    for (std::size_t j = 0; j < offset_slots.size(); ++j) {
      const std::int64_t place = ((lead + t + offset_slots[j]) % n + n) % n;
      demand(t, j) = share[j] * series[place];
    }
  }
  return demand;
}

}  // namespace evenkeel
