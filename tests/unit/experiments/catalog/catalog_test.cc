#include "experiments/catalog/catalog.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "experiments/options/scenario_options.h"
#include "experiments/program/command.h"
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
    CheckSpec(Catalog(), Kind::kPolicy, ParseSpec(text));
  } catch (const InputError& error) {
    return error.what();
  }
  return "no error";
}

bool IsAhead(const std::string& text) { return IsClairvoyant(Catalog(), Kind::kPolicy, ParseSpec(text)); }

std::vector<std::string> Files(const std::string& text) { return FilesOf(Catalog(), Kind::kPolicy, ParseSpec(text)); }

Problem TwoRegions() {
  const Network network =
      MakeFullNetwork({{"north", 1.0, 60.0, 10.0}, {"south", 1.2, 40.0, 10.0}}, {{"users", 50.0, 10.0}});
  return MakeProblem(network, PublishedObjective(), 24, Vector::Constant(1, 12.0));
}

TEST(Catalog, HasThePoliciesOfTheTheoryPage) {
  std::set<std::string> names;
  for (const Entry* entry : EntriesOf(Catalog(), Kind::kPolicy)) names.insert(entry->name);
  EXPECT_THAT(names, IsSupersetOf({"cost", "carbon", "water", "c2", "all", "nearest", "l1-greedy", "dmd", "norm-greedy",
                                   "power-greedy", "fixed-price", "robust"}));
}

/// Where people read about entries of a kind: the help of a command that takes them.
std::string HelpOn(Kind kind) {
  if (kind == Kind::kError) return ObserveOption().help;
  if (kind == Kind::kEvent) return EventOption().help;
  const bool in_run = kind == Kind::kPolicy || kind == Kind::kRelease;
  const std::string name = in_run ? "run" : kind == Kind::kPredictor ? "backtest" : "train";
  for (const Command& command : AllCommands()) {
    if (command.info.name == name) return HelpText(command.info);
  }
  return "";
}

/// The entry with something simple for what has no default.
Spec Simplest(const Entry& entry) {
  Spec spec{entry.name, {}};
  for (const ParameterInfo& parameter : entry.parameters) {
    if (!parameter.default_value.empty()) continue;
    const char* value = parameter.kind == ParameterKind::kPolicy   ? "cost"
                        : parameter.name == "high"                 ? "2"  // above low
                        : parameter.kind == ParameterKind::kNumber ? "1"
                        : parameter.name == "from"                 ? "2023-01-01"
                        : parameter.name == "to"                   ? "2023-01-02"
                                                                   : "all";
    spec.parameters.emplace_back(parameter.name, ParseSpec(value));
  }
  return spec;
}

TEST(Catalog, EveryEntryIsDescribedAndNamedOnce) {
  std::set<std::pair<Kind, std::string>> names;
  for (const Entry& entry : Catalog().entries) {
    SCOPED_TRACE(KindName(entry.kind()) + " " + entry.name);
    EXPECT_TRUE(names.emplace(entry.kind(), entry.name).second) << "is listed twice";
    EXPECT_FALSE(entry.description.empty());
    for (const ParameterInfo& parameter : entry.parameters)
      EXPECT_FALSE(parameter.description.empty()) << parameter.name;
  }
}

TEST(Catalog, EveryKindHasEntriesAndShowsThem) {
  for (Kind kind : {Kind::kPolicy, Kind::kPredictor, Kind::kNetwork, Kind::kError, Kind::kEvent, Kind::kRelease}) {
    const std::string help = HelpOn(kind);
    EXPECT_FALSE(EntriesOf(Catalog(), kind).empty()) << KindName(kind);
    // Errors and events are named in the line of their option; the other lists have a line for everything.
    const bool in_full = kind != Kind::kError && kind != Kind::kEvent;
    for (const Entry* entry : EntriesOf(Catalog(), kind)) {
      SCOPED_TRACE(KindName(kind) + " " + entry->name);
      EXPECT_THAT(help, HasSubstr(in_full ? "\n  " + entry->name + " " : entry->name));
      EXPECT_THAT(help, HasSubstr(in_full ? entry->description : ""));
      for (const ParameterInfo& parameter : entry->parameters) {
        const std::string line = "  " + parameter.name + ": " + parameter.description;
        EXPECT_THAT(help, HasSubstr(in_full ? line : kind == Kind::kEvent ? parameter.name + "=" : ""));
      }
    }
  }
}

TEST(Catalog, DefaultsPassTheirOwnCheck) {
  for (const Entry& entry : Catalog().entries) {
    SCOPED_TRACE(KindName(entry.kind()) + " " + entry.name);
    for (const ParameterInfo& parameter : entry.parameters) {
      if (parameter.default_value.empty()) continue;
      EXPECT_TRUE(IsAllowed(parameter, ParseSpec(parameter.default_value))) << parameter.name;
    }
    EXPECT_NO_THROW(CheckSpec(Catalog(), entry.kind(), Simplest(entry)));
  }
}

