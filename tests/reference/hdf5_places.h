// Every number and letter of an HDF5 file, to be changed one at a time.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace evenkeel {

/// A number or a letter, or with index -1 the whole dataset or attribute.
struct Hdf5Place {
  std::string dataset;    ///< empty: the file itself
  std::string attribute;  ///< empty: the dataset's values
  std::int64_t index = 0;

  std::string Text() const;
};

/// All of them, but for what HDF5's dimension scales and netCDF keep for themselves.
std::vector<Hdf5Place> Hdf5Places(const std::string& path);

/// Changes the place: a letter or a count to another one, a number by `relative` times the largest of its dataset (by 1
/// where that is 0, to 7 where it is not finite). Index -1 deletes instead.
void ChangeHdf5(const std::string& path, const Hdf5Place& place, double relative);

}  // namespace evenkeel
