// What a plan came to, and where runs that would make the same one find it.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "models/base/memo.h"
#include "models/world/ledger.h"
#include "models/world/problem.h"

namespace evenkeel {

/// Of one slot: means over the futures that were planned for and converged.
struct MadePlan {
  int planned = 0;         ///< such futures; 0: nothing below but the gap has a meaning
  double worst_gap = 0.0;  ///< PolicyReport::worst_slot_gap of all of them
  Prices prices;
  RowMatrix work_done, waiting, deferral_prices;  ///< [slots x classes]
  Allocation first;                               ///< of the plan in its first slot, empty with scenarios

  std::size_t bytes() const {
    Eigen::Index numbers = work_done.size() + waiting.size() + deferral_prices.size() + first.flow.size();
    for (const Vector& price : prices) numbers += price.size();
    return sizeof(MadePlan) + static_cast<std::size_t>(numbers) * sizeof(double);
  }
};

/// The futures that one slot's plan is made for, [slots x columns] each.
struct Futures {
  std::vector<RowMatrix> futures;

  std::size_t bytes() const {
    Eigen::Index numbers = 0;
    for (const RowMatrix& future : futures) numbers += future.size();
    return sizeof(Futures) + static_cast<std::size_t>(numbers) * sizeof(double);
  }
};

/// Futures depend on the plan's options and the slots seen, plans on the problem, the loads and the work done so far as
/// well. A scope says all of it but the slot and the ledger: policies of the same `signals` must see the same slots and
/// have the same options and a forecaster that keeps law F1, those of the same `scope` the same problem besides.
/// Without memos everything is made.
struct SharedPlans {
  std::shared_ptr<BoundedMemo<MadePlan>> plans = {};
  std::shared_ptr<BoundedMemo<Futures>> futures = {};
  std::string scope = {}, signals = {};
};

/// The memo's value, or what `make` makes where there is no memo; `key` says which.
template <typename Value, typename Key, typename Make>
std::shared_ptr<const Value> Shared(const std::shared_ptr<BoundedMemo<Value>>& memo, const Key& key, const Make& make) {
  return memo ? memo->Get(key(), make) : std::make_shared<const Value>(make());
}

}  // namespace evenkeel
