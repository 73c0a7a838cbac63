"""Logs in which one thing was changed with care: checksums and all fit, only the numbers do not."""
import h5py
import numpy

from bench import Failure

# What HDF5 and netCDF keep for themselves, and the letters' axes, which hold nothing.
OWN = ("CLASS", "NAME", "REFERENCE_LIST", "DIMENSION_LIST", "_Netcdf4Dimid", "_Netcdf4Coordinates")


def places(path):
    """Everything that can be changed: (dataset, None) and (dataset, attribute)."""
    with h5py.File(path) as file:
        found = [("/", name) for name in file.attrs]
        for dataset in file:
            if not dataset.startswith("text"):
                found += [(dataset, None)] + [(dataset, name) for name in file[dataset].attrs if name not in OWN]
    return found


def changed(dice, value):
    """Another value, by more than rounding."""
    if isinstance(value, bytes):
        return numpy.bytes_(value + b"x" if dice.random() < 0.5 else value[:-1] + b"?")
    value = numpy.array(value)
    at = dice.randrange(value.size) if value.size else 0
    flat = value.reshape(-1)
    if value.dtype.kind == "S":
        flat[at] = b"Q" if flat[at] != b"Q" else b"R"
    elif value.dtype.kind in "iu":
        flat[at] = flat[at] + 1 if flat[at] < 100 else flat[at] - 1
    else:
        if not numpy.isfinite(flat[at]):
            flat[at] = 7.0
            return value
        size = float(numpy.abs(flat[numpy.isfinite(flat)]).max()) if numpy.isfinite(flat).any() else 1.0
        kind = dice.randrange(4)
        new = (flat[at] * 1.001 + (1e-3 * size if flat[at] >= 0 else -1e-3 * size), flat[at] + (size or 1.0), numpy.nan, numpy.inf)[kind]
        flat[at] = new if not (new == flat[at] or (numpy.isnan(new) and numpy.isnan(flat[at]))) else flat[at] - 1.0 - size
    return value


def forge(bench, name, place):
    dataset, attribute = place
    with h5py.File(bench.work / name, "r+") as file:
        owner = file if dataset == "/" else file[dataset]
        if bench.dice.random() < 0.15:
            if attribute is None:
                del file[dataset]
            else:
                del owner.attrs[attribute]
            return "deleted"
        if attribute is None:
            owner[...] = changed(bench.dice, owner[...])
        else:
            value = changed(bench.dice, owner.attrs[attribute])
            if isinstance(value, bytes):
                del owner.attrs[attribute]
                owner.attrs[attribute] = value
            else:
                owner.attrs.modify(attribute, value)
    return "changed"


def check(bench, name):
    bench.bring("t.h5", name)
    place = bench.dice.choice(places(bench.work / name))
    what = forge(bench, name, place)
    words = ["check", name]
    done = bench.call(*words)
    said = done.stderr.decode(errors="replace")
    if done.returncode == 0:
        raise Failure("silent", words, f"{place} was {what}, and everything holds")
    bench.judge(words, done, [name, "t.h5"])
    if not said.strip():
        raise Failure("no place", words, f"{place} was {what}")


def full(bench):
    check(bench, "run.h5")


ADVICE = ("dmd", "cost", "adversary", "random", "adversary(harm=sum)", "nan", "mix(advice=dmd,share=0.3)",
          "faulty(kind=infeasible)", "l1-greedy", "plan(forecast=noisy(of=perfect,level=0.3),every=6)")
EXPERTS = ("norm-greedy(q=8)", "cost", "power-greedy(q=4)", "l1-greedy")
PLAIN = ("cost", "nearest", "dmd", "norm-greedy(q=4)", "power-greedy(q=4)", "hindsight", "random", "water")


def policy(dice):
    """Of every kind, mode and spending rule."""
    if dice.random() < 0.3:
        return dice.choice(PLAIN)
    words = [f"advice={dice.choice(ADVICE)}", f"expert={dice.choice(EXPERTS)}",
             f"mode={dice.choice(('line', 'switch', 'price'))}", f"rho={dice.choice((0, 0.01, 0.1, 1))}"]
    if dice.random() < 0.3:
        words.append(f"bonus={10 ** dice.uniform(-6, 6):.6g}")
    if dice.random() < 0.3:
        words.append(f"spend={10 ** dice.uniform(-6, 9):.6g}")
    if dice.random() < 0.3:
        words.append(f"trust=adaptive,floor={dice.random():.3f},gain={dice.choice((1, 4, 100))}")
    return f"robust({','.join(words)})"


def good(bench):
    """A log of any run, at any scale, holds."""
    dice = bench.dice
    bench.expect(0, "trace", "generate", "--regions", str(dice.randrange(2, 7)), "--gateways", str(dice.randrange(1, 5)),
                 "--slots", str(dice.randrange(3, 30)), "--seed", str(dice.randrange(10 ** 9)), "--quiet", "--out",
                 "g.h5")
    with h5py.File(bench.work / "g.h5", "r+") as file:
        workload, price = 10 ** dice.uniform(-9, 9), 10 ** dice.uniform(-6, 6)
        for name, factor in (("demand", workload), ("capacity", workload), ("price", price)):
            file[name][...] = file[name][...] * factor
    words = ["run", "g.h5", "--policy", policy(dice), "--out", "log.h5", "--allocations", "--certify",
             str(dice.choice((0, 1, 5))), "--quiet"]
    for group, norms in (("carbon", ("1", "2", "4", "inf")), ("water", ("1", "8", "inf"))):
        if dice.random() < 0.5:
            words += ["--norm", f"{group}={dice.choice(norms)}"]
        if dice.random() < 0.5:
            words += ["--weight", f"{group}={10 ** dice.uniform(-3, 6):.6g}"]
    if dice.random() < 0.3:
        words += ["--shed-cost", f"{10 ** dice.uniform(0, 6):.6g}"]
    done = bench.call(*words)
    bench.judge(words, done, [])
    if done.returncode != 0:
        raise Failure("exit code", words, done.stderr.decode()[-500:])
    done = bench.call("check", "log.h5")
    if done.returncode != 0 or b"Everything holds" not in done.stdout:
        raise Failure("good log refused", words, done.stderr.decode()[-500:])


KINDS = [("good log", good, 8), ("forged log", full, 30)]
