#include "predictors/process/process_policy.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <iterator>

#include "engine/policies/constant_price.h"
#include "engine/simulate.h"
#include "models/base/error.h"
#include "predictors/forecast/naive.h"
#include "tests/reference/paths.h"
#include "tests/reference/play.h"

namespace evenkeel {
namespace {

using testing::AllOf;
using testing::HasSubstr;

ProcessPolicyOptions Options(const std::string& mode) {
  ProcessPolicyOptions options;
  options.program.command = {ChildProgramPath(), mode};
  options.program.name = mode;
  options.program.timeout = 20.0;
  return options;
}

ProcessPolicyOptions Script(const std::string& text) {
  ProcessPolicyOptions options;
  options.program = ShellCommand(text);
  return options;
}

std::string FirstFailure(const Trace& trace, const Problem& problem, const ProcessPolicyOptions& options) {
  const auto policy = MakeProcessPolicy(problem, options, nullptr, {});
  try {
    Play(problem, *MakeSlotSource(trace), *policy);
    return "";
  } catch (const InputError& error) {
    return error.what();
  }
}

TEST(ProcessPolicyTest, PricesAreDispatchedAtAndStated) {
  const Trace trace = SmallTrace(60);
  const Problem problem = ProblemOf(trace, PublishedObjective());
  ConstantPriceOptions same;
  same.prices = {Vector::Constant(3, 1.5), Vector::Constant(3, 1.5)};
  const Played expected = Play(problem, *MakeSlotSource(trace), *MakeConstantPrice(problem, same));
  const auto policy = MakeProcessPolicy(problem, Options("good"), nullptr, {});
  EXPECT_EQ(policy->StatedPrices(), nullptr);
  const Played played = Play(problem, *MakeSlotSource(trace), *policy);
  EXPECT_EQ(DifferenceOfDecisions(played, expected, 60), "");
  ASSERT_NE(policy->StatedPrices(), nullptr);
  EXPECT_EQ(*policy->StatedPrices(), same.prices);
}

// Two regions, one gateway with a demand of 1: all goes to the second region.
TEST(ProcessPolicyTest, FlowsArePlayedAsTheyAre) {
  const Trace trace = PlainTrace(2, 1, 2);
  const Problem problem = ProblemOf(trace, CarbonObjective(2.0, kInfinity));
  const auto policy = MakeProcessPolicy(problem,
                                        Script("read a; echo '{\"protocol\":1}'; read b; echo "
                                               "'{\"slot\":0,\"flow\":[0,1]}'; read c; read d; echo "
                                               "'{\"slot\":1,\"flow\":[1,0]}'; read e"),
                                        nullptr, {});
  const auto source = MakeSlotSource(trace);
  const Ledger ledger = Simulate(problem, *source, *source, *policy, {}).metered;  // it settles: line c
  EXPECT_EQ(ledger.region_workload, (Vector(2) << 1.0, 1.0).finished());
  EXPECT_EQ(policy->StatedPrices(), nullptr);
}

TEST(ProcessPolicyTest, SaysWhichProgramFailedAndWhy) {
  const Trace trace = SmallTrace(5);
  const Problem problem = ProblemOf(trace, PublishedObjective());
  EXPECT_EQ(FirstFailure(trace, problem, Options("good")), "");
  EXPECT_EQ(FirstFailure(trace, problem, Options("exit")),
            "exit: ended with exit code 3; it said last: Traceback: no such thing");
  EXPECT_EQ(FirstFailure(trace, problem, Options("error")), "error: no idea");
  EXPECT_EQ(FirstFailure(trace, problem, Options("slot")), "slot: answered with \"slot\" -7, expected is 0");
  EXPECT_EQ(FirstFailure(trace, problem, Options("sizes")),
            "sizes: answered with prices[0] that has 4 entries, expected is a list of 3 numbers");
  EXPECT_EQ(FirstFailure(trace, problem, Options("echo")),
            "echo: answered with \"message\", expected are protocol, error");
  ProcessPolicyOptions hasty = Options("mute");
  hasty.program.start = 0.05;
  EXPECT_EQ(FirstFailure(trace, problem, hasty), "mute: gave no answer within 0.05 s");
}

TEST(ProcessPolicyTest, IsStartedAnewAsOftenAsItMay) {
  const Trace trace = SmallTrace(6);
  const Problem problem = ProblemOf(trace, PublishedObjective());
  ProcessPolicyOptions options = Options("exit");
  options.program.restarts = 2;
  const auto policy = MakeProcessPolicy(problem, options, nullptr, {});
  const auto source = MakeSlotSource(trace);
  Slot slot;
  Coefficients coefficients;
  Allocation allocation = MakeAllocation(problem);
  const Ledger ledger = MakeLedger(problem);
  std::vector<std::string> said;
  for (int t = 0; t < 5; ++t) {
    source->Read(t, &slot);
    EstimateCoefficients(problem, slot, &coefficients);
    try {
      policy->Decide({slot, coefficients, ledger}, &allocation);
    } catch (const InputError& error) {
      said.emplace_back(error.what());
    }
  }
  ASSERT_EQ(said.size(), 5u);
  EXPECT_EQ(policy->Report().program_failures, 3);
  EXPECT_THAT(said[2], testing::StartsWith("exit: ended with exit code 3"));
  EXPECT_THAT(said[3], AllOf(HasSubstr("it has failed 3 times and is not started again; the last time it ended with"),
                             HasSubstr("no such thing")));
}

/// What a program is told, as it came: it keeps its lines and answers with prices of 0.
std::string Told(const ProcessPolicyOptions& given, const Trace& trace, History past,
                 std::unique_ptr<Forecaster> forecaster) {
  const Problem problem = ProblemOf(trace, CarbonObjective(2.0, kInfinity));
  const std::string file = testing::TempDir() + "told_" + std::to_string(::getpid());
  ProcessPolicyOptions options = given;
  options.program.command = {"/usr/bin/python3", "-c", R"(
import sys
slot = 0
for line in sys.stdin:
  open(sys.argv[1], 'a').write(line)
  if '"start"' in line: print('{"protocol":1}', flush=True)
  if '"decide"' in line: print('{"slot":%d,"prices":[[0,0]]}' % slot, flush=True); slot += 1
)",
                             file};
  {
    const auto policy = MakeProcessPolicy(problem, options, std::move(forecaster), std::move(past));
    const auto source = MakeSlotSource(trace);
    Simulate(problem, *source, *source, *policy, {});
  }
  std::ifstream stream(file);
  std::string text((std::istreambuf_iterator<char>(stream)), {});
  std::remove(file.c_str());
  return text;
}

// The example of docs/process.md in small: two regions, one gateway, one slot of demand 1 at 1970-01-01.
TEST(ProcessPolicyTest, TellsWhatTheDocumentSays) {
  Trace trace = PlainTrace(2, 1, 1);
  trace.signals.price.row(0) << 40.0, 55.0;
  trace.signals.carbon_intensity.row(0) << 0.4, 0.1;
  ProcessPolicyOptions options;
  options.seed = 7;
  options.slot_hours = 1.0;
  EXPECT_EQ(
      Told(options, trace, {}, nullptr),
      R"({"message":"start","protocol":1,"role":"policy","seed":7,"slot":0,"num_slots":1,"slot_hours":1.0,)"
      R"("gateways":["g0"],"regions":["r0","r1"],"variants":["base"],"network":{"pue":[1.0,1.0],)"
      R"("energy_per_unit":[[1.0],[1.0]],"resource_per_unit":[1.0],"quality_loss":[0.0],"network_cost":[[0.0,0.0]],)"
      R"("distance":[[0.0,0.0]]},"arcs":{"gateway":[0,0],"region":[0,1],"variant":[0,0]},"groups":[{"name":"carbon",)"
      R"("footprint":"carbon","unit":"t","weight":2.0,"norm":"inf","buckets":["r0","r1"],"bucket_weight":[1.0,1.0]}],)"
      R"("shed_cost":null,"expected_demand":[1.0],"history":null})"
      "\n"
      R"({"message":"decide","slot":0,"time":"1970-01-01T00:00:00Z","demand":[1.0],"capacity":[1000.0,1000.0],)"
      R"("price":[40.0,55.0],"carbon_intensity":[0.4,0.1],"water_intensity":[0.0,0.0],"ledger":{"energy_cost":0.0,)"
      R"("shed_cost":0.0,"load":[[0.0,0.0]],"region_workload":[0.0,0.0]},"forecast":null})"
      "\n");
}

TEST(ProcessPolicyTest, TellsOfThePastAndForecastsWhereAsked) {
  const Trace trace = PlainTrace(2, 1, 2);
  History past;
  Slot slot;
  for (int t = 0; t < 3; ++t) {
    MakeSlotSource(trace)->Read(0, &slot);
    slot.time = 3600 * (t - 3) + 7 * 86400;
    slot.demand[0] = 10.0 + t;
    past.Append(slot);
  }
  ProcessPolicyOptions options;
  options.history = 2;
  options.horizon = 2;
  const std::string told = Told(options, trace, std::move(past), MakePersistence());
  EXPECT_THAT(told, HasSubstr(R"("history":{"time":["1970-01-07T22:00:00Z","1970-01-07T23:00:00Z"],)"
                              R"("demand":[[11.0],[12.0]],"price":[[0.0,0.0],[0.0,0.0]],)"));
  EXPECT_THAT(told, HasSubstr(R"("forecast":{"demand":[[1.0],[1.0]],"price":[[0.0,0.0],[0.0,0.0]],)"));
  // Settled exactly, after slot 0, before slot 1: all of it went somewhere.
  EXPECT_THAT(told, HasSubstr(R"({"message":"settle","slot":0,"exact":true,"ledger":{"energy_cost":0.0,)"));
}

}  // namespace
}  // namespace evenkeel
