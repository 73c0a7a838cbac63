#include <fmt/ranges.h>

#include <algorithm>
#include <limits>
#include <sstream>

#include "experiments/files/run_log.h"
#include "models/base/error.h"
#include "models/files/hdf5_reader.h"

namespace evenkeel {
namespace {

void CheckSchema(const Hdf5Reader& file) {
  const auto schema = file.Text("", "schema");
  if (schema != kRunLogSchemaName) {
    throw InputError("{}: it is no run: the attribute 'schema' is {}, expected \"{}\"", file.path(),
                     schema ? fmt::format("\"{}\"", *schema) : "missing", kRunLogSchemaName);
  }
  const auto version = file.Number("", "schema_version");
  const int expected = file.HasAttribute("", "journal") ? kLiveRunLogSchemaVersion : kRunLogSchemaVersion;
  if (version != static_cast<double>(expected)) {
    throw InputError("{}: the attribute 'schema_version' is {}, this program reads version {}: run the policy again",
                     file.path(), version ? fmt::format("{}", *version) : "missing", expected);
  }
}

double Number(const Hdf5Reader& file, const std::string& dataset, const std::string& attribute) {
  const auto value = file.Number(dataset, attribute);
  if (value) return *value;
  throw InputError("{}: the attribute '{}' of '{}' is missing or no number", file.path(), attribute,
                   dataset.empty() ? "/" : dataset);
}

/// Rows [first, first + count) of a dataset that has `rows`, all axes but the first as one. With `no_value` some may be
/// missing.
RowMatrix RowsOf(const Hdf5Reader& file, const std::string& dataset, std::int64_t rows, int first, int count,
                 const std::vector<std::int64_t>& others, std::optional<double> no_value = {}) {
  std::vector<std::int64_t> shape = {rows};
  std::int64_t columns = 1;
  for (std::int64_t extent : others) {
    shape.push_back(extent);
    columns *= extent;
  }
  file.ExpectShape(dataset, shape, "time or certificate first");
  RowMatrix values(count, columns);
  if (no_value) {
    file.ReadValues(dataset, first, count, values.data(), *no_value);
  } else {
    file.ReadRows(dataset, first, count, values.data());
  }
  return values;
}

RunLogGroup ReadGroup(const Hdf5Reader& file, const std::string& name) {
  RunLogGroup group;
  group.name = name;
  group.units = file.Text(name, "units").value_or("");
  group.weight = Number(file, name, "weight");
  group.norm = Number(file, name, "norm");
  const auto shape = file.Shape(name);
  if (shape.size() != 2) throw InputError("{}: dataset '{}' has {} axes, expected 2", file.path(), name, shape.size());
  group.load.resize(0, shape[1]);
  group.bucket_weight = Vector::Ones(shape[1]);
  const std::string weights = name + "_bucket_weight";
  if (file.Has(weights)) {
    group.bucket_weight = RowsOf(file, weights, shape[1], 0, static_cast<int>(shape[1]), {}).col(0);
  }
  return group;
}

}  // namespace

struct RunLogReader::Impl {
  Hdf5Reader file;
  RunLog log;
  int num_certificates = 0;

