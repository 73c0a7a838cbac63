#include "models/base/checksum.h"

#include <zlib.h>

#include <fstream>
#include <vector>

#include "models/base/error.h"

namespace evenkeel {

std::string FileChecksum(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::vector<char> block(1 << 20);
  uLong crc = crc32(0, nullptr, 0);
  std::size_t size = 0;
  while (file.read(block.data(), static_cast<std::streamsize>(block.size())) || file.gcount() > 0) {
    const auto count = static_cast<std::size_t>(file.gcount());
    crc = crc32(crc, reinterpret_cast<const Bytef*>(block.data()), static_cast<uInt>(count));
    size += count;
  }
  if (!file.eof()) throw InputError("cannot read {}", path);
  return fmt::format("{} bytes, crc {:08x}", size, crc);
}

}  // namespace evenkeel
