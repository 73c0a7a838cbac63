// Whole files in memory, gzipped or not.
#pragma once

#include <string>

namespace evenkeel {

/// The content of a file, unpacked where it is gzipped. Throws InputError that names the file: for what is missing, a
/// directory, damaged, cut off, or larger than 1 GiB unpacked.
std::string ReadTextFile(const std::string& path);

}  // namespace evenkeel
