#include "experiments/report/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "models/base/error.h"

namespace evenkeel {
namespace {

constexpr int kGap = 2;  // spaces between columns

// Columns on the screen of a UTF-8 text without wide characters.
int Width(const std::string& text) {
  return static_cast<int>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

std::string Spaces(int count) { return std::string(static_cast<std::size_t>(std::max(count, 0)), ' '); }

int ColumnWidth(const TableColumn& column, int limit) {
  int width = std::max(Width(column.title), Width(column.unit));
  for (const std::string& cell : column.cells) {
    if (Width(cell) <= limit) width = std::max(width, Width(cell));
  }
  return width;
}

// Some of a table's columns side by side.
struct Block {
  const TableColumn* names;
  int names_width;
  std::vector<const TableColumn*> columns;
  std::vector<int> widths;
};

void AppendLine(std::string line, std::string* text) {
  line.erase(line.find_last_not_of(' ') + 1);
  *text += line + "\n";
}

template <typename CellOf>
void AppendRow(const Block& block, const CellOf& cell_of, std::string* text) {
  std::string line = cell_of(*block.names);
  if (Width(line) > block.names_width) {
    AppendLine(line, text);
    line.clear();
  }
  line += Spaces(block.names_width - Width(line));
  for (std::size_t c = 0; c < block.columns.size(); ++c) {
    const std::string& cell = cell_of(*block.columns[c]);
    line += Spaces(kGap + block.widths[c] - Width(cell)) + cell;
  }
  AppendLine(line, text);
}

void AppendBlock(const Block& block, std::string* text) {
  bool has_units = !block.names->unit.empty();
  int width = block.names_width;
  for (std::size_t c = 0; c < block.columns.size(); ++c) {
    has_units = has_units || !block.columns[c]->unit.empty();
    width += kGap + block.widths[c];
  }
  if (!text->empty()) *text += "\n";
  AppendRow(
      block, [](const TableColumn& column) { return column.title; }, text);
  if (has_units)
    AppendRow(
        block, [](const TableColumn& column) { return column.unit; }, text);
  *text += std::string(static_cast<std::size_t>(width), '-') + "\n";
  for (std::size_t row = 0; row < block.names->cells.size(); ++row) {
    AppendRow(
        block, [row](const TableColumn& column) { return column.cells[row]; }, text);
  }
}

// Names give way to the numbers: long ones go on lines of their own rather than columns into a second table.
int NamesWidth(const Table& table) {
  const TableColumn& names = table.columns[0];
  int numbers = 0;
  for (std::size_t c = 1; c < table.columns.size(); ++c) {
    numbers += kGap + ColumnWidth(table.columns[c], table.max_width);
  }
  const int room = table.max_width - numbers;
  const int least = std::max(Width(names.title), Width(names.unit));
  return ColumnWidth(names, room >= least ? std::min(room, table.max_name_width) : table.max_name_width);
}

}  // namespace

std::string ToString(const Table& table) {
  EVENKEEL_CHECK(!table.columns.empty());
  for (const TableColumn& column : table.columns) {
    EVENKEEL_CHECK_EQ(column.cells.size(), table.columns[0].cells.size());
  }
  const int names_width = NamesWidth(table);
  std::string text;
  Block block{&table.columns[0], names_width, {}, {}};
  int used = names_width;
  for (std::size_t c = 1; c < table.columns.size(); ++c) {
    const int width = ColumnWidth(table.columns[c], table.max_width);
    if (used + kGap + width > table.max_width && !block.columns.empty()) {
      AppendBlock(block, &text);
      block = Block{&table.columns[0], names_width, {}, {}};
      used = names_width;
    }
    block.columns.push_back(&table.columns[c]);
    block.widths.push_back(width);
    used += kGap + width;
  }
  AppendBlock(block, &text);
  return text;
}

std::vector<std::string> FormatColumn(const std::vector<double>& values, int digits) {
  double largest = 0.0;
  for (double value : values) {
    if (std::isfinite(value)) largest = std::max(largest, std::abs(value));
  }
  const int before_point = largest >= 1.0 ? static_cast<int>(std::floor(std::log10(largest))) + 1 : 1;
  const int decimals = std::max(digits - before_point, 0);
  std::vector<std::string> cells;
  for (double value : values) {
    // A negative number that rounds to zero would otherwise be printed as "-0.00".
    const std::string cell = fmt::format("{:.{}f}", value, decimals);
    const bool is_zero = cell.find_first_not_of("-0.") == std::string::npos;
    cells.push_back(is_zero ? fmt::format("{:.{}f}", 0.0, decimals) : cell);
  }
  return cells;
}

std::vector<std::string> FormatColumn(const Vector& values, int digits) {
  return FormatColumn(std::vector<double>(values.begin(), values.end()), digits);
}

}  // namespace evenkeel
