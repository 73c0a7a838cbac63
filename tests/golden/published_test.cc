// Numbers that must not move: the published case of eGLB (arXiv 2307.05494), and the built-in generated one.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "engine/certificate.h"
#include "engine/planner/instruction_set.h"
#include "engine/planner/offline.h"
#include "engine/simulate.h"
#include "experiments/catalog/catalog.h"
#include "models/generate/trace.h"
#include "models/import/eglb.h"
#include "tests/reference/paths.h"
#include "tests/reference/play.h"

namespace evenkeel {
namespace {

const std::string kData = SourcePath("../shared/data/eglb-2022");
const std::string kGolden = SourcePath("tests/golden/generated_10x10.txt");
constexpr double kOptimum = 623661.352476;  // USD

/// Means and maxima over the regions: cost in USD to 0.01, water in m3 to 0.01, carbon in t to 0.001; 0 where none is
/// published.
struct Burden {
  double mean_cost, max_cost, mean_water, max_water, mean_carbon, max_carbon;
};

struct PublishedRow {
  const char* policy;
  double own_objective;  // of its own linear problem, USD; 0: it has none
  double objective;      // J on the equity objective, to 1 USD
  Burden burden;
};

const PublishedRow kPublished[] = {
    {"cost", 291698.606, 721352, {29169.86, 42327.51, 1525.07, 2607.50, 108.714, 182.136}},
    {"c2", 914038.138, 736248, {31272.44, 70779.11, 1467.78, 2669.61, 100.219, 175.565}},
    {"all", 1046974.213, 737491, {31473.60, 64842.22, 1429.46, 2566.60, 101.133, 179.173}},
    {"water", 74634.837, 987806, {0, 0, 1243.91, 2010.39, 99.634, 203.563}},
    {"carbon", 139600.801, 844825, {0, 0, 1365.92, 2530.18, 93.067, 158.440}},
    {"nearest", 0, 825889, {0, 0, 0, 0, 0, 0}},
};

/// J relative to the optimum with the published weights.
double RatioOf(const Problem& problem, const Played& played, const OfflineOptimum& optimum) {
  return ShiftedObjectiveValue(problem, played.ledger) / (optimum.objective + optimum.ledger.shift);
}

Played PlaySpec(const Problem& problem, const Trace& trace, const std::string& spec) {
  const auto policy = MakePolicy({problem, 1, {}}, ParseSpec(spec));
  return Play(problem, *MakeSlotSource(trace), *policy);
}

void ExpectPrinted(const Vector& burden, double mean, double max, double digit) {
  if (mean == 0.0) return;
  EXPECT_NEAR(burden.mean(), mean, 0.5001 * digit);
  EXPECT_NEAR(burden.maxCoeff(), max, 0.5001 * digit);
}

void ExpectBurden(const Ledger& ledger, const Burden& burden) {
  ExpectPrinted(ledger.region_cost, burden.mean_cost, burden.max_cost, 0.01);
  ExpectPrinted(ledger.load[1], burden.mean_water, burden.max_water, 0.01);
  ExpectPrinted(ledger.load[0], burden.mean_carbon, burden.max_carbon, 0.001);
}

class PublishedCase : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(kData)) GTEST_SKIP() << "no published data in " << kData;
    EglbImportOptions options;
    options.directory = kData;
    trace_ = ImportEglb(options);
    problem_ = ProblemOf(trace_, PublishedObjective());
  }

  Trace trace_;
  Problem problem_;
};

TEST_F(PublishedCase, PrintedRowsOfEveryPolicy) {
  for (const PublishedRow& row : kPublished) {
    SCOPED_TRACE(row.policy);
    const Played played = PlaySpec(problem_, trace_, row.policy);
    EXPECT_EQ(played.report.own_objective.has_value(), row.own_objective > 0.0);
    EXPECT_NEAR(played.report.own_objective.value_or(0.0), row.own_objective, 0.5001 * 0.001);
    EXPECT_NEAR(ObjectiveValue(problem_, played.ledger) / row.objective, 1.0, 1e-6);
    ExpectBurden(played.ledger, row.burden);
  }
}

TEST_F(PublishedCase, OptimumAndItsCertificate) {
  const auto slots = MakeSlotSource(trace_);
  const OfflineOptimum optimum = SolveOffline(problem_, *slots, {});
  EXPECT_NEAR(optimum.objective / kOptimum, 1.0, 1e-9);
  ExpectBurden(optimum.ledger, {33669.45, 59253.78, 1432.79, 1818.73, 104.912, 118.562});
  const Certificate certificate = CheckCertificate(
      problem_, *slots, [&](int t) -> const Allocation& { return optimum.allocations[t]; }, optimum.prices);
  EXPECT_LE(certificate.gap, 1e-8);
  EXPECT_LE(certificate.infeasibility, 1e-9);
  EXPECT_EQ(certificate.objective, optimum.objective);
  EXPECT_EQ((trace_.signals.price.array() < 0.0).count(), 5);  // so that the shift is not zero
  EXPECT_GT(certificate.shift, 0.0);
  RecordProperty("optimum", fmt::format("{:.9f}", optimum.objective));
  RecordProperty("gap", fmt::format("{:.3g}", certificate.gap));
}

