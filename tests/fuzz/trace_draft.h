// A trace file before it is written. Mutations may bend it out of all shape; what is written is well-formed HDF5.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "models/base/error.h"
#include "models/files/hdf5_writer.h"
#include "models/world/trace.h"
#include "models/world/trace_schema.h"
#include "tests/unit/models/raw_trace.h"

namespace evenkeel {

using Attributes = std::map<std::string, std::variant<std::string, double, std::int64_t>>;

struct DraftDataset {
  bool is_text = false;
  std::vector<std::string> labels;  // where it is text
  Hdf5Field field;                  // where it is not; the name is not used
  std::vector<double> values;       // cut or continued to the shape on writing
  bool growing = false;             // along an unlimited axis: of `time` only
  bool written = true;              // or only created
  bool bare = false;                // without attributes, and then not written either
  Attributes attributes;            // beyond units and long_name
};

struct Draft {
  Attributes attributes;  // of the file
  std::map<std::string, DraftDataset> datasets;
};

/// A valid trace: two regions, gateways and variants, three slots of half an hour.
inline Trace MakeTinyTrace() {
  Trace trace;
  Network& network = trace.header.network;
  network = MakeFullNetwork({{"north", 1.1, 60.0, 10.0}, {"süd", 1.2, 48.0, 11.0}},
                            {{"users A", 59.0, 18.0}, {"users B", 34.0, -118.0}});
  network.variants = {{"large", 1.0, 0.0}, {"small", 0.25, 0.125}};
  network.energy_per_unit = RowMatrix::Constant(2, 2, 0.5);
  network.reachable(1, 0) = 0;
  trace.header.slot_hours = 0.5;
  Signals& signals = trace.signals;
  signals.time = {1663804800, 1663806600, 1663808400};
  signals.demand = RowMatrix::Constant(3, 2, 0.5);
  signals.capacity = RowMatrix::Constant(3, 2, 2.0);
  signals.price = RowMatrix::Constant(3, 2, -1.5);
  signals.carbon_intensity = RowMatrix::Constant(3, 2, 0.25);
  signals.water_intensity = RowMatrix::Constant(3, 2, 3.0);
  return trace;
}

/// The same with a class of work that can wait.
inline Trace MakeTinyTraceWithWork() {
  Trace trace = MakeTinyTrace();
  Network& network = trace.header.network;
  network.gateways.push_back({"training"});
  network.classes = {{2, 1.0, -3.0}};
  network.reachable.conservativeResize(3, Eigen::NoChange);
  network.reachable.row(2) << 1, 0;
  for (RowMatrix* pairs : {&network.network_cost, &network.distance}) {
    pairs->conservativeResize(3, Eigen::NoChange);
    pairs->row(2).setZero();
  }
  network.work_energy = RowMatrix::Constant(1, 2, 1.5);
  trace.signals.demand.conservativeResize(Eigen::NoChange, 3);
  trace.signals.demand.col(2).setConstant(0.25);
  return trace;
}

inline Draft MakeDraft(const Trace& trace) {
  const RawTrace raw = MakeRawTrace(trace);
  Draft draft;
  draft.attributes = {{"schema", raw.schema}, {"schema_version", raw.version}, {"slot_hours", raw.slot_hours}};
  for (const auto& [axis, labels] : raw.labels) {
    draft.datasets[axis].is_text = true;
    draft.datasets[axis].labels = labels;
  }
  for (const RawField& one : raw.fields) {
    draft.datasets[one.field.name].field = one.field;
    draft.datasets[one.field.name].values = one.values;
  }
  DraftDataset& time = draft.datasets["time"];
  time.field = {"time", {"time"}, kTimeUnits, "start of the slot", Hdf5Field::Type::kInt64};
  time.values.assign(raw.time.begin(), raw.time.end());
  return draft;
}

/// Writes a draft. Throws InputError where HDF5 refuses, for example names with a slash.
class DraftWriter {
 public:
  DraftWriter(const Draft& draft, const std::string& path) : draft_(draft), file_(path, path) {}

