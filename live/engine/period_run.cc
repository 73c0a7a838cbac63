#include "live/engine/period_run.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "models/base/error.h"

namespace evenkeel {
namespace {

AllowanceRule RuleOf(const RobustDecisions* decisions) {
  if (decisions == nullptr) return {};
  return [decisions](double objective, double credit) { return decisions->AllowanceAt(objective, credit); };
}

/// Every firm gateway's shares of a slot: the row's parts of the demand, on each region's first variant.
void AtShares(const Problem& problem, const RowMatrix& share, const Vector& demand, Vector* flow) {
  flow->setZero(problem.num_arcs());
  for (int a = 0; a < problem.first_class_arc(); ++a) {
    const Arc& arc = problem.arcs.arcs[a];
    const bool first_variant =
        a == 0 || problem.arcs.arcs[a - 1].gateway != arc.gateway || problem.arcs.arcs[a - 1].region != arc.region;
    if (first_variant) (*flow)[a] = share(arc.gateway, arc.region) * demand[arc.gateway];
  }
}

}  // namespace

PeriodRun::PeriodRun(PeriodSetup setup)
    : setup_(std::move(setup)),
      decisions_(dynamic_cast<RobustDecisions*>(setup_.policy.get())),
      books_(*setup_.problem, RuleOf(decisions_)),
      dues_(setup_.problem->network),
      due_(Vector::Zero(setup_.problem->num_classes())) {
  EVENKEEL_CHECK(!setup_.problem->shed_cost);
  share_.setZero(problem().network.num_firm(), problem().network.num_regions());
  if (problem().num_classes() > 0) fit_ = std::make_unique<ReleaseFit>(problem());
}

PeriodRun::~PeriodRun() = default;

/// Tells the policy what became of the slot before, as far as is known.
void PeriodRun::SettleLast() {
  if (settles_) {
    const SlotEntry& last = books_.entry(next_slot() - 1);
    const Booking& booking = books_.last_booking();
    const bool exact = !last.meter;
    setup_.policy->Settle({last.slot, observed_, exact ? observed_ : booking.coefficients, books_.own(), exact});
    settles_ = false;
  }
  if (decisions_ != nullptr && next_slot() > 0) decisions_->Rebook(books_.own(), books_.expert());
}

Vector PeriodRun::arrived() const {
  return next_slot() > 0 ? books_.entry(next_slot() - 1).slot.arrived : Vector::Zero(problem().num_classes());
}

Vector PeriodRun::late() const { return (due_ - books_.own().work_done).cwiseMax(0.0); }

/// What has arrived and what is due by then.
void PeriodRun::Receive(Slot* slot) {
  dues_.Add(slot->demand);
  dues_.Fill(problem().num_slots, slot);
  due_ = slot->due;
}

/// Nobody has looked ahead whether all will be done in time, so more may be due than there is room for. What the
/// expert, which is never ahead, can do of it is due in this slot.
void PeriodRun::PutOff(Slot* slot) {
  if (fit_ == nullptr) return;
  const Vector& done = books_.expert().work_done;
  Slot free = *slot, served;
  free.due = free.due.cwiseMin(done);
  fit_->Fit({free, observed_, books_.expert()}, slot->due, &served);
  slot->due = slot->due.cwiseMin(done + served.demand.tail(problem().num_classes()));
}

SlotDecision PeriodRun::Decide(const Slot& slot, Advice advice, const AdviceAnswer* recalled) {
  EVENKEEL_CHECK(!is_over() && slot.index == next_slot());
  SettleLast();
  SlotDecision made;
  made.slot = slot;
  made.advice_off = advice == Advice::kOff;
  SlotEntry entry;
  entry.slot = slot;
  Receive(&entry.slot);
  PutOff(&entry.slot);
  entry.decision = MakeAllocation(problem());
  DecideByPolicy(entry.slot, advice, recalled, &entry, &made);
  entry.advice_off = made.advice_off;
  entry.shared_by_capacity = made.shared_by_capacity;
  SetShares(problem(), entry.decision, &share_);
  books_.Append(std::move(entry));
  return made;
}

void PeriodRun::DecideByPolicy(const Slot& slot, Advice advice, const AdviceAnswer* recalled, SlotEntry* entry,
                               SlotDecision* made) {
  EstimateCoefficients(problem(), slot, &observed_);
  if (decisions_ != nullptr && advice != Advice::kAsked)
    decisions_->Recall(advice == Advice::kOff ? nullptr : recalled);
  try {
    setup_.policy->Decide({slot, observed_, books_.own()}, &entry->decision);
  } catch (const InputError&) {  // more demand than can be served
    made->shared_by_capacity = true;
    entry->credit = CreditSoFar();
    ShareByCapacity(slot, &entry->decision);
    entry->expert = entry->decision;
    return;
  }
  settles_ = true;
  entry->expert = entry->decision;
  if (decisions_ == nullptr) return;
  const RobustDecision& last = decisions_->last();
  entry->verdict = last.verdict;
  entry->same_flow = PlaysExpert(last.verdict);
  entry->alpha = last.alpha;
  entry->slack = last.slack;
  entry->credit = last.credit;
  entry->expert = *last.expert;
  if (last.advice != nullptr) {
    made->answer.emplace();
    made->answer->allocation = *last.advice;
    made->answer->states_prices = last.advice_prices != nullptr;
    if (last.advice_prices != nullptr) made->answer->prices = *last.advice_prices;
    if (last.advice_deferral_prices != nullptr) made->answer->deferral_prices = *last.advice_deferral_prices;
  }
}

/// Of slots in which the policy says nothing: what was earned is not lost.
double PeriodRun::CreditSoFar() const { return next_slot() > 0 ? books_.entry(next_slot() - 1).credit : 0.0; }

/// False where no region that the gateways reach has any.
bool PeriodRun::ShareByCapacity(const Slot& slot, Allocation* decision) const {
  const Network& network = problem().network;
  RowMatrix share = share_;
  bool all = true;
  for (int j = 0; j < network.num_firm(); ++j) {
    Vector weight = Vector::Zero(network.num_regions());
    for (int i = 0; i < network.num_regions(); ++i) weight[i] = network.reachable(j, i) ? slot.capacity[i] : 0.0;
    if (weight.sum() > 0.0) {
      share.row(j) = weight.transpose() / weight.sum();
    } else {
      all = false;  // they stay where they were
    }
  }
  AtShares(problem(), share, slot.demand, &decision->flow);
  decision->shed.setZero();
  return all;
}

void PeriodRun::Miss(const Slot& slot) {
  EVENKEEL_CHECK(!is_over() && slot.index == next_slot());
  SettleLast();
  SlotEntry entry;
  entry.slot = slot;
  Receive(&entry.slot);
  entry.missed = true;
  entry.credit = CreditSoFar();
  entry.decision = MakeAllocation(problem());
  AtShares(problem(), share_, slot.demand, &entry.decision.flow);
  entry.expert = entry.decision;
  EstimateCoefficients(problem(), slot, &observed_);
  try {
    setup_.policy->Witness({entry.slot, observed_, books_.own()});
  } catch (const InputError&) {  // more demand than can be served
  }
  books_.Append(std::move(entry));
}

void PeriodRun::NotApplied(int slot) {
  books_.Change(slot, [](SlotEntry* entry) { entry->same_flow = true; });
}

std::string PeriodRun::Meter(int slot, const MeterReport& meter) {
  if (slot < 0 || slot >= next_slot())
    return fmt::format("slot {} is not over: the next one to decide is {}", slot, next_slot());
  std::string why = WhyNotBookable(problem(), meter);
  if (!why.empty()) return why;
  const SlotEntry& known = books_.entry(slot);
  const auto is_newer = [&](const auto& kept) { return !kept || kept->revision < meter.revision; };
  const bool firm = SaysFirm(problem(), meter) && is_newer(known.meter);
  const bool work = SaysWork(problem(), meter) && is_newer(known.work);
  if (!firm && !work) return "";
  books_.Change(slot, [&](SlotEntry* entry) {
    const int classes = problem().num_classes();
    if (work) entry->work = WorkMeter{meter.revision, meter.served.bottomRows(classes)};
    if (!firm) return;
    entry->meter = meter;
    entry->meter->served.bottomRows(classes).setConstant(std::numeric_limits<double>::quiet_NaN());
  });
  return "";
}

}  // namespace evenkeel
