#include "experiments/report/json_report.h"

#include <fmt/format.h>

#include <cmath>

#include "experiments/report/guarantee_report.h"

namespace evenkeel {
namespace {

Json ByBucket(const Group& group, const Vector& values) {
  Json object = Json::object();
  for (int b = 0; b < group.num_buckets(); ++b) {
    object[group.bucket_names[b]] = JsonNumber(values[b]);
  }
  return object;
}

Json SpreadJson(const Vector& values) {
  const Spread spread = ComputeSpread(values);
  return {{"sum", JsonNumber(spread.sum)}, {"mean", JsonNumber(spread.mean)}, {"max", JsonNumber(spread.max)},
          {"par", JsonNumber(spread.par)}, {"gini", JsonNumber(spread.gini)}, {"jain", JsonNumber(spread.jain)}};
}

}  // namespace

Json ObjectiveJson(const Problem& problem) {
  Json weights = Json::object();
  Json norms = Json::object();
  Json bucket_weights = Json::object();
  for (const Group& group : problem.groups) {
    weights[group.name] = JsonNumber(group.weight);
    norms[group.name] = JsonNumber(group.norm);
    if ((group.bucket_weight.array() != 1.0).any()) bucket_weights[group.name] = ByBucket(group, group.bucket_weight);
  }
  Json objective = {{"weights", weights}, {"norms", norms}};
  if (!bucket_weights.empty()) objective["bucket_weights"] = bucket_weights;
  objective["shed_cost"] = problem.shed_cost ? JsonNumber(*problem.shed_cost) : Json();
  return objective;
}

Json UnitsJson(const Problem& problem) {
  Json units = {{"objective", "USD"}, {"energy_cost", "USD"}, {"workload", "units"}};
  if (problem.shed_cost) units.update({{"shed", "units"}, {"shed_cost", "USD"}});
  for (const Group& group : problem.groups) units[group.name] = group.unit;
  return units;
}

Json GroupsJson(const Problem& problem, const Ledger& ledger) {
  Json groups = Json::object();
  for (std::size_t k = 0; k < problem.groups.size(); ++k) {
    const Group& group = problem.groups[k];
    Json json = {{"unit", group.unit}};
    json.update(SpreadJson(ledger.load[k]));
    json["buckets"] = Json::array();
    for (int b = 0; b < group.num_buckets(); ++b) {
      json["buckets"].push_back({{"bucket", group.bucket_names[b]}, {"load", JsonNumber(ledger.load[k][b])}});
    }
    groups[group.name] = std::move(json);
  }
  return groups;
}

Json PlacesJson(const Problem& problem, const Ledger& ledger) {
  Json regions = Json::array();
  Json gateways = Json::array();
  for (int i = 0; i < problem.network.num_regions(); ++i) {
    regions.push_back({{"region", problem.network.regions[i].name},
                       {"energy_cost", JsonNumber(ledger.region_cost[i])},
                       {"workload", JsonNumber(ledger.region_workload[i])}});
  }
  for (const Gateway& gateway : FirmGateways(problem.network)) gateways.push_back({{"gateway", gateway.name}});
  for (std::size_t k = 0; k < problem.groups.size(); ++k) {
    const Group& group = problem.groups[k];
    Json& places = group.footprint == Footprint::kQualityLoss ? gateways : regions;
    for (int b = 0; b < group.num_buckets(); ++b) places[b][group.name] = JsonNumber(ledger.load[k][b]);
  }
  return {{"regions", regions}, {"gateways", gateways}};
}

Json EnergyJson(const Ledger& ledger) {
  Json energy = SpreadJson(ledger.region_cost);
  // Gini and Jain assume values that are not negative, which costs can be.
  energy.erase("gini");
  energy.erase("jain");
  return energy;
}

Json PricesJson(const Problem& problem, const Prices& prices) {
  Json object = Json::object();
  for (std::size_t k = 0; k < problem.groups.size(); ++k) {
    object[problem.groups[k].name] = ByBucket(problem.groups[k], prices[k]);
  }
  return object;
}

namespace {

Json WorkJson(const Problem& problem, const RunOutcome& run) {
  Json rows = Json::array();
  for (int k = 0; k < problem.num_classes(); ++k) {
    rows.push_back({{"work_class", problem.network.gateways[problem.network.num_firm() + k].name},
                    {"arrived", JsonNumber(run.work.arrived[k])},
                    {"done", JsonNumber(run.ledger.work_done[k])},
                    {"mean_wait_hours", JsonNumber(run.work.MeanWait(k))}});
  }
  return rows;
}

}  // namespace

Json RunJson(const Problem& problem, const RunOutcome& run) {
  Json json = {{"policy", run.policy}, {"objective", JsonNumber(run.objective)}};
  json["energy_cost"] = JsonNumber(run.ledger.energy_cost);
  if (problem.shed_cost) json["shed"] = JsonNumber(run.ledger.shed);
  if (problem.shed_cost) json["shed_cost"] = JsonNumber(run.ledger.shed_cost);
  json["own_objective"] = run.report.own_objective ? JsonNumber(*run.report.own_objective) : Json();
  json["energy"] = EnergyJson(run.ledger);
  json["groups"] = GroupsJson(problem, run.ledger);
  json.update(PlacesJson(problem, run.ledger));
  if (problem.num_classes() > 0) json["work"] = WorkJson(problem, run);
  json["shift"] = JsonNumber(run.ledger.shift);
  json["asks_a_program"] = run.asks_a_program;
  json["program_failures"] = run.report.program_failures;
  json["unconverged_slots"] = run.report.unconverged_slots;
  json["guarantee"] = GuaranteeJson(run);
  json["virtual_loads"] = VirtualLoadsJson(run);
  json["overshoot"] = OvershootJson(run);
  json["seconds"] = run.seconds;
  return json;
}

}  // namespace evenkeel
