#include "models/base/checksum.h"

#include <unistd.h>
#include <zlib.h>

#include <cerrno>
#include <vector>

#include "models/base/error.h"
#include "models/base/read_file.h"

namespace evenkeel {

std::uint32_t Crc32(std::string_view bytes, std::uint32_t before) {
  return static_cast<std::uint32_t>(::crc32_z(before, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

std::string ChecksumText(std::uint32_t crc) { return fmt::format("{:08x}", crc); }

std::string FileChecksum(const std::string& path) {
  const int descriptor = OpenRegularFile(path);
  std::vector<Bytef> block(1 << 20);
  uLong crc = crc32(0, nullptr, 0);
  std::size_t size = 0;
  ssize_t count = 0;
  while ((count = ::read(descriptor, block.data(), block.size())) > 0 || (count < 0 && errno == EINTR)) {
    if (count < 0) continue;
    crc = crc32(crc, block.data(), static_cast<uInt>(count));
    size += static_cast<std::size_t>(count);
  }
  const int error = errno;
  ::close(descriptor);
  if (count < 0) throw InputError("cannot read {}: {}", path, SystemReason(error));
  return fmt::format("{} bytes, crc {:08x}", size, crc);
}

}  // namespace evenkeel
