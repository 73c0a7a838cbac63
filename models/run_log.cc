#include "models/run_log.h"

#include <algorithm>
#include <cstring>

#include "models/atomic_file.h"
#include "models/error.h"
#include "models/hdf5_writer.h"
#include "models/metrics.h"

namespace evenkeel {
namespace {

/// Appends rows to a growing dataset, a chunk at a time.
template <typename T>
class RowBuffer {
 public:
  RowBuffer(Hdf5Writer* file, const Hdf5Field& field, std::size_t columns)
      : file_(file), name_(field.name), columns_(columns) {
    if (name_ != "time") file_->AddField(field);
    capacity_ = static_cast<std::size_t>(file_->ChunkRows(name_));
    values_.resize(capacity_ * columns_);
  }

  /// The next row, to be filled by the caller; it holds old values.
  T* NextRow() {
    if (filled_ == capacity_) Flush();
    return &values_[columns_ * filled_++];
  }
  void Append(T value) { *NextRow() = value; }
  void Append(const Vector& row) { std::memcpy(NextRow(), row.data(), columns_ * sizeof(T)); }

  void Flush() {
    file_->WriteRows(name_, written_, static_cast<std::int64_t>(filled_), values_.data());
    written_ += static_cast<std::int64_t>(filled_);
    filled_ = 0;
  }
  std::size_t columns() const { return columns_; }

 private:
  Hdf5Writer* file_;
  std::string name_;
  std::size_t columns_;
  std::size_t capacity_ = 0;
  std::size_t filled_ = 0;
  std::int64_t written_ = 0;
  std::vector<T> values_;
};

template <typename Node>
std::vector<std::string> Names(const std::vector<Node>& nodes) {
  std::vector<std::string> names;
  for (const Node& node : nodes) names.push_back(node.name);
  return names;
}

Hdf5Field MakeField(std::string name, std::vector<std::string> axes, std::string units, std::string long_name) {
  return {std::move(name), std::move(axes), std::move(units), std::move(long_name), Hdf5Field::Type::kFloat64};
}

const char* BucketAxis(const Group& group) { return group.footprint == Footprint::kQualityLoss ? "gateway" : "region"; }

/// Quality has no unit; t and m3 are what UDUNITS calls them.
std::string Units(const Group& group) { return group.footprint == Footprint::kQualityLoss ? "1" : group.unit; }

Hdf5Field GroupField(const Group& group) {
  return MakeField(group.name, {"time", BucketAxis(group)}, Units(group),
                   "load of " + group.name + " since the first slot, weighted");
}

/// The attributes and axes of a run, so that every member after them can add datasets.
Hdf5Writer Begin(const std::string& file, const std::string& path, const Problem& problem, const RunLogInfo& info) {
  Hdf5Writer writer(file, path);
  writer.SetAttribute("", "Conventions", std::string("CF-1.8"));
  writer.SetAttribute("", "schema", std::string(kRunLogSchemaName));
  writer.SetAttribute("", "schema_version", std::int64_t{kRunLogSchemaVersion});
  writer.SetAttribute("", "title", "run of " + info.policy);
  writer.SetAttribute("", "policy", info.policy);
  writer.SetAttribute("", "trace", info.trace);
  writer.SetAttribute("", "command", info.command);
  writer.SetAttribute("", "generator", info.generator);
  writer.SetAttribute("", "history", info.generator + ": " + info.command);
  std::vector<std::string> groups;
  for (const Group& group : problem.groups) groups.push_back(group.name);
  writer.SetAttribute("", "groups", fmt::format("{}", fmt::join(groups, " ")));
  writer.AddTime(std::max(problem.num_slots, 1), true);
  writer.AddLabels("region", "region (data center)", Names(problem.network.regions));
  writer.AddLabels("gateway", "gateway (user region)", Names(problem.network.gateways));
  writer.AddLabels("variant", "variant of the served model", Names(problem.network.variants));
  return writer;
}

}  // namespace

struct RunLogWriter::Impl {
  const Problem& problem;
  AtomicFile target;
  Hdf5Writer file;
  RowBuffer<std::int64_t> time;
  RowBuffer<double> energy_cost, shed_cost, objective, shift;
  RowBuffer<double> region_cost, region_workload;
  std::vector<RowBuffer<double>> loads;        // per group
  std::vector<RowBuffer<double>> allocations;  // none, or flow and shed
  Ledger last;                                 // after the slot before

