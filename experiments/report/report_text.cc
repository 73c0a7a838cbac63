#include "experiments/report/report_text.h"

#include <fmt/format.h>

#include <cmath>

#include "models/world/metrics.h"

namespace evenkeel {
namespace {

struct SpreadRow {
  std::string name;
  std::string unit;
  Spread spread;
};

std::vector<std::string> FormatAmounts(const Spread& spread) {
  return FormatColumn(std::vector<double>{spread.sum, spread.mean, spread.max}, 7);
}

std::string Short(double value) { return fmt::format("{:.3f}", value); }

}  // namespace

std::string SpreadTable(const Problem& problem, const Ledger& ledger) {
  std::vector<SpreadRow> rows = {{"energy cost by region", "USD", ComputeSpread(ledger.region_cost)}};
  for (std::size_t k = 0; k < problem.groups.size(); ++k) {
    const Group& group = problem.groups[k];
    const char* buckets = group.footprint == Footprint::kQualityLoss ? "gateway" : "region";
    rows.push_back({fmt::format("{} by {}", group.name, buckets), group.unit, ComputeSpread(ledger.load[k])});
  }
  Table table;
  table.columns = {{"", "", {}},    {"unit", "", {}},        {"sum", "", {}},           {"mean", "", {}},
                   {"max", "", {}}, {"PAR", "max/mean", {}}, {"Gini", "0 is even", {}}, {"Jain", "1 is even", {}}};
  for (const SpreadRow& row : rows) {
    const std::vector<std::string> amounts = FormatAmounts(row.spread);
    const std::vector<std::string> cells = {row.name,
                                            row.unit,
                                            amounts[0],
                                            amounts[1],
                                            amounts[2],
                                            Short(row.spread.par),
                                            Short(row.spread.gini),
                                            Short(row.spread.jain)};
    for (std::size_t c = 0; c < cells.size(); ++c) table.columns[c].cells.push_back(cells[c]);
  }
  return ToString(table);
}

std::string PriceUnit(const Group& group) {
  return group.footprint == Footprint::kQualityLoss ? "USD" : "USD/" + group.unit;
}

std::string RatioAtMost(double ratio) {
  return fmt::format("{:.4f}", std::isfinite(ratio) ? std::ceil(ratio * 1e4) / 1e4 : ratio);
}

std::string ShiftNote(const Ledger& ledger) {
  if (ledger.shift == 0.0) return "";
  return fmt::format(
      "Negative prices occur: ratios and gaps are those of J + {:.2f} USD, with all costs shifted to be "
      "non-negative.\n",
      ledger.shift);
}

std::string FormulaText(const Problem& problem) {
  std::string text = "energy cost";
  for (const Group& group : problem.groups) {
    if (group.weight == 0.0) continue;
    text += fmt::format(" + {} {} x ", group.weight, PriceUnit(group));
    if (group.norm == kInfinity) {
      text += "max " + group.name;
    } else if (group.norm == 1.0) {
      text += "sum of " + group.name;
    } else {
      text += fmt::format("{}-norm of {}", group.norm, group.name);
    }
  }
  if (problem.shed_cost) text += fmt::format(" + {} USD x unserved", *problem.shed_cost);
  return text;
}

std::string CountText(std::int64_t count, const std::string& noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string SizeText(const TraceHeader& header, int num_slots) {
  const Network& network = header.network;
  std::string text = fmt::format("{} of {} h, {}, {}, {}", CountText(num_slots, "slot"), header.slot_hours,
                                 CountText(network.num_regions(), "region"), CountText(network.num_firm(), "gateway"),
                                 CountText(network.num_variants(), "variant"));
  const int classes = network.num_classes();
  if (classes > 0) text += fmt::format(", {} class{} of work that can wait", classes, classes == 1 ? "" : "es");
  return text;
}

}  // namespace evenkeel
