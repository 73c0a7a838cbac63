#!/usr/bin/python3
"""The commands as functions: answers that hands can compute, and the program's own JSON and files."""
import gc
import json
import os
import unittest
import unittest.mock

import numpy as np
import pandas
import support
import xarray
from evenkeel import (Error, InputError, RunError, backtest, call, cells, compare, dataset, generate, report, run, spec,
                      sweep, trace, train, with_units)


class HandsTest(unittest.TestCase):
    """Two regions, two slots, 1 MWh each: A has 40 USD/MWh and 0.4 t/MWh, B 50 USD/MWh and 0.1 t/MWh."""

    @classmethod
    def setUpClass(cls):
        cls.path = cls.enterClassContext(support.folder())
        cls.trace = support.two_regions(cls.path)

    def test_run(self):
        result = run(self.trace, "cost", allocations=True)
        # Everything in A: 2 x 40 USD, 0.8 t.
        self.assertAlmostEqual(result.objective, 80 + 1500 * 0.8, places=9)
        self.assertAlmostEqual(result.summary["energy_cost"], 80.0, places=9)
        self.assertAlmostEqual(result.summary["carbon_max"], 0.8, places=9)
        self.assertAlmostEqual(result.summary["carbon_par"], 2.0, places=9)  # 0.8 over a mean of 0.4
        units = result.summary.attrs["units"]
        self.assertEqual({name: units[name] for name in ("objective", "carbon_max", "carbon_par")},
                         {"objective": "USD", "carbon_max": "t", "carbon_par": "1"})
        np.testing.assert_allclose(result.regions.loc["A", ["energy_cost", "workload", "carbon"]].astype(float),
                                   [80, 2, 0.8])
        np.testing.assert_allclose(result.regions.loc["B"].astype(float), 0.0)
        self.assertEqual(result.regions.attrs["units"]["carbon"], "t")
        self.assertEqual(result.decisions.dims, ("time", "gateway", "region", "variant"))
        np.testing.assert_allclose(result.decisions.sel(region="A").squeeze(), [1.0, 1.0])
        np.testing.assert_allclose(result.log["carbon"].sel(region="A"), [0.4, 0.8])
        self.assertEqual(result.log["carbon"].attrs["units"], "t")

    def test_compare(self):
        table = compare(self.trace, {"dearest": "carbon", "cheapest": "cost"})
        self.assertEqual(list(table.index), ["optimum in hindsight", "dearest", "cheapest"])
        # The optimum has 0.4 MWh in A and 1.6 in B, which makes both loads 0.16 t: 16 + 80 + 1500 x 0.16 USD.
        np.testing.assert_allclose(table["objective"], [336.0, 100 + 1500 * 0.2, 1280.0], rtol=1e-7)
        np.testing.assert_allclose(table["ratio"], [1.0, 400 / 336, 1280 / 336], rtol=1e-7)
        regions = compare(self.trace, "cost", by="region")
        np.testing.assert_allclose(regions.loc["optimum in hindsight", "workload"], [0.4, 1.6], rtol=1e-6)
        self.assertEqual(list(regions.loc["cost"].index), ["A", "B"])
        self.assertEqual(regions.attrs["units"]["energy_cost"], "USD")
        with self.assertRaisesRegex(ValueError, "policy, region, gateway"):
            compare(self.trace, by="regions")

    def test_sweep(self):
        table = sweep({"trace": self.trace, "policy": ["cost", "norm-greedy(q={q})"], "vary": {"q": [1, 8]}})
        self.assertEqual(list(table.index), [0, 1, 2])
        self.assertEqual(list(table["policy"]), ["cost", "norm-greedy(q=1)", "norm-greedy(q=8)"])
        np.testing.assert_allclose(table["ratio"].iloc[0], 1280 / 336, rtol=1e-7)
        np.testing.assert_array_equal(table["vary_q"], [np.nan, 1, 8])
        self.assertEqual(table.attrs["units"]["carbon_max"], "t")
        self.assertNotIn("carbon_load", table)
        by_region = sweep(f"trace = {self.trace}\npolicy = cost\n", by="region")
        np.testing.assert_allclose(by_region.loc[(0, "A"), ["carbon_load", "region_cost"]].astype(float), [0.8, 80.0])

    def test_units_in_names(self):
        table = with_units(compare(self.trace, "cost", by="region"))
        self.assertIn("carbon [t]", table.columns)


class ProgramTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.path = cls.enterClassContext(support.folder())
        cls.trace = os.path.join(cls.path, "trace.h5")
        generate(cls.trace, regions=3, gateways=2, slots=1200, seed=3)
        cls.robust = spec("robust", advice="adversary", rho=0.05)
        cls.period = {"from_": "2023-02-10", "to": "2023-02-12"}

    def test_run_is_the_programs_json(self):
        result = run(self.trace, self.robust, certify=24, shed_cost=500, weight={"performance": 3}, **self.period)
        direct = json.loads(call("run", self.trace, policy=self.robust, certify=24, shed_cost=500,
                                 weight={"performance": 3}, json=True, **self.period))
        self.assertEqual(result.summary["objective"], direct["objective"])
        for name in ("bound", "rho", "expert_objective", "min_slack"):
            self.assertEqual(result.summary[name], direct["guarantee"][name])
        self.assertEqual(result.summary["pulled"], direct["guarantee"]["verdicts"]["pulled"])
        self.assertEqual(result.summary["energy_max"], direct["energy"]["max"])
        self.assertEqual(result.summary["water_gini"], direct["groups"]["water"]["gini"])
        self.assertEqual(list(result.certificates["ratio"]), [one["ratio"] for one in direct["certificate"]["slots"]])
        self.assertEqual(list(result.gateways.columns), ["performance"])
        # The log says the same as the JSON.
        np.testing.assert_allclose(result.log["carbon"].isel(time=-1), result.regions["carbon"], rtol=1e-12)
        self.assertEqual(result.log.sizes["time"], 48)
        self.assertEqual(set(result.summary.index) - set(result.summary.attrs["units"]),
                         {"slots", "policy", "asks_a_program"})

    def test_compare_is_the_programs_json(self):
        specs = ["cost", self.robust, "norm-greedy(q=8)"]
        table = compare(self.trace, specs, **self.period)
        direct = json.loads(call("compare", self.trace, policy=specs, json=True, **self.period))
        self.assertEqual(list(table.index), ["optimum in hindsight", *specs])
        self.assertEqual(list(table["objective"].iloc[1:]), [one["objective"] for one in direct["policies"]])
        self.assertEqual(table.loc[self.robust, "bound"], direct["policies"][1]["guarantee"]["bound"])
        self.assertTrue(np.isnan(table.loc["cost", "bound"]))
        self.assertGreater(len(compare(self.trace, no_optimum=True, **self.period)), 8)  # all prediction-free ones
        self.assertNotIn("ratio", compare(self.trace, "cost", no_optimum=True, **self.period))

    def test_backtest(self):
        table = backtest(self.trace, "hourly-mean(days=7)")
        direct = json.loads(call("backtest", self.trace, predictor="hourly-mean(days=7)", json=True))["signals"]
        self.assertEqual(list(table.index), ["demand", "price", "carbon", "water"])
        self.assertEqual(list(table["mae"]), [one["mae"] for one in direct.values()])
        self.assertEqual(list(table["unit"]), ["units of workload", "USD/MWh", "kg/kWh", "L/kWh"])
        ahead = backtest(self.trace, "hourly-mean(days=7)", by="horizon")
        self.assertEqual(ahead.loc[("price", 24), "mae"], direct["price"]["by_horizon"][23])
        places = backtest(self.trace, "hourly-mean(days=7)", by="place")
        self.assertEqual(places.loc["water", "mae"].to_dict(), {
            place: one["mae"] for place, one in direct["water"]["by_region"].items()})

    def test_sweeps_go_on_and_are_kept(self):
        out = os.path.join(self.path, "sweep.h5")
        config = os.path.join(self.path, "sweep.ini")
        with open(config, "w", encoding="utf-8") as file:
            file.write(f"trace = {self.trace}\nperiod = 2023-02-10 2023-02-11\npolicy = cost\npolicy = dmd\n")
        table = sweep(config, out=out)
        pandas.testing.assert_frame_equal(table, cells(out))
        with xarray.open_dataset(out) as opened:
            self.assertEqual(list(table["objective"]), list(opened["objective"].values))
        page = report(out, os.path.join(self.path, "page.html"))
        self.assertIn("<figure", page.read_text(encoding="utf-8"))

    def test_train(self):
        months, later = os.path.join(self.path, "months.h5"), os.path.join(self.path, "later.h5")
        generate(months, regions=2, gateways=1, slots=1500)
        generate(later, regions=2, gateways=1, slots=1500, start="2023-04-01")
        try:
            losses = train(months, later, os.path.join(self.path, "net.pt"), "dlinear", epochs=2, samples=64)
        except InputError as error:
            self.assertIn("this build of evenkeel has none", str(error))
            self.skipTest("a build without LibTorch")
        self.assertEqual(list(losses.index), [1, 2])
        self.assertTrue((losses["valid"] > 0).all())

    def test_files(self):
        with trace(self.trace) as opened:
            self.assertEqual(opened["price"].dims, ("time", "region"))
            self.assertEqual(opened["price"].attrs["units"], "USD/MWh")
        with self.assertRaisesRegex(Error, "evenkeel-trace.*evenkeel-run"):
            dataset(self.trace, "run")
        with self.assertRaises(FileNotFoundError):
            trace(os.path.join(self.path, "missing.h5"))

    def test_a_log_that_is_kept_is_read_when_looked_at(self):
        out = os.path.join(self.path, "run.h5")
        result = run(self.trace, "cost", out=out, **self.period)
        self.assertFalse(result.log["carbon"].variable._in_memory)
        result.log.close()
        del result
        gc.collect()
        self.assertTrue(os.path.isfile(out))
        without = run(self.trace, "cost", log=False, **self.period)
        with self.assertRaisesRegex(ValueError, "log=False"):
            without.log
        with self.assertRaisesRegex(ValueError, "allocations=True"):
            run(self.trace, "cost", **self.period).decisions

    def test_temporary_folders_go(self):
        folder = os.path.join(self.path, "temporary")
        os.mkdir(folder)
        self.enterContext(unittest.mock.patch("tempfile.tempdir", folder))

        def left():
            return set(os.listdir(folder))

        before = left()
        result = run(self.trace, "cost", **self.period)
        self.assertEqual(len(left() - before), 1)
        log = result.log
        del result
        gc.collect()
        self.assertEqual(left(), before)
        self.assertGreater(float(log["objective"].isel(time=-1)), 0.0)  # what was read is still there
        try:
            run(self.trace, "no-such-policy")
        except InputError:  # while the traceback is still there
            self.assertEqual(left(), before)
        with self.assertRaises(InputError):
            sweep({"trace": self.trace, "policy": "no-such-policy"})
        sweep({"trace": self.trace, "period": "2023-02-10 2023-02-11", "policy": "cost"})
        gc.collect()
        self.assertEqual(left(), before)


class ErrorTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.path = cls.enterClassContext(support.folder())
        cls.trace = support.two_regions(cls.path)

    def refuse(self, *words, **options):
        with self.assertRaises(InputError) as caught:
            run(self.trace, options.pop("policy", "cost"), **options)
        self.assertEqual(caught.exception.returncode, 2)
        for word in words:
            self.assertIn(word, str(caught.exception))
        self.assertNotIn("evenkeel: error", str(caught.exception))

    def test_the_programs_messages(self):
        self.refuse('unknown option "--certfy"', 'did you mean "--certify"', certfy=3)
        self.refuse('unknown policy "norm-gredy"', "did you mean", policy="norm-gredy(q=8)")
        self.refuse("expected", "\n  norm-greedy(q=8\n                 ^", policy="norm-greedy(q=8")
        self.refuse("-1", weight={"carbon": -1})

    def test_a_sweep_with_a_failed_cell_is_a_run_error(self):
        with self.assertRaises(RunError) as caught:
            sweep({"trace": self.trace, "policy": "nan"})
        self.assertEqual(caught.exception.returncode, 1)
        self.assertIn("nan", str(caught.exception))


if __name__ == "__main__":
    unittest.main()
