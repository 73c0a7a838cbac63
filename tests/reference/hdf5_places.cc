#include "tests/reference/hdf5_places.h"

#include <fmt/format.h>
#include <hdf5.h>

#include <cmath>
#include <cstring>
#include <set>

#include "models/base/error.h"

namespace evenkeel {
namespace {

bool IsOwnAttribute(const std::string& name) {
  static const std::set<std::string> own = {"CLASS",          "NAME",          "REFERENCE_LIST",
                                            "DIMENSION_LIST", "_Netcdf4Dimid", "_Netcdf4Coordinates"};
  return own.count(name) != 0;
}

/// A dataset or an attribute, its values in memory as they are in the file.
class Values {
 public:
  Values(hid_t owner, const Hdf5Place& place) : is_attribute_(!place.attribute.empty()) {
    id_ = is_attribute_ ? H5Aopen(owner, place.attribute.c_str(), H5P_DEFAULT)
                        : H5Dopen2(owner, place.dataset.c_str(), H5P_DEFAULT);
    EVENKEEL_CHECK(id_ >= 0);
    type_ = is_attribute_ ? H5Aget_type(id_) : H5Dget_type(id_);
    const hid_t space = is_attribute_ ? H5Aget_space(id_) : H5Dget_space(id_);
    count_ = H5Sget_simple_extent_npoints(space);
    H5Sclose(space);
    bytes_.resize(static_cast<std::size_t>(count_) * H5Tget_size(type_));
    if (bytes_.empty()) return;
    EVENKEEL_CHECK((is_attribute_ ? H5Aread(id_, type_, bytes_.data())
                                  : H5Dread(id_, type_, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes_.data())) >= 0);
  }
  ~Values() {
    H5Tclose(type_);
    is_attribute_ ? H5Aclose(id_) : H5Dclose(id_);
  }

  std::int64_t size() const { return is_text() ? static_cast<std::int64_t>(bytes_.size()) : count_; }

  void Change(std::int64_t index, double relative) {
    if (is_text()) {
      char& letter = bytes_[index];
      letter = letter == 'Q' ? 'R' : 'Q';
    } else if (H5Tget_class(type_) == H5T_INTEGER) {
      bytes_[index * H5Tget_size(type_)] ^= 1;  // little-endian, as all files of ours
    } else {
      ChangeNumber(index, relative);
    }
    EVENKEEL_CHECK((is_attribute_ ? H5Awrite(id_, type_, bytes_.data())
                                  : H5Dwrite(id_, type_, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes_.data())) >= 0);
  }

 private:
  bool is_text() const { return H5Tget_class(type_) == H5T_STRING; }

  void ChangeNumber(std::int64_t index, double relative) {
    if (H5Tequal(type_, H5T_IEEE_F32LE) > 0) return ChangeNumberOf<float>(index, relative);
    EVENKEEL_CHECK(H5Tequal(type_, H5T_IEEE_F64LE) > 0);
    ChangeNumberOf<double>(index, relative);
  }

  template <typename T>
  void ChangeNumberOf(std::int64_t index, double relative) {
    std::vector<T> numbers(count_);
    std::memcpy(numbers.data(), bytes_.data(), bytes_.size());
    double size = 0.0;
    for (const double number : numbers) {
      if (std::isfinite(number)) size = std::max(size, std::abs(number));
    }
    T& number = numbers[index];
    number = static_cast<T>(std::isfinite(number) ? number + relative * (size > 0.0 ? size : 1.0) : 7.0);
    std::memcpy(bytes_.data(), numbers.data(), bytes_.size());
  }

  bool is_attribute_;
  hid_t id_ = -1, type_ = -1;
  std::int64_t count_ = 0;
  std::vector<char> bytes_;
};

/// Opens the file and what owns the place's attribute.
class Owner {
 public:
  Owner(const std::string& path, const std::string& dataset, unsigned flags)
      : file_(H5Fopen(path.c_str(), flags, H5P_DEFAULT)) {
    EVENKEEL_CHECK(file_ >= 0);
    id_ = H5Oopen(file_, dataset.empty() ? "/" : dataset.c_str(), H5P_DEFAULT);
    EVENKEEL_CHECK(id_ >= 0);
  }
  ~Owner() {
    H5Oclose(id_);
    H5Fclose(file_);
  }
  hid_t file() const { return file_; }
  hid_t id() const { return id_; }

 private:
  hid_t file_, id_ = -1;
};

void AddPlaces(hid_t owner, const Hdf5Place& whole, std::vector<Hdf5Place>* places) {
  Hdf5Place place = whole;
  place.index = -1;
  places->push_back(place);
  const std::int64_t size = Values(owner, whole).size();
  for (place.index = 0; place.index < size; ++place.index) places->push_back(place);
}

std::vector<std::string> Datasets(hid_t file) {
  H5G_info_t group;
  EVENKEEL_CHECK(H5Gget_info(file, &group) >= 0);
  std::vector<std::string> names;
  for (hsize_t k = 0; k < group.nlinks; ++k) {
    char name[256];
    EVENKEEL_CHECK(H5Lget_name_by_idx(file, ".", H5_INDEX_NAME, H5_ITER_INC, k, name, sizeof name, H5P_DEFAULT) >= 0);
    // text_NAME and axis_LENGTH are axes that hold nothing.
    if (std::strncmp(name, "text", 4) != 0 && std::strncmp(name, "axis_", 5) != 0) names.emplace_back(name);
  }
  return names;
}

std::vector<std::string> Attributes(hid_t owner) {
  std::vector<std::string> names;
  H5O_info_t object;
  EVENKEEL_CHECK(H5Oget_info(owner, &object) >= 0);
  for (hsize_t k = 0; k < object.num_attrs; ++k) {
    char name[256];
    EVENKEEL_CHECK(H5Aget_name_by_idx(owner, ".", H5_INDEX_NAME, H5_ITER_INC, k, name, sizeof name, H5P_DEFAULT) >= 0);
    if (!IsOwnAttribute(name)) names.emplace_back(name);
  }
  return names;
}

}  // namespace

std::string Hdf5Place::Text() const {
  std::string text = dataset.empty() ? "file" : dataset;
  if (!attribute.empty()) text += ":" + attribute;
  return index < 0 ? text : fmt::format("{}[{}]", text, index);
}

std::vector<Hdf5Place> Hdf5Places(const std::string& path) {
  std::vector<Hdf5Place> places;
  std::vector<std::string> datasets = Datasets(Owner(path, "", H5F_ACC_RDONLY).id());
  datasets.emplace_back("");
  for (const std::string& dataset : datasets) {
    const Owner owner(path, dataset, H5F_ACC_RDONLY);
    if (!dataset.empty()) AddPlaces(owner.file(), {dataset, "", 0}, &places);
    for (const std::string& attribute : Attributes(owner.id())) {
      AddPlaces(owner.id(), {dataset, attribute, 0}, &places);
    }
  }
  return places;
}

void ChangeHdf5(const std::string& path, const Hdf5Place& place, double relative) {
  const Owner owner(path, place.dataset, H5F_ACC_RDWR);
  if (place.index >= 0) {
    Values(place.attribute.empty() ? owner.file() : owner.id(), place).Change(place.index, relative);
  } else if (place.attribute.empty()) {
    EVENKEEL_CHECK(H5Ldelete(owner.file(), place.dataset.c_str(), H5P_DEFAULT) >= 0);
  } else {
    EVENKEEL_CHECK(H5Adelete(owner.id(), place.attribute.c_str()) >= 0);
  }
}

}  // namespace evenkeel
