// INI files, read by Boost.Program_options, with the line of every entry kept for messages.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace evenkeel {

/// `key = value` in a section, as written.
struct IniEntry {
  std::string section;  ///< without brackets; empty before the first one
  std::string key;
  std::string value;
  int line = 0;
};

struct IniFile {
  std::string path;
  std::string text;  ///< of the whole file, without a byte-order mark
  std::vector<IniEntry> entries;
  int lines = 0;

  /// Throws InputError beginning with file and line.
  [[noreturn]] void Fail(int line, const std::string& what) const;
  /// Names of sections that begin with `prefix`, in the file's order, each once.
  std::vector<std::string> SectionsOf(const std::string& prefix) const;
};

/// Throws InputError naming file and line.
IniFile ParseIniFile(const std::string& path, const std::string& text);
IniFile ReadIniFile(const std::string& path);

/// One section's entries, each to be asked for: what nobody asked for is a mistake of whoever wrote the file.
class IniSection {
 public:
  /// The file must outlive this.
  IniSection(const IniFile& file, std::string name) : file_(file), name_(std::move(name)) {}

  const std::string& name() const { return name_; }
  /// All values of a key, in order. Throw InputError as all members do, with file, line and what is allowed.
  std::vector<IniEntry> All(const std::string& key);
  /// The one value; nothing where there is none. Given twice is an error.
  std::optional<IniEntry> Find(const std::string& key);
  std::string Text(const std::string& key);
  std::string Text(const std::string& key, const std::string& otherwise);
  double Number(const std::string& key, double low, double high, double otherwise);
  /// A duration such as 20s, 90min, 2h or 3d, in seconds.
  std::int64_t Seconds(const std::string& key, std::int64_t low, std::int64_t high, std::int64_t otherwise);
  /// One of the words, as its position.
  int Word(const std::string& key, const std::vector<std::string>& words, int otherwise);
  /// After everything was asked for. `what` is the section for people.
  void CheckNothingIsLeft();
  [[noreturn]] void Fail(const IniEntry& entry, const std::string& what) const;

 private:
  const IniFile& file_;
  std::string name_;
  std::vector<std::string> asked_;
};

}  // namespace evenkeel
