"""The program's commands as functions.

Each takes the program's options as keywords (`evenkeel.options` has the rule), `progress` (`evenkeel.progress`), and
raises InputError or RunError with the program's message.
"""
import contextlib
import json
import os
import pathlib
import shutil
import tempfile
from typing import TYPE_CHECKING, Any, Dict, Iterator, List, Mapping, Optional, Sequence, Tuple, Union

from . import files, tables
from .options import Option, text
from .runner import PathArgument, call
from .progress import ProgressArgument
from .runs import Run, remove_with

if TYPE_CHECKING:
    import pandas as pd

Policies = Union[None, str, Sequence[str], Mapping[str, str]]
Config = Union[PathArgument, Mapping[str, Any]]


def generate(out: PathArgument, *, progress: ProgressArgument = None, **options: Option) -> pathlib.Path:
    """Makes a trace from a seed: generate("trace.h5", regions=4, gateways=3, slots=720)."""
    call("trace generate", out=out, progress=progress, **options)
    return pathlib.Path(out)


def run(trace: PathArgument, policy: str, *, out: Optional[PathArgument] = None, log: bool = True,
        progress: ProgressArgument = None, **options: Option) -> Run:
    """Runs one policy. allocations=True keeps every decision.

    out: where the log of the run goes; without it there is a temporary one, unless log=False.
    """
    if out is not None or not log:
        document = call("run", trace, policy=policy, out=out, json=True, progress=progress, **options)
        return Run(json.loads(document), "" if out is None else os.fspath(out))
    folder = tempfile.mkdtemp(prefix="evenkeel-")
    try:
        out = os.path.join(folder, "run.h5")
        document = call("run", trace, policy=policy, out=out, json=True, progress=progress, **options)
        result = Run(json.loads(document), out, is_temporary=True)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    remove_with(result, folder)
    return result


def compare(trace: PathArgument, policies: Policies = None, *, by: str = "policy", progress: ProgressArgument = None,
            **options: Option) -> "pd.DataFrame":
    """Policies beside the optimum in hindsight: a row per policy.

    policies: specs; or specs by the names that the rows get; without any, all prediction-free ones.
    by: "region" or "gateway" gives a row per policy and place.
    """
    if by not in ("policy", "region", "gateway"):
        raise ValueError(f"by is {by!r}, allowed are policy, region, gateway")
    specs, names = _named(policies)
    document = json.loads(call("compare", trace, policy=specs, json=True, progress=progress, **options))
    outcomes: List[Tuple[str, Dict[str, Any]]] = []
    if document.get("optimum"):
        outcomes.append(("optimum in hindsight", {**document["optimum"], "ratio": 1.0}))  # of J over itself
    outcomes += zip(names or [one["policy"] for one in document["policies"]], document["policies"])
    if by != "policy":
        rows = [{"policy": name, **place} for name, outcome in outcomes for place in outcome[by + "s"]]
        return tables.places(rows, ["policy", by], document)
    return tables.labelled([{**tables.row(outcome), "policy": name} for name, outcome in outcomes], "policy",
                           tables.row_units(document))


def sweep(config: Config, *, out: Optional[PathArgument] = None, by: str = "cell", progress: ProgressArgument = None,
          **options: Option) -> "pd.DataFrame":
    """Every cell of a grid: a row per cell; with by="region" or "gateway" a row per cell and place.

    config: a file, its text, or {"trace": .., "policy": [..], "vary": {"rho": [0.05, 0.2]}}; docs/sweeps.md has the
    keys.
    out: where the results go, and where a sweep that was stopped goes on; without it they are temporary.
    """
    with tempfile.TemporaryDirectory(prefix="evenkeel-") as folder:
        results = os.path.join(folder, "sweep.h5") if out is None else os.fspath(out)
        with _config_file(config, folder) as path:
            call("sweep", path, out=results, progress=progress, **options)
        return files.cells(results, by)


