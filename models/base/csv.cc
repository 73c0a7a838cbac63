#include "models/base/csv.h"

#include <fmt/ranges.h>

#include <csv.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "models/base/error.h"
#include "models/base/numbers.h"
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

struct Signature {
  std::string_view bytes;
  const char* what;
};

constexpr Signature kSignatures[] = {
    {"\xFF\xFE", "UTF-16 text, which spreadsheets call Unicode text; save it as CSV UTF-8"},
    {"\xFE\xFF", "UTF-16 text, which spreadsheets call Unicode text; save it as CSV UTF-8"},
    {"PK\x03\x04", "a zip archive, as spreadsheets (.xlsx) are, too; unpack it, or save the sheet as CSV UTF-8"},
    {"PAR1", "a Parquet file; save it as CSV, in Python pandas.read_parquet(FILE).to_csv(NEW_FILE)"},
    {"\x89HDF\r\n", "an HDF5 or netCDF file; expected is CSV"},
    {"CDF\x01", "a netCDF file; expected is CSV"},
    {"CDF\x02", "a netCDF file; expected is CSV"},
    {"%PDF", "a PDF; look for the same data as CSV"},
    {"\xD0\xCF\x11\xE0", "an old spreadsheet (.xls); save it as CSV UTF-8"},
    {"\x1F\x8B", "gzipped twice; unpack it once"},
};

std::string_view WithoutBlanks(std::string_view text) {
  return text.substr(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
}

bool BeginsWith(std::string_view text, std::string_view lower_case) {
  return LowerCase(text.substr(0, lower_case.size())) == lower_case;
}

/// The line and what follows it.
std::string_view TakeLine(std::string_view* text) {
  const std::size_t size = std::min(text->find('\n'), text->size());
  const std::string_view line = text->substr(0, size);
  text->remove_prefix(std::min(size + 1, text->size()));
  return line;
}

/// Digits, a comma, digits, as a field of its own.
bool HasDecimalComma(std::string_view line, char separator) {
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  while (!line.empty()) {
    const std::size_t size = std::min(line.find(separator), line.size());
    const std::string_view field = line.substr(0, size);
    const std::size_t comma = field.find(',');
    if (comma != std::string_view::npos && comma > 0 && comma + 1 < field.size() && digit(field[comma - 1]) &&
        digit(field[comma + 1]))
      return true;
    line.remove_prefix(std::min(size + 1, line.size()));
  }
  return false;
}

void CheckSeparator(std::string_view text, const std::string& path) {
  const bool marked = WithoutMark(text).size() != text.size();
  std::string_view rest = WithoutMark(text);
  const std::string_view header = TakeLine(&rest);
  const std::string_view row = TakeLine(&rest);
  const auto commas = std::count(header.begin(), header.end(), ',');
  for (const auto& [separator, name] : {std::pair(';', "semicolons"), {'\t', "tabs"}}) {
    if (std::count(header.begin(), header.end(), separator) <= commas) continue;
    throw InputError(
        "{}:1: its columns are separated by {}{}{}, as spreadsheets write them in many countries; allowed are commas "
        "between columns, points in numbers and times such as 2023-01-01 06:00: save it so, or read and write it in "
        "Python, pandas.read_csv(FILE, sep='{}', decimal=',', parse_dates=[0], dayfirst=True).to_csv(NEW_FILE, "
        "index=False)",
        path, name, HasDecimalComma(row, separator) ? ", and numbers have decimal commas" : "",
        marked ? ", behind a byte-order mark" : "", separator == '\t' ? "\\t" : ";");
  }
}

}  // namespace

bool LooksLikeJson(std::string_view text) {
  const std::string_view begin = WithoutBlanks(WithoutMark(text));
  if (begin.empty() || (begin[0] != '{' && begin[0] != '[')) return false;
  const std::string_view next = WithoutBlanks(begin.substr(1));
  return next.empty() || std::string_view("\"{[]}-0123456789tfn").find(next[0]) != std::string_view::npos;
}

void CheckFirstBytes(std::string_view text, const std::string& path, bool json) {
  for (const Signature& signature : kSignatures) {
    if (text.substr(0, signature.bytes.size()) == signature.bytes)
      throw InputError("{}: the file is {}", path, signature.what);
  }
  if (text.substr(0, 64).find('\0') != std::string_view::npos)
    throw InputError("{}: the file is no text: it begins with zero bytes, as UTF-16 and binary files do", path);
  const std::string_view begin = WithoutBlanks(WithoutMark(text));
  if (BeginsWith(begin, "<!doctype html") || BeginsWith(begin, "<html")) {
    throw InputError(
        "{}: the file is a web page (HTML), as services send to who is not logged in; open it in a browser, and "
        "download the data itself",
        path);
  }
  if (BeginsWith(begin, "<?xml") || BeginsWith(begin, "<"))
    throw InputError("{}: the file is XML; expected is CSV{}", path, json ? " or JSON" : "");
  if (LooksLikeJson(text)) {
    if (json) return;
    throw InputError("{}: the file is JSON, whatever its name; expected is CSV", path);
  }
  CheckSeparator(text, path);
}

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
  RowReader read = Parser(path).Parse(WithoutMark(text));
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

CsvTable ReadCsv(const std::string& path, CsvHeader header) {
  const std::string text = ReadTextFile(path);
  CheckFirstBytes(text, path, false);
  return ParseCsv(text, path, header);
}

}  // namespace evenkeel
