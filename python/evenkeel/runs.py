"""What `run` returns."""
import shutil
import weakref
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Optional

from . import files, tables
from .tables import Document

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr


def remove_with(owner: object, folder: str) -> None:
    """Removes the folder when the owner goes, or Python ends."""
    weakref.finalize(owner, shutil.rmtree, folder, ignore_errors=True)


@dataclass(eq=False)
class Run:
    """One policy over one trace."""

    json: Document  # the program's document, as it is
    path: str  # the log of the run; "": none was written
    is_temporary: bool = False  # whether the log goes with this object
    _log: Optional["xr.Dataset"] = field(default=None, repr=False)

    @property
    def policy(self) -> str:
        return str(self.json["policy"])

    @property
    def objective(self) -> float:
        """J, USD."""
        return float(tables.number(self.json["objective"]))

    @property
    def summary(self) -> "pd.Series":
        """All single figures; units in attrs["units"]."""
        import pandas as pd

        figures = tables.row(self.json)
        inputs = ("trace", "observed", "observe")
        series = pd.Series({name: value for name, value in figures.items() if name not in inputs}, name=self.policy,
                           dtype=object)
        units = tables.row_units(self.json)
        series.attrs["units"] = {name: units[name] for name in series.index if name in units}
        return series

    @property
    def regions(self) -> "pd.DataFrame":
        """A row per region: energy cost, workload, and the loads of the groups by region."""
        return tables.places(self.json["regions"], "region", self.json)

    @property
    def gateways(self) -> "pd.DataFrame":
        """A row per gateway: the loads of the groups by gateway."""
        return tables.places(self.json["gateways"], "gateway", self.json)

    @property
    def certificates(self) -> "pd.DataFrame":
        """With certify=..: how far J was at most from the best in hindsight, slot by slot."""
        if not self.json["certificate"]:
            raise ValueError("this run has no certificates: run(.., certify=EVERY) makes them")
        rows = [{key: tables.number(value) for key, value in one.items()} for one in self.json["certificate"]["slots"]]
        return tables.labelled(rows, "slot", {"objective": "USD", "lower_bound": "USD", "ratio": "1"})

    @property
    def log(self) -> "xr.Dataset":
        """Per slot cost, loads and J so far, docs/run_format.md. Read when looked at where `out` was given; a temporary
        log is read as a whole, since its file goes with this object."""
        if not self.path:
            raise ValueError("this run has no log: it was made with log=False")
        if self._log is None:
            self._log = files.dataset(self.path, "run")
            if self.is_temporary:
                self._log = self._log.load()
                self._log.close()
        return self._log

    @property
    def decisions(self) -> "xr.DataArray":
        """Workload [time, gateway, region, variant]; of a run with allocations=True."""
        if "allocation" not in self.log:
            raise ValueError("the log of this run has no decisions: run(.., allocations=True) keeps them")
        return self.log["allocation"]

    def _repr_html_(self) -> str:
        return str(self.summary.to_frame()._repr_html_())
