// Has a file changed?
#pragma once

#include <string>

namespace evenkeel {

/// Size and CRC-32 of a file's bytes, as text. Throws InputError when it cannot be read.
std::string FileChecksum(const std::string& path);

}  // namespace evenkeel
