#include "experiments/catalog/slot_span.h"

#include <fmt/format.h>

#include "models/base/error.h"
#include "models/base/numbers.h"
#include "models/world/time_base.h"

namespace evenkeel {
namespace {

std::string SpanText(std::int64_t seconds) {
  if (seconds % 3600 == 0) return fmt::format("{} h", seconds / 3600);
  return seconds % 60 == 0 ? fmt::format("{} min", seconds / 60) : fmt::format("{} s", seconds);
}

}  // namespace

std::optional<SlotSpan> ParseSlotSpan(const std::string& text) {
  if (const std::optional<std::int64_t> slots = ParseInteger(text)) return SlotSpan{*slots, false};
  if (const std::optional<std::int64_t> seconds = ParseDuration(text)) return SlotSpan{*seconds, true};
  return std::nullopt;
}

int SlotsOf(const std::string& what, const std::string& text, double slot_hours, int low) {
  const std::optional<SlotSpan> span = ParseSlotSpan(text);
  if (!span)
    throw InputError("{} is \"{}\", expected a number of slots or a duration such as 24h, 7d or 90min", what, text);
  std::int64_t slots = span->count;
  if (span->is_duration) {
    if (!(slot_hours > 0.0))
      throw InputError("{} is {}, a duration, but the length of a slot is not known here: give it in slots", what,
                       text);
    const std::int64_t step = SlotSeconds(slot_hours);
    if (span->count % step != 0)
      throw InputError("{} is {}, which is no whole number of slots of {}: give slots, or a multiple of that", what,
                       text, SpanText(step));
    slots = span->count / step;
  }
  if (slots >= low && slots <= kMostSpanSlots) return static_cast<int>(slots);
  throw InputError("{} is {}, {} slots, allowed are {} to {}", what, text, slots, low, kMostSpanSlots);
}

}  // namespace evenkeel
