// How a dataset of an HDF5 file is stored, held against what it claims to be.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace evenkeel {

/// Checks that an open dataset is stored in its own file: neither virtual nor in files beside it. To be called before
/// anything else, since HDF5 opens the files of a virtual dataset when it is asked for its extents. Throws InputError
/// naming `path` and `dataset`.
void CheckHdf5StoredInside(std::int64_t id, const std::string& path, const std::string& dataset);

/// Checks that an open dataset that is stored in its open file has known filters, chunks of a bearable size that are
/// all there, and that the file holds about as much as `shape` claims. Returns the size of chunk
/// cache in bytes that makes reading row by row fast. Throws InputError naming `path` and `dataset`.
std::uint64_t CheckHdf5Storage(std::int64_t file, std::int64_t id, const std::vector<std::uint64_t>& shape,
                               const std::string& path, const std::string& dataset);

}  // namespace evenkeel
