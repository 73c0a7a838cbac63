#include "models/import/currency.h"

#include <algorithm>
#include <cmath>

#include "models/base/csv.h"
#include "models/base/error.h"
#include "models/base/numbers.h"
#include "models/base/utc_time.h"
#include "models/formats/fields.h"
#include "models/series/time_steps.h"

namespace evenkeel {
namespace {

constexpr std::int64_t kSecondsOfDay = 86400;
constexpr std::int64_t kOldestRate = 7 * kSecondsOfDay;

double PositiveField(const CsvTable& table, int row, int column) {
  const double value = table.Number(row, column);
  if (value > 0.0) return value;
  throw InputError("{}, column \"{}\": the rate is {}, allowed is more than 0", table.Where(row), table.header[column],
                   value);
}

bool IsNone(const std::string& text) { return text.empty() || text == "N/A"; }

std::vector<ExchangeRate::Day> ReadDays(const std::string& path, const std::string& currency) {
  const CsvTable table = ReadCsv(path, CsvHeader::kFirstRow);
  const int date = table.ColumnAmong({"Date"}), rate = FindColumn(table, {"rate"});
  const int usd = rate < 0 ? table.ColumnAmong({"USD"}) : -1;
  const int own = rate < 0 && currency != "EUR" ? table.ColumnAmong({currency}) : -1;
  std::vector<ExchangeRate::Day> days;
  for (int row = 0; row < table.num_rows(); ++row) {
    const auto day = ParseUtc(table.rows[row][date]);
    if (!day || *day % kSecondsOfDay != 0)
      throw InputError("{}, column \"Date\": '{}', allowed is a day such as 2024-01-31", table.Where(row),
                       table.rows[row][date]);
    const int column = rate < 0 ? usd : rate;
    if (IsNone(table.rows[row][column]) || (own >= 0 && IsNone(table.rows[row][own]))) continue;
    days.push_back({*day, PositiveField(table, row, column) / (own >= 0 ? PositiveField(table, row, own) : 1.0)});
  }
  std::sort(days.begin(), days.end(), [](const auto& a, const auto& b) { return a.day < b.day; });
  for (std::size_t k = 1; k < days.size(); ++k) {
    if (days[k].day == days[k - 1].day)
      throw InputError("{}: {} comes twice", path, FormatUtc(days[k].day).substr(0, 10));
  }
  if (days.empty()) throw InputError("{}: no rates of {}", path, currency);
  return days;
}

double RateAt(const ExchangeRate& rate, std::int64_t time, const std::string& where) {
  if (rate.days.empty()) return rate.rate;
  const auto after = std::upper_bound(rate.days.begin(), rate.days.end(), time,
                                      [](std::int64_t t, const ExchangeRate::Day& day) { return t < day.day; });
  if (after != rate.days.begin() && time - std::prev(after)->day < kOldestRate + kSecondsOfDay)
    return std::prev(after)->rate;
  throw InputError("{}: no rate of {} for {} in {}, nor on the seven days before", where, rate.currency,
                   FormatUtc(time).substr(0, 10), rate.file);
}

}  // namespace

ExchangeRate ReadExchangeRate(const std::string& text) {
  const std::size_t sign = text.find('=');
  ExchangeRate rate;
  rate.currency = text.substr(0, sign);
  if (sign == std::string::npos || rate.currency.size() != 3 ||
      rate.currency.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ") != std::string::npos || sign + 1 == text.size()) {
    throw InputError(
        "option --rate: \"{}\", allowed is CURRENCY=NUMBER, USD for one, such as EUR=1.08, or "
        "CURRENCY=FILE.csv with daily rates",
        text);
  }
  const std::string value = text.substr(sign + 1);
  const auto number = ParseNumber(value);
  if (!number) {
    rate.file = value;
    rate.days = ReadDays(value, rate.currency);
    return rate;
  }
  if (!(*number > 0.0 && std::isfinite(*number)))
    throw InputError("option --rate: {} of {}, allowed is a number of more than 0", value, rate.currency);
  rate.rate = *number;
  return rate;
}

void ConvertToUsd(const std::string& currency, const std::vector<ExchangeRate>& rates, Measurements* prices,
                  std::vector<std::string>* notes) {
  if (currency == "USD") return;
  const auto rate = std::find_if(rates.begin(), rates.end(), [&](const auto& r) { return r.currency == currency; });
  if (rate == rates.end()) {
    throw InputError(
        "{}: {}: prices are in {}, a trace has USD: state a rate, USD for one {}, with --rate {}=NUMBER or, by day, "
        "--rate {}=FILE.csv",
        prices->files.front(), prices->name, currency, currency, currency, currency);
  }
  for (Measurement& entry : prices->entries) entry.value *= RateAt(*rate, entry.time, WhereOf(*prices, entry));
  notes->push_back(rate->days.empty()
                       ? fmt::format("{}: in {}, times {} USD", prices->name, currency, rate->rate)
                       : fmt::format("{}: in {}, times the rate in USD of the day (UTC) in {}, on days without one "
                                     "the last before",
                                     prices->name, currency, rate->file));
}

}  // namespace evenkeel
