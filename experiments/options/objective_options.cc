#include "experiments/options/objective_options.h"

namespace evenkeel {

std::vector<OptionInfo> ObjectiveOptions() {
  std::vector<OptionInfo> options = {
      {"weight", "GROUP=USD", "",
       "price of a group's norm: carbon in USD/t (1500 unless given), water in USD/m3 (60), "
       "performance in USD per unit of mean quality lost (no such group unless given)"},
      {"norm", "GROUP=Q", "", "exponent of a group's norm, from 1 (sum) to inf (maximum); inf unless given"},
      {"bucket-weight", "GROUP:FILE.csv", "",
       "how much the loads of a group's buckets count, CSV with the header bucket,weight, a weight > 0 for every "
       "bucket; 1 unless given"},
      {"shed-cost", "USD", "", "allows unserved workload at this cost per unit; without it all demand must be served"},
  };
  for (std::size_t i = 0; i < 3; ++i) options[i].keyed = true;
  return options;
}

ObjectiveText ReadObjective(const Options& options) {
  ObjectiveText text{AllValues(options, "weight"), AllValues(options, "norm"), AllValues(options, "bucket-weight"), {}};
  if (HasOption(options, "shed-cost")) text.shed_cost = {TextOption(options, "shed-cost")};
  return text;
}

}  // namespace evenkeel
