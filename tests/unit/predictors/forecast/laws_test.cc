// Forecasters that break a law: it is found, and named.
#include "predictors/forecast/laws.h"

#include <gmock/gmock.h>

#include <limits>

#include "predictors/forecast/naive.h"
#include "tests/reference/play.h"

namespace evenkeel {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// The last value, and something else for it when `twist` says so.
class Twisted : public Forecaster {
 public:
  using Twist = std::function<void(const HistoryView&, int horizon, RowMatrix*)>;
  explicit Twisted(Twist twist) : twist_(std::move(twist)) {}
  void Predict(const HistoryView& history, int horizon, RowMatrix* forecast) override {
    for (int k = 0; k < horizon; ++k) forecast->row(k) = history.row(history.num_slots() - 1);
    twist_(history, horizon, forecast);
  }

 private:
  Twist twist_;
};

std::vector<std::string> Broken(const Twisted::Twist& twist) {
  return BrokenForecasterLaws(SmallTrace(240), [&] { return std::make_unique<Twisted>(twist); });
}

TEST(BrokenForecasterLaws, ALawfulOneBreaksNone) {
  EXPECT_THAT(Broken([](const HistoryView&, int, RowMatrix*) {}), IsEmpty());
}

// Remembers the longest view that it was given: forecasts depend on calls before.
TEST(BrokenForecasterLaws, MemoryOfOtherViewsIsF1) {
  const auto make = [] {
    auto longest = std::make_shared<int>(0);
    return std::make_unique<Twisted>([longest](const HistoryView& history, int, RowMatrix* forecast) {
      *longest = std::max(*longest, history.num_slots());
      forecast->array() += *longest;
    });
  };
  EXPECT_THAT(BrokenForecasterLaws(SmallTrace(240), make), ElementsAre(HasSubstr("F1:")));
}

TEST(BrokenForecasterLaws, TheTruthIsF1UnlessItIsThereOnPurpose) {
  const Trace trace = SmallTrace(240), other = ChangedAfter(trace, 3);
  int made = 0;  // the fresh ones have another future at hand
  const auto make = [&] { return MakePerfect(MakeSlotSource(made++ % 2 == 0 ? trace : other), 0); };
  EXPECT_THAT(BrokenForecasterLaws(trace, make), ElementsAre(HasSubstr("F1:")));
  ForecasterLawOptions options;
  options.looks_ahead = true;
  EXPECT_THAT(BrokenForecasterLaws(trace, make, options), IsEmpty());
}

TEST(BrokenForecasterLaws, ShortViewsAndLongHorizonsAreF2) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THAT(Broken([&](const HistoryView& history, int horizon, RowMatrix* forecast) {
                if (history.num_slots() < 24 && horizon > 0) (*forecast)(0, 0) = nan;
              }),
              ElementsAre(HasSubstr("F2: a value that is not finite from a view of 1 slots, horizon 1")));
  EXPECT_THAT(Broken([&](const HistoryView&, int horizon, RowMatrix* forecast) {
                if (horizon > 700) (*forecast)(horizon - 1, 0) = nan;
              }),
              ElementsAre(HasSubstr("horizon 744")));
  EXPECT_THAT(Broken([](const HistoryView&, int horizon, RowMatrix* forecast) {
                if (horizon == 25) forecast->conservativeResize(24, Eigen::NoChange);
              }),
              ElementsAre(HasSubstr("F2: a forecast of another size")));
}

}  // namespace
}  // namespace evenkeel
