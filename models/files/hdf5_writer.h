// Writes HDF5 files that h5py, netCDF-4 and xarray read without being told anything: a dimension scale on every axis of
// every dataset, units and long names, creation order tracked, chunks along the first axis, shuffle, deflate and
// checksums. Texts are attributes of fixed length and datasets of letters, so that checksums cover all that evenkeel
// reads back; strings of variable length lie in a heap without.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace evenkeel {

/// A dataset to be. Axes are names of scales added before.
struct Hdf5Field {
  enum class Type { kFloat64, kFloat32, kInt64, kUint8 };

  std::string name;
  std::vector<std::string> axes;
  std::string units;
  std::string long_name;
  Type type = Type::kFloat64;
};

class Hdf5Writer {
 public:
  /// Creates `file`; messages call it `name`. Throws InputError, as all members do.
  Hdf5Writer(const std::string& file, const std::string& name);
  /// A file in memory.
  explicit Hdf5Writer(const std::string& name);
  /// Closes without a word. What was not closed with Close is not to be trusted.
  ~Hdf5Writer();
  Hdf5Writer(Hdf5Writer&&) noexcept;

  /// A string coordinate.
  void AddLabels(const std::string& name, const std::string& long_name, const std::vector<std::string>& labels);
  /// Texts along an axis, one per entry, as a dataset of its own.
  void AddTexts(const std::string& name, const std::string& axis, const std::string& long_name,
                const std::vector<std::string>& texts);
  /// An axis that only counts, as netCDF has them; Hdf5Reader::Datasets leaves it out.
  void AddAxis(const std::string& name, std::int64_t length);
  /// The coordinate `time`, for `slots` slots. A growing one begins empty and grows with what is written.
  void AddTime(std::int64_t slots, bool growing);
  void AddField(const Hdf5Field& field);

  /// Writes `count` rows from row `first` on; all other axes in full. The memory's type need not be the file's.
  void WriteRows(const std::string& name, std::int64_t first, std::int64_t count, const double* values);
  void WriteRows(const std::string& name, std::int64_t first, std::int64_t count, const std::int64_t* values);
  void WriteRows(const std::string& name, std::int64_t first, std::int64_t count, const std::uint8_t* values);
  /// Writes a dataset in full.
  template <typename T>
  void WriteAll(const std::string& name, const T* values) {
    WriteRows(name, 0, Rows(name), values);
  }

  /// Rows of a dataset as it is now, and rows per chunk: blocks of that many are written fastest.
  std::int64_t Rows(const std::string& name) const;
  std::int64_t ChunkRows(const std::string& name) const;

  /// Attributes of a dataset, or of the file when `dataset` is empty. Numbers become arrays of one element, which older
  /// netCDF versions need.
  void SetAttribute(const std::string& dataset, const std::string& name, const std::string& value);
  void SetAttribute(const std::string& dataset, const std::string& name, double value);
  void SetAttribute(const std::string& dataset, const std::string& name, std::int64_t value);
  /// The meaning of a dataset of flags, as CF has it: `flag_values` and `flag_meanings` (words separated by spaces).
  void SetFlags(const std::string& dataset, const std::vector<std::uint8_t>& values, const std::string& meanings);

  /// Flushes and closes, and says so when either fails.
  void Close();
  /// The bytes of a file in memory so far.
  std::string Image();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace evenkeel
