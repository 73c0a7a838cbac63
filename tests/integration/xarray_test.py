#!/usr/bin/python3
"""Opens traces with xarray, saves them again in the ways that people do, and runs them: the same bits, or what xarray
itself sees in a packed or masked variable, or a message.

    xarray_test.py EVENKEEL CASES_DIR
"""

import json
import os
import subprocess
import sys
import tempfile
import unittest
import warnings

import h5py
import netCDF4
import numpy as np
import xarray

PROGRAM, CASES = "", ""
ENGINES = ("netcdf4", "h5netcdf")


class XarrayTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def generate(self, *options):
        path = self.path("trace.h5")
        subprocess.run([PROGRAM, "trace", "generate", "--regions", "3", "--gateways", "2", "--slots", "48", "--seed", "3",
                        "--start", "2024-03-30", *options, "--out", path, "--quiet"], check=True)
        return path

    def run_trace(self, path, *options):
        """All of a run's JSON but the file's name and what the clock says."""
        done = subprocess.run([PROGRAM, "run", path, "--policy", "robust(advice=plan)", "--json", "--quiet", *options],
                              capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        result = json.loads(done.stdout)
        return {name: value for name, value in result.items() if name != "trace" and "seconds" not in name}

    def refuse(self, path, *words, command="run", environment=None):
        arguments = ["run", path, "--policy", "cost"] if command == "run" else command
        done = subprocess.run([PROGRAM, *arguments, "--quiet"], capture_output=True, text=True,
                              env={**os.environ, **(environment or {})})
        self.assertEqual(done.returncode, 2, done.stderr)
        for word in words:
            self.assertIn(word, done.stderr)

    def edited(self, path, edit, name="edited.nc"):
        """A netCDF file of the trace whose variables `edit` may replace or describe: edit(dataset, encoding)."""
        with xarray.open_dataset(path, engine="netcdf4") as data:
            data = data.load()
            for variable in data.variables.values():
                variable.encoding = {}
            encoding = {}
            data = edit(data, encoding) or data
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", xarray.SerializationWarning)  # no _FillValue, on purpose
                data.to_netcdf(self.path(name), engine="netcdf4", encoding=encoding)
        return self.path(name)

    def same(self, path, trace, message=""):
        """The run over `path` is, to the bit, that over `trace` with xarray's values of `path` written as float64."""
        with xarray.open_dataset(path, engine="netcdf4") as seen, netCDF4.Dataset(trace, "r+") as target:
            for name in ("demand", "capacity", "price", "carbon_intensity", "water_intensity"):
                target[name][...] = seen[name].values.astype(np.float64)
        self.assertEqual(self.run_trace(path), self.run_trace(trace), message)

    def test_saved_again_it_is_the_same_trace(self):
        for hours in ("1", "0.25"):
            trace = self.generate("--slot-hours", hours)
            expected = self.run_trace(trace)
            for engine in ENGINES:
                with xarray.open_dataset(trace, engine=engine) as data:
                    data.to_netcdf(self.path("again.nc"), engine=engine)
                self.assertEqual(self.run_trace(self.path("again.nc")), expected, (hours, engine))

    def test_work_that_can_wait_is_saved_again_too(self):
        trace = self.generate("--work-share", "0.3", "--work-deadline", "6", "--work-home", "0.5")

        def info(path):
            done = subprocess.run([PROGRAM, "trace", "info", path, "--json"], capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stderr)
            return {name: value for name, value in json.loads(done.stdout).items() if name != "trace"}

        self.assertEqual(len(info(trace)["work_classes"]), 3)
        for engine in ENGINES:
            with xarray.open_dataset(trace, engine=engine) as data:
                self.assertEqual(data.work_arrival.dims, ("time", "work_class"))
                self.assertEqual(data.work_class.values.tolist()[-1], "work")
                data.to_netcdf(self.path("again.nc"), engine=engine)
            self.assertEqual(info(self.path("again.nc")), info(trace), engine)

    def test_xarray_chooses_units_of_time_by_itself(self):
        for hours, unit in (("1", "hours"), ("0.25", "minutes")):
            trace = self.generate("--slot-hours", hours)
            again = self.edited(trace, lambda data, encoding: None)
            with netCDF4.Dataset(again) as file:
                self.assertEqual(file["time"].units.split()[0], unit)
            self.assertEqual(self.run_trace(again), self.run_trace(trace), unit)

    def test_units_of_time_that_people_choose(self):
        trace = self.generate("--slot-hours", "0.25")
        expected = self.run_trace(trace)
        for units, kind in (("days since 1900-01-01", "float64"), ("hours since 2024-01-01T00:00:00", "float64"),
                            ("minutes since 2024-03-30 00:00:00", "int32"), ("milliseconds since 1970-01-01", "int64"),
                            ("seconds since 2024-03-30", "int32")):
            again = self.edited(trace, lambda data, encoding: encoding.update(time={"units": units, "dtype": kind}))
            self.assertEqual(self.run_trace(again), expected, units)
        self.refuse(self.edited(trace, lambda data, encoding: encoding.update(
            time={"units": "days since 1900-01-01", "dtype": "float32"})), "'time', slot ")

    def test_other_calendars_are_refused(self):
        trace = self.generate()
        with netCDF4.Dataset(trace, "r+") as file:
            file["time"].calendar = "noleap"
        self.refuse(trace, 'the calendar is "noleap"', "allowed are standard")

    def test_packed_variables_are_what_xarray_sees(self):
        packings = [{"dtype": "int32", "scale_factor": 0.01, "_FillValue": -999999},
                    {"dtype": "int32", "scale_factor": 0.001, "add_offset": 40.0},
                    {"dtype": "int16", "scale_factor": 0.01, "add_offset": 20.0},
                    {"dtype": "int64", "scale_factor": 1e-6, "missing_value": -1}]
        for packing in packings:
            trace = self.generate()
            packed = self.edited(trace, lambda data, encoding: encoding.update(
                {name: dict(packing) for name in ("price", "carbon_intensity", "water_intensity")}))
            with netCDF4.Dataset(packed) as file:
                self.assertEqual(file["price"].dtype, packing["dtype"])
            self.same(packed, trace, packing)

    def test_small_integers_are_unpacked_in_float64(self):
        # xarray takes float32 for masked numbers of 16 bits: the last digits differ, the numbers are those of numpy.
        trace = self.generate()
        packed = self.edited(trace, lambda data, encoding: encoding.update(
            price={"dtype": "int16", "scale_factor": 0.01, "add_offset": 20.0, "_FillValue": -32768}))
        with netCDF4.Dataset(packed) as file, netCDF4.Dataset(trace, "r+") as target:
            file.set_auto_maskandscale(False)
            target["price"][...] = file["price"][...].astype(np.float64) * 0.01 + 20.0
        self.assertEqual(self.run_trace(packed), self.run_trace(trace))
        with xarray.open_dataset(packed, engine="netcdf4") as seen, netCDF4.Dataset(trace) as target:
            np.testing.assert_allclose(seen.price.values, target["price"][...], rtol=1e-6)

    def test_unsigned_bytes(self):
        def edit(data, encoding):
            data["capacity"][...] = 200.0
            encoding["capacity"] = {"dtype": "int8", "_Unsigned": "true", "_FillValue": np.int8(-1)}
            return data

        trace = self.generate()
        packed = self.edited(trace, edit)
        with netCDF4.Dataset(packed) as file:
            file.set_auto_maskandscale(False)
            self.assertEqual(file["capacity"][0, 0], 200 - 256)
        self.same(packed, trace)

    def test_missing_values_are_errors(self):
        def edit(data, encoding):
            data["price"][5, 1] = np.nan
            encoding["price"] = {"dtype": kind, "_FillValue": fill}

        for kind, fill in (("float64", -9999.0), ("float32", 1e20), ("int16", -9999)):
            holed = self.edited(self.generate(), edit)
            with xarray.open_dataset(holed, engine="netcdf4") as seen:
                region = str(seen.region.values[1])
            self.refuse(holed, f"'price', slot 5 (2024-03-30 05:00:00 UTC), region '{region}': the value is missing (",
                        "is its '_FillValue'")
        observed = ["run", self.path("trace.h5"), "--observed", holed, "--policy", "cost"]
        self.refuse(holed, "'price', slot 5", "missing", command=observed)

    def test_marks_of_others(self):
        marks = {"missing_value": np.array([-9999.0, -8888.0]), "valid_range": np.array([0.0, 9e5]), "valid_min": 0.0,
                 "scale_factor": "0.01", "Add_Offset": 3.0, "slope": 2.0}
        for name, value in marks.items():
            trace = self.generate()
            with netCDF4.Dataset(trace, "r+") as file:
                file["price"].setncattr(name, value)
                file["price"].set_auto_maskandscale(False)
                file["price"][7, 2] = -8888.0
            self.refuse(trace, name)

    def test_a_log_is_read_the_same_way(self):
        trace = self.generate()
        log = self.path("run.h5")
        subprocess.run([PROGRAM, "run", trace, "--policy", "cost", "--out", log, "--allocations", "--quiet"], check=True,
                       capture_output=True)
        with netCDF4.Dataset(log, "r+") as file:
            file["carbon"].scale_factor = 2.0
        done = subprocess.run([PROGRAM, "check", log], capture_output=True, text=True)
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        with netCDF4.Dataset(log, "r+") as file:
            file["energy_cost"]._Unsigned = "true"
        self.refuse(log, "run.h5: dataset 'energy_cost': the attribute '_Unsigned' is for integers",
                    command=["check", log])

    def test_masked_flags_and_packed_flags(self):
        trace = self.generate()
        with netCDF4.Dataset(trace, "r+") as file:
            file["reachable"].missing_value = np.uint8(0)
            file["reachable"].set_auto_maskandscale(False)
            file["reachable"][1, 2] = 0
        self.refuse(trace, "'reachable', row 1, column 2, counted from 0: the value is missing (0 is its 'missing_value')")
        trace = self.generate()
        with netCDF4.Dataset(trace, "r+") as file:
            file["reachable"].add_offset = 1.0
        self.refuse(trace, "'reachable'", "add_offset", "plain integers")

    def test_a_file_in_use_is_not_called_damaged(self):
        trace = self.generate()
        locking = {"HDF5_USE_FILE_LOCKING": "TRUE"}
        with h5py.File(trace, "r+") as file:
            file.attrs["x"] = 1
            self.refuse(trace, "trace.h5: another program is writing it", "h5clear -s", "HDF5_USE_FILE_LOCKING")
            self.refuse(trace, "trace.h5: it cannot be locked (Resource temporarily unavailable)",
                        "HDF5_USE_FILE_LOCKING=FALSE", environment=locking)
        self.run_trace(trace)

    def test_what_is_no_netcdf_4(self):
        for start, words in ((b"CDF\x02", 'netCDF of the classic format'), (b"\x1f\x8b\x08\x00", "packed by gzip"),
                             (b"PK\x03\x04", "a zip archive")):
            with open(self.path("other.nc"), "wb") as file:
                file.write(start + bytes(600))
            self.refuse(self.path("other.nc"), "it is not an HDF5 file, but " + words)

    def test_the_cases_from_the_field(self):
        if not os.path.isdir(CASES):
            self.skipTest(f"no {CASES}")
        expected = self.run_trace(os.path.join(CASES, "xarray-round-trip", "original.h5"))
        self.assertEqual(self.run_trace(os.path.join(CASES, "xarray-round-trip", "saved-again.nc")), expected)
        packed = os.path.join(CASES, "netcdf-packed", "price-scale-factor.nc")
        plain = self.path("plain.nc")
        with xarray.open_dataset(packed, engine="netcdf4") as data:
            encoding = {"price": {"dtype": "float64"}}
            data.load()
            data.price.encoding = {}
            data.to_netcdf(plain, engine="netcdf4", encoding=encoding)
        self.assertEqual(self.run_trace(packed), self.run_trace(plain))
        # Prices were rounded to a cent per MWh, and the other numbers not at all.
        original = self.run_trace(os.path.join(CASES, "netcdf-packed", "original.h5"))
        self.assertAlmostEqual(self.run_trace(packed)["objective"] / original["objective"], 1.0, places=5)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    PROGRAM, CASES = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    unittest.main(argv=sys.argv[:1])
