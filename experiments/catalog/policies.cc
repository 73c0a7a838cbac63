// Policies that need no forecast and no advice, and gateways that follow one of them by themselves.
#include "engine/policies/constant_price.h"
#include "engine/policies/decentralised.h"
#include "engine/policies/dual_mirror_descent.h"
#include "engine/policies/greedy.h"
#include "engine/policies/nearest.h"
#include "experiments/catalog/entries.h"
#include "experiments/catalog/make.h"
#include "experiments/catalog/memory.h"
#include "experiments/catalog/releases.h"
#include "models/base/error.h"
#include "robustifiers/decision.h"

namespace evenkeel {
namespace {

using PolicyPointer = std::unique_ptr<Policy>;

ParameterInfo PriceParameter(std::string name, std::string default_value, const char* what) {
  return NumberParameter(std::move(name), std::move(default_value), what, 0.0, 1e6);
}

// Dispatch at the same price per t and per m3 everywhere, with the cost or without it.
PolicyPointer MakeUniformPrice(const PolicyContext& context, double cost_scale, double carbon, double water) {
  ConstantPriceOptions options;
  options.cost_scale = cost_scale;
  options.prices = ZeroPrices(context.problem);
  options.report_own_objective = true;
  if (carbon > 0.0) SetUniformPrice(context.problem, Footprint::kCarbon, carbon, &options.prices);
  if (water > 0.0) SetUniformPrice(context.problem, Footprint::kWater, water, &options.prices);
  return MakeConstantPrice(context.problem, options);
}

PolicyPointer MakeCost(const PolicyContext& context, const Arguments&) {
  return MakeUniformPrice(context, 1.0, 0.0, 0.0);
}

PolicyPointer MakeCarbon(const PolicyContext& context, const Arguments& arguments) {
  return MakeUniformPrice(context, 0.0, NumberArgument(arguments, "price"), 0.0);
}

PolicyPointer MakeWater(const PolicyContext& context, const Arguments& arguments) {
  return MakeUniformPrice(context, 0.0, 0.0, NumberArgument(arguments, "price"));
}

PolicyPointer MakeCostAndCarbon(const PolicyContext& context, const Arguments& arguments) {
  return MakeUniformPrice(context, 1.0, NumberArgument(arguments, "carbon"), 0.0);
}

PolicyPointer MakeAll(const PolicyContext& context, const Arguments& arguments) {
  return MakeUniformPrice(context, 1.0, NumberArgument(arguments, "carbon"), NumberArgument(arguments, "water"));
}

PolicyPointer MakeNearestPolicy(const PolicyContext& context, const Arguments&) { return MakeNearest(context.problem); }

// The equity-oblivious baselines: plain sums of some groups.
PolicyPointer MakeL1Greedy(const PolicyContext& context, const Arguments& arguments) {
  const std::string& groups = arguments.at("groups").name;
  const double scale = NumberArgument(arguments, "scale");
  ConstantPriceOptions options;
  options.prices = L1Prices(context.problem);
  for (int k = 0; k < context.problem.num_groups(); ++k) {
    const bool quality = context.problem.groups[k].footprint == Footprint::kQualityLoss;
    const bool counts = groups == "all" || (groups == "quality") == quality;
    options.prices[k] *= counts ? scale : 0.0;
  }
  return MakeConstantPrice(context.problem, options);
}

PolicyPointer MakeDmd(const PolicyContext& context, const Arguments& arguments) {
  DualMirrorDescentOptions options;
  options.step = NumberArgument(arguments, "step");
  return MakeDualMirrorDescent(context.problem, options);
}

PolicyPointer MakeNormGreedyPolicy(const PolicyContext& context, const Arguments& arguments) {
  NormGreedyOptions options;
  options.q = NumberArgument(arguments, "q");
  options.tolerance = NumberArgument(arguments, "tolerance");
  options.virtual_loads = VirtualLoadsOf(context, arguments, options);
  return MakeNormGreedy(context.problem, options);
}

PolicyPointer MakePowerGreedyPolicy(const PolicyContext& context, const Arguments& arguments) {
  PowerGreedyOptions options;
  options.q = NumberArgument(arguments, "q");
  options.beta = NumberArgument(arguments, "beta");
  options.tolerance = NumberArgument(arguments, "tolerance");
  return MakePowerGreedy(context.problem, options);
}

PolicyPointer MakeFixedPrice(const PolicyContext& context, const Arguments& arguments) {
  ConstantPriceOptions options;
  options.prices = ReadPrices(context.problem, arguments.at("file").name);
  options.break_ties = true;
  return MakeConstantPrice(context.problem, options);
}

PolicyPointer MakeDecentralisedPolicy(const PolicyContext& context, const Arguments& arguments) {
  DecentralisedOptions options;
  const std::string& message = arguments.at("message").name;
  options.message = message == "weights" ? Message::kWeights : message == "prices" ? Message::kPrices : Message::kCosts;
  options.every = SlotsArgument(arguments, "every", SlotHoursOf(context));
  options.delay = SlotsArgument(arguments, "delay", SlotHoursOf(context));
  options.temperature = NumberArgument(arguments, "temperature");
  options.headroom = NumberArgument(arguments, "headroom");
  PolicyPointer coordinator = PolicyArgument(context, arguments, "coordinator");
  if (DecisionsOf(*coordinator) != nullptr) {
    throw InputError(
        "decentralised: coordinator '{}' bounds its own decisions, not what gateways make of them; allowed: a policy "
        "that is not robust, and robust(advice=decentralised(..)) around",
        ToString(arguments.at("coordinator")));
  }
  return MakeDecentralised(context.problem, std::move(coordinator), options);
}

}  // namespace

std::vector<Entry> ConstantPriceEntries() {
  return {
      {"cost", "cheapest energy and network, blind to footprints (GLB-Cost)", {ReleaseParameter()}, MakeCost, {"cost"}},
      {"carbon",
       "least carbon, blind to cost; the price only scales the policy's own objective",
       {PriceParameter("price", "150", "USD per t of carbon"), ReleaseParameter()},
       MakeCarbon,
       {"carbon"}},
      {"water",
       "least water, blind to cost; the price only scales the policy's own objective",
       {PriceParameter("price", "6", "USD per m3 of water"), ReleaseParameter()},
       MakeWater,
       {"water"}},
      {"c2",
       "cost plus the same carbon price everywhere (GLB-C2)",
       {PriceParameter("carbon", "600", "USD per t of carbon"), ReleaseParameter()},
       MakeCostAndCarbon,
       {"c2"}},
      {"all",
       "cost plus the same carbon and water price everywhere (GLB-All)",
       {PriceParameter("carbon", "300", "USD per t of carbon"), PriceParameter("water", "30", "USD per m3 of water"),
        ReleaseParameter()},
       MakeAll,
       {"all"}},
  };
}

std::vector<Entry> EquityEntries() {
  const ParameterInfo tolerance =
      NumberParameter("tolerance", "1e-9", "certified gap of a slot's problem, relative", 1e-13, 1e-2);
  return {
      {"nearest",
       "closest region first, blind to cost and footprints",
       {ReleaseParameter()},
       MakeNearestPolicy,
       {"nearest"}},
      {"l1-greedy",
       "every load at its full weight: the objective with norms q = 1; plain sums, blind to who carries them",
       {WordParameter("groups", "which loads count beside the cost: all, environment (carbon and water) or quality",
                      {"all", "environment", "quality"}),
        NumberParameter("scale", "1", "factor on the weights, such as 1/10 for means over ten buckets", 0.0, 1e6),
        ReleaseParameter()},
       MakeL1Greedy,
       {"l1-greedy"}},
      {"dmd",
       "dual mirror descent on the prices, the online algorithm of eGLB",
       {NumberParameter("step", "1e-5", "step of the prices, 1/USD", 0.0, 1e3, true), ReleaseParameter()},
       MakeDmd,
       {"dmd"}},
      {"norm-greedy",
       "least increase of cost plus weighted q-norms of the loads; norms inf: at most N times the optimum",
       {NumberParameter("q", "8", "exponent of the norms", 1.0, 64.0), tolerance, PrimeParameter(), MemoryParameter(),
        PrimeForecastParameter(), ReleaseParameter()},
       MakeNormGreedyPolicy,
       {"norm-greedy(q=8)"}},
      {"power-greedy",
       "least q-norm of cost and weighted loads; norms inf, two groups, beta 1: at most q N^(1/q) 3^(1-1/q) optima",
       {NumberParameter("q", "4", "exponent", 1.0, 64.0, true),
        NumberParameter("beta", "1", "weight of the cost among the loads", 0.0, 1e6, true), tolerance,
        ReleaseParameter()},
       MakePowerGreedyPolicy,
       {"power-greedy(q=4)"}},
      {"fixed-price",
       "dispatch at prices from a file, as written by `solve --prices-out`",
       {Parameter(ParameterKind::kPath, "file", "", "CSV with the header group,bucket,price"), ReleaseParameter()},
       MakeFixedPrice},
  };
}

Entry DecentralisedEntry() {
  return {"decentralised",
          "a coordinator sends prices, gateways route by themselves: docs/scale.md",
          {Parameter(ParameterKind::kPolicy, "coordinator", "norm-greedy(q=8)", "the policy whose prices are sent"),
           WordParameter("message",
                         "what is sent: what a unit costs in every region, all in; prices of buckets and capacity, for "
                         "gateways that see the signals themselves; or every gateway's weights",
                         {"costs", "prices", "weights"}),
           SpanParameter("every", "1", "from a message to the next", 1),
           SpanParameter("delay", "0", "from a message's slot to the slot in which gateways have it", 0),
           NumberParameter("temperature", "1",
                           "how far gateways spread work, USD per unit of workload; 0: all to the cheapest region", 0.0,
                           1e6),
           NumberParameter("headroom", "0", "share of capacity that prices leave free where demand allows", 0.0, 0.9),
           ReleaseParameter()},
          MakeDecentralisedPolicy};
}

}  // namespace evenkeel
