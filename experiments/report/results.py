"""What `evenkeel sweep` and `evenkeel run --out` wrote, as numpy arrays, and policies' names for people."""
import re

import h5py
import numpy

from apart import ReadFailure, call_apart
from names import experts_of, inner, names_of, parse, role


class InputError(Exception):
    """Bad input: the message names the file and what is wrong."""


def text(value):
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)


def column(values):
    """A dataset's values; rows of letters become texts."""
    if values.dtype == "S1" and values.ndim == 2:
        values = values.view(f"S{values.shape[1]}")[:, 0]
    return numpy.array([text(one) for one in values]) if values.dtype.kind in "SO" else values


def in_order(values):
    return list(dict.fromkeys(values))


def names_in(owner):
    """Of a file's datasets. As they lie there: libhdf5 1.10 sorts them in a table that it fails to clean up where one is
    damaged."""
    found = []
    owner.id.links.iterate(found.append, idx_type=h5py.h5.INDEX_NAME, order=h5py.h5.ITER_NATIVE)
    return sorted(text(name) for name in found)


def attributes_of(owner):
    """One value of each as text."""
    found = []
    h5py.h5a.iterate(owner.id, found.append, index_type=h5py.h5.INDEX_NAME, order=h5py.h5.ITER_NATIVE)
    values = {text(name): owner.attrs[name] for name in sorted(found)}
    return {name: text(numpy.ravel(value)[0] if isinstance(value, numpy.ndarray) else value)
            for name, value in values.items() if not name.startswith("_")}


NO_VALUES = "This is a netCDF dimension but not a netCDF variable"  # such as an axis of letters


