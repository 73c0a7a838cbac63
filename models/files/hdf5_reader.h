// Reads HDF5 files that may come from anyone: whatever is not as expected is an InputError, and nothing is allocated on
// a file's mere word.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "models/files/cf_packing.h"

namespace evenkeel {

/// Who may have written a file. What evenkeel alone writes has checksums over its metadata and no texts of variable
/// length: anything else is refused, rather than tried out in a process of its own.
enum class Hdf5Writers { kAnyone, kEvenkeel };

class Hdf5Reader {
 public:
  /// Throws InputError naming the file, as all members do.
  explicit Hdf5Reader(const std::string& path, Hdf5Writers writers = Hdf5Writers::kAnyone);
  /// A file whose bytes are in memory (Hdf5Writer::Image), called `name`.
  Hdf5Reader(const std::string& name, const std::string& image);
  ~Hdf5Reader();

  const std::string& path() const;

  /// Whether the file has a dataset (or anything else) of that name.
  bool Has(const std::string& dataset) const;
  /// All datasets (or anything else) of the root group, and all attributes of one of them, or of the file when
  /// `dataset` is empty; without those that HDF5 and netCDF keep for themselves.
  std::vector<std::string> Datasets() const;
  std::vector<std::string> Attributes(const std::string& dataset) const;
  /// What a dataset's values are, such as "float64", "uint8", "text".
  std::string TypeOf(const std::string& dataset) const;
  /// Extents of a dataset.
  std::vector<std::int64_t> Shape(const std::string& dataset) const;
  /// Like Shape, and checks it against what is expected; `axes` says what the extents are, for the message.
  void ExpectShape(const std::string& dataset, const std::vector<std::int64_t>& shape, const std::string& axes) const;

  bool HasAttribute(const std::string& dataset, const std::string& attribute) const;
  /// Attributes of a dataset, or of the file when `dataset` is empty; nothing when absent or of another type.
  std::optional<std::string> Text(const std::string& dataset, const std::string& attribute) const;
  std::optional<double> Number(const std::string& dataset, const std::string& attribute) const;
  /// An attribute of up to 256 numbers.
  std::optional<std::vector<double>> Numbers(const std::string& dataset, const std::string& attribute) const;

  /// Texts: a dataset with one axis of strings, or with two of single letters.
  std::vector<std::string> Labels(const std::string& dataset) const;

  /// Rows [first, first + count) of a dataset, all other axes in full. Numbers are converted, and unpacked where
  /// netCDF's attributes say so (models/files/cf_packing.h); times and flags must be integers in the file, and not
  /// packed. A value that is missing is an error.
  void ReadRows(const std::string& dataset, std::int64_t first, std::int64_t count, double* values) const;
  void ReadRows(const std::string& dataset, std::int64_t first, std::int64_t count, std::int64_t* values) const;
  /// The same, with `no_value` for what is missing; returns the first of these.
  std::optional<CfMissing> ReadValues(const std::string& dataset, std::int64_t first, std::int64_t count,
                                      double* values, double no_value) const;

 private:
  std::vector<CfAttribute> PackingAttributes(const std::string& dataset) const;
  const CfPacking& Packing(const std::string& dataset) const;
  [[noreturn]] void ThrowMissing(const std::string& dataset, std::int64_t first, const CfMissing& missing) const;

  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace evenkeel
