#include "experiments/specs/parameter.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "models/base/error.h"
#include "models/base/numbers.h"
#include "models/world/time_base.h"

namespace evenkeel {
namespace {

bool IsInRange(const ParameterInfo& parameter, double value) {
  const bool above = parameter.above_low ? value > parameter.low : value >= parameter.low;
  return above && value <= parameter.high && value < kInfinity;
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
                       text, DurationText(step));
    slots = span->count / step;
  }
  if (slots >= low && slots <= kMostSpanSlots) return static_cast<int>(slots);
  throw InputError("{} is {}, {} slots, allowed are {} to {}", what, text, slots, low, kMostSpanSlots);
}

ParameterInfo Parameter(ParameterKind kind, std::string name, std::string default_value, std::string description) {
  ParameterInfo info;
  info.name = std::move(name);
  info.kind = kind;
  info.default_value = std::move(default_value);
  info.description = std::move(description);
  return info;
}

ParameterInfo NumberParameter(std::string name, std::string default_value, std::string description, double low,
                              double high, bool above_low) {
  ParameterInfo info =
      Parameter(ParameterKind::kNumber, std::move(name), std::move(default_value), std::move(description));
  info.low = low;
  info.high = high;
  info.above_low = above_low;
  return info;
}

ParameterInfo IntegerParameter(std::string name, std::string default_value, std::string description, double low,
                               double high) {
  ParameterInfo info = NumberParameter(std::move(name), std::move(default_value), std::move(description), low, high);
  info.kind = ParameterKind::kInteger;
  return info;
}

ParameterInfo SpanParameter(std::string name, std::string default_value, std::string description, int low) {
  ParameterInfo info =
      IntegerParameter(std::move(name), std::move(default_value), std::move(description), low, kMostSpanSlots);
  info.kind = ParameterKind::kSpan;
  return info;
}

ParameterInfo WordParameter(std::string name, std::string description, std::vector<std::string> words) {
  ParameterInfo info = Parameter(ParameterKind::kWord, std::move(name), words.front(), std::move(description));
  info.words = std::move(words);
  return info;
}

bool IsWordOf(const ParameterInfo& parameter, const std::string& value) {
  return std::count(parameter.words.begin(), parameter.words.end(), value) > 0;
}

bool IsAllowed(const ParameterInfo& parameter, const Spec& value) {
  for (ParameterKind specs : {ParameterKind::kPolicy, ParameterKind::kForecast, ParameterKind::kRelease}) {
    if (parameter.kind == specs) return true;
  }
  if (!value.parameters.empty() || value.name.empty()) return false;
  switch (parameter.kind) {
    case ParameterKind::kNumber: {
      const std::optional<double> number = ParseNumber(value.name);
      return number && IsInRange(parameter, *number);
    }
    case ParameterKind::kInteger: {
      const std::optional<std::int64_t> integer = ParseInteger(value.name);
      return integer && IsInRange(parameter, static_cast<double>(*integer));
    }
    case ParameterKind::kSpan: {
      const std::optional<SlotSpan> span = ParseSlotSpan(value.name);
      if (!span) return false;
      return span->is_duration ? span->count > 0 || parameter.low == 0.0
                               : IsInRange(parameter, static_cast<double>(span->count));
    }
    case ParameterKind::kWord:
      return IsWordOf(parameter, value.name);
    default:
      return true;
  }
}

std::string DescribeAllowed(const ParameterInfo& parameter) {
  const char bracket = parameter.above_low ? '(' : '[';
  switch (parameter.kind) {
    case ParameterKind::kNumber:
    case ParameterKind::kInteger: {
      const char* kind = parameter.kind == ParameterKind::kNumber ? "number" : "integer";
      if (parameter.high == kInfinity)
        return fmt::format("{} {} {:g}", kind, parameter.above_low ? ">" : ">=", parameter.low);
      return fmt::format("{} in {}{:g}, {:g}]", kind, bracket, parameter.low, parameter.high);
    }
    case ParameterKind::kSpan:
      return fmt::format("number of slots in [{:g}, {:g}] or duration such as 24h, 7d, 90min", parameter.low,
                         parameter.high);
    case ParameterKind::kWord:
      return fmt::format("word: {}", fmt::join(parameter.words, ", "));
    case ParameterKind::kText:
      return "word or quoted text";
    case ParameterKind::kPath:
      if (!parameter.words.empty()) return fmt::format("word: {}, or path of a file", fmt::join(parameter.words, ", "));
      return "path of a file";
    case ParameterKind::kForecast:
      return "predictor";
    case ParameterKind::kRelease:
      return "release rule";
    case ParameterKind::kPolicy:
      break;
  }
  return "policy";
}

double NumberArgument(const Arguments& arguments, const std::string& name) {
  const std::optional<double> value = ParseNumber(arguments.at(name).name);
  EVENKEEL_CHECK(value.has_value());
  return *value;
}

int IntegerArgument(const Arguments& arguments, const std::string& name) {
  return static_cast<int>(NumberArgument(arguments, name));
}

int SlotsArgument(const Arguments& arguments, const std::string& name, double slot_hours) {
  // A value below the parameter's least has been refused before.
  return SlotsOf(fmt::format("{}: {}", arguments.owner, name), arguments.at(name).name, slot_hours, 0);
}

}  // namespace evenkeel
