#include <algorithm>

#include "models/base/atomic_file.h"
#include "models/base/error.h"
#include "models/files/hdf5_writer.h"
#include "models/files/trace_file.h"
#include "models/world/trace_schema.h"

namespace evenkeel {
namespace {

void WriteAttributes(const TraceHeader& header, Hdf5Writer* file) {
  const Provenance& origin = header.provenance;
  file->SetAttribute("", "Conventions", std::string("CF-1.8"));
  file->SetAttribute("", "schema", std::string(kTraceSchemaName));
  file->SetAttribute("", "schema_version", std::int64_t{kTraceSchemaVersion});
  file->SetAttribute("", "title", origin.title);
  file->SetAttribute("", "source", origin.source);
  file->SetAttribute("", "licence", origin.licence);
  if (!origin.processing.empty()) file->SetAttribute("", "processing", origin.processing);
  file->SetAttribute("", "command", origin.command);
  file->SetAttribute("", "generator", origin.generator);
  file->SetAttribute("", "seed", origin.seed);
  // No clock in results: equal input gives an equal file.
  file->SetAttribute("", "history", origin.generator + ": " + origin.command);
  file->SetAttribute("", "slot_hours", header.slot_hours);
}

template <typename Node>
std::vector<std::string> Names(const std::vector<Node>& nodes) {
  std::vector<std::string> names;
  for (const Node& node : nodes) names.push_back(node.name);
  return names;
}

void AddField(const TraceField& field, Hdf5Field::Type type, Hdf5Writer* file) {
  file->AddField({field.name, field.Axes(), field.units, field.long_name, type});
}

void WriteMatrix(const TraceField& field, const RowMatrix& values, Hdf5Writer* file) {
  AddField(field, Hdf5Field::Type::kFloat64, file);
  file->WriteAll(field.name, values.data());
}

template <typename Node, typename Get>
void WriteVector(const TraceField& field, const std::vector<Node>& nodes, Get get, Hdf5Writer* file) {
  std::vector<double> values;
  for (const Node& node : nodes) values.push_back(get(node));
  AddField(field, Hdf5Field::Type::kFloat64, file);
  file->WriteAll(field.name, values.data());
}

void WriteNetwork(const Network& network, Hdf5Writer* file) {
  const auto& [regions, gateways, variants] = std::tie(network.regions, network.gateways, network.variants);
  WriteVector(
      kPue, regions, [](const Region& r) { return r.pue; }, file);
  WriteVector(
      kRegionLatitude, regions, [](const Region& r) { return r.latitude; }, file);
  WriteVector(
      kRegionLongitude, regions, [](const Region& r) { return r.longitude; }, file);
  WriteVector(
      kGatewayLatitude, gateways, [](const Gateway& g) { return g.latitude; }, file);
  WriteVector(
      kGatewayLongitude, gateways, [](const Gateway& g) { return g.longitude; }, file);
  WriteVector(
      kResourcePerUnit, variants, [](const Variant& v) { return v.resource_per_unit; }, file);
  WriteVector(
      kQualityLoss, variants, [](const Variant& v) { return v.quality_loss; }, file);
  WriteMatrix(kEnergyPerUnit, network.energy_per_unit, file);
  AddField(kReachable, Hdf5Field::Type::kUint8, file);
  file->WriteAll(kReachable.name, network.reachable.data());
  WriteMatrix(kNetworkCost, network.network_cost, file);
  WriteMatrix(kDistance, network.distance, file);
}

void WriteSignals(const Trace& trace, Hdf5Writer* file) {
  const Signals& signals = trace.signals;
  file->WriteAll("time", signals.time.data());
  WriteMatrix(kDemand, signals.demand, file);
  WriteMatrix(kCapacity, signals.capacity, file);
  WriteMatrix(kPrice, signals.price, file);
  WriteMatrix(kCarbonIntensity, signals.carbon_intensity, file);
  file->SetAttribute(kCarbonIntensity.name, "signal_type", trace.header.provenance.carbon_signal_type);
  file->SetAttribute(kCarbonIntensity.name, "scope", trace.header.provenance.carbon_scope);
  WriteMatrix(kWaterIntensity, signals.water_intensity, file);
}

}  // namespace

void WriteTrace(const Trace& trace, const std::string& path) {
  ValidateTrace(trace, path);
  AtomicFile target(path);
  Hdf5Writer file(target.temporary_path(), path);
  WriteAttributes(trace.header, &file);
  file.AddTime(trace.signals.num_slots(), false);
  file.AddLabels("region", "region (data center)", Names(trace.header.network.regions));
  file.AddLabels("gateway", "gateway (user region)", Names(trace.header.network.gateways));
  file.AddLabels("variant", "variant of the served model", Names(trace.header.network.variants));
  WriteSignals(trace, &file);
  WriteNetwork(trace.header.network, &file);
  file.Close();
  target.Commit();
}

}  // namespace evenkeel
