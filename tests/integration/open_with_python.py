#!/usr/bin/python3
"""Opens a trace and a run log as others would, with h5py, netCDF4 and xarray, and checks what they see.

    open_with_python.py TRACE.h5 RUN.h5 [--eglb]

No reader gets an argument beyond the file's name (and xarray the engine's). With --eglb the trace is the published case
and some of its values are checked as well.
"""

import sys
import warnings

import h5py
import netCDF4
import numpy as np
import xarray

TIME_UNITS = "seconds since 1970-01-01 00:00:00"

# name: (axes, units)
TRACE = {
    "demand": (("time", "gateway"), "MWh"),
    "capacity": (("time", "region"), "MW"),
    "price": (("time", "region"), "USD/MWh"),
    "carbon_intensity": (("time", "region"), "kg/kWh"),
    "water_intensity": (("time", "region"), "L/kWh"),
    "pue": (("region",), "1"),
    "region_latitude": (("region",), "degrees_north"),
    "region_longitude": (("region",), "degrees_east"),
    "gateway_latitude": (("gateway",), "degrees_north"),
    "gateway_longitude": (("gateway",), "degrees_east"),
    "resource_per_unit": (("variant",), "1"),
    "quality_loss": (("variant",), "1"),
    "energy_per_unit": (("region", "variant"), "1"),
    "reachable": (("gateway", "region"), "1"),
    "network_cost": (("gateway", "region"), "USD/MWh"),
    "distance": (("gateway", "region"), "km"),
}
RUN = {
    "energy_cost": (("time",), "USD"),
    "shed_cost": (("time",), "USD"),
    "objective": (("time",), "USD"),
    "shift": (("time",), "USD"),
    "region_cost": (("time", "region"), "USD"),
    "region_workload": (("time", "region"), "MWh"),
}
RUN_ALLOCATIONS = {
    "allocation": (("time", "gateway", "region", "variant"), "MWh"),
    "shed": (("time", "gateway"), "MWh"),
}
BUCKETS = {"carbon": ("region", "t"), "water": ("region", "m3"), "performance": ("gateway", "1")}


def text(value):
    """An attribute of fixed length, as h5py hands it over."""
    assert isinstance(value, bytes), "attributes are of fixed length"
    return value.decode()


def labels(dataset):
    """Rows of letters as texts."""
    rows = dataset[...]
    return [one.decode() for one in rows.view(f"S{rows.shape[1]}")[:, 0]]


def check_h5py(path, fields):
    """Scales on every axis, attributes as text, creation order, compression, chunk sizes."""
    with h5py.File(path) as file:
        assert file.attrs["schema_version"].tolist() in ([1], [2])
        assert text(file.attrs["Conventions"]) == "CF-1.8"
        root = h5py.h5g.open(file.id, b"/")
        order = [root.links.get_info(name.encode()) for name in ("time", *fields)]
        assert all(link.corder_valid for link in order), "creation order is not tracked"
        assert order[0].corder == 0
        for axis in ("time", "region", "gateway", "variant"):
            assert h5py.h5ds.is_scale(file[axis].id), axis
            assert text(file[axis].attrs["long_name"])
        assert file["time"].dtype == np.int64 and text(file["time"].attrs["units"]) == TIME_UNITS
        assert text(file["time"].attrs["interval"]) == "start"
        for name, (axes, units) in fields.items():
            dataset = file[name]
            assert text(dataset.attrs["units"]) == units, (name, dataset.attrs["units"])
            assert dataset.attrs["long_name"], name
            assert dataset.shape == tuple(file[axis].shape[0] for axis in axes), name
            for k, axis in enumerate(axes):
                assert len(dataset.dims[k]) == 1 and dataset.dims[k][0].name == "/" + axis, (name, axis)
            if axes[0] == "time":
                assert dataset.compression == "gzip" and dataset.compression_opts == 4 and dataset.shuffle, name
                size = np.prod(dataset.chunks) * dataset.dtype.itemsize
                assert dataset.fletcher32, name
                full = size >= 64 << 10 or dataset.chunks[0] >= dataset.shape[0]
                assert size <= 1 << 20 and full, (name, dataset.chunks)
        return {name: file[name][...] for name in fields}, labels(file["region"]), file["time"][...]


