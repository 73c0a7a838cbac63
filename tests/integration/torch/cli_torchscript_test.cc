// Modules made in Python, by the documented example and by mistake.
#include <gmock/gmock.h>

#include <map>

#include "tests/integration/cli_program.h"
#include "tests/reference/paths.h"

namespace evenkeel {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using Json = nlohmann::json;

class TorchScriptCli : public CliTest {
 protected:
  void SetUp() override {
    CliTest::SetUp();
    EXPECT_EQ(Succeed({"trace", "generate", "--regions", "4", "--gateways", "3", "--slots", "900", "--quiet", "--out",
                       "t.h5"}),
              "");
  }

  /// Modules by name whose forward returns the expression, made at once: Python takes seconds to load its torch.
  void MakeModules(const std::map<std::string, std::string>& results) const {
    std::string script = "import torch\nseen = (torch.ones(168, 15).double(), torch.arange(168))\n";
    for (const auto& [name, result] : results) {
      script += "class Module(torch.nn.Module):\n    def forward(self, values, times):\n        return " + result +
                "\ntorch.jit.trace(Module(), seen, check_trace=False).save('" + name + "')\n";
    }
    Write("make.py", script);
    RunPython("make.py");
  }

  void RunPython(const std::string& arguments) const {
    const std::string command = "cd '" + folder_.string() + "' && /usr/bin/python3 -W ignore " + arguments;
    ASSERT_EQ(std::system(command.c_str()), 0) << command;
  }

  std::vector<std::string> Backtest(const std::string& file) const {
    return {"backtest", "t.h5", "--predictor", "torchscript(file=" + file + ")"};
  }
};

TEST_F(TorchScriptCli, TheExampleForecasts) {
  RunPython(SourcePath("experiments/torchscript_example.py") + " example.pt");
  const Json json = SucceedJson(Backtest("example.pt")),
             naive = SucceedJson({"backtest", "t.h5", "--predictor", "hourly-mean"});
  EXPECT_LT(double(json["signals"]["carbon"]["mae"]), double(json["signals"]["carbon"]["seasonal_naive_mae"]));
  EXPECT_NE(json["signals"]["carbon"]["mae"], naive["signals"]["carbon"]["mae"]);
}

// Yesterday's slots, the columns in their order, are seasonal-naive to the bit; one step of them fades. Times come as
// well.
TEST_F(TorchScriptCli, ValuesComeInAndGoOutInOrder) {
  MakeModules({{"yesterday.pt", "values[-24:]"},
               {"step.pt", "values[-24:-23]"},
               {"times.pt", "values[-24:] * (times[-24:] - times[-25:-1] == 3600).unsqueeze(1)"},
               {"other_times.pt", "values[-24:] * (times[-24:] - times[-25:-1] == 3601).unsqueeze(1)"}});
  const auto same_as_naive = [&](const std::string& file) {
    const Json json = SucceedJson(Backtest(file));
    int same = 0;
    for (const Json& signal : json["signals"]) same += signal["mae"] == signal["seasonal_naive_mae"];
    return same;
  };
  EXPECT_EQ(same_as_naive("yesterday.pt"), 4);
  EXPECT_EQ(same_as_naive("step.pt"), 0);
  EXPECT_EQ(same_as_naive("times.pt"), 4);
  EXPECT_EQ(same_as_naive("other_times.pt"), 0);
}

TEST_F(TorchScriptCli, BadModulesAreNamed) {
  MakeModules({{"columns.pt", "values[:, :3]"},
               {"number.pt", "values.sum()"},
               {"pair.pt", "(values, values)"},
               {"nan.pt", "values[-24:] / 0.0 - values[-24:] / 0.0"},
               {"fails.pt", "values.reshape(1, 2520) @ values.reshape(2520, 1)"},
               {"int.pt", "values[-24:].long()"},
               {"bool.pt", "values[-24:] > 0"},
               {"half.pt", "values[-24:].half()"},
               {"complex.pt", "torch.complex(values[-24:], values[-24:])"},
               {"sparse.pt", "values[-24:].to_sparse()"},
               {"meta.pt", "values[-24:].to('meta')"},
               {"quantised.pt", "torch.quantize_per_tensor(values[-24:].float(), 0.1, 0, torch.qint8)"},
               {"endless.pt", "values[-1:].expand(2000000000, 15)"}});
  for (const auto& [file, what] : std::map<std::string, std::string>{{"int.pt", "type Long"},
                                                                     {"bool.pt", "type Bool"},
                                                                     {"half.pt", "type Half"},
                                                                     {"complex.pt", "type ComplexDouble"},
                                                                     {"sparse.pt", "sparse"},
                                                                     {"meta.pt", "meta"},
                                                                     {"quantised.pt", "quantised"},
                                                                     {"endless.pt", "2000000000 steps"}}) {
    EXPECT_THAT(Refuse(Backtest(file)), AllOf(HasSubstr(file), HasSubstr(what)));
  }
  const Json robust = SucceedJson({"run", "t.h5", "--from", "2023-02-01", "--policy",
                                   "robust(advice=plan(forecast=torchscript(file=columns.pt)))"});
  EXPECT_THAT(robust["guarantee"]["first_failure"].get<std::string>(),
              AllOf(HasSubstr("columns.pt"), HasSubstr("168 x 3")));
  EXPECT_THAT(Refuse(Backtest("columns.pt")),
              AllOf(HasSubstr("columns.pt"), HasSubstr("168 x 3"), HasSubstr("1 x 15")));
  EXPECT_THAT(Refuse(Backtest("number.pt")), AllOf(HasSubstr("number.pt"), HasSubstr("expected 2")));
  EXPECT_THAT(Refuse(Backtest("pair.pt")), AllOf(HasSubstr("pair.pt"), HasSubstr("expected a Tensor")));
  EXPECT_THAT(Refuse(Backtest("nan.pt")), AllOf(HasSubstr("nan.pt"), HasSubstr("not finite")));
  EXPECT_THAT(Refuse({"backtest", "t.h5", "--predictor", "torchscript(file=fails.pt,window=100)"}),
              AllOf(HasSubstr("fails.pt"), HasSubstr("forward(values, times) failed")));
  EXPECT_THAT(Refuse({"backtest", "t.h5", "--predictor", "torchscript(file=nan.pt,window=700)"}),
              AllOf(HasSubstr("needs 700 slots"), HasSubstr("672")));
  const std::string whole = Text(folder_ / "nan.pt");
  Write("torn.pt", whole.substr(0, whole.size() / 2));
  EXPECT_THAT(Refuse(Backtest("torn.pt")), AllOf(HasSubstr("torn.pt"), HasSubstr("no TorchScript module")));
  EXPECT_THAT(Refuse(Backtest("none.pt")), HasSubstr("none.pt"));
}

}  // namespace
}  // namespace evenkeel
