// A trace file as its parts, so that tests can write one that is wrong in a single place.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "models/files/hdf5_writer.h"
#include "models/world/trace.h"

namespace evenkeel {

struct RawField {
  Hdf5Field field;
  std::vector<double> values;
};

struct RawTrace {
  std::string schema = "evenkeel-trace";
  std::int64_t version = 1;
  double slot_hours = 0.5;
  std::vector<std::int64_t> time;
  std::map<std::string, std::vector<std::string>> labels;
  std::vector<RawField> fields;

  RawField& Find(const std::string& name) {
    return *std::find_if(fields.begin(), fields.end(), [&](const RawField& raw) { return raw.field.name == name; });
  }
  void Remove(const std::string& name) { fields.erase(fields.begin() + (&Find(name) - fields.data())); }
  void Add(const std::string& name, const std::vector<std::string>& axes, const std::string& units,
           const double* values, Eigen::Index size) {
    fields.push_back({{name, axes, units, name}, {values, values + size}});
  }
};

inline RawTrace MakeRawTrace(const Trace& trace) {
  const Signals& signals = trace.signals;
  const Network& network = trace.header.network;
  RawTrace raw;
  raw.slot_hours = trace.header.slot_hours;
  raw.time = signals.time;
  for (const Region& region : network.regions) raw.labels["region"].push_back(region.name);
  const int firm = network.num_firm(), classes = network.num_classes();
  for (int j = 0; j < network.num_gateways(); ++j)
    raw.labels[j < firm ? "gateway" : "work_class"].push_back(network.gateways[j].name);
  for (const Variant& variant : network.variants) raw.labels["variant"].push_back(variant.name);
  const auto add = [&raw](const char* name, std::vector<std::string> axes, const char* units, const RowMatrix& values) {
    raw.Add(name, axes, units, values.data(), values.size());
  };
  const RowMatrix reachable = network.reachable.cast<double>();
  add("demand", {"time", "gateway"}, "MWh", signals.demand.leftCols(firm));
  add("capacity", {"time", "region"}, "MW", signals.capacity);
  add("price", {"time", "region"}, "USD/MWh", signals.price);
  add("carbon_intensity", {"time", "region"}, "kg/kWh", signals.carbon_intensity);
  add("water_intensity", {"time", "region"}, "L/kWh", signals.water_intensity);
  add("energy_per_unit", {"region", "variant"}, "1", network.energy_per_unit);
  add("reachable", {"gateway", "region"}, "1", reachable.topRows(firm));
  raw.fields.back().field.type = Hdf5Field::Type::kInt64;
  add("network_cost", {"gateway", "region"}, "USD/MWh", network.network_cost.topRows(firm));
  add("distance", {"gateway", "region"}, "km", network.distance.topRows(firm));
  const auto add_vector = [&raw](const char* name, const char* axis, const char* units, const auto& nodes,
                                 auto member) {
    std::vector<double> values;
    for (const auto& node : nodes) values.push_back(node.*member);
    raw.Add(name, {axis}, units, values.data(), values.size());
  };
  add_vector("pue", "region", "1", network.regions, &Region::pue);
  add_vector("region_latitude", "region", "degrees_north", network.regions, &Region::latitude);
  add_vector("region_longitude", "region", "degrees_east", network.regions, &Region::longitude);
  const std::vector<Gateway> gateways(network.gateways.begin(), network.gateways.begin() + firm);
  add_vector("gateway_latitude", "gateway", "degrees_north", gateways, &Gateway::latitude);
  add_vector("gateway_longitude", "gateway", "degrees_east", gateways, &Gateway::longitude);
  add_vector("resource_per_unit", "variant", "1", network.variants, &Variant::resource_per_unit);
  add_vector("quality_loss", "variant", "1", network.variants, &Variant::quality_loss);
  if (classes == 0) return raw;
  raw.version = 2;
  RowMatrix deadlines(classes, 1);
  for (int k = 0; k < classes; ++k) deadlines(k, 0) = network.classes[k].deadline * raw.slot_hours;
  add("work_arrival", {"time", "work_class"}, "MWh", signals.demand.rightCols(classes));
  add("work_deadline", {"work_class"}, "h", deadlines);
  add("work_reachable", {"work_class", "region"}, "1", reachable.bottomRows(classes));
  raw.fields.back().field.type = Hdf5Field::Type::kInt64;
  add("work_energy_per_unit", {"work_class", "region"}, "1", network.work_energy);
  add("work_transfer_cost", {"work_class", "region"}, "USD/MWh", network.network_cost.bottomRows(classes));
  add_vector("work_resource_per_unit", "work_class", "1", network.classes, &WorkClass::resource_per_unit);
  add_vector("work_cost_floor", "work_class", "USD/MWh", network.classes, &WorkClass::cost_floor);
  return raw;
}

inline void WriteRawTrace(const RawTrace& raw, const std::string& path) {
  Hdf5Writer file(path, path);
  if (!raw.schema.empty()) file.SetAttribute("", "schema", raw.schema);
  file.SetAttribute("", "schema_version", raw.version);
  file.SetAttribute("", "slot_hours", raw.slot_hours);
  file.AddTime(static_cast<std::int64_t>(raw.time.size()), false);
  for (const auto& [axis, names] : raw.labels) file.AddLabels(axis, axis, names);
  file.WriteAll("time", raw.time.data());
  for (const RawField& one : raw.fields) {
    file.AddField(one.field);
    file.WriteAll(one.field.name, one.values.data());
  }
  file.Close();
}

}  // namespace evenkeel
