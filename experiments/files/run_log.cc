#include "experiments/files/run_log.h"

#include <fmt/ranges.h>

#include <algorithm>

#include "experiments/files/run_log_rows.h"
#include "models/base/atomic_file.h"
#include "models/base/checksum.h"
#include "models/base/error.h"
#include "models/files/hdf5_writer.h"
#include "models/world/metrics.h"

namespace evenkeel {
namespace {

/// Over what the run was asked, which nothing else in the log repeats.
std::uint32_t QuestionChecksum(const Problem& problem, const RunLogInfo& info) {
  std::vector<std::string> words = {info.policy,
                                    info.trace,
                                    info.command,
                                    info.generator,
                                    info.observed,
                                    info.observe,
                                    info.events,
                                    info.guarantee,
                                    fmt::to_string(info.certify),
                                    problem.shed_cost ? fmt::to_string(*problem.shed_cost) : ""};
  if (!info.journal.empty()) words.push_back(fmt::format("{} {}", info.journal, info.period_slots));
  for (const Group& group : problem.groups) {
    words.push_back(fmt::format("{} {} {}", group.name, group.weight, group.norm));
  }
  return Crc32(fmt::format("{}", fmt::join(words, "\n")));
}

template <typename Node>
std::vector<std::string> Names(const std::vector<Node>& nodes) {
  std::vector<std::string> names;
  for (const Node& node : nodes) names.push_back(node.name);
  return names;
}

std::vector<std::string> ClassNames(const Problem& problem) {
  std::vector<std::string> names = Names(problem.network.gateways);
  names.erase(names.begin(), names.begin() + problem.network.num_firm());
  return names;
}

/// Quality has no unit; t and m3 are what UDUNITS calls them.
std::string Units(const Group& group) { return group.footprint == Footprint::kQualityLoss ? "1" : group.unit; }

Hdf5Field GroupField(const Problem& problem, const Group& group) {
  return RunLogField(group.name, {"time", BucketAxis(problem, group)}, Units(group),
                     "load of " + group.name + " since the first slot, weighted");
}

/// The attributes and axes of a run, so that every member after them can add datasets.
Hdf5Writer Begin(Hdf5Writer writer, const Problem& problem, const RunLogInfo& info) {
  writer.SetAttribute("", "Conventions", std::string("CF-1.8"));
  writer.SetAttribute("", "schema", std::string(kRunLogSchemaName));
  writer.SetAttribute("", "schema_version",
                      std::int64_t{info.journal.empty() ? kRunLogSchemaVersion : kLiveRunLogSchemaVersion});
  writer.SetAttribute("", "title", "run of " + info.policy);
  writer.SetAttribute("", "policy", info.policy);
  writer.SetAttribute("", "trace", info.trace);
  if (!info.observed.empty()) writer.SetAttribute("", "observed", info.observed);
  if (!info.observe.empty()) writer.SetAttribute("", "observe", info.observe);
  if (!info.events.empty()) writer.SetAttribute("", "events", info.events);
  if (!info.guarantee.empty()) writer.SetAttribute("", "guarantee", info.guarantee);
  if (info.certify > 0) writer.SetAttribute("", "certify", info.certify);
  if (!info.journal.empty()) {
    writer.SetAttribute("", "journal", info.journal);
    writer.SetAttribute("", "period_slots", info.period_slots);
  }
  writer.SetAttribute("", "command", info.command);
  writer.SetAttribute("", "generator", info.generator);
  writer.SetAttribute("", "history", info.generator + ": " + info.command);
  WriteChecksum("", QuestionChecksum(problem, info), &writer);
  std::vector<std::string> groups;
  for (const Group& group : problem.groups) groups.push_back(group.name);
  writer.SetAttribute("", "groups", fmt::format("{}", fmt::join(groups, " ")));
  if (problem.shed_cost) writer.SetAttribute("", "shed_price", *problem.shed_cost);
  writer.AddTime(std::max(problem.num_slots, 1), true);
  writer.AddLabels("region", "region (data center)", Names(problem.network.regions));
  writer.AddLabels("gateway", "gateway (user region)", Names(problem.network.gateways));
  writer.AddLabels("variant", "variant of the served model", Names(problem.network.variants));
  if (problem.num_classes() > 0) {
    writer.AddLabels("firm_gateway", "gateway of firm demand", Names(FirmGateways(problem.network)));
    writer.AddLabels("work_class", "class of work that can wait", ClassNames(problem));
  }
  return writer;
}

}  // namespace

struct RunLogWriter::Impl {
  const Problem& problem;
  std::unique_ptr<AtomicFile> target;  // null for a file in memory
  Hdf5Writer file;
  RowBuffer<std::int64_t> time;
  RowBuffer<double> energy_cost, shed_cost, objective, shift;
  RowBuffer<double> region_cost, region_workload;
  std::vector<RowBuffer<double>> loads;  // per group
  std::vector<RowBuffer<double>> work;   // released and waiting, where the problem has classes
  std::optional<AllocationRows> allocations;
  std::optional<DecisionRows> decisions;
  std::optional<LiveRows> live;
  Ledger last;  // after the slot before

