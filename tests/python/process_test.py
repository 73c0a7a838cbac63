#!/usr/bin/python3
"""Own policies and predictors in Python, started by the program itself: alone, as advice, in plans and backtests."""
import os
import pathlib
import unittest
import warnings

import numpy as np
import support
from evenkeel import Error, backtest, compare, generate, process, run, spec

EXAMPLES = support.PACKAGE / "examples"


class ProcessTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.path = cls.enterClassContext(support.folder())
        cls.two = support.two_regions(cls.path)
        cls.trace = os.path.join(cls.path, "trace.h5")
        generate(cls.trace, regions=3, gateways=2, slots=960, seed=3)

    def setUp(self):
        self.enterContext(warnings.catch_warnings())
        warnings.simplefilter("ignore", ResourceWarning)

    def own(self, body, base="Policy", name="mine.py"):
        path = pathlib.Path(self.path, name)
        head = f"import time\nimport numpy as np\nfrom evenkeel import {base}, Signals\n\n\nclass Mine({base}):\n"
        lines = "".join(f"    {line}\n" for line in body.splitlines())
        path.write_text(f"{head}{lines}\n\nMine().serve()\n", encoding="utf-8")
        return process(path)

    def test_the_ten_line_policy_by_hand(self):
        # First slot: no loads, no prices: the MWh goes to A, 40 USD and 0.4 t. Second: a tonne in A costs 1500 USD, so
        # A's MWh 640 and B's 50 USD.
        result = run(self.two, process(EXAMPLES / "my_policy.py"), allocations=True)
        np.testing.assert_allclose(result.decisions.squeeze(), [[1.0, 0.0], [0.0, 1.0]])
        self.assertAlmostEqual(result.objective, 40 + 50 + 1500 * 0.4, places=9)

    def test_it_is_sensible(self):
        table = compare(self.trace, {"cost": "cost", "mine": process(EXAMPLES / "my_policy.py")}, from_="2023-01-11")
        self.assertLess(table.loc["mine", "ratio"], 0.5 + 0.5 * table.loc["cost", "ratio"])

    def test_flows(self):
        mine = self.own("def flow(self, slot):\n    return slot.demand[self.arcs.gateway] * [0.25, 0.75]")
        np.testing.assert_allclose(run(self.two, mine).regions["workload"].astype(float), [0.5, 1.5])

    def test_what_it_is_told(self):
        """The loads that it sees are those that its own decisions made, and history and forecasts have their shapes."""
        mine = self.own(
            "def begin(self):\n    assert len(self.history) == 48 and self.history.price.shape == (48, 3)\n"
            "    self.carbon = 0\n"
            "def prices(self, slot):\n    assert abs(slot.load[0].sum() - self.carbon) < 1e-9\n"
            "    assert slot.forecast.price.shape == (6, 3) and slot.time.hour == slot.slot % 24\n"
            "    return [np.zeros(len(one)) for one in slot.load]\n"
            "def settle(self, settled):\n    assert settled.exact\n    self.carbon = settled.ledger.load[0].sum()")
        given = mine[:-1] + ",history=48,horizon=6)"
        period = {"from_": "2023-01-11", "to": "2023-01-13"}
        zeros = spec("fixed-price", file=self.zeros())
        self.assertEqual(run(self.trace, given, **period).objective, run(self.trace, zeros, **period).objective)

    def zeros(self):
        path = os.path.join(self.path, "zeros.csv")
        with open(path, "w", encoding="utf-8") as file:
            regions = compare(self.trace, "cost", by="region", to="2023-01-02", no_optimum=True).loc["cost"].index
            file.write("group,bucket,price\n" + "".join(f"{group},{region},0\n" for group in ("carbon", "water")
                                                        for region in regions))
        return path

    def test_alone_the_run_ends_with_the_reason(self):
        mine = self.own("def prices(self, slot):\n    return [[1.0]]")
        with self.assertRaises(Error) as caught:
            run(self.two, mine)
        self.assertIn("prices wants a list of 2 groups", str(caught.exception))

    def test_robust_holds_whatever_it_does(self):
        for number, (body, verdict, word) in enumerate((
                ("def prices(self, slot):\n    return [g.weight * x for g, x in zip(self.groups, slot.load)]", None,
                 None),
                ("def prices(self, slot):\n    return 1 / 0", "rejected", "ZeroDivisionError"),
                ("def prices(self, slot):\n    raise SystemExit(3)", "rejected", "exit code 3"),
                ("def flow(self, slot):\n    return np.zeros(len(self.arcs))", "rejected", ""))):
            advice = self.own(body, name=f"advice{number}.py")
            result = run(self.trace, spec("robust", advice=advice, rho=0.05), from_="2023-01-11", to="2023-01-12")
            self.assertLessEqual(result.objective, result.summary["bound"] * (1 + 1e-9))
            if verdict:
                self.assertEqual(result.summary[verdict], 24)
                self.assertIn(word, result.summary["first_failure"])
            else:
                self.assertEqual(result.summary["rejected"], 0)

    def test_a_predictor_in_backtest_and_plan(self):
        """Yesterday repeated is the program's own seasonal-naive."""
        naive = self.own("def predict(self, history, horizon):\n"
                         "    return history.map(lambda past: np.resize(past[-24:], (horizon, past.shape[1])))",
                         "Predictor")
        table, same = backtest(self.trace, naive), backtest(self.trace, "seasonal-naive(season=24h)")
        np.testing.assert_allclose(table["mae"], same["mae"], rtol=1e-9)
        period = {"from_": "2023-01-11", "to": "2023-01-14"}
        plans = [run(self.trace, spec("plan", forecast=one, every="24h", horizon="24h"), **period).objective
                 for one in (naive, "seasonal-naive(season=24h)")]
        self.assertAlmostEqual(plans[0] / plans[1], 1.0, places=9)

    def test_the_example_predictor_beats_yesterday(self):
        trace = os.path.join(self.path, "months.h5")
        generate(trace, regions=4, gateways=3, slots=1440, seed=1)
        table = backtest(trace, process(EXAMPLES / "my_predictor.py"))
        self.assertLess((table["mae"] / table["seasonal_naive_mae"]).max(), 1.0)


if __name__ == "__main__":
    unittest.main()
