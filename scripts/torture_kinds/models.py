"""TorchScript modules that break the contract in every way, as predictors and as advice. Needs python3-torch."""
import subprocess

from bench import Failure

RESULTS = {
    "good": "values[-24:]", "columns": "values[:, :3]", "number": "values.sum()", "pair": "(values, values)",
    "nan": "values[-24:] / 0.0 - values[-24:] / 0.0", "inf": "values[-24:] / 0.0", "long": "values[-24:].long()",
    "bool": "values[-24:] > 0", "half": "values[-24:].half()", "complex": "torch.complex(values[-24:], values[-24:])",
    "sparse": "values[-24:].to_sparse()", "meta": "values[-24:].to('meta')", "none": "values[:0]",
    "quantised": "torch.quantize_per_tensor(values[-24:].float(), 0.1, 0, torch.qint8)",
    "endless": "values[-1:].expand(2000000000, values.size(1))", "huge": "values[-24:] * 1e300",
    "negative": "-values[-24:]", "shape": "values.reshape(1, 2520) @ values.reshape(2520, 1)"}
SCRIPTED = {
    "text": "return 'text'", "throws": "raise RuntimeError('no \\x1b[31m luck')", "prints": "print(values)\n        return values[-24:]",
    "loops": "x = values\n        while bool((x == x).any()):\n            x = x + 1.0\n        return x"}
TRACE_LOOPS = "loops"


def make(bench):
    """All modules, once; None where there is no torch."""
    if "modules" in bench.answers:
        return bench.answers["modules"]
    folder = bench.good / "modules"
    folder.mkdir()
    lines = ["import torch", "seen = (torch.ones(168, 15).double(), torch.arange(168))"]
    for name, result in RESULTS.items():
        lines += ["class Module(torch.nn.Module):", "    def forward(self, values, times):", f"        return {result}",
                  "try:", f"    torch.jit.trace(Module(), seen, check_trace=False).save('{name}.pt')",
                  "except Exception as error: print(error)"]
    for name, body in SCRIPTED.items():
        lines += ["class Module(torch.nn.Module):", "    def forward(self, values: torch.Tensor, times: torch.Tensor):",
                  f"        {body}", f"torch.jit.script(Module()).save('{name}.pt')"]
    (folder / "make.py").write_text("\n".join(lines) + "\n")
    done = subprocess.run(["/usr/bin/python3", "-W", "ignore", "make.py"], cwd=folder, capture_output=True)
    made = [one.stem for one in folder.glob("*.pt")] if done.returncode == 0 else []
    bench.answers["modules"] = made
    if made:
        bench.expect(0, "trace", "generate", "--regions", "4", "--gateways", "3", "--slots", "900", "--quiet", "--out",
                     "long.h5", at=bench.good)
    return made


def contract(bench):
    names = make(bench)
    if not names:
        return
    name = bench.dice.choice(names)
    bench.bring("long.h5")
    (bench.work / "m.pt").write_bytes((bench.good / "modules" / f"{name}.pt").read_bytes())
    if bench.dice.random() < 0.4 or name == TRACE_LOOPS:
        slots = ["--from", "2023-02-06", "--to", "2023-02-06T06:00"]
        words = ["run", "long.h5", *slots, "--policy", "robust(advice=plan(forecast=torchscript(file=m.pt)))",
                 "--advice-timeout", "0.5", "--json", "--quiet"]
        done = bench.call(*words)
        bench.judge(words, done, ["m.pt"])
        if done.returncode == 0 and not done.stdout.startswith(b"{"):
            raise Failure("silent", words, f"{name}: its words are among the results")
        return
    words = ["backtest", "long.h5", "--predictor", "torchscript(file=m.pt)", "--json", "--quiet"]
    done = bench.call(*words)
    bench.judge(words, done, ["m.pt"], may_succeed=name in ("good", "prints", "huge", "negative"))
    if done.returncode == 0 and not done.stdout.startswith(b"{"):
        raise Failure("silent", words, f"{name}: its words are among the results")


def damaged(bench):
    if not make(bench):
        return
    from damage import harm
    bench.bring("long.h5")
    path = bench.work / "m.pt"
    path.write_bytes((bench.good / "modules" / "good.pt").read_bytes())
    harm(bench, path)
    words = ["backtest", "long.h5", "--predictor", "torchscript(file=m.pt)", "--json", "--quiet"]
    bench.judge(words, bench.call(*words), ["m.pt"])


KINDS = [("hostile module", contract, 1), ("damaged module", damaged, 1)]
