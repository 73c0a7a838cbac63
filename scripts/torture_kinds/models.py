"""Models of strangers: TorchScript modules that break the contract in every way, as predictors and as advice (needs
python3-torch), and networks in HDF5 that are something else than numbers, with every checksum right."""
import os
import subprocess
import zlib

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
        words = ["run", "long.h5", *slots, "--policy", "robust(advice=plan(forecast=torchscript(file=m.pt,timeout=2)))",
                 "--advice-timeout", "0.5", "--json", "--quiet"]
        done = bench.call(*words)
        bench.judge(words, done, ["m.pt"])
        if done.returncode == 0 and not done.stdout.startswith(b"{"):
            raise Failure("silent", words, f"{name}: its words are among the results")
        return
    words = ["backtest", "long.h5", "--predictor", "torchscript(file=m.pt,timeout=2)", "--json", "--quiet"]
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
    words = ["backtest", "long.h5", "--predictor", "torchscript(file=m.pt,timeout=2)", "--json", "--quiet"]
    bench.judge(words, bench.call(*words), ["m.pt"])


def replace(file, name, values):
    """Other values, with their right checksum, in the place of a dataset."""
    attributes = dict(file[name].attrs)
    del file[name]
    made = file.create_dataset(name, data=values, fletcher32=True)
    for key in ("units", "long_name"):
        made.attrs.create(key, attributes[key])
    crc = zlib.crc32(values.astype("<f8").tobytes()) if values.dtype.kind in "fiu" else 0
    made.attrs.create("checksum", ("%08x" % crc).encode())


def link(file, name, other):
    del file[name]
    file[name] = other


def external(file, name, pipe):
    """Values in another file, here a pipe that nobody writes to: whoever opens it hangs."""
    shape, kind = file[name].shape, file[name].dtype
    size = file[name].size * kind.itemsize
    del file[name]
    file.create_dataset(name, shape, kind, external=[(pipe, 0, size)])


def virtual(file, name, pipe):
    import h5py
    shape, kind = file[name].shape, file[name].dtype
    del file[name]
    layout = h5py.VirtualLayout(shape, kind)
    layout[...] = h5py.VirtualSource(pipe, "values", shape)
    file.create_virtual_dataset(name, layout)


def group(file, name):
    del file[name]
    file.create_group(name)["again"] = file["/"]


def network_harms():
    """What can be done to a network's file, by name: functions of the open file, a dataset in it, and a pipe."""
    import h5py
    import numpy
    pickle = b"\x80\x02cposix\nsystem\nX\x05\x00\x00\x00touch\x85R."
    bad = lambda value: lambda f, n, p: replace(f, n, numpy.full(f[n].shape, value, f[n].dtype))
    return {
        "missing": lambda f, n, p: f.__delitem__(n), "one more": lambda f, n, p: f.__setitem__("weights.more", f[n][...]),
        "soft link": lambda f, n, p: link(f, n, h5py.SoftLink("/scales")),
        "external link": lambda f, n, p: link(f, n, h5py.ExternalLink(p, "/values")),
        "external storage": external, "virtual": virtual, "group": group, "nan": bad(numpy.nan), "inf": bad(numpy.inf),
        "large": bad(3e38), "pickle": lambda f, n, p: replace(f, n, numpy.frombuffer(pickle, numpy.uint8)),
        "opaque": lambda f, n, p: replace(f, n, numpy.array([numpy.void(pickle)])),
        "double": lambda f, n, p: replace(f, n, f[n][...].astype("<f8")),
        "other shape": lambda f, n, p: replace(f, n, numpy.zeros((3, *f[n].shape), f[n].dtype)),
        "endless": lambda f, n, p: (f.__delitem__(n), f.create_dataset(n, (10**12,), "<f4", chunks=(1 << 20,))),
        "endless axis": lambda f, n, p: (f.__delitem__("gateway"), f.create_dataset("gateway", (10**6, 64), "S1")),
        "variable text": lambda f, n, p: f.attrs.create("network", "dlinear", dtype=h5py.string_dtype()),
        "program": lambda f, n, p: f.attrs.create("network", numpy.bytes_("torchscript(file=m.pt)")),
        "slots": lambda f, n, p: f.attrs.create("slot_hours", [1e-9]),
        "epochs": lambda f, n, p: f.attrs.create("num_losses", [10**15])}


def network(bench):
    """A network whose every checksum HDF5 takes for right; h5py has written it again."""
    if not bench.networks:
        return
    import h5py
    bench.bring("later.h5", "n.h5")
    pipe = bench.work / "pipe"
    os.mkfifo(pipe)
    name, harm_it = bench.dice.choice(sorted(network_harms().items()))
    with h5py.File(bench.work / "n.h5", "r+", libver="latest") as file:
        dataset = bench.dice.choice([one for one in file if one.startswith("weights.")])
        harm_it(file, dataset, str(pipe))
    words = ["backtest", "later.h5", "--predictor", "learned(file=n.h5)", "--json", "--quiet"]
    try:
        bench.judge(words, bench.call(*words), ["n.h5"], may_succeed=name == "large")
    except Failure as failure:
        raise Failure(failure.kind, words, f"{name} as {dataset}: {failure}") from None
    finally:
        pipe.unlink()


KINDS = [("hostile module", contract, 1), ("damaged module", damaged, 1), ("hostile network", network, 4)]
