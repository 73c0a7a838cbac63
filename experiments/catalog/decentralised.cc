// The policy in which gateways route by themselves.
#include "engine/policies/decentralised.h"

#include "experiments/catalog/entries.h"
#include "experiments/catalog/make.h"
#include "experiments/catalog/releases.h"
#include "models/base/error.h"
#include "robustifiers/decision.h"

namespace evenkeel {
namespace {

std::unique_ptr<Policy> MakeDecentralisedPolicy(const PolicyContext& context, const Arguments& arguments) {
  DecentralisedOptions options;
  const std::string& message = arguments.at("message").name;
  options.message = message == "weights" ? Message::kWeights : message == "prices" ? Message::kPrices : Message::kCosts;
  options.every = SlotsArgument(arguments, "every", SlotHoursOf(context));
  options.delay = SlotsArgument(arguments, "delay", SlotHoursOf(context));
  options.temperature = NumberArgument(arguments, "temperature");
  options.headroom = NumberArgument(arguments, "headroom");
  std::unique_ptr<Policy> coordinator = PolicyArgument(context, arguments, "coordinator");
  if (DecisionsOf(*coordinator) != nullptr) {
    throw InputError(
        "decentralised: coordinator '{}' bounds its own decisions, not what gateways make of them; allowed: a policy "
        "that is not robust, and robust(advice=decentralised(..)) around",
        ToString(arguments.at("coordinator")));
  }
  return MakeDecentralised(context.problem, std::move(coordinator), options);
}

}  // namespace

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
