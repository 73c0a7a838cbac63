// The published weight sensitivity of eGLB (arXiv 2307.05494), offline optimum with full reach, through the sweep that
// is kept for it.
#include <cmath>
#include <map>

#include "tests/integration/cli_program.h"
#include "tests/reference/paths.h"

namespace evenkeel {
namespace {

const std::string kData = SourcePath("../shared/data/eglb-2022");
const std::string kSweep = SourcePath("experiments/configs/weights.ini");

struct PublishedWeights {
  double water, carbon;  // weights, USD/m3 and USD/t
  double max_water;      // m3, as printed
  int water_decimals;    // of that
  double max_carbon;     // t, to one decimal
};

constexpr PublishedWeights kPublished[] = {{6, 150, 2380.7, 1, 166.5},
                                           {60, 150, 2047, 0, 145.8},
                                           {60, 500, 1884.7, 1, 133.1},
                                           {200, 1500, 1565, 0, 114.7},
                                           {600, 15000, 1595, 0, 106.7}};

class WeightsTest : public CliTest {
 protected:
  /// The lines of the sweep's CSV as name -> value, for one policy.
  std::vector<std::map<std::string, std::string>> RowsOf(const std::string& policy) const {
    std::istringstream lines(Text(folder_ / "weights.csv"));
    std::string line;
    std::getline(lines, line);
    const std::vector<std::string> header = Fields(line);
    std::vector<std::map<std::string, std::string>> rows;
    while (std::getline(lines, line)) {
      const std::vector<std::string> fields = Fields(line);
      std::map<std::string, std::string> row;
      for (std::size_t k = 0; k < header.size(); ++k) row[header[k]] = fields.at(k);
      if (row["policy"] == policy) rows.push_back(row);
    }
    return rows;
  }
};

TEST_F(WeightsTest, AreReproducedToThePrintedDigits) {
  if (!std::filesystem::exists(kData)) GTEST_SKIP() << kData << " is not here";
  Succeed({"trace", "import", "eglb", kData, "--out", "published.h5", "--quiet"});
  Succeed({"sweep", kSweep, "--out", "weights.h5", "--csv", "weights.csv", "--quiet"});
  int found = 0;
  for (auto& row : RowsOf("hindsight")) {
    for (const PublishedWeights& published : kPublished) {
      if (std::stod(row["water_weight"]) != published.water || std::stod(row["carbon_weight"]) != published.carbon) {
        continue;
      }
      ++found;
      EXPECT_NEAR(std::stod(row["water_max"]), published.max_water, 0.5001 * std::pow(10.0, -published.water_decimals));
      EXPECT_NEAR(std::stod(row["carbon_max"]), published.max_carbon, 0.05001);
      EXPECT_NEAR(std::stod(row["ratio"]), 1.0, 1e-7);
      EXPECT_EQ(row["optimum_confirmed"], "1");
    }
  }
  EXPECT_EQ(found, 5);
}

}  // namespace
}  // namespace evenkeel
