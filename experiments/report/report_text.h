// Pieces of reports that several commands print.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "experiments/report/table.h"
#include "models/world/ledger.h"
#include "models/world/problem.h"
#include "models/world/trace.h"

namespace evenkeel {

/// How a group's loads are spread over its buckets: sum, mean, max, PAR, Gini, Jain; one row per group, and one for the
/// regions' energy cost.
std::string SpreadTable(const Problem& problem, const Ledger& ledger);

/// `USD/t`: unit of the price of a group's load.
std::string PriceUnit(const Group& group);

/// The objective as a formula: `energy cost + 1500 USD/t x max carbon + 60 USD/m3 x max water`.
std::string FormulaText(const Problem& problem);

/// `1 slot`, `2 slots`
std::string CountText(std::int64_t count, const std::string& noun);
/// `457 slots of 1 h, 10 regions, 10 gateways, 1 variant`
std::string SizeText(const TraceHeader& header, int num_slots);

/// A proven ratio with four decimals, rounded up so that the statement stays true.
std::string RatioAtMost(double ratio);

/// A note on negative costs, empty when there are none.
std::string ShiftNote(const Ledger& ledger);

}  // namespace evenkeel
