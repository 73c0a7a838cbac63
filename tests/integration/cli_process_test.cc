// Programs of one's own, as the command line has them.
#include <gmock/gmock.h>

#include "tests/integration/cli_program.h"
#include "tests/reference/paths.h"

namespace evenkeel {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kNote[] = "the run is reproducible only as far as that program is";

class ProcessCli : public CliTest {
 protected:
  void SetUp() override {
    CliTest::SetUp();
    Succeed({"trace", "generate", "--regions", "3", "--gateways", "2", "--slots", "200", "--quiet", "--out", "t.h5"});
  }

  static std::string Process(const std::string& mode, const std::string& more = "") {
    return "process(command=\"'" + ChildProgramPath() + "' " + mode + "\"" + more + ")";
  }
};

TEST_F(ProcessCli, APolicyDecidesAndTheRunSaysThatItDid) {
  const std::string text = Succeed({"run", "t.h5", "--policy", Process("good"), "--out", "r.h5", "--allocations"});
  EXPECT_THAT(text, AllOf(HasSubstr(kNote), Not(HasSubstr("own program")), Not(HasSubstr("usable advice"))));
  EXPECT_THAT(Succeed({"check", "r.h5"}), HasSubstr("J"));
  const auto json = SucceedJson({"run", "t.h5", "--policy", Process("good")});
  EXPECT_EQ(json["asks_a_program"], true);
  EXPECT_EQ(json["program_failures"], 0);
  EXPECT_THAT(Succeed({"run", "t.h5", "--policy", "cost"}), Not(HasSubstr(kNote)));
}

TEST_F(ProcessCli, AloneAFailureEndsTheRunWithItsReason) {
  EXPECT_THAT(
      Refuse({"run", "t.h5", "--policy", Process("exit")}),
      AllOf(HasSubstr("t.h5: slot 0: process \"'"), HasSubstr("ended with exit code 3; it said last: Traceback")));
  EXPECT_THAT(Refuse({"run", "t.h5", "--policy", "process(command=no-such-program)"}),
              HasSubstr("ended with exit code 127"));
}

// It is the program's fault, not evenkeel's.
TEST_F(ProcessCli, AloneAnInfeasibleAnswerEndsTheRunWithItsReason) {
  Write("zero.py",
        "import json, sys\nfor line in sys.stdin:\n    told = json.loads(line)\n"
        "    if told['message'] == 'start':\n        arcs = len(told['arcs']['gateway'])\n"
        "        print('{\"protocol\": 1}', flush=True)\n    if told['message'] == 'decide':\n"
        "        print(json.dumps({'slot': told['slot'], 'flow': [0] * arcs}), flush=True)\n");
  EXPECT_THAT(Refuse({"run", "t.h5", "--policy", "process(command=\"/usr/bin/python3 zero.py\")"}),
              AllOf(HasSubstr("zero.py\": its flow in slot 0 violates the constraints"), Not(HasSubstr("bug"))));
}

TEST_F(ProcessCli, InsideRobustItIsRejectedCountedAndExplained) {
  const std::vector<std::string> words = {"run", "t.h5", "--policy", "robust(advice=" + Process("exit") + ",rho=0.02)"};
  EXPECT_THAT(Succeed(words), AllOf(HasSubstr("0 taken, 0 pulled, 0 expert, 200 rejected"), HasSubstr(kNote),
                                    HasSubstr("own program   failed 4 times"),
                                    HasSubstr("no slot had usable advice: the expert alone has decided"),
                                    HasSubstr("rejected first in slot 0: process \"'")));
  std::vector<std::string> asked = words;
  const auto json = SucceedJson(asked);
  EXPECT_EQ(json["program_failures"], 4);
  EXPECT_EQ(json["guarantee"]["verdicts"]["rejected"], 200);
}

TEST_F(ProcessCli, CompareMarksIt) {
  EXPECT_THAT(Succeed({"compare", "t.h5", "--policy", "cost", "--policy", Process("good")}), HasSubstr(kNote));
}

TEST_F(ProcessCli, ASweepRunsIt) {
  Write("s.ini", "trace = t.h5\npolicy = norm-greedy(q=8)\npolicy = robust(advice=" + Process("{mode}") +
                     ")\n[vary]\nmode = good, nan\n");
  Succeed({"sweep", "s.ini", "--out", "s.h5", "--csv", "s.csv", "--quiet"});
  EXPECT_THAT(Text(folder_ / "s.csv"), AllOf(HasSubstr("good"), HasSubstr("nan")));
}

TEST_F(ProcessCli, AFileIsNoNameAndIsToldSo) {
  const std::string hint = "a program of yours is process(command=\"/usr/bin/python3 own/mine.py\")";
  EXPECT_THAT(Refuse({"run", "t.h5", "--policy", "own/mine.py"}), HasSubstr(hint));
  EXPECT_THAT(Refuse({"backtest", "t.h5", "--predictor", "own/mine.py"}), HasSubstr(hint));
}

TEST_F(ProcessCli, BadParametersAreRefused) {
  EXPECT_THAT(Refuse({"run", "t.h5", "--policy", "process"}), HasSubstr("command"));
  EXPECT_THAT(Refuse({"run", "t.h5", "--policy", Process("good", ",timeout=0")}), HasSubstr("timeout"));
  EXPECT_THAT(Refuse({"run", "t.h5", "--policy", Process("good", ",history=90min")}), HasSubstr("history"));
}

}  // namespace
}  // namespace evenkeel
