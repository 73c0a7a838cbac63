// Lines that survive a crash: what was appended is on disk when Append returns, and what comes back is what was
// appended, since every line carries its length and checksum.
#pragma once

#include <string>
#include <vector>

namespace evenkeel {

/// A line of a journal that is not what was written.
struct DamagedLine {
  int line = 0;  ///< number in the file, the header is 1
  std::string what;
};

/// A line, and where it stands.
struct JournalLine {
  int line = 0;
  std::string text;
};

/// What a journal holds after its header.
struct JournalContent {
  std::vector<JournalLine> lines;
  std::vector<DamagedLine> damaged;
};

class Journal {
 public:
  /// Opens `path`, or makes it with `header` as its first line, and locks it. A last line that a crash cut off is
  /// removed. Throws InputError when it cannot be read or written, is a link or no regular file, belongs to another
  /// header, or is in use.
  Journal(const std::string& path, const std::string& header);
  ~Journal();
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  /// As found when it was opened.
  const JournalContent& content() const { return content_; }

  /// Adds a line (without newline in it) and syncs. Throws InputError; what was appended before is safe, and nothing is
  /// left of what could not be.
  void Append(const std::string& line);

  /// Deletes the file.
  void Remove();

 private:
  void ReadAndCutBack(const std::string& header);

  std::string path_;
  int descriptor_ = -1;
  long size_ = 0;  // of whole lines
  JournalContent content_;
};

/// The header of the journal at `path`. Throws InputError when it cannot be read, is a link or no regular file, or
/// when its first line is damaged.
std::string ReadJournalHeader(const std::string& path);

/// A journal's first line and what follows it.
struct JournalText {
  std::string header;
  JournalContent content;
};

/// The journal at `path` as it is now, read only: up to its last whole line, also while somebody appends to it. Throws
/// InputError when it cannot be read, is no regular file, or when its first line is damaged.
JournalText ReadJournalText(const std::string& path);

/// Somebody else's journal with that header; nothing for another header, a link or no regular file.
JournalContent ReadJournal(const std::string& path, const std::string& header);

}  // namespace evenkeel
