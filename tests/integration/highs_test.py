#!/usr/bin/python3
"""The program's optimum and dispatch against HiGHS, from the trace files alone.

    highs_test.py EVENKEEL [PUBLISHED_DATA_DIR]

Builds the linear programs itself from what is in the HDF5 files (h5py), with other reachability, weights, norms (1 and
inf), bucket weights and variants than the published ones. Seeds are printed with every case.
"""

import csv
import json
import os
import subprocess
import sys
import tempfile

import h5py
import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_matrix, vstack

OPTIMUM_TOLERANCE = 1e-7
SLOT_TOLERANCE = 1e-9


class Trace:
    """Arcs and coefficients as the documentation defines them."""

    def __init__(self, path):
        with h5py.File(path) as file:
            get = {name: file[name][...] for name in file}
            hours = float(file.attrs["slot_hours"][0])
        letters = get["region"]  # a row of letters for each, filled up with zeros
        self.regions = [name.decode() for name in letters.view(f"S{letters.shape[1]}")[:, 0]]
        self.demand, self.capacity = get["demand"], get["capacity"] * hours
        self.slots, self.gateways = self.demand.shape
        variants = len(get["variant"])
        self.arcs = [(j, i, m) for j in range(self.gateways) for i in range(len(self.regions)) for m in range(variants)
                     if get["reachable"][j, i]]
        self.gateway, self.region, self.variant = np.array(self.arcs).T
        self.resource = get["resource_per_unit"][self.variant]
        energy = get["energy_per_unit"][self.region, self.variant]
        facility = get["pue"][self.region] * energy
        self.cost = get["price"][:, self.region] * facility + get["network_cost"][self.gateway, self.region]
        quality = get["quality_loss"][self.variant] / self.demand.sum(axis=0)[self.gateway]
        self.load = {
            "carbon": facility * get["carbon_intensity"][:, self.region],
            "water": energy * get["water_intensity"][:, self.region],
            "performance": np.tile(quality, (self.slots, 1)),
        }

    def bucket(self, group):
        return self.gateway if group == "performance" else self.region

    def buckets(self, group):
        return self.gateways if group == "performance" else len(self.regions)


def solve_lp(cost, equal, equal_to, below, at_most, method="highs"):
    result = linprog(cost, A_ub=below, b_ub=at_most, A_eq=equal, b_eq=equal_to, bounds=(0, None), method=method,
                     options={"primal_feasibility_tolerance": 1e-9, "dual_feasibility_tolerance": 1e-9})
    assert result.status == 0, result.message
    return result.fun


def slot_rows(trace, slots, columns):
    """Demand and capacity rows of the slots; slot s owns columns [s * arcs, (s + 1) * arcs)."""
    arcs = len(trace.arcs)
    column = (np.arange(len(slots))[:, None] * arcs + np.arange(arcs)).ravel()
    gateway = (np.arange(len(slots))[:, None] * trace.gateways + trace.gateway).ravel()
    region = (np.arange(len(slots))[:, None] * len(trace.regions) + trace.region).ravel()
    equal = csr_matrix((np.ones(column.size), (gateway, column)), shape=(len(slots) * trace.gateways, columns))
    below = csr_matrix((np.tile(trace.resource, len(slots)), (region, column)),
                       shape=(len(slots) * len(trace.regions), columns))
    return equal, trace.demand[slots].ravel(), below, trace.capacity[slots].ravel()


def optimum(trace, groups, method="highs"):
    """J of the whole period; groups: name -> (weight, norm, theta)."""
    arcs, slots = len(trace.arcs), np.arange(trace.slots)
    coupled = [name for name, (_, norm, _) in groups.items() if norm == "inf"]
    columns = trace.slots * arcs + len(coupled)
    cost = trace.cost.copy()
    rows, row_columns, entries, first_row = [], [], [], 0
    tail = []
    for name, (weight, norm, theta) in groups.items():
        bucket = trace.bucket(name)
        load = theta[bucket] * trace.load[name]
        if norm == "1":
            cost += weight * load
            continue
        # sum_t h x - M <= 0 for every bucket, M priced at the weight
        rows.append(first_row + np.tile(bucket, trace.slots))
        row_columns.append(np.arange(trace.slots * arcs))
        entries.append(load.ravel())
        every = np.arange(trace.buckets(name))
        rows.append(first_row + every)
        row_columns.append(np.full(every.size, trace.slots * arcs + len(tail)))
        entries.append(np.full(every.size, -1.0))
        first_row += every.size
        tail.append(weight)
    equal, demand, below, capacity = slot_rows(trace, slots, columns)
    if tail:
        coupling = csr_matrix((np.concatenate(entries), (np.concatenate(rows), np.concatenate(row_columns))),
                              shape=(first_row, columns))
        below, capacity = vstack([below, coupling]), np.concatenate([capacity, np.zeros(first_row)])
    return solve_lp(np.concatenate([cost.ravel(), tail]), equal, demand, below, capacity, method)


