#include "models/base/csv.h"

#include <fmt/ranges.h>

#include <csv.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "models/base/error.h"
#include "models/base/read_file.h"

namespace evenkeel {
namespace {

struct RowReader {
  std::vector<std::vector<std::string>> rows;
  std::vector<int> lines;
  std::vector<std::string> fields;  // of the row being read
  int line = 0;                     // where that row begins
  bool between_rows = true;
};

// Called from C, so nothing may be thrown out of them.
void AddFieldText(void* text, std::size_t size, void* reader) noexcept {
  auto* state = static_cast<RowReader*>(reader);
  state->fields.emplace_back(static_cast<const char*>(text), size);
  state->between_rows = false;
}

void EndRow(int, void* reader) noexcept {
  auto* state = static_cast<RowReader*>(reader);
  state->rows.push_back(std::move(state->fields));
  state->lines.push_back(state->line);
  state->fields.clear();
  state->between_rows = true;
}

std::string Trimmed(const std::string& text) {
  const std::size_t first = text.find_first_not_of(" \t");
  return first == std::string::npos ? "" : text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::string LowerCase(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return text;
}

class Parser {
 public:
  explicit Parser(const std::string& path) : path_(path) {
    if (csv_init(&parser_, CSV_STRICT | CSV_STRICT_FINI) != 0)
      throw InputError("{}: the CSV reader cannot be set up", path);
  }
  ~Parser() { csv_free(&parser_); }
  Parser(const Parser&) = delete;
  Parser& operator=(const Parser&) = delete;

  RowReader Parse(std::string_view text) {
    // Line by line, so that rows and errors know where they are.
    for (int line = 1; !text.empty(); ++line) {
      const std::size_t size = std::min(text.find('\n'), text.size() - 1) + 1;
      if (state_.between_rows) state_.line = line;
      if (csv_parse(&parser_, text.data(), size, AddFieldText, EndRow, &state_) != size) Fail(line);
      // A quoted field that goes on in the next line has not been reported yet.
      if (parser_.quoted != 0 && parser_.pstate != 0) state_.between_rows = false;
      text.remove_prefix(size);
    }
    if (csv_fini(&parser_, AddFieldText, EndRow, &state_) != 0) Fail(state_.line);
    return std::move(state_);
  }

 private:
  [[noreturn]] void Fail(int line) {
    const int error = csv_error(&parser_);
    if (error == CSV_EPARSE) throw InputError("{}:{}: misplaced or missing quote", path_, line);
    throw InputError("{}:{}: {}", path_, line, csv_strerror(error));
  }

  std::string path_;
  csv_parser parser_;
  RowReader state_;
};

}  // namespace

std::string CsvTable::Where(int row) const { return fmt::format("{}:{}", path, lines[row]); }

int CsvTable::Column(const std::string& name) const {
  int found = -1;
  for (std::size_t k = 0; k < header.size(); ++k) {
    if (header[k] != name) continue;
    if (found >= 0) throw InputError("{}: the column \"{}\" appears twice", path, name);
    found = static_cast<int>(k);
  }
  if (found < 0)
    throw InputError("{}: no column \"{}\"; the header has \"{}\"", path, name, fmt::join(header, "\", \""));
  return found;
}

int CsvTable::ColumnAmong(const std::vector<std::string>& names) const {
  int found = -1;
  for (std::size_t k = 0; k < header.size(); ++k) {
    const auto same = [&](const std::string& name) { return LowerCase(name) == LowerCase(header[k]); };
    if (std::none_of(names.begin(), names.end(), same)) continue;
    if (found >= 0) throw InputError("{}: the columns {} and {} both name \"{}\"", path, found + 1, k + 1, names[0]);
    found = static_cast<int>(k);
  }
  if (found < 0) {
    throw InputError("{}: no column \"{}\"; the header has \"{}\"", path, fmt::join(names, "\" or \""),
                     fmt::join(header, "\", \""));
  }
  return found;
}

double CsvTable::Number(int row, int column) const {
  const std::string& text = rows[row][column];
  double value = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc() && end == text.data() + text.size() && std::isfinite(value)) return value;
  const std::string name = header.empty() ? fmt::format("{}", column + 1) : fmt::format("\"{}\"", header[column]);
  throw InputError("{}, column {}: the value is '{}', expected a finite number", Where(row), name, text);
}

CsvTable ParseCsv(std::string_view text, const std::string& path, CsvHeader header) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.substr(0, kByteOrderMark.size()) == kByteOrderMark) text.remove_prefix(kByteOrderMark.size());
  RowReader read = Parser(path).Parse(text);
  if (read.rows.empty()) throw InputError("{}: the file is empty", path);
  CsvTable table;
  table.path = path;
  table.rows = std::move(read.rows);
  table.lines = std::move(read.lines);
  const std::size_t columns = table.rows[0].size();
  for (int row = 0; row < table.num_rows(); ++row) {
    const std::size_t fields = table.rows[row].size();
    if (fields != columns)
      throw InputError("{}: {} fields, expected {} as in the first row", table.Where(row), fields, columns);
  }
  if (header == CsvHeader::kNone) return table;
  for (const std::string& name : table.rows[0]) table.header.push_back(Trimmed(name));
  table.rows.erase(table.rows.begin());
  table.lines.erase(table.lines.begin());
  return table;
}

std::string CsvField(const std::string& text) {
  if (text.find_first_of(",\"\n\r") == std::string::npos) return text;
  std::string quoted = "\"";
  for (char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

CsvTable ReadCsv(const std::string& path, CsvHeader header) { return ParseCsv(ReadTextFile(path), path, header); }

}  // namespace evenkeel
