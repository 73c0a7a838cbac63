#include "live/outputs/haproxy_output.h"

#include <utility>

#include "models/base/error.h"

namespace evenkeel {
namespace {

/// What an exchange with the socket failed of.
ApplyFailure FailureOf(const InputError& error) {
  ApplyReason reason = ApplyReason::kAnswer;
  if (dynamic_cast<const SocketError*>(&error) != nullptr) reason = ApplyReason::kConnection;
  if (dynamic_cast<const SocketTimeout*>(&error) != nullptr) reason = ApplyReason::kTimeout;
  return {reason, error.what()};
}

}  // namespace

HaproxyWatch::HaproxyWatch(BalancerMap map, HaproxyReader reader, const ReconcileOptions& options)
    : map_(std::move(map)), reader_(std::move(reader)), options_(options) {
  CheckMap(map_);
  CheckOptions(options_);
}

HaproxySnapshot HaproxyWatch::Snapshot() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return snapshot_;
}

void HaproxyWatch::Begin() {
  const std::lock_guard<std::mutex> lock(mutex_);
  ++snapshot_.rounds;
  snapshot_.failures.clear();
}

void HaproxyWatch::Fail(const std::vector<ApplyFailure>& failures) {
  const std::lock_guard<std::mutex> lock(mutex_);
  for (const ApplyFailure& failure : failures) {
    ++snapshot_.failed[static_cast<int>(failure.reason)];
    snapshot_.failures.push_back(failure);
  }
}

std::optional<HaproxyView> HaproxyWatch::Read(std::int64_t now) {
  std::optional<HaproxyView> seen;
  try {
    seen = reader_.View();
  } catch (const InputError& error) {
    Fail({FailureOf(error)});
    const std::lock_guard<std::mutex> lock(mutex_);
    ++snapshot_.failed_rounds;
    return std::nullopt;
  }
  const std::lock_guard<std::mutex> lock(mutex_);
  if (last_) {
    AddServed(map_, *last_, *seen, now, &snapshot_.requests);
    if (!last_->process.IsSameAs(seen->process)) ++snapshot_.restarts;
  }
  last_ = seen;
  snapshot_.failed_rounds = 0;
  snapshot_.read_at = now;
  snapshot_.process = seen->process;
  snapshot_.applied = AppliedShares(map_, seen->servers);
  snapshot_.serving = ServingRegions(map_, seen->servers);
  return seen;
}

double HaproxyWatch::End() {
  const std::lock_guard<std::mutex> lock(mutex_);
  return NextRound(snapshot_.failed_rounds, options_);
}

double HaproxyWatch::Look(std::int64_t now) {
  Begin();
  Read(now);
  return End();
}

HaproxyOutput::HaproxyOutput(BalancerMap map, HaproxyReader reader, HaproxyWriter writer,
                             const ReconcileOptions& options)
    : watch_(std::move(map), std::move(reader), options), writer_(std::move(writer)) {}

void HaproxyOutput::Want(WantedShares wanted) {
  CheckWanted(wanted, watch_.map_);
  const std::lock_guard<std::mutex> lock(mutex_);
  wanted_ = std::move(wanted);
}

std::optional<WantedShares> HaproxyOutput::Wanted() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return wanted_;
}

double HaproxyOutput::Step(std::int64_t now) {
  watch_.Begin();
  const std::optional<WantedShares> wanted = Wanted();
  const std::optional<HaproxyView> seen = watch_.Read(now);
  if (wanted && seen) Apply(*wanted, *seen, now);
  return watch_.End();
}

/// What was sent; a socket that fails in the middle ends it.
std::vector<HaproxyCommand> HaproxyOutput::Send(const WeightPlan& plan) {
  std::vector<HaproxyCommand> sent;
  const auto apply = [&](const std::vector<HaproxyCommand>& commands) {
    std::vector<std::string> failed_backends;
    if (commands.empty()) return failed_backends;
    {
      const std::lock_guard<std::mutex> lock(watch_.mutex_);
      watch_.snapshot_.commands += static_cast<std::int64_t>(commands.size());
    }
    const std::vector<std::string> answers = writer_.Apply(commands);
    watch_.Fail(FailuresOf(commands, answers));
    for (std::size_t i = 0; i < commands.size(); ++i) {
      if (answers[i].empty()) {
        sent.push_back(commands[i]);
      } else {
        failed_backends.push_back(commands[i].backend);
      }
    }
    return failed_backends;
  };
  try {
    // Answers are read before the second line goes out, so that nothing is lowered before all is raised.
    const std::vector<std::string> failed_backends = apply(plan.raise);
    apply(WithoutHeld(plan.lower, failed_backends));
  } catch (const InputError& error) {
    watch_.Fail({FailureOf(error)});
  }
  return sent;
}

void HaproxyOutput::Apply(const WantedShares& wanted, const HaproxyView& seen, std::int64_t now) {
  RowMatrix target;
  const WeightPlan plan = Reconcile(watch_.map_, wanted, seen, now, watch_.options_, &state_, &target);
  watch_.Fail(plan.failures);
  std::vector<HaproxyServer> servers = seen.servers;
  if (!plan.raise.empty() || !plan.lower.empty()) {
    const std::vector<HaproxyCommand> sent = Send(plan);
    try {
      servers = watch_.reader_.Servers();
      watch_.Fail(NotApplied(sent, servers));
    } catch (const InputError& error) {
      watch_.Fail({FailureOf(error)});
    }
  }
  const std::lock_guard<std::mutex> lock(watch_.mutex_);
  HaproxySnapshot& snapshot = watch_.snapshot_;
  snapshot.applied = AppliedShares(watch_.map_, servers);
  const bool changed = snapshot.slot != wanted.shares.slot || snapshot.target.size() == 0 || snapshot.target != target;
  snapshot.slot = wanted.shares.slot;
  snapshot.target = target;
  if (changed) snapshot.applied_at = 0;
  const WeightPlan left = PlanWeights(watch_.map_, target, wanted.regions, {seen.process, servers, seen.counters});
  if (left.raise.empty() && left.lower.empty() && snapshot.applied_at == 0) snapshot.applied_at = now;
}

}  // namespace evenkeel
