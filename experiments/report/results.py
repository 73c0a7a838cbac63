"""What `evenkeel sweep` and `evenkeel run --out` wrote, as numpy arrays, and policies' names for people."""
import re

import h5py
import numpy


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


NO_VALUES = "This is a netCDF dimension but not a netCDF variable"  # such as an axis of letters


class Sweep:
    """Columns of the cells that have numbers, by name; `labels` names each cell's policy."""

    def __init__(self, path, file):
        self.path = path
        self.attributes = {name: text(value[0] if isinstance(value, numpy.ndarray) else value)
                           for name, value in file.attrs.items() if not name.startswith("_")}
        self.columns = {}
        for name, data in file.items():
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


VERSIONS = {"evenkeel-sweep": 1, "evenkeel-run": 2}


def read(paths):
    """The sweep, or None, and the run logs of the files."""
    sweep, logs = None, []
    for path in paths:
        try:
            with h5py.File(path, "r") as file:
                schema = schema_of(path, file)
                if schema == "evenkeel-run":
                    logs.append(read_log(path, file))
                elif sweep is not None:
                    raise InputError(f"{path}: a second sweep; allowed is one, with any number of run logs")
                else:
                    sweep = Sweep(path, file)
        except InputError:
            raise
        except Exception as error:  # h5py raises whatever it likes for a damaged file
            raise InputError(f"cannot read {path}: it is damaged, or not as evenkeel wrote it ({error})") from error
    return sweep, logs


def schema_of(path, file):
    schema = text(file.attrs.get("schema", ""))
    if schema not in VERSIONS:
        raise InputError(f"{path}: schema is \"{schema}\"; allowed are {' and '.join(VERSIONS)}")
    version = int(numpy.ravel(file.attrs["schema_version"])[0])
    if version != VERSIONS[schema]:
        raise InputError(f"{path}: schema_version is {version}, this program reads version {VERSIONS[schema]}")
    return schema


def read_log(path, file):
    log = {"path": path, "policy": text(file.attrs["policy"]), "time": file["time"][()],
           "objective": file["objective"][()], "shift": file["shift"][()]}
    for name in ("slack", "certificate_slot", "certificate_ratio"):
        log[name] = file[name][()] if name in file else None
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


def without(policy, parameter):
    """A policy's text without a parameter of its own; one that other policies have as well is left."""
    depth, start = 0, None
    for at, letter in enumerate(policy):
        if depth == 1 and letter in ",)" and start is not None:
            comma = letter == ","
            return (policy[:start] + policy[at + comma:]).replace(",)", ")").replace("()", "")
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if depth == 1 and letter in "(," and policy.startswith(parameter + "=", at + 1):
            start = at + 1
    return policy
