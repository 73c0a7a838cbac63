#include "models/files/hdf5_writer.h"

#include <hdf5.h>
#include <hdf5_hl.h>

#include <algorithm>
#include <map>

#include "models/base/error.h"
#include "models/files/hdf5_file.h"

namespace evenkeel {
namespace {

using Shape = std::vector<hsize_t>;

struct Scale {
  Hdf5Handle dataset;
  hsize_t extent = 0;
  bool growing = false;
  int number = 0;  // in the order in which they were added
};

struct OpenDataset {
  Hdf5Handle handle;
  Shape shape;  // as it is now
  std::int64_t chunk_rows = 1;
};

// Lengths of texts are rounded up. Nothing needs that, but logs are compared with the layout of today's.
constexpr hsize_t kLetterStep = 16;

/// An axis of its own: xarray writes each as long as its longest text, and refuses one axis of two lengths.
std::string LetterAxis(const std::string& dataset) { return "text_" + dataset; }

std::int64_t Bytes(const Shape& shape, std::size_t element) {
  std::int64_t bytes = static_cast<std::int64_t>(element);
  for (hsize_t extent : shape) bytes *= static_cast<std::int64_t>(extent);
  return bytes;
}

Shape AtLeastOne(Shape shape) {
  for (hsize_t& extent : shape) extent = std::max<hsize_t>(extent, 1);
  return shape;
}

Shape ChunkShape(const Shape& shape, std::size_t element) {
  Shape chunk = AtLeastOne(shape);
  const hsize_t rows = std::exchange(chunk[0], 1);
  while (Bytes(chunk, element) > kChunkLimit) {
    hsize_t& largest = *std::max_element(chunk.begin(), chunk.end());
    largest = (largest + 1) / 2;
  }
  chunk[0] = std::clamp<hsize_t>(static_cast<hsize_t>(kChunkTarget / Bytes(chunk, element)), 1, rows);
  return chunk;
}

hid_t FileType(Hdf5Field::Type type) {
  switch (type) {
    case Hdf5Field::Type::kInt64:
      return H5T_STD_I64LE;
    case Hdf5Field::Type::kUint8:
      return H5T_STD_U8LE;
    case Hdf5Field::Type::kFloat32:
      return H5T_IEEE_F32LE;
    case Hdf5Field::Type::kFloat64:
      break;
  }
  return H5T_IEEE_F64LE;
}

}  // namespace

struct Hdf5Writer::Impl {
  std::string name;
  Hdf5Handle file;
  std::map<std::string, Scale> scales;
  std::map<std::string, OpenDataset> datasets;

  [[noreturn]] void Fail(const std::string& dataset) const {
    const std::string reason = Hdf5Reason();
    if (dataset.empty()) throw InputError("cannot write {}: {}", name, reason);
    throw InputError("cannot write {}: dataset '{}': {}", name, dataset, reason);
  }
  Hdf5Handle Own(hid_t id, Hdf5Handle::Closer close, const std::string& dataset) const {
    if (id < 0) Fail(dataset);
    return Hdf5Handle(id, close);
  }
  void Check(herr_t status, const std::string& dataset) const {
    if (status < 0) Fail(dataset);
  }

