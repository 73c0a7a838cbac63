#include "models/files/hdf5_reader.h"

#include <fmt/ranges.h>

#include <hdf5.h>
#include <hdf5_hl.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>
#include <limits>
#include <map>
#include <string_view>

#include "models/base/error.h"
#include "models/base/read_file.h"
#include "models/files/hdf5_file.h"
#include "models/files/hdf5_foreign.h"
#include "models/files/hdf5_storage.h"

namespace evenkeel {
namespace {

/// Of names. For every other order HDF5 1.10 makes a table of all of them first, and when a name is damaged it frees
/// entries of the table that it has not filled in.
constexpr H5_iter_order_t kSafeOrder = H5_ITER_NATIVE;

using Extents = std::vector<hsize_t>;

constexpr double kNoValue = std::numeric_limits<double>::quiet_NaN();
constexpr hsize_t kMostLabels = 1 << 20;
constexpr std::size_t kLongestText = 1 << 16;
constexpr std::size_t kMostTextBytes = 1 << 28;

struct Dataset {
  Hdf5Handle handle;
  Extents shape;
  H5T_class_t type = H5T_NO_CLASS;
};

/// A text that was filled up with zeros; nothing when there is something behind them.
std::optional<std::string> Unfilled(const char* bytes, std::size_t size) {
  const std::size_t length = ::strnlen(bytes, size);
  if (std::any_of(bytes + length, bytes + size, [](char c) { return c != '\0'; })) return std::nullopt;
  return std::string(bytes, length);
}

std::string TypeName(const Hdf5Handle& type) {
  const H5T_class_t kind = type.get() < 0 ? H5T_NO_CLASS : H5Tget_class(type.get());
  if (kind == H5T_STRING) return "text";
  const std::size_t bits = 8 * H5Tget_size(type.get());
  if (kind == H5T_FLOAT) return fmt::format("float{}", bits);
  if (kind != H5T_INTEGER) return "something else";
  return fmt::format("{}int{}", H5Tget_sign(type.get()) == H5T_SGN_NONE ? "u" : "", bits);
}

/// Whether it is an axis that only counts, without values: netCDF says so in its name.
bool IsBareAxis(hid_t group, const char* name) {
  const Hdf5Handle object(H5Oopen(group, name, H5P_DEFAULT), H5Oclose);
  if (object.get() < 0 || H5Iget_type(object.get()) != H5I_DATASET) return false;
  std::array<char, 128> title = {};
  if (H5DSis_scale(object.get()) <= 0 || H5DSget_scale_name(object.get(), title.data(), title.size()) <= 0)
    return false;
  return std::string_view(title.data()).substr(0, kBareAxis.size()) == kBareAxis;
}

/// What a file is that people take for an HDF5 file, and what to do.
std::string WhatInstead(const std::string& path) {
  std::array<char, 4> head = {};
  std::ifstream(path, std::ios::binary).read(head.data(), head.size());
  const std::string_view start(head.data(), head.size());
  if (start.substr(0, 3) == "CDF")
    return ", but netCDF of the classic format: save it as netCDF-4, in xarray with to_netcdf(.., engine=\"netcdf4\")";
  if (start.substr(0, 2) == "\x1f\x8b") return ", but packed by gzip: unpack it";
  return start.substr(0, 2) == "PK" ? ", but a zip archive: unpack it" : "";
}

std::string JoinShape(const std::vector<std::int64_t>& shape) { return fmt::format("[{}]", fmt::join(shape, ", ")); }

}  // namespace

struct Hdf5Reader::Impl {
  std::string path;
  Hdf5Writers writers = Hdf5Writers::kAnyone;
  Hdf5Handle file;
  mutable std::map<std::string, Dataset> datasets;
  mutable std::map<std::string, CfPacking> packings;
  mutable std::optional<Hdf5ForeignTexts> foreign;

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
  const Hdf5ForeignTexts& Foreign() const {
    if (writers == Hdf5Writers::kEvenkeel)
      throw InputError("{}: not as evenkeel writes such files: {}", path,
                       HasHdf5Checksums(path) ? "it has texts of variable length, expected fixed ones"
                                              : "its metadata has no checksums, or it does not begin with them");
    if (!foreign) foreign = ReadHdf5ForeignTexts(path);
    return *foreign;
  }
  const Dataset& Find(const std::string& dataset) const;
  Dataset Open(const std::string& dataset) const;
  Hdf5Handle OpenAttribute(const std::string& dataset, const std::string& attribute, hsize_t* count) const;
  void Read(const std::string& dataset, std::int64_t first, std::int64_t count, hid_t type, void* values) const;
  std::size_t NumValues(const std::string& dataset, std::int64_t rows) const {
    const Extents& shape = Find(dataset).shape;
    std::size_t values = static_cast<std::size_t>(rows);
    for (std::size_t k = 1; k < shape.size(); ++k) values *= static_cast<std::size_t>(shape[k]);
    return values;
  }
};

void Hdf5Reader::Impl::OpenFile() {
  const Hdf5Lock lock = PrepareHdf5();
  CheckRegularFile(path);
  if (H5Fis_hdf5(path.c_str()) <= 0)
    throw InputError("cannot read {}: it is not an HDF5 file{}", path, WhatInstead(path));
  // Without checksums over the metadata, HDF5 itself may crash: tried out by a child.
  if (!HasHdf5Checksums(path)) Foreign();
  const Hdf5Handle access = Own(H5Pcreate(H5P_FILE_ACCESS), H5Pclose, "");
  // Readers must not need write permission, nor a file system that can lock.
  Check(H5Pset_file_locking(access.get(), false, true), "");
  const hid_t id = H5Fopen(path.c_str(), H5F_ACC_RDONLY, access.get());
  if (id < 0 && Hdf5WasInUse()) throw InputError("cannot read {}: {}", path, Hdf5Reason());
  if (id < 0) throw InputError("cannot read {}: the HDF5 file is damaged or truncated ({})", path, Hdf5Reason());
  file = Hdf5Handle(id, H5Fclose);
}

Dataset Hdf5Reader::Impl::Open(const std::string& dataset) const {
  const Hdf5Lock lock = PrepareHdf5();
  H5L_info_t link;
  if (H5Lexists(file.get(), dataset.c_str(), H5P_DEFAULT) <= 0)
    throw InputError("{}: dataset '{}' is missing", path, dataset);
  Check(H5Lget_info(file.get(), dataset.c_str(), &link, H5P_DEFAULT), dataset);
  if (link.type != H5L_TYPE_HARD) throw InputError("{}: '{}' is a link, expected a dataset", path, dataset);
  Dataset opened;
  opened.handle = Own(H5Dopen2(file.get(), dataset.c_str(), H5P_DEFAULT), H5Dclose, dataset);
  const hid_t id = opened.handle.get();
  CheckHdf5StoredInside(id, path, dataset);
  const Hdf5Handle type = Own(H5Dget_type(id), H5Tclose, dataset);
  const Hdf5Handle space = Own(H5Dget_space(id), H5Sclose, dataset);
  opened.type = H5Tget_class(type.get());
  const int rank = H5Sget_simple_extent_ndims(space.get());
  if (rank < 1) throw InputError("{}: dataset '{}' is a single value, expected an array", path, dataset);
  opened.shape.resize(rank);
  H5Sget_simple_extent_dims(space.get(), opened.shape.data(), nullptr);
  const hsize_t cache = CheckHdf5Storage(file.get(), id, {opened.shape.begin(), opened.shape.end()}, path, dataset);
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

Hdf5Handle Hdf5Reader::Impl::OpenAttribute(const std::string& dataset, const std::string& attribute,
                                           hsize_t* count) const {
  const Hdf5Lock lock = PrepareHdf5();
  const hid_t object = dataset.empty() ? file.get() : Find(dataset).handle.get();
  const htri_t exists = H5Aexists(object, attribute.c_str());
  if (exists == 0) return {};
  Hdf5Handle handle(exists < 0 ? -1 : H5Aopen(object, attribute.c_str(), H5P_DEFAULT), H5Aclose);
  const Hdf5Handle space(handle.get() < 0 ? -1 : H5Aget_space(handle.get()), H5Sclose);
  if (space.get() < 0) {
    throw InputError("{}: the attribute '{}' of '{}' cannot be read: {}", path, attribute,
                     dataset.empty() ? "/" : dataset, Hdf5Reason());
  }
  *count = static_cast<hsize_t>(std::max<hssize_t>(H5Sget_simple_extent_npoints(space.get()), 0));
  return handle;
}

void Hdf5Reader::Impl::Read(const std::string& dataset, std::int64_t first, std::int64_t count, hid_t type,
                            void* values) const {
  if (count == 0) return;
  const Hdf5Lock lock = PrepareHdf5();
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

Hdf5Reader::Hdf5Reader(const std::string& path, Hdf5Writers writers) : impl_(std::make_unique<Impl>()) {
  impl_->path = path;
  impl_->writers = writers;
  impl_->OpenFile();
}

Hdf5Reader::Hdf5Reader(const std::string& name, const std::string& image) : impl_(std::make_unique<Impl>()) {
  const Hdf5Lock lock = PrepareHdf5();
  impl_->path = name;
  std::string bytes = image;  // HDF5 wants it writable, and copies it
  impl_->file = impl_->Own(H5LTopen_file_image(bytes.data(), bytes.size(), 0), H5Fclose, "");
}

Hdf5Reader::~Hdf5Reader() = default;

const std::string& Hdf5Reader::path() const { return impl_->path; }

bool Hdf5Reader::Has(const std::string& dataset) const {
  const Hdf5Lock lock = PrepareHdf5();
  return H5Lexists(impl_->file.get(), dataset.c_str(), H5P_DEFAULT) > 0;
}

std::vector<std::string> Hdf5Reader::Datasets() const {
  const Hdf5Lock lock = PrepareHdf5();
  std::vector<std::string> names;
  // Axes without values are netCDF's own; their names changed with the writer.
  const auto add = [](hid_t group, const char* name, const H5L_info_t* link, void* list) -> herr_t {
    if (link->type != H5L_TYPE_HARD || !IsBareAxis(group, name))
      static_cast<std::vector<std::string>*>(list)->emplace_back(name);
    return 0;
  };
  impl_->Check(H5Literate(impl_->file.get(), H5_INDEX_NAME, kSafeOrder, nullptr, add, &names), "");
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<std::string> Hdf5Reader::Attributes(const std::string& dataset) const {
  const Hdf5Lock lock = PrepareHdf5();
  std::vector<std::string> names;
  const auto add = [](hid_t, const char* name, const H5A_info_t*, void* list) -> herr_t {
    for (const char* own : {"CLASS", "NAME", "REFERENCE_LIST", "DIMENSION_LIST"}) {
      if (std::strcmp(name, own) == 0) return 0;
    }
    if (std::strncmp(name, "_Netcdf4", 8) != 0) static_cast<std::vector<std::string>*>(list)->emplace_back(name);
    return 0;
  };
  const hid_t object = dataset.empty() ? impl_->file.get() : impl_->Find(dataset).handle.get();
  impl_->Check(H5Aiterate2(object, H5_INDEX_NAME, kSafeOrder, nullptr, add, &names), dataset);
  std::sort(names.begin(), names.end());
  return names;
}

std::string Hdf5Reader::TypeOf(const std::string& dataset) const {
  const Hdf5Lock lock = PrepareHdf5();
  const Dataset& source = impl_->Find(dataset);
  return TypeName(impl_->Own(H5Dget_type(source.handle.get()), H5Tclose, dataset));
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

std::vector<CfAttribute> Hdf5Reader::PackingAttributes(const std::string& dataset) const {
  const Hdf5Lock lock = PrepareHdf5();
  std::vector<CfAttribute> attributes;
  for (const std::string& name : Attributes(dataset)) {
    if (!IsCfPackingName(name)) continue;
    hsize_t count = 0;
    const Hdf5Handle handle = impl_->OpenAttribute(dataset, name, &count);
    attributes.push_back({name, TypeName(Hdf5Handle(H5Aget_type(handle.get()), H5Tclose)),
                          Numbers(dataset, name).value_or(std::vector<double>()), Text(dataset, name).value_or("")});
  }
  return attributes;
}

const CfPacking& Hdf5Reader::Packing(const std::string& dataset) const {
  const auto found = impl_->packings.find(dataset);
  if (found != impl_->packings.end()) return found->second;
  const std::string where = fmt::format("{}: dataset '{}'", path(), dataset);
  return impl_->packings[dataset] = MakeCfPacking(TypeOf(dataset), PackingAttributes(dataset), where);
}

void Hdf5Reader::ThrowMissing(const std::string& dataset, std::int64_t first, const CfMissing& missing) const {
  std::int64_t columns = 1;
  const std::vector<std::int64_t> shape = Shape(dataset);
  for (std::size_t k = 1; k < shape.size(); ++k) columns *= shape[k];
  const auto index = static_cast<std::int64_t>(missing.index);
  throw InputError("{}: dataset '{}', row {}, column {}, counted from 0: the value is missing ({})", path(), dataset,
                   first + index / columns, index % columns, missing.reason);
}

std::optional<CfMissing> Hdf5Reader::ReadValues(const std::string& dataset, std::int64_t first, std::int64_t count,
                                                double* values, double no_value) const {
  impl_->Read(dataset, first, count, H5T_NATIVE_DOUBLE, values);
  return Unpack(Packing(dataset), impl_->NumValues(dataset, count), values, no_value);
}

void Hdf5Reader::ReadRows(const std::string& dataset, std::int64_t first, std::int64_t count, double* values) const {
  if (const auto missing = ReadValues(dataset, first, count, values, kNoValue)) ThrowMissing(dataset, first, *missing);
}

void Hdf5Reader::ReadRows(const std::string& dataset, std::int64_t first, std::int64_t count,
                          std::int64_t* values) const {
  impl_->Read(dataset, first, count, H5T_NATIVE_INT64, values);
  const CfPacking& packing = Packing(dataset);
  if (packing.IsPacked())
    throw InputError("{}: dataset '{}': the attribute '{}' makes other numbers of it, expected plain integers", path(),
                     dataset, packing.scale ? "scale_factor" : "add_offset");
  if (const auto missing = Unpack(packing, impl_->NumValues(dataset, count), values))
    ThrowMissing(dataset, first, *missing);
}

bool Hdf5Reader::HasAttribute(const std::string& dataset, const std::string& attribute) const {
  const Hdf5Lock lock = PrepareHdf5();
  hsize_t count = 0;
  return impl_->OpenAttribute(dataset, attribute, &count).get() >= 0;
}

std::optional<std::string> Hdf5Reader::Text(const std::string& dataset, const std::string& attribute) const {
  const Hdf5Lock lock = PrepareHdf5();
  hsize_t count = 0;
  const Hdf5Handle handle = impl_->OpenAttribute(dataset, attribute, &count);
  if (handle.get() < 0 || count != 1) return std::nullopt;
  const Hdf5Handle type(H5Aget_type(handle.get()), H5Tclose);
  if (type.get() < 0 || H5Tget_class(type.get()) != H5T_STRING) return std::nullopt;
  if (H5Tis_variable_str(type.get()) > 0) {
    const auto& texts = impl_->Foreign().attributes;
    const auto found = texts.find({dataset, attribute});
    return found == texts.end() ? std::nullopt : std::optional(found->second);
  }
  const std::size_t size = H5Tget_size(type.get());
  if (size > kMostTextBytes) return std::nullopt;
  std::string value(size, '\0');
  if (H5Aread(handle.get(), type.get(), value.data()) < 0) return std::nullopt;
  return Unfilled(value.data(), size);
}

std::optional<std::vector<double>> Hdf5Reader::Numbers(const std::string& dataset, const std::string& attribute) const {
  constexpr hsize_t kMostNumbers = 256;
  const Hdf5Lock lock = PrepareHdf5();
  hsize_t count = 0;
  const Hdf5Handle handle = impl_->OpenAttribute(dataset, attribute, &count);
  if (handle.get() < 0 || count > kMostNumbers) return std::nullopt;
  const Hdf5Handle type(H5Aget_type(handle.get()), H5Tclose);
  const H5T_class_t kind = type.get() < 0 ? H5T_NO_CLASS : H5Tget_class(type.get());
  if (kind != H5T_INTEGER && kind != H5T_FLOAT) return std::nullopt;
  std::vector<double> values(count);
  if (H5Aread(handle.get(), H5T_NATIVE_DOUBLE, values.data()) < 0) return std::nullopt;
  return values;
}

std::optional<double> Hdf5Reader::Number(const std::string& dataset, const std::string& attribute) const {
  const auto values = Numbers(dataset, attribute);
  return values && values->size() == 1 ? std::optional(values->front()) : std::nullopt;
}

std::vector<std::string> Hdf5Reader::Labels(const std::string& dataset) const {
  const Hdf5Lock lock = PrepareHdf5();
  const Dataset& source = impl_->Find(dataset);
  if (source.type != H5T_STRING)
    throw InputError("{}: dataset '{}' has the wrong type, expected strings", path(), dataset);
  const hid_t id = source.handle.get();
  const Hdf5Handle type = impl_->Own(H5Dget_type(id), H5Tclose, dataset);
  // Texts are an axis of strings, or of rows of letters.
  const bool of_letters =
      source.shape.size() == 2 && H5Tis_variable_str(type.get()) <= 0 && H5Tget_size(type.get()) == 1;
  if (source.shape.size() != 1 && !of_letters)
    throw InputError("{}: dataset '{}' has {} axes, expected 1, or 2 of single letters", path(), dataset,
                     source.shape.size());
  if (source.shape[0] > kMostLabels) {
    throw InputError("{}: dataset '{}' has {} strings, allowed are at most {}", path(), dataset, source.shape[0],
                     kMostLabels);
  }
  const std::size_t count = static_cast<std::size_t>(source.shape[0]);
  std::vector<std::string> labels;
  if (H5Tis_variable_str(type.get()) > 0) {
    const auto found = impl_->Foreign().labels.find(dataset);
    if (count == 0) return {};
    if (found == impl_->Foreign().labels.end() || found->second.size() != count)
      throw InputError("{}: dataset '{}' cannot be read: its texts of variable length are damaged", path(), dataset);
    return found->second;
  }
  const std::size_t size = of_letters ? static_cast<std::size_t>(source.shape[1]) : H5Tget_size(type.get());
  if (size > kLongestText || size * count > kMostTextBytes)
    throw InputError("{}: dataset '{}' has {} strings of {} bytes, allowed are at most {} each and {} in all", path(),
                     dataset, count, size, kLongestText, kMostTextBytes);
  std::vector<char> bytes(size * count);
  impl_->Check(H5Dread(id, type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes.data()), dataset);
  for (std::size_t k = 0; k < count; ++k) {
    const auto label = Unfilled(&bytes[k * size], size);
    if (!label) throw InputError("{}: dataset '{}': entry {} goes on behind its end", path(), dataset, k);
    labels.push_back(*label);
  }
  return labels;
}

}  // namespace evenkeel
