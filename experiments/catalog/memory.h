// Where the virtual loads of `norm-greedy` come from: its parameters `prime` and `memory`.
#pragma once

#include "engine/policies/greedy.h"
#include "experiments/catalog/make.h"

namespace evenkeel {

/// The parameters, for the entry of the catalog.
ParameterInfo PrimeParameter();
ParameterInfo PrimeForecastParameter();
ParameterInfo MemoryParameter();

/// V of the checked arguments, `memory` times the loads that `prime` says, fading over the period; empty for `none` and
/// where nothing was seen before. Throws InputError for a log of another network or objective.
///
///   own       the rule's own loads over the slots before the period, at most as many as the period has
///   optimum   the loads that the prices of the optimum of those slots would hold in balance (LoadsBehindPrices)
///   forecast  the same of the period as `forecast` says, from what was seen before it; none where the forecast demand
///             cannot be served
///   a path    the loads at the end of an earlier run, whatever it ran on, scaled to the period's number of slots
VirtualLoads VirtualLoadsOf(const PolicyContext& context, const Arguments& arguments, const NormGreedyOptions& rule);

}  // namespace evenkeel