  void Write() {
    SetAttributes("", draft_.attributes);
    for (const auto& [name, dataset] : draft_.datasets) AddScale(name, dataset);
    for (const auto& [name, dataset] : draft_.datasets) AddNumbers(name, dataset);
    for (const auto& [name, dataset] : draft_.datasets) {
      if (!dataset.bare || dataset.is_text) SetAttributes(name, dataset.attributes);
    }
    file_.Close();
  }

 private:
  /// Labels, and `time` where it is as it should be, are dimension scales: others refer to them.
  void AddScale(const std::string& name, const DraftDataset& dataset) {
    if (dataset.is_text) {
      file_.AddLabels(name, name, dataset.labels);
      scales_[name] = dataset.labels.size();
    } else if (name == "time" && dataset.field.axes == std::vector<std::string>{"time"} &&
               dataset.field.type == Hdf5Field::Type::kInt64 && dataset.field.units == kTimeUnits && !dataset.bare) {
      // An axis of fixed length 0 cannot be chunked.
      file_.AddTime(static_cast<std::int64_t>(dataset.values.size()), dataset.growing || dataset.values.empty());
      scales_[name] = dataset.values.size();
      if (dataset.written) file_.WriteRows(name, 0, static_cast<std::int64_t>(scales_[name]), dataset.values.data());
    }
  }

  /// Length of an axis, also where its scale was dropped or renamed. "3" is an axis of length 3.
  std::size_t Length(const std::string& axis) const {
    const auto scale = scales_.find(axis);
    if (scale != scales_.end()) return scale->second;
    if (axis.size() == 1 && axis[0] >= '0' && axis[0] <= '9') return static_cast<std::size_t>(axis[0] - '0');
    return axis == "time" ? 3 : 2;
  }

  void AddNumbers(const std::string& name, const DraftDataset& dataset) {
    if (dataset.is_text || scales_.count(name) != 0) return;
    Hdf5Field field = dataset.field;
    field.name = name;
    std::size_t size = 1;
    for (const std::string& axis : field.axes) size *= Length(axis);
    const std::size_t rows = Length(field.axes[0]);
    for (std::string& axis : field.axes) {
      if (scales_.count(axis) != 0 && (size > 0 || axis != "time")) continue;
      axis = AnonymousScale(Length(axis));
    }
    if (dataset.bare) return AddBare(field);
    file_.AddField(field);
    std::vector<double> values = dataset.values;
    values.resize(size, values.empty() ? 1.0 : values.back());
    if (dataset.written && size > 0) file_.WriteRows(name, 0, static_cast<std::int64_t>(rows), values.data());
  }

  /// A scale that itself has an axis cannot be attached, so that a field on it is created and then left as it is.
  void AddBare(Hdf5Field field) {
    field.axes[0] = AnonymousScale(Length(field.axes[0]));
    const std::string bad = "bad " + field.axes[0];
    if (scales_.count(bad) == 0) {
      scales_[bad] = Length(field.axes[0]);
      file_.AddLabels(bad, bad, std::vector<std::string>(scales_[bad], "x"));
      file_.SetAttribute(bad, "DIMENSION_LIST", std::string("x"));
    }
    field.axes[0] = bad;
    try {
      file_.AddField(field);
    } catch (const InputError&) {
    }
  }

  std::string AnonymousScale(std::size_t length) {
    const std::string name = "axis of " + std::to_string(length);
    if (scales_.count(name) == 0) {
      file_.AddLabels(name, name, std::vector<std::string>(length, "x"));
      scales_[name] = length;
    }
    return name;
  }

  void SetAttributes(const std::string& dataset, const Attributes& attributes) {
    for (const auto& [name, value] : attributes) {
      std::visit([&, &key = name](const auto& one) { file_.SetAttribute(dataset, key, one); }, value);
    }
  }

  const Draft& draft_;
  Hdf5Writer file_;
  std::map<std::string, std::size_t> scales_;  // lengths
};

}  // namespace evenkeel
