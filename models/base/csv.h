// Comma-separated values, strictly: what is not well formed is an error that names file and line.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace evenkeel {

enum class CsvHeader { kFirstRow, kNone };

struct CsvTable {
  std::string path;                            ///< for messages
  std::vector<std::string> header;             ///< [columns], spaces around the names removed; empty without a header
  std::vector<std::vector<std::string>> rows;  ///< [rows][columns]
  std::vector<int> lines;                      ///< [rows], 1-based line in the file where the row begins

  int num_rows() const { return static_cast<int>(rows.size()); }

  /// Index of the column. Throws InputError that lists the columns there are.
  int Column(const std::string& name) const;
  /// Index of the one column with any of the names, letters A to Z in either case. Throws InputError.
  int ColumnAmong(const std::vector<std::string>& names) const;
  /// A field as a finite number. Throws InputError naming file, line, column and value.
  double Number(int row, int column) const;
  /// "file:line" of a row.
  std::string Where(int row) const;
};

/// A field as it is written: between quotes where it has a comma, a quote or the end of a line in it.
std::string CsvField(const std::string& text);

/// Whether the text begins as a JSON document does.
bool LooksLikeJson(std::string_view text);

/// Throws InputError for content that is no text with commas, saying what it is and what to do: JSON where `json` does
/// not allow it, UTF-16, zip (spreadsheets), Parquet, HTML, XML, HDF5, PDF, columns separated by semicolons or tabs.
/// `text` is the file's content, unpacked; its first lines are enough.
void CheckFirstBytes(std::string_view text, const std::string& path, bool json);

/// Parses a whole file's content. All rows have as many fields as the first. Blank lines and a byte-order mark are
/// skipped.
CsvTable ParseCsv(std::string_view text, const std::string& path, CsvHeader header);

/// Reads and parses a file, gzipped or not. Throws InputError, for what is no CSV saying what it is.
CsvTable ReadCsv(const std::string& path, CsvHeader header);

}  // namespace evenkeel
