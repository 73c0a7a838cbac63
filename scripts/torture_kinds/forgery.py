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
        size = float(numpy.abs(flat[numpy.isfinite(flat)]).max()) if numpy.isfinite(flat).any() else 1.0
        kind = dice.randrange(4)
        new = (flat[at] * 1.001 + 1e-3 * size, flat[at] + (size or 1.0), numpy.nan, numpy.inf)[kind]
        flat[at] = new if not (new == flat[at] or (numpy.isnan(new) and numpy.isnan(flat[at]))) else flat[at] - 1.0 - size
        if numpy.isnan(flat[at]) and not numpy.isfinite(value).any():
            flat[at] = 7.0
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
    bench.judge(words, done, [name])
    if not said.strip():
        raise Failure("no place", words, f"{place} was {what}")


def full(bench):
    check(bench, "run.h5")


KINDS = [("forged log", full, 30)]
