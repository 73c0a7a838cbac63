// The JSON of run, compare and solve has every bucket, and its numbers add up to the totals beside them.
#include "tests/integration/cli_program.h"

namespace evenkeel {
namespace {

using Json = nlohmann::json;

double Sum(const Json& rows, const std::string& name) {
  double sum = 0.0;
  for (const Json& row : rows) sum += row.at(name).get<double>();
  return sum;
}

void ExpectRelative(double actual, double expected) { EXPECT_NEAR(actual, expected, 1e-9 * std::abs(expected)); }

/// Of a trace with 4 regions and 3 gateways.
void ExpectPlaces(const Json& run, double workload) {
  ASSERT_EQ(run["regions"].size(), 4u);
  ASSERT_EQ(run["gateways"].size(), 3u);
  ExpectRelative(Sum(run["regions"], "energy_cost"), run["energy_cost"]);
  ExpectRelative(Sum(run["regions"], "workload"), workload);
  for (const auto& [name, group] : run["groups"].items()) {
    const bool by_gateway = name == "performance";
    const Json& places = run[by_gateway ? "gateways" : "regions"];
    ASSERT_EQ(group["buckets"].size(), places.size());
    ExpectRelative(Sum(group["buckets"], "load"), group["sum"]);
    double largest = 0.0;
    for (std::size_t b = 0; b < places.size(); ++b) {
      EXPECT_EQ(group["buckets"][b]["bucket"], places[b][by_gateway ? "gateway" : "region"]);
      EXPECT_EQ(group["buckets"][b]["load"], places[b][name]);
      largest = std::max(largest, places[b][name].get<double>());
    }
    EXPECT_EQ(group["max"], largest);
  }
}

TEST_F(CliTest, HasEveryBucketInJson) {
  Generate("t.h5", {"--variants", "3"});
  double workload = 0.0;
  const Json info = SucceedJson({"trace", "info", "t.h5"});
  for (const Json& gateway : info["gateways"]) {
    workload += 30.0 * gateway["demand"]["mean"].get<double>();  // 30 slots
  }
  const std::vector<std::string> quality = {"--weight", "performance=100"};
  const auto json = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), quality.begin(), quality.end());
    return SucceedJson(arguments);
  };
  const Json run = json({"run", "t.h5", "--policy", "cost"});
  const Json solved = json({"solve", "t.h5"});
  const Json compared = json({"compare", "t.h5", "--policy", "cost"});
  for (const Json* one : {&run, &solved, &compared["policies"][0], &compared["optimum"]}) ExpectPlaces(*one, workload);
  EXPECT_EQ(run["regions"], compared["policies"][0]["regions"]);
  EXPECT_EQ(run["groups"].size(), 3u);
  for (const Json* one : {&run, &solved, &compared}) {
    EXPECT_EQ((*one)["units"], Json::parse(R"({"objective": "USD", "energy_cost": "USD", "workload": "units",
                                               "carbon": "t", "water": "m3", "performance": "quality"})"));
  }
}

}  // namespace
}  // namespace evenkeel
