// How a dataset of an HDF5 file is stored, held against what it claims to be.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace evenkeel {

/// Checks that an open dataset of an open file is stored in the file itself, with known filters, in chunks of a
/// bearable size that are all there, and that the file holds about as much as `shape` claims. Returns the size of chunk
/// cache in bytes that makes reading row by row fast. Throws InputError naming `path` and `dataset`.
std::uint64_t CheckHdf5Storage(std::int64_t file, std::int64_t id, const std::vector<std::uint64_t>& shape,
                               const std::string& path, const std::string& dataset);

}  // namespace evenkeel
