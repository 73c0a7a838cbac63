#include "experiments/files/comparison_file.h"

#include "models/base/atomic_file.h"
#include "models/files/hdf5_writer.h"

namespace evenkeel {
namespace {

using Type = Hdf5Field::Type;

void WriteVector(const char* name, const char* units, const char* long_name, const Vector& values, Hdf5Writer* file) {
  file->AddField({name, {"policy"}, units, long_name, Type::kFloat64});
  file->WriteAll(name, values.data());
}

void WriteAttributes(const Comparison& comparison, Hdf5Writer* file) {
  file->SetAttribute("", "Conventions", std::string("CF-1.8"));
  file->SetAttribute("", "schema", std::string("evenkeel-comparison"));
  file->SetAttribute("", "schema_version", std::int64_t{kComparisonSchemaVersion});
  file->SetAttribute("", "trace", comparison.trace);
  file->SetAttribute("", "command", comparison.command);
  file->SetAttribute("", "generator", comparison.generator);
  file->SetAttribute("", "lower_bound", comparison.lower_bound);
}

void WriteGroup(const GroupLoads& group, const std::string& axis, Hdf5Writer* file) {
  const std::string name = group.name + "_load";
  file->AddField({name,
                  {"policy", axis},
                  group.by_region ? group.unit : "1",
                  group.name + " over the period, bucket weights applied",
                  Type::kFloat64});
  file->WriteAll(name, group.load.data());
  file->SetAttribute(name, "weight", group.weight);
  file->SetAttribute(name, "norm", group.norm);
}

}  // namespace

Comparison EmptyComparison(const Problem& problem, int num_policies) {
  Comparison comparison;
  for (const Region& region : problem.network.regions) comparison.regions.push_back(region.name);
  for (Vector* values : {&comparison.objective, &comparison.shift, &comparison.ratio, &comparison.certified_ratio,
                         &comparison.energy_cost, &comparison.seconds}) {
    *values = Vector::Zero(num_policies);
  }
  comparison.region_cost = RowMatrix::Zero(num_policies, problem.network.num_regions());
  for (const Group& group : problem.groups) {
    comparison.groups.push_back({group.name, group.unit, group.weight, group.norm, group.bucket_names,
                                 group.footprint != Footprint::kQualityLoss,
                                 RowMatrix::Zero(num_policies, group.num_buckets())});
  }
  return comparison;
}

void WriteComparison(const Comparison& comparison, const std::string& path) {
  AtomicFile target(path);
  Hdf5Writer file(target.temporary_path(), path);
  WriteAttributes(comparison, &file);
  file.AddLabels("policy", "policy, as a spec; offline is the optimum in hindsight", comparison.policies);
  file.AddLabels("region", "region (data center)", comparison.regions);
  bool has_gateways = false;
  for (const GroupLoads& group : comparison.groups) {
    if (group.by_region || has_gateways) continue;
    file.AddLabels("gateway", "gateway (user region)", group.buckets);
    has_gateways = true;
  }
  WriteVector("objective", "USD", "objective J", comparison.objective, &file);
  WriteVector("shift", "USD", "added to J for the ratios", comparison.shift, &file);
  WriteVector("ratio", "1", "shifted J over the optimum's", comparison.ratio, &file);
  WriteVector("certified_ratio", "1", "shifted J over the certified lower bound", comparison.certified_ratio, &file);
  WriteVector("energy_cost", "USD", "energy and network cost", comparison.energy_cost, &file);
  WriteVector("seconds", "s", "wall-clock time of the run", comparison.seconds, &file);
  file.AddField({"region_cost", {"policy", "region"}, "USD", "energy cost by region", Type::kFloat64});
  file.WriteAll("region_cost", comparison.region_cost.data());
  for (const GroupLoads& group : comparison.groups) WriteGroup(group, group.by_region ? "region" : "gateway", &file);
  file.Close();
  target.Commit();
}

}  // namespace evenkeel
