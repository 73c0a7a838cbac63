"""Runs side by side, and the policies of a sweep: what the page says of each, and which few matter."""
import collections
import pathlib

import numpy

from names import LEARNED, experts_of, inner, names_of, parse, role
from results import in_order

TOLERANCE = 1e-9  # of the sums that a bound is made of, as everywhere in evenkeel
MOST = 8  # policies at once: more can't be told apart

# A policy as the answer needs it: relative changes of the shifted J against expert and optimum, one per run or cell
# (NaN: not known); loads are {group: (unit, regions, mean load by region)}.
Entry = collections.namedtuple("Entry", "name spec role ml against_expert against_optimum loads count")


class Run:
    """A log with its name, and the runs over the same period that it is measured against."""

    def __init__(self, log):
        self.log = log
        self.spec, self.name, self.role, self.color = log["policy"], "", "", ""
        self.expert = self.optimum = None
        self.period = (log["trace"], log["events"], log["shed_price"], len(log["time"]), int(log["time"][0]),
                       int(log["time"][-1]), tuple((name, one["weight"], one["norm"])
                                                   for name, one in log["groups"].items()))

    @property
    def shifted(self):
        return self.log["objective"] + self.log["shift"]

    def against(self, other):
        """Relative change of J at the end; NaN when there is nothing to compare with."""
        return self.shifted[-1] / other.shifted[-1] - 1 if other is not None and other.shifted[-1] > 0 else numpy.nan

    @property
    def follows_ml(self):
        return parse(inner(self.spec, "advice") if self.role == "robust" else self.spec).name in LEARNED

    def bound(self):
        """Shifted bound after every slot; None without the expert's log, where the margin has to be earned, and where
        policies saw other values than the meters, for which a log doesn't say the allowance."""
        told = self.log["guarantee"]
        if not told or self.expert is None or self.log["seen"] or told.get("trust", "fixed") != "fixed":
            return None
        spend = numpy.maximum(self.expert.shifted, float(told.get("spend", 0)))
        return self.expert.shifted + float(told["rho"]) * spend + float(told.get("bonus", 0))

    def size(self):
        return numpy.abs(self.log["objective"]).max() + numpy.abs(self.log["shift"]).max()

    def broken_by(self):
        """How far the budget fell below zero, or J rose above its bound, beyond rounding, USD; 0: the bound held."""
        worst = -self.log["slack"].min()
        if self.bound() is not None:
            worst = max(worst, (self.shifted - self.bound()).max())
        return worst if not worst <= TOLERANCE * self.size() else 0.0  # NaN is a violation


def runs_of(logs):
    experts = experts_of([log["policy"] for log in logs])
    facts = {log["policy"]: {"rho": f"rho {log['rho']:g}"} for log in logs if log["rho"] is not None}
    names = names_of([log["policy"] for log in logs], facts, experts)
    runs = [Run(log) for log in logs]
    for run in runs:
        run.role, run.name = role(run.spec, experts), names[run.spec]
    tell_apart(runs)
    for run in runs:
        for other in runs:
            if other.period == run.period and other.role == "optimum":
                run.optimum = run.optimum or other
            mine = run.role != "robust" or other.spec == (inner(run.spec, "expert") or "norm-greedy(q=8)")
            if other.period == run.period and other.role == "expert" and mine and other.log["seen"] == run.log["seen"]:
                run.expert = run.expert or other
    for run, color in zip(runs, colors([run.role for run in runs])):
        run.color = color
    return runs


def tell_apart(runs):
    """Runs of one policy: by what they ran on, and then by their files."""
    for same in [[run for run in runs if run.name == name] for name in in_order(run.name for run in runs)]:
        if len(same) < 2:
            continue
        for tell in (lambda run: run.log["seen"] and (
                "live" if run.log["live"] else f"seeing {pathlib.Path(run.log['seen']).stem}"),
                     lambda run: run.log["events"].replace("\n", ", "),
                     lambda run: pathlib.Path(run.log["trace"]).stem,
                     lambda run: "from " + str(numpy.datetime64(int(run.log["time"][0]), "s"))[:10],
                     lambda run: ", ".join(f"{name} {one['weight']:g}" for name, one in run.log["groups"].items()),
                     lambda run: pathlib.Path(run.log["path"]).stem):
            words = [tell(run) for run in same]
            if len(set(words)) > 1:
                for run, word in zip(same, words):
                    run.name += f", {word}" if word else ""
                break