  Impl(std::unique_ptr<AtomicFile> the_target, const Problem& the_problem, const RunLogInfo& info,
       const RunLogOptions& options);
  RowBuffer<double> Scalar(const char* name, const char* long_name) {
    return {&file, RunLogField(name, {"time"}, "USD", long_name), 1};
  }
  void AddGroup(const Group& group);
  void AddWork(const char* name, const char* long_name);
  void AddCertificates(const std::vector<PrefixCertificate>& certificates);
  void FinishRows();  // but for those of decisions
  void WriteSummary();
};

RunLogWriter::Impl::Impl(std::unique_ptr<AtomicFile> the_target, const Problem& the_problem, const RunLogInfo& info,
                         const RunLogOptions& options)
    : problem(the_problem),
      target(std::move(the_target)),
      file(Begin(target ? Hdf5Writer(target->temporary_path(), target->path()) : Hdf5Writer("the log's layout"),
                 problem, info)),
      time(&file, RunLogField("time", {}, "", ""), 1),
      energy_cost(Scalar("energy_cost", "energy and network cost of the slot")),
      shed_cost(Scalar("shed_cost", "cost of unserved workload of the slot")),
      objective(Scalar("objective", "objective J of the slots so far")),
      shift(Scalar("shift", "shift of the slots so far, which makes all costs non-negative")),
      region_cost(&file,
                  RunLogField("region_cost", {"time", "region"}, "USD", "energy and network cost since the first slot"),
                  problem.network.regions.size()),
      region_workload(&file,
                      RunLogField("region_workload", {"time", "region"}, "MWh", "workload served since the first slot"),
                      problem.network.regions.size()),
      last(MakeLedger(problem)) {
  for (const Group& group : problem.groups) AddGroup(group);
  if (problem.num_classes() > 0) {
    AddWork("work_released", "work done or given up in the slot");
    AddWork("work_waiting", "work that waits at the slot's end");
  }
  if (options.allocations) allocations.emplace(&file, problem, "allocation", "shed", "");
  if (options.decisions) decisions.emplace(&file, problem, options.allocations);
  if (options.live) live.emplace(&file, problem, options.decisions);
}

void RunLogWriter::Impl::AddGroup(const Group& group) {
  loads.emplace_back(&file, GroupField(problem, group), static_cast<std::size_t>(group.num_buckets()));
  file.SetAttribute(group.name, "weight", group.weight);
  file.SetAttribute(group.name, "norm", group.norm);
  if ((group.bucket_weight.array() == 1.0).all()) return;
  const std::string name = group.name + "_bucket_weight";
  file.AddField(
      RunLogField(name, {BucketAxis(problem, group)}, "1", "how much a bucket's load of " + group.name + " counts"));
  file.WriteAll(name, group.bucket_weight.data());
  WriteChecksum(name, Crc32(group.bucket_weight.data(), group.num_buckets()), &file);
}

void RunLogWriter::Impl::AddWork(const char* name, const char* long_name) {
  work.emplace_back(&file, RunLogField(name, {"time", "work_class"}, "MWh", long_name), problem.num_classes());
}

void RunLogWriter::Impl::FinishRows() {
  time.Finish();
  for (auto* buffer : {&energy_cost, &shed_cost, &objective, &shift, &region_cost, &region_workload}) buffer->Finish();
  for (auto& buffer : loads) buffer.Finish();
  for (auto& buffer : work) buffer.Finish();
  if (allocations) allocations->Finish();
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
    : impl_(std::make_unique<Impl>(std::make_unique<AtomicFile>(path), problem, info, options)) {}

RunLogWriter::~RunLogWriter() = default;

void RunLogWriter::Append(const Slot& slot, const Allocation& allocation, const Ledger& ledger,
                          const RobustDecision* decision, const LiveLogSlot* live) {
  Impl& log = *impl_;
  log.time.Append(slot.time);
  log.energy_cost.Append(ledger.energy_cost - log.last.energy_cost);
  log.shed_cost.Append(ledger.shed_cost - log.last.shed_cost);
  log.objective.Append(ObjectiveValue(log.problem, ledger));
  log.shift.Append(ledger.shift);
  log.region_cost.Append(ledger.region_cost);
  log.region_workload.Append(ledger.region_workload);
  for (std::size_t k = 0; k < log.loads.size(); ++k) log.loads[k].Append(ledger.load[k]);
  if (!log.work.empty()) {
    log.work[0].Append(ledger.work_done - log.last.work_done);
    log.work[1].Append(slot.arrived - ledger.work_done);
  }
  if (log.allocations) log.allocations->Append(&allocation);
  EVENKEEL_CHECK_EQ(log.decisions.has_value(), decision != nullptr);
  if (decision != nullptr) log.decisions->Append(*decision);
  EVENKEEL_CHECK_EQ(log.live.has_value(), live != nullptr);
  if (live != nullptr) log.live->Append(*live);
  log.last = ledger;
}

void RunLogWriter::Impl::AddCertificates(const std::vector<PrefixCertificate>& certificates) {
  if (certificates.empty()) return;
  WriteCertificates(problem, certificates, &file);
  file.SetAttribute("", "certified_ratio", certificates.back().ratio);
}

void RunLogWriter::AddCertificates(const std::vector<PrefixCertificate>& certificates) {
  impl_->AddCertificates(certificates);
}

void RunLogWriter::Finish() {
  Impl& log = *impl_;
  log.FinishRows();
  if (log.decisions) log.decisions->Finish();
  if (log.live) log.live->Finish();
  log.WriteSummary();
  log.file.Close();
  log.target->Commit();
}

std::string RunLogLayout(const Problem& problem, const RunLogInfo& info, const RunLogOptions& options,
                         const RunLogTotals& totals, const std::vector<PrefixCertificate>& certificates) {
  RunLogWriter::Impl log(nullptr, problem, info, options);
  log.last = totals.ledger;
  log.AddCertificates(certificates);
  log.FinishRows();
  if (log.decisions) log.decisions->Finish(totals.verdict_count);
  if (log.live) log.live->Finish(totals.live_count);
  log.WriteSummary();
  return log.file.Image();
}

}  // namespace evenkeel
