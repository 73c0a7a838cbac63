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

/// Modules with weights, and what becomes of them elsewhere.
constexpr const char* kWeighted = R"(import torch, zipfile
class Linear(torch.nn.Module):
    def __init__(self, kind):
        super().__init__()
        self.layer = torch.nn.Linear(15, 15).to(kind)
        with torch.no_grad():
            self.layer.weight.copy_(torch.eye(15))
            self.layer.bias.zero_()
    def forward(self, values: torch.Tensor, times: torch.Tensor) -> torch.Tensor:
        return self.layer(values[-24:])
class Raises(torch.nn.Module):
    def forward(self, values: torch.Tensor, times: torch.Tensor) -> torch.Tensor:
        if values.size(0) > 2:
            raise ValueError("two rows,\nnot more")
        return values
torch.jit.script(Linear(torch.float32)).save("float.pt")
torch.jit.script(Linear(torch.float64)).save("double.pt")
torch.jit.freeze(torch.jit.script(Linear(torch.float32)).eval()).save("frozen.pt")
torch.jit.script(Raises()).save("raises.pt")
def change(source, target, edit):
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as new:
        for info in old.infolist():
            new.writestr(info.filename, edit(info.filename, old.read(info.filename)))
code = lambda was, now: lambda name, data: data.replace(was, now) if name.endswith(".py") else data
change("double.pt", "unknown.pt", code(b"torch.linear(", b"torch.linear_of_2030("))
change("double.pt", "later.pt", lambda name, data: b"99\n" if name.endswith("/version") else data)
change("float.pt", "cuda.pt", lambda name, data: data.replace(b"X\x03\x00\x00\x00cpu", b"X\x06\x00\x00\x00cuda:0"))
)";

// Linear of the unit matrix: yesterday, in float64 to the bit, in float32 rounded. Saved from a GPU it is the same.
TEST_F(TorchScriptCli, WeightsOfFloat32GetInputsOfFloat32) {
  Write("make.py", kWeighted);
  RunPython("make.py");
  const Json naive = SucceedJson(Backtest("double.pt")), rounded = SucceedJson(Backtest("float.pt"));
  for (const Json& signal : naive["signals"]) EXPECT_EQ(signal["mae"], signal["seasonal_naive_mae"]);
  for (const Json& signal : rounded["signals"]) {
    EXPECT_NEAR(double(signal["mae"]), double(signal["seasonal_naive_mae"]), 1e-5 * double(signal["mae"]));
  }
  EXPECT_NE(rounded["signals"]["price"]["mae"], naive["signals"]["price"]["mae"]);
  EXPECT_EQ(SucceedJson(Backtest("cuda.pt"))["signals"], rounded["signals"]);
}

TEST_F(TorchScriptCli, TheReasonIsTheEndOfTheText) {
  Write("make.py", kWeighted);
  RunPython("make.py");
  EXPECT_THAT(Refuse(Backtest("raises.pt")),
              HasSubstr("raises.pt: forward(values, times) failed: builtins.ValueError: two rows, not more\n"));
  EXPECT_THAT(Refuse(Backtest("frozen.pt")), AllOf(HasSubstr("frozen.pt"), HasSubstr("same dtype"),
                                                   HasSubstr("begin its forward with values = values.float()")));
  EXPECT_THAT(Refuse(Backtest("unknown.pt")), AllOf(HasSubstr("unknown.pt: "), HasSubstr("this LibTorch ("),
                                                    HasSubstr("Unknown builtin op: aten::linear_of_2030.")));
  EXPECT_THAT(Refuse(Backtest("later.pt")), AllOf(HasSubstr("later.pt: "), HasSubstr("version 99")));
  Write("s.ini",
        "trace = t.h5\npolicy = cost\npolicy = robust(advice=plan(forecast=torchscript(file={m}.pt)))\n"
        "[vary]\nm = unknown\n");
  EXPECT_THAT(Refuse({"sweep", "s.ini", "--out", "s.h5", "--quiet"}),
              AllOf(HasSubstr("s.ini:3: unknown.pt: "), HasSubstr("linear_of_2030")));
  Write("s.ini", "trace = t.h5\npolicy = cost\npolicy = plan(forecast=torchscript(file={m}.pt))\n[vary]\nm = raises\n");
  EXPECT_THAT(Run({"sweep", "s.ini", "--out", "r.h5", "--quiet"}).err,
              AllOf(HasSubstr("cell 1: t.h5: slot 168: raises.pt: "), HasSubstr("two rows, not more, in s.ini:3")));
  const std::string robust =
      Succeed({"run", "t.h5", "--policy", "robust(advice=plan(forecast=torchscript(file=raises.pt)))"});
  EXPECT_THAT(robust, HasSubstr("rejected first in slot 168: raises.pt: "));
}

}  // namespace
}  // namespace evenkeel
