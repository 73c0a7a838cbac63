#include "experiments/catalog/visit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/base/error.h"

namespace evenkeel {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::unique_ptr<Policy> NoPolicy(const PolicyContext&, const Arguments&) { return nullptr; }
std::unique_ptr<Forecaster> NoForecaster(const ForecastContext&, const Arguments&) { return nullptr; }

ParameterInfo PolicyParameter(const char* name, const char* otherwise) {
  return Parameter(ParameterKind::kPolicy, name, otherwise, "a policy");
}
ParameterInfo ForecastParameter(const char* name, const char* otherwise) {
  return Parameter(ParameterKind::kForecast, name, otherwise, "a predictor");
}
ParameterInfo PathParameter(const char* name, const char* otherwise) {
  return Parameter(ParameterKind::kPath, name, otherwise, "a file");
}

/// Policies: leaf, from_file, plan (has a predictor), pair (has two policies and a file). Predictors: naive, oracle
/// (looks ahead), mean (has one).
Registry Toys() {
  Entry oracle{"oracle", "", {}, NoForecaster};
  oracle.clairvoyant = true;
  Entry odd{"odd", "", {IntegerParameter("n", "1", "a number", 0, 9)}, NoPolicy};
  odd.check = [](const Arguments& arguments) {
    if (IntegerArgument(arguments, "n") % 2 == 0) throw InputError("n is even");
  };
  return {{Entry{"leaf", "", {NumberParameter("q", "8", "a number", 1.0, 64.0)}, NoPolicy},
           Entry{"from_file", "", {PathParameter("file", "")}, NoPolicy},
           Entry{"plan", "", {ForecastParameter("forecast", "mean")}, NoPolicy},
           Entry{"pair",
                 "",
                 {PolicyParameter("one", ""), PolicyParameter("other", "leaf(q=2)"), PathParameter("spend", "0")},
                 NoPolicy},
           Entry{"naive", "", {}, NoForecaster}, oracle,
           Entry{"mean", "", {ForecastParameter("of", "naive")}, NoForecaster}, odd}};
}

std::vector<std::string> Walk(const std::string& spec) {
  std::vector<std::string> visited;
  VisitSpec(Toys(), Kind::kPolicy, ParseSpec(spec),
            [&](const VisitedSpec& at) { visited.push_back(KindName(at.entry.kind()) + " " + ToString(at.spec)); });
  return visited;
}

std::string MessageOf(const std::string& spec) {
  try {
    CheckSpec(Toys(), Kind::kPolicy, ParseSpec(spec));
  } catch (const InputError& error) {
    return error.what();
  }
  return "no error";
}

bool IsAhead(const std::string& spec) { return IsClairvoyant(Toys(), Kind::kPolicy, ParseSpec(spec)); }
std::vector<std::string> Files(const std::string& spec) { return FilesOf(Toys(), Kind::kPolicy, ParseSpec(spec)); }

TEST(VisitSpec, MeetsDefaultsAfterWhatIsGiven) {
  EXPECT_THAT(Walk("plan"), ElementsAre("policy plan", "predictor mean", "predictor naive"));
  EXPECT_THAT(Walk("pair(one=plan(forecast=oracle))"),
              ElementsAre("policy pair(one=plan(forecast=oracle))", "policy plan(forecast=oracle)", "predictor oracle",
                          "policy leaf(q=2)"));
  EXPECT_THAT(Walk("pair(other=leaf(q=3),one=leaf)"),
              ElementsAre("policy pair(other=leaf(q=3),one=leaf)", "policy leaf(q=3)", "policy leaf"));
}

TEST(CheckSpec, FillsInDefaultsAndFindsTheEntry) {
  const Registry toys = Toys();
  const CheckedSpec checked = CheckSpec(toys, Kind::kPolicy, ParseSpec("pair(one=plan)"));
  EXPECT_EQ(checked.entry, &FindEntry(toys, Kind::kPolicy, "pair"));
  EXPECT_EQ(checked.arguments.registry, &toys);
  EXPECT_EQ(ToString(checked.arguments.at("one")), "plan");
  EXPECT_EQ(ToString(checked.arguments.at("other")), "leaf(q=2)");
}

TEST(CheckSpec, LooksIntoEveryLevel) {
  EXPECT_EQ(MessageOf("pair(one=pair(one=plan(forecast=mean(of=mean))))"), "no error");
  EXPECT_THAT(MessageOf("pair(one=pair(one=plan(forecast=mean(of=men))))"),
              HasSubstr("unknown predictor \"men\", did you mean \"mean\"?"));
  EXPECT_THAT(MessageOf("pair(one=leaf(q=65))"), HasSubstr("\"leaf\": parameter \"q\" is 65"));
  EXPECT_THAT(MessageOf("pair(one=naive)"), HasSubstr("unknown policy \"naive\""));
  EXPECT_THAT(MessageOf("pair(one=pair)"), HasSubstr("parameter \"one\" (a policy) must be given"));
  EXPECT_THAT(MessageOf("plan(forecast=naive(q=1))"), HasSubstr("predictor \"naive\" has no parameters"));
}

TEST(CheckSpec, AsksTheEntryForWhatRangesCannotSay) {
  EXPECT_EQ(MessageOf("pair(one=odd(n=3))"), "no error");
  EXPECT_EQ(MessageOf("pair(one=odd(n=2))"), "n is even");
}

TEST(IsClairvoyant, WhereAnySpecIs) {
  EXPECT_TRUE(IsAhead("pair(one=leaf,other=plan(forecast=mean(of=oracle)))"));
  EXPECT_FALSE(IsAhead("pair(one=plan,other=leaf)"));
  EXPECT_FALSE(IsAhead("from_file(file=oracle)")) << "a file of that name is no predictor";
}

TEST(FilesOf, AreThoseThatAreGiven) {
  EXPECT_THAT(Files("pair(one=from_file(file=a.csv),spend=b.h5)"), ElementsAre("b.h5", "a.csv"));
  EXPECT_THAT(Files("pair(one=pair(one=leaf,other=from_file(file=a.csv)))"), ElementsAre("a.csv"));
  EXPECT_THAT(Files("pair(one=leaf)"), IsEmpty()) << "a default is no file";
}

TEST(FindSpecs, InTheOrderOfTheWalk) {
  std::vector<double> q;
  const Spec spec = ParseSpec("pair(other=pair(one=leaf(q=3),other=leaf(q=4)),one=leaf(q=5))");
  for (const Arguments& leaf : FindSpecs(Toys(), Kind::kPolicy, spec, "leaf")) q.push_back(NumberArgument(leaf, "q"));
  EXPECT_THAT(q, ElementsAre(3.0, 4.0, 5.0));
  EXPECT_TRUE(FindSpecs(Toys(), Kind::kPolicy, spec, "plan").empty());
  EXPECT_TRUE(FindSpecs(Toys(), Kind::kPolicy, ParseSpec("from_file(file=leaf)"), "leaf").empty());
  EXPECT_EQ(FindSpecs(Toys(), Kind::kPolicy, ParseSpec("plan"), "naive").size(), 1u) << "defaults are found, too";
}

}  // namespace
}  // namespace evenkeel