  explicit Impl(const std::string& path) : file(path) {}
  void ReadHeader();
  void ReadDecisions(int first, int count);
  void ReadLiveHeader();
  void ReadLive(int first, int count);
  std::vector<std::int64_t> Cells() const {
    return {static_cast<std::int64_t>(log.gateways.size()), static_cast<std::int64_t>(log.regions.size()),
            static_cast<std::int64_t>(log.variants.size())};
  }
};

void RunLogReader::Impl::ReadHeader() {
  CheckSchema(file);
  const auto text = [this](const char* attribute) { return file.Text("", attribute).value_or(""); };
  log.info = {text("policy"),   text("trace"),   text("command"), text("generator"),
              text("observed"), text("observe"), text("events"),  text("guarantee")};
  log.info.certify = static_cast<std::int64_t>(std::clamp(file.Number("", "certify").value_or(0.0), 0.0, 1e9));
  log.info.journal = text("journal");
  log.total_objective = Number(file, "", "objective");
  log.total_shift = Number(file, "", "shift");
  log.shed_price = file.Number("", "shed_price");
  log.regions = file.Labels("region");
  log.gateways = file.Labels("gateway");
  log.variants = file.Labels("variant");
  if (file.Has("work_class")) log.classes = file.Labels("work_class");
  const auto shape = file.Shape("time");
  if (shape.size() != 1 || shape[0] < 1 || shape[0] > std::numeric_limits<int>::max()) {
    throw InputError("{}: dataset 'time' has the shape [{}], expected one axis of at least one slot", file.path(),
                     fmt::join(shape, ", "));
  }
  log.slots = static_cast<int>(shape[0]);
  log.has_allocations = file.Has("allocation");
  std::istringstream names(text("groups"));
  for (std::string name; names >> name;) log.groups.push_back(ReadGroup(file, name));
  if (log.is_live()) ReadLiveHeader();
  if (file.Has("certificate")) {
    num_certificates = static_cast<int>(file.Labels("certificate").size());
    log.certified_ratio = Number(file, "", "certified_ratio");
  }
  if (!file.Has("verdict")) return;
  for (const char* name : kVerdictNames) {
    log.verdict_count.push_back(static_cast<std::int64_t>(std::clamp(Number(file, "verdict", name), -1.0, 1e9)));
  }
}

void RunLogReader::Impl::ReadLiveHeader() {
  RunLogLive& live = log.live;
  if (!log.has_allocations) throw InputError("{}: dataset 'allocation' is missing", file.path());
  log.info.period_slots = static_cast<std::int64_t>(std::clamp(Number(file, "", "period_slots"), 0.0, 1e9));
  const auto gateways = Cells()[0];
  live.expected_demand = RowsOf(file, "live_expected_demand", gateways, 0, static_cast<int>(gateways), {}).col(0);
  for (const char* name : kLiveSlotStateNames)
    live.state_count.push_back(static_cast<std::int64_t>(std::clamp(Number(file, "live_state", name), -1.0, 1e9)));
}

void RunLogReader::Impl::ReadLive(int first, int count) {
  RunLogLive& live = log.live;
  file.ExpectShape("live_state", {log.slots}, "time");
  std::vector<std::int64_t> states(count);
  file.ReadRows("live_state", first, count, states.data());
  live.state.clear();
  for (const std::int64_t state : states) {
    if (state < 0 || state >= kNumLiveSlotStates)
      throw InputError("{}: dataset 'live_state': slot {} is {}, allowed is 0 to {}", file.path(),
                       static_cast<std::size_t>(first) + live.state.size(), state, kNumLiveSlotStates - 1);
    live.state.push_back(static_cast<LiveSlotState>(state));
  }
  const auto read = [&](const char* name, const std::vector<std::int64_t>& others,
                        std::optional<double> no_value = {}) {
    return RowsOf(file, name, log.slots, first, count, others, no_value);
  };
  const std::vector<std::int64_t> cells = Cells(), regions = {cells[1]};
  live.demand = read("live_demand", {cells[0]});
  live.capacity = read("live_capacity", regions);
  live.price = read("live_price", regions);
  live.carbon_intensity = read("live_carbon_intensity", regions);
  live.water_intensity = read("live_water_intensity", regions);
  live.decision = read("live_decision", cells);
  live.revision = read("live_revision", {}).col(0);
  live.served = read("live_served", {cells[0], cells[1]}, kNoAllocation);
  live.energy = read("live_energy", regions, kNoAllocation);
  if (log.verdict_count.empty()) return;
  live.expert_decision = read("live_expert_decision", cells);
  for (const auto& [name, values] :
       {std::pair{"live_credit", &live.credit}, std::pair{"live_expert_objective", &live.expert_objective},
        std::pair{"live_allowance", &live.allowance}, std::pair{"live_budget", &live.budget},
        std::pair{"live_error", &live.error}})
    *values = read(name, {}).col(0);
}

void RunLogReader::Impl::ReadDecisions(int first, int count) {
  if (log.verdict_count.empty()) return;
  file.ExpectShape("verdict", {log.slots}, "time");
  std::vector<std::int64_t> verdicts(count);
  file.ReadRows("verdict", first, count, verdicts.data());
  log.verdict.clear();
  for (const std::int64_t verdict : verdicts) {
    if (verdict < 0 || verdict >= kNumVerdicts) {
      throw InputError("{}: dataset 'verdict': slot {} is {}, allowed is 0 to {}", file.path(),
                       static_cast<std::size_t>(first) + log.verdict.size(), verdict, kNumVerdicts - 1);
    }
    log.verdict.push_back(static_cast<Verdict>(verdict));
  }
  const auto read = [&](const char* name, const std::vector<std::int64_t>& others,
                        std::optional<double> no_value = {}) {
    return RowsOf(file, name, log.slots, first, count, others, no_value);
  };
  log.alpha = read("alpha", {}).col(0);
  log.slack = read("slack", {}).col(0);
  if (!log.has_allocations) return;
  const std::vector<std::int64_t> cells = Cells();
  log.advice = read("advice", cells, kNoAllocation);
  log.advice_shed = read("advice_shed", {cells[0]}, kNoAllocation);
  log.expert = read("expert_allocation", cells);
  log.expert_shed = read("expert_shed", {cells[0]});
}

RunLogReader::RunLogReader(const std::string& path) : impl_(std::make_unique<Impl>(path)) { impl_->ReadHeader(); }
RunLogReader::~RunLogReader() = default;

const Hdf5Reader& RunLogReader::file() const { return impl_->file; }
const RunLog& RunLogReader::log() const { return impl_->log; }
int RunLogReader::num_certificates() const { return impl_->num_certificates; }

int RunLogReader::BlockSlots() const {
  constexpr std::int64_t kBlockBytes = 4 << 20;
  const RunLog& log = impl_->log;
  std::int64_t columns = static_cast<std::int64_t>(log.regions.size());
  if (log.has_allocations) columns *= static_cast<std::int64_t>(log.gateways.size() * log.variants.size());
  return static_cast<int>(
      std::clamp<std::int64_t>(kBlockBytes / (8 * std::max<std::int64_t>(columns, 1)), 1, log.slots));
}

void RunLogReader::ReadRows(int first, int count) {
  RunLog& log = impl_->log;
  const Hdf5Reader& file = impl_->file;
  EVENKEEL_CHECK(first >= 0 && count >= 0 && first <= log.slots - count);
  const std::vector<std::int64_t> cells = impl_->Cells();
  const auto read = [&](const std::string& name, const std::vector<std::int64_t>& others) {
    return RowsOf(file, name, log.slots, first, count, others);
  };
  log.first_slot = first;
  log.time.resize(count);
  file.ReadRows("time", first, count, log.time.data());
  log.energy_cost = read("energy_cost", {}).col(0);
  log.shed_cost = read("shed_cost", {}).col(0);
  log.objective = read("objective", {}).col(0);
  log.shift = read("shift", {}).col(0);
  log.region_cost = read("region_cost", {cells[1]});
  log.region_workload = read("region_workload", {cells[1]});
  for (RunLogGroup& group : log.groups) group.load = read(group.name, {group.load.cols()});
  if (!log.classes.empty()) {
    const auto classes = static_cast<std::int64_t>(log.classes.size());
    log.work_released = read("work_released", {classes});
    log.work_waiting = read("work_waiting", {classes});
  }
  if (log.has_allocations) {
    log.allocation = read("allocation", cells);
    log.shed = read("shed", {cells[0]});
  }
  impl_->ReadDecisions(first, count);
  if (log.is_live()) impl_->ReadLive(first, count);
}

PrefixCertificate RunLogReader::ReadCertificate(int index) const {
  const RunLog& log = impl_->log;
  const Hdf5Reader& file = impl_->file;
  const int count = impl_->num_certificates;
  EVENKEEL_CHECK(index >= 0 && index < count);
  file.ExpectShape("certificate_slot", {count}, "certificate");
  std::int64_t slot = 0;
  file.ReadRows("certificate_slot", index, 1, &slot);
  if (slot < 0 || slot >= log.slots) {
    throw InputError("{}: dataset 'certificate_slot': entry {} is {}, the run has {} slots", file.path(), index, slot,
                     log.slots);
  }
  const auto read = [&](const std::string& name) { return RowsOf(file, name, count, index, 1, {})(0, 0); };
  PrefixCertificate certificate{static_cast<int>(slot),          read("certificate_objective"),
                                read("certificate_lower_bound"), 0.0,
                                read("certificate_ratio"),       {}};
  for (const RunLogGroup& group : log.groups) {
    const std::string name = "certificate_price_" + group.name;
    certificate.prices.push_back(RowsOf(file, name, count, index, 1, {group.load.cols()}).row(0).transpose());
  }
  return certificate;
}

RunLog ReadRunLog(const std::string& path) {
  RunLogReader reader(path);
  reader.ReadRows(0, reader.log().slots);
  RunLog log = reader.log();
  for (int c = 0; c < reader.num_certificates(); ++c) {
    log.certificates.push_back(reader.ReadCertificate(c));
    log.certificates.back().shift = log.shift[log.certificates.back().slot];
  }
  return log;
}

}  // namespace evenkeel
