#include "experiments/catalog/registry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/base/error.h"

namespace evenkeel {
namespace {

using ::testing::ElementsAre;

std::unique_ptr<Policy> NoPolicy(const PolicyContext&, const Arguments&) { return nullptr; }
std::unique_ptr<Forecaster> NoForecaster(const ForecastContext&, const Arguments&) { return nullptr; }

/// Two policies with a predictor between them, a network and an error that share a name.
Registry Toys() {
  Entry ahead{"ahead", "knows it all", {}, NoPolicy};
  ahead.clairvoyant = ahead.test_advice = true;
  Entry trial{"trial", "tries it out", {NumberParameter("share", "", "of it", 0.0, 1.0)}, NoPolicy};
  trial.test_advice = true;
  return {{ahead, Entry{"ahead", "another kind", {IntegerParameter("days", "7", "how far", 1, 366)}, NoForecaster},
           trial, Entry{"both", "a network", {}, [](const Arguments&) { return NeuralSpec(); }},
           Entry{"both", "an error", {}, [](const Arguments&) { return SignalError(); }}}};
}

std::string MessageOf(Kind kind, const std::string& name) {
  try {
    FindEntry(Toys(), kind, name);
  } catch (const InputError& error) {
    return error.what();
  }
  return "no error";
}

TEST(Registry, KindsAreThoseOfTheMakers) {
  std::vector<Kind> kinds;
  for (const Entry& entry : Toys().entries) kinds.push_back(entry.kind());
  EXPECT_THAT(kinds, ElementsAre(Kind::kPolicy, Kind::kPredictor, Kind::kPolicy, Kind::kNetwork, Kind::kError));
  const Entry event{"quake", "", {}, [](const Network&, const Arguments&) { return ScenarioEvent(); }};
  EXPECT_EQ(event.kind(), Kind::kEvent);
}

TEST(Registry, NamesAreLookedUpWithinTheirKind) {
  const Registry toys = Toys();
  EXPECT_EQ(FindEntry(toys, Kind::kPredictor, "ahead").description, "another kind");
  EXPECT_EQ(FindEntry(toys, Kind::kPolicy, "ahead").description, "knows it all");
  EXPECT_EQ(&FindEntry(toys, Kind::kPolicy, "trial"), EntriesOf(toys, Kind::kPolicy).at(1));
  EXPECT_EQ(EntriesOf(toys, Kind::kPolicy).size(), 2u);
  EXPECT_TRUE(EntriesOf(toys, Kind::kEvent).empty());
}

TEST(Registry, UnknownNamesListWhatIsKnownOfTheKind) {
  EXPECT_EQ(MessageOf(Kind::kPolicy, "trail"),
            "unknown policy \"trail\", did you mean \"trial\"? (known: ahead, trial)");
  EXPECT_EQ(MessageOf(Kind::kPredictor, "trial"), "unknown predictor \"trial\" (known: ahead)");
  EXPECT_EQ(MessageOf(Kind::kNetwork, "bot"), "\"bot\" cannot be trained, did you mean \"both\"? (can be: both)");
}

TEST(Registry, TextMarksAndExplains) {
  EXPECT_EQ(EntriesText(Toys(), Kind::kPolicy),
            "  ahead *           knows it all\n"
            "  trial !           tries it out\n"
            "                      share: of it; number in [0, 1], must be given\n");
  EXPECT_EQ(EntriesText(Toys(), Kind::kPredictor),
            "  ahead             another kind\n"
            "                      days: how far; integer in [1, 366], default 7\n");
}

}  // namespace
}  // namespace evenkeel
