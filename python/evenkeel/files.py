"""evenkeel's files as xarray's datasets, read when they are looked at; units are attributes of the variables."""
import os
from typing import TYPE_CHECKING

from .errors import Error
from .runner import PathArgument

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr


def dataset(path: PathArgument, kind: str = "") -> "xr.Dataset":
    """A trace, a run's log, or the results of `compare`, `sweep` or `backtest`.

    kind: trace, run, comparison, sweep or backtest; raises Error where the file is something else.
    """
    import xarray as xr

    with open(path, "rb"):  # xarray's message for a missing file is about its backends
        pass
    opened = xr.open_dataset(os.fspath(path))
    schema = opened.attrs.get("schema", "")
    wanted = f"evenkeel-{kind}" if kind else "evenkeel-"
    if not str(schema).startswith(wanted):
        opened.close()
        raise Error(f"{os.fspath(path)}: its schema is \"{schema}\", not {wanted}{'' if kind else '..'}")
    return opened


def trace(path: PathArgument) -> "xr.Dataset":
    """demand [time, gateway], price, carbon_intensity, water_intensity and capacity [time, region], and the network.

    A trace with work that can wait has work_arrival [time, work_class] as well, and what its classes are.
    """
    return dataset(path, "trace")


def cells(path: PathArgument, by: str = "cell") -> "pd.DataFrame":
    """The results of a sweep: a row per cell, or with by="region" or by="gateway" per cell and place."""
    import pandas as pd

    axes = {"cell": ("cell",), "region": ("cell", "region"), "gateway": ("cell", "gateway")}
    if by not in axes:
        raise ValueError(f"by is {by!r}, allowed are {', '.join(axes)}")
    with dataset(path, "sweep") as opened:
        names = [name for name, value in opened.data_vars.items() if value.dims == axes[by]]
        loaded = opened[names].load()
        table = loaded.to_dataframe() if by == "cell" else loaded.to_dataframe(dim_order=list(axes[by]))
        units = {str(name): str(loaded[name].attrs["units"]) for name in names if "units" in loaded[name].attrs}
    table.index = (pd.to_numeric(table.index) if by == "cell" else
                   table.index.set_levels(pd.to_numeric(table.index.levels[0]), level=0))
    table = table.sort_index(level=0, sort_remaining=False)
    table.attrs["units"] = units
    return table
