#include "live/outputs/ramp.h"

#include <algorithm>

namespace evenkeel {
namespace {

std::int64_t NextState(std::int64_t since, bool is_up, bool has_share, std::int64_t now) {
  if (!is_up) return RampState::kDown;
  if (since == RampState::kUnknown) return RampState::kFull;
  if (since == RampState::kFull) return since;
  if (!has_share) return RampState::kDown;  // what was begun begins anew
  return since == RampState::kDown ? now : since;
}

}  // namespace

RowMatrix RampCaps(const FlagMatrix& up, const RowMatrix& share, std::int64_t now, const RampOptions& options,
                   RampState* state) {
  if (state->since.rows() != up.rows() || state->since.cols() != up.cols())
    state->since.setConstant(up.rows(), up.cols(), RampState::kUnknown);
  RowMatrix cap = RowMatrix::Ones(up.rows(), up.cols());
  for (int j = 0; j < up.rows(); ++j) {
    for (int r = 0; r < up.cols(); ++r) {
      std::int64_t& since = state->since(j, r);
      since = NextState(since, up(j, r) != 0, share(j, r) > 0.0, now);
      if (since == RampState::kFull) continue;
      // A clock that was set back makes the ramp wait, no more.
      const std::int64_t steps = since == RampState::kDown ? 1
                                                           : 1 + std::max<std::int64_t>(now - since, 0) /
                                                                     std::max<std::int64_t>(options.interval, 1);
      cap(j, r) = std::min(1.0, options.step * static_cast<double>(steps));
      if (since != RampState::kDown && cap(j, r) >= 1.0) since = RampState::kFull;
    }
  }
  return cap;
}

RowVector CapShares(const RowVector& share, const RowVector& cap, const RowVector& stand_in) {
  const int count = static_cast<int>(share.size());
  std::vector<bool> capped(count, false);
  const double all = share.sum();
  for (int round = 0; round <= count; ++round) {
    double left = all, taken = 0.0;
    for (int r = 0; r < count; ++r) (capped[r] ? left : taken) += capped[r] ? -cap[r] : share[r];
    RowVector result = share;
    bool found = false;
    for (int r = 0; r < count; ++r) {
      result[r] = capped[r] ? cap[r] : share[r] * (taken > 0.0 ? std::max(left, 0.0) / taken : 0.0);
      if (capped[r] || result[r] <= cap[r]) continue;
      capped[r] = found = true;
    }
    if (found) continue;
    if (taken > 0.0 || all <= 0.0) return result;
    const RowVector able = (cap.array() >= 1.0).select(stand_in, 0.0);
    if (!(able.sum() > 0.0)) return share;
    return result + able * (std::max(left, 0.0) / able.sum());
  }
  return share;
}

}  // namespace evenkeel
