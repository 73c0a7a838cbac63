#include "experiments/options/scenario_options.h"

namespace evenkeel {

OptionInfo ObserveOption() {
  return {
      "observe", "ERROR", "",
      "put an error into the prices and intensities that policies see: gaussian, bias, ar1, lag, swap, adversarial, "
      "stale or dropout, for example gaussian(level=0.1,seed=1); costs and footprints are settled without it"};
}

OptionInfo EventOption() {
  OptionInfo option{"event", "EVENT", "",
                    "what happens in the period: outage(region=R,from=TIME,to=TIME,capacity=0) or "
                    "surge(gateway=G,factor=F,from=TIME,to=TIME); may be given several times"};
  option.repeatable = true;
  return option;
}

}  // namespace evenkeel
