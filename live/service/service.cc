#include "live/service/service.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <utility>

#include "models/base/error.h"
#include "models/base/utc_time.h"

namespace evenkeel {
namespace {

constexpr auto kRest = std::chrono::milliseconds(100);
constexpr auto kPatience = std::chrono::seconds(30);  // of those who ask for something

DurationHistogram EmptyHistogram() {
  DurationHistogram histogram;
  histogram.upper = {0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0, 30.0};
  histogram.counts.assign(histogram.upper.size() + 1, 0);
  return histogram;
}

void Count(double seconds, DurationHistogram* histogram) {
  const auto at = std::lower_bound(histogram->upper.begin(), histogram->upper.end(), seconds);
  ++histogram->counts[static_cast<std::size_t>(at - histogram->upper.begin())];
  histogram->sum += seconds;
}

RegionOrder OrderOf(const std::optional<RegionState>& state) {
  if (!state) return RegionOrder::kAsIs;
  switch (*state) {
    case RegionState::kUp:
      return RegionOrder::kUp;
    case RegionState::kDrain:
      return RegionOrder::kDrain;
    case RegionState::kDown:
      break;
  }
  return RegionOrder::kDown;
}

}  // namespace

LiveService::LiveService(ServiceSetup setup, Clock clock, Log log)
    : setup_(std::move(setup)),
      clock_(std::move(clock)),
      log_(std::move(log)),
      engine_(setup_.engine, Now()),
      decide_seconds_(EmptyHistogram()) {
  const TimeBase grid = {0, setup_.engine.slot_hours};
  for (const BalancerSetup& balancer : setup_.balancers)
    balancers_.push_back(std::make_unique<Balancer>(balancer, grid, clock_));
  if (setup_.agent) {
    agent_ = std::make_unique<AgentResponder>(
        AgentWeights(setup_.agent->map, setup_.agent->options), setup_.agent->responder,
        [] { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); });
  }
  if (engine_.published()) logged_slot_ = engine_.published()->begin;  // by the service before
  Publish(Now());
  if (setup_.weights_file) {
    const std::shared_ptr<const LiveStatus> now = status();
    weights_file_ = std::make_unique<WeightsFile>(
        setup_.weights_file->path, WeightsNames{now->gateways, now->regions, now->classes}, setup_.weights_file->hook);
    write_weights_ = std::make_unique<Repeat>([this] { return weights_file_->Step(); });
  }
  setup_.api.on_failure = log_;
  api_ = std::make_unique<LiveApi>(
      setup_.api, Commands(), [this] { return status(); }, [this] { return Now(); });
  server_ = std::make_unique<HttpServer>(setup_.server, api_.get());
  for (SourceSetup& source : setup_.sources) {
    source_status_[source.source->name()].name = source.source->name();
    runners_.push_back(std::make_unique<SourceRunner>(
        std::move(source.source), source.limits, source.policy, [this] { return Now(); },
        [this](const SourceReport& report) { tasks_.Post([this, report] { TakeSourceReport(report); }); }));
    runners_.back()->Start();
  }
}

LiveService::~LiveService() {
  tasks_.Close();
  server_.reset();
  runners_.clear();
}

std::shared_ptr<const LiveStatus> LiveService::status() const {
  const std::lock_guard<std::mutex> lock(status_mutex_);
  return status_;
}

std::int64_t LiveService::Now() const { return static_cast<std::int64_t>(std::floor(clock_())); }

LiveCommands LiveService::Commands() {
  const CommandResult late = {CommandOutcome::kUnavailable, "the engine is busy, or about to end"};
  const auto ask = [this, late](std::function<CommandResult()> task) {
    return tasks_.Ask<CommandResult>(std::move(task), kPatience).value_or(late);
  };
  LiveCommands commands;
  commands.observe = [this, late](const std::vector<Reading>& readings) {
    return tasks_.Ask<ObserveResult>([this, readings] { return engine_.Observe("push", readings, Now()); }, kPatience)
        .value_or(ObserveResult{late, {}});
  };
  commands.meter = [this, ask](const MeterReport& meter) {
    return ask([this, meter] { return engine_.Meter(meter, Now()); });
  };
  commands.set_region_state = [this, ask](int region, RegionState state) {
    return ask([this, region, state] {
      CommandResult result = engine_.SetRegionState(region, state, Now());
      if (result.is_done())
        log_(fmt::format("region {} is set to {}", setup_.engine.network.regions[region].name, Name(state)));
      return result;
    });
  };
  commands.set_mode = [this, ask](LiveMode mode) {
    return ask([this, mode] {
      CommandResult result = engine_.SetMode(mode, Now());
      if (result.is_done()) log_(fmt::format("mode is set to {}", Name(mode)));
      return result;
    });
  };
  return commands;
}

void LiveService::Run(const std::function<bool()>& stop, const std::function<void()>& alive) {
  std::int64_t stepped = -1;
  for (bool asked = true; !stop(); asked = tasks_.RunFor(kRest) > 0) {
    const std::int64_t now = Now();
    if (asked || now != stepped) Step(now);
    stepped = now;
    alive();
  }
}

