#include "predictors/process/messages.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "models/base/utc_time.h"
#include "predictors/process/signal_tables.h"

namespace evenkeel {
namespace {

using Json = nlohmann::ordered_json;

template <typename Values>
Json List(const Values& values) {
  return Json(std::vector<double>(values.begin(), values.end()));
}

Json Rows(const RowMatrix& matrix) {
  Json rows = Json::array();
  for (Eigen::Index row = 0; row < matrix.rows(); ++row) rows.push_back(List(matrix.row(row)));
  return rows;
}

Json Lists(const std::vector<Vector>& vectors) {
  Json lists = Json::array();
  for (const Vector& vector : vectors) lists.push_back(List(vector));
  return lists;
}

template <typename Things>
Json Names(const Things& things) {
  Json names = Json::array();
  for (const auto& thing : things) names.push_back(thing.name);
  return names;
}

Json NetworkJson(const Network& network) {
  std::vector<double> pue, resource, loss;
  for (const Region& region : network.regions) pue.push_back(region.pue);
  for (const Variant& variant : network.variants) {
    resource.push_back(variant.resource_per_unit);
    loss.push_back(variant.quality_loss);
  }
  return {
      {"pue", pue},           {"energy_per_unit", Rows(network.energy_per_unit)}, {"resource_per_unit", resource},
      {"quality_loss", loss}, {"network_cost", Rows(network.network_cost)},       {"distance", Rows(network.distance)}};
}

Json ArcsJson(const ArcSet& arcs) {
  std::vector<int> gateway, region, variant;
  for (const Arc& arc : arcs.arcs) {
    gateway.push_back(arc.gateway);
    region.push_back(arc.region);
    variant.push_back(arc.variant);
  }
  return {{"gateway", gateway}, {"region", region}, {"variant", variant}};
}

const char* FootprintName(Footprint footprint) {
  return footprint == Footprint::kCarbon ? "carbon" : footprint == Footprint::kWater ? "water" : "quality_loss";
}

Json GroupsJson(const std::vector<Group>& groups) {
  Json all = Json::array();
  for (const Group& group : groups) {
    all.push_back({{"name", group.name},
                   {"footprint", FootprintName(group.footprint)},
                   {"unit", group.unit},
                   {"weight", group.weight},
                   {"norm", group.norm == kInfinity ? Json("inf") : Json(group.norm)},
                   {"buckets", group.bucket_names},
                   {"bucket_weight", List(group.bucket_weight)}});
  }
  return all;
}

void AddHistory(const History& history, int first, int end, Json* document) {
  Json times = Json::array();
  for (int t = first; t < end; ++t) times.push_back(FormatIsoUtc(history.time(t)));
  (*document)["time"] = std::move(times);
  AddSignalTables(
      history.columns(), end - first, [&](int row) { return history.row(first + row); }, document);
}

Json LedgerJson(const Ledger& ledger) {
  return {{"energy_cost", ledger.energy_cost},
          {"shed_cost", ledger.shed_cost},
          {"load", Lists(ledger.load)},
          {"region_workload", List(ledger.region_workload)}};
}

Json HoursJson(double hours) { return hours > 0.0 ? Json(hours) : Json(); }

Json NamesOrNull(const std::vector<std::string>& names) { return names.empty() ? Json() : Json(names); }

}  // namespace

std::string PolicyStartLine(const Problem& problem, const PolicyStart& start) {
  Json history;
  if (const int count = std::min(start.history, start.end); count > 0)
    AddHistory(*start.seen, start.end - count, start.end, &history);
  return Json({{"message", "start"},
               {"protocol", kProcessProtocol},
               {"role", "policy"},
               {"seed", start.seed},
               {"slot", start.first_slot},
               {"num_slots", problem.num_slots},
               {"slot_hours", HoursJson(start.slot_hours)},
               {"gateways", Names(problem.network.gateways)},
               {"regions", Names(problem.network.regions)},
               {"variants", Names(problem.network.variants)},
               {"network", NetworkJson(problem.network)},
               {"arcs", ArcsJson(problem.arcs)},
               {"groups", GroupsJson(problem.groups)},
               {"shed_cost", problem.shed_cost ? Json(*problem.shed_cost) : Json()},
               {"expected_demand", List(problem.expected_demand)},
               {"history", history}})
      .dump();
}

std::string PredictorStartLine(const SignalColumns& columns, const TraceIdentity& identity) {
  return Json({{"message", "start"},
               {"protocol", kProcessProtocol},
               {"role", "predictor"},
               {"slot_hours", HoursJson(identity.slot_hours)},
               {"num_gateways", columns.gateways},
               {"num_regions", columns.regions},
               {"gateways", NamesOrNull(identity.gateways)},
               {"regions", NamesOrNull(identity.regions)}})
      .dump();
}

std::string DecideLine(const SlotInput& input, const RowMatrix* forecast) {
  const Slot& slot = input.slot;
  Json ahead;
  if (forecast != nullptr) {
    AddSignalTables(
        ColumnsOf(slot), static_cast<int>(forecast->rows()), [&](int row) { return forecast->row(row); }, &ahead);
  }
  return Json({{"message", "decide"},
               {"slot", slot.index},
               {"time", FormatIsoUtc(slot.time)},
               {"demand", List(slot.demand)},
               {"capacity", List(slot.capacity)},
               {"price", List(slot.price)},
               {"carbon_intensity", List(slot.carbon_intensity)},
               {"water_intensity", List(slot.water_intensity)},
               {"ledger", LedgerJson(input.ledger)},
               {"forecast", ahead}})
      .dump();
}

std::string SettleLine(const Settlement& settlement) {
  Json line = {{"message", "settle"},
               {"slot", settlement.slot.index},
               {"exact", settlement.exact},
               {"ledger", LedgerJson(settlement.ledger)}};
  if (!settlement.exact) {
    line["cost"] = List(settlement.metered.cost);
    line["load"] = Lists(settlement.metered.load);
  }
  return line.dump();
}

std::string ObserveLine(const HistoryView& history, int from) {
  Json line = {{"message", "observe"}, {"from", from}};
  Json times = Json::array();
  for (int t = from; t < history.num_slots(); ++t) times.push_back(FormatIsoUtc(history.time(t)));
  line["time"] = std::move(times);
  AddSignalTables(
      history.columns(), history.num_slots() - from, [&](int row) { return history.row(from + row); }, &line);
  return line.dump();
}

std::string PredictLine(int seen, int horizon) {
  return Json({{"message", "predict"}, {"seen", seen}, {"horizon", horizon}}).dump();
}

}  // namespace evenkeel
