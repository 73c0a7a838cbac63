#include "tests/reference/hdf5_hostile.h"

#include <hdf5.h>

#include <cstddef>

#include "models/base/error.h"

namespace evenkeel {
namespace {

constexpr H5Z_filter_t kUnknownFilter = 32001;  // registered by others, as Blosc
constexpr hsize_t kHuge = 1'000'000'000'000;

hid_t Good(hid_t id) {
  EVENKEEL_CHECK(id >= 0);
  return id;
}

std::size_t PassOn(unsigned, std::size_t, const unsigned*, std::size_t bytes, std::size_t*, void**) { return bytes; }

/// A dataset with what makes it hostile in its type, space or properties.
void Create(hid_t file, const std::string& name, hid_t type, hid_t space, hid_t properties) {
  H5Dclose(Good(H5Dcreate2(file, name.c_str(), type, space, H5P_DEFAULT, properties, H5P_DEFAULT)));
}

hid_t Simple(hsize_t length, hsize_t most = 0) {
  return Good(H5Screate_simple(1, &length, most == 0 ? nullptr : &most));
}

void CreateVirtual(hid_t file, const std::string& name, const std::string& other, bool unlimited) {
  const hid_t properties = Good(H5Pcreate(H5P_DATASET_CREATE));
  const hid_t space = unlimited ? Simple(0, H5S_UNLIMITED) : Simple(4),
              source = unlimited ? Simple(0, H5S_UNLIMITED) : Simple(4);
  if (unlimited) {
    const hsize_t start = 0, stride = 1, count = H5S_UNLIMITED, block = 1;
    for (const hid_t one : {space, source})
      EVENKEEL_CHECK(H5Sselect_hyperslab(one, H5S_SELECT_SET, &start, &stride, &count, &block) >= 0);
  }
  EVENKEEL_CHECK(H5Pset_virtual(properties, space, other.c_str(), "values", source) >= 0);
  Create(file, name, H5T_IEEE_F32LE, space, properties);
}

void CreateChunked(hid_t file, const std::string& name, hsize_t length, hsize_t chunk, H5Z_filter_t filter) {
  const hid_t properties = Good(H5Pcreate(H5P_DATASET_CREATE));
  EVENKEEL_CHECK(H5Pset_chunk(properties, 1, &chunk) >= 0);
  if (filter == H5Z_FILTER_DEFLATE) EVENKEEL_CHECK(H5Pset_deflate(properties, 9) >= 0);
  if (filter == kUnknownFilter) {
    const H5Z_class2_t known = {H5Z_CLASS_T_VERS, kUnknownFilter, 1, 1, "unknown", nullptr, nullptr, PassOn};
    EVENKEEL_CHECK(H5Zregister(&known) >= 0 && H5Pset_filter(properties, filter, 0, 0, nullptr) >= 0);
  }
  const hid_t dataset =
      Good(H5Dcreate2(file, name.c_str(), H5T_IEEE_F32LE, Simple(length), H5P_DEFAULT, properties, H5P_DEFAULT));
  const std::vector<float> zeros(length);
  EVENKEEL_CHECK(H5Dwrite(dataset, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, zeros.data()) >= 0);
  EVENKEEL_CHECK(H5Dclose(dataset) >= 0);
}

void CreateGroup(hid_t file, const std::string& name) {
  const hid_t group = Good(H5Gcreate2(file, name.c_str(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
  EVENKEEL_CHECK(H5Lcreate_hard(file, "/", group, "again", H5P_DEFAULT, H5P_DEFAULT) >= 0);
  H5Gclose(group);
}

void CreateExternal(hid_t file, const std::string& name, const std::string& other) {
  const hid_t properties = Good(H5Pcreate(H5P_DATASET_CREATE));
  EVENKEEL_CHECK(H5Pset_external(properties, other.c_str(), 0, 4 * sizeof(float)) >= 0);
  Create(file, name, H5T_IEEE_F32LE, Simple(4), properties);
}

void Commit(hid_t file, const std::string& name) {
  const hid_t type = Good(H5Tcopy(H5T_IEEE_F32LE));
  EVENKEEL_CHECK(H5Tcommit2(file, name.c_str(), type, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT) >= 0);
  H5Tclose(type);
}

hid_t Text() {
  const hid_t type = Good(H5Tcopy(H5T_C_S1));
  EVENKEEL_CHECK(H5Tset_size(type, H5T_VARIABLE) >= 0);
  return type;
}

hid_t Half() {
  const hid_t type = Good(H5Tcopy(H5T_IEEE_F32LE));
  EVENKEEL_CHECK(H5Tset_fields(type, 15, 10, 5, 0, 10) >= 0 && H5Tset_size(type, 2) >= 0 &&
                 H5Tset_ebias(type, 15) >= 0);
  return type;
}

hid_t Compound() {
  const hid_t type = Good(H5Tcreate(H5T_COMPOUND, sizeof(float)));
  EVENKEEL_CHECK(H5Tinsert(type, "value", 0, H5T_IEEE_F32LE) >= 0);
  return type;
}

void Pack(hid_t file, const std::string& name) {
  const hid_t dataset = Good(H5Dopen2(file, name.c_str(), H5P_DEFAULT));
  const double factor = 2.0;
  for (const char* attribute : {"scale_factor", "add_offset"}) {
    const hid_t id = Good(H5Acreate2(dataset, attribute, H5T_IEEE_F64LE, Simple(1), H5P_DEFAULT, H5P_DEFAULT));
    EVENKEEL_CHECK(H5Awrite(id, H5T_NATIVE_DOUBLE, &factor) >= 0);
    H5Aclose(id);
  }
  H5Dclose(dataset);
}

/// What is hostile by its type or its size.
void PutValues(hid_t file, const std::string& name, Hostile kind) {
  switch (kind) {
    case Hostile::kOpaque:
      return Create(file, name, Good(H5Tcreate(H5T_OPAQUE, 100)), Simple(4), H5P_DEFAULT);
    case Hostile::kBytes:
      return Create(file, name, H5T_STD_U8LE, Simple(400), H5P_DEFAULT);
    case Hostile::kHalf:
      return Create(file, name, Half(), Simple(4), H5P_DEFAULT);
    case Hostile::kCompound:
      return Create(file, name, Compound(), Simple(4), H5P_DEFAULT);
    case Hostile::kVariableText:
      return Create(file, name, Text(), Simple(4), H5P_DEFAULT);
    case Hostile::kReferences:
      return Create(file, name, H5T_STD_REF_OBJ, Simple(4), H5P_DEFAULT);
    case Hostile::kScalar:
      return Create(file, name, H5T_IEEE_F32LE, Good(H5Screate(H5S_SCALAR)), H5P_DEFAULT);
    case Hostile::kEndless:
      return Create(file, name, H5T_IEEE_F32LE, Simple(kHuge), H5P_DEFAULT);
    case Hostile::kEndlessCompressible:
      return CreateChunked(file, name, 8 << 20, 1 << 20, H5Z_FILTER_DEFLATE);
    case Hostile::kFilter:
      return CreateChunked(file, name, 4, 4, kUnknownFilter);
    default:
      EVENKEEL_CHECK(false);
  }
}

/// Or by where it says that values are.
void Put(hid_t file, const std::string& name, Hostile kind, const std::string& other) {
  switch (kind) {
    case Hostile::kSoftLink:
      EVENKEEL_CHECK(H5Lcreate_soft("/gateway", file, name.c_str(), H5P_DEFAULT, H5P_DEFAULT) >= 0);
      return;
    case Hostile::kExternalLink:
      EVENKEEL_CHECK(H5Lcreate_external(other.c_str(), "/values", file, name.c_str(), H5P_DEFAULT, H5P_DEFAULT) >= 0);
      return;
    case Hostile::kExternalStorage:
      return CreateExternal(file, name, other);
    case Hostile::kVirtual:
      return CreateVirtual(file, name, other, false);
    case Hostile::kVirtualUnlimited:
      return CreateVirtual(file, name, other, true);
    case Hostile::kGroup:
      return CreateGroup(file, name);
    case Hostile::kCommittedType:
      return Commit(file, name);
    default:
      return PutValues(file, name, kind);
  }
}

}  // namespace

std::vector<NamedHostile> AllHostile() {
  return {{Hostile::kSoftLink, "soft link"},
          {Hostile::kExternalLink, "external link"},
          {Hostile::kExternalStorage, "external storage"},
          {Hostile::kVirtual, "virtual"},
          {Hostile::kVirtualUnlimited, "unlimited virtual"},
          {Hostile::kGroup, "group"},
          {Hostile::kCommittedType, "committed type"},
          {Hostile::kOpaque, "opaque"},
          {Hostile::kBytes, "bytes"},
          {Hostile::kHalf, "half"},
          {Hostile::kCompound, "compound"},
          {Hostile::kVariableText, "variable text"},
          {Hostile::kReferences, "references"},
          {Hostile::kScalar, "scalar"},
          {Hostile::kEndless, "endless"},
          {Hostile::kEndlessCompressible, "endless, compressible"},
          {Hostile::kFilter, "filter"},
          {Hostile::kPacked, "packed"}};
}

void MakeHostile(const std::string& path, const std::string& dataset, Hostile kind, const std::string& other) {
  const hid_t access = Good(H5Pcreate(H5P_FILE_ACCESS));
  EVENKEEL_CHECK(H5Pset_libver_bounds(access, H5F_LIBVER_V110, H5F_LIBVER_V110) >= 0);
  const hid_t file = Good(H5Fopen(path.c_str(), H5F_ACC_RDWR, access));
  if (kind == Hostile::kPacked) {
    Pack(file, dataset);
  } else {
    EVENKEEL_CHECK(H5Ldelete(file, dataset.c_str(), H5P_DEFAULT) >= 0);
    Put(file, dataset, kind, other);
  }
  EVENKEEL_CHECK(H5Fclose(file) >= 0);
  if (H5Zfilter_avail(kUnknownFilter) > 0) H5Zunregister(kUnknownFilter);
}

void MakeVariableText(const std::string& path, const std::string& dataset, const std::string& attribute) {
  const hid_t file = Good(H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT));
  const hid_t object = dataset.empty() ? file : Good(H5Dopen2(file, dataset.c_str(), H5P_DEFAULT));
  EVENKEEL_CHECK(H5Adelete(object, attribute.c_str()) >= 0);
  const hid_t id =
      Good(H5Acreate2(object, attribute.c_str(), Text(), Good(H5Screate(H5S_SCALAR)), H5P_DEFAULT, H5P_DEFAULT));
  const char* text = "x";
  EVENKEEL_CHECK(H5Awrite(id, Text(), &text) >= 0);
  H5Aclose(id);
  if (object != file) H5Dclose(object);
  EVENKEEL_CHECK(H5Fclose(file) >= 0);
}

}  // namespace evenkeel
