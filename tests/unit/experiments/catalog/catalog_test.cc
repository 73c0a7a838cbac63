#include "experiments/catalog/catalog.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "experiments/catalog/check.h"
#include "models/base/error.h"

namespace evenkeel {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;
using ::testing::Not;

std::string ErrorOf(const std::string& text) {
  try {
    CheckPolicySpec(ParseSpec(text));
  } catch (const InputError& error) {
    return error.what();
  }
  return "no error";
}

Problem TwoRegions() {
  const Network network =
      MakeFullNetwork({{"north", 1.0, 60.0, 10.0}, {"south", 1.2, 40.0, 10.0}}, {{"users", 50.0, 10.0}});
  return MakeProblem(network, PublishedObjective(), 24, Vector::Constant(1, 12.0));
}

TEST(Catalog, HasThePoliciesOfTheTheoryPage) {
  std::set<std::string> names;
  for (const PolicyInfo& info : Catalog()) names.insert(info.name);
  EXPECT_THAT(names, IsSupersetOf({"cost", "carbon", "water", "c2", "all", "nearest", "l1-greedy", "dmd", "norm-greedy",
                                   "power-greedy", "fixed-price", "robust"}));
}

TEST(Catalog, DescribesEveryPolicyAndParameter) {
  std::set<std::string> names;
  const std::string text = CatalogText();
  for (const PolicyInfo& info : Catalog()) {
    EXPECT_TRUE(names.insert(info.name).second) << info.name << " is listed twice";
    EXPECT_FALSE(info.description.empty()) << info.name;
    EXPECT_THAT(text, HasSubstr(info.description));
    for (const ParameterInfo& parameter : info.parameters) {
      EXPECT_FALSE(parameter.description.empty()) << info.name << " " << parameter.name;
      EXPECT_THAT(text, HasSubstr(parameter.name + ": " + parameter.description));
    }
  }
}

TEST(Catalog, MakesEveryPolicyOfTheDefaultComparison) {
  const Problem problem = TwoRegions();
  const PolicyContext context{problem, 1, {}};
  std::vector<std::string> specs, expected;
  for (const Spec& spec : DefaultComparison()) {
    specs.push_back(ToString(spec));
    EXPECT_NE(MakePolicy(context, spec), nullptr) << specs.back();
    EXPECT_FALSE(IsClairvoyant(spec)) << specs.back();
  }
  for (const PolicyInfo& info : Catalog()) {
    if (info.prediction_free) expected.insert(expected.end(), info.compare_specs.begin(), info.compare_specs.end());
  }
  EXPECT_EQ(specs, expected);
  EXPECT_GE(specs.size(), 10u);
}

// With defaults everywhere, and something simple where a parameter has none.
TEST(Catalog, MakesEveryPolicyThatNeedsNoFileAndNoFuture) {
  const Problem problem = TwoRegions();
  const PolicyContext context{problem, 1, {}};
  for (const PolicyInfo& info : Catalog()) {
    Spec spec = ParseSpec(info.name);
    bool needs_file = false;
    for (const ParameterInfo& parameter : info.parameters) {
      if (!parameter.default_value.empty()) continue;
      needs_file = needs_file || parameter.kind == ParameterKind::kPath;
      if (parameter.kind == ParameterKind::kPolicy) spec.parameters.emplace_back(parameter.name, ParseSpec("cost"));
    }
    if (needs_file) continue;
    if (info.clairvoyant) {
      EXPECT_THROW(MakePolicy(context, spec), InputError) << info.name << " has no future to look into here";
    } else {
      EXPECT_NE(MakePolicy(context, spec), nullptr) << info.name;
    }
  }
}

TEST(Catalog, MarksWhatIsNotForUse) {
  const std::string text = CatalogText();
  for (const PolicyInfo& info : Catalog()) {
    EXPECT_EQ(text.find("  " + info.name + " * ") != std::string::npos, info.clairvoyant) << info.name;
    EXPECT_EQ(text.find("  " + info.name + " ! ") != std::string::npos, info.test_advice && !info.clairvoyant)
        << info.name;
    EXPECT_TRUE(!info.faulty || info.test_advice) << info.name;
  }
  EXPECT_TRUE(IsClairvoyant(ParseSpec("robust(advice=mix(advice=hindsight,adversary=cost))")));
  EXPECT_FALSE(IsClairvoyant(ParseSpec("robust(advice=mix(advice=cost))")));
  EXPECT_TRUE(IsClairvoyant(ParseSpec("robust(advice=plan(forecast=perfect))")));
  EXPECT_FALSE(IsClairvoyant(ParseSpec("robust(advice=plan(forecast=ridge))")));
}

TEST(CheckPolicySpec, ListsWhatIsKnownAndTheClosestMatch) {
  EXPECT_THAT(ErrorOf("norm-gredy"), AllOf(HasSubstr("unknown policy \"norm-gredy\", did you mean \"norm-greedy\"?"),
                                           HasSubstr("(known: cost, carbon, water, c2, all,")));
  EXPECT_THAT(ErrorOf("zzzzzz"), AllOf(HasSubstr("unknown policy \"zzzzzz\" (known:")));
  EXPECT_EQ(ErrorOf("power-greedy(bta=1)"),
            "policy \"power-greedy\": unknown parameter \"bta\", did you mean \"beta\"? (known: q, beta, tolerance)");
  EXPECT_EQ(ErrorOf("cost(q=1)"), "policy \"cost\" has no parameters, but \"q\" is given");
}

TEST(CheckPolicySpec, LooksIntoForecasts) {
  EXPECT_THAT(ErrorOf("plan(forecast=seasonal-nave)"),
              AllOf(HasSubstr("unknown predictor \"seasonal-nave\", did you mean \"seasonal-naive\"?"),
                    HasSubstr("(known: persistence,")));
  EXPECT_THAT(ErrorOf("plan(forecast=hourly-mean(days=0))"),
              HasSubstr("predictor \"hourly-mean\": parameter \"days\" is 0, allowed is a integer in [1, 366]"));
  EXPECT_THAT(ErrorOf("plan(forecast=ridge(depth=3))"), HasSubstr("predictor \"ridge\": unknown parameter \"depth\""));
}

TEST(CheckPolicySpec, NamesTheAllowedRange) {
  EXPECT_EQ(ErrorOf("norm-greedy(q=0.5)"),
            "policy \"norm-greedy\": parameter \"q\" is 0.5, allowed is a number in [1, 64]");
  EXPECT_THAT(ErrorOf("power-greedy(q=1)"), HasSubstr("number in (1, 64]"));
  for (const char* bad : {"norm-greedy(q=8x)", "norm-greedy(q=inf)", "norm-greedy(q=nan)", "norm-greedy(q=65)",
                          "norm-greedy(q=8(a=1))", "norm-greedy(q=\"\")", "carbon(price=-1)", "dmd(step=0)",
                          "power-greedy(beta=0)", "norm-greedy(tolerance=0)", "norm-greedy(q=0x8)"}) {
    EXPECT_THAT(ErrorOf(bad), HasSubstr("allowed is a number")) << bad;
  }
  for (const char* good : {"norm-greedy(q=1)", "norm-greedy(q=64)", "carbon(price=0)", "carbon(price=+1e3)"}) {
    EXPECT_EQ(ErrorOf(good), "no error") << good;
  }
}

TEST(CheckPolicySpec, AsksForWhatMustBeGiven) {
  EXPECT_THAT(ErrorOf("fixed-price"),
              HasSubstr("parameter \"file\" (CSV with the header group,bucket,price) must be given"));
  EXPECT_EQ(ErrorOf("fixed-price(file=p.csv)"), "no error");
  EXPECT_THAT(FilesOf(ParseSpec("fixed-price(file=p.csv)")), ElementsAre("p.csv"));
}

TEST(CheckPolicySpec, LooksIntoRobust) {
  for (const char* good : {"robust(advice=hindsight-price)", "robust(advice=robust(advice=nan),expert=dmd,rho=0)",
                           "robust(advice=cost,mode=project,trust=adaptive,spend=run.h5)"}) {
    EXPECT_EQ(ErrorOf(good), "no error") << good;
  }
  EXPECT_THAT(ErrorOf("robust"), HasSubstr("parameter \"advice\" (the policy to follow) must be given, a policy"));
  EXPECT_THAT(ErrorOf("robust(advice=norm-gredy)"),
              HasSubstr("unknown policy \"norm-gredy\", did you mean \"norm-greedy\"?"));
  EXPECT_THAT(ErrorOf("robust(advice=mix(advice=cost,share=2))"),
              AllOf(HasSubstr("policy \"mix\": parameter \"share\" is 2"), Not(HasSubstr("robust\":"))));
  EXPECT_EQ(ErrorOf("robust(advice=cost,mode=fast)"),
            "policy \"robust\": parameter \"mode\" is fast, allowed is a word: line, switch, project");
  EXPECT_THAT(ErrorOf("robust(advice=cost,rho=-0.1)"), HasSubstr("allowed is a number in [0, "));
  EXPECT_THAT(ErrorOf("robust(advise=cost)"), HasSubstr("did you mean \"advice\"?"));
  EXPECT_THAT(FilesOf(ParseSpec("robust(advice=fixed-price(file=p.csv))")), ElementsAre("p.csv"));
}

// What the next policies need: a policy as a parameter, checked against the same catalog.
TEST(CheckSpec, ChecksNestedPolicies) {
  PolicyInfo leaf;
  leaf.name = "leaf";
  PolicyInfo robust;
  robust.name = "robust";
  ParameterInfo expert;
  expert.name = "expert";
  expert.kind = ParameterKind::kPolicy;
  expert.default_value = "leaf";
  ParameterInfo mode;
  mode.name = "mode";
  mode.kind = ParameterKind::kWord;
  mode.words = {"line", "switch"};
  mode.default_value = "line";
  robust.parameters = {expert, mode};
  const std::vector<PolicyInfo> catalog = {leaf, robust};
  EXPECT_EQ(CheckSpec(catalog, ParseSpec("robust")).arguments.at("expert").name, "leaf");
  EXPECT_EQ(CheckSpec(catalog, ParseSpec("robust(expert=robust(expert=leaf))")).info->name, "robust");
  EXPECT_THROW(CheckSpec(catalog, ParseSpec("robust(expert=robust(expert=leav))")), InputError);
  EXPECT_THROW(CheckSpec(catalog, ParseSpec("robust(mode=fast)")), InputError);
}

}  // namespace
}  // namespace evenkeel
