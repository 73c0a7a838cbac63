// What run logs on disk are called, and the value that stands for nothing.
#pragma once

namespace evenkeel {

inline constexpr int kRunLogSchemaVersion = 2;
inline constexpr const char* kRunLogSchemaName = "evenkeel-run";

/// In `advice` and its kin: there was none in this slot.
inline constexpr double kNoAllocation = -1.0;

}  // namespace evenkeel