  Impl(const std::string& path, const Problem& the_problem, const RunLogInfo& info, const RunLogOptions& options);
  RowBuffer<double> Scalar(const char* name, const char* long_name) {
    return {&file, MakeField(name, {"time"}, "USD", long_name), 1};
  }
  void AddAllocation(const Allocation& allocation);
  void WriteSummary();
};

RunLogWriter::Impl::Impl(const std::string& path, const Problem& the_problem, const RunLogInfo& info,
                         const RunLogOptions& options)
    : problem(the_problem),
      target(path),
      file(Begin(target.temporary_path(), path, problem, info)),
      time(&file, MakeField("time", {}, "", ""), 1),
      energy_cost(Scalar("energy_cost", "energy and network cost of the slot")),
      shed_cost(Scalar("shed_cost", "cost of unserved workload of the slot")),
      objective(Scalar("objective", "objective J of the slots so far")),
      shift(Scalar("shift", "shift of the slots so far, which makes all costs non-negative")),
      region_cost(&file,
                  MakeField("region_cost", {"time", "region"}, "USD", "energy and network cost since the first slot"),
                  problem.network.regions.size()),
      region_workload(&file,
                      MakeField("region_workload", {"time", "region"}, "MWh", "workload served since the first slot"),
                      problem.network.regions.size()),
      last(MakeLedger(problem)) {
  for (const Group& group : problem.groups) {
    loads.emplace_back(&file, GroupField(group), static_cast<std::size_t>(group.num_buckets()));
    file.SetAttribute(group.name, "weight", group.weight);
    file.SetAttribute(group.name, "norm", group.norm);
  }
  if (!options.allocations) return;
  const Network& network = problem.network;
  const std::size_t cells = network.gateways.size() * network.regions.size() * network.variants.size();
  allocations.emplace_back(
      &file,
      MakeField("allocation", {"time", "gateway", "region", "variant"}, "MWh", "workload of the slot served this way"),
      cells);
  allocations.emplace_back(&file, MakeField("shed", {"time", "gateway"}, "MWh", "unserved workload of the slot"),
                           network.gateways.size());
}

void RunLogWriter::Impl::AddAllocation(const Allocation& allocation) {
  double* row = allocations[0].NextRow();
  std::fill_n(row, allocations[0].columns(), 0.0);
  for (int a = 0; a < problem.num_arcs(); ++a) {
    const Arc& arc = problem.arcs.arcs[static_cast<std::size_t>(a)];
    const int cell =
        (arc.gateway * problem.network.num_regions() + arc.region) * problem.network.num_variants() + arc.variant;
    row[cell] = allocation.flow[a];
  }
  allocations[1].Append(allocation.shed);
}

void RunLogWriter::Impl::WriteSummary() {
  file.SetAttribute("", "energy_cost", last.energy_cost);
  file.SetAttribute("", "shed_cost", last.shed_cost);
  file.SetAttribute("", "shed", last.shed);
  file.SetAttribute("", "objective", ObjectiveValue(problem, last));
  file.SetAttribute("", "shift", last.shift);
  for (std::size_t k = 0; k < problem.groups.size(); ++k) {
    const Spread spread = ComputeSpread(last.load[k]);
    const std::string& name = problem.groups[k].name;
    file.SetAttribute(name, "sum", spread.sum);
    file.SetAttribute(name, "mean", spread.mean);
    file.SetAttribute(name, "max", spread.max);
    file.SetAttribute(name, "par", spread.par);
    file.SetAttribute(name, "gini", spread.gini);
    file.SetAttribute(name, "jain", spread.jain);
  }
}

RunLogWriter::RunLogWriter(const std::string& path, const Problem& problem, const RunLogInfo& info,
                           const RunLogOptions& options)
    : impl_(std::make_unique<Impl>(path, problem, info, options)) {}

RunLogWriter::~RunLogWriter() = default;

void RunLogWriter::Append(std::int64_t time, const Allocation& allocation, const Ledger& ledger) {
  Impl& log = *impl_;
  log.time.Append(time);
  log.energy_cost.Append(ledger.energy_cost - log.last.energy_cost);
  log.shed_cost.Append(ledger.shed_cost - log.last.shed_cost);
  log.objective.Append(ObjectiveValue(log.problem, ledger));
  log.shift.Append(ledger.shift);
  log.region_cost.Append(ledger.region_cost);
  log.region_workload.Append(ledger.region_workload);
  for (std::size_t k = 0; k < log.loads.size(); ++k) log.loads[k].Append(ledger.load[k]);
  if (!log.allocations.empty()) log.AddAllocation(allocation);
  log.last = ledger;
}

void RunLogWriter::Finish() {
  Impl& log = *impl_;
  log.time.Flush();
  for (auto* buffer :
       {&log.energy_cost, &log.shed_cost, &log.objective, &log.shift, &log.region_cost, &log.region_workload}) {
    buffer->Flush();
  }
  for (auto& buffer : log.loads) buffer.Flush();
  for (auto& buffer : log.allocations) buffer.Flush();
  log.WriteSummary();
  log.file.Close();
  log.target.Commit();
}

}  // namespace evenkeel
