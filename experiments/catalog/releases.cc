#include "experiments/catalog/releases.h"

#include <utility>

#include "engine/policies/release.h"
#include "experiments/catalog/entries.h"
#include "models/base/error.h"

namespace evenkeel {
namespace {

ReleaseOptions MakeImmediate(const Arguments&) { return {}; }

ReleaseOptions MakeSpread(const Arguments& arguments) {
  ReleaseOptions options;
  options.rule = ReleaseRule::kSpread;
  options.last = NumberArgument(arguments, "last");
  return options;
}

ReleaseOptions MakeThreshold(const Arguments& arguments) {
  ReleaseOptions options;
  options.rule = ReleaseRule::kThreshold;
  options.low = NumberArgument(arguments, "low");
  options.high = NumberArgument(arguments, "high");
  return options;
}

ReleaseOptions MakeHoard(const Arguments& arguments) {
  ReleaseOptions options;
  options.rule = ReleaseRule::kHoard;
  options.dump = NumberArgument(arguments, "dump");
  return options;
}

void CheckThreshold(const Arguments& arguments) {
  const double low = NumberArgument(arguments, "low"), high = NumberArgument(arguments, "high");
  if (high > low) return;
  throw InputError("release \"threshold\": high is {} USD, allowed: above low, which is {}", high, low);
}

}  // namespace

ParameterInfo ReleaseParameter(std::string rule) {
  return Parameter(ParameterKind::kRelease, kReleaseParameter, std::move(rule),
                   "when work that can wait is done, on traces that have some");
}

std::vector<Entry> ReleaseEntries() {
  Entry threshold{
      "threshold",
      "the more of each slot's arrivals, the cheaper a unit has been since; the rest when it is due",
      {NumberParameter("low", "", "USD per unit, cost and loads at full weight, at which all is done", 0.0, 1e6, true),
       NumberParameter("high", "", "the same, at its highest: what is left costs at most that", 0.0, 1e6, true)},
      MakeThreshold};
  threshold.check = CheckThreshold;
  Entry hoard{"hoard",
              "what is due, and now and then all that waits",
              {NumberParameter("dump", "0.1", "share of the slots in which all is done", 0.0, 1.0)},
              MakeHoard};
  hoard.test_advice = true;
  return {{"immediate", "all that waits", {}, MakeImmediate},
          {"spread",
           "each slot's arrivals in equal parts over the end of their window",
           {NumberParameter("last", "1", "share of the window; 0: its last slot", 0.0, 1.0)},
           MakeSpread},
          threshold,
          hoard};
}

}  // namespace evenkeel
