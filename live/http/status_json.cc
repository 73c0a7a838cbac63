#include "live/http/status_json.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

namespace evenkeel {
namespace {

using Json = nlohmann::ordered_json;

Json Known(double value) { return std::isfinite(value) ? Json(value) : Json(); }

template <typename T>
Json Known(const std::optional<T>& value) {
  return value ? Known(static_cast<double>(*value)) : Json();
}

Json KnownTime(const std::optional<std::int64_t>& time) { return time ? Json(*time) : Json(); }

/// Names and reasons may have bytes that are no UTF-8.
std::string Text(const Json& document) { return document.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n"; }

Json Rows(const RowMatrix& matrix) {
  Json rows = Json::array();
  for (int j = 0; j < matrix.rows(); ++j) {
    Json row = Json::array();
    for (int i = 0; i < matrix.cols(); ++i) row.push_back(Known(matrix(j, i)));
    rows.push_back(std::move(row));
  }
  return rows;
}

Json SharesJson(const std::optional<Shares>& shares) {
  if (!shares) return {};
  Json json = {{"slot", shares->slot},
               {"begin", shares->begin},
               {"valid_until", shares->valid_until},
               {"shares", Rows(shares->share)}};
  if (shares->released.rows() > 0) json["released"] = Rows(shares->released);
  return json;
}

Json PeriodJson(const LiveStatus& status) {
  return {{"name", status.period},
          {"begin", status.period_begin},
          {"slot_seconds", status.slot_seconds},
          {"slots", status.num_slots},
          {"slot", status.slot}};
}

Json RegionsJson(const LiveStatus& status) {
  Json regions = Json::array();
  for (int i = 0; i < static_cast<int>(status.regions.size()); ++i) {
    const RegionStatus& region = status.region.at(i);
    regions.push_back({{"region", status.regions[i]},
                       {"state", Name(region.state)},
                       {"capacity", Known(region.capacity)},
                       {"utilisation", Known(region.utilisation)},
                       {"workload", Known(region.workload)},
                       {"carbon_kg", Known(region.carbon_kg)},
                       {"water_liters", Known(region.water_liters)},
                       {"cost_usd", Known(region.cost_usd)}});
  }
  return regions;
}

Json GuaranteeJson(const LiveStatus& status) {
  return {{"objective_usd", Known(status.objective)},
          {"expert_objective_usd", Known(status.expert_objective)},
          {"bound_usd", Known(status.bound)},
          {"allowance_usd", Known(status.allowance)},
          {"budget_usd", Known(status.budget)},
          {"bound_error_usd", Known(status.bound_error)},
          {"rho", Known(status.rho)}};
}

Json ReadingsJson(const LiveStatus& status) {
  Json readings = Json::array();
  for (const ReadingStatus& reading : status.readings) {
    const auto [axis, place] = PlaceOf(status, reading);
    readings.push_back({{"signal", Name(reading.signal)},
                        {axis, place},
                        {"state", Name(reading.state)},
                        {"value", Known(reading.value)},
                        {"time", KnownTime(reading.time)},
                        {"source", reading.source}});
  }
  return readings;
}

Json SourcesJson(const LiveStatus& status) {
  Json sources = Json::array();
  for (const SourceStatus& source : status.sources) {
    sources.push_back({{"source", source.name},
                       {"last_success", KnownTime(source.last_success)},
                       {"failures_in_a_row", source.failures_in_a_row},
                       {"failures", source.failures},
                       {"reason", source.reason},
                       {"rejected", source.rejected}});
  }
  return sources;
}

Json OutputsJson(const LiveStatus& status) {
  Json outputs = Json::array();
  for (const OutputStatus& output : status.outputs) {
    outputs.push_back({{"output", output.name},
                       {"last_applied", KnownTime(output.last_applied)},
                       {"last_slot", output.last_slot},
                       {"agrees", output.agrees},
                       {"reason", output.reason},
                       {"failures", output.failures}});
  }
  return outputs;
}

/// In units of work.
Json WorkJson(const LiveStatus& status) {
  Json work = Json::array();
  for (std::size_t k = 0; k < status.classes.size(); ++k) {
    const WorkStatus& of = status.work.at(k);
    work.push_back({{"work_class", status.classes[k]},
                    {"arrived", Known(of.arrived)},
                    {"done", Known(of.done)},
                    {"late", Known(of.late)}});
  }
  return work;
}

Json RemarksJson(const std::vector<Remark>& remarks) {
  Json list = Json::array();
  for (const Remark& remark : remarks) list.push_back({{"reason", remark.word}, {"text", remark.text}});
  return list;
}

Json DurationsJson(const DurationHistogram& histogram) {
  Json upper = Json::array();
  for (const double bound : histogram.upper) upper.push_back(Known(bound));
  return {{"upper", upper}, {"counts", histogram.counts}, {"sum", Known(histogram.sum)}};
}

Json SlotJson(const SlotStatus& slot) {
  return {{"slot", slot.slot},
          {"begin", slot.begin},
          {"verdict", slot.verdict},
          {"alpha", Known(slot.alpha)},
          {"slack_usd", Known(slot.slack)},
          {"budget_usd", Known(slot.budget)},
          {"objective_usd", Known(slot.objective)},
          {"expert_objective_usd", Known(slot.expert_objective)},
          {"bound_usd", Known(slot.bound)},
          {"flags", slot.flags}};
}

}  // namespace

std::string WeightsDocument(const LiveStatus& status) {
  const Shares& shares = status.published.value();
  Json json = {{"period", status.period},           {"slot", shares.slot},         {"begin", shares.begin},
               {"valid_until", shares.valid_until}, {"mode", Name(status.mode)},   {"gateways", status.gateways},
               {"regions", status.regions},         {"shares", Rows(shares.share)}};
  if (!status.classes.empty()) {
    json["work_classes"] = status.classes;
    json["released"] = Rows(shares.released);
  }
  return Text(json);
}

std::string StatusDocument(const LiveStatus& status, std::int64_t now) {
  return Text({{"version", status.version},
               {"now", now},
               {"as_of", status.as_of},
               {"started", status.started},
               {"mode", Name(status.mode)},
               {"period", PeriodJson(status)},
               {"gateways", status.gateways},
               {"regions", RegionsJson(status)},
               {"work", WorkJson(status)},
               {"decided", SharesJson(status.decided)},
               {"applied", SharesJson(status.applied)},
               {"realised", SharesJson(status.realised)},
               {"guarantee", GuaranteeJson(status)},
               {"verdicts", status.verdicts},
               {"readings", ReadingsJson(status)},
               {"sources", SourcesJson(status)},
               {"outputs", OutputsJson(status)},
               {"journal_failures", status.journal_failures},
               {"decide_seconds", DurationsJson(status.decide_seconds)},
               {"degraded", RemarksJson(status.degraded)},
               {"not_ready", RemarksJson(status.not_ready)}});
}

std::string SlotsDocument(const LiveStatus& status, int from, int count) {
  const auto& slots = status.slots;
  auto first = std::find_if(slots.begin(), slots.end(), [from](const SlotStatus& slot) { return slot.slot >= from; });
  if (from < 0) first = slots.end() - std::min<std::ptrdiff_t>(count, slots.end() - slots.begin());
  Json list = Json::array();
  for (auto slot = first; slot != slots.end() && slot - first < count; ++slot) list.push_back(SlotJson(*slot));
  return Text({{"period", status.period},
               {"oldest", slots.empty() ? Json() : Json(slots.front().slot)},
               {"newest", slots.empty() ? Json() : Json(slots.back().slot)},
               {"slots", std::move(list)}});
}

std::string LedgerDocument(const LiveStatus& status) {
  double carbon = 0.0, water = 0.0, cost = 0.0, workload = 0.0;
  for (const RegionStatus& region : status.region) {
    carbon += region.carbon_kg;
    water += region.water_liters;
    cost += region.cost_usd;
    workload += region.workload;
  }
  Json regions = RegionsJson(status);
  for (Json& region : regions) {
    for (const char* now : {"state", "capacity", "utilisation"}) region.erase(now);
  }
  return Text({{"period", PeriodJson(status)},
               {"as_of", status.as_of},
               {"guarantee", GuaranteeJson(status)},
               {"workload", Known(workload)},
               {"carbon_kg", Known(carbon)},
               {"water_liters", Known(water)},
               {"cost_usd", Known(cost)},
               {"regions", std::move(regions)},
               {"work", WorkJson(status)},
               {"verdicts", status.verdicts}});
}

std::string ReadyDocument(const std::vector<Remark>& reasons) {
  return Text({{"ready", reasons.empty()}, {"reasons", RemarksJson(reasons)}});
}

}  // namespace evenkeel
