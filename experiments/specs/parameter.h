// What a spec's parameters may be, and their values once they are checked.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "experiments/specs/spec.h"
#include "models/base/norm.h"

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

enum class ParameterKind {
  kNumber,
  kInteger,
  kSpan,      ///< a number of slots, or a duration: SlotSpan
  kWord,      ///< one of ParameterInfo::words
  kText,      ///< any word
  kPath,      ///< a file, or one of ParameterInfo::words where there are some
  kPolicy,    ///< a spec of another policy
  kForecast,  ///< a spec of a predictor
  kRelease,   ///< a spec of a release rule
};

struct ParameterInfo {
  std::string name;
  ParameterKind kind = ParameterKind::kNumber;
  std::string default_value;  ///< a spec; empty: must be given
  std::string description;    ///< with its unit
  double low = 0.0;           ///< smallest number allowed
  double high = kInfinity;    ///< largest number allowed; infinity itself never is
  bool above_low = false;     ///< `low` itself is not allowed
  std::vector<std::string> words;
};

ParameterInfo NumberParameter(std::string name, std::string default_value, std::string description, double low,
                              double high, bool above_low = false);
ParameterInfo IntegerParameter(std::string name, std::string default_value, std::string description, double low,
                               double high);
/// In slots; ParameterInfo::low and high are of slots as well.
ParameterInfo SpanParameter(std::string name, std::string default_value, std::string description, int low);
/// The first word is the default.
ParameterInfo WordParameter(std::string name, std::string description, std::vector<std::string> words);
/// Of another kind: text, a path, a policy, a predictor or a release rule.
ParameterInfo Parameter(ParameterKind kind, std::string name, std::string default_value, std::string description);

/// Whether it is one of the parameter's words.
bool IsWordOf(const ParameterInfo& parameter, const std::string& value);
/// Whether the value is one, specs in it aside.
bool IsAllowed(const ParameterInfo& parameter, const Spec& value);

/// `number in [1, 64]`: what a parameter takes.
std::string DescribeAllowed(const ParameterInfo& parameter);

struct Registry;

/// A spec's parameters, checked, with the defaults filled in.
struct Arguments {
  const Registry* registry = nullptr;  ///< where specs among them are looked up
  std::map<std::string, Spec> values;
  std::string owner = {};  ///< name of the spec, for messages

  const Spec& at(const std::string& name) const { return values.at(name); }
};

double NumberArgument(const Arguments& arguments, const std::string& name);
int IntegerArgument(const Arguments& arguments, const std::string& name);
/// A span in slots of `slot_hours`, 0 where that is not known. Throws InputError for a duration that is no whole number
/// of them.
int SlotsArgument(const Arguments& arguments, const std::string& name, double slot_hours);

}  // namespace evenkeel
