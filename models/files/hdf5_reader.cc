#include "models/files/hdf5_reader.h"

#include <hdf5.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <map>
#include <system_error>

#include "models/base/error.h"
#include "models/files/hdf5_file.h"

namespace evenkeel {
namespace {

using Extents = std::vector<hsize_t>;

constexpr hsize_t kLargestChunk = 64 << 20;
constexpr hsize_t kMostLabels = 1 << 20;
constexpr std::size_t kLongestText = 1 << 16;
// Deflate turns at most 1032 bytes into one.
constexpr double kBestCompression = 1100.0;

/// Allocates one string of a file, whose length is the file's word.
void* AllocateText(std::size_t bytes, void*) { return bytes > kLongestText ? nullptr : std::malloc(bytes); }
void FreeText(void* text, void*) { std::free(text); }

struct Dataset {
  Hdf5Handle handle;
  Extents shape;
  H5T_class_t type = H5T_NO_CLASS;
};

std::string JoinShape(const std::vector<std::int64_t>& shape) { return fmt::format("[{}]", fmt::join(shape, ", ")); }

}  // namespace

struct Hdf5Reader::Impl {
  std::string path;
  Hdf5Handle file;
  mutable std::map<std::string, Dataset> datasets;

  [[noreturn]] void Fail(const std::string& dataset) const {
    throw InputError("{}: dataset '{}' cannot be read: {}", path, dataset, Hdf5Reason());
  }
  Hdf5Handle Own(hid_t id, Hdf5Handle::Closer close, const std::string& dataset) const {
    if (id < 0) Fail(dataset);
    return Hdf5Handle(id, close);
  }
  void Check(herr_t status, const std::string& dataset) const {
    if (status < 0) Fail(dataset);
  }

