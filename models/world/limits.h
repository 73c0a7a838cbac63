// How large things in files may be.
#pragma once

#include <cstdint>

namespace evenkeel {

inline constexpr std::int64_t kMostNodes = 100'000;   ///< regions, gateways or variants
inline constexpr double kLongestSlotHours = 8784.0;   ///< a leap year
inline constexpr int kMostDeadlineSlots = 1'000'000;  ///< that work may wait

}  // namespace evenkeel
