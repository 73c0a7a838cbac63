#include "experiments/catalog/training_setup.h"

#include <gmock/gmock.h>

#include "models/base/error.h"

namespace evenkeel {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

std::string Message(const std::string& text) {
  try {
    ParseTraining(text, "m.h5");
  } catch (const InputError& error) {
    return error.what();
  }
  return "no error";
}

TEST(TrainingSetup, TextAndBack) {
  TrainingSetup setup;
  setup.options = {3, 2, 5, 7, 1.0 / 3.0, 1e-17, 1234567890123456789};
  setup.runtime = {1234567890123456789, 4, "cuda"};
  const std::string text = TrainingText(setup);
  const TrainingSetup read = ParseTraining(text, "m.h5");
  EXPECT_EQ(TrainingText(read), text);
  EXPECT_EQ(read.options.epochs, 3);
  EXPECT_EQ(read.options.rate, 1.0 / 3.0);
  EXPECT_EQ(read.options.seed, 1234567890123456789u);
  EXPECT_EQ(read.runtime.seed, 1234567890123456789u);
  EXPECT_EQ(read.runtime.threads, 4);
  EXPECT_EQ(read.runtime.device, "cuda");
}

// What checkpoints kept before there was a choice is single precision, and stays the text of it.
TEST(TrainingSetup, PrecisionIsNamedWhereItIsMixed) {
  TrainingSetup setup;
  EXPECT_EQ(TrainingText(setup).find("precision"), std::string::npos);
  EXPECT_EQ(ParseTraining(TrainingText(setup), "m.h5").runtime.precision, "single");
  setup.runtime.precision = "mixed";
  EXPECT_EQ(ParseTraining(TrainingText(setup), "m.h5").runtime.precision, "mixed");
}

TEST(TrainingSetup, WhatIsMissingOrNoNumberIsNamed) {
  const std::string text = TrainingText({});
  EXPECT_EQ(Message(text), "no error");
  EXPECT_THAT(Message("epochs=3"), AllOf(HasSubstr("m.h5"), HasSubstr("\"patience\"")));
  EXPECT_THAT(Message("epochs=many" + text.substr(text.find(','))),
              AllOf(HasSubstr("m.h5"), HasSubstr("\"epochs\""), HasSubstr("\"many\"")));
}

}  // namespace
}  // namespace evenkeel
