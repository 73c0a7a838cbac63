#include "experiments/files/ini_file.h"

#include <boost/program_options.hpp>

#include <algorithm>
#include <sstream>

#include <fmt/ranges.h>

#include "models/base/error.h"
#include "models/base/numbers.h"
#include "models/base/read_file.h"
#include "models/base/suggest.h"

namespace evenkeel {
namespace {

namespace po = boost::program_options;

/// The section that a line in brackets begins.
std::string SectionName(const IniFile& file, const std::string& line, int number) {
  const std::string text = Trimmed(line.substr(0, line.find('#')));
  const std::string name = text.back() == ']' ? Trimmed(text.substr(1, text.size() - 2)) : "";
  if (name.empty() || name.find_first_of("[]") != std::string::npos)
    file.Fail(number, "expected [SECTION], not " + line);
  return name;
}

}  // namespace

std::string Trimmed(const std::string& text) {
  const std::size_t first = text.find_first_not_of(" \t\r");
  if (first == std::string::npos) return "";
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

void IniFile::Fail(int line, const std::string& what) const { throw InputError("{}:{}: {}", path, line, what); }

std::vector<std::string> IniFile::SectionsOf(const std::string& prefix) const {
  std::vector<std::string> names;
  for (const IniHeading& heading : headings) {
    if (heading.name.rfind(prefix, 0) == 0 && std::find(names.begin(), names.end(), heading.name) == names.end())
      names.push_back(heading.name);
  }
  return names;
}

const IniHeading* IniFile::Heading(const std::string& name) const {
  const auto at = std::find_if(headings.begin(), headings.end(), [&](const auto& one) { return one.name == name; });
  return at == headings.end() ? nullptr : &*at;
}

IniFile ParseIniFile(const std::string& path, const std::string& text) {
  IniFile file{path, WithoutByteOrderMark(text, path), {}, {}, 0};
  const po::options_description none;
  std::istringstream lines(file.text);
  std::string section;
  for (std::string line; std::getline(lines, line);) {
    ++file.lines;
    const std::string trimmed = Trimmed(line);
    if (!trimmed.empty() && trimmed.front() == '[') {
      section = SectionName(file, trimmed, file.lines);
      file.headings.push_back({section, file.lines});
      continue;
    }
    // Line by line, because Boost does not say where an entry stands.
    std::istringstream one(line);
    try {
      for (const auto& option : po::parse_config_file(one, none, true).options)
        file.entries.push_back({section, option.string_key, option.value.at(0), file.lines});
    } catch (const po::error& error) {
      file.Fail(file.lines, error.what());
    }
  }
  return file;
}

IniFile ReadIniFile(const std::string& path) { return ParseIniFile(path, ReadTextFile(path)); }

std::vector<IniEntry> IniSection::All(const std::string& key) {
  asked_.push_back(key);
  std::vector<IniEntry> found;
  for (const IniEntry& entry : file_.entries) {
    if (entry.section != name_ || entry.key != key) continue;
    if (entry.value.empty()) Fail(entry, "is empty");
    found.push_back(entry);
  }
  return found;
}

std::optional<IniEntry> IniSection::Find(const std::string& key) {
  const std::vector<IniEntry> found = All(key);
  if (found.size() > 1) Fail(found[1], "is given twice");
  return found.empty() ? std::nullopt : std::optional(found[0]);
}

IniEntry IniSection::Entry(const std::string& key) {
  const auto entry = Find(key);
  if (!entry) FailAll(key + " is missing");
  return *entry;
}

std::string IniSection::Text(const std::string& key, const std::string& otherwise) {
  const auto entry = Find(key);
  return entry ? entry->value : otherwise;
}

double IniSection::Number(const std::string& key, double low, double high, double otherwise) {
  const auto entry = Find(key);
  if (!entry) return otherwise;
  const std::optional<double> number = ParseNumber(entry->value);
  if (!number || !(*number >= low && *number <= high))
    Fail(*entry, fmt::format("is {}, expected a number from {} to {}", entry->value, low, high));
  return *number;
}

int IniSection::Integer(const std::string& key, int low, int high, int otherwise) {
  const auto entry = Find(key);
  if (!entry) return otherwise;
  const std::optional<std::int64_t> number = ParseInteger(entry->value);
  if (!number || *number < low || *number > high)
    Fail(*entry, fmt::format("is {}, expected a whole number from {} to {}", entry->value, low, high));
  return static_cast<int>(*number);
}

std::int64_t IniSection::Seconds(const std::string& key, std::int64_t low, std::int64_t high, std::int64_t otherwise) {
  const auto entry = Find(key);
  if (!entry) return otherwise;
  const std::optional<std::int64_t> seconds = ParseDuration(entry->value);
  if (!seconds || *seconds < low || *seconds > high) {
    Fail(*entry,
         fmt::format("is {}, expected a duration from {} to {}", entry->value, DurationText(low), DurationText(high)));
  }
  return *seconds;
}

int IniSection::Word(const std::string& key, const std::vector<std::string>& words, int otherwise) {
  const auto entry = Find(key);
  if (!entry) return otherwise;
  const auto at = std::find(words.begin(), words.end(), entry->value);
  if (at == words.end()) Fail(*entry, fmt::format("is {}, expected one of {}", entry->value, fmt::join(words, ", ")));
  return static_cast<int>(at - words.begin());
}

void IniSection::CheckNothingIsLeft() {
  for (const IniEntry& entry : file_.entries) {
    if (entry.section != name_ || std::find(asked_.begin(), asked_.end(), entry.key) != asked_.end()) continue;
    file_.Fail(entry.line, fmt::format("unknown key {}{}; {} takes {}", entry.key, DidYouMean(entry.key, asked_),
                                       name_.empty() ? "the file's head" : "[" + name_ + "]", fmt::join(asked_, ", ")));
  }
}

void IniSection::Fail(const IniEntry& entry, const std::string& what) const {
  file_.Fail(entry.line, entry.key + " " + what);
}

void IniSection::FailAll(const std::string& what) const {
  if (name_.empty()) throw InputError("{}: {}", file_.path, what);
  const IniHeading* heading = file_.Heading(name_);
  file_.Fail(heading == nullptr ? file_.lines : heading->line, fmt::format("[{}]: {}", name_, what));
}

}  // namespace evenkeel
