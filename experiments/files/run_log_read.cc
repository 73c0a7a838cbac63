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
  if (version != static_cast<double>(kRunLogSchemaVersion)) {
    throw InputError("{}: the attribute 'schema_version' is {}, this program reads version {}", file.path(),
                     version ? fmt::format("{}", *version) : "missing", kRunLogSchemaVersion);
  }
}

double Number(const Hdf5Reader& file, const std::string& dataset, const std::string& attribute) {
  const auto value = file.Number(dataset, attribute);
  if (value) return *value;
  throw InputError("{}: the attribute '{}' of '{}' is missing or no number", file.path(), attribute,
                   dataset.empty() ? "/" : dataset);
}

/// A dataset whose first axis is time, all others as one.
RowMatrix ReadRows(const Hdf5Reader& file, const std::string& dataset, std::int64_t slots,
                   const std::vector<std::int64_t>& others) {
  std::vector<std::int64_t> shape = {slots};
  std::int64_t columns = 1;
  for (std::int64_t extent : others) {
    shape.push_back(extent);
    columns *= extent;
  }
  file.ExpectShape(dataset, shape, "time first");
  RowMatrix values(slots, columns);
  file.ReadRows(dataset, 0, slots, values.data());
  return values;
}

RunLogGroup ReadGroup(const Hdf5Reader& file, const std::string& name, const RunLog& log) {
  RunLogGroup group;
  group.name = name;
  group.units = file.Text(name, "units").value_or("");
  group.weight = Number(file, name, "weight");
  group.norm = Number(file, name, "norm");
  const auto shape = file.Shape(name);
  if (shape.size() != 2) throw InputError("{}: dataset '{}' has {} axes, expected 2", file.path(), name, shape.size());
  group.load = ReadRows(file, name, log.num_slots(), {shape[1]});
  group.bucket_weight = Vector::Ones(shape[1]);
  const std::string weights = name + "_bucket_weight";
  if (file.Has(weights)) group.bucket_weight = ReadRows(file, weights, shape[1], {}).col(0);
  return group;
}

void ReadSlots(const Hdf5Reader& file, RunLog* log) {
  const auto shape = file.Shape("time");
  if (shape.size() != 1 || shape[0] > std::numeric_limits<int>::max()) {
    throw InputError("{}: dataset 'time' has the shape [{}], expected one axis", file.path(), fmt::join(shape, ", "));
  }
  const std::int64_t slots = shape[0];
  const auto regions = static_cast<std::int64_t>(log->regions.size());
  const auto gateways = static_cast<std::int64_t>(log->gateways.size());
  log->time.resize(slots);
  file.ReadRows("time", 0, slots, log->time.data());
  log->energy_cost = ReadRows(file, "energy_cost", slots, {}).col(0);
  log->shed_cost = ReadRows(file, "shed_cost", slots, {}).col(0);
  log->objective = ReadRows(file, "objective", slots, {}).col(0);
  log->shift = ReadRows(file, "shift", slots, {}).col(0);
  log->region_cost = ReadRows(file, "region_cost", slots, {regions});
  log->region_workload = ReadRows(file, "region_workload", slots, {regions});
  if (!file.Has("allocation")) return;
  log->allocation =
      ReadRows(file, "allocation", slots, {gateways, regions, static_cast<std::int64_t>(log->variants.size())});
  log->shed = ReadRows(file, "shed", slots, {gateways});
}

void ReadDecisions(const Hdf5Reader& file, RunLog* log) {
  if (!file.Has("verdict")) return;
  const std::int64_t slots = log->num_slots();
  file.ExpectShape("verdict", {slots}, "time");
  std::vector<std::int64_t> verdicts(log->time.size());
  file.ReadRows("verdict", 0, slots, verdicts.data());
  for (const std::int64_t verdict : verdicts) {
    if (verdict < 0 || verdict >= kNumVerdicts) {
      throw InputError("{}: dataset 'verdict': slot {} is {}, allowed is 0 to {}", file.path(), log->verdict.size(),
                       verdict, kNumVerdicts - 1);
    }
    log->verdict.push_back(static_cast<Verdict>(verdict));
  }
  for (const char* name : kVerdictNames) {
    log->verdict_count.push_back(static_cast<std::int64_t>(Number(file, "verdict", name)));
  }
  log->alpha = ReadRows(file, "alpha", slots, {}).col(0);
  log->slack = ReadRows(file, "slack", slots, {}).col(0);
  if (!file.Has("advice")) return;
  const auto gateways = static_cast<std::int64_t>(log->gateways.size());
  const std::vector<std::int64_t> cells = {gateways, static_cast<std::int64_t>(log->regions.size()),
                                           static_cast<std::int64_t>(log->variants.size())};
  log->advice = ReadRows(file, "advice", slots, cells);
  log->advice_shed = ReadRows(file, "advice_shed", slots, {gateways});
  log->expert = ReadRows(file, "expert_allocation", slots, cells);
  log->expert_shed = ReadRows(file, "expert_shed", slots, {gateways});
}

void ReadCertificates(const Hdf5Reader& file, RunLog* log) {
  if (!file.Has("certificate")) return;
  log->certified_ratio = Number(file, "", "certified_ratio");
  const auto count = static_cast<std::int64_t>(file.Labels("certificate").size());
  file.ExpectShape("certificate_slot", {count}, "certificate");
  std::vector<std::int64_t> slot(count);
  file.ReadRows("certificate_slot", 0, count, slot.data());
  const auto read = [&](const std::string& name) { return ReadRows(file, name, count, {}); };
  const RowMatrix objective = read("certificate_objective");
  const RowMatrix bound = read("certificate_lower_bound");
  const RowMatrix ratio = read("certificate_ratio");
  std::vector<RowMatrix> prices;
  for (const RunLogGroup& group : log->groups) {
    prices.push_back(ReadRows(file, "certificate_price_" + group.name, count, {group.load.cols()}));
  }
  for (std::int64_t c = 0; c < count; ++c) {
    const std::int64_t last = slot[c];
    if (last < 0 || last >= log->num_slots()) {
      throw InputError("{}: dataset 'certificate_slot': entry {} is {}, the run has {} slots", file.path(), c, last,
                       log->num_slots());
    }
    PrefixCertificate certificate{static_cast<int>(last), objective(c, 0), bound(c, 0),
                                  log->shift[last],       ratio(c, 0),     {}};
    for (const RowMatrix& one : prices) certificate.prices.push_back(one.row(c).transpose());
    log->certificates.push_back(std::move(certificate));
  }
}

}  // namespace

RunLog ReadRunLog(const std::string& path) {
  const Hdf5Reader file(path);
  CheckSchema(file);
  const auto text = [&file](const char* attribute) { return file.Text("", attribute).value_or(""); };
  RunLog log;
  log.info = {text("policy"),   text("trace"),   text("command"), text("generator"),
              text("observed"), text("observe"), text("events")};
  log.total_objective = Number(file, "", "objective");
  log.total_shift = Number(file, "", "shift");
  log.shed_price = file.Number("", "shed_price");
  log.regions = file.Labels("region");
  log.gateways = file.Labels("gateway");
  log.variants = file.Labels("variant");
  ReadSlots(file, &log);
  std::istringstream names(text("groups"));
  for (std::string name; names >> name;) log.groups.push_back(ReadGroup(file, name, log));
  ReadDecisions(file, &log);
  ReadCertificates(file, &log);
  return log;
}

}  // namespace evenkeel
