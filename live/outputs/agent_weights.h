// What HAProxy's agent checks are told, without sockets or clocks.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "live/outputs/balancer_map.h"
#include "live/outputs/reconcile.h"

namespace evenkeel {

struct AgentOptions {
  /// Seconds for which weights are raised before any is lowered: longer than `agent-inter`, so that every balancer has
  /// asked by then.
  double raise_seconds = 6.0;
};

/// Weights by `backend/server`, the text of HAProxy's `agent-send`, and their way from old to new.
///
/// HAProxy takes a percentage of the weight in its configuration, which should be 100; 256 % is allowed. With the
/// weights of `whole_weights.h` as percentages its weights are these to the unit.
class AgentWeights {
 public:
  AgentWeights(BalancerMap map, const AgentOptions& options);

  /// From `now` on (seconds, of a clock that isn't set) these. A row of zeros leaves its backend as it was. Throws
  /// InputError for shares of another size, or below 0.
  void Want(const WantedShares& wanted, double now);

  /// The line to answer with, without its end: `42%`; with an order for the region `ready up 42%`, `drain up 42%` or
  /// `maint`. Nothing where there is no such server, or nothing is wanted yet: HAProxy then keeps what it has.
  ///
  /// For `raise_seconds` after a change it is the larger of the old and the new weight, and after the first one, whose
  /// old weights are not known, nothing in place of 0. `known`, if given: whether the
  /// map has that server.
  std::optional<std::string> Answer(std::string_view server, double now, bool* known = nullptr) const;

 private:
  static constexpr int kNothing = -1;  // is said

  struct Entry {
    int region = 0;
    int raised = 0, weight = 0;
    double since = 0.0;
    bool wanted = false;
    RegionOrder order = RegionOrder::kAsIs;

    int At(double now, double raise_seconds) const { return now - since < raise_seconds ? raised : weight; }
  };

  const BalancerMap map_;
  const AgentOptions options_;
  std::map<std::string, Entry, std::less<>> entries_;
};

}  // namespace evenkeel
