"""Run logs and sweeps made by hand, with as little in them as the report reads."""
import sys
import pathlib

import h5py
import numpy

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "experiments" / "report"))

REGIONS = ("north", "south")


def letters(texts):
    """A dataset of texts as evenkeel writes it: rows of letters."""
    size = max(1, *(len(one.encode()) for one in texts))
    return numpy.array([list(one.encode().ljust(size, b"\0")) for one in texts], dtype="u1").view("S1")


def write_log(path, policy, objective, *, carbon=(30.0, 10.0), water=(5.0, 15.0), cost=(6.0, 4.0), slack=None,
              guarantee="", start=0, **attributes):
    """A log whose loads grow evenly to what is given; `objective` is J after every slot. Nothing is shifted."""
    slots = len(objective)
    share = (numpy.arange(slots) + 1.0)[:, None] / slots
    with h5py.File(path, "w") as file:
        words = {"schema": "evenkeel-run", "policy": policy, "trace": "trace.h5", "command": f"evenkeel run {policy}",
                 "groups": "carbon water", **attributes}
        if guarantee:
            words["guarantee"] = guarantee
        for name, value in words.items():
            file.attrs[name] = numpy.bytes_(value)
        file.attrs["schema_version"] = numpy.array([2])
        file.attrs["energy_cost"] = numpy.array([float(sum(cost))])
        file["region"] = letters(REGIONS)
        file["time"] = start + 3600 * numpy.arange(slots)
        file["objective"], file["shift"] = numpy.array(objective, dtype=float), numpy.zeros(slots)
        file["region_cost"], file["region_workload"] = share * cost, share * (1.0, 1.0)
        for name, load, unit, weight in (("carbon", carbon, "t", 1500.0), ("water", water, "m3", 60.0)):
            file[name] = share * load
            file[name].attrs["units"] = numpy.bytes_(unit)
            file[name].attrs["weight"], file[name].attrs["norm"] = numpy.array([weight]), numpy.array([numpy.inf])
        if slack is not None:
            file["slack"] = numpy.array(slack, dtype=float)
            file["verdict"] = numpy.zeros(slots, dtype="u1")
            for name in ("taken", "pulled", "expert", "rejected"):
                file["verdict"].attrs[name] = numpy.array([slots if name == "taken" else 0])
    return str(path)


def write_sweep(path, cells):
    """cells: [{column: value}]; what a cell leaves out is empty text or NaN."""
    texts = ("policy", "advice", "forecast_kind", "observe_kind", "observe", "events", "trace", "first_slot",
             "last_slot", "failure", "command")
    numbers = ["objective", "shift", "optimum", "ratio", "rho", "expert_objective", "expert_ratio", "bound", "slack",
               "relative_slack", "observation_cost", "forecast_level", "observe_level", "carbon_weight", "water_weight",
               "carbon_norm", "water_norm", "carbon_max", "carbon_mean", "water_max", "water_mean", "energy_cost"]
    with h5py.File(path, "w") as file:
        for name, value in {"schema": "evenkeel-sweep", "title": "By hand", "command": "evenkeel sweep hand.ini",
                            "generator": "by hand", "config": "title = By hand\n"}.items():
            file.attrs[name] = numpy.bytes_(value)
        file.attrs["schema_version"] = numpy.array([1])
        file["cell"] = letters([str(at) for at in range(len(cells))])
        file["region"] = letters(REGIONS)
        for name in texts:
            file[name] = letters([one.get(name, "") for one in cells])
        for name in numbers:
            file[name] = numpy.array([one.get(name, 0.0 if name == "shift" else numpy.nan) for one in cells])
        for name in ("carbon_load", "water_load"):
            file[name] = numpy.array([one.get(name, (numpy.nan, numpy.nan)) for one in cells])
    return str(path)
