#include "models/files/hdf5_storage.h"

#include <hdf5.h>

#include <algorithm>

#include "models/base/error.h"
#include "models/files/hdf5_file.h"

namespace evenkeel {
namespace {

constexpr hsize_t kLargestChunk = 64 << 20;
// Deflate turns at most 1032 bytes into one.
constexpr double kBestCompression = 1100.0;

struct StoredDataset {
  hid_t file;
  hid_t id;
  hid_t properties;
  std::vector<hsize_t> shape;
  std::size_t element;  // bytes
  const std::string& path;
  const std::string& dataset;

  void Check(bool done) const {
    if (!done) throw InputError("{}: dataset '{}' cannot be read: {}", path, dataset, Hdf5Reason());
  }
  void CheckFilters() const;
  hsize_t CheckChunks() const;
  hsize_t CheckAll() const;
};

void StoredDataset::CheckFilters() const {
  const int filters = H5Pget_nfilters(properties);
  for (int k = 0; k < filters; ++k) {
    unsigned flags = 0;
    std::size_t count = 0;
    const H5Z_filter_t filter =
        H5Pget_filter2(properties, static_cast<unsigned>(k), &flags, &count, nullptr, 0, nullptr, nullptr);
    if (filter != H5Z_FILTER_DEFLATE && filter != H5Z_FILTER_SHUFFLE && filter != H5Z_FILTER_FLETCHER32) {
      throw InputError("{}: dataset '{}': filter {} is not supported, allowed are deflate, shuffle and fletcher32",
                       path, dataset, filter);
    }
  }
}

hsize_t StoredDataset::CheckChunks() const {
  std::vector<hsize_t> chunk(shape.size());
  Check(H5Pget_chunk(properties, static_cast<int>(chunk.size()), chunk.data()) == static_cast<int>(chunk.size()));
  hsize_t bytes = element;
  hsize_t chunks_in_row = 1, rows = 1;
  for (std::size_t k = 0; k < shape.size(); ++k) {
    if (chunk[k] == 0 || chunk[k] > kLargestChunk || bytes * chunk[k] > kLargestChunk) {
      throw InputError("{}: dataset '{}': chunks are too large, allowed are at most {} MiB", path, dataset,
                       kLargestChunk >> 20);
    }
    bytes *= chunk[k];
    (k > 0 ? chunks_in_row : rows) *= (shape[k] + chunk[k] - 1) / chunk[k];
  }
  // What is not there would read as zeros.
  hsize_t stored = 0;
  const Hdf5Handle space(H5Dget_space(id), H5Sclose);
  Check(space.get() >= 0 && H5Dget_num_chunks(id, space.get(), &stored) >= 0);
  if (stored != rows * chunks_in_row)
    throw InputError("{}: dataset '{}' has {} of its {} chunks of values", path, dataset, stored, rows * chunks_in_row);
  CheckFilters();
  return std::min<hsize_t>(bytes * chunks_in_row, kLargestChunk);
}

hsize_t StoredDataset::CheckAll() const {
  double claimed = static_cast<double>(element);
  for (hsize_t extent : shape) claimed *= static_cast<double>(extent);
  hsize_t file_bytes = 0;
  Check(H5Fget_filesize(file, &file_bytes) >= 0);
  const double stored = static_cast<double>(std::min(H5Dget_storage_size(id), file_bytes));
  const H5D_layout_t layout = H5Pget_layout(properties);
  if (claimed > stored * (layout == H5D_CHUNKED ? kBestCompression : 1.0)) {
    throw InputError("{}: dataset '{}' claims {:.0f} bytes of values, but only {:.0f} are stored", path, dataset,
                     claimed, stored);
  }
  return layout == H5D_CHUNKED ? CheckChunks() : 0;
}

}  // namespace

void CheckHdf5StoredInside(std::int64_t id, const std::string& path, const std::string& dataset) {
  const Hdf5Lock lock = PrepareHdf5();
  const Hdf5Handle properties(H5Dget_create_plist(id), H5Pclose);
  if (properties.get() < 0) throw InputError("{}: dataset '{}' cannot be read: {}", path, dataset, Hdf5Reason());
  if (H5Pget_external_count(properties.get()) != 0)
    throw InputError("{}: dataset '{}' lies in another file", path, dataset);
  const H5D_layout_t layout = H5Pget_layout(properties.get());
  if (layout != H5D_CHUNKED && layout != H5D_CONTIGUOUS && layout != H5D_COMPACT)
    throw InputError("{}: dataset '{}' is virtual, expected a stored one", path, dataset);
}

std::uint64_t CheckHdf5Storage(std::int64_t file, std::int64_t id, const std::vector<std::uint64_t>& shape,
                               const std::string& path, const std::string& dataset) {
  const Hdf5Lock lock = PrepareHdf5();
  const Hdf5Handle type(H5Dget_type(id), H5Tclose);
  const Hdf5Handle properties(H5Dget_create_plist(id), H5Pclose);
  const StoredDataset stored = {file, id,     properties.get(), {shape.begin(), shape.end()}, H5Tget_size(type.get()),
                                path, dataset};
  stored.Check(type.get() >= 0 && properties.get() >= 0);
  return stored.CheckAll();
}

}  // namespace evenkeel
