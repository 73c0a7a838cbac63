#include "models/base/atomic_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "models/base/error.h"
#include "models/base/read_file.h"

namespace evenkeel {
namespace {

namespace fs = std::filesystem;

/// The file that `path` names once links are followed. Throws when it exists and is no regular file.
std::string ResolveTarget(const std::string& path) {
  if (path.empty()) throw InputError("cannot write a file: its path is empty");
  struct stat status = {};
  if (::stat(path.c_str(), &status) != 0) {
    if (path.back() == '/') throw InputError("cannot write {}: it names a directory, expected a file", path);
    return path;
  }
  if (S_ISDIR(status.st_mode)) throw InputError("cannot write {}: it is a directory, expected a file", path);
  if (!S_ISREG(status.st_mode)) throw InputError("cannot write {}: it is no regular file", path);
  std::error_code error;
  const fs::path canonical = fs::canonical(path, error);
  return error ? path : canonical.string();
}

/// Whether the lock could be had, or file systems do not know locks: then nobody else has the file open.
bool Lock(int descriptor) { return ::flock(descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK; }

/// Removes what writers of this target left behind when they were killed. Who still writes holds a lock.
void SweepLeftovers(const fs::path& target) {
  const fs::path folder = FolderOf(target.string());
  const std::string prefix = target.filename().string() + ".tmp-";
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (name.rfind(prefix, 0) != 0) continue;
    if (name.find_first_not_of("0123456789", prefix.size()) != std::string::npos) continue;
    const int descriptor = ::open(entry->path().c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW);
    struct stat status = {};
    if (descriptor < 0) continue;
    if (::fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode) && Lock(descriptor))
      ::unlink(entry->path().c_str());
    ::close(descriptor);
  }
}

/// A new file of that name, locked.
int CreateLocked(const std::string& temporary, const std::string& path) {
  for (int attempt = 0; attempt < 10; ++attempt) {
    const int descriptor = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (descriptor < 0) throw InputError("cannot write {}: {}", path, SystemReason(errno));
    struct stat status = {};
    // Whoever sweeps may have been faster than the lock.
    if (Lock(descriptor) && ::fstat(descriptor, &status) == 0 && status.st_nlink > 0) return descriptor;
    ::close(descriptor);
  }
  throw InputError("cannot write {}: another program removes {}", path, temporary);
}

}  // namespace

void SyncDirectoryOf(const std::string& file) {
  const int descriptor = ::open(FolderOf(file).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return;
  // The file is complete under its name by now; some file systems cannot sync directories, and that is no failure of
  // ours.
  ::fsync(descriptor);
  ::close(descriptor);
}

AtomicFile::AtomicFile(const std::string& path)
    : path_(path), target_(ResolveTarget(path)), temporary_path_(fmt::format("{}.tmp-{}", target_, ::getpid())) {
  SweepLeftovers(target_);
  descriptor_ = CreateLocked(temporary_path_, path_);
}

AtomicFile::~AtomicFile() {
  if (descriptor_ < 0) return;
  ::close(descriptor_);
  ::unlink(temporary_path_.c_str());
}

void AtomicFile::Write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) throw InputError("cannot write {}: {}", path_, SystemReason(errno));
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

void AtomicFile::Commit() {
  EVENKEEL_CHECK(descriptor_ >= 0);
  if (::fsync(descriptor_) != 0) throw InputError("cannot write {}: {}", path_, SystemReason(errno));
  if (::rename(temporary_path_.c_str(), target_.c_str()) != 0)
    throw InputError("cannot write {}: {}", path_, SystemReason(errno));
  ::close(descriptor_);
  descriptor_ = -1;
  SyncDirectoryOf(target_);
}

void WriteTextFile(const std::string& path, std::string_view text) {
  AtomicFile file(path);
  file.Write(text);
  file.Commit();
}

}  // namespace evenkeel
