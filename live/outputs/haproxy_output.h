// Keeps an HAProxy as decided (HaproxyOutput), or looks at one and does nothing (HaproxyWatch, for shadow mode).
#pragma once

#include <mutex>
#include <optional>
#include <vector>

#include "live/outputs/haproxy_socket.h"
#include "live/outputs/reconcile.h"

namespace evenkeel {

/// Looks at a balancer. It has nothing to write with.
///
/// One thread calls Look; any may call Snapshot.
class HaproxyWatch {
 public:
  /// Throws InputError as CheckMap and CheckOptions.
  HaproxyWatch(BalancerMap map, HaproxyReader reader, const ReconcileOptions& options);

  /// One look. Returns the seconds to the next. What goes wrong is in the snapshot, nothing is thrown.
  double Look(std::int64_t now);
  HaproxySnapshot Snapshot() const;

 private:
  friend class HaproxyOutput;

  void Begin();
  std::optional<HaproxyView> Read(std::int64_t now);
  void Fail(const std::vector<ApplyFailure>& failures);
  double End();

  const BalancerMap map_;
  const HaproxyReader reader_;
  const ReconcileOptions options_;
  std::optional<HaproxyView> last_;
  mutable std::mutex mutex_;  // of what follows
  HaproxySnapshot snapshot_;
};

/// Applies shares and keeps them applied.
///
/// One thread calls Step; any may call Want and Snapshot.
class HaproxyOutput {
 public:
  /// As HaproxyWatch. `writer` should be to the same socket.
  HaproxyOutput(BalancerMap map, HaproxyReader reader, HaproxyWriter writer, const ReconcileOptions& options);

  /// What is to be so from now on; Step makes it so. Before the first call nothing is written.
  /// Throws InputError as CheckWanted.
  void Want(WantedShares wanted);
  /// One round: look, send what is missing, read back. Returns the seconds to the next. What goes wrong is in the
  /// snapshot, nothing is thrown.
  double Step(std::int64_t now);
  HaproxySnapshot Snapshot() const { return watch_.Snapshot(); }

 private:
  std::optional<WantedShares> Wanted() const;
  void Apply(const WantedShares& wanted, const HaproxyView& seen, std::int64_t now);
  std::vector<HaproxyCommand> Send(const WeightPlan& plan);

  HaproxyWatch watch_;
  const HaproxyWriter writer_;
  ReconcileState state_;
  mutable std::mutex mutex_;
  std::optional<WantedShares> wanted_;
};

}  // namespace evenkeel