void LiveService::Step(std::int64_t now) {
  TakeChecks(now);
  TickEngine(now);
  ApplyDecision(now);
  WatchForce(now);
  TakeMeters(now);
  Publish(now);
}

/// A region is down when no balancer that has servers of it finds one that works.
void LiveService::TakeChecks(std::int64_t now) {
  std::vector<std::optional<bool>> serving(engine_.serving().size());
  for (const std::unique_ptr<Balancer>& balancer : balancers_) {
    const std::vector<std::optional<bool>> seen = balancer->Serving();
    for (std::size_t i = 0; i < seen.size(); ++i) {
      if (seen[i]) serving[i] = serving[i].value_or(false) || *seen[i];
    }
  }
  for (std::size_t i = 0; i < serving.size(); ++i) {
    if (!serving[i] || *serving[i] == engine_.serving()[i]) continue;
    const std::string& region = setup_.engine.network.regions[i].name;
    if (engine_.SetServing(static_cast<int>(i), *serving[i], now).is_done())
      log_(fmt::format("region {} {}", region, *serving[i] ? "serves again" : "is down: no server passes its checks"));
  }
}

void LiveService::TickEngine(std::int64_t now) {
  const std::int64_t before = engine_.published() ? engine_.published()->begin : -1;
  const auto start = std::chrono::steady_clock::now();
  try {
    engine_.Tick(now);
    engine_failure_.clear();
  } catch (const InputError& error) {  // such as a policy whose network is no more: what is decided stays in force
    engine_failure_ = error.what();
    return;
  }
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (engine_.published() && engine_.published()->begin != before) Count(seconds, &decide_seconds_);
}

void LiveService::LogDecision(const LiveStatus& made) {
  if (made.slots.empty() || made.slots.back().begin <= logged_slot_) return;
  const SlotStatus& slot = made.slots.back();
  logged_slot_ = slot.begin;
  log_(fmt::format("slot {} from {}: {}; J {:.6g} USD, at most {:.6g}", slot.slot, FormatUtc(slot.begin), slot.verdict,
                   slot.objective, slot.bound));
}

void LiveService::TakeSourceReport(const SourceReport& report) {
  SourceStatus& status = source_status_[report.source];
  status.name = report.source;
  status.last_success = report.state.last_success;
  status.failures_in_a_row = report.state.consecutive_failures;
  status.failures = report.state.failures;
  status.reason = report.result.failure ? report.result.failure->message : "";
  for (const Refusal& refusal : report.result.refused) ++status.rejected[Name(refusal.reason)];
  if (report.result.readings.empty()) return;
  const ObserveResult result = engine_.Observe(report.source, report.result.readings, Now());
  for (const RejectedReading& rejected : result.rejected) ++status.rejected[rejected.reason];
}

/// A decision is applied when its slot begins.
void LiveService::ApplyDecision(std::int64_t now) {
  const std::optional<Shares>& published = engine_.published();
  if (published && now >= published->begin && (!force_ || force_->decided.begin != published->begin)) {
    if (force_) JudgeForce(now);
    Force next;
    next.decided = *published;
    if (force_) next.before = force_->told;
    force_ = std::move(next);
    Tell();
  } else if (force_ && (force_->mode != engine_.mode() || force_->regions != engine_.region_states())) {
    Tell();
  }
}

void LiveService::Tell() {
  force_->mode = engine_.mode();
  force_->regions = engine_.region_states();
  WantedShares wanted;
  wanted.shares = force_->decided;
  wanted.shares.share = SharesToApply(force_->mode, setup_.canary, force_->decided.share, force_->before);
  if (force_->mode != LiveMode::kActive) wanted.shares.released.resize(0, 0);  // nobody is to follow them
  for (const auto& state : force_->regions) wanted.regions.push_back(OrderOf(state));
  force_->told = wanted.shares.share;
  const bool writes = force_->mode != LiveMode::kShadow;
  for (const std::unique_ptr<Balancer>& balancer : balancers_) writes ? balancer->Apply(wanted) : balancer->Withdraw();
  if (!writes) return;
  if (agent_) agent_->Want(wanted);
  if (weights_file_) {
    weights_file_->Want(wanted.shares);
    write_weights_->Wake();
  }
}

/// Counts for how long of its slot the decision is what the balancers have.
void LiveService::WatchForce(std::int64_t now) {
  const std::int64_t passed = std::clamp<std::int64_t>(now - watched_at_, 0, 60);
  watched_at_ = now;
  if (!force_ || now >= force_->decided.begin + SlotSeconds(setup_.engine.slot_hours)) return;
  force_->seconds_watched += passed;
  const bool agrees = force_->mode == LiveMode::kActive &&
                      std::all_of(balancers_.begin(), balancers_.end(), [](const auto& one) { return one->Agrees(); });
  if (agrees) force_->seconds_in_force += passed;
}

