#include "models/base/read_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <cerrno>
#include <filesystem>
#include <memory>
#include <string_view>

#include "models/base/error.h"

namespace evenkeel {
namespace {

constexpr std::size_t kLargestText = std::size_t{1} << 30;
constexpr std::size_t kLargestFile = std::size_t{4} << 30;
constexpr unsigned kBlock = 1 << 18;

[[noreturn]] void FailToRead(const std::string& path, const std::string& reason) {
  throw InputError("cannot read {}: {}", path, reason);
}

std::string ReasonOf(gzFile file) {
  int code = Z_OK;
  const char* text = gzerror(file, &code);
  return code == Z_ERRNO ? SystemReason(errno) : text;
}

}  // namespace

bool PathExists(const std::string& path) {
  struct stat status = {};
  return ::lstat(path.c_str(), &status) == 0;
}

std::string FolderOf(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

int OpenRegularFile(const std::string& path) {
  // Opening a pipe that nobody writes to would wait.
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) FailToRead(path, SystemReason(errno));
  struct stat status = {};
  if (::fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode)) return descriptor;
  ::close(descriptor);
  FailToRead(path, S_ISDIR(status.st_mode) ? "it is a directory, expected a file" : "it is no regular file");
}

void CheckRegularFile(const std::string& path) { ::close(OpenRegularFile(path)); }

std::string ReadBytes(const std::string& path) {
  const int descriptor = OpenRegularFile(path);
  std::string bytes;
  for (std::size_t size = 0;;) {
    bytes.resize(size + kBlock);
    const ssize_t count = ::read(descriptor, bytes.data() + size, kBlock);
    if (count < 0 && errno == EINTR) continue;
    const int error = errno;
    if (count > 0 && (size += static_cast<std::size_t>(count)) <= kLargestFile) continue;
    ::close(descriptor);
    if (count < 0) FailToRead(path, SystemReason(error));
    if (count > 0) FailToRead(path, fmt::format("it has more than {} bytes, which are allowed", kLargestFile));
    bytes.resize(size);
    return bytes;
  }
}

std::string ReadTextFile(const std::string& path) {
  const int descriptor = OpenRegularFile(path);
  // zlib hands over what is not gzipped as it is.
  const std::unique_ptr<gzFile_s, int (*)(gzFile)> file(gzdopen(descriptor, "rb"), gzclose);
  if (!file) {
    ::close(descriptor);
    FailToRead(path, SystemReason(ENOMEM));
  }
  std::string text;
  for (std::size_t size = 0;;) {
    text.resize(size + kBlock);
    const int count = gzread(file.get(), text.data() + size, kBlock);
    if (count < 0) FailToRead(path, ReasonOf(file.get()));
    size += static_cast<std::size_t>(count);
    if (size > kLargestText)
      FailToRead(path, fmt::format("it has more than {} bytes, which are allowed", kLargestText));
    if (count > 0) continue;
    text.resize(size);
    break;
  }
  // A file that was cut off ends like any other; only closing tells.
  int code = Z_OK;
  gzerror(file.get(), &code);
  if (code != Z_OK) FailToRead(path, ReasonOf(file.get()));
  return text;
}

std::string_view WithoutMark(std::string_view text) {
  constexpr std::string_view kUtf8 = "\xEF\xBB\xBF";
  return text.substr(0, kUtf8.size()) == kUtf8 ? text.substr(kUtf8.size()) : text;
}

std::string WithoutByteOrderMark(const std::string& text, const std::string& path) {
  for (const std::string_view mark : {std::string_view("\xFF\xFE"), std::string_view("\xFE\xFF")}) {
    if (text.compare(0, mark.size(), mark) == 0)
      throw InputError("{}: it is UTF-16, expected UTF-8: save it again as UTF-8", path);
  }
  return std::string(WithoutMark(text));
}

}  // namespace evenkeel
