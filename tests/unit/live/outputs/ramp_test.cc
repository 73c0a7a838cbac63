#include "live/outputs/ramp.h"

#include <gmock/gmock.h>

namespace evenkeel {
namespace {

const RowMatrix kAll = RowMatrix::Ones(1, 1);

TEST(RampTest, ComesBackStepByStep) {
  const RampOptions options = {0.3, 60};
  RampState state;
  const FlagMatrix up = FlagMatrix::Constant(1, 2, 1);
  FlagMatrix down = up;
  down(0, 1) = 0;
  const auto cap = [&](const FlagMatrix& seen, std::int64_t now) {
    return RampCaps(seen, RowMatrix::Ones(1, 2), now, options, &state)(0, 1);
  };
  EXPECT_EQ(cap(up, 1000), 1.0) << "up from the first";
  EXPECT_EQ(cap(down, 1010), 0.3) << "what it has at once when it is back";
  EXPECT_EQ(cap(down, 5000), 0.3);
  EXPECT_EQ(cap(up, 5010), 0.3);
  EXPECT_EQ(cap(up, 5069), 0.3);
  EXPECT_EQ(cap(up, 5070), 0.6);
  EXPECT_EQ(cap(up, 4000), 0.3) << "the clock was set back";
  EXPECT_NEAR(cap(up, 5130), 0.9, 1e-15);
  EXPECT_EQ(cap(up, 5190), 1.0);
  EXPECT_EQ(cap(up, 5010), 1.0) << "it is done";
  EXPECT_EQ(cap(down, 5200), 0.3);
  EXPECT_EQ(cap(up, 5210), 0.3) << "and begins anew";
  EXPECT_EQ(RampCaps(down, RowMatrix::Ones(1, 2), 1, options, &state)(0, 0), 1.0) << "the other was never down";
}

TEST(RampTest, BeginsWhenThereIsSomethingToGive) {
  RampState state;
  const RampOptions options = {0.3, 10};
  const FlagMatrix down = FlagMatrix::Zero(1, 1), up = FlagMatrix::Ones(1, 1);
  const RowMatrix none = RowMatrix::Zero(1, 1);
  EXPECT_EQ(RampCaps(down, none, 0, options, &state)(0, 0), 0.3);
  EXPECT_EQ(RampCaps(up, none, 100, options, &state)(0, 0), 0.3);
  EXPECT_EQ(RampCaps(up, kAll, 200, options, &state)(0, 0), 0.3);
  EXPECT_EQ(RampCaps(up, kAll, 210, options, &state)(0, 0), 0.6);
  EXPECT_EQ(RampCaps(up, none, 215, options, &state)(0, 0), 0.3) << "and begins anew when it is taken back";
  EXPECT_EQ(RampCaps(up, kAll, 300, options, &state)(0, 0), 0.3);
  EXPECT_EQ(RampCaps(up, kAll, 340, options, &state)(0, 0), 1.0);
  EXPECT_EQ(RampCaps(up, none, 350, options, &state)(0, 0), 1.0) << "it is done";
}

TEST(RampTest, NoRampUnlessAskedFor) {
  RampState state;
  const FlagMatrix down = FlagMatrix::Zero(1, 1), up = FlagMatrix::Ones(1, 1);
  EXPECT_EQ(RampCaps(down, kAll, 0, {}, &state)(0, 0), 1.0);
  EXPECT_EQ(RampCaps(up, kAll, 1, {}, &state)(0, 0), 1.0);
}

void ExpectShares(const RowVector& share, const RowVector& cap, const RowVector& expected,
                  const RowVector& stand_in = RowVector::Zero(3)) {
  const RowVector result = CapShares(share, cap, stand_in);
  EXPECT_LT((result - expected).cwiseAbs().maxCoeff(), 1e-15) << result << " in place of " << expected;
}

TEST(RampTest, OthersTakeWhatACapLeaves) {
  const double one = 1.0;
  ExpectShares(RowVector{{0.5, 0.3, 0.2}}, RowVector{{one, one, one}}, RowVector{{0.5, 0.3, 0.2}});
  // 0.4 is left over by the first; the others have 3 : 2.
  ExpectShares(RowVector{{0.5, 0.3, 0.2}}, RowVector{{0.1, one, one}}, RowVector{{0.1, 0.54, 0.36}});
  // The second would get 0.54, may have 0.4; the rest, 0.5, is the third's.
  ExpectShares(RowVector{{0.5, 0.3, 0.2}}, RowVector{{0.1, 0.4, one}}, RowVector{{0.1, 0.4, 0.5}});
  // A region without a share gets nothing of it.
  ExpectShares(RowVector{{0.6, 0.4, 0.0}}, RowVector{{0.1, one, one}}, RowVector{{0.1, 0.9, 0.0}});
  // Nobody can take it.
  ExpectShares(RowVector{{1.0, 0.0, 0.0}}, RowVector{{0.1, one, one}}, RowVector{{1.0, 0.0, 0.0}});
  ExpectShares(RowVector{{0.6, 0.4, 0.0}}, RowVector{{0.1, 0.1, one}}, RowVector{{0.6, 0.4, 0.0}});
  // Those that stand in, in their proportions, but none that is capped itself.
  ExpectShares(RowVector{{1.0, 0.0, 0.0}}, RowVector{{0.1, one, one}}, RowVector{{0.1, 0.6, 0.3}},
               RowVector{{5.0, 2.0, 1.0}});
  ExpectShares(RowVector{{1.0, 0.0, 0.0}}, RowVector{{0.1, 0.2, one}}, RowVector{{0.1, 0.0, 0.9}},
               RowVector{{0.0, 2.0, 1.0}});
  ExpectShares(RowVector{{0.0, 0.0, 0.0}}, RowVector{{0.1, 0.1, one}}, RowVector{{0.0, 0.0, 0.0}});
}

}  // namespace
}  // namespace evenkeel