  void Create(const std::string& path, bool in_memory);
  Hdf5Handle CreationProperties(const Shape& shape, bool growing, bool on_time, std::size_t element,
                                const std::string& dataset, std::int64_t* chunk_rows);
  OpenDataset CreateDataset(const std::string& dataset, hid_t type, Shape shape, bool growing, bool on_time);
  Hdf5Handle TextType(std::size_t bytes, const std::string& dataset) const;
  void AddScale(const std::string& axis, Scale scale);
  void AddBareAxis(const std::string& axis, hsize_t length);
  OpenDataset CreateTexts(const std::string& dataset, const std::vector<std::string>& texts);
  void Write(const std::string& dataset, std::int64_t first, std::int64_t count, hid_t type, const void* values);
  void WriteAttribute(const std::string& dataset, const std::string& attribute, hid_t type, std::size_t count,
                      const void* values);
  hid_t Object(const std::string& dataset) const;
};

void Hdf5Writer::Impl::Create(const std::string& path, bool in_memory) {
  const Hdf5Lock lock = PrepareHdf5();
  const Hdf5Handle creation = Own(H5Pcreate(H5P_FILE_CREATE), H5Pclose, "");
  const Hdf5Handle access = Own(H5Pcreate(H5P_FILE_ACCESS), H5Pclose, "");
  const unsigned order = H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED;
  Check(H5Pset_link_creation_order(creation.get(), order), "");
  Check(H5Pset_attr_creation_order(creation.get(), order), "");
  // Few enough to stay in the root's header, without heaps and trees of their own.
  Check(H5Pset_link_phase_change(creation.get(), 64, 32), "");
  Check(H5Pset_attr_phase_change(creation.get(), 64, 32), "");
  // Equal input gives equal bytes.
  Check(H5Pset_obj_track_times(creation.get(), false), "");
  // The format of HDF5 1.10 has checksums over all metadata; that of 1.8 lacks them where chunks are indexed.
  // An image of it would have a wrong one: HDF5 clears a mark in its first block, and leaves the block's checksum.
  Check(H5Pset_libver_bounds(access.get(), in_memory ? H5F_LIBVER_EARLIEST : H5F_LIBVER_V110, H5F_LIBVER_V110), "");
  // Nobody else writes to a temporary file, and network file systems often cannot lock.
  Check(H5Pset_file_locking(access.get(), false, true), "");
  if (in_memory) Check(H5Pset_fapl_core(access.get(), 1 << 16, false), "");
  file = Own(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, creation.get(), access.get()), H5Fclose, "");
}

Hdf5Handle Hdf5Writer::Impl::CreationProperties(const Shape& shape, bool growing, bool on_time, std::size_t element,
                                                const std::string& dataset, std::int64_t* chunk_rows) {
  Hdf5Handle properties = Own(H5Pcreate(H5P_DATASET_CREATE), H5Pclose, dataset);
  const hid_t id = properties.get();
  Check(H5Pset_attr_creation_order(id, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED), dataset);
  Check(H5Pset_obj_track_times(id, false), dataset);
  // A small table that does not grow with time is best left in one piece.
  const bool in_one_piece = !growing && !on_time && Bytes(shape, element) < (64 << 10);
  const Shape chunk = in_one_piece ? AtLeastOne(shape) : ChunkShape(shape, element);
  *chunk_rows = static_cast<std::int64_t>(chunk[0]);
  Check(H5Pset_chunk(id, static_cast<int>(chunk.size()), chunk.data()), dataset);
  if (!in_one_piece) {
    Check(H5Pset_shuffle(id), dataset);
    Check(H5Pset_deflate(id, 4), dataset);
  }
  // A checksum over the values, the only one that they have.
  Check(H5Pset_fletcher32(id), dataset);
  return properties;
}

OpenDataset Hdf5Writer::Impl::CreateDataset(const std::string& dataset, hid_t type, Shape shape, bool growing,
                                            bool on_time) {
  OpenDataset created;
  const Hdf5Handle properties =
      CreationProperties(shape, growing, on_time, H5Tget_size(type), dataset, &created.chunk_rows);
  Shape limit = shape;
  if (growing) {
    limit[0] = H5S_UNLIMITED;
    shape[0] = 0;
  }
  const Hdf5Handle space =
      Own(H5Screate_simple(static_cast<int>(shape.size()), shape.data(), limit.data()), H5Sclose, dataset);
  created.handle =
      Own(H5Dcreate2(file.get(), dataset.c_str(), type, space.get(), H5P_DEFAULT, properties.get(), H5P_DEFAULT),
          H5Dclose, dataset);
  created.shape = std::move(shape);
  return created;
}

/// Of fixed length: strings of variable length lie in a heap without a checksum, in which one flipped bit makes readers
/// crash or never end.
Hdf5Handle Hdf5Writer::Impl::TextType(std::size_t bytes, const std::string& dataset) const {
  Hdf5Handle type = Own(H5Tcopy(H5T_C_S1), H5Tclose, dataset);
  Check(H5Tset_size(type.get(), std::max<std::size_t>(bytes, 1)), dataset);
  Check(H5Tset_strpad(type.get(), H5T_STR_NULLPAD), dataset);
  Check(H5Tset_cset(type.get(), H5T_CSET_UTF8), dataset);
  return type;
}

