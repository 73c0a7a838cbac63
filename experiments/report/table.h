// Tables of numbers for people, in plain text.
#pragma once

#include <string>
#include <vector>

#include "models/base/linear_algebra.h"

namespace evenkeel {

/// A column: a header of two lines and one cell per row.
struct TableColumn {
  std::string title;
  std::string unit;
  std::vector<std::string> cells;
};

/// The first column is aligned to the left and names the row, the others are aligned to the right.
struct Table {
  std::vector<TableColumn> columns;
  int max_width = 120;      ///< columns that do not fit go below, in a table of their own that repeats the first column
  int max_name_width = 40;  ///< a longer name stands on a line of its own, above its row's numbers; less where columns
                            ///< would not fit beside it
};

/// Every line ends with a newline and has no spaces before it.
std::string ToString(const Table& table);

/// Numbers of one column, with the same number of decimals, so that the largest shows `digits` digits. Infinity is
/// "inf".
std::vector<std::string> FormatColumn(const std::vector<double>& values, int digits = 6);
std::vector<std::string> FormatColumn(const Vector& values, int digits = 6);

}  // namespace evenkeel