/// What the balancers did in a slot says nothing of a decision that they did not have for most of it.
void LiveService::JudgeForce(std::int64_t now) {
  if (2 * force_->seconds_in_force >= force_->seconds_watched) return;
  const CommandResult result = engine_.NotApplied(force_->decided.begin, now);
  if (!result.is_done()) log_("the slot was not in force, which cannot be noted: " + result.reason);
}

void LiveService::TakeMeters(std::int64_t now) {
  std::size_t counting = 0;
  for (const std::unique_ptr<Balancer>& balancer : balancers_) {
    counting += balancer->meters();
    for (MeterReport& report : balancer->TakeMeters()) meters_[report.begin][balancer->name()] = std::move(report);
  }
  for (auto slot = meters_.begin(); slot != meters_.end();) {
    if (slot->second.size() < counting) {
      ++slot;
      continue;
    }
    MeterReport sum = slot->second.begin()->second;
    for (auto other = std::next(slot->second.begin()); other != slot->second.end(); ++other)
      sum.served += other->second.served;
    // Balancers count requests, and know nothing of work that can wait.
    const Eigen::Index counted = sum.served.rows();
    sum.served.conservativeResize(setup_.engine.network.num_gateways(), Eigen::NoChange);
    sum.served.bottomRows(sum.served.rows() - counted).setConstant(std::numeric_limits<double>::quiet_NaN());
    const CommandResult result = engine_.Meter(sum, now);
    if (result.outcome == CommandOutcome::kUnavailable) return;  // again, when it can be written
    // A conflict: of a slot before the first that was decided.
    if (result.outcome == CommandOutcome::kInvalid) log_("meters of the balancers: " + result.reason);
    slot = meters_.erase(slot);
  }
  constexpr std::size_t kMostWaiting = 1000;
  while (meters_.size() > kMostWaiting) meters_.erase(meters_.begin());
}

void LiveService::AddOutputs(LiveStatus* made) const {
  AddBalancers(made);
  if (agent_) {
    const ResponderCounts counts = agent_->Counts();
    OutputStatus status;
    status.name = "agent";
    status.agrees = force_ && force_->mode != LiveMode::kShadow;
    status.last_slot = status.agrees ? force_->decided.slot : -1;
    status.failures = {{"unknown", counts.unknown}, {"late", counts.late}};
    made->outputs.push_back(std::move(status));
  }
  if (weights_file_) {
    const WeightsFileCounts counts = weights_file_->Counts();
    OutputStatus status;
    status.name = "weights-file";
    status.agrees = force_ && counts.slot == force_->decided.slot && counts.last_failure.empty();
    status.last_slot = counts.slot;
    status.reason = counts.last_failure;
    status.failures = {{"file", counts.failed}, {"command", counts.hook_failures}};
    made->outputs.push_back(std::move(status));
  }
  for (const SourceStatus& source : made->sources) {
    if (!source.reason.empty()) made->degraded.push_back({"source", source.reason});
  }
  for (const OutputStatus& output : made->outputs) {
    if (!output.reason.empty()) made->degraded.push_back({"output", output.reason});
  }
}

/// Who began to fail, and who works again.
void LiveService::LogChanges(const LiveStatus& made) {
  const auto tell = [&](const std::string& what, const std::string& reason) {
    bool& failing = failing_[what];
    if (failing != !reason.empty()) log_(reason.empty() ? what + " works again" : what + " fails: " + reason);
    failing = !reason.empty();
  };
  for (const SourceStatus& source : made.sources) tell("source " + source.name, source.reason);
  for (const OutputStatus& output : made.outputs) tell("output " + output.name, output.reason);
}

void LiveService::AddBalancers(LiveStatus* made) const {
  for (const std::unique_ptr<Balancer>& balancer : balancers_) {
    made->outputs.push_back(balancer->Status());
    const RowMatrix applied = balancer->Applied();
    if (applied.size() == 0) continue;
    if (!made->applied) {
      made->applied = force_ ? force_->decided : Shares{-1, made->as_of, made->as_of, {}, {}};
      made->applied->share = RowMatrix::Zero(applied.rows(), applied.cols());
      made->applied->released.resize(0, 0);  // balancers know nothing of them
    }
    made->applied->share += applied;
  }
}

void LiveService::Publish(std::int64_t now) {
  auto made = std::make_shared<LiveStatus>(engine_.Status(now));
  for (const auto& [name, status] : source_status_) made->sources.push_back(status);
  AddOutputs(made.get());
  made->decide_seconds = decide_seconds_;
  LogDecision(*made);
  LogChanges(*made);
  if (!engine_failure_.empty()) made->not_ready.push_back({"engine", engine_failure_});
  std::string said;
  for (const Remark& remark : made->not_ready) said += (said.empty() ? "" : "; ") + remark.text;
  if (said != said_) log_(said.empty() ? "ready" : "not ready: " + said);
  said_ = said;
  const std::lock_guard<std::mutex> lock(status_mutex_);
  status_ = std::move(made);
}

}  // namespace evenkeel
