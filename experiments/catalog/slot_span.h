// Spans of time as users give them: a number of slots, or a duration.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace evenkeel {

/// More than a day of seconds, or two months of minutes.
inline constexpr int kMostSpanSlots = 100000;

/// A span, taken apart.
struct SlotSpan {
  std::int64_t count = 0;  ///< of slots, or of seconds
  bool is_duration = false;
};
/// `24` for slots, `24h`, `7d` or `90min` for a duration; nothing for another text.
std::optional<SlotSpan> ParseSlotSpan(const std::string& text);

/// The span in slots of `slot_hours`; 0: the length is not known. Throws InputError beginning with `what`, which names
/// the parameter, for another text, a duration that is no whole number of slots or meets slots of unknown length, and a
/// number of slots outside [low, kMostSpanSlots].
int SlotsOf(const std::string& what, const std::string& text, double slot_hours, int low);

}  // namespace evenkeel