  void OpenFile();
  const Dataset& Find(const std::string& dataset) const;
  Dataset Open(const std::string& dataset) const;
  hsize_t CheckStorage(hid_t id, hid_t properties, const Extents& shape, std::size_t element,
                       const std::string& dataset) const;
  hsize_t CheckChunks(hid_t properties, const Extents& shape, std::size_t element, const std::string& dataset) const;
  Hdf5Handle OpenAttribute(const std::string& dataset, const std::string& attribute) const;
  void Read(const std::string& dataset, std::int64_t first, std::int64_t count, hid_t type, void* values) const;
};

void Hdf5Reader::Impl::OpenFile() {
  PrepareHdf5();
  struct stat status = {};
  if (::stat(path.c_str(), &status) != 0) {
    throw InputError("cannot read {}: {}", path, std::generic_category().message(errno));
  }
  if (!S_ISREG(status.st_mode))
    throw InputError("cannot read {}: it is {}, expected a file", path,
                     S_ISDIR(status.st_mode) ? "a directory" : "no regular file");
  if (::access(path.c_str(), R_OK) != 0) {
    throw InputError("cannot read {}: {}", path, std::generic_category().message(errno));
  }
  if (H5Fis_hdf5(path.c_str()) <= 0) throw InputError("cannot read {}: it is not an HDF5 file", path);
  const Hdf5Handle access = Own(H5Pcreate(H5P_FILE_ACCESS), H5Pclose, "");
  // Readers must not need write permission, nor a file system that can lock.
  Check(H5Pset_file_locking(access.get(), false, true), "");
  const hid_t id = H5Fopen(path.c_str(), H5F_ACC_RDONLY, access.get());
  if (id < 0) throw InputError("cannot read {}: the HDF5 file is damaged or truncated ({})", path, Hdf5Reason());
  file = Hdf5Handle(id, H5Fclose);
}

hsize_t Hdf5Reader::Impl::CheckChunks(hid_t properties, const Extents& shape, std::size_t element,
                                      const std::string& dataset) const {
  Extents chunk(shape.size());
  if (H5Pget_chunk(properties, static_cast<int>(chunk.size()), chunk.data()) != static_cast<int>(chunk.size()))
    Fail(dataset);
  hsize_t bytes = element;
  hsize_t chunks_in_row = 1;
  for (std::size_t k = 0; k < shape.size(); ++k) {
    if (chunk[k] == 0 || chunk[k] > kLargestChunk || bytes * chunk[k] > kLargestChunk) {
      throw InputError("{}: dataset '{}': chunks are too large, allowed are at most {} MiB", path, dataset,
                       kLargestChunk >> 20);
    }
    bytes *= chunk[k];
    if (k > 0) chunks_in_row *= (shape[k] + chunk[k] - 1) / chunk[k];
  }
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
  return std::min<hsize_t>(bytes * chunks_in_row, kLargestChunk);
}

/// Checks that the file holds about as much as the dataset claims, and returns the size of chunk cache that makes
/// reading row by row fast.
hsize_t Hdf5Reader::Impl::CheckStorage(hid_t id, hid_t properties, const Extents& shape, std::size_t element,
                                       const std::string& dataset) const {
  double claimed = static_cast<double>(element);
  for (hsize_t extent : shape) claimed *= static_cast<double>(extent);
  hsize_t file_bytes = 0;
  Check(H5Fget_filesize(file.get(), &file_bytes), dataset);
  const double stored = static_cast<double>(std::min(H5Dget_storage_size(id), file_bytes));
  if (H5Pget_external_count(properties) > 0) throw InputError("{}: dataset '{}' lies in another file", path, dataset);
  const H5D_layout_t layout = H5Pget_layout(properties);
  if (layout != H5D_CHUNKED && layout != H5D_CONTIGUOUS && layout != H5D_COMPACT) {
    throw InputError("{}: dataset '{}' is virtual, expected a stored one", path, dataset);
  }
  if (claimed > stored * (layout == H5D_CHUNKED ? kBestCompression : 1.0)) {
    throw InputError("{}: dataset '{}' claims {:.0f} bytes of values, but only {:.0f} are stored", path, dataset,
                     claimed, stored);
  }
  return layout == H5D_CHUNKED ? CheckChunks(properties, shape, element, dataset) : 0;
}

Dataset Hdf5Reader::Impl::Open(const std::string& dataset) const {
  PrepareHdf5();
  H5L_info_t link;
  if (H5Lexists(file.get(), dataset.c_str(), H5P_DEFAULT) <= 0)
    throw InputError("{}: dataset '{}' is missing", path, dataset);
  Check(H5Lget_info(file.get(), dataset.c_str(), &link, H5P_DEFAULT), dataset);
  if (link.type != H5L_TYPE_HARD) throw InputError("{}: '{}' is a link, expected a dataset", path, dataset);
  Dataset opened;
  opened.handle = Own(H5Dopen2(file.get(), dataset.c_str(), H5P_DEFAULT), H5Dclose, dataset);
  const hid_t id = opened.handle.get();
  const Hdf5Handle type = Own(H5Dget_type(id), H5Tclose, dataset);
  const Hdf5Handle space = Own(H5Dget_space(id), H5Sclose, dataset);
  const Hdf5Handle properties = Own(H5Dget_create_plist(id), H5Pclose, dataset);
  opened.type = H5Tget_class(type.get());
  const int rank = H5Sget_simple_extent_ndims(space.get());
  if (rank < 1) throw InputError("{}: dataset '{}' is a single value, expected an array", path, dataset);
  opened.shape.resize(rank);
  H5Sget_simple_extent_dims(space.get(), opened.shape.data(), nullptr);
  const hsize_t cache = CheckStorage(id, properties.get(), opened.shape, H5Tget_size(type.get()), dataset);
  if (cache > (1 << 20)) {
    const Hdf5Handle access = Own(H5Pcreate(H5P_DATASET_ACCESS), H5Pclose, dataset);
    Check(H5Pset_chunk_cache(access.get(), 12421, cache, 1.0), dataset);
    opened.handle.Close();
    opened.handle = Own(H5Dopen2(file.get(), dataset.c_str(), access.get()), H5Dclose, dataset);
  }
  return opened;
}

const Dataset& Hdf5Reader::Impl::Find(const std::string& dataset) const {
  const auto found = datasets.find(dataset);
  if (found != datasets.end()) return found->second;
  return datasets[dataset] = Open(dataset);
}

Hdf5Handle Hdf5Reader::Impl::OpenAttribute(const std::string& dataset, const std::string& attribute) const {
  PrepareHdf5();
  const hid_t object = dataset.empty() ? file.get() : Find(dataset).handle.get();
  if (H5Aexists(object, attribute.c_str()) <= 0) return {};
  Hdf5Handle handle(H5Aopen(object, attribute.c_str(), H5P_DEFAULT), H5Aclose);
  const Hdf5Handle space(handle.get() < 0 ? -1 : H5Aget_space(handle.get()), H5Sclose);
  if (space.get() < 0 || H5Sget_simple_extent_npoints(space.get()) != 1) return {};
  return handle;
}

void Hdf5Reader::Impl::Read(const std::string& dataset, std::int64_t first, std::int64_t count, hid_t type,
                            void* values) const {
  if (count == 0) return;
  PrepareHdf5();
  const Dataset& source = Find(dataset);
  const bool integers = H5Tget_class(type) == H5T_INTEGER;
  if (source.type != H5T_INTEGER && (integers || source.type != H5T_FLOAT)) {
    throw InputError("{}: dataset '{}' has the wrong type, expected {}", path, dataset,
                     integers ? "integers" : "numbers");
  }
  Extents start(source.shape.size(), 0);
  Extents extent = source.shape;
  start[0] = static_cast<hsize_t>(first);
  extent[0] = static_cast<hsize_t>(count);
  EVENKEEL_CHECK(first >= 0 && count >= 0 && start[0] + extent[0] <= source.shape[0]);
  const Hdf5Handle space = Own(H5Dget_space(source.handle.get()), H5Sclose, dataset);
  Check(H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, start.data(), nullptr, extent.data(), nullptr), dataset);
  const Hdf5Handle memory =
      Own(H5Screate_simple(static_cast<int>(extent.size()), extent.data(), nullptr), H5Sclose, dataset);
  Check(H5Dread(source.handle.get(), type, memory.get(), space.get(), H5P_DEFAULT, values), dataset);
}

