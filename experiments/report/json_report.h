// Results as JSON.
#pragma once

#include "experiments/report/json.h"
#include "experiments/run/evaluate.h"
#include "models/world/metrics.h"

namespace evenkeel {

/// {"weights": {group: mu}, "norms": {group: q}, "shed_cost": value or null}, and "bucket_weights" when some are not 1.
Json ObjectiveJson(const Problem& problem);
/// {group: {"sum", "mean", "max", "par", "gini", "jain"}}
Json GroupsJson(const Problem& problem, const Ledger& ledger);
/// {"sum", "mean", "max", "par"} of the regions' energy cost
Json EnergyJson(const Ledger& ledger);
/// {group: {bucket: price}}
Json PricesJson(const Problem& problem, const Prices& prices);
/// What `run` prints, and what `compare` prints per policy beside the ratios.
Json RunJson(const Problem& problem, const RunOutcome& run);

}  // namespace evenkeel
