// Any bytes as a CSV file: the reader and the importer's column parser either succeed or throw InputError.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "models/base/csv.h"
#include "models/base/error.h"
#include "models/import/eglb.h"

namespace {

void Import(std::string_view text) {
  const evenkeel::CsvTable table = evenkeel::ParseCsv(text, "input.csv", evenkeel::CsvHeader::kFirstRow);
  EVENKEEL_CHECK_EQ(table.rows.size(), table.lines.size());
  for (const auto& row : table.rows) EVENKEEL_CHECK_EQ(row.size(), table.header.size());
  const evenkeel::HourlySeries series = evenkeel::ReadHourlySeries(table, "WUE (L/kWh)", 0.0);
  EVENKEEL_CHECK_EQ(series.time.size(), series.value.size());
  for (double value : series.value) EVENKEEL_CHECK(std::isfinite(value) && value >= 0.0);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try {
    Import(text);
  } catch (const evenkeel::InputError&) {
  }
  try {
    const evenkeel::CsvTable table = evenkeel::ParseCsv(text, "input.csv", evenkeel::CsvHeader::kNone);
    if (table.num_rows() > 0 && !table.rows[0].empty()) table.Number(0, 0);
  } catch (const evenkeel::InputError&) {
  }
  return 0;
}