TEST_F(PublishedCase, ExpertsNearTheOptimum) {
  const OfflineOptimum optimum = SolveOffline(problem_, *MakeSlotSource(trace_), {});
  const double dmd = ObjectiveValue(problem_, PlaySpec(problem_, trace_, "dmd(step=1e-5)").ledger);
  const double norm_greedy = RatioOf(problem_, PlaySpec(problem_, trace_, "norm-greedy(q=8)"), optimum);
  const double power_greedy = RatioOf(problem_, PlaySpec(problem_, trace_, "power-greedy(q=4)"), optimum);
  EXPECT_NEAR(dmd, 640850, 0.001 * 640850);
  EXPECT_LE(norm_greedy, 1.028);
  EXPECT_LE(power_greedy, 1.045);
  RecordProperty("dmd", fmt::format("{:.3f}", dmd));
  RecordProperty("norm_greedy_8", fmt::format("{:.6f}", norm_greedy));
  RecordProperty("power_greedy_4", fmt::format("{:.6f}", power_greedy));
}

TEST_F(PublishedCase, WeightSensitivity) {
  struct Row {
    double water_weight, carbon_weight;         // USD/m3, USD/t
    double max_water, water_digit, max_carbon;  // m3, t to 0.1
  };
  for (const Row& row :
       {Row{6, 150, 2380.7, 0.1, 166.5}, Row{60, 150, 2047, 1, 145.8}, Row{60, 500, 1884.7, 0.1, 133.1},
        Row{200, 1500, 1565, 1, 114.7}, Row{600, 15000, 1595, 1, 106.7}}) {
    SCOPED_TRACE(testing::Message() << "water " << row.water_weight << ", carbon " << row.carbon_weight);
    Objective objective = PublishedObjective();
    objective.groups[0].weight = row.carbon_weight;
    objective.groups[1].weight = row.water_weight;
    const OfflineOptimum optimum = SolveOffline(ProblemOf(trace_, objective), *MakeSlotSource(trace_), {});
    EXPECT_LE(optimum.gap, 1e-8);
    EXPECT_NEAR(optimum.ledger.load[1].maxCoeff(), row.max_water, 0.5001 * row.water_digit);
    EXPECT_NEAR(optimum.ledger.load[0].maxCoeff(), row.max_carbon, 0.5001 * 0.1);
  }
}

/// What tables print of J, in USD and relative to the optimum.
std::string PrintedRows(const Problem& problem, const Trace& trace) {
  const OfflineOptimum optimum = SolveOffline(problem, *MakeSlotSource(trace), {});
  std::string rows = fmt::format("optimum {:.0f}\n", optimum.objective);
  for (const char* spec :
       {"hindsight-price", "plan(forecast=perfect,every=24)", "plan(forecast=seasonal-naive,every=6)",
        "plan(forecast=hourly-mean,every=24,scenarios=4)", "robust(advice=hindsight-price,rho=0.05)"}) {
    PolicyContext context{problem, 1, [&] { return MakeSlotSource(trace); }};
    context.time = TimeBase{trace.signals.time.front(), trace.header.slot_hours};
    const Played played = Play(problem, *MakeSlotSource(trace), *MakePolicy(context, ParseSpec(spec)));
    rows += fmt::format("{} {:.0f} {:.4f}\n", spec, ObjectiveValue(problem, played.ledger),
                        RatioOf(problem, played, optimum));
  }
  return rows;
}

TEST_F(PublishedCase, PrintedDigitsDoNotDependOnTheInstructionSet) {
  std::map<std::string, std::string> rows;
  for (const std::string& set : InstructionSets()) {
    UseInstructionSet(set);
    rows[set] = PrintedRows(problem_, trace_);
  }
  UseInstructionSet("");
  for (const auto& [set, printed] : rows) EXPECT_EQ(printed, rows.begin()->second) << set;
}

/// J by policy, `optimum` among them.
using GoldenRows = std::vector<std::pair<std::string, double>>;

GoldenRows PlayGenerated() {
  GeneratorOptions options;
  options.slots = 72;
  const Trace trace = GenerateTrace(options);
  const Problem problem = ProblemOf(trace, PublishedObjective());
  const OfflineOptimum optimum = SolveOffline(problem, *MakeSlotSource(trace), {});
  EXPECT_LE(optimum.gap, 1e-8);
  GoldenRows rows = {{"optimum", optimum.objective}};
  for (const Spec& spec : DefaultComparison()) {
    rows.emplace_back(ToString(spec), ObjectiveValue(problem, PlaySpec(problem, trace, ToString(spec)).ledger));
  }
  return rows;
}

void WriteGolden(const GoldenRows& rows) {
  std::ofstream file(kGolden);
  file << "# The generated trace of 10 regions, 10 gateways, 72 slots, seed 1, with the published weights.\n"
       << "# J in USD, compared to 1e-9 relative. EVENKEEL_UPDATE_GOLDEN=1 rewrites this file.\n";
  for (const auto& [policy, objective] : rows) file << fmt::format("{:<20} {:.9f}\n", policy, objective);
}

std::map<std::string, double> ReadGolden() {
  std::ifstream file(kGolden);
  std::map<std::string, double> golden;
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string policy;
    double objective = 0.0;
    if (line[0] != '#' && words >> policy >> objective) golden[policy] = objective;
  }
  return golden;
}

TEST(GeneratedCase, GoldenFile) {
  const GoldenRows rows = PlayGenerated();
  const char* update = std::getenv("EVENKEEL_UPDATE_GOLDEN");
  if (update != nullptr && std::string(update) == "1") WriteGolden(rows);
  const std::map<std::string, double> golden = ReadGolden();
  EXPECT_EQ(golden.size(), rows.size()) << kGolden << " lists other policies than the catalog's default comparison";
  for (const auto& [policy, objective] : rows) {
    ASSERT_EQ(golden.count(policy), 1u) << policy << " is missing in " << kGolden;
    EXPECT_NEAR(objective / golden.at(policy), 1.0, 1e-9) << policy;
  }
}

}  // namespace
}  // namespace evenkeel