def backtest(trace: PathArgument, predictor: str, *, by: str = "signal", progress: ProgressArgument = None,
             **options: Option) -> "pd.DataFrame":
    """How good forecasts are, beside yesterday repeated: a row per signal, whose unit is in the column `unit`.

    by: "horizon" gives the mean absolute error by steps ahead, "place" all errors by region or gateway.
    """
    if by not in ("signal", "horizon", "place"):
        raise ValueError(f"by is {by!r}, allowed are signal, horizon, place")
    document = json.loads(call("backtest", trace, predictor=predictor, json=True, progress=progress, **options))
    rows: List[Dict[str, Any]] = []
    for signal, errors in document["signals"].items():
        base = {"signal": signal, "unit": _SIGNAL_UNITS[signal]}
        if by == "horizon":
            rows += [{**base, "step": step, "mae": tables.number(error)}
                     for step, error in enumerate(errors["by_horizon"], 1)]
        elif by == "place":
            rows += [{**base, "place": place, **_numbers(found)} for place, found in errors["by_region"].items()]
        else:
            rows.append({**base, **_numbers(errors)})
    index = {"signal": ["signal"], "horizon": ["signal", "step"], "place": ["signal", "place"]}[by]
    return tables.labelled(rows, index, _ERROR_UNITS)


def train(trace: PathArgument, valid: PathArgument, out: PathArgument, predictor: str, *,
          losses: Optional[PathArgument] = None, progress: ProgressArgument = None,
          **options: Option) -> "pd.DataFrame":
    """Trains a network for spec("learned", file=out), and returns the losses of every epoch."""
    import pandas as pd

    with tempfile.TemporaryDirectory(prefix="evenkeel-") as folder:
        path = os.path.join(folder, "losses.csv") if losses is None else os.fspath(losses)
        call("train", train=trace, valid=valid, out=out, predictor=predictor, losses=path, progress=progress, **options)
        return pd.read_csv(path).set_index("epoch")


def report(results: PathArgument, out: PathArgument, *, progress: ProgressArgument = None,
           **options: Option) -> pathlib.Path:
    """One page with the figures of a sweep, or of a run's log; it opens offline."""
    call("report", results, out=out, progress=progress, **options)
    return pathlib.Path(out)


_SIGNAL_UNITS = {"demand": "units of workload", "price": "USD/MWh", "carbon": "kg/kWh", "water": "L/kWh"}
_OF_THE_ROW = ("mae", "rmse", "pinball", "seasonal_naive_mae", "rest_mae", "seasonal_naive_rest_mae")
_ERROR_UNITS = {"mape": "1", "mase": "1", "coverage": "1", **{name: "that of the row" for name in _OF_THE_ROW}}


def _numbers(errors: Mapping[str, Any]) -> Dict[str, Any]:
    return {name: tables.number(value) for name, value in errors.items() if not isinstance(value, (dict, list))}


def _named(policies: Policies) -> Tuple[List[str], List[str]]:
    """Specs, and the names of their rows where they were given."""
    if policies is None:
        return [], []
    if isinstance(policies, str):
        return [policies], []
    if isinstance(policies, Mapping):
        return list(policies.values()), list(policies)
    return list(policies), []


@contextlib.contextmanager
def _config_file(config: Config, folder: str) -> Iterator[str]:
    if isinstance(config, Mapping):
        written = config_text(config)
    elif isinstance(config, str) and "\n" in config:
        written = config
    else:
        yield os.fspath(config)
        return
    path = os.path.join(folder, "sweep.ini")
    with open(path, "w", encoding="utf-8") as file:
        file.write(written)
    yield path


def config_text(config: Mapping[str, Any]) -> str:
    """A sweep's file: every value of a key on a line of its own; `vary` is the section at the end, its values a list or
    a text such as "1..5"."""
    lines = []
    for key, value in config.items():
        if key == "vary":
            continue
        for one in value if isinstance(value, (list, tuple)) else [value]:
            lines.append(f"{key.rstrip('_').replace('_', '-')} = {text(one)}")
    if "vary" in config:
        lines.append("[vary]")
        for name, values in config["vary"].items():
            written = values if isinstance(values, str) else ", ".join(map(text, values))
            lines.append(f"{name} = {written}")
    return "\n".join(lines) + "\n"
