"""What the tests of the Python package share: the package of this tree, the program of EVENKEEL_PROGRAM."""
import contextlib
import os
import pathlib
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PACKAGE = ROOT / "python"
sys.path.insert(0, str(PACKAGE))
sys.dont_write_bytecode = True
os.environ["PYTHONDONTWRITEBYTECODE"] = "1"  # for own policies as well

import evenkeel  # noqa: E402  (the package of this tree)


@contextlib.contextmanager
def folder():
    with tempfile.TemporaryDirectory(prefix="evenkeel_python_test_") as path:
        yield path


def two_regions(path, slots=2):
    """A trace that hands can compute: 1 MWh an hour from one gateway; regions A and B with capacity 10, PUE 1, 40 and
    50 USD/MWh, 0.4 and 0.1 kg/kWh, no water."""
    import xarray

    out = os.path.join(path, "two.h5")
    raw = os.path.join(path, "raw.h5")
    evenkeel.generate(raw, regions=2, gateways=1, slots=slots)
    with xarray.open_dataset(raw) as data:
        data = data.load()
    values = {"demand": 1.0, "capacity": 10.0, "price": [40.0, 50.0], "carbon_intensity": [0.4, 0.1],
              "water_intensity": 0.0, "pue": 1.0, "energy_per_unit": 1.0, "resource_per_unit": 1.0, "network_cost": 0.0}
    for name, value in values.items():
        data[name][...] = value
    for variable in data.variables.values():
        variable.encoding = {}
    data.assign_coords(region=["A", "B"], gateway=["G"]).to_netcdf(out, engine="netcdf4")
    os.remove(raw)
    return out