TEST(Catalog, MakesEveryNetworkErrorAndEvent) {
  for (const Entry* entry : EntriesOf(Catalog(), Kind::kNetwork)) {
    if (entry->name == kLearnedPrice) {
      EXPECT_EQ(ParsePriceSpec(ParseSpec(kLearnedPrice)).whole.parameters.size(), entry->parameters.size());
    } else {
      EXPECT_EQ(ParseNetwork(Simplest(*entry)).options.size(), entry->parameters.size()) << entry->name;
    }
  }
  EXPECT_THROW(ParseNetwork(ParseSpec(kLearnedPrice)), InputError);
  EXPECT_THROW(ParsePriceSpec(ParseSpec("gru")), InputError);
  std::set<ErrorKind> kinds;
  for (const Entry* entry : EntriesOf(Catalog(), Kind::kError)) {
    // The default level is no number of slots.
    Spec spec = Simplest(*entry);
    spec.parameters.emplace_back("level", ParseSpec("1"));
    kinds.insert(ParseSignalError(spec).kind);
  }
  EXPECT_EQ(kinds.size(), static_cast<std::size_t>(kNumErrorKinds));
  for (const Entry* entry : EntriesOf(Catalog(), Kind::kEvent)) {
    const ScenarioEvent event = ParseEvent(Simplest(*entry), TwoRegions().network);
    EXPECT_EQ(event.place, -1) << entry->name;
    EXPECT_EQ(event.to - event.from, 86400) << entry->name;
  }
}

TEST(Catalog, ErrorsAndEventsSayWhatTheirSpecSays) {
  const SignalError error = ParseSignalError(ParseSpec("ar1(level=0.3,seed=7,signals=carbon)"));
  EXPECT_EQ(error.kind, ErrorKind::kAr1);
  EXPECT_EQ(error.level, 0.3);
  EXPECT_EQ(error.seed, 7u);
  for (std::size_t s = 0; s < kNumSignals; ++s) EXPECT_EQ(error.signals[s], kSignalNames[s] == std::string("carbon"));
  const Network network = TwoRegions().network;
  const ScenarioEvent outage =
      ParseEvent(ParseSpec("outage(region=south,from=2023-01-01,to=2023-01-02,capacity=0.25)"), network);
  EXPECT_EQ(outage.kind, EventKind::kOutage);
  EXPECT_EQ(outage.place, 1);
  EXPECT_EQ(outage.factor, 0.25);
  const ScenarioEvent surge =
      ParseEvent(ParseSpec("surge(gateway=users,factor=1.5,from=2023-01-01,to=2023-01-02)"), network);
  EXPECT_EQ(surge.kind, EventKind::kSurge);
  EXPECT_EQ(surge.place, 0);
  EXPECT_EQ(surge.factor, 1.5);
  for (const char* bad :
       {"outage(region=east,from=2023-01-01,to=2023-01-02)", "outage(region=south,from=2023-01-02,to=2023-01-01)",
        "surge(from=today,to=2023-01-02,factor=2)", "surge(from=2023-01-01,to=2023-01-02)"})
    EXPECT_THROW(ParseEvent(ParseSpec(bad), network), InputError) << bad;
  for (const char* bad : {"lag(level=0.5)", "gaussian(signals=demand)", "gauss", "gaussian(growth=1)"})
    EXPECT_THROW(ParseSignalError(ParseSpec(bad)), InputError) << bad;
}

TEST(Catalog, MakesEveryPolicyOfTheDefaultComparison) {
  const Problem problem = TwoRegions();
  PolicyContext context{problem, 1, {}};
  context.time = TimeBase{};
  std::vector<std::string> specs, expected;
  for (const Spec& spec : DefaultComparison()) {
    specs.push_back(ToString(spec));
    EXPECT_NE(MakePolicy(context, spec), nullptr) << specs.back();
    EXPECT_FALSE(IsAhead(specs.back())) << specs.back();
  }
  for (const Entry* entry : EntriesOf(Catalog(), Kind::kPolicy))
    expected.insert(expected.end(), entry->compare_specs.begin(), entry->compare_specs.end());
  EXPECT_EQ(specs, expected);
  EXPECT_GE(specs.size(), 10u);
}

TEST(Catalog, MakesEveryPolicyThatNeedsNoFileAndNoFuture) {
  const Problem problem = TwoRegions();
  PolicyContext context{problem, 1, {}};
  context.time = TimeBase{};
  for (const Entry* entry : EntriesOf(Catalog(), Kind::kPolicy)) {
    const Spec spec = Simplest(*entry);
    if (!FilesOf(Catalog(), Kind::kPolicy, spec).empty()) continue;
    if (entry->clairvoyant) {
      EXPECT_THROW(MakePolicy(context, spec), InputError) << entry->name << " has no future to look into here";
    } else {
      EXPECT_NE(MakePolicy(context, spec), nullptr) << entry->name;
    }
  }
}

