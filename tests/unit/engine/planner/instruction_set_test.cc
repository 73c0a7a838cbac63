#include "engine/planner/instruction_set.h"

#include <gtest/gtest.h>

#include "engine/planner/slot_batch.h"
#include "models/base/error.h"

namespace evenkeel {
namespace {

TEST(InstructionSet, WiderOnesHaveMoreLanes) {
  int last = 0;
  for (const std::string& name : InstructionSets()) {
    UseInstructionSet(name);
    EXPECT_GE(BatchWidth(), last) << name;
    last = BatchWidth();
  }
  UseInstructionSet("");
  EXPECT_EQ(BatchWidth(), last);
}

TEST(InstructionSet, NamesWhatTheMachineHas) {
  try {
    UseInstructionSet("abacus");
    FAIL();
  } catch (const InputError& error) {
    EXPECT_NE(std::string(error.what()).find("\"abacus\", this machine has: "), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace evenkeel
