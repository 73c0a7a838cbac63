// Results as JSON.
#pragma once

#include "experiments/report/json.h"
#include "experiments/run/evaluate.h"
#include "models/world/metrics.h"

namespace evenkeel {

/// {"weights": {group: mu}, "norms": {group: q}, "shed_cost": value or null}, and "bucket_weights" when some are not 1.
Json ObjectiveJson(const Problem& problem);
/// {"objective": "USD", "energy_cost": "USD", "workload": "units", group: its unit}, and "shed" and "shed_cost" where
/// there is a shed cost: what numbers of these names are in, wherever they stand.
Json UnitsJson(const Problem& problem);
/// {group: {"unit", "sum", "mean", "max", "par", "gini", "jain", "buckets": [{"bucket": name, "load"}, ..]}}; loads are
/// L^k, bucket weights applied, in the order of the trace.
Json GroupsJson(const Problem& problem, const Ledger& ledger);
/// {"regions": [{"region": name, "energy_cost", "workload", group: load, ..}, ..],
///  "gateways": [{"gateway": name, group: load, ..}, ..]}: by place, a row each, every group among the places that its
/// buckets are.
Json PlacesJson(const Problem& problem, const Ledger& ledger);
/// {"sum", "mean", "max", "par"} of the regions' energy cost
Json EnergyJson(const Ledger& ledger);
/// {group: {bucket: price}}
Json PricesJson(const Problem& problem, const Prices& prices);
/// What `run` prints, and what `compare` prints per policy beside the ratios.
Json RunJson(const Problem& problem, const RunOutcome& run);

}  // namespace evenkeel