class Checker:
    def __init__(self, program, folder):
        self.program, self.folder, self.worst, self.worst_slot, self.cases = program, folder, 0.0, 0.0, 0

    def run(self, *arguments):
        result = subprocess.run([self.program, *arguments], cwd=self.folder, capture_output=True, text=True)
        assert result.returncode == 0, (arguments, result.stderr)
        return result.stdout

    def options(self, trace, groups):
        arguments = []
        for name, (weight, norm, theta) in groups.items():
            arguments += ["--weight", f"{name}={weight!r}", "--norm", f"{name}={norm}"]
            if name != "performance" and (theta != 1.0).any():
                with open(os.path.join(self.folder, name + ".csv"), "w", newline="") as file:
                    writer = csv.writer(file)
                    writer.writerows([["bucket", "weight"], *zip(trace.regions, map(repr, theta.tolist()))])
                arguments += ["--bucket-weight", f"{name}:{name}.csv"]
        return arguments

    def check_optimum(self, path, trace, groups, label):
        expected = optimum(trace, groups)
        solved = json.loads(self.run("solve", path, "--json", *self.options(trace, groups)))
        error = abs(solved["objective"] - expected) / abs(expected)
        print(f"{label}: HiGHS {expected:.9f}, evenkeel {solved['objective']:.9f}, relative difference {error:.2e}")
        assert error <= OPTIMUM_TOLERANCE, label
        self.worst, self.cases = max(self.worst, error), self.cases + 1

    def check_slots(self, path, trace, groups, random):
        """Dispatch of the policies that are linear problems, slot by slot, and their own objective."""
        uniform = {"cost": {}, "c2": {"carbon": 600.0}, "all": {"carbon": 300.0, "water": 30.0}}
        weights = {name: weight * theta[trace.bucket(name)] for name, (weight, _, theta) in groups.items()}
        for policy, prices in [*uniform.items(), ("l1-greedy", weights)]:
            self.run("run", path, "--policy", policy, "--out", "run.h5", "--allocations", "--quiet",
                     *self.options(trace, groups))
            with h5py.File(os.path.join(self.folder, "run.h5")) as file:
                decided = file["allocation"][...]
            priced = trace.cost + sum((price * trace.load[name] for name, price in prices.items()), 0.0)
            for t in random.choice(trace.slots, size=6, replace=False):
                flow = decided[t][trace.gateway, trace.region, trace.variant]
                expected = solve_lp(priced[t], *slot_rows(trace, [t], len(trace.arcs)))
                error = abs(priced[t] @ flow - expected) / (1.0 + abs(expected))
                assert error <= SLOT_TOLERANCE, (path, policy, t, priced[t] @ flow, expected)
                self.worst_slot = max(self.worst_slot, error)


def random_groups(trace, random, norms, with_performance):
    """Weights over two orders of magnitude, bucket weights in [0.5, 2]."""
    groups = {}
    for (name, scale), norm in zip({"carbon": 1500.0, "water": 60.0, "performance": 200.0}.items(), norms):
        if name == "performance" and not with_performance:
            continue
        theta = random.uniform(0.5, 2.0, trace.buckets(name)) if name != "performance" else np.ones(trace.gateways)
        groups[name] = (float(scale * 10.0 ** random.uniform(-1, 1)), norm, theta)
    return groups


def check_generated(checker):
    for seed in (1, 2, 3):
        random = np.random.default_rng(seed)
        path = f"generated{seed}.h5"
        checker.run("trace", "generate", "--regions", "8", "--gateways", "7", "--slots", "48", "--seed", str(seed),
                    "--reach", "0.5", "--network-cost", "5", "--variants", "3", "--out", path, "--quiet")
        trace = Trace(os.path.join(checker.folder, path))
        assert len(trace.arcs) < 8 * 7 * 3, "reach 0.5 leaves arcs out"
        for norms in (("inf", "inf", "inf"), ("inf", "1", "inf"), ("1", "1", "1")):
            groups = random_groups(trace, random, norms, with_performance=True)
            checker.check_optimum(path, trace, groups, f"generated, seed {seed}, norms {','.join(norms)}")
        checker.check_slots(path, trace, groups, random)


def check_published(checker, data):
    random = np.random.default_rng(7)
    reach = (random.uniform(size=(10, 10)) < 0.5).astype(int)
    np.fill_diagonal(reach, 1)  # everyone's own region: the case stays servable
    np.savetxt(os.path.join(checker.folder, "reach.csv"), reach, fmt="%d", delimiter=",")
    checker.run("trace", "import", "eglb", data, "--reachability", "reach.csv", "--out", "eglb.h5", "--quiet")
    trace = Trace(os.path.join(checker.folder, "eglb.h5"))
    assert len(trace.arcs) == reach.sum()
    assert {(j, i) for j, i, _ in trace.arcs} == {(j, i) for i in range(10) for j in range(10) if reach[i, j]}
    for norms in (("inf", "inf", ""), ("1", "inf", "")):
        groups = random_groups(trace, random, norms, with_performance=False)
        checker.check_optimum("eglb.h5", trace, groups, f"published, reachability seed 7, norms {','.join(norms[:2])}")
    checker.check_slots("eglb.h5", trace, groups, random)


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    with tempfile.TemporaryDirectory() as folder:
        checker = Checker(os.path.abspath(sys.argv[1]), folder)
        check_generated(checker)
        if len(sys.argv) == 3 and os.path.isdir(sys.argv[2]):
            check_published(checker, os.path.abspath(sys.argv[2]))
        else:
            print("no published data: those cases are skipped")
        print(f"{checker.cases} optima, worst relative difference {checker.worst:.2e}; slots {checker.worst_slot:.2e}")


if __name__ == "__main__":
    main()
