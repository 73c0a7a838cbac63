// Pieces of reports that several commands print.
#pragma once

#include <string>
#include <vector>

#include "experiments/report/table.h"
#include "models/world/ledger.h"
#include "models/world/problem.h"

namespace evenkeel {

/// How a group's loads are spread over its buckets: sum, mean, max, PAR, Gini, Jain; one row per group, and one for the
/// regions' energy cost.
std::string SpreadTable(const Problem& problem, const Ledger& ledger);

/// `USD/t`: unit of the price of a group's load.
std::string PriceUnit(const Group& group);

/// A proven ratio with four decimals, rounded up so that the statement stays true.
std::string RatioAtMost(double ratio);

/// A note on negative costs, empty when there are none.
std::string ShiftNote(const Ledger& ledger);

}  // namespace evenkeel
