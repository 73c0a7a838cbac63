// INI files, read by Boost.Program_options, with the line of every entry kept for messages.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "models/base/error.h"

namespace evenkeel {

/// Without blanks, tabs and carriage returns at its ends.
std::string Trimmed(const std::string& text);

/// `key = value` in a section, as written; what follows a # is a comment.
struct IniEntry {
  std::string section;  ///< without brackets; empty before the first one
  std::string key;
  std::string value;
  int line = 0;
};

/// A line that begins a section. A section may begin more than once, and may have no entries.
struct IniHeading {
  std::string name;
  int line = 0;
};

struct IniFile {
  std::string path;
  std::string text;  ///< of the whole file, without a byte-order mark
  std::vector<IniEntry> entries;
  std::vector<IniHeading> headings;
  int lines = 0;

  /// Throws InputError beginning with file and line.
  [[noreturn]] void Fail(int line, const std::string& what) const;
  /// Names of sections that begin with `prefix`, in the file's order, each once.
  std::vector<std::string> SectionsOf(const std::string& prefix) const;
  /// The first line of that section; null: there is none.
  const IniHeading* Heading(const std::string& name) const;
};

/// Throws InputError naming file and line.
IniFile ParseIniFile(const std::string& path, const std::string& text);
IniFile ReadIniFile(const std::string& path);

/// One section's entries, each to be asked for: what nobody asked for is a mistake of whoever wrote the file. Members
/// throw InputError with file, line, key, value and what is allowed.
class IniSection {
 public:
  /// The file must outlive this.
  IniSection(const IniFile& file, std::string name) : file_(file), name_(std::move(name)) {}

  const std::string& name() const { return name_; }
  /// All values of a key, in order.
  std::vector<IniEntry> All(const std::string& key);
  /// The one value; nothing where there is none. Given twice is an error.
  std::optional<IniEntry> Find(const std::string& key);
  /// The one value that has to be there.
  IniEntry Entry(const std::string& key);
  std::string Text(const std::string& key) { return Entry(key).value; }
  std::string Text(const std::string& key, const std::string& otherwise);
  double Number(const std::string& key, double low, double high, double otherwise);
  int Integer(const std::string& key, int low, int high, int otherwise);
  /// A duration such as 20s, 90min, 2h or 3d, in seconds.
  std::int64_t Seconds(const std::string& key, std::int64_t low, std::int64_t high, std::int64_t otherwise);
  /// One of the words, as its position.
  int Word(const std::string& key, const std::vector<std::string>& words, int otherwise);
  /// After everything was asked for.
  void CheckNothingIsLeft();

  [[noreturn]] void Fail(const IniEntry& entry, const std::string& what) const;
  /// What `make` returns, its InputErrors being the entry's.
  template <typename Make>
  auto Of(const IniEntry& entry, Make make) const {
    try {
      return make();
    } catch (const InputError& error) {
      file_.Fail(entry.line, entry.key + ": " + error.what());
    }
  }
  /// The same for the section as a whole.
  template <typename Make>
  auto OfAll(Make make) const {
    try {
      return make();
    } catch (const InputError& error) {
      FailAll(error.what());
    }
  }

 private:
  [[noreturn]] void FailAll(const std::string& what) const;

  const IniFile& file_;
  std::string name_;
  std::vector<std::string> asked_;
};

}  // namespace evenkeel
