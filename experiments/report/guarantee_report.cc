#include "experiments/report/guarantee_report.h"

#include <fmt/format.h>

#include <cmath>

#include "experiments/report/report_text.h"

namespace evenkeel {
namespace {

constexpr double kRounding = 1e-9;  // of the sums that the bound is made of

std::string Line(const char* name, const std::string& text) { return fmt::format("{:<14}{}\n", name, text); }

/// Shifted J of the expert itself, which a run without a guarantee is.
double ExpertObjective(const RunOutcome& run) {
  return run.guarantee ? run.guarantee->expert_objective + run.ledger.shift : run.shifted_objective;
}

}  // namespace

double ProvenBound(const RunOutcome& run) {
  const GuaranteeReport& guarantee = *run.guarantee;
  return guarantee.bound - run.ledger.shift + guarantee.observation_error + guarantee.floor_error;
}

double RatioToExpert(const RunOutcome& run) {
  return Ratio(run.shifted_objective, run.guarantee->expert_objective + run.ledger.shift);
}

Json GuaranteeJson(const RunOutcome& run) {
  if (!run.guarantee) return nullptr;
  const GuaranteeReport& guarantee = *run.guarantee;
  return {{"bound", JsonNumber(guarantee.bound - run.ledger.shift)},
          {"rho", JsonNumber(guarantee.rho)},
          {"expert_objective", JsonNumber(guarantee.expert_objective)},
          {"min_slack", JsonNumber(guarantee.min_slack)},
          {"delta", JsonNumber(guarantee.delta)},
          {"observation_error", JsonNumber(guarantee.observation_error)},
          {"verdicts",
           {{"taken", guarantee.taken},
            {"pulled", guarantee.pulled},
            {"expert", guarantee.expert},
            {"rejected", guarantee.rejected}}},
          {"first_failure", guarantee.first_failure.empty() ? Json() : Json(guarantee.first_failure)},
          {"unconverged", guarantee.unconverged},
          {"below_floor", guarantee.below_floor},
          {"floor_error", JsonNumber(guarantee.floor_error)}};
}

std::string GuaranteeText(const RunOutcome& run) {
  if (!run.guarantee) return "";
  const GuaranteeReport& guarantee = *run.guarantee;
  std::string text = Line("guarantee", fmt::format("J <= {:.6f} USD, whatever the advice", ProvenBound(run)));
  text += Line("", fmt::format("expert J {:.6f} USD, J / expert {:.4f}, rho {}, smallest slack {} USD",
                               guarantee.expert_objective, RatioToExpert(run), guarantee.rho,
                               FormatColumn(std::vector<double>{guarantee.min_slack}, 7)[0]));
  text += Line("", fmt::format("slots: {} taken, {} pulled, {} expert, {} rejected", guarantee.taken, guarantee.pulled,
                               guarantee.expert, guarantee.rejected));
  if (guarantee.rejected > 0 && guarantee.taken + guarantee.pulled + guarantee.expert == 0)
    text += Line("", "no slot had usable advice: the expert alone has decided");
  if (!guarantee.first_failure.empty()) text += Line("", fmt::format("rejected first in {}", guarantee.first_failure));
  if (guarantee.delta > 0.0) {
    text +=
        Line("", fmt::format("observed and metered coefficients differ by up to {:.3g} (delta); of the bound, {:.6f} "
                             "USD are for it",
                             guarantee.delta, guarantee.observation_error));
  }
  if (guarantee.below_floor > 0) {
    const std::string price = guarantee.floor_error > 0.0
                                  ? fmt::format("{:.6g} USD of the bound are for that", guarantee.floor_error)
                                  : std::string("at no cost to the bound");
    text += Line(
        "", fmt::format("work that can wait cost less than its floor in {} slots, {}", guarantee.below_floor, price));
  }
  if (guarantee.unconverged > 0) {
    text +=
        Line("", fmt::format("mode price found no decision in {} slots: line's answer instead", guarantee.unconverged));
  }
  return text;
}

Json VirtualLoadsJson(const RunOutcome& run) {
  if (!run.report.virtual_loads) return nullptr;
  const VirtualLoadsReport& loads = *run.report.virtual_loads;
  return {{"start", JsonNumber(loads.start)},
          {"rises", JsonNumber(loads.rises)},
          {"share_of_expert", JsonNumber(Ratio(loads.start + loads.rises, ExpertObjective(run)))}};
}

std::string VirtualLoadsText(const RunOutcome& run) {
  if (!run.report.virtual_loads) return "";
  const VirtualLoadsReport& loads = *run.report.virtual_loads;
  std::string text = fmt::format("add {:.2f} USD to the expert's bound, known at the start: {:.4f} of the expert's J",
                                 loads.start, Ratio(loads.start, ExpertObjective(run)));
  if (loads.rises > 0.0) text += fmt::format("; {:.2f} USD more where they rose", loads.rises);
  return Line("virtual loads", text);
}

Json OvershootJson(const RunOutcome& run) {
  if (!run.report.overshoot) return nullptr;
  const OvershootReport& overshoot = *run.report.overshoot;
  return {{"share", JsonNumber(overshoot.share)},
          {"worst_region", JsonNumber(overshoot.worst_region)},
          {"slots", overshoot.slots},
          {"central_slots", overshoot.central_slots}};
}

std::string OvershootText(const RunOutcome& run) {
  if (!run.report.overshoot) return "";
  const OvershootReport& overshoot = *run.report.overshoot;
  if (overshoot.slots == 0 && overshoot.central_slots == 0) return "none: no region was offered more than its capacity";
  std::string text =
      fmt::format("{:.3g} % of the work refused at first, in {}; up to {:.3g} % above a region's capacity",
                  100.0 * overshoot.share, CountText(overshoot.slots, "slot"), 100.0 * overshoot.worst_region);
  if (overshoot.central_slots > 0)
    text += fmt::format("; {} as the coordinator decided", CountText(overshoot.central_slots, "slot"));
  return text;
}

std::string GuaranteeTable(const std::vector<RunOutcome>& runs) {
  Table table;
  TableColumn names{"policy", "", {}}, ratios{"J / expert", "", {}}, taken{"taken", "slots", {}},
      pulled{"pulled", "slots", {}}, expert{"expert", "slots", {}}, rejected{"rejected", "slots", {}};
  std::vector<double> objectives, bounds, slacks;
  for (const RunOutcome& run : runs) {
    if (!run.guarantee) continue;
    const GuaranteeReport& guarantee = *run.guarantee;
    names.cells.push_back(run.policy + (run.clairvoyant ? " *" : ""));
    objectives.push_back(run.objective);
    bounds.push_back(ProvenBound(run));
    ratios.cells.push_back(fmt::format("{:.4f}", RatioToExpert(run)));
    slacks.push_back(guarantee.min_slack);
    taken.cells.push_back(fmt::format("{}", guarantee.taken));
    pulled.cells.push_back(fmt::format("{}", guarantee.pulled));
    expert.cells.push_back(fmt::format("{}", guarantee.expert));
    rejected.cells.push_back(fmt::format("{}", guarantee.rejected));
  }
  if (names.cells.empty()) return "";
  table.columns = {names,
                   {"J", "USD", FormatColumn(objectives)},
                   {"bound", "USD", FormatColumn(bounds)},
                   ratios,
                   {"smallest slack", "USD", FormatColumn(slacks)},
                   taken,
                   pulled,
                   expert,
                   rejected};
  return ToString(table);
}

std::string RejectedText(const RunOutcome& run) {
  if (!run.guarantee || run.guarantee->first_failure.empty()) return "";
  return fmt::format("{}: advice rejected in {} of {} slots, first in {}\n", run.policy, run.guarantee->rejected,
                     run.guarantee->taken + run.guarantee->pulled + run.guarantee->expert + run.guarantee->rejected,
                     run.guarantee->first_failure);
}

std::string GuaranteeViolation(const RunOutcome& run) {
  if (!run.guarantee) return "";
  const GuaranteeReport& guarantee = *run.guarantee;
  // The bound may be what is left of large sums.
  const double size = std::abs(guarantee.bound) + run.ledger.shift + std::abs(run.objective);
  const double allowed = guarantee.bound + kRounding * size + guarantee.observation_error + guarantee.floor_error;
  if (run.shifted_objective <= allowed) return "";  // written so that a NaN is a violation
  return fmt::format(
      "{}: J ended at {:.9g} USD, above its proven bound of {:.9g} USD (both shifted by {:.9g} USD): this is a bug, "
      "please "
      "report it",
      run.policy, run.shifted_objective, guarantee.bound + guarantee.observation_error, run.ledger.shift);
}

}  // namespace evenkeel