TEST(Catalog, MarksWhatIsNotForUse) {
  const std::string text = CatalogText();
  for (const Entry* entry : EntriesOf(Catalog(), Kind::kPolicy)) {
    EXPECT_EQ(text.find("  " + entry->name + " * ") != std::string::npos, entry->clairvoyant) << entry->name;
    EXPECT_EQ(text.find("  " + entry->name + " ! ") != std::string::npos, entry->test_advice && !entry->clairvoyant)
        << entry->name;
    EXPECT_TRUE(!entry->faulty || entry->test_advice) << entry->name;
  }
  EXPECT_TRUE(IsAhead("robust(advice=mix(advice=hindsight,adversary=cost))"));
  EXPECT_FALSE(IsAhead("robust(advice=mix(advice=cost))"));
  EXPECT_TRUE(IsAhead("robust(advice=plan(forecast=perfect))"));
  EXPECT_FALSE(IsAhead("robust(advice=plan(forecast=ridge))"));
}

TEST(PolicySpec, ListsWhatIsKnownAndTheClosestMatch) {
  EXPECT_THAT(ErrorOf("norm-gredy"), AllOf(HasSubstr("unknown policy \"norm-gredy\", did you mean \"norm-greedy\"?"),
                                           HasSubstr("(known: cost, carbon, water, c2, all,")));
  EXPECT_THAT(ErrorOf("zzzzzz"), AllOf(HasSubstr("unknown policy \"zzzzzz\" (known:")));
  EXPECT_EQ(ErrorOf("power-greedy(bta=1)"),
            "policy \"power-greedy\": unknown parameter \"bta\", did you mean \"beta\"? (known: q, beta, tolerance, "
            "release)");
  EXPECT_EQ(ErrorOf("hindsight(q=1)"), "policy \"hindsight\" has no parameters, but \"q\" is given");
}

TEST(PolicySpec, LooksIntoForecasts) {
  EXPECT_THAT(ErrorOf("plan(forecast=seasonal-nave)"),
              AllOf(HasSubstr("unknown predictor \"seasonal-nave\", did you mean \"seasonal-naive\"?"),
                    HasSubstr("(known: persistence,")));
  EXPECT_THAT(ErrorOf("plan(forecast=hourly-mean(days=0))"),
              HasSubstr("predictor \"hourly-mean\": parameter \"days\" is 0, allowed is a integer in [1, 366]"));
  EXPECT_THAT(ErrorOf("plan(forecast=ridge(depth=3))"), HasSubstr("predictor \"ridge\": unknown parameter \"depth\""));
}

TEST(PolicySpec, NamesTheAllowedRange) {
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

TEST(PolicySpec, AsksForWhatMustBeGiven) {
  EXPECT_THAT(ErrorOf("fixed-price"),
              HasSubstr("parameter \"file\" (CSV with the header group,bucket,price) must be given"));
  EXPECT_EQ(ErrorOf("fixed-price(file=p.csv)"), "no error");
  EXPECT_THAT(Files("fixed-price(file=p.csv)"), ElementsAre("p.csv"));
}

TEST(PolicySpec, LooksIntoRobust) {
  for (const char* good : {"robust(advice=hindsight-price)", "robust(advice=robust(advice=nan),expert=dmd,rho=0)",
                           "robust(advice=cost,mode=price,trust=adaptive,spend=run.h5)"}) {
    EXPECT_EQ(ErrorOf(good), "no error") << good;
  }
  EXPECT_THAT(ErrorOf("robust"), HasSubstr("parameter \"advice\" (the policy to follow) must be given, a policy"));
  EXPECT_THAT(ErrorOf("robust(advice=norm-gredy)"),
              HasSubstr("unknown policy \"norm-gredy\", did you mean \"norm-greedy\"?"));
  EXPECT_THAT(ErrorOf("robust(advice=mix(advice=cost,share=2))"),
              AllOf(HasSubstr("policy \"mix\": parameter \"share\" is 2"), Not(HasSubstr("robust\":"))));
  EXPECT_EQ(ErrorOf("robust(advice=cost,mode=fast)"),
            "policy \"robust\": parameter \"mode\" is fast, allowed is a word: price, line, switch");
  EXPECT_THAT(ErrorOf("robust(advice=cost,mode=project)"), HasSubstr("allowed is a word: price, line, switch"));
  EXPECT_THAT(ErrorOf("robust(advice=cost,rho=-0.1)"), HasSubstr("allowed is a number in [0, "));
  EXPECT_THAT(ErrorOf("robust(advise=cost)"), HasSubstr("did you mean \"advice\"?"));
  EXPECT_THAT(Files("robust(advice=fixed-price(file=p.csv))"), ElementsAre("p.csv"));
}

}  // namespace
}  // namespace evenkeel
