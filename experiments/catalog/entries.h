// The lists of entries that the files of this folder export; catalog.cc puts them together. A new policy, predictor,
// network, error or event is an entry in one of these.
#pragma once

#include <vector>

#include "experiments/catalog/registry.h"

namespace evenkeel {

std::vector<Entry> ConstantPriceEntries();  ///< policies whose prices never change: policies.cc
std::vector<Entry> EquityEntries();     ///< policies that look at loads, and what they are compared with: policies.cc
std::vector<Entry> AdviceEntries();     ///< `robust`, and advice to try it out with: advice.cc
Entry PlanEntry();                      ///< the policy that forecasts, then plans: plan.cc
Entry DecentralisedEntry();             ///< the policy in which gateways route by themselves: policies.cc
Entry ProcessPolicyEntry();             ///< the policy that an own program is: process.cc
Entry ProcessPredictorEntry();          ///< the predictor that an own program is: process.cc
Entry LearnedPriceEntry();              ///< the policy that uses a network of prices: prices.cc
std::vector<Entry> PredictorEntries();  ///< predictors.cc
std::vector<Entry> NetworkEntries();    ///< networks of forecasts: networks.cc
Entry PriceNetworkEntry();              ///< the network of prices: prices.cc
std::vector<Entry> ErrorEntries();      ///< errors in signals: errors.cc
std::vector<Entry> EventEntries();      ///< events in the world: events.cc
std::vector<Entry> ReleaseEntries();    ///< when work that can wait is done: releases.cc

}  // namespace evenkeel
