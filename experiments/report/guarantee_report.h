// What is said of a robust policy's guarantee, and of what other policies report of themselves.
#pragma once

#include <string>

#include "experiments/report/json.h"
#include "experiments/report/table.h"
#include "experiments/run/evaluate.h"

namespace evenkeel {

/// The object `guarantee` of a run, null for policies without one.
Json GuaranteeJson(const RunOutcome& run);

/// A block for people, empty for policies without a guarantee.
std::string GuaranteeText(const RunOutcome& run);

/// What virtual loads of an expert add to its bound: the object `virtual_loads` of a run, null where it has none, and a
/// line for people, empty where it has none. The share is that of the expert's shifted J.
Json VirtualLoadsJson(const RunOutcome& run);
std::string VirtualLoadsText(const RunOutcome& run);

/// What gateways that route by themselves offered beyond capacity: the object `overshoot` of a run, null where nobody
/// routes by himself, and words for people, empty there.
Json OvershootJson(const RunOutcome& run);
std::string OvershootText(const RunOutcome& run);

/// A table of the robust policies among `runs`, empty when there are none.
std::string GuaranteeTable(const std::vector<RunOutcome>& runs);

/// Why advice of a run in a comparison was rejected first, a line; empty where none was.
std::string RejectedText(const RunOutcome& run);

/// What J is at most, the meters' surprises included, USD; for a run with a guarantee.
double ProvenBound(const RunOutcome& run);

/// Shifted J over the expert's own, for a run with a guarantee.
double RatioToExpert(const RunOutcome& run);

/// Says that J ended above its proven bound, which is a bug; empty when it did not.
std::string GuaranteeViolation(const RunOutcome& run);

}  // namespace evenkeel