/// netCDF's form of an axis that only counts: a scale without values, of a name that netCDF knows.
void Hdf5Writer::Impl::AddBareAxis(const std::string& axis, hsize_t length) {
  const Hdf5Handle properties = Own(H5Pcreate(H5P_DATASET_CREATE), H5Pclose, axis);
  Check(H5Pset_obj_track_times(properties.get(), false), axis);
  Check(H5Pset_alloc_time(properties.get(), H5D_ALLOC_TIME_EARLY), axis);
  const Hdf5Handle space = Own(H5Screate_simple(1, &length, nullptr), H5Sclose, axis);
  Hdf5Handle scale =
      Own(H5Dcreate2(file.get(), axis.c_str(), H5T_IEEE_F32BE, space.get(), H5P_DEFAULT, properties.get(), H5P_DEFAULT),
          H5Dclose, axis);
  const std::string title = fmt::format("{}.{:10}", kBareAxis, length);
  Check(H5DSset_scale(scale.get(), title.c_str()), axis);
  AddScale(axis, {std::move(scale), length, false});
}

void Hdf5Writer::Impl::AddScale(const std::string& axis, Scale scale) {
  scale.number = static_cast<int>(scales.size());
  const Scale& added = scales[axis] = std::move(scale);
  // netCDF numbers dimensions; one with letters behind it can only be found by its number.
  WriteAttribute(axis, "_Netcdf4Dimid", H5T_NATIVE_INT, 0, &added.number);
}

/// A row of letters per text, the way of netCDF's classic model: netCDF 4.9 crashes on texts of fixed length.
OpenDataset Hdf5Writer::Impl::CreateTexts(const std::string& dataset, const std::vector<std::string>& texts) {
  std::size_t longest = 1;
  for (const std::string& text : texts) longest = std::max(longest, text.size());
  const hsize_t letters = (longest + kLetterStep - 1) / kLetterStep * kLetterStep;
  AddBareAxis(LetterAxis(dataset), letters);
  const Hdf5Handle type = TextType(1, dataset);
  Check(H5Tset_cset(type.get(), H5T_CSET_ASCII), dataset);  // as in netCDF; _Encoding says what letters make
  OpenDataset created = CreateDataset(dataset, type.get(), {texts.size(), letters}, false, false);
  std::string bytes(letters * texts.size(), '\0');
  for (std::size_t k = 0; k < texts.size(); ++k) texts[k].copy(&bytes[k * letters], texts[k].size());
  Check(H5Dwrite(created.handle.get(), type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes.data()), dataset);
  return created;
}

hid_t Hdf5Writer::Impl::Object(const std::string& dataset) const {
  if (dataset.empty()) return file.get();
  const auto scale = scales.find(dataset);
  if (scale != scales.end()) return scale->second.dataset.get();
  const auto field = datasets.find(dataset);
  EVENKEEL_CHECK(field != datasets.end());
  return field->second.handle.get();
}

/// A count of 0 stands for a single value.
void Hdf5Writer::Impl::WriteAttribute(const std::string& dataset, const std::string& attribute, hid_t type,
                                      std::size_t count, const void* values) {
  const hsize_t extent = count;
  const Hdf5Handle space =
      Own(count == 0 ? H5Screate(H5S_SCALAR) : H5Screate_simple(1, &extent, nullptr), H5Sclose, dataset);
  const Hdf5Handle handle = Own(
      H5Acreate2(Object(dataset), attribute.c_str(), type, space.get(), H5P_DEFAULT, H5P_DEFAULT), H5Aclose, dataset);
  Check(H5Awrite(handle.get(), type, values), dataset);
}

