#include "experiments/sweep/config.h"

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <optional>

#include "experiments/files/ini_file.h"
#include "models/base/error.h"
#include "models/base/numbers.h"
#include "models/base/read_file.h"
#include "models/base/suggest.h"

namespace evenkeel {
namespace {

constexpr const char* kVary = "vary";

/// Keys of the file's head. Several values of a key make a grid, but for those that may stand once.
struct Key {
  const char* name;
  bool once;
};
constexpr Key kKeys[] = {{"title", true},   {"trace", false},         {"period", false},    {"policy", false},
                         {"weight", false}, {"norm", false},          {"observe", false},   {"event", false},
                         {"seed", true},    {"bucket-weight", false}, {"shed-cost", false}, {"optimum", true}};

/// Splits at commas outside of parentheses and quotes.
std::vector<std::string> SplitList(const std::string& text) {
  std::vector<std::string> items(1);
  int depth = 0;
  bool quoted = false;
  for (char c : text) {
    if (c == '"') quoted = !quoted;
    if (c == '(' && !quoted) ++depth;
    if (c == ')' && !quoted) --depth;
    if (c == ',' && depth == 0 && !quoted) {
      items.emplace_back();
    } else {
      items.back() += c;
    }
  }
  for (std::string& item : items) item = Trimmed(item);
  return items;
}

constexpr std::uint64_t kLongestRange = 100000;

/// `1..20` as its integers; nothing when it is no range. Throws InputError for one that is too long.
std::optional<std::vector<std::string>> ExpandRange(const std::string& text) {
  const std::size_t dots = text.find("..");
  if (dots == std::string::npos) return std::nullopt;
  const std::optional<std::int64_t> low = ParseInteger(text.substr(0, dots)),
                                    high = ParseInteger(text.substr(dots + 2));
  if (!low || !high || *low > *high) return std::nullopt;
  // Unsigned, since the difference of two integers may be none.
  if (static_cast<std::uint64_t>(*high) - static_cast<std::uint64_t>(*low) >= kLongestRange)
    throw InputError("the range {} is longer than {} values, which are allowed", text, kLongestRange);
  std::vector<std::string> values;
  for (std::int64_t value = *low; value <= *high; ++value) values.push_back(std::to_string(value));
  return values;
}

SweepVariable ParseVariable(const SweepConfig& config, const SweepEntry& entry, const std::string& name) {
  SweepVariable variable{name, {}, entry.line};
  // A column of the results has the name; HDF5 takes a slash for a folder.
  const auto is_allowed = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_'; };
  constexpr std::size_t kLongestName = 64;
  if (name.empty() || name.size() > kLongestName || !std::all_of(name.begin(), name.end(), is_allowed)) {
    config.Fail(entry.line, fmt::format("the name \"{}\" is not 1 to {} letters, digits, - and _", name, kLongestName));
  }
  for (const std::string& item : SplitList(entry.value)) {
    if (item.empty()) config.Fail(entry.line, "the values of \"" + name + "\" are an empty list or have a gap");
    try {
      const auto range = ExpandRange(item).value_or(std::vector<std::string>{item});
      variable.values.insert(variable.values.end(), range.begin(), range.end());
    } catch (const InputError& error) {
      config.Fail(entry.line, "\"" + name + "\": " + error.what());
    }
  }
  std::vector<std::string> sorted = variable.values;
  std::sort(sorted.begin(), sorted.end());
  const auto twice = std::adjacent_find(sorted.begin(), sorted.end());
  if (twice != sorted.end()) config.Fail(entry.line, "\"" + name + "\" has the value " + *twice + " twice");
  return variable;
}

void CheckKey(const SweepConfig& config, const SweepEntry& entry) {
  std::vector<std::string> known;
  for (const Key& key : kKeys) {
    known.emplace_back(key.name);
    if (entry.key != key.name) continue;
    if (entry.value.empty()) config.Fail(entry.line, "\"" + entry.key + "\" is empty");
    const auto same = [&](const SweepEntry& other) { return other.key == entry.key; };
    if (key.once && std::any_of(config.entries.begin(), config.entries.end(), same)) {
      config.Fail(entry.line, "\"" + entry.key + "\" is given twice");
    }
    return;
  }
  std::string list;
  for (const std::string& name : known) list += (list.empty() ? "" : ", ") + name;
  config.Fail(entry.line, "unknown key \"" + entry.key + "\"" + DidYouMean(entry.key, known) + " (known: " + list +
                              ", and names of one's own in [vary])");
}

void AddEntry(const IniEntry& entry, SweepConfig* config) {
  if (entry.section.empty()) {
    const SweepEntry own = {entry.key, entry.value, entry.line};
    CheckKey(*config, own);
    config->entries.push_back(own);
    return;
  }
  for (const SweepVariable& other : config->variables) {
    if (other.name == entry.key) config->Fail(entry.line, "\"" + entry.key + "\" is given twice");
  }
  config->variables.push_back(ParseVariable(*config, {entry.key, entry.value, entry.line}, entry.key));
}

}  // namespace

void SweepConfig::Fail(int line, const std::string& what) const { throw InputError("{}:{}: {}", path, line, what); }

SweepConfig ParseSweepConfig(const std::string& path, const std::string& text) {
  const IniFile file = ParseIniFile(path, text);
  SweepConfig config{path, file.text, {}, {}};
  for (const IniHeading& heading : file.headings) {
    if (heading.name != kVary)
      config.Fail(heading.line, "unknown section [" + heading.name + "], the only one is [" + kVary + "]");
  }
  for (const IniEntry& entry : file.entries) AddEntry(entry, &config);
  for (const char* key : {"trace", "policy"}) {
    const auto is_key = [&](const SweepEntry& entry) { return entry.key == key; };
    if (std::none_of(config.entries.begin(), config.entries.end(), is_key)) {
      config.Fail(std::max(file.lines, 1), std::string("the file ends without a \"") + key + "\"");
    }
  }
  return config;
}

SweepConfig ReadSweepConfig(const std::string& path) { return ParseSweepConfig(path, ReadTextFile(path)); }

std::vector<std::string> PlaceholdersOf(const std::string& text) {
  std::vector<std::string> names;
  for (std::size_t at = 0; (at = text.find_first_of("{}", at)) != std::string::npos;) {
    const std::size_t end = text.find_first_of("{}", at + 1);
    if (text[at] == '}' || end == std::string::npos || text[end] == '{') {
      throw InputError("\"{}\" has a brace without its partner at column {}", text, at + 1);
    }
    const std::string name = text.substr(at + 1, end - at - 1);
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    at = end + 1;
  }
  return names;
}

}  // namespace evenkeel
