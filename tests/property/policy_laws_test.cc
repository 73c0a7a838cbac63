// The laws of engine/policy.h, for every policy of the catalog: a new one is covered as soon as it is registered.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>

#include "engine/policies/constant_price.h"
#include "engine/simulate.h"
#include "experiments/catalog/catalog.h"
#include "experiments/run/evaluate.h"
#include "models/files/trace_file.h"
#include "tests/reference/play.h"
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

/// Every signal after slot t is another one: demand shrinks, so that what could be served still can.
Trace ChangedAfter(const Trace& trace, int t, std::mt19937_64* random) {
  Trace changed = trace;
  for (int s = t + 1; s < trace.signals.num_slots(); ++s) {
    changed.signals.demand.row(s) *= Draw(random, 0.1, 0.9);
    changed.signals.capacity.row(s) *= Draw(random, 1.0, 3.0);
    changed.signals.price.row(s).setConstant(Draw(random, -100.0, 1000.0));
    changed.signals.price.row(s) += trace.signals.price.row(s).reverse();
    changed.signals.carbon_intensity.row(s) = 7.0 * trace.signals.carbon_intensity.row(s).reverse();
    changed.signals.water_intensity.row(s) = 0.1 * trace.signals.water_intensity.row(s).reverse();
  }
  return changed;
}

Played PlaySpec(const Problem& problem, const Trace& trace, const Spec& spec, bool may_look_ahead) {
  PolicyContext context{problem, 1, {}};
  if (may_look_ahead) context.open_future = [&trace] { return MakeSlotSource(trace); };
  const auto policy = MakePolicy(context, spec);
  return Play(problem, *MakeSlotSource(trace), *policy);
}

bool SameBits(const Vector& a, const Vector& b) {
  return a.size() == b.size() &&
         std::memcmp(a.data(), b.data(), sizeof(double) * static_cast<std::size_t>(a.size())) == 0;
}
bool SameBits(double a, double b) { return std::memcmp(&a, &b, sizeof a) == 0; }

void ExpectSameDecisions(const Played& a, const Played& b, int slots, const char* law) {
  for (int t = 0; t < slots; ++t) {
    ASSERT_TRUE(SameBits(a.decisions[t].flow, b.decisions[t].flow)) << law << ": other flows in slot " << t;
    ASSERT_TRUE(SameBits(a.decisions[t].shed, b.decisions[t].shed)) << law << ": other unserved workload in slot " << t;
  }
}

/// P1 by plain sums over reachable pairs, in units of the slot's demand (at least 1).
double Violation(const Problem& problem, const Slot& slot, const Allocation& decision) {
  Vector room = slot.capacity, unserved = slot.demand - decision.shed;
  double worst = std::max(0.0, -decision.shed.minCoeff());
  for (int a = 0; a < problem.num_arcs(); ++a) {
    const Arc& arc = problem.arcs.arcs[a];
    EXPECT_TRUE(problem.network.reachable(arc.gateway, arc.region));
    if (!std::isfinite(decision.flow[a])) return kInfinity;
    room[arc.region] -= problem.network.variants[arc.variant].resource_per_unit * decision.flow[a];
    unserved[arc.gateway] -= decision.flow[a];
    worst = std::max(worst, -decision.flow[a]);
  }
  if (!problem.shed_cost) worst = std::max(worst, decision.shed.cwiseAbs().maxCoeff());
  worst = std::max({worst, -room.minCoeff(), unserved.cwiseAbs().maxCoeff()});
  return worst / std::max(1.0, slot.demand.sum());
}

double CheckFeasible(const Problem& problem, const Trace& trace, const Played& played) {
  double worst = 0.0;
  const auto slots = MakeSlotSource(trace);
  Slot slot;
  for (int t = 0; t < slots->num_slots(); ++t) {
    slots->Read(t, &slot);
    worst = std::max(worst, Violation(problem, slot, played.decisions[t]));
  }
  EXPECT_LE(worst, 1e-9) << "P1";
  return worst;
}

/// The way of the program: the trace from a file, the spec from its text, through the catalog and the simulation loop.
void ExpectSameThroughTheProgram(const Period& period, const Spec& spec, const Problem& problem, const Played& played) {
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
    const Period period{TracePath(), instance.trace.header, problem};
    std::mt19937_64 random(seed);
    const int t = DrawInt(&random, 0, instance.trace.signals.num_slots() - 1);
    const Trace changed = ChangedAfter(instance.trace, t, &random);
    for (const Entry* info : EntriesOf(Catalog(), Kind::kPolicy)) {
      for (const Spec& spec : SpecsOf(*info, PriceFile())) {
        SCOPED_TRACE(testing::Message() << "seed " << seed << ", " << ToString(spec) << ", change after slot " << t);
        const bool ahead = IsClairvoyant(Catalog(), Kind::kPolicy, spec);  // on purpose: P2 is not theirs
        const Played played = PlaySpec(problem, instance.trace, spec, ahead);
        worst = std::max(worst, CheckFeasible(problem, instance.trace, played));
        if (!ahead) ExpectSameDecisions(played, PlaySpec(problem, changed, spec, false), t + 1, "P2");
        const Played again = PlaySpec(problem, instance.trace, spec, ahead);
        ExpectSameDecisions(played, again, instance.trace.signals.num_slots(), "P3");
        EXPECT_TRUE(SameBits(ObjectiveValue(problem, played.ledger), ObjectiveValue(problem, again.ledger)));
        ExpectSameThroughTheProgram(period, spec, problem, played);
        looking_ahead += ahead;
        ++runs;
        if (HasFailure()) return;
      }
    }
  }
  RecordProperty("worst_violation_per_demand", fmt::format("{:.3g}", worst));
  RecordProperty("runs", runs);
  RecordProperty("runs_that_look_ahead", looking_ahead);
}

TEST_F(PolicyLaws, ResultsDoNotDependOnTheNumberOfThreads) {
  for (int seed = 1; seed <= Scaled(10); ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    const Instance instance = DrawInstance(seed);
    WriteTrace(instance.trace, TracePath());
    WritePrices(instance.problem, L1Prices(instance.problem), PriceFile());
    const Period period{TracePath(), instance.trace.header, instance.problem};
    std::vector<Spec> specs;
    for (const Entry* info : EntriesOf(Catalog(), Kind::kPolicy)) {
      for (const Spec& spec : SpecsOf(*info, PriceFile())) specs.push_back(spec);
    }
    ProgressOptions quiet;
    quiet.enabled = false;
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