PALETTE = {"expert": ["#444444", "#888888"], "optimum": ["#009E73"], "ml": ["#E69F00", "#D55E00", "#8C6D1F"],
           "robust": ["#0072B2", "#56B4E9", "#5B4FB5", "#1B3A6B"],
           "other": ["#7F5539", "#9AA03B", "#5A9E9E", "#B0B0B0"],
           "test": ["#CC79A7", "#E3B5CF", "#9E4C7C"]}


def colors(roles):
    """One per policy: orange follows forecasts, blue is robust, grey the expert, green the optimum."""
    seen, found = collections.Counter(), []
    for one in roles:
        found.append(PALETTE[one][seen[one] % len(PALETTE[one])])
        seen[one] += 1
    return found


def entries_of_runs(runs):
    return [Entry(run.name, run.spec, run.role, run.follows_ml, numpy.array([run.against(run.expert)]),
                  numpy.array([run.against(run.optimum)]),
                  {name: (one["unit"], run.log["regions"], one["load"][-1])
                   for name, one in run.log["groups"].items() if one["by_region"]}, 1) for run in runs]


def scenario_keys(sweep):
    """What a cell's J can be compared within: same trace, period, events, errors seen, weights and norms."""
    words = ("trace", "first_slot", "last_slot", "events", "observe")
    numbers = [name for name in sweep.columns if name.endswith(("_weight", "_norm"))]
    columns = [sweep.words(name) for name in words] + [sweep.get(name) for name in numbers]
    return [tuple(str(value) for value in row) for row in zip(*columns)]


def expert_objectives(sweep):
    """Shifted J of the expert in each cell's scenario: what a robust cell says of it, or its own cell's."""
    keys, shifted = scenario_keys(sweep), sweep.get("objective") + sweep.get("shift")
    told = sweep.get("expert_objective") + sweep.get("shift")
    found = {key: told[at] for at, key in enumerate(keys) if numpy.isfinite(told[at])}
    found.update({key: shifted[at] for at, key in enumerate(keys) if sweep.role(sweep.labels[at]) == "expert"})
    return numpy.array([told[at] if numpy.isfinite(told[at]) else found.get(key, numpy.nan)
                        for at, key in enumerate(keys)])


def entries_of_sweep(sweep):
    shifted, expert = sweep.get("objective") + sweep.get("shift"), expert_objectives(sweep)
    entries = []
    for label in in_order(sweep.labels):
        mine, kind = sweep.labels == label, sweep.role(label)
        follows = parse(inner(label, "advice") if kind == "robust" else label).name in LEARNED
        loads = {}
        for group, unit in sweep.loads():
            if group != "performance":
                loads[group] = unit, list(sweep.columns["region"]), mean_of(sweep.get(f"{group}_load")[mine])
        entries.append(Entry(sweep.names[label], label, kind, follows, shifted[mine] / expert[mine] - 1,
                             sweep.get("ratio")[mine] - 1, loads, int(mine.sum())))
    return entries


def mean_of(rows):
    """By column, over what is known; NaN where nothing is."""
    known = numpy.isfinite(rows)
    count = known.sum(axis=0)
    return numpy.where(count > 0, numpy.where(known, rows, 0).sum(axis=0) / numpy.maximum(count, 1), numpy.nan)


def score(entry):
    """What ranks policies: J against the optimum, else against the expert, mean over cells; unknown is last."""
    for values in (entry.against_optimum, entry.against_expert):
        if numpy.isfinite(values).any():
            return float(mean_of(values[:, None])[0])
    return numpy.inf


def leading(entries, most=MOST):
    """The few that matter, in the order of the entries: optimum, expert, best and worst that follow ML, that are
    robust, and of the others; all of them when they are few."""
    if len(entries) <= most:
        return list(entries)
    ranked = sorted(entries, key=score)
    def ends(kind, ml=None):
        mine = [one for one in ranked if one.role == kind and ml in (None, one.ml)]
        return [mine[0], mine[-1]] if mine else []
    wanted = ends("optimum")[:1] + ends("expert")[:1] + ends("ml") + ends("robust", True) + ends("robust")
    wanted += ends("other") + ends("test")[-1:]
    names = list(dict.fromkeys(one.name for one in wanted + ranked))[:most] if len(wanted) < 2 else \
        list(dict.fromkeys(one.name for one in wanted))[:most]
    return [one for one in entries if one.name in names]
