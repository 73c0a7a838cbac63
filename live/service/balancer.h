// One HAProxy that the service looks at, and, unless in shadow mode, keeps as decided.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "live/engine/status.h"
#include "live/outputs/haproxy_output.h"
#include "live/outputs/repeat.h"
#include "live/service/counted_meter.h"

namespace evenkeel {

struct BalancerSetup {
  std::string name;
  BalancerMap map;
  HaproxyAddress address;
  ReconcileOptions options;
  /// Units of workload, [gateways]; empty: what it counts is no meter.
  Vector workload_per_request;
};

class Balancer {
 public:
  using Clock = std::function<double()>;  ///< seconds since 1970-01-01 00:00:00 UTC, with their parts

  /// Looks from now on, in a thread of its own. Throws as HaproxyWatch.
  Balancer(BalancerSetup setup, const TimeBase& grid, Clock clock);

  /// From now on these; rows of zeros are left as they are.
  void Apply(const WantedShares& wanted);
  /// Nothing is written from now on: there is nothing left to write with.
  void Withdraw();

  bool meters() const { return setup_.workload_per_request.size() > 0; }
  /// Slots that its counts have completed since the last call.
  std::vector<MeterReport> TakeMeters();
  /// What it gives regions now; no rows: never read.
  RowMatrix Applied() const { return watch_.Snapshot().applied; }
  /// [regions], as its checks say; empty: never read.
  std::vector<std::optional<bool>> Serving() const { return watch_.Snapshot().serving; }
  /// Whether what was last asked for is what is there.
  bool Agrees() const;
  OutputStatus Status() const;
  const std::string& name() const { return setup_.name; }

 private:
  double Step();
  std::shared_ptr<HaproxyOutput> Output() const;

  const BalancerSetup setup_;
  const Clock clock_;
  HaproxyWatch watch_;
  mutable std::mutex mutex_;  // of what follows
  std::shared_ptr<HaproxyOutput> output_;
  CountedMeter meter_;
  std::vector<MeterReport> completed_;
  Repeat repeat_;  // last: it ends first
};

}  // namespace evenkeel
