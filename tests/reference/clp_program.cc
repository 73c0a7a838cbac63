#include "tests/reference/clp_program.h"

#include <ClpSimplex.hpp>
#include <limits>

namespace evenkeel {

double ClpOptimum(const std::vector<double>& cost, const std::vector<std::vector<double>>& rows,
                  const std::vector<double>& right) {
  std::vector<CoinBigIndex> start = {0};
  std::vector<int> index;
  std::vector<double> entry;
  for (std::size_t v = 0; v < cost.size(); ++v) {
    for (std::size_t r = 0; r < rows.size(); ++r) {
      index.push_back(static_cast<int>(r));
      entry.push_back(rows[r][v]);
    }
    start.push_back(static_cast<CoinBigIndex>(index.size()));
  }
  ClpSimplex clp;
  clp.setLogLevel(0);
  clp.loadProblem(static_cast<int>(cost.size()), static_cast<int>(rows.size()), start.data(), index.data(),
                  entry.data(), nullptr, nullptr, cost.data(), nullptr, right.data());
  clp.primal();
  return clp.isProvenOptimal() ? clp.objectiveValue() : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace evenkeel
