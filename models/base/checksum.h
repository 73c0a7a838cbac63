// Has a file changed? Is a text what was written?
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace evenkeel {

/// CRC-32 of bytes; with the CRC-32 of what came before them, that of both.
std::uint32_t Crc32(std::string_view bytes, std::uint32_t before = 0);
/// The same of an array's values, as they lie in memory (little-endian on all machines that evenkeel knows).
template <typename T>
std::uint32_t Crc32(const T* values, std::size_t count, std::uint32_t before = 0) {
  return Crc32(std::string_view(reinterpret_cast<const char*>(values), count * sizeof(T)), before);
}
/// As eight hexadecimal digits.
std::string ChecksumText(std::uint32_t crc);

/// Size and CRC-32 of a file's bytes, as text. Throws InputError when it cannot be read.
std::string FileChecksum(const std::string& path);

}  // namespace evenkeel
