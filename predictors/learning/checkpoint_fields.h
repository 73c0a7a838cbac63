// The attributes and datasets of a checkpoint, each checked before it is believed.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "models/files/hdf5_reader.h"
#include "predictors/learning/tensors.h"

namespace evenkeel {

/// Largest integer up to which doubles count.
inline constexpr double kLargestInteger = 0x1p53;

inline bool StartsWith(std::string_view text, std::string_view start) { return text.substr(0, start.size()) == start; }

/// Throws InputError beginning with `where` for a value that is not finite, or an integer that a double does not hold.
void CheckTensorValues(const NamedTensor& tensor, const std::string& where);

/// Members throw InputError naming file, field, value and what is allowed.
class CheckpointFields {
 public:
  explicit CheckpointFields(const std::string& path) : file_(path, Hdf5Writers::kEvenkeel) {}

  const Hdf5Reader& file() const { return file_; }

  /// Attributes of the file.
  std::string Text(const std::string& name) const;
  std::vector<std::string> Lines(const std::string& name) const;
  double Number(const std::string& name, double least, double most) const;
  std::int64_t Integer(const std::string& name, double least, double most) const;

  /// Labels of an axis, at least one.
  std::vector<std::string> Names(const std::string& axis) const;

  /// That a dataset, or with "" the file, has these attributes and no others.
  void ExpectAttributes(const std::string& dataset, const std::vector<std::string>& expected) const;

  /// What the dataset prefix + name is, by its type and shape.
  TensorOutline OutlineOf(const std::string& prefix, const std::string& name) const;

  /// The values of a dataset that has to be this, type and shape checked before and the checksum after it is read.
  std::vector<double> Numbers(const TensorOutline& expected) const;

 private:
  void ExpectNoUnits(const std::string& dataset) const;

  Hdf5Reader file_;
};

}  // namespace evenkeel
