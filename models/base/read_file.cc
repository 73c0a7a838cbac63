#include "models/base/read_file.h"

#include <zlib.h>

#include <cerrno>
#include <filesystem>
#include <memory>
#include <system_error>

#include "models/base/error.h"

namespace evenkeel {
namespace {

constexpr std::size_t kLargestFile = 1 << 30;
constexpr unsigned kBlock = 1 << 18;

std::string ReasonOf(gzFile file) {
  int code = Z_OK;
  const char* text = gzerror(file, &code);
  return code == Z_ERRNO ? std::generic_category().message(errno) : text;
}

}  // namespace

std::string ReadTextFile(const std::string& path) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (error) throw InputError("cannot read {}: {}", path, error.message());
  if (std::filesystem::is_directory(status))
    throw InputError("cannot read {}: it is a directory, expected a file", path);
  // zlib hands over what is not gzipped as it is.
  const std::unique_ptr<gzFile_s, int (*)(gzFile)> file(gzopen(path.c_str(), "rb"), gzclose);
  if (!file) throw InputError("cannot read {}: {}", path, std::generic_category().message(errno));
  std::string text;
  for (std::size_t size = 0;;) {
    text.resize(size + kBlock);
    const int count = gzread(file.get(), text.data() + size, kBlock);
    if (count < 0) throw InputError("cannot read {}: {}", path, ReasonOf(file.get()));
    size += static_cast<std::size_t>(count);
    if (size > kLargestFile)
      throw InputError("cannot read {}: it has more than {} bytes, which are allowed", path, kLargestFile);
    if (count > 0) continue;
    text.resize(size);
    break;
  }
  // A file that was cut off ends like any other; only closing tells.
  int code = Z_OK;
  gzerror(file.get(), &code);
  if (code != Z_OK) throw InputError("cannot read {}: {}", path, ReasonOf(file.get()));
  return text;
}

}  // namespace evenkeel