def check_netcdf(path, fields, values):
    """What `ncdump -h` sees: named dimensions, types, attributes."""
    with netCDF4.Dataset(path) as data:
        names = [one for one in data.dimensions if not one.startswith("text")]  # those count letters
        assert names[:4] == ["time", "region", "gateway", "variant"], names
        assert "phony" not in str(data)
        for name, (axes, units) in fields.items():
            variable = data[name]
            assert variable.dimensions == axes, (name, variable.dimensions)
            assert variable.units == units and variable.long_name
            np.testing.assert_array_equal(variable[...].filled(np.nan) if variable.dtype.kind == "f" else variable[...], values[name])
        assert data["region"].dtype == "S1" and data["region"].dimensions[0] == "region"


def check_xarray(path, fields, values, regions, time):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        data = xarray.open_dataset(path, engine="netcdf4")
    with data:
        assert set(data.coords) == {"time", "region", "gateway", "variant"}, set(data.coords)
        assert data.region.values.tolist() == regions
        np.testing.assert_array_equal(data.time.values, time.astype("datetime64[s]").astype("datetime64[ns]"))
        for name, (axes, units) in fields.items():
            assert data[name].dims == axes and data[name].attrs["units"] == units, name
            np.testing.assert_array_equal(data[name].values, values[name])
        # Labels and times work as an index.
        chosen = data.sel(region=regions[-1], time=data.time.values[-1])
        name = "price" if "price" in fields else "region_cost"
        assert float(chosen[name]) == values[name][-1, -1]


def check(path, fields):
    values, regions, time = check_h5py(path, fields)
    assert (np.diff(time) == time[1] - time[0]).all()
    check_netcdf(path, fields, values)
    check_xarray(path, fields, values, regions, time)
    return values


def check_trace(path):
    with h5py.File(path) as file:
        assert text(file.attrs["schema"]) == "evenkeel-trace"
        for name in ("title", "source", "licence", "command", "generator", "seed", "history"):
            text(file.attrs[name])
        assert file.attrs["slot_hours"][0] * 3600 == file["time"][1] - file["time"][0]
        assert file["carbon_intensity"].attrs["signal_type"] and file["carbon_intensity"].attrs["scope"]
        assert file["reachable"].dtype == np.uint8
    return check(path, TRACE)


def check_run(path):
    with h5py.File(path) as file:
        assert text(file.attrs["schema"]) == "evenkeel-run"
        for name in ("policy", "trace", "command", "generator", "history"):
            text(file.attrs[name])
        fields = dict(RUN)
        if "allocation" in file:
            fields.update(RUN_ALLOCATIONS)
        for group in text(file.attrs["groups"]).split():
            axis, units = BUCKETS[group]
            fields[group] = (("time", axis), units)
            attributes = file[group].attrs
            assert attributes["weight"].shape == (1,) and attributes["norm"][0] >= 1
            last = file[group][-1]
            assert attributes["max"][0] == last.max()
            assert np.isclose(attributes["mean"][0], last.mean(), rtol=1e-12)
        objective = file.attrs["objective"][0]
    values = check(path, fields)
    assert values["objective"][-1] == objective
    assert np.isclose(values["energy_cost"].sum(), values["region_cost"][-1].sum(), rtol=1e-9)
    if "allocation" in values:
        served = values["allocation"].sum(axis=(0, 1, 3))
        np.testing.assert_allclose(served, values["region_workload"][-1], rtol=1e-9)


def check_eglb(values):
    assert values["price"].shape == (457, 10)
    assert (values["price"] < 0).sum() == 5
    assert values["price"][0, 0] == 38.35 and values["demand"][0, 3] == 2700.0 / 2708.0
    assert (values["capacity"] == 1.0).all() and (values["reachable"] == 1).all()


def main():
    arguments = [argument for argument in sys.argv[1:] if argument != "--eglb"]
    if len(arguments) != 2:
        sys.exit(__doc__)
    trace = check_trace(arguments[0])
    if "--eglb" in sys.argv:
        check_eglb(trace)
    check_run(arguments[1])
    print("h5py, netCDF4 and xarray read", *arguments)


if __name__ == "__main__":
    main()