void Hdf5Writer::Impl::Write(const std::string& dataset, std::int64_t first, std::int64_t count, hid_t type,
                             const void* values) {
  if (count == 0) return;
  const Hdf5Lock lock = PrepareHdf5();
  OpenDataset& target = datasets.at(dataset);
  if (static_cast<hsize_t>(first + count) > target.shape[0]) {
    target.shape[0] = static_cast<hsize_t>(first + count);
    Check(H5Dset_extent(target.handle.get(), target.shape.data()), dataset);
  }
  Shape start(target.shape.size(), 0);
  Shape extent = target.shape;
  start[0] = static_cast<hsize_t>(first);
  extent[0] = static_cast<hsize_t>(count);
  const Hdf5Handle space = Own(H5Dget_space(target.handle.get()), H5Sclose, dataset);
  Check(H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, start.data(), nullptr, extent.data(), nullptr), dataset);
  const Hdf5Handle memory =
      Own(H5Screate_simple(static_cast<int>(extent.size()), extent.data(), nullptr), H5Sclose, dataset);
  Check(H5Dwrite(target.handle.get(), type, memory.get(), space.get(), H5P_DEFAULT, values), dataset);
}

Hdf5Writer::Hdf5Writer(const std::string& file, const std::string& name) : impl_(std::make_unique<Impl>()) {
  impl_->name = name;
  impl_->Create(file, false);
}

Hdf5Writer::Hdf5Writer(const std::string& name) : impl_(std::make_unique<Impl>()) {
  impl_->name = name;
  impl_->Create(name, true);
}

Hdf5Writer::~Hdf5Writer() = default;
Hdf5Writer::Hdf5Writer(Hdf5Writer&&) noexcept = default;

void Hdf5Writer::AddLabels(const std::string& name, const std::string& long_name,
                           const std::vector<std::string>& labels) {
  const Hdf5Lock lock = PrepareHdf5();
  OpenDataset created = impl_->CreateTexts(name, labels);
  impl_->Check(H5DSset_scale(created.handle.get(), name.c_str()), name);
  const Shape shape = created.shape;
  impl_->AddScale(name, {std::move(created.handle), shape[0], false});
  // The second axis of a scale cannot have one attached; netCDF finds both by their numbers.
  const int axes[] = {impl_->scales.at(name).number, impl_->scales.at(LetterAxis(name)).number};
  impl_->WriteAttribute(name, "_Netcdf4Coordinates", H5T_NATIVE_INT, 2, axes);
  SetAttribute(name, "_Encoding", "utf-8");
  SetAttribute(name, "units", "1");
  SetAttribute(name, "long_name", long_name);
}

void Hdf5Writer::AddTexts(const std::string& name, const std::string& axis, const std::string& long_name,
                          const std::vector<std::string>& texts) {
  const Hdf5Lock lock = PrepareHdf5();
  EVENKEEL_CHECK_EQ(texts.size(), static_cast<std::size_t>(impl_->scales.at(axis).extent));
  OpenDataset created = impl_->CreateTexts(name, texts);
  const hid_t scales[] = {impl_->scales.at(axis).dataset.get(), impl_->scales.at(LetterAxis(name)).dataset.get()};
  for (unsigned k = 0; k < 2; ++k) impl_->Check(H5DSattach_scale(created.handle.get(), scales[k], k), name);
  impl_->datasets[name] = std::move(created);
  SetAttribute(name, "_Encoding", "utf-8");
  SetAttribute(name, "long_name", long_name);
}

void Hdf5Writer::AddAxis(const std::string& name, std::int64_t length) {
  const Hdf5Lock lock = PrepareHdf5();
  impl_->AddBareAxis(name, static_cast<hsize_t>(length));
}

void Hdf5Writer::AddTime(std::int64_t slots, bool growing) {
  const Hdf5Lock lock = PrepareHdf5();
  const std::string name = "time";
  const Shape shape = {static_cast<hsize_t>(slots)};
  OpenDataset created = impl_->CreateDataset(name, H5T_STD_I64LE, shape, growing, true);
  impl_->Check(H5DSset_scale(created.handle.get(), name.c_str()), name);
  // A second handle on the same dataset, so that time is written like any field.
  const hid_t again = H5Dopen2(impl_->file.get(), name.c_str(), H5P_DEFAULT);
  impl_->AddScale(name, {impl_->Own(again, H5Dclose, name), shape[0], growing});
  impl_->datasets[name] = std::move(created);
  SetAttribute(name, "units", "seconds since 1970-01-01 00:00:00");
  SetAttribute(name, "long_name", "start of the slot, UTC");
  SetAttribute(name, "standard_name", "time");
  SetAttribute(name, "calendar", "proleptic_gregorian");
  SetAttribute(name, "interval", "start");
}