Hdf5Reader::Hdf5Reader(const std::string& path) : impl_(std::make_unique<Impl>()) {
  impl_->path = path;
  impl_->OpenFile();
}

Hdf5Reader::~Hdf5Reader() = default;

const std::string& Hdf5Reader::path() const { return impl_->path; }

bool Hdf5Reader::Has(const std::string& dataset) const {
  PrepareHdf5();
  return H5Lexists(impl_->file.get(), dataset.c_str(), H5P_DEFAULT) > 0;
}

std::vector<std::int64_t> Hdf5Reader::Shape(const std::string& dataset) const {
  const auto& shape = impl_->Find(dataset).shape;
  return {shape.begin(), shape.end()};
}

void Hdf5Reader::ExpectShape(const std::string& dataset, const std::vector<std::int64_t>& shape,
                             const std::string& axes) const {
  const std::vector<std::int64_t> found = Shape(dataset);
  if (found == shape) return;
  throw InputError("{}: dataset '{}' has the shape {}, expected {} ({})", path(), dataset, JoinShape(found),
                   JoinShape(shape), axes);
}

void Hdf5Reader::ReadRows(const std::string& dataset, std::int64_t first, std::int64_t count, double* values) const {
  impl_->Read(dataset, first, count, H5T_NATIVE_DOUBLE, values);
}
void Hdf5Reader::ReadRows(const std::string& dataset, std::int64_t first, std::int64_t count,
                          std::int64_t* values) const {
  impl_->Read(dataset, first, count, H5T_NATIVE_INT64, values);
}

