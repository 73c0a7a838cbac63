// Named arrays of numbers: what a network's weights and an optimiser's state are to the rest of the program, and in
// files. In the header alone, since both sides of the door to LibTorch use it (predictors/learning/torch_library.h).
#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "models/base/error.h"

namespace evenkeel {

enum class TensorType { kFloat32, kFloat64, kInt64 };
inline constexpr const char* kTensorTypeNames[] = {"float32", "float64", "int64"};

/// A tensor but for its values.
struct TensorOutline {
  std::string name;
  TensorType type = TensorType::kFloat64;
  std::vector<std::int64_t> shape;  ///< at least one axis

  bool operator==(const TensorOutline& other) const {
    return name == other.name && type == other.type && shape == other.shape;
  }
};

struct NamedTensor {
  TensorOutline outline;
  std::vector<double> values;  ///< row-major; float32 and int64 (up to 2^53) fit in

  bool operator==(const NamedTensor& other) const { return outline == other.outline && values == other.values; }
};
using NamedTensors = std::vector<NamedTensor>;
using TensorOutlines = std::vector<TensorOutline>;

/// Everything of a network that goes through files.
struct NetworkOutline {
  TensorOutlines weights, optimiser;
};

inline TensorOutlines OutlinesOf(const NamedTensors& tensors) {
  TensorOutlines outlines;
  for (const NamedTensor& tensor : tensors) outlines.push_back(tensor.outline);
  return outlines;
}

inline std::size_t NumValues(const TensorOutline& outline) {
  std::size_t count = 1;
  for (const std::int64_t length : outline.shape) count *= static_cast<std::size_t>(length);
  return count;
}

inline std::string TypeAndShape(const TensorOutline& outline) {
  return fmt::format("{} [{}]", kTensorTypeNames[static_cast<int>(outline.type)], fmt::join(outline.shape, ", "));
}

/// Throws InputError, without a file's name, unless `given` has each of `expected` once, in any order, and nothing
/// else. `prefix` goes before names.
inline void CheckOutlines(const TensorOutlines& expected, const TensorOutlines& given, const std::string& prefix) {
  const auto of_name = [](const TensorOutlines& all, const std::string& name) {
    return std::find_if(all.begin(), all.end(), [&name](const TensorOutline& one) { return one.name == name; });
  };
  for (const TensorOutline& one : expected) {
    const auto found = of_name(given, one.name);
    if (found == given.end()) throw InputError("'{}{}' is missing, expected {}", prefix, one.name, TypeAndShape(one));
    if (!(*found == one))
      throw InputError("'{}{}' is {}, expected {}", prefix, one.name, TypeAndShape(*found), TypeAndShape(one));
  }
  for (const TensorOutline& one : given) {
    if (of_name(expected, one.name) == expected.end())
      throw InputError("'{}{}' is none of the network's {} tensors", prefix, one.name, expected.size());
  }
  if (given.size() != expected.size())
    throw InputError("'{}': {} tensors, expected {}", prefix, given.size(), expected.size());
}

/// The tensor of that name; CheckOutlines has found it.
inline const NamedTensor& FindTensor(const NamedTensors& tensors, const std::string& name) {
  const auto found = std::find_if(tensors.begin(), tensors.end(),
                                  [&name](const NamedTensor& one) { return one.outline.name == name; });
  if (found == tensors.end()) throw InputError("'{}' is missing", name);
  return *found;
}

}  // namespace evenkeel
