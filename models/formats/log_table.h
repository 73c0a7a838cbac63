// Logs as CSV, row after row in constant memory: a header that names columns, then rows of as many fields.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/formats/line_reader.h"

namespace evenkeel {

class LogTable {
 public:
  /// `header` is the log's first line, which `reader` has just read; the reader outlives the table.
  LogTable(std::string_view header, const LineReader& reader, std::string path);

  /// The column of that name.
  std::optional<std::size_t> Find(std::string_view name) const;
  /// The same; throws InputError that lists the columns there are.
  std::size_t Column(std::string_view name) const;

  /// Takes the row apart that the reader has read last. Throws InputError where it has too few or too many fields.
  void Split(std::string_view line);
  /// A field of the row; of the line, as long as that is valid.
  std::string_view Field(std::size_t column) const { return fields_[column]; }
  /// The same as a number in [0, most]; throws InputError.
  double Number(std::size_t column, double most) const;
  /// Throws InputError naming file, line, column, value and what is allowed instead.
  [[noreturn]] void Refuse(std::size_t column, const std::string& allowed) const;

  const std::string& name(std::size_t column) const { return names_[column]; }

 private:
  const LineReader& reader_;
  std::string path_;
  std::vector<std::string> names_;
  std::vector<std::string_view> fields_;
};

}  // namespace evenkeel
