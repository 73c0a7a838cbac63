// What can be done to the draft of a trace file, as the fuzzer's input says.
#pragma once

#include <fuzzer/FuzzedDataProvider.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "tests/fuzz/trace_draft.h"

namespace evenkeel {

inline constexpr const char* kNames[] = {"time",
                                         "region",
                                         "gateway",
                                         "variant",
                                         "demand",
                                         "capacity",
                                         "price",
                                         "carbon_intensity",
                                         "water_intensity",
                                         "onsite_water",
                                         "offsite_water",
                                         "pue",
                                         "region_latitude",
                                         "region_longitude",
                                         "gateway_latitude",
                                         "gateway_longitude",
                                         "energy_per_unit",
                                         "resource_per_unit",
                                         "quality_loss",
                                         "reachable",
                                         "network_cost",
                                         "distance",
                                         "title",
                                         "units",
                                         "schema",
                                         "schema_version",
                                         "slot_hours",
                                         "signal_type",
                                         "scope",
                                         "work_class",
                                         "work_arrival",
                                         "work_deadline",
                                         "work_reachable",
                                         "work_energy_per_unit",
                                         "work_resource_per_unit",
                                         "work_transfer_cost",
                                         "work_cost_floor"};

inline double DrawNumber(FuzzedDataProvider* input) {
  static const double numbers[] = {0.0,
                                   -0.0,
                                   1.0,
                                   -1.0,
                                   0.5,
                                   2.0,
                                   90.0,
                                   180.0,
                                   255.0,
                                   256.0,
                                   1e-9,
                                   1e12,
                                   -1e12,
                                   1.0000001e12,
                                   1e308,
                                   -1e308,
                                   0x1p63,
                                   std::numeric_limits<double>::infinity(),
                                   -std::numeric_limits<double>::infinity(),
                                   std::nan(""),
                                   std::numeric_limits<double>::denorm_min(),
                                   1663804800.0,
                                   253402300800.0};
  if (input->ConsumeBool()) return input->PickValueInArray(numbers);
  return input->ConsumeFloatingPoint<double>();
}

inline std::string DrawText(FuzzedDataProvider* input) {
  switch (input->ConsumeIntegralInRange(0, 4)) {
    case 0:
      return "";
    case 1:
      return std::string(input->ConsumeIntegralInRange<std::size_t>(0, 70'000), 'x');
    case 2:
      return "\xff\xfe\x80";
    case 3:
      return input->PickValueInArray(kNames);
    default:
      return input->ConsumeRandomLengthString(40);
  }
}

inline std::string DrawAxis(FuzzedDataProvider* input) {
  constexpr const char* kAxes[] = {"time", "region", "gateway", "variant", "0", "1", "2", "3", "9", "work_class"};
  return input->PickValueInArray(kAxes);
}

inline DraftDataset* DrawDataset(FuzzedDataProvider* input, Draft* draft) {
  if (draft->datasets.empty()) return nullptr;
  return &std::next(draft->datasets.begin(),
                    input->ConsumeIntegralInRange<std::ptrdiff_t>(0, std::ptrdiff_t(draft->datasets.size()) - 1))
              ->second;
}

template <typename T>
T* DrawElement(FuzzedDataProvider* input, std::vector<T>* elements) {
  if (elements->empty()) return nullptr;
  return &(*elements)[input->ConsumeIntegralInRange<std::size_t>(0, elements->size() - 1)];
}

inline void ChangeAttribute(FuzzedDataProvider* input, Attributes* attributes) {
  const std::string name = DrawText(input);
  switch (input->ConsumeIntegralInRange(0, 3)) {
    case 0:
      attributes->erase(name);
      break;
    case 1:
      (*attributes)[name] = DrawText(input);
      break;
    case 2:
      (*attributes)[name] = DrawNumber(input);
      break;
    default:
      (*attributes)[name] = input->ConsumeIntegral<std::int64_t>();
  }
}

inline void ChangeName(FuzzedDataProvider* input, Draft* draft) {
  DraftDataset* dataset = DrawDataset(input, draft);
  if (dataset == nullptr) return;
  DraftDataset moved = *dataset;
  for (auto one = draft->datasets.begin(); one != draft->datasets.end(); ++one) {
    if (&one->second != dataset) continue;
    draft->datasets.erase(one);
    break;
  }
  if (input->ConsumeBool()) draft->datasets[DrawText(input)] = std::move(moved);
}

inline void ChangeType(FuzzedDataProvider* input, DraftDataset* dataset) {
  constexpr Hdf5Field::Type kTypes[] = {Hdf5Field::Type::kFloat64, Hdf5Field::Type::kInt64, Hdf5Field::Type::kUint8};
  const std::size_t type = input->ConsumeIntegralInRange<std::size_t>(0, 3);
  dataset->is_text = type == 3;
  if (!dataset->is_text) dataset->field.type = kTypes[type];
  if (dataset->field.axes.empty()) dataset->field.axes = {DrawAxis(input)};
}

inline void ChangeShape(FuzzedDataProvider* input, DraftDataset* dataset) {
  std::vector<std::string>& axes = dataset->field.axes;
  const int choice = input->ConsumeIntegralInRange(0, 2);
  if (choice == 0 && axes.size() < 4) {
    axes.push_back(DrawAxis(input));
  } else if (choice == 1 && axes.size() > 1) {
    axes.pop_back();
  } else if (std::string* axis = DrawElement(input, &axes)) {
    *axis = DrawAxis(input);
  }
}

inline void ChangeStorage(FuzzedDataProvider* input, DraftDataset* dataset) {
  switch (input->ConsumeIntegralInRange(0, 2)) {
    case 0:
      dataset->growing = true;
      break;
    case 1:
      dataset->written = false;
      break;
    default:
      dataset->bare = true;
  }
}

inline void ChangeContent(FuzzedDataProvider* input, DraftDataset* dataset) {
  if (dataset->is_text) {
    if (std::string* label = DrawElement(input, &dataset->labels)) *label = DrawText(input);
  } else if (input->ConsumeBool()) {
    dataset->values.assign(dataset->values.size(), DrawNumber(input));
  } else if (double* value = DrawElement(input, &dataset->values)) {
    *value = DrawNumber(input);
  }
}

/// Makes a coordinate longer or shorter; what lies along it follows.
inline void ChangeLength(FuzzedDataProvider* input, DraftDataset* dataset) {
  const std::size_t length = input->ConsumeIntegralInRange<std::size_t>(0, 12);
  const double step = dataset->values.size() < 2 ? 1.0 : dataset->values[1] - dataset->values[0];
  while (dataset->values.size() < length && !dataset->values.empty()) {
    dataset->values.push_back(dataset->values.back() + step);
  }
  dataset->values.resize(length);
  for (std::size_t k = dataset->labels.size(); k < length; ++k) dataset->labels.push_back(std::to_string(k));
  dataset->labels.resize(length);
}

/// Times and slot length that fit each other, or nearly.
inline void ChangeSlots(FuzzedDataProvider* input, Draft* draft) {
  constexpr double kSeconds[] = {1.0, 60.0, 900.0, 3600.0, 0.5, 7.0 + 1e-9, 7.0 + 1e-5, 8784 * 3600.0, 1e9};
  const double step = input->PickValueInArray(kSeconds);
  draft->attributes["slot_hours"] = step / 3600.0;
  std::vector<double>& times = draft->datasets["time"].values;
  const double start = input->ConsumeBool() ? 0.0 : DrawNumber(input);
  for (std::size_t t = 0; t < times.size(); ++t) times[t] = start + std::round(step) * static_cast<double>(t);
  std::vector<std::string>& axes = draft->datasets["time"].field.axes;
  if (axes.empty()) axes = {"time"};
}

inline void ChangeWater(FuzzedDataProvider* input, Draft* draft) {
  if (input->ConsumeBool()) draft->datasets.erase(kWaterIntensity.name);
  for (const TraceField& field : {kOnsiteWater, kOffsiteWater}) {
    if (input->ConsumeBool()) continue;
    draft->datasets[field.name].field = {field.name, field.Axes(), field.units, field.long_name};
    draft->datasets[field.name].values = {DrawNumber(input)};
  }
}

/// Changes one thing.
inline void Mutate(FuzzedDataProvider* input, Draft* draft) {
  const int choice = input->ConsumeIntegralInRange(0, 10);
  if (choice == 0) return ChangeAttribute(input, &draft->attributes);
  if (choice == 1) return ChangeName(input, draft);
  if (choice == 2) return ChangeSlots(input, draft);
  if (choice == 3) return ChangeWater(input, draft);
  DraftDataset* dataset = DrawDataset(input, draft);
  if (dataset == nullptr) return;
  if (choice == 4) return ChangeAttribute(input, &dataset->attributes);
  if (choice == 5) return ChangeType(input, dataset);
  if (choice == 6) return ChangeShape(input, dataset);
  if (choice == 7) return ChangeStorage(input, dataset);
  if (choice == 8) return ChangeLength(input, dataset);
  if (choice == 9) return ChangeContent(input, dataset);
  dataset->field.units = DrawText(input);
}

}  // namespace evenkeel
