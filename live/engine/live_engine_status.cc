// LiveEngine::Status: what the outside may see.
#include <algorithm>
#include <cmath>
#include <limits>

#include "live/engine/live_engine.h"
#include "models/base/error.h"
#include "models/base/utc_time.h"

namespace evenkeel {
namespace {

constexpr int kShownSlots = 1000;
constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

/// Sum over the variants of the flows from j to i, in parts of the gateway's.
RowMatrix PartsOf(const Problem& problem, const Allocation& allocation) {
  RowMatrix share = RowMatrix::Zero(problem.network.num_firm(), problem.network.num_regions());
  SetShares(problem, allocation, &share);
  return share;
}

/// A region's load in the group of that footprint, without its weight; not known where the objective has none.
double FootprintOf(const Problem& problem, const Ledger& ledger, Footprint footprint, int region, double unit) {
  for (int k = 0; k < problem.num_groups(); ++k) {
    const Group& group = problem.groups[k];
    if (group.footprint == footprint) return ledger.load[k][region] / group.bucket_weight[region] * unit;
  }
  return kUnknown;
}

RegionStatus RegionStatusOf(const PeriodRun& run, int region, RegionState state) {
  const Problem& problem = run.problem();
  const Ledger& ledger = run.books().own();
  RegionStatus status;
  status.state = state;
  status.workload = ledger.region_workload[region];
  status.cost_usd = ledger.region_cost[region];
  status.carbon_kg = FootprintOf(problem, ledger, Footprint::kCarbon, region, 1000.0);
  status.water_liters = FootprintOf(problem, ledger, Footprint::kWater, region, 1000.0);
  if (run.next_slot() == 0) return status;
  const SlotEntry& entry = run.books().entry(run.next_slot() - 1);
  double used = 0.0;
  for (int a = 0; a < problem.num_arcs(); ++a) {
    const Arc& arc = problem.arcs.arcs[a];
    if (arc.region == region) used += arc.resource * entry.decision.flow[a];
  }
  status.capacity = entry.slot.capacity[region];
  status.utilisation = status.capacity > 0.0 ? used / status.capacity : used > 0.0 ? kInfinity : 0.0;
  return status;
}

std::string VerdictOf(const PeriodRun& run, const SlotEntry& entry) {
  if (entry.missed) return "missed";
  return DecisionsOf(run.policy()) == nullptr ? "decided" : Name(entry.verdict);
}

SlotStatus SlotStatusOf(const PeriodRun& run, int slot) {
  const SlotEntry& entry = run.books().entry(slot);
  const BooksReport books = run.books().ReportAfter(slot + 1);
  SlotStatus status;
  status.slot = slot;
  status.begin = run.time().time(slot);
  status.verdict = VerdictOf(run, entry);
  status.alpha = entry.alpha;
  status.slack = books.bound - books.objective - books.shift;
  status.budget = entry.slack;
  status.objective = books.objective;
  status.expert_objective = books.expert_objective;
  status.bound = books.bound - books.shift;
  if (entry.missed) status.flags.emplace_back("missed");
  if (entry.advice_off) status.flags.emplace_back("advice_off");
  if (entry.shared_by_capacity) status.flags.emplace_back("demand_above_capacity");
  if (!entry.meter) status.flags.emplace_back("unsettled");
  return status;
}

ReadingState StateOf(ValueOrigin origin) {
  switch (origin) {
    case ValueOrigin::kFresh:
    case ValueOrigin::kConfigured:
      return ReadingState::kFresh;
    case ValueOrigin::kHeld:
      return ReadingState::kHeld;
    case ValueOrigin::kPastDays:
      return ReadingState::kPastDays;
    case ValueOrigin::kMissing:
      break;
  }
  return ReadingState::kMissing;
}

std::vector<ReadingStatus> ReadingsOf(const ReadingStore& store, std::int64_t begin, std::int64_t now) {
  std::vector<ReadingStatus> readings;
  const ComposedSlot composed = store.Compose(begin, now);
  for (int s = 0; s < kNumLiveSignals; ++s) {
    for (std::size_t i = 0; i < composed.values[s].size(); ++i) {
      const ComposedValue& value = composed.values[s][i];
      ReadingStatus status;
      status.signal = static_cast<LiveSignal>(s);
      status.place = static_cast<int>(i);
      status.state = StateOf(value.origin);
      if (value.age) {
        status.value = value.newest;
        status.time = begin - *value.age;
        status.source = store.SourceOf(status.signal, status.place);
      }
      readings.push_back(status);
    }
  }
  return readings;
}

void FillBooks(const PeriodRun& run, LiveStatus* status) {
  const BooksReport books = run.books().Report();
  status->objective = books.objective;
  status->expert_objective = books.expert_objective;
  status->bound = books.bound - books.shift;
  status->allowance = books.allowance;
  status->budget = books.budget;
  status->bound_error = books.error;
  const Vector arrived = run.arrived(), late = run.late();
  for (int k = 0; k < run.problem().num_classes(); ++k)
    status->work[k] = {arrived[k], run.books().own().work_done[k], late[k]};
  if (const RobustDecisions* decisions = DecisionsOf(run.policy())) status->rho = decisions->guarantee().rho;
  const int slots = run.next_slot();
  for (int t = 0; t < slots; ++t) ++status->verdicts[VerdictOf(run, run.books().entry(t))];
  for (int t = std::max(0, slots - kShownSlots); t < slots; ++t) status->slots.push_back(SlotStatusOf(run, t));
}

/// Of the last slot that is metered.
std::optional<Shares> RealisedOf(const PeriodRun& run) {
  for (int t = run.next_slot() - 1; t >= 0; --t) {
    const SlotEntry& entry = run.books().entry(t);
    if (!entry.meter) continue;
    Booking booking;
    Book(run.problem(), entry, Vector::Zero(run.problem().num_classes()),
         &booking);  // the engine's part alone is asked
    Shares shares;
    shares.slot = t;
    shares.begin = run.time().time(t);
    shares.valid_until = run.time().time(t + 1);
    shares.share = PartsOf(run.problem(), booking.own);
    if (entry.work) shares.released = ReleasedByRegion(run.problem(), booking.own);
    return shares;
  }
  return std::nullopt;
}

}  // namespace

std::pair<const char*, std::string> PlaceOf(const LiveStatus& status, const ReadingStatus& reading) {
  const auto at = static_cast<std::size_t>(reading.place);
  if (reading.signal != LiveSignal::kDemand) return {"region", status.regions.at(at)};
  if (at < status.gateways.size()) return {"gateway", status.gateways[at]};
  return {"work_class", status.classes.at(at - status.gateways.size())};
}

/// What works less well than it could.
void LiveEngine::AddRemarks(std::int64_t now, LiveStatus* status) const {
  if (published_ && published_->begin > now + options_.lead) {
    status->degraded.push_back(
        {"clock", fmt::format("the clock is at {}, before the slot that is decided, of {}: it went back",
                              FormatUtc(now), FormatUtc(published_->begin))});
  }
  for (std::size_t i = 0; i < serving_.size(); ++i) {
    if (serving_[i] || region_state_[i].value_or(RegionState::kUp) != RegionState::kUp) continue;
    status->degraded.push_back({"region_down", fmt::format("no server of region {} passes the balancer's checks",
                                                           options_.network.regions[i].name)});
  }
  const auto old = std::count_if(status->readings.begin(), status->readings.end(), [](const ReadingStatus& reading) {
    return reading.state == ReadingState::kPastDays || reading.state == ReadingState::kMissing;
  });
  if (old > 0) {
    status->degraded.push_back(
        {"readings", fmt::format("nothing recent is known of {} of {} values", old, status->readings.size())});
  }
  if (open_.empty() || open_.rbegin()->second.run.next_slot() == 0) return;
  const PeriodRun& run = open_.rbegin()->second.run;
  const SlotEntry& last = run.books().entry(run.next_slot() - 1);
  if (last.missed) status->degraded.push_back({"slot_missed", "the last slot ended without a decision"});
  if (last.advice_off)
    status->degraded.push_back({"advice_off", "the last slot was decided without the advice, on past days"});
  if (last.shared_by_capacity)
    status->degraded.push_back({"demand_above_capacity", "demand is more than the regions can take"});
  if (const Vector late = run.late(); (late.array() > 1e-9 * run.arrived().array()).any())
    status->degraded.push_back({"work_late", fmt::format("{:.6g} units of work are due and not done", late.sum())});
  if (!last.missed && !last.advice_off && DecisionsOf(run.policy()) != nullptr && last.verdict == Verdict::kRejected)
    status->degraded.push_back({"advice", "the advice gave no usable answer for the last slot"});
}

LiveStatus LiveEngine::Status(std::int64_t now) const {
  LiveStatus status;
  status.version = EVENKEEL_VERSION;
  status.as_of = now;
  status.started = started_;
  status.mode = mode_;
  const Network& network = options_.network;
  for (int j = 0; j < network.num_gateways(); ++j)
    (j < network.num_firm() ? status.gateways : status.classes).push_back(network.gateways[j].name);
  status.work.resize(status.classes.size());
  for (const Region& region : options_.network.regions) status.regions.push_back(region.name);
  const TimeBase grid = {0, options_.slot_hours};
  status.slot_seconds = grid.step();
  status.decided = status.published = published_;
  status.journal_failures = journal_failures_;
  status.readings = ReadingsOf(store_, (now + options_.lead) / grid.step() * grid.step(), now);
  status.not_ready = waiting_;
  if (!journal_failure_.empty()) status.not_ready.push_back({"journal", journal_failure_});
  for (std::size_t i = 0; i < region_state_.size(); ++i)
    status.region.push_back({serving_[i] ? region_state_[i].value_or(RegionState::kUp) : RegionState::kDown});
  AddRemarks(now, &status);
  if (open_.empty()) return status;
  const Open& open = open_.rbegin()->second;
  status.period = open.month.name;
  status.period_begin = open.run.time().start;
  status.num_slots = open.run.problem().num_slots;
  if (now >= status.period_begin)
    status.slot = static_cast<int>(std::min<std::int64_t>((now - status.period_begin) / grid.step(), status.num_slots));
  for (std::size_t i = 0; i < region_state_.size(); ++i)
    status.region[i] = RegionStatusOf(open.run, static_cast<int>(i), status.region[i].state);
  status.realised = RealisedOf(open.run);
  FillBooks(open.run, &status);
  return status;
}

}  // namespace evenkeel
