#include "models/base/atomic_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "models/base/error.h"

namespace evenkeel {
namespace {

std::string Reason(int error) { return std::generic_category().message(error); }

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
  const std::filesystem::path canonical = std::filesystem::canonical(path, error);
  return error ? path : canonical.string();
}

void SyncDirectoryOf(const std::string& file) {
  std::string directory = std::filesystem::path(file).parent_path().string();
  if (directory.empty()) directory = ".";
  const int descriptor = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return;
  // The file is complete under its name by now; some file systems cannot sync directories, and that is no failure of
  // ours.
  ::fsync(descriptor);
  ::close(descriptor);
}

}  // namespace

AtomicFile::AtomicFile(const std::string& path)
    : path_(path), target_(ResolveTarget(path)), temporary_path_(fmt::format("{}.tmp-{}", target_, ::getpid())) {
  descriptor_ = ::open(temporary_path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0666);
  if (descriptor_ < 0) throw InputError("cannot write {}: {}", path_, Reason(errno));
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
    if (written < 0) throw InputError("cannot write {}: {}", path_, Reason(errno));
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

void AtomicFile::Commit() {
  EVENKEEL_CHECK(descriptor_ >= 0);
  if (::fsync(descriptor_) != 0) throw InputError("cannot write {}: {}", path_, Reason(errno));
  if (::rename(temporary_path_.c_str(), target_.c_str()) != 0)
    throw InputError("cannot write {}: {}", path_, Reason(errno));
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
