// evenkeel trace info.
#include <fmt/format.h>

#include <algorithm>

#include "experiments/program/command.h"
#include "experiments/report/json_report.h"
#include "experiments/report/report_text.h"
#include "experiments/report/table.h"
#include "models/base/utc_time.h"
#include "models/files/trace_file.h"

namespace evenkeel {
namespace {

// Mean, least and largest over the slots, per column of a signal.
struct SignalSummary {
  Vector mean;
  Vector min;
  Vector max;
};

struct TraceSummary {
  std::int64_t first_time = 0;
  std::int64_t last_time = 0;
  long negative_prices = 0;
  SignalSummary demand, capacity, price, carbon, water;
};

SignalSummary EmptySummary(int columns) {
  return {Vector::Zero(columns), Vector::Constant(columns, kInfinity), Vector::Constant(columns, -kInfinity)};
}

void AddBlock(const RowMatrix& block, int num_slots, SignalSummary* summary) {
  summary->mean += block.colwise().sum().transpose() / num_slots;
  summary->min = summary->min.cwiseMin(block.colwise().minCoeff().transpose());
  summary->max = summary->max.cwiseMax(block.colwise().maxCoeff().transpose());
}

TraceSummary Summarise(const TraceFile& file) {
  constexpr int kBlock = 256;
  const Network& network = file.header().network;
  TraceSummary summary;
  summary.demand = EmptySummary(network.num_gateways());
  for (SignalSummary* signal : {&summary.capacity, &summary.price, &summary.carbon, &summary.water}) {
    *signal = EmptySummary(network.num_regions());
  }
  const int slots = file.num_slots();
  for (int first = 0; first < slots; first += kBlock) {
    const Signals block = file.ReadSignals(first, std::min(kBlock, slots - first));
    if (first == 0) summary.first_time = block.time.front();
    summary.last_time = block.time.back();
    AddBlock(block.demand, slots, &summary.demand);
    AddBlock(block.capacity, slots, &summary.capacity);
    AddBlock(block.price, slots, &summary.price);
    AddBlock(block.carbon_intensity, slots, &summary.carbon);
    AddBlock(block.water_intensity, slots, &summary.water);
    summary.negative_prices += (block.price.array() < 0.0).count();
  }
  return summary;
}

Json SignalJson(const SignalSummary& summary, int column) {
  return {{"mean", JsonNumber(summary.mean[column])},
          {"min", JsonNumber(summary.min[column])},
          {"max", JsonNumber(summary.max[column])}};
}

Json RegionsJson(const Network& network, const TraceSummary& summary) {
  Json regions = Json::array();
  for (int i = 0; i < network.num_regions(); ++i) {
    const Region& region = network.regions[i];
    regions.push_back({{"name", region.name},
                       {"latitude", JsonNumber(region.latitude)},
                       {"longitude", JsonNumber(region.longitude)},
                       {"pue", JsonNumber(region.pue)},
                       {"price", SignalJson(summary.price, i)},
                       {"carbon_intensity", SignalJson(summary.carbon, i)},
                       {"water_intensity", SignalJson(summary.water, i)},
                       {"capacity", SignalJson(summary.capacity, i)}});
  }
  return regions;
}

Json GatewaysJson(const Network& network, const TraceSummary& summary) {
  Json gateways = Json::array();
  for (int j = 0; j < network.num_firm(); ++j) {
    const auto reach = network.reachable.row(j).cast<int>().sum();
    gateways.push_back(
        {{"name", network.gateways[j].name}, {"demand", SignalJson(summary.demand, j)}, {"reachable_regions", reach}});
  }
  return gateways;
}

/// A class's arrivals over all demand, work included.
double ShareOfDemand(const TraceSummary& summary, int gateway) {
  const double all = summary.demand.mean.sum();
  return all > 0.0 ? summary.demand.mean[gateway] / all : 0.0;
}

Json WorkJson(const TraceHeader& header, const TraceSummary& summary) {
  const Network& network = header.network;
  Json classes = Json::array();
  for (int k = 0; k < network.num_classes(); ++k) {
    const WorkClass& work = network.classes[k];
    const int j = network.num_firm() + k;
    Json regions = Json::array();
    for (int i = 0; i < network.num_regions(); ++i) {
      if (!network.reachable(j, i)) continue;
      regions.push_back({{"name", network.regions[i].name},
                         {"energy_per_unit", JsonNumber(network.work_energy(k, i))},
                         {"transfer_cost", JsonNumber(network.network_cost(j, i))}});
    }
    classes.push_back({{"name", network.gateways[j].name},
                       {"deadline_hours", JsonNumber(work.deadline * header.slot_hours)},
                       {"deadline_slots", work.deadline},
                       {"resource_per_unit", JsonNumber(work.resource_per_unit)},
                       {"cost_floor", JsonNumber(work.cost_floor)},
                       {"regions", regions},
                       {"arrival", SignalJson(summary.demand, j)},
                       {"share_of_demand", JsonNumber(ShareOfDemand(summary, j))}});
  }
  return classes;
}

Json VariantsJson(const Network& network) {
  Json variants = Json::array();
  for (const Variant& variant : network.variants) {
    variants.push_back({{"name", variant.name},
                        {"resource_per_unit", JsonNumber(variant.resource_per_unit)},
                        {"quality_loss", JsonNumber(variant.quality_loss)}});
  }
  return variants;
}

Json ProvenanceJson(const Provenance& provenance) {
  return {{"title", provenance.title},
          {"source", provenance.source},
          {"licence", provenance.licence},
          {"processing", provenance.processing},
          {"command", provenance.command},
          {"generator", provenance.generator},
          {"seed", provenance.seed},
          {"carbon_signal_type", provenance.carbon_signal_type},
          {"carbon_scope", provenance.carbon_scope}};
}

Json InfoJson(const std::string& path, const TraceFile& file, const TraceSummary& summary) {
  const Network& network = file.header().network;
  Json document = {{"trace", path},
                   {"slots", file.num_slots()},
                   {"slot_hours", JsonNumber(file.header().slot_hours)},
                   {"first_slot", FormatUtc(summary.first_time)},
                   {"last_slot", FormatUtc(summary.last_time)},
                   {"arcs", MakeArcs(network).size()},
                   {"negative_prices", summary.negative_prices},
                   {"units",
                    {{"price", "USD/MWh"},
                     {"carbon_intensity", "kg/kWh"},
                     {"water_intensity", "L/kWh"},
                     {"capacity", "MW"},
                     {"demand", "units of workload per slot"}}},
                   {"regions", RegionsJson(network, summary)},
                   {"gateways", GatewaysJson(network, summary)},
                   {"variants", VariantsJson(network)},
                   {"provenance", ProvenanceJson(file.header().provenance)}};
  if (network.num_classes() == 0) return document;
  document["work_classes"] = WorkJson(file.header(), summary);
  document["units"]["arrival"] = "units of workload per slot";
  document["units"]["transfer_cost"] = document["units"]["cost_floor"] = "USD per unit of workload";
  return document;
}

void AddSignalColumns(const std::string& title, const std::string& unit, const SignalSummary& summary, Table* table) {
  table->columns.push_back({title, unit, FormatColumn(summary.mean, 4)});
  table->columns.push_back({"min", "", FormatColumn(summary.min, 4)});
  table->columns.push_back({"max", "", FormatColumn(summary.max, 4)});
}

/// Of columns [first, first + count).
SignalSummary Part(const SignalSummary& summary, int first, int count) {
  return {summary.mean.segment(first, count), summary.min.segment(first, count), summary.max.segment(first, count)};
}

std::string RegionTable(const Network& network, const TraceSummary& summary) {
  TableColumn names{"region", "", {}};
  std::vector<double> pue;
  for (const Region& region : network.regions) {
    names.cells.push_back(region.name);
    pue.push_back(region.pue);
  }
  Table table;
  table.columns = {names};
  AddSignalColumns("price", "USD/MWh", summary.price, &table);
  AddSignalColumns("carbon", "kg/kWh", summary.carbon, &table);
  AddSignalColumns("water", "L/kWh", summary.water, &table);
  AddSignalColumns("capacity", "MW", summary.capacity, &table);
  table.columns.push_back({"PUE", "", FormatColumn(pue, 3)});
  return ToString(table);
}

std::string GatewayTable(const Network& network, const TraceSummary& summary) {
  Table table;
  TableColumn names{"gateway", "", {}};
  TableColumn reach{"reaches", "regions", {}};
  for (int j = 0; j < network.num_firm(); ++j) {
    names.cells.push_back(network.gateways[j].name);
    reach.cells.push_back(fmt::format("{}", network.reachable.row(j).cast<int>().sum()));
  }
  table.columns = {names};
  AddSignalColumns("demand", "per slot", Part(summary.demand, 0, network.num_firm()), &table);
  table.columns.push_back(reach);
  return ToString(table);
}

std::string WorkTable(const TraceHeader& header, const TraceSummary& summary) {
  const Network& network = header.network;
  const int firm = network.num_firm(), classes = network.num_classes();
  TableColumn names{"work that can wait", "", {}}, deadline{"may wait", "h", {}}, reach{"done in", "regions", {}};
  std::vector<double> energy, share, floor;
  for (int k = 0; k < classes; ++k) {
    const auto reached = network.reachable.row(firm + k).cast<double>().eval();
    names.cells.push_back(network.gateways[firm + k].name);
    deadline.cells.push_back(fmt::format("{}", network.classes[k].deadline * header.slot_hours));
    reach.cells.push_back(fmt::format("{}", reached.sum()));
    energy.push_back(network.work_energy.row(k).cwiseProduct(reached).sum() / reached.sum());
    share.push_back(100.0 * ShareOfDemand(summary, firm + k));
    floor.push_back(network.classes[k].cost_floor);
  }
  Table table;
  table.columns = {names};
  AddSignalColumns("arrives", "per slot", Part(summary.demand, firm, classes), &table);
  table.columns.push_back({"share", "% of demand", FormatColumn(share, 4)});
  table.columns.push_back(deadline);
  table.columns.push_back(reach);
  table.columns.push_back({"energy", "MWh per unit", FormatColumn(energy, 4)});
  const bool has_floor = std::any_of(floor.begin(), floor.end(), [](double value) { return value < 0.0; });
  if (has_floor) table.columns.push_back({"cost floor", "USD per unit", FormatColumn(floor, 4)});
  return ToString(table);
}

std::string VariantTable(const Network& network) {
  Table table;
  TableColumn names{"variant", "", {}};
  std::vector<double> resource, loss;
  for (const Variant& variant : network.variants) {
    names.cells.push_back(variant.name);
    resource.push_back(variant.resource_per_unit);
    loss.push_back(variant.quality_loss);
  }
  table.columns = {names,
                   {"capacity used", "per unit", FormatColumn(resource, 4)},
                   {"quality lost", "per unit", FormatColumn(loss, 4)}};
  return ToString(table);
}

std::string ProvenanceText(const Provenance& provenance) {
  std::string text;
  const auto add = [&text](const char* name, const std::string& value) {
    if (!value.empty()) text += fmt::format("{:<11}{}\n", name, value);
  };
  add("title", provenance.title);
  add("source", provenance.source);
  add("licence", provenance.licence);
  add("command", provenance.command);
  add("generator", provenance.generator);
  add("seed", provenance.seed);
  if (!provenance.processing.empty()) add("processing", provenance.processing);
  add("carbon", provenance.carbon_signal_type + ", scope " + provenance.carbon_scope);
  return text;
}

std::string InfoText(const std::string& path, const TraceFile& file, const TraceSummary& summary) {
  const Network& network = file.header().network;
  std::string text = fmt::format("{}: {}\n", path, SizeText(file.header(), file.num_slots()));
  text += fmt::format("First slot at {}, last slot at {}; {}, {}\n", FormatUtc(summary.first_time),
                      FormatUtc(summary.last_time), CountText(MakeArcs(network).size(), "arc"),
                      CountText(summary.negative_prices, "negative price"));
  text += "Mean, least and largest over the slots:\n\n";
  text += RegionTable(network, summary) + "\n" + GatewayTable(network, summary);
  if (network.num_classes() > 0) text += "\n" + WorkTable(file.header(), summary);
  if (network.num_variants() > 1) text += "\n" + VariantTable(network);
  return text + "\n" + ProvenanceText(file.header().provenance);
}

int Info(const Options& options) {
  const std::string path = options.positionals[0];
  const TraceFile file(path);
  const TraceSummary summary = Summarise(file);
  Print(HasOption(options, "json") ? DocumentText(InfoJson(path, file, summary)) : InfoText(path, file, summary));
  return kExitSuccess;
}

}  // namespace

Command TraceInfoCommand() {
  CommandInfo info;
  info.name = "trace info";
  info.summary = "shows what is in a trace";
  info.positionals = {"TRACE.h5"};
  info.options = {JsonOption()};
  return {info, Info};
}

}  // namespace evenkeel
