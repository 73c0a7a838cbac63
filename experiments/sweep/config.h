// The file that describes a sweep (docs/sweeps.md): INI, with the line of every entry kept for messages.
#pragma once

#include <string>
#include <vector>

namespace evenkeel {

/// `key = value`, as written.
struct SweepEntry {
  std::string key;
  std::string value;
  int line = 0;
};

/// A name of the section [vary] and what it goes through.
struct SweepVariable {
  std::string name;
  std::vector<std::string> values;  ///< at least one, all different
  int line = 0;
};

struct SweepConfig {
  std::string path;
  std::string text;                 ///< of the whole file
  std::vector<SweepEntry> entries;  ///< of the file's head, in its order
  std::vector<SweepVariable> variables;
  bool trust_modules = false;  ///< PolicyContext::trust_modules: the caller's to say, never the file's

  /// Throws InputError beginning with file and line.
  [[noreturn]] void Fail(int line, const std::string& what) const;
};

/// Checks keys and lists: at least one `trace` and one `policy`, no key twice where it makes no grid, no empty list.
/// Throws InputError naming file and line.
SweepConfig ParseSweepConfig(const std::string& path, const std::string& text);
SweepConfig ReadSweepConfig(const std::string& path);

/// The names in braces of a template, in their order, each once. Throws InputError for a brace without its partner.
std::vector<std::string> PlaceholdersOf(const std::string& text);

}  // namespace evenkeel
