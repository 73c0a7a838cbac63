// evenkeel solve.
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "engine/policies/constant_price.h"
#include "experiments/files/run_log.h"
#include "experiments/options/objective_options.h"
#include "experiments/options/period_options.h"
#include "experiments/program/command.h"
#include "experiments/report/json_report.h"
#include "experiments/report/report_text.h"
#include "experiments/run/evaluate.h"
#include "models/base/error.h"

namespace evenkeel {
namespace {

// Settles the optimum's decisions slot by slot, as a run would have.
void WriteOptimumLog(const Options& options, const Period& period, const OfflineOptimum& optimum,
                     const std::string& path) {
  RunLogOptions log_options;
  log_options.allocations = HasOption(options, "allocations");
  RunLogWriter log(path, period.problem,
                   {"offline", period.description.trace, options.command_line, "evenkeel " EVENKEEL_VERSION},
                   log_options);
  const std::unique_ptr<SlotSource> slots = OpenMetered(period);
  Ledger ledger = MakeLedger(period.problem);
  Coefficients coefficients;
  Slot slot;
  for (int t = 0; t < slots->num_slots(); ++t) {
    slots->Read(t, &slot);
    EstimateCoefficients(period.problem, slot, &coefficients);
    const Allocation& allocation = optimum.allocations[t];
    AddSlot(period.problem, coefficients, allocation, FirmDemand(period.problem, slot), &ledger);
    log.Append(slot, allocation, ledger);
  }
  log.Finish();
}

struct PriceRange {
  double mean = 0.0, least = 0.0, most = 0.0;  ///< over the slots in which the class has something to do
};

std::vector<PriceRange> DeferralRanges(const Period& period, const OfflineOptimum& optimum) {
  const int classes = period.problem.num_classes();
  std::vector<PriceRange> ranges(classes, {0.0, kInfinity, -kInfinity});
  std::vector<int> slots_of(classes);
  const std::unique_ptr<SlotSource> slots = OpenMetered(period);
  Slot slot;
  Vector due = Vector::Zero(classes);
  for (int t = 0; classes > 0 && t < slots->num_slots(); ++t) {
    slots->Read(t, &slot);
    for (int k = 0; k < classes; ++k) {
      if (!(slot.arrived[k] > due[k])) continue;
      const double price = optimum.deferral_prices(t, k);
      ranges[k].mean += (price - ranges[k].mean) / ++slots_of[k];
      ranges[k].least = std::min(ranges[k].least, price);
      ranges[k].most = std::max(ranges[k].most, price);
    }
    due = slot.due;
  }
  for (int k = 0; k < classes; ++k) {
    if (slots_of[k] == 0) ranges[k] = {};
  }
  return ranges;
}

/// Of every class, what a unit more of its work would cost, slot by slot too.
Json DeferralJson(const Period& period, const OfflineOptimum& optimum) {
  Json json = Json::object();
  const std::vector<PriceRange> ranges = DeferralRanges(period, optimum);
  const Network& network = period.problem.network;
  for (int k = 0; k < network.num_classes(); ++k) {
    Json slots = Json::array();
    for (Eigen::Index t = 0; t < optimum.deferral_prices.rows(); ++t)
      slots.push_back(JsonNumber(optimum.deferral_prices(t, k)));
    json[network.gateways[network.num_firm() + k].name] = {{"mean", JsonNumber(ranges[k].mean)},
                                                           {"min", JsonNumber(ranges[k].least)},
                                                           {"max", JsonNumber(ranges[k].most)},
                                                           {"slots", std::move(slots)}};
  }
  return json;
}

Json SolveJson(const Period& period, const CheckedOptimum& checked) {
  const OfflineOptimum& optimum = checked.optimum;
  Json json = {{"trace", period.description.trace}, {"slots", period.problem.num_slots}};
  json["objective"] = JsonNumber(optimum.objective);
  json["lower_bound"] = JsonNumber(optimum.lower_bound);
  json["gap"] = JsonNumber(optimum.gap);
  json["seconds"] = checked.seconds;
  json["converged"] = optimum.converged;
  json["iterations"] = optimum.iterations;
  json["energy_cost"] = JsonNumber(optimum.ledger.energy_cost);
  json["energy"] = EnergyJson(optimum.ledger);
  json["shift"] = JsonNumber(optimum.ledger.shift);
  json["checker"] = {{"confirmed", IsConfirmed(checked)},
                     {"objective", JsonNumber(checked.certificate.objective)},
                     {"lower_bound", JsonNumber(checked.certificate.lower_bound)},
                     {"gap", JsonNumber(checked.certificate.gap)},
                     {"infeasibility", JsonNumber(checked.certificate.infeasibility)}};
  json["prices"] = PricesJson(period.problem, optimum.prices);
  if (period.problem.num_classes() > 0) json["deferral_prices"] = DeferralJson(period, optimum);
  json["groups"] = GroupsJson(period.problem, optimum.ledger);
  json.update(PlacesJson(period.problem, optimum.ledger));
  json["criteria"] = ObjectiveJson(period.problem);
  json["units"] = UnitsJson(period.problem);
  return json;
}

// Loads and prices per bucket; groups over the same buckets side by side.
std::string PriceTables(const Problem& problem, const OfflineOptimum& optimum) {
  std::string text;
  for (const bool by_gateway : {false, true}) {
    Table table;
    for (std::size_t k = 0; k < problem.groups.size(); ++k) {
      const Group& group = problem.groups[k];
      if ((group.footprint == Footprint::kQualityLoss) != by_gateway) continue;
      if (table.columns.empty()) table.columns = {{by_gateway ? "gateway" : "region", "", group.bucket_names}};
      table.columns.push_back({group.name, group.unit, FormatColumn(optimum.ledger.load[k])});
      table.columns.push_back({group.name + " price", PriceUnit(group), FormatColumn(optimum.prices[k])});
    }
    if (!table.columns.empty()) text += "\n" + ToString(table);
  }
  return text;
}

std::string DeferralTable(const Period& period, const OfflineOptimum& optimum) {
  const Network& network = period.problem.network;
  if (network.num_classes() == 0) return "";
  const std::vector<PriceRange> ranges = DeferralRanges(period, optimum);
  Table table;
  std::vector<std::string> names;
  for (int k = 0; k < network.num_classes(); ++k) names.push_back(network.gateways[network.num_firm() + k].name);
  const auto column = [&](double PriceRange::*part) {
    Vector values(static_cast<Eigen::Index>(ranges.size()));
    for (Eigen::Index k = 0; k < values.size(); ++k) values[k] = ranges[k].*part;
    return FormatColumn(values);
  };
  table.columns = {{"work", "", names},
                   {"deferral price, mean", "USD/unit", column(&PriceRange::mean)},
                   {"min", "USD/unit", column(&PriceRange::least)},
                   {"max", "USD/unit", column(&PriceRange::most)}};
  return "\n" + ToString(table);
}

std::string SolveText(const Period& period, const CheckedOptimum& checked) {
  const OfflineOptimum& optimum = checked.optimum;
  const Certificate& certificate = checked.certificate;
  std::string text = fmt::format("{}: {}\nJ = {}\n\n", period.description.trace,
                                 SizeText(period.header, period.problem.num_slots), FormulaText(period.problem));
  text += fmt::format("{:<14}{:>20}{:>20}\n", "", "solver", "checker");
  text += fmt::format("{:<14}{:>20.6f}{:>20.6f}  USD\n", "J", optimum.objective, certificate.objective);
  text += fmt::format("{:<14}{:>20.6f}{:>20.6f}  USD\n", "lower bound", optimum.lower_bound, certificate.lower_bound);
  text += fmt::format("{:<14}{:>20.2e}{:>20.2e}  relative\n", "gap", optimum.gap, certificate.gap);
  text += fmt::format("{:<14}{:>20}{:>20.2e}  of a slot's demand\n\n", "violation", "", certificate.infeasibility);
  text += SpreadTable(period.problem, optimum.ledger) + PriceTables(period.problem, optimum) +
          DeferralTable(period, optimum);
  const std::string note = ShiftNote(optimum.ledger);
  if (!note.empty()) text += "\n" + note;
  return text + fmt::format("\nSolved in {:.2f} s, {}.\n", checked.seconds, CountText(optimum.iterations, "iteration"));
}

int Solve(const Options& options) {
  const std::string out = HasOption(options, "out") ? TextOption(options, "out") : "";
  const std::string prices_out = HasOption(options, "prices-out") ? TextOption(options, "prices-out") : "";
  if (HasOption(options, "allocations") && out.empty()) throw InputError("option --allocations needs --out");
  const Period period = OpenInputs(options, {}, {out, prices_out}).period;
  CheckedOptimum checked;
  {
    const Progress progress({"solving", 0, ReadProgressStyle(options)});
    checked = SolveAndCheck(period, ThreadCount(options));
  }
  if (!prices_out.empty()) WritePrices(period.problem, checked.optimum.prices, prices_out);
  if (!out.empty()) WriteOptimumLog(options, period, checked.optimum, out);
  Print(HasOption(options, "json") ? DocumentText(SolveJson(period, checked)) : SolveText(period, checked));
  if (IsConfirmed(checked)) return kExitSuccess;
  PrintError(fmt::format("the checker finds a gap of {:.2e} (at most {:.0e} is allowed) and a violation of {:.2e}",
                         checked.certificate.gap, kConfirmedGap, checked.certificate.infeasibility));
  return kExitFailed;
}

}  // namespace

Command SolveCommand() {
  CommandInfo info;
  info.name = "solve";
  info.summary = "the optimum in hindsight, its prices and its gap, checked independently";
  info.positionals = {"TRACE.h5"};
  info.options = ObjectiveOptions();
  for (OptionInfo& option : PeriodOptions()) info.options.push_back(std::move(option));
  info.options.push_back(
      {"prices-out", "FILE.csv", "", "write the prices for the policy fixed-price, USD per unit of load"});
  info.options.push_back({"out", "RUN.h5", "", "write the optimum as the log of a run"});
  info.options.push_back({"allocations", "", "", "keep every slot's decision in --out"});
  info.options.push_back(JsonOption());
  info.details =
      "Exit code 1 when the checker does not confirm the optimum to a relative 1e-6.\n\n"
      "Example\n  evenkeel solve trace.h5 --weight carbon=1500 --norm water=8 --prices-out prices.csv\n";
  return {info, Solve};
}

}  // namespace evenkeel
