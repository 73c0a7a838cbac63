// The bound of a robust policy, whatever the program does that it asks for advice: a good half of the slots gets a good
// answer, the others one of two dozen bad ones (tests/programs/child.c).
#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "engine/policies/greedy.h"
#include "predictors/process/process_policy.h"
#include "robustifiers/robust_policy.h"
#include "tests/reference/paths.h"
#include "tests/reference/play.h"
#include "tests/reference/processes.h"
#include "tests/reference/random_instances.h"

namespace evenkeel {
namespace {

/// Processes of this machine, zombies left out, that were started with this word.
int ProcessesWith(const std::string& word) {
  int count = 0;
  for (const auto& process : std::filesystem::directory_iterator("/proc")) {
    std::ifstream file(process.path() / "cmdline", std::ios::binary);
    const std::string words((std::istreambuf_iterator<char>(file)), {});
    count += words.find(word) != std::string::npos;
  }
  return count;
}

TEST(HostilePrograms, NeverBreakTheBoundAndLeaveNothingBehind) {
  const std::size_t files = OpenFiles();
  const std::string token = "hostile-programs-" + std::to_string(::getpid());
  const int slots_each = 500, periods = Scaled(5);
  long played = 0, rejected = 0;
  for (int period = 1; period <= periods && !HasFailure(); ++period) {
    SCOPED_TRACE(testing::Message() << "period " << period);
    const Trace trace = SmallTrace(slots_each);
    const Problem problem = ProblemOf(trace, PublishedObjective());
    ProcessPolicyOptions program;
    program.program.command = {ChildProgramPath(), "mixed", std::to_string(period), token};
    program.program.name = "mixed";
    program.program.timeout = 0.03;
    program.program.restarts = 1'000'000;
    RobustOptions options;
    options.spending.rho = 0.01 * (period % 5);
    options.mode = period % 3 == 0 ? WayBack::kPrice : period % 3 == 1 ? WayBack::kLine : WayBack::kSwitch;
    const auto policy =
        MakeRobust(problem, MakeProcessPolicy(problem, program, nullptr, {}), MakeNormGreedy(problem, {}), options);
    const Played robust = Play(problem, *MakeSlotSource(trace), *policy);
    const Played expert = Play(problem, *MakeSlotSource(trace), *MakeNormGreedy(problem, {}));
    const double bound = (1.0 + options.spending.rho) * ShiftedObjectiveValue(problem, expert.ledger);
    EXPECT_LE(ShiftedObjectiveValue(problem, robust.ledger), bound * (1.0 + 1e-12));
    EXPECT_GE(robust.guarantee->min_slack, -1e-12 * bound);
    EXPECT_NE(robust.guarantee->first_failure, "");
    played += slots_each;
    rejected += robust.guarantee->rejected;
  }
  std::printf("%ld slots, %ld of them with advice that could not be used\n", played, rejected);
  EXPECT_GT(rejected, played / 4);
  EXPECT_LT(rejected, played * 3 / 4) << "good answers are used";
  EXPECT_EQ(OpenFiles(), files);
  EXPECT_FALSE(HasChildren()) << "a child is left, or a zombie";
  for (int k = 0; k < 1000 && ProcessesWith(token) > 0; ++k)
    ::usleep(10'000);  // they have been killed, not seen to end
  EXPECT_EQ(ProcessesWith(token), 0) << "or one that it started";
}

}  // namespace
}  // namespace evenkeel
