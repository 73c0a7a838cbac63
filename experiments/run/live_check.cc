#include "experiments/run/live_check.h"

#include <algorithm>

#include "experiments/run/budget_check.h"
#include "experiments/run/log_allocation.h"
#include "experiments/run/run_difference.h"
#include "robustifiers/line.h"

namespace evenkeel {
namespace {

/// The flows of a row; nothing is shed live.
Vector FlowOf(const Problem& problem, int t, int row, const RowMatrix& cells) {
  return AllocationOf(problem, t, row, cells, RowMatrix::Zero(cells.rows(), problem.network.num_gateways())).flow;
}

void ExpectSameFlow(int t, const char* what, const Vector& logged, const Vector& found, double size) {
  for (Eigen::Index a = 0; a < found.size(); ++a) ExpectClose(t, what, logged[a], found[a], kTolerance * size);
}

/// What was metered of the work that can wait, as it was reported.
std::optional<MeterReport> WorkReportOf(const Problem& problem, const SlotEntry& entry) {
  if (!entry.work) return std::nullopt;
  MeterReport report;
  report.served.setConstant(problem.network.num_gateways(), problem.network.num_regions(),
                            std::numeric_limits<double>::quiet_NaN());
  report.served.bottomRows(problem.num_classes()) = entry.work->done;
  return report;
}

void ExpectSignal(int t, const char* what, const Vector& trace, const Vector& known) {
  for (Eigen::Index i = 0; i < known.size(); ++i) {
    if (IsClose(trace[i], known[i], kTolerance * known.cwiseAbs().sum())) continue;
    throw RunDifference(
        fmt::format("slot {}: {}[{}] is {:.17g} in the trace, {:.17g} by what the log says became known", t, what, i,
                    trace[i], known[i]));
  }
}

}  // namespace

Problem LiveProblem(const Problem& problem, const Objective& objective, const RunLog& log) {
  return MakeProblem(problem.network, objective, problem.num_slots, log.live.expected_demand);
}

LiveCheck::LiveCheck(const Problem& problem, const RunLog& log)
    : problem_(problem),
      log_(log),
      is_robust_(!log.verdict_count.empty()),
      options_(is_robust_ ? GuaranteeOf(log.info) : RobustOptions()),
      trust_(problem, options_.spending, options_.trust),
      books_(problem, is_robust_ ? AllowanceRule([this](double objective, double credit) {
               return trust_.AllowanceAt(objective, credit);
             })
                                 : AllowanceRule()) {}

SlotEntry LiveCheck::EntryAt(int t, const Slot& slot) const {
  const RunLogLive& live = log_.live;
  const int row = t - log_.first_slot;
  SlotEntry entry;
  entry.slot = {t,
                slot.time,
                live.demand.row(row),
                live.capacity.row(row),
                live.price.row(row),
                live.carbon_intensity.row(row),
                live.water_intensity.row(row),
                {},
                {}};
  entry.missed = live.state[row] == LiveSlotState::kMissed;
  entry.decision = MakeAllocation(problem_);
  entry.decision.flow = FlowOf(problem_, t, row, live.decision);
  entry.expert = entry.decision;
  if (is_robust_) {
    entry.verdict = log_.verdict[row];
    entry.alpha = log_.alpha[row];
    entry.slack = log_.slack[row];
    entry.credit = live.credit[row];
    entry.expert.flow = FlowOf(problem_, t, row, live.expert_decision);
  }
  entry.same_flow = live.state[row] != LiveSlotState::kDecided || !is_robust_ || PlaysExpert(entry.verdict);
  const RowMatrix served = Eigen::Map<const RowMatrix>(live.served.row(row).data(), problem_.network.num_gateways(),
                                                       problem_.network.num_regions());
  const auto nothing = std::numeric_limits<double>::quiet_NaN();
  RowMatrix done = served.bottomRows(problem_.num_classes());
  done = (done.array() == kNoAllocation).select(nothing, done);
  if (!done.array().isNaN().all()) entry.work = WorkMeter{1, done};
  if (live.revision[row] == 0.0) return entry;
  MeterReport meter;
  meter.begin = slot.time;
  meter.revision = static_cast<int>(std::clamp(live.revision[row], 1.0, 1e9));
  meter.served = served;
  meter.served.bottomRows(problem_.num_classes()).setConstant(nothing);
  // Where there is no such meter.
  meter.energy_mwh = live.energy.row(row);
  *meter.energy_mwh = (meter.energy_mwh->array() == kNoAllocation).select(nothing, *meter.energy_mwh);
  // What was metered of these is in the trace.
  meter.price = slot.price;
  meter.carbon_intensity = slot.carbon_intensity;
  meter.water_intensity = slot.water_intensity;
  entry.meter = meter;
  return entry;
}

/// The trace has what became known.
void LiveCheck::CheckSignals(int t, const Slot& slot, const SlotEntry& entry) const {
  const Slot known = KnownSlot(problem_, entry, books_.last_booking());
  ExpectSignal(t, "demand", slot.demand, known.demand);
  ExpectSignal(t, "capacity", slot.capacity, known.capacity);
  ExpectSignal(t, "price", slot.price, known.price);
  ExpectSignal(t, "carbon_intensity", slot.carbon_intensity, known.carbon_intensity);
  ExpectSignal(t, "water_intensity", slot.water_intensity, known.water_intensity);
}

/// What follows from the log alone; whether the budget allowed it, and how far ahead with work that can wait the engine
/// was, depends on what was known then.
void LiveCheck::CheckVerdict(int t, const SlotEntry& entry) const {
  const int row = t - log_.first_slot, firm = problem_.first_class_arc();
  const auto fail = [&](const char* why) {
    throw RunDifference(fmt::format("slot {}: the verdict is {}, but {}", t, Name(entry.verdict), why));
  };
  const bool has_advice = (log_.advice.row(row).array() != kNoAllocation).any();
  const bool is_decided =
      log_.live.state[row] != LiveSlotState::kMissed && log_.live.state[row] != LiveSlotState::kSharedByCapacity;
  if (!is_decided) {
    if (entry.verdict != Verdict::kExpert || has_advice) fail("nothing was decided by the policy");
  } else if (has_advice != (entry.verdict != Verdict::kRejected)) {
    // A decision that was shared by capacity and did not come into force had no advice either.
    const bool shared = entry.verdict == Verdict::kExpert && log_.live.state[row] == LiveSlotState::kNotApplied;
    if (!shared) fail(has_advice ? "there is an advice" : "there is no advice");
  }
  if (entry.verdict == Verdict::kPulled) {
    if (!(entry.alpha >= 0.0 && entry.alpha <= 1.0)) fail("alpha is not between 0 and 1");
    if (options_.mode == WayBack::kPrice && entry.alpha == 0.0) return;  // not on the line
    Allocation found = MakeAllocation(problem_), advice = found;
    advice.flow = FlowOf(problem_, t, row, log_.advice);
    Mix(advice, entry.expert, entry.alpha, &found);
    ExpectSameFlow(t, "live_decision", entry.decision.flow.head(firm), found.flow.head(firm), entry.slot.demand.sum());
    return;
  }
  ExpectClose(t, "alpha", entry.alpha, entry.verdict == Verdict::kTaken ? 0.0 : 1.0, 0.0);
  const Vector source = entry.verdict == Verdict::kTaken ? FlowOf(problem_, t, row, log_.advice) : entry.expert.flow;
  if (PlaysExpert(entry.verdict)) {  // what it is ahead with, the engine leaves out
    if (source.head(firm) != entry.decision.flow.head(firm)) fail("the decision is another");
    if (((entry.decision.flow - source).array() > 0.0).any()) fail("it does work that the expert does not");
    return;
  }
  if (source != entry.decision.flow) fail("the decision is another");
}

void LiveCheck::CheckBooks(int t, double gross) const {
  const RunLogLive& live = log_.live;
  const int row = t - log_.first_slot;
  const BooksReport books = books_.Report();
  const double sizes = gross + books.expert_objective + 2.0 * books.shift + books.allowance;
  const double allowed = kTolerance * sizes;
  if (is_robust_) {
    ExpectClose(t, "live_expert_objective", live.expert_objective[row], books.expert_objective, allowed);
    ExpectClose(t, "live_allowance", live.allowance[row], books.allowance, allowed);
    ExpectClose(t, "live_budget", live.budget[row], books.budget, allowed);
    ExpectClose(t, "live_error", live.error[row], books.error, allowed);
  }
  ExpectClose(t, "objective", log_.objective[row], books.objective, allowed);
  if (books.objective + books.shift <= books.bound + allowed) return;
  throw RunDifference(fmt::format("slot {}: J is {:.17g}, above its bound {:.17g} (both shifted)", t,
                                  books.objective + books.shift, books.bound));
}

void LiveCheck::Add(int t, const Slot& slot, double gross) {
  const int row = t - log_.first_slot;
  const SlotEntry entry = EntryAt(t, slot);
  ++state_count_[static_cast<int>(log_.live.state[row])];
  for (const std::optional<MeterReport>& meter : {entry.meter, WorkReportOf(problem_, entry)}) {
    if (!meter) continue;
    if (const std::string why = WhyNotBookable(problem_, *meter); !why.empty())
      throw RunDifference(fmt::format("slot {}: its meters cannot be: {}", t, why));
  }
  books_.Append(entry);
  const Booking& booking = books_.last_booking();
  const Allocation own = PlayedAllocation(problem_, log_, t);
  ExpectSameFlow(t, "allocation", own.flow, booking.own.flow, booking.own.flow.sum());
  CheckSignals(t, slot, entry);
  if (is_robust_) {
    ++verdict_count_[static_cast<int>(entry.verdict)];
    const Vector expert = AllocationOf(problem_, t, row, log_.expert, log_.expert_shed).flow;
    ExpectSameFlow(t, "expert_allocation", expert, booking.expert.flow, booking.own.flow.sum());
    CheckVerdict(t, entry);
  }
  CheckBooks(t, gross);
}

}  // namespace evenkeel