class Sweep:
    """Columns of the cells that have numbers, by name; `labels` names each cell's policy."""

    def __init__(self, path, file):
        self.path = path
        self.attributes = attributes_of(file)
        self.columns = {}
        for name in names_in(file):
            data = file[name]
            if not text(data.attrs.get("NAME", "")).startswith(NO_VALUES):
                self.columns[name] = column(data[()])
        self.count = len(self.columns["cell"])
        short = [name for name, values in self.columns.items()
                 if name not in ("region", "gateway") and len(values) != self.count]
        if short:
            raise InputError(f"cannot read {path}: '{short[0]}' has not {self.count} cells")
        self.failed = [at for at in range(self.count) if self.columns["failure"][at]]
        self.good = numpy.array([not failure for failure in self.columns["failure"]])
        general = general_policies(self.attributes.get("config", ""))
        self.labels = numpy.array([label(policy, general) for policy in self.words("policy")])
        self.experts = experts_of(in_order(self.labels))
        self.names = names_of(in_order(self.labels), self.known_margins(), self.experts)

    def known_margins(self):
        """rho of the labels whose text leaves it out, as names want it."""
        rho = self.get("rho")
        found = {}
        for one in in_order(self.labels):
            values = set(rho[self.labels == one])
            if len(values) == 1 and all(numpy.isfinite(value) for value in values) and not inner(one, "rho"):
                found[one] = {"rho": f"rho {values.pop():g}"}
        return found

    def role(self, one):
        return role(one, self.experts)

    def get(self, name):
        """The column's values in cells with numbers; empty text or NaN where the sweep has no such column."""
        if name not in self.columns:
            return numpy.full(int(self.good.sum()), numpy.nan)
        return self.columns[name][self.good]

    def words(self, name):
        return self.get(name) if name in self.columns else numpy.full(int(self.good.sum()), "")

    def few(self):
        """Cells whose policies fit in one plot: where rho varies, robust policies with its middle value only."""
        rho = self.get("rho")
        values = sorted(set(rho[numpy.isfinite(rho)]))
        return numpy.isnan(rho) | (rho == values[len(values) // 2]) if len(values) > 1 else numpy.isfinite(self.good)

    def loads(self):
        """Groups with loads and their units."""
        known = (("carbon", "t"), ("water", "m3"), ("performance", "1"))
        return [one for one in known if f"{one[0]}_max" in self.columns]


VERDICTS = ("taken", "pulled", "expert", "rejected")
VERSIONS = {"evenkeel-sweep": (1,), "evenkeel-run": (2, 3)}  # 3: of a live period


def read(paths):
    """The sweep, or None, and the run logs of the files."""
    sweep, logs = None, []
    for path in paths:
        try:
            one = call_apart(lambda: read_file(path))
        except ReadFailure as failure:
            raise InputError(f"cannot read {path}: it is damaged: {failure}") from failure
        if not isinstance(one, Sweep):
            logs.append(one)
        elif sweep is not None:
            raise InputError(f"{path}: a second sweep; allowed is one, with any number of run logs")
        else:
            sweep = one
    return sweep, logs


def read_file(path):
    """A Sweep, or a run's log."""
    try:
        with h5py.File(path, "r") as file:
            return (read_log if schema_of(path, file) == "evenkeel-run" else Sweep)(path, file)
    except InputError:
        raise
    except Exception as error:  # h5py raises whatever it likes for a damaged file
        raise InputError(f"cannot read {path}: it is damaged, or not as evenkeel wrote it ({str(error) or type(error).__name__})") from error


def schema_of(path, file):
    schema = text(file.attrs.get("schema", ""))
    if schema not in VERSIONS:
        raise InputError(f"{path}: schema is \"{schema}\"; allowed are {' and '.join(VERSIONS)}")
    version = int(numpy.ravel(file.attrs["schema_version"])[0])
    if version not in VERSIONS[schema]:
        versions = " and ".join(str(one) for one in VERSIONS[schema])
        raise InputError(f"{path}: schema_version is {version}, this program reads version {versions}")
    return schema


def read_log(path, file):
    """A run, slot by slot; loads and costs are sums since the first slot."""
    attribute = attributes_of(file)
    guarantee = dict(one.partition("=")[::2] for one in attribute.get("guarantee", "").split(",") if one)
    log = {"path": path, "policy": attribute["policy"], "trace": attribute["trace"], "command": attribute["command"],
           "seen": attribute.get("observed") or attribute.get("observe", ""), "events": attribute.get("events", ""),
           "guarantee": guarantee, "rho": float(guarantee["rho"]) if "rho" in guarantee else None,
           "shed_price": attribute.get("shed_price", ""), "regions": list(column(file["region"][()])),
           "energy_cost": float(attribute["energy_cost"]), "groups": {}}
    for name in ("time", "objective", "shift", "region_cost", "region_workload"):
        log[name] = file[name][()]
    for name in attribute["groups"].split():
        data = file[name]
        unit = text(data.attrs["units"])
        log["groups"][name] = {"load": data[()], "unit": unit, "by_region": name != "performance",
                               "weight": float(numpy.ravel(data.attrs["weight"])[0]),
                               "norm": float(numpy.ravel(data.attrs["norm"])[0])}
    for name in ("slack", "certificate_slot", "certificate_ratio", "work_waiting"):
        log[name] = file[name][()] if name in file else None
    log["live"] = "journal" in attribute
    if log["live"]:  # decided before meters came: the budget in final values says what is left of the bound
        log["seen"] = "what was known"
        log["slack"] = file["live_budget"][()] if "live_budget" in file else None
    if len(log["time"]) == 0:
        raise InputError(f"{path}: has no slots")
    if parse(log["policy"]).name == "robust" and (log["slack"] is None or log["rho"] is None):
        raise InputError(f"{path}: is of a robust policy, but has no {'slack' if log['slack'] is None else 'guarantee'}")
    verdicts = file["verdict"].attrs if "verdict" in file else {}
    log["verdicts"] = {name: int(numpy.ravel(verdicts[name])[0]) for name in VERDICTS if name in verdicts}
    return log


def general_policies(config):
    """Policies of a sweep's file with a name that the scenario goes through as well, such as a month: to a reader, the
    months' policies are one. [(pattern of what it becomes, the file's policy, names of the scenario)]"""
    lines = [line.partition("=") for line in config.splitlines() if not line.startswith("#")]
    scenario = {name for key, _, value in lines if key.strip() in ("trace", "period", "weight", "norm", "event")
                for name in re.findall(r"\{([\w-]+)\}", value)}
    found = []
    for key, _, value in lines:
        names = re.findall(r"\{([\w-]+)\}", value)
        if key.strip() != "policy" or not scenario & set(names):
            continue
        pattern = re.escape(value.strip())
        for name in in_order(names):
            group = "x_" + re.sub(r"\W", "_", name)
            escaped = re.escape("{" + name + "}")
            pattern = pattern.replace(escaped, f"(?P<{group}>.+?)", 1).replace(escaped, f"(?P={group})")
        found.append((re.compile(pattern), value.strip(), scenario))
    return found


def label(policy, general=()):
    """A policy without what a curve runs over: kind, level and seed of injected errors, and names of the scenario."""
    for pattern, whole, scenario in general:
        match = pattern.fullmatch(policy)
        if match:
            policy = whole
            for name in set(re.findall(r"\{([\w-]+)\}", whole)) - scenario:
                policy = policy.replace("{" + name + "}", match["x_" + re.sub(r"\W", "_", name)])
    short = re.sub(r"(?<=[(,])(kind|level|seed)=[^,()]*,?", "", policy)
    return short.replace(",)", ")").replace("()", "")
