// The laws of engine/policy.h, for every policy of the catalog: a new one is covered as soon as it is registered.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>

#include "engine/laws.h"
#include "engine/policies/constant_price.h"
#include "engine/simulate.h"
#include "experiments/catalog/catalog.h"
#include "experiments/run/evaluate.h"
#include "models/files/trace_file.h"
#include "robustifiers/decision.h"
#include "tests/reference/random_instances.h"

namespace evenkeel {
namespace {

class PolicyLaws : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "evenkeel_laws_XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string PriceFile() const { return folder_ / "prices.csv"; }
  std::string TracePath() const { return folder_ / "trace.h5"; }

  std::filesystem::path folder_;
};

std::string Argument(const ParameterInfo& parameter, const std::string& value) {
  return parameter.name + "=" + ToString(Spec{value, {}});
}

/// A value for a parameter that has no default.
std::string ValueFor(const ParameterInfo& parameter, const std::string& price_file) {
  switch (parameter.kind) {
    case ParameterKind::kPath:
      return price_file;
    case ParameterKind::kPolicy:
      return "cost";
    case ParameterKind::kWord:
      return parameter.words.at(0);
    default:
      return fmt::format("{}",
                         std::isinf(parameter.high) ? parameter.low + 1.0 : 0.5 * (parameter.low + parameter.high));
  }
}

/// The policy with its defaults, then with every number at either end of its range and every word. Advice that was made
/// to try out a guarantee may wait or fail on purpose: with its defaults alone, and not at all where it breaks the
/// laws.
std::vector<Spec> SpecsOf(const Entry& info, const std::string& price_file) {
  if (info.faulty) return {};
  if (info.asks_a_program) return {};  // thousands of starts: tests/unit/predictors/process/process_policy_test.cc
  // Needs a trained network: tests/unit/predictors/torch/price_network_test.cc.
  if (info.name == kLearnedPrice) return {};
  std::vector<std::string> required;
  for (const ParameterInfo& parameter : info.parameters) {
    if (parameter.default_value.empty()) required.push_back(Argument(parameter, ValueFor(parameter, price_file)));
  }
  const auto spec_with = [&](const std::string& more) {
    std::vector<std::string> arguments = required;
    if (!more.empty()) arguments.push_back(more);
    return ParseSpec(arguments.empty() ? info.name : fmt::format("{}({})", info.name, fmt::join(arguments, ",")));
  };
  std::vector<Spec> specs = {spec_with("")};
  for (const ParameterInfo& parameter : info.parameters) {
    if (parameter.default_value.empty() || info.test_advice) continue;
    if (parameter.kind == ParameterKind::kNumber || parameter.kind == ParameterKind::kInteger) {
      if (!parameter.above_low) specs.push_back(spec_with(Argument(parameter, fmt::format("{}", parameter.low))));
      if (!std::isinf(parameter.high))
        specs.push_back(spec_with(Argument(parameter, fmt::format("{}", parameter.high))));
    }
    for (const std::string& word : parameter.words) specs.push_back(spec_with(Argument(parameter, word)));
  }
  return specs;
}

/// Variants, partial reach, outages, ties, negative prices, all norms, bucket weights, a performance group; shedding in
/// every fourth instance, in every eighth because capacity does not suffice.
Instance DrawInstance(int seed) {
  InstanceOptions options;
  options.norms = {1.0, 2.0, 4.0, kInfinity};
  if (seed % 5 == 0) options.max_regions = options.max_gateways = 15;
  Instance instance = MakeRandomInstance(static_cast<std::uint64_t>(seed), options);
  if (seed % 4 == 0) instance.problem.shed_cost = 50.0;
  if (seed % 8 == 0) instance.trace.signals.capacity *= 0.7;
  return instance;
}

PolicyLawReport CheckSpec(const Problem& problem, const Trace& trace, const Spec& spec,
                          const PolicyLawOptions& options) {
  PolicyContext context{problem, 1, {}};
  context.time = TimeBase{};
  if (options.looks_ahead) context.open_future = [&trace] { return MakeSlotSource(trace); };
  const auto make = [&] { return MakePolicy(context, spec); };
  PolicyLawOptions all = options;
  all.is_robust = DecisionsOf(*make()) != nullptr;
  return CheckPolicyLaws(problem, trace, make, all);
}

bool SameBits(const Vector& a, const Vector& b) {
  return a.size() == b.size() &&
         std::memcmp(a.data(), b.data(), sizeof(double) * static_cast<std::size_t>(a.size())) == 0;
}
bool SameBits(double a, double b) { return std::memcmp(&a, &b, sizeof a) == 0; }

/// The whole trace of the instance, which `path` has, with the instance's own problem.
Period PeriodOf(const Instance& instance, const std::string& path) {
  const Signals& signals = instance.trace.signals;
  Period period;
  period.description.trace = path;
  period.description.slots = SlotRange{0, signals.num_slots()};
  period.header = instance.trace.header;
  period.time = {signals.time.front(), instance.trace.header.slot_hours};
  period.problem = instance.problem;
  return period;
}

/// The way of the program: the trace from a file, the spec from its text, through the catalog and the simulation loop.
void ExpectSameThroughTheProgram(const Period& period, const Spec& spec, const Problem& problem,
                                 const PlayedPolicy& played) {
  int t = 0;
  const auto compare = [&](const SlotRecord& record) {
    EXPECT_TRUE(SameBits(record.allocation.flow, played.decisions[t].flow))
        << "P3: other flows in slot " << t << " from a file";
    ++t;
  };
  const RunOutcome outcome = RunPolicy(period, ParseSpec(ToString(spec)), 1, compare);
  EXPECT_TRUE(SameBits(outcome.objective, ObjectiveValue(problem, played.ledger))) << "P3: other objective from a file";
  EXPECT_EQ(outcome.policy, ToString(spec));
}

TEST_F(PolicyLaws, HoldForEveryPolicyOfTheCatalog) {
  double worst = 0.0;
  int looking_ahead = 0, runs = 0;
  for (int seed = 1; seed <= Scaled(80); ++seed) {
    const Instance instance = DrawInstance(seed);
    const Problem& problem = instance.problem;
    WritePrices(problem, L1Prices(problem), PriceFile());
    WriteTrace(instance.trace, TracePath());
    const Period period = PeriodOf(instance, TracePath());
    std::mt19937_64 random(seed);
    PolicyLawOptions options;
    options.change_after = DrawInt(&random, 0, instance.trace.signals.num_slots() - 1);
    options.seed = static_cast<std::uint64_t>(seed);
    for (const Entry* info : EntriesOf(Catalog(), Kind::kPolicy)) {
      for (const Spec& spec : SpecsOf(*info, PriceFile())) {
        SCOPED_TRACE(testing::Message() << "seed " << seed << ", " << ToString(spec) << ", change after slot "
                                        << options.change_after);
        options.looks_ahead = IsClairvoyant(Catalog(), Kind::kPolicy, spec);  // on purpose: P2 is not theirs
        const PolicyLawReport report = CheckSpec(problem, instance.trace, spec, options);
        EXPECT_THAT(report.broken, testing::IsEmpty());
        worst = std::max(worst, report.worst_violation);
        ExpectSameThroughTheProgram(period, spec, problem, report.played);
        looking_ahead += options.looks_ahead;
        ++runs;
        if (HasFailure()) return;
      }
    }
  }
  RecordProperty("worst_violation_per_demand", fmt::format("{:.3g}", worst));
  RecordProperty("runs", runs);
  RecordProperty("runs_that_look_ahead", looking_ahead);
}

/// What is made of the time before the period: memories of every kind, and what uses them.
const char* const kPrimed[] = {"norm-greedy(q=8,prime=own)",
                               "norm-greedy(q=32,prime=optimum,memory=3)",
                               "norm-greedy(q=24,prime=forecast,memory=1,forecast=hourly-mean(days=1))",
                               "robust(advice=adversary,expert=norm-greedy(q=8,prime=own),rho=0.02,mode=price)",
                               "robust(advice=dmd,expert=norm-greedy(q=32,prime=optimum,memory=3),rho=0.02,mode=price)",
                               "robust(advice=norm-greedy(q=16,prime=optimum),expert=l1-greedy,rho=0.05,mode=line)"};

/// The slots of the trace from `first` on.
Trace PartOf(const Trace& trace, int first) {
  Trace part = trace;
  Signals& signals = part.signals;
  const int rest = signals.num_slots() - first;
  signals.time.erase(signals.time.begin(), signals.time.begin() + first);
  for (RowMatrix* signal :
       {&signals.demand, &signals.capacity, &signals.price, &signals.carbon_intensity, &signals.water_intensity})
    *signal = RowMatrix(signal->bottomRows(rest));
  return part;
}

TEST_F(PolicyLaws, HoldForPoliciesThatRemember) {
  int primed = 0;
  for (int seed = 1; seed <= Scaled(80); ++seed) {
    Instance instance = DrawInstance(seed);
    const int slots = instance.trace.signals.num_slots(), before = slots / 2;
    if (before == 0) continue;
    instance.problem.num_slots = slots - before;
    WriteTrace(instance.trace, TracePath());
    Period period = PeriodOf(instance, TracePath());
    period.description.slots = SlotRange{before, slots - before};
    period.time.start = instance.trace.signals.time[before];
    const Problem& problem = period.problem;
    const Trace part = PartOf(instance.trace, before);
    PolicyLawOptions options;
    options.seed = static_cast<std::uint64_t>(seed);
    for (const char* text : kPrimed) {
      SCOPED_TRACE(testing::Message() << "seed " << seed << ", " << text);
      const Spec spec = ParseSpec(text);
      const auto make = [&] { return MakePolicy(ContextOf(period, 1), spec); };
      options.is_robust = DecisionsOf(*make()) != nullptr;
      const PolicyLawReport report = CheckPolicyLaws(problem, part, make, options);
      EXPECT_THAT(report.broken, testing::IsEmpty());
      ExpectSameThroughTheProgram(period, spec, problem, report.played);
      primed += report.played.report.virtual_loads.has_value();
      if (HasFailure()) return;
    }
  }
  EXPECT_GT(primed, Scaled(150));
}

TEST_F(PolicyLaws, ResultsDoNotDependOnTheNumberOfThreads) {
  for (int seed = 1; seed <= Scaled(10); ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    const Instance instance = DrawInstance(seed);
    WriteTrace(instance.trace, TracePath());
    WritePrices(instance.problem, L1Prices(instance.problem), PriceFile());
    const Period period = PeriodOf(instance, TracePath());
    std::vector<Spec> specs;
    for (const Entry* info : EntriesOf(Catalog(), Kind::kPolicy)) {
      for (const Spec& spec : SpecsOf(*info, PriceFile())) specs.push_back(spec);
    }
    ProgressOptions quiet;
    quiet.style = ProgressStyle::kNone;
    Progress progress(quiet);
    const ComparisonResult one = Compare(period, specs, true, 1, 1, &progress),
                           four = Compare(period, specs, true, 1, 4, &progress);
    EXPECT_TRUE(SameBits(one.optimum->optimum.objective, four.optimum->optimum.objective));
    for (std::size_t i = 0; i < specs.size(); ++i) {
      EXPECT_TRUE(SameBits(one.runs[i].objective, four.runs[i].objective)) << ToString(specs[i]);
    }
  }
}

}  // namespace
}  // namespace evenkeel
