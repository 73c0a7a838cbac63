// What regions do with more work than they have capacity for, and gateways with what is refused.
#pragma once

#include <functional>

#include "engine/policy.h"

namespace evenkeel {

/// Fills flow [arcs] and shed [gateways] so that they serve the demand of a slot by regions that have capacity in it.
/// Returns false where some gateway's demand has no such region.
using Router = std::function<bool(const Slot& slot, Allocation* offer)>;

/// One per policy: it keeps work space.
class Admission {
 public:
  explicit Admission(const Problem& problem);

  /// Regions accept from `first`, an offer that serves the demand, in proportion up to their capacity; `retry` routes
  /// what was refused, given a slot in which only that is demand and only what is left is capacity, and so on. Returns
  /// false when some of it finds no room in this way; else `accepted` serves the demand within capacity. Books the
  /// first offer, whatever came of it.
  bool Serve(const Slot& slot, const Allocation& first, const Router& retry, Allocation* accepted);

  /// Over all slots so far.
  OvershootReport Report() const;

 private:
  double Accept(const Allocation& offer, Allocation* accepted);
  void Book(const Slot& slot);
  void MeasureUse(const Allocation& offer);

  const Problem& problem_;
  Vector use_;
  Slot rest_;
  Allocation offer_;
  double slack_ = 0.0;  // of the slot
  double offered_ = 0.0, refused_ = 0.0;
  OvershootReport report_;
};

}  // namespace evenkeel
