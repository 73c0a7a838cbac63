// Gateways that route by themselves, as a user meets them.
#include <gmock/gmock.h>

#include "tests/integration/cli_program.h"

namespace evenkeel {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using Json = nlohmann::json;

class DecentralisedTest : public CliTest {
 protected:
  void SetUp() override {
    CliTest::SetUp();
    Generate("t.h5");
  }
};

TEST_F(DecentralisedTest, RunSaysWhatWasRefused) {
  const Json central = SucceedJson({"run", "t.h5", "--policy", "norm-greedy(q=8)"});
  EXPECT_TRUE(central["overshoot"].is_null());
  const Json present = SucceedJson({"run", "t.h5", "--policy", "decentralised(temperature=0.1)"});
  EXPECT_EQ(present["overshoot"]["slots"], 0);
  EXPECT_NEAR(present["objective"], central["objective"], 0.02 * central["objective"].get<double>());
  EXPECT_THAT(Succeed({"run", "t.h5", "--policy", "decentralised"}),
              HasSubstr("overshoot     none: no region was offered more than its capacity\n"));
  const Json late =
      SucceedJson({"run", "t.h5", "--policy", "decentralised(delay=2h)", "--out", "run.h5", "--allocations"});
  EXPECT_GT(late["overshoot"]["share"], 0.0);
  EXPECT_GT(late["overshoot"]["worst_region"], 0.0);
  EXPECT_GT(late["overshoot"]["slots"], 0);
  EXPECT_THAT(Succeed({"run", "t.h5", "--policy", "decentralised(delay=2h)"}),
              AllOf(HasSubstr("% of the work refused at first, in "), HasSubstr("% above a region's capacity\n")));
  Succeed({"check", "run.h5"});
}

TEST_F(DecentralisedTest, CompareSaysItBesideTheTable) {
  EXPECT_THAT(Succeed({"compare", "t.h5", "--policy", "decentralised(delay=2h)", "--policy", "cost"}),
              AllOf(HasSubstr("decentralised(delay=2h): overshoot"), Not(HasSubstr("cost: overshoot"))));
}

TEST_F(DecentralisedTest, HasABoundInsideRobust) {
  const Json run =
      SucceedJson({"run", "t.h5", "--policy", "robust(advice=decentralised(coordinator=dmd,delay=2h),rho=0.02)"});
  EXPECT_LE(run["objective"].get<double>(), run["guarantee"]["bound"].get<double>() * (1.0 + 1e-9));
}

TEST_F(DecentralisedTest, CoordinatorsStatePricesAndAreNotRobust) {
  EXPECT_THAT(Refuse({"run", "t.h5", "--policy", "decentralised(coordinator=nearest)"}),
              HasSubstr("slot 0: the coordinator states no prices; allowed for it: message=weights"));
  Succeed({"run", "t.h5", "--policy", "decentralised(coordinator=nearest,message=weights)"});
  EXPECT_THAT(Refuse({"run", "t.h5", "--policy", "decentralised(coordinator=robust(advice=dmd))"}),
              HasSubstr("coordinator 'robust(advice=dmd)' bounds its own decisions"));
  EXPECT_THAT(Refuse({"run", "t.h5", "--policy", "decentralised(headroom=1)"}), HasSubstr("headroom"));
}

}  // namespace
}  // namespace evenkeel
