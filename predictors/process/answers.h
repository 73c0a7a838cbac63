// What an own program answers (docs/process.md). Everything in it is checked; each function throws InputError, which
// begins with a verb and goes on from the program's name, for an answer that does not keep to the protocol.
#pragma once

#include <cstddef>
#include <string>

#include "models/world/ledger.h"
#include "models/world/problem.h"
#include "models/world/signal_columns.h"

namespace evenkeel {

inline constexpr std::size_t kLargestReadyAnswer = 1 << 16;  ///< bytes

/// Of the answer to the first line, which may be an error as well: why the program cannot do what it is for.
void CheckReady(const std::string& line);

enum class AnswerKind { kFlow, kPrices, kError };

struct PolicyAnswer {
  AnswerKind kind = AnswerKind::kError;
  Allocation allocation;  ///< kFlow
  Prices prices;          ///< kPrices, finite and at least 0
  std::string error;      ///< kError
};

std::size_t LargestPolicyAnswer(const Problem& problem);
/// Sizes are the problem's; whether flows are feasible is not looked at.
void ReadPolicyAnswer(const Problem& problem, int slot, const std::string& line, PolicyAnswer* answer);

struct PredictorAnswer {
  RowMatrix forecast;  ///< [at least 1 and at most horizon x columns], finite; of quantiles the median
  std::string error;   ///< empty: there is a forecast
};

std::size_t LargestPredictorAnswer(const SignalColumns& columns, int horizon);
PredictorAnswer ReadPredictorAnswer(const SignalColumns& columns, int seen, int horizon, const std::string& line);

}  // namespace evenkeel
