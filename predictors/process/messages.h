// What an own program is told: lines of the protocol of docs/process.md, without their ends.
#pragma once

#include <cstdint>
#include <string>

#include "engine/policy.h"
#include "predictors/forecast/history.h"
#include "predictors/learning/learned.h"

namespace evenkeel {

inline constexpr int kProcessProtocol = 1;

/// What a program that decides is made for, beside the problem.
struct PolicyStart {
  std::uint64_t seed = 1;
  int first_slot = 0;             ///< more than 0 after a restart
  double slot_hours = 0.0;        ///< 0: not known
  const History* seen = nullptr;  ///< what was seen, up to the first slot or later
  int end = 0;                    ///< slots of it that are before the first one
  int history = 0;                ///< the last of them, as far as there are so many, are sent
};

std::string PolicyStartLine(const Problem& problem, const PolicyStart& start);
/// `identity` has no names where they are not known, and hours of 0.
std::string PredictorStartLine(const SignalColumns& columns, const TraceIdentity& identity);

/// `forecast` [horizon x columns] or null.
std::string DecideLine(const SlotInput& input, const RowMatrix* forecast);
std::string SettleLine(const Settlement& settlement);

/// Slots from `from` to the end of the view.
std::string ObserveLine(const HistoryView& history, int from);
std::string PredictLine(int seen, int horizon);

}  // namespace evenkeel