void Hdf5Writer::AddField(const Hdf5Field& field) {
  const Hdf5Lock lock = PrepareHdf5();
  Shape shape;
  for (const std::string& axis : field.axes) shape.push_back(impl_->scales.at(axis).extent);
  const bool growing = impl_->scales.at(field.axes[0]).growing;
  OpenDataset created = impl_->CreateDataset(field.name, FileType(field.type), shape, growing, field.axes[0] == "time");
  for (std::size_t k = 0; k < field.axes.size(); ++k) {
    const hid_t scale = impl_->scales.at(field.axes[k]).dataset.get();
    impl_->Check(H5DSattach_scale(created.handle.get(), scale, static_cast<unsigned>(k)), field.name);
  }
  impl_->datasets[field.name] = std::move(created);
  SetAttribute(field.name, "units", field.units);
  SetAttribute(field.name, "long_name", field.long_name);
}

void Hdf5Writer::WriteRows(const std::string& name, std::int64_t first, std::int64_t count, const double* values) {
  impl_->Write(name, first, count, H5T_NATIVE_DOUBLE, values);
}
void Hdf5Writer::WriteRows(const std::string& name, std::int64_t first, std::int64_t count,
                           const std::int64_t* values) {
  impl_->Write(name, first, count, H5T_NATIVE_INT64, values);
}
void Hdf5Writer::WriteRows(const std::string& name, std::int64_t first, std::int64_t count,
                           const std::uint8_t* values) {
  impl_->Write(name, first, count, H5T_NATIVE_UINT8, values);
}

std::int64_t Hdf5Writer::Rows(const std::string& name) const {
  return static_cast<std::int64_t>(impl_->datasets.at(name).shape[0]);
}
std::int64_t Hdf5Writer::ChunkRows(const std::string& name) const { return impl_->datasets.at(name).chunk_rows; }

void Hdf5Writer::SetAttribute(const std::string& dataset, const std::string& name, const std::string& value) {
  const Hdf5Lock lock = PrepareHdf5();
  const Hdf5Handle type = impl_->TextType(value.size(), dataset);
  impl_->WriteAttribute(dataset, name, type.get(), 0, value.c_str());
}
void Hdf5Writer::SetAttribute(const std::string& dataset, const std::string& name, double value) {
  const Hdf5Lock lock = PrepareHdf5();
  impl_->WriteAttribute(dataset, name, H5T_NATIVE_DOUBLE, 1, &value);
}
void Hdf5Writer::SetAttribute(const std::string& dataset, const std::string& name, std::int64_t value) {
  const Hdf5Lock lock = PrepareHdf5();
  impl_->WriteAttribute(dataset, name, H5T_NATIVE_INT64, 1, &value);
}

void Hdf5Writer::SetFlags(const std::string& dataset, const std::vector<std::uint8_t>& values,
                          const std::string& meanings) {
  const Hdf5Lock lock = PrepareHdf5();
  impl_->WriteAttribute(dataset, "flag_values", H5T_STD_U8LE, values.size(), values.data());
  SetAttribute(dataset, "flag_meanings", meanings);
}

void Hdf5Writer::Close() {
  const Hdf5Lock lock = PrepareHdf5();
  // Closing a file whose data could not be written loses the reason, so flush first.
  impl_->Check(H5Fflush(impl_->file.get(), H5F_SCOPE_GLOBAL), "");
  bool closed = true;
  for (auto& [name, dataset] : impl_->datasets) closed = dataset.handle.Close() && closed;
  for (auto& [name, scale] : impl_->scales) closed = scale.dataset.Close() && closed;
  closed = impl_->file.Close() && closed;
  if (!closed) impl_->Fail("");
}

std::string Hdf5Writer::Image() {
  const Hdf5Lock lock = PrepareHdf5();
  impl_->Check(H5Fflush(impl_->file.get(), H5F_SCOPE_GLOBAL), "");
  const ssize_t size = H5Fget_file_image(impl_->file.get(), nullptr, 0);
  if (size < 0) impl_->Fail("");
  std::string bytes(static_cast<std::size_t>(size), '\0');
  if (H5Fget_file_image(impl_->file.get(), bytes.data(), bytes.size()) < 0) impl_->Fail("");
  return bytes;
}

}  // namespace evenkeel
