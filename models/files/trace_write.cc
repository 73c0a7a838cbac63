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
  file->SetAttribute("", "schema_version",
                     std::int64_t{header.network.num_classes() > 0 ? kTraceWorkVersion : kTraceSchemaVersion});
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

void WriteFlags(const TraceField& field, const FlagMatrix& flags, Hdf5Writer* file) {
  AddField(field, Hdf5Field::Type::kUint8, file);
  file->WriteAll(field.name, flags.data());
}

template <typename Node, typename Get>
void WriteVector(const TraceField& field, const std::vector<Node>& nodes, Get get, Hdf5Writer* file) {
  std::vector<double> values;
  for (const Node& node : nodes) values.push_back(get(node));
  AddField(field, Hdf5Field::Type::kFloat64, file);
  file->WriteAll(field.name, values.data());
}

void WriteNetwork(const Network& network, Hdf5Writer* file) {
  const auto& [regions, variants] = std::tie(network.regions, network.variants);
  const int firm = network.num_firm();
  const std::vector<Gateway> gateways(network.gateways.begin(), network.gateways.begin() + firm);
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
  WriteFlags(kReachable, network.reachable.topRows(firm), file);
  WriteMatrix(kNetworkCost, network.network_cost.topRows(firm), file);
  WriteMatrix(kDistance, network.distance.topRows(firm), file);
}

void WriteWork(const TraceHeader& header, Hdf5Writer* file) {
  const Network& network = header.network;
  const std::vector<WorkClass>& classes = network.classes;
  const int count = network.num_classes();
  WriteVector(
      kWorkDeadline, classes, [&](const WorkClass& work) { return work.deadline * header.slot_hours; }, file);
  WriteFlags(kWorkReachable, network.reachable.bottomRows(count), file);
  WriteMatrix(kWorkEnergyPerUnit, network.work_energy, file);
  WriteVector(
      kWorkResourcePerUnit, classes, [](const WorkClass& work) { return work.resource_per_unit; }, file);
  WriteMatrix(kWorkTransferCost, network.network_cost.bottomRows(count), file);
  const auto has_floor = [](const WorkClass& work) { return work.cost_floor < 0.0; };
  if (std::none_of(classes.begin(), classes.end(), has_floor)) return;
  WriteVector(
      kWorkCostFloor, classes, [](const WorkClass& work) { return work.cost_floor; }, file);
}

void WriteSignals(const Trace& trace, Hdf5Writer* file) {
  const Signals& signals = trace.signals;
  file->WriteAll("time", signals.time.data());
  const int classes = trace.header.network.num_classes();
  if (classes == 0) {
    WriteMatrix(kDemand, signals.demand, file);
  } else {
    WriteMatrix(kDemand, signals.demand.leftCols(trace.header.network.num_firm()), file);
    WriteMatrix(kWorkArrival, signals.demand.rightCols(classes), file);
  }
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
  const Network& network = trace.header.network;
  AtomicFile target(path);
  Hdf5Writer file(target.temporary_path(), path);
  WriteAttributes(trace.header, &file);
  file.AddTime(trace.signals.num_slots(), false);
  file.AddLabels("region", "region (data center)", Names(network.regions));
  const std::vector<std::string> entries = Names(network.gateways);
  const auto classes = entries.begin() + network.num_firm();
  file.AddLabels("gateway", "gateway (user region)", {entries.begin(), classes});
  file.AddLabels("variant", "variant of the served model", Names(network.variants));
  if (network.num_classes() > 0)
    file.AddLabels(kWorkClassAxis, "class of work that can wait", {classes, entries.end()});
  WriteSignals(trace, &file);
  WriteNetwork(network, &file);
  if (network.num_classes() > 0) WriteWork(trace.header, &file);
  file.Close();
  target.Commit();
}

}  // namespace evenkeel
