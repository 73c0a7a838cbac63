// A period as it is told: by the options of `run`, and by a sweep's file, whose keys have their names.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "models/files/objective_text.h"
#include "models/files/period.h"

namespace evenkeel {

struct PeriodText {
  std::string trace;     ///< path
  std::string from, to;  ///< UTC, such as 2023-01-31T10:00; empty: the trace's start and end
  ObjectiveText objective;
  std::vector<std::string> events;  ///< specs
  std::string observed;             ///< path of the trace that policies see; empty: the same
  std::string observe;              ///< spec of an error in what they see; empty: none

  /// What policies see, for people: a file, an error, or nothing where it is the trace itself.
  const std::string& sight() const { return observed.empty() ? observe : observed; }
};

/// A period beside the words for it.
struct GivenPeriod {
  PeriodText text;
  Period period;
};

/// `loaded` is the trace, where it is in memory already. Throws InputError, which calls texts by the names of the
/// options.
GivenPeriod OpenPeriod(PeriodText text, std::shared_ptr<const Trace> loaded = nullptr);

/// The slots from `from` until before `to`. Throws InputError for times that are no start of a slot of the trace, or
/// its end.
SlotRange ParseSlotRange(const std::string& from, const std::string& to, const TraceOutline& trace);

/// What is told beside the trace, by the options' names, in their order: what `run` would be given.
std::vector<std::pair<std::string, std::vector<std::string>>> NamedValues(const PeriodText& text);

}  // namespace evenkeel
