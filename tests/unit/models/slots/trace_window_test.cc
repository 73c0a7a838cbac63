#include "models/slots/trace_window.h"

#include <gtest/gtest.h>

#include "models/base/error.h"
#include "tests/reference/play.h"

namespace evenkeel {
namespace {

class SlotWindowTest : public testing::Test {
 protected:
  SlotWindowTest() { trace_.signals.demand.col(0) << 1.0, 2.0, 4.0, 8.0; }

  Trace trace_ = PlainTrace(2, 1, 4);
  std::unique_ptr<SlotSource> slots_ = MakeSlotSource(trace_);
};

TEST_F(SlotWindowTest, CountsFromZeroAndEndsWhereItShould) {
  SlotWindow window(*slots_, 1, 2);
  Slot slot;
  ASSERT_EQ(window.num_slots(), 2);
  window.Read(1, &slot);
  EXPECT_EQ(slot.index, 1);
  EXPECT_EQ(slot.demand[0], 4.0);
  EXPECT_EQ(TotalDemand(window)[0], 6.0);
  EXPECT_THROW(window.Read(2, &slot), InternalError);
  EXPECT_THROW(window.Read(-1, &slot), InternalError);
}

TEST_F(SlotWindowTest, OwnedOrNotItIsTheSame) {
  const auto owner = MakeSlotWindow(MakeSlotSource(trace_), 2, 2);
  Slot slot;
  owner->Read(0, &slot);
  EXPECT_EQ(slot.index, 0);
  EXPECT_EQ(slot.demand[0], 4.0);
}

TEST_F(SlotWindowTest, ReachesNoFurtherThanTheWhole) {
  EXPECT_THROW(SlotWindow(*slots_, 0, 5), InternalError);
  EXPECT_THROW(SlotWindow(*slots_, 3, 2), InternalError);
  EXPECT_EQ(SlotWindow(*slots_, 4, 0).num_slots(), 0);
}

}  // namespace
}  // namespace evenkeel
