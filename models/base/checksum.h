// Has a file changed? Is a text what was written?
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace evenkeel {

/// CRC-32 of bytes.
std::uint32_t Crc32(std::string_view bytes);

/// Size and CRC-32 of a file's bytes, as text. Throws InputError when it cannot be read.
std::string FileChecksum(const std::string& path);

}  // namespace evenkeel
