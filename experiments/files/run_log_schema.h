// What run logs on disk are called, and the value that stands for nothing.
#pragma once

namespace evenkeel {

inline constexpr int kRunLogSchemaVersion = 2;
/// Of a live period's log, which has more, and whose decisions other programs than this one realised.
inline constexpr int kLiveRunLogSchemaVersion = 3;
inline constexpr const char* kRunLogSchemaName = "evenkeel-run";

/// In `advice` and its kin: there was none in this slot.
inline constexpr double kNoAllocation = -1.0;

/// Of a dataset of numbers, CRC-32 over its values; of the file, over what the run was asked.
inline constexpr const char* kChecksumName = "checksum";

}  // namespace evenkeel
