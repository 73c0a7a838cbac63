// Lines that survive a crash: what was appended is on disk when Append returns.
#pragma once

#include <string>
#include <vector>

namespace evenkeel {

class Journal {
 public:
  /// Opens `path`, or makes it with `header` as its first line, and locks it. A last line that a crash cut off is
  /// removed. Throws InputError when it cannot be read or written, belongs to another header, or is in use.
  Journal(const std::string& path, const std::string& header);
  ~Journal();
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  /// The lines after the header, as found when it was opened.
  const std::vector<std::string>& lines() const { return lines_; }

  /// Adds a line (without newline in it) and syncs. Throws InputError; what was appended before is safe.
  void Append(const std::string& line);

  /// Deletes the file.
  void Remove();

 private:
  std::string path_;
  int descriptor_ = -1;
  std::vector<std::string> lines_;
};

/// The complete lines of somebody else's journal with that header; none for another header.
std::vector<std::string> ReadJournal(const std::string& path, const std::string& header);

}  // namespace evenkeel
