// Files that appear whole or not at all.
#pragma once

#include <string>
#include <string_view>

namespace evenkeel {

/// A file under a temporary name beside its target. Write to temporary_path(), then Commit().
///
/// A symbolic link as the target is followed, so that the link stays. A directory or a device as the target is refused.
/// A temporary file is locked as long as it is written; those without a lock, which killed programs left beside the
/// target, are removed.
class AtomicFile {
 public:
  /// Creates `PATH.tmp-<pid>`. Throws InputError with path and reason.
  explicit AtomicFile(const std::string& path);
  /// Removes the temporary file unless it was committed.
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  const std::string& path() const { return path_; }
  const std::string& temporary_path() const { return temporary_path_; }

  /// Appends to the temporary file. Throws InputError.
  void Write(std::string_view bytes);

  /// Syncs file and directory and renames to path(). Throws InputError; the target is then untouched.
  void Commit();

 private:
  std::string path_;    // as given, for messages
  std::string target_;  // with links followed
  std::string temporary_path_;
  int descriptor_ = -1;  // kept open: syncing it also covers what others wrote to the file
};

/// Makes sure that new and renamed files of the folder survive a power cut, as far as its file system can.
void SyncDirectoryOf(const std::string& file);

/// Writes a whole text file atomically. Throws InputError.
void WriteTextFile(const std::string& path, std::string_view text);

}  // namespace evenkeel
