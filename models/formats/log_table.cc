#include "models/formats/log_table.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <utility>

#include "models/base/error.h"

namespace evenkeel {
namespace {

/// Digits alone, of which a long log has millions; nothing for any other text or more than 15 of them.
std::optional<double> ShortInteger(std::string_view text) {
  constexpr std::size_t kExactDigits = 15;
  if (text.empty() || text.size() > kExactDigits) return std::nullopt;
  std::int64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = 10 * value + (c - '0');
  }
  return static_cast<double>(value);
}

}  // namespace

LogTable::LogTable(std::string_view header, const LineReader& reader, std::string path)
    : reader_(reader), path_(std::move(path)) {
  SplitFields(header, path_, reader_.line_number(), &fields_);
  for (const std::string_view field : fields_) names_.emplace_back(field);
}

std::optional<std::size_t> LogTable::Find(std::string_view name) const {
  const auto found = std::find(names_.begin(), names_.end(), name);
  if (found == names_.end()) return std::nullopt;
  return static_cast<std::size_t>(found - names_.begin());
}

std::size_t LogTable::Column(std::string_view name) const {
  if (const std::optional<std::size_t> column = Find(name)) return *column;
  throw InputError("{}: no column \"{}\"; the header has \"{}\"", path_, name, fmt::join(names_, "\", \""));
}

void LogTable::Split(std::string_view line) {
  SplitFields(line, path_, reader_.line_number(), &fields_);
  if (fields_.size() == names_.size()) return;
  throw InputError("{}: {} fields, expected {} as in the first row", reader_.Where(), fields_.size(), names_.size());
}

double LogTable::Number(std::size_t column, double most) const {
  const std::string_view text = fields_[column];
  if (const auto integer = ShortInteger(text); integer && *integer <= most) return *integer;
  double value = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc() && end == text.data() + text.size() && value >= 0.0 && value <= most) return value;
  Refuse(column, "a number of at least 0");
}

void LogTable::Refuse(std::size_t column, const std::string& allowed) const {
  throw InputError("{}, column \"{}\": the value is '{}', allowed is {}", reader_.Where(), names_[column],
                   fields_[column], allowed);
}

}  // namespace evenkeel
