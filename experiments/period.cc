#include "experiments/period.h"

#include <fmt/format.h>

#include <algorithm>

#include "experiments/objective_options.h"
#include "experiments/observations.h"
#include "models/trace_file.h"

namespace evenkeel {

OptionInfo ObservedOption() {
  return {
      "observed", "SEEN.h5", "",
      "what policies see, a trace with the network, times, demand and capacity of TRACE.h5; costs and footprints are "
      "settled with TRACE.h5, the meters"};
}

Period OpenPeriod(const Options& options) {
  Period period;
  period.trace = options.positionals.at(0);
  const TraceFile file(period.trace);
  period.header = file.header();
  const Objective objective = ParseObjective(options, period.header.network);
  period.problem = MakeProblem(period.header.network, objective, file.num_slots(), file.TotalDemand());
  if (HasOption(options, "observed")) {
    period.observed = TextOption(options, "observed");
    CheckObservations(period.trace, period.observed);
  }
  return period;
}

std::string CountText(std::int64_t count, const std::string& noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string SizeText(const TraceHeader& header, int num_slots) {
  const Network& network = header.network;
  return fmt::format("{} of {} h, {}, {}, {}", CountText(num_slots, "slot"), header.slot_hours,
                     CountText(network.num_regions(), "region"), CountText(network.num_gateways(), "gateway"),
                     CountText(network.num_variants(), "variant"));
}

}  // namespace evenkeel
