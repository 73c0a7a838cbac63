#include "predictors/learning/checkpoint_fields.h"

#include <algorithm>
#include <cmath>

#include "models/base/checksum.h"
#include "models/base/error.h"
#include "models/world/limits.h"
#include "predictors/learning/checkpoint_schema.h"

namespace evenkeel {
namespace {

constexpr std::size_t kLongestText = 1 << 16;

}  // namespace

void CheckTensorValues(const NamedTensor& tensor, const std::string& where) {
  const bool is_integer = tensor.outline.type == TensorType::kInt64;
  for (std::size_t i = 0; i < tensor.values.size(); ++i) {
    const double value = tensor.values[i];
    if (!std::isfinite(value)) throw InputError("{}, value {}, is {}, expected a finite number", where, i, value);
    if (is_integer && std::abs(value) > kLargestInteger)
      throw InputError("{}, value {}, is {}, allowed are integers up to 2^53", where, i, value);
  }
}

std::string CheckpointFields::Text(const std::string& name) const {
  const std::optional<std::string> text = file_.Text("", name);
  if (!text) throw InputError("{}: the attribute '{}' is missing or no text", file_.path(), name);
  if (text->size() > kLongestText)
    throw InputError("{}: the attribute '{}' has {} bytes, allowed are at most {}", file_.path(), name, text->size(),
                     kLongestText);
  return *text;
}

std::vector<std::string> CheckpointFields::Lines(const std::string& name) const {
  std::vector<std::string> lines;
  const std::string text = Text(name);
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

double CheckpointFields::Number(const std::string& name, double least, double most) const {
  const std::optional<double> value = file_.Number("", name);
  if (!value) throw InputError("{}: the attribute '{}' is missing or no number", file_.path(), name);
  if (!(*value >= least && *value <= most))
    throw InputError("{}: the attribute '{}' is {}, allowed are {} to {}", file_.path(), name, *value, least, most);
  return *value;
}

std::int64_t CheckpointFields::Integer(const std::string& name, double least, double most) const {
  const double value = Number(name, least, most);
  if (value != std::floor(value))
    throw InputError("{}: the attribute '{}' is {}, expected an integer", file_.path(), name, value);
  return static_cast<std::int64_t>(value);
}

std::vector<std::string> CheckpointFields::Names(const std::string& axis) const {
  std::vector<std::string> names = file_.Labels(axis);
  ExpectAttributes(axis, {"units", "long_name", "_Encoding"});
  ExpectNoUnits(axis);
  if (names.empty() || static_cast<std::int64_t>(names.size()) > kMostNodes)
    throw InputError("{}: dataset '{}' has {} names, allowed are 1 to {}", file_.path(), axis, names.size(),
                     kMostNodes);
  return names;
}

void CheckpointFields::ExpectAttributes(const std::string& dataset, const std::vector<std::string>& expected) const {
  const std::string of = dataset.empty() ? "the file" : "dataset '" + dataset + "'";
  const std::vector<std::string> found = file_.Attributes(dataset);
  const auto has = [](const std::vector<std::string>& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  for (const std::string& name : expected) {
    if (!has(found, name)) throw InputError("{}: the attribute '{}' of {} is missing", file_.path(), name, of);
  }
  for (const std::string& name : found) {
    if (!has(expected, name))
      throw InputError("{}: the attribute '{}' of {} should not be there", file_.path(), name, of);
  }
}

void CheckpointFields::ExpectNoUnits(const std::string& dataset) const {
  const std::string units = file_.Text(dataset, "units").value_or("");
  if (units != "1")
    throw InputError("{}: dataset '{}' has the units \"{}\", expected \"1\"", file_.path(), dataset, units);
}

TensorOutline CheckpointFields::OutlineOf(const std::string& prefix, const std::string& name) const {
  const std::string dataset = prefix + name, type = file_.TypeOf(dataset);
  const auto* const known = std::find(std::begin(kTensorTypeNames), std::end(kTensorTypeNames), type);
  if (known == std::end(kTensorTypeNames))
    throw InputError("{}: dataset '{}' holds {}, allowed are {}", file_.path(), dataset, type,
                     fmt::join(kTensorTypeNames, ", "));
  return {name, static_cast<TensorType>(known - std::begin(kTensorTypeNames)), file_.Shape(dataset)};
}

std::vector<double> CheckpointFields::Numbers(const TensorOutline& expected) const {
  const std::string& dataset = expected.name;
  const TensorOutline found = OutlineOf("", dataset);
  if (!(found == expected))
    throw InputError("{}: dataset '{}' is {}, expected {}", file_.path(), dataset, TypeAndShape(found),
                     TypeAndShape(expected));
  ExpectAttributes(dataset, {"units", "long_name", kCheckpointSum});
  ExpectNoUnits(dataset);
  std::vector<double> values(NumValues(expected));
  file_.ReadRows(dataset, 0, expected.shape[0], values.data());
  const std::string sum = ChecksumText(Crc32(values.data(), values.size()));
  if (file_.Text(dataset, kCheckpointSum) != sum)
    throw InputError("{}: damaged: the values of dataset '{}' have the checksum {}, not the attribute's", file_.path(),
                     dataset, sum);
  return values;
}

}  // namespace evenkeel