std::optional<std::string> Hdf5Reader::Text(const std::string& dataset, const std::string& attribute) const {
  const Hdf5Handle handle = impl_->OpenAttribute(dataset, attribute);
  if (handle.get() < 0) return std::nullopt;
  const Hdf5Handle type(H5Aget_type(handle.get()), H5Tclose);
  if (type.get() < 0 || H5Tget_class(type.get()) != H5T_STRING) return std::nullopt;
  if (H5Tis_variable_str(type.get()) > 0) {
    char* text = nullptr;
    if (H5Aread(handle.get(), type.get(), &text) < 0 || text == nullptr) return std::nullopt;
    std::string value = text;
    H5free_memory(text);
    return value;
  }
  const std::size_t size = H5Tget_size(type.get());
  if (size > kLongestText) return std::nullopt;
  std::string value(size, '\0');
  if (H5Aread(handle.get(), type.get(), value.data()) < 0) return std::nullopt;
  return value.substr(0, ::strnlen(value.data(), size));
}

std::optional<double> Hdf5Reader::Number(const std::string& dataset, const std::string& attribute) const {
  const Hdf5Handle handle = impl_->OpenAttribute(dataset, attribute);
  if (handle.get() < 0) return std::nullopt;
  const Hdf5Handle type(H5Aget_type(handle.get()), H5Tclose);
  const H5T_class_t kind = type.get() < 0 ? H5T_NO_CLASS : H5Tget_class(type.get());
  double value = 0.0;
  if (kind != H5T_INTEGER && kind != H5T_FLOAT) return std::nullopt;
  if (H5Aread(handle.get(), H5T_NATIVE_DOUBLE, &value) < 0) return std::nullopt;
  return value;
}

std::vector<std::string> Hdf5Reader::Labels(const std::string& dataset) const {
  const Dataset& source = impl_->Find(dataset);
  if (source.type != H5T_STRING)
    throw InputError("{}: dataset '{}' has the wrong type, expected strings", path(), dataset);
  if (source.shape.size() != 1)
    throw InputError("{}: dataset '{}' has {} axes, expected 1", path(), dataset, source.shape.size());
  if (source.shape[0] > kMostLabels) {
    throw InputError("{}: dataset '{}' has {} strings, allowed are at most {}", path(), dataset, source.shape[0],
                     kMostLabels);
  }
  const hid_t id = source.handle.get();
  const Hdf5Handle type = impl_->Own(H5Dget_type(id), H5Tclose, dataset);
  const std::size_t count = static_cast<std::size_t>(source.shape[0]);
  std::vector<std::string> labels;
  if (H5Tis_variable_str(type.get()) <= 0) {
    const std::size_t size = H5Tget_size(type.get());
    std::vector<char> bytes(size * count);
    impl_->Check(H5Dread(id, type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes.data()), dataset);
    for (std::size_t k = 0; k < count; ++k) labels.emplace_back(&bytes[k * size], ::strnlen(&bytes[k * size], size));
    return labels;
  }
  const Hdf5Handle transfer = impl_->Own(H5Pcreate(H5P_DATASET_XFER), H5Pclose, dataset);
  impl_->Check(H5Pset_vlen_mem_manager(transfer.get(), AllocateText, nullptr, FreeText, nullptr), dataset);
  std::vector<char*> texts(count, nullptr);
  const herr_t read = H5Dread(id, type.get(), H5S_ALL, H5S_ALL, transfer.get(), texts.data());
  const std::string reason = read < 0 ? Hdf5Reason() : "";
  for (char* text : texts) {
    labels.emplace_back(text == nullptr ? "" : text);
    FreeText(text, nullptr);
  }
  if (read < 0) throw InputError("{}: dataset '{}' cannot be read: {}", path(), dataset, reason);
  return labels;
}

}  // namespace evenkeel
