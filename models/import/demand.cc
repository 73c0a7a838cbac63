#include "models/import/demand.h"

#include "models/base/csv.h"
#include "models/base/error.h"
#include "models/base/utc_time.h"

namespace evenkeel {
namespace {

constexpr double kWattHoursPerMegawattHour = 1e6;
// A log of years at five minutes is far below it.
constexpr std::int64_t kMostBins = 10'000'000;

std::int64_t ClockOf(const CsvTable& table, int row, int column) {
  const std::string& text = table.rows[row][column];
  const auto stamp = ParseTimestamp(text);
  if (stamp && !stamp->utc_offset) return stamp->clock;
  throw InputError("{}, column \"{}\": the time is '{}', allowed is a time without zone such as 2019-01-01 11:30",
                   table.Where(row), table.header[column], text);
}

double AtLeastZero(const CsvTable& table, int row, int column) {
  const double value = table.Number(row, column);
  if (value >= 0.0) return value;
  throw InputError("{}, column \"{}\": the value is {}, allowed is at least 0", table.Where(row), table.header[column],
                   value);
}

}  // namespace

Measurements ReadDemandSeries(const std::string& path) {
  const CsvTable table = ReadCsv(path, CsvHeader::kFirstRow);
  const int time = table.ColumnAmong({"Time"}), value = table.ColumnAmong({"Demand"});
  if (table.num_rows() < 2)
    throw InputError("{}: {} rows after the header, expected at least 2", path, table.num_rows());
  Measurements demand{"demand", 0, {path}, {}};
  for (int row = 0; row < table.num_rows(); ++row) {
    demand.entries.push_back({ClockOf(table, row, time), AtLeastZero(table, row, value), 0, table.lines[row]});
  }
  demand.step = demand.entries[1].time - demand.entries[0].time;
  if (demand.step <= 0) throw InputError("{}: the time does not rise from the row before", table.Where(1));
  return demand;
}

Measurements ReadRequests(const std::string& path, const RequestEnergy& energy, std::int64_t step) {
  const CsvTable table = ReadCsv(path, CsvHeader::kFirstRow);
  const int time = table.ColumnAmong({"TIMESTAMP"}), context = table.ColumnAmong({"ContextTokens"}),
            generated = table.ColumnAmong({"GeneratedTokens"});
  if (table.num_rows() == 0) throw InputError("{}: no rows after the header", path);
  Measurements demand{"demand", step, {path}, {}};
  const std::int64_t start = ClockOf(table, 0, time);
  std::int64_t last = start;
  for (int row = 0; row < table.num_rows(); ++row) {
    const std::int64_t clock = ClockOf(table, row, time);
    if (clock < last)
      throw InputError("{}: the request's time {} is before {} of the row above", table.Where(row), FormatUtc(clock),
                       FormatUtc(last));
    last = clock;
    const std::int64_t bin = (clock - start) / step;
    if (bin >= kMostBins)
      throw InputError("{}: more than {} slots after the first request", table.Where(row), kMostBins);
    // A bin without requests has no demand, which is no gap.
    while (static_cast<std::int64_t>(demand.entries.size()) <= bin) {
      const auto k = static_cast<std::int64_t>(demand.entries.size());
      demand.entries.push_back({start + k * step, 0.0, 0, table.lines[row]});
    }
    const double watt_hours = energy.per_request + energy.per_context_token * AtLeastZero(table, row, context) +
                              energy.per_generated_token * AtLeastZero(table, row, generated);
    demand.entries.back().value += watt_hours / kWattHoursPerMegawattHour;
  }
  if (demand.entries.size() > 1) demand.entries.pop_back();
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
