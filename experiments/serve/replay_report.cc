#include "experiments/serve/replay_report.h"

#include <fmt/format.h>

#include "experiments/report/json_report.h"
#include "experiments/report/report_text.h"
#include "experiments/report/table.h"
#include "live/engine/month.h"
#include "models/base/utc_time.h"

namespace evenkeel {
namespace {

Json VerdictsJson(const SlotCounts& counts) {
  Json json = Json::object();
  for (int v = 0; v < kNumVerdicts; ++v) json[kVerdictNames[v]] = counts.verdicts[v];
  return json;
}

const std::string& WorkName(const Problem& problem, int k) {
  return problem.network.gateways[static_cast<std::size_t>(problem.network.num_firm() + k)].name;
}

/// Cost, workload and loads by region, and which region's load is the largest.
std::string RegionTable(const Problem& problem, const Ledger& ledger) {
  Table table;
  TableColumn names{"region", "", {}};
  for (const Region& region : problem.network.regions) names.cells.push_back(region.name);
  table.columns = {names,
                   {"energy cost", "USD", FormatColumn(ledger.region_cost)},
                   {"workload", "units", FormatColumn(ledger.region_workload)}};
  for (int k = 0; k < problem.num_groups(); ++k) {
    const Group& group = problem.groups[k];
    if (group.footprint != Footprint::kQualityLoss)
      table.columns.push_back({group.name, group.unit, FormatColumn(ledger.load[k])});
  }
  return ToString(table);
}

}  // namespace

Json ReplayJson(const RecordedPeriod& period) {
  const PeriodRun& run = *period.run;
  const SlotCounts counts = CountSlots(period);
  const BooksReport books = run.books().Report();
  const bool is_robust = DecisionsOf(run.policy()) != nullptr;
  Json json = {{"journal", period.path},
               {"replays", true},
               {"difference", nullptr},
               {"period", MonthOf(period.head.begin).name},
               {"policy", period.head.policy},
               {"begin", FormatIsoUtc(run.time().start)},
               {"slot_seconds", run.time().step()},
               {"period_slots", run.problem().num_slots},
               {"lines", period.lines}};
  json["slots"] = {{"over", run.next_slot()},
                   {"decided", counts.decided},
                   {"shared_by_capacity", counts.shared_by_capacity},
                   {"missed", counts.missed},
                   {"not_applied", counts.not_applied},
                   {"advice_off", counts.advice_off},
                   {"metered", counts.metered}};
  json["verdicts"] = is_robust ? VerdictsJson(counts) : Json();
  json["objective"] = JsonNumber(books.objective);
  json["shift"] = JsonNumber(books.shift);
  if (is_robust) {
    json["expert_objective"] = JsonNumber(books.expert_objective);
    json["allowance"] = JsonNumber(books.allowance);
    json["error"] = JsonNumber(books.error);
    json["bound"] = JsonNumber(books.bound - books.shift);
    json["budget"] = JsonNumber(books.budget);
  }
  json["criteria"] = ObjectiveJson(run.problem());
  json["units"] = UnitsJson(run.problem());
  json.update(PlacesJson(run.problem(), run.books().own()));
  json["work"] = Json::array();
  for (int k = 0; k < run.problem().num_classes(); ++k) {
    json["work"].push_back({{"work_class", WorkName(run.problem(), k)},
                            {"arrived", JsonNumber(run.arrived()[k])},
                            {"done", JsonNumber(run.books().own().work_done[k])},
                            {"late", JsonNumber(run.late()[k])}});
  }
  json["modes"] = Json::array();
  for (const auto& [at, event] : period.modes)
    json["modes"].push_back({{"at", FormatIsoUtc(at)}, {"mode", Name(event.mode)}});
  return json;
}

std::string ReplayText(const RecordedPeriod& period) {
  const PeriodRun& run = *period.run;
  const SlotCounts counts = CountSlots(period);
  const BooksReport books = run.books().Report();
  std::string text = fmt::format("{}: {}, {} of {} slots from {} on\n", period.path, MonthOf(period.head.begin).name,
                                 run.next_slot(), run.problem().num_slots, FormatUtc(run.time().start));
  const auto add = [&text](const char* name, const std::string& what) {
    text += fmt::format("{:<14}{}\n", name, what);
  };
  add("policy", period.head.policy);
  add("slots",
      fmt::format("{} decided, {} shared by capacity, {} missed, {} not applied; {} without advice, {} metered",
                  counts.decided, counts.shared_by_capacity, counts.missed, counts.not_applied, counts.advice_off,
                  counts.metered));
  if (DecisionsOf(run.policy()) != nullptr) {
    std::string verdicts;
    for (int v = 0; v < kNumVerdicts; ++v)
      verdicts += fmt::format("{}{} {}", v == 0 ? "" : ", ", kVerdictNames[v], counts.verdicts[v]);
    add("verdicts", verdicts);
  }
  add("J", fmt::format("{:.6f} USD", books.objective));
  if (DecisionsOf(run.policy()) != nullptr) {
    add("expert", fmt::format("{:.6f} USD, under the same outages", books.expert_objective));
    add("bound", fmt::format("{:.6f} USD: the expert's J, {:.6f} USD of allowance, {:.6f} USD for what was not known "
                             "when deciding",
                             books.bound - books.shift, books.allowance, books.error));
    add("budget", fmt::format("{:.6f} USD left", books.budget));
  }
  for (int k = 0; k < run.problem().num_classes(); ++k) {
    add("work", fmt::format("{:.6g} units of {} arrived, {:.6g} are done, {:.6g} are late", run.arrived()[k],
                            WorkName(run.problem(), k), run.books().own().work_done[k], run.late()[k]));
  }
  for (const auto& [at, event] : period.modes) add("mode", fmt::format("{} since {}", Name(event.mode), FormatUtc(at)));
  text += "\n" + RegionTable(run.problem(), run.books().own());
  return text + fmt::format("\nEvery decision came out to the bit, of {}.\n", CountText(period.lines, "line"));
}

}  // namespace evenkeel
