#!/usr/bin/python3
"""The loops of own policies and predictors against lines of docs/process.md, in this process and in their own."""
import contextlib
import copy
import io
import json
import os
import subprocess
import sys
import unittest

import numpy as np
import support
from evenkeel import Policy, Predictor, ProtocolError, Signals

START = json.loads("""{"message": "start", "protocol": 1, "role": "policy", "seed": 1, "slot": 0, "num_slots": 720,
"slot_hours": 1.0, "gateways": ["G1"], "regions": ["A", "B"], "variants": ["base"], "network": {"pue": [1.1, 1.2],
"energy_per_unit": [[1.0], [1.0]], "resource_per_unit": [1.0], "quality_loss": [0.0], "network_cost": [[0.0, 2.5]],
"distance": [[100.0, 900.0]]}, "arcs": {"gateway": [0, 0], "region": [0, 1], "variant": [0, 0]}, "groups":
[{"name": "carbon", "footprint": "carbon", "unit": "t", "weight": 1500.0, "norm": "inf", "buckets": ["A", "B"],
"bucket_weight": [1.0, 1.0]}], "shed_cost": null, "expected_demand": [720.0], "history": {"time": [], "demand": [],
"price": [], "carbon_intensity": [], "water_intensity": []}}""")
DECIDE = json.loads("""{"message": "decide", "slot": 0, "time": "2023-01-01T00:00:00Z", "demand": [1.0],
"capacity": [3.0, 3.0], "price": [40.0, 55.0], "carbon_intensity": [0.4, 0.1], "water_intensity": [1.5, 0.9],
"ledger": {"energy_cost": 0.0, "shed_cost": 0.0, "load": [[2.0, 1.0]],
"region_workload": [0.0, 0.0]}, "forecast": null}""")
SETTLE = json.loads("""{"message": "settle", "slot": 0, "exact": true, "ledger": {"energy_cost": 51.25,
"shed_cost": 0.0, "load": [[0.17, 0.075]], "region_workload": [0.25, 0.75]}}""")
PREDICTOR = {"message": "start", "protocol": 1, "role": "predictor", "slot_hours": 12.0, "gateways": None,
             "regions": ["A", "B"], "num_gateways": 1, "num_regions": 2}


def changed(message, **values):
    return {**copy.deepcopy(message), **values}


def observe(begin, rows):
    """Slots whose demand is their number, and whose other signals are ten times that, and that plus 1."""
    numbers = list(range(begin, begin + rows))
    two = [[10.0 * n, 10.0 * n + 1] for n in numbers]
    return {"message": "observe", "from": begin,
            "time": [f"2023-01-{1 + n // 24:02}T{n % 24:02}:00:00Z" for n in numbers],
            "demand": [[float(n)] for n in numbers], "price": two, "carbon_intensity": two, "water_intensity": two}


def serve(program, *messages):
    """What the loop answers; messages may be lines."""
    lines = [one if isinstance(one, str) else json.dumps(one) + "\n" for one in messages]
    out = io.StringIO()
    with contextlib.redirect_stderr(io.StringIO()):  # tracebacks of what fails on purpose
        program.serve(io.StringIO("".join(lines)), out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


class Lean(Policy):
    def prices(self, slot):
        return [group.weight * load / load.max() for group, load in zip(self.groups, slot.load)]


class PolicyTest(unittest.TestCase):
    def test_prices(self):
        self.assertEqual(serve(Lean(), START, DECIDE, SETTLE, changed(DECIDE, slot=1)),
                         [{"protocol": 1}, {"slot": 0, "prices": [[1500.0, 750.0]]},
                          {"slot": 1, "prices": [[1500.0, 750.0]]}])

    def test_flow_and_shed(self):
        class Mine(Policy):
            def flow(self, slot):
                return slot.demand[self.arcs.gateway] * [0.25, 0.75]

        self.assertEqual(serve(Mine(), START, DECIDE)[1], {"slot": 0, "flow": [0.25, 0.75]})

        class Shedding(Policy):
            def flow(self, slot):
                return [0.5, 0.25], [0.25]

        self.assertEqual(serve(Shedding(), START, DECIDE)[1], {"slot": 0, "flow": [0.5, 0.25], "shed": [0.25]})

    def test_everything_that_is_sent_arrives(self):
        seen = {}

        class Mine(Lean):
            def begin(self):
                seen["policy"] = self

            def prices(self, slot):
                seen["slot"] = slot
                return super().prices(slot)

            def settle(self, settled):
                seen["settled"] = settled

        start = changed(START, history=dict(time=["2022-12-31T23:00:00Z"], demand=[[0.5]], price=[[1.0, 2.0]],
                                            carbon_intensity=[[3.0, 4.0]], water_intensity=[[5.0, 6.0]]))
        ahead = {name: [[1.0, 2.0]] * 3 for name in ("price", "carbon_intensity", "water_intensity")}
        serve(Mine(), start, changed(DECIDE, forecast={"demand": [[7.0]] * 3, **ahead}),
              changed(SETTLE, exact=False, cost=[44.0, 63.5], load=[[0.44, 0.12]]))
        policy, slot, settled = seen["policy"], seen["slot"], seen["settled"]
        self.assertEqual((policy.num_slots, policy.slot_hours, policy.regions, policy.shed_cost),
                         (720, 1.0, ["A", "B"], None))
        self.assertEqual(policy.network.network_cost.tolist(), [[0.0, 2.5]])
        self.assertEqual((policy.groups[0].norm, policy.groups[0].buckets), (float("inf"), ["A", "B"]))
        self.assertEqual(policy.arcs.region.tolist(), [0, 1])
        self.assertEqual(policy.history.price.tolist(), [[1.0, 2.0]])
        serve(Mine(), changed(START, history=None))
        self.assertEqual((len(seen["policy"].history), seen["policy"].history.price.shape), (0, (0, 2)))
        self.assertEqual(policy.history.time.tolist()[0].isoformat(), "2022-12-31T23:00:00")
        self.assertEqual((slot.time.isoformat(), slot.capacity.tolist()), ("2023-01-01T00:00:00+00:00", [3.0, 3.0]))
        self.assertEqual((slot.forecast.demand.shape, slot.forecast.price.shape), ((3, 1), (3, 2)))
        self.assertEqual((settled.exact, settled.cost.tolist(), settled.load[0].tolist()),
                         (False, [44.0, 63.5], [0.44, 0.12]))
        self.assertEqual(settled.ledger.region_workload.tolist(), [0.25, 0.75])

    def answer(self, method):
        class Mine(Policy):
            prices = method

        answers = serve(Mine(), START, DECIDE, changed(DECIDE, slot=1))
        self.assertEqual([one.get("slot") for one in answers], [None, 0, 1])  # it goes on after an error
        return answers[1]["error"]

    def test_what_fails_is_said_and_the_next_slot_is_asked_for(self):
        self.assertRegex(self.answer(lambda self, slot: 1 / 0),
                         r"ZeroDivisionError: division by zero \(protocol_test.py:\d+\)")
        self.assertIn("prices of carbon has shape (3,), expected (2,)",
                      self.answer(lambda self, slot: [[1.0, 2.0, 3.0]]))
        self.assertIn("1 groups, got None", self.answer(lambda self, slot: None))
        self.assertIn("not finite", self.answer(lambda self, slot: [[1.0, float("nan")]]))

    def test_a_policy_has_one_method(self):
        class Both(Lean):
            def flow(self, slot):
                return [1.0, 0.0]

        for kind, found in ((Policy, "none"), (Both, "prices and flow")):
            with self.assertRaisesRegex(TypeError, found):
                kind().serve(io.StringIO(""), io.StringIO())

    def test_malformed_lines(self):
        for line, words in (("{\n", "line 2: no JSON"), ("\n", "line 2: no JSON"), ("[1]\n", "line 2: no object"),
                            ('{"message": "sing"}\n', 'line 2: unknown message "sing"'),
                            (json.dumps({"message": "decide", "slot": 0}) + "\n", 'line 2: "decide" has no')):
            with self.assertRaisesRegex(ProtocolError, words):
                serve(Lean(), START, line)
        for start, words in ((changed(START, protocol=2), "protocol 2, this package 1"), (DECIDE, "first message"),
                             (changed(START, role="predictor"), "wants a predictor"),
                             (changed(START, network={}), "pue"), ({"message": "start", "protocol": 1}, "role")):
            with self.assertRaisesRegex(ProtocolError, words):
                serve(Lean(), start)

    def test_the_end_is_no_error(self):
        self.assertEqual(serve(Lean()), [])
        self.assertEqual(serve(Lean(), START), [{"protocol": 1}])


class Same(Predictor):
    def predict(self, history, horizon):
        return history.map(lambda past: np.repeat(past[-1:], horizon, axis=0))


class PredictorTest(unittest.TestCase):
    def test_forecasts(self):
        answers = serve(Same(), PREDICTOR, observe(0, 2), {"message": "predict", "seen": 2, "horizon": 3},
                        observe(2, 1),
                        {"message": "predict", "seen": 3, "horizon": 1})
        self.assertEqual(answers[0], {"protocol": 1})
        self.assertEqual(answers[1]["seen"], 2)
        self.assertEqual(answers[1]["forecast"]["demand"], [[1.0]] * 3)
        self.assertEqual(answers[1]["forecast"]["water_intensity"], [[10.0, 11.0]] * 3)
        self.assertEqual(answers[2]["forecast"]["price"], [[20.0, 21.0]])

    def test_a_backtest_may_go_back_in_time(self):
        answers = serve(Same(), PREDICTOR, observe(0, 9), observe(1, 1),
                        {"message": "predict", "seen": 2, "horizon": 1})
        self.assertEqual(answers[1]["forecast"]["demand"], [[1.0]])

    def test_quantiles(self):
        class Mine(Same):
            def predict(self, history, horizon):
                middle = super().predict(history, horizon)
                return {0.1: middle.map(lambda values: 0.5 * values), 0.5: middle}

        answer = serve(Mine(), PREDICTOR, observe(0, 3), {"message": "predict", "seen": 3, "horizon": 1})[1]
        self.assertEqual(list(answer), ["seen", "quantiles"])
        self.assertEqual({level: one["demand"] for level, one in answer["quantiles"].items()},
                         {"0.1": [[1.0]], "0.5": [[2.0]]})

    def test_times_are_there(self):
        class Mine(Same):
            def predict(self, history, horizon):
                hour = history.time[-1].astype(int) % 86400 // 3600
                return Signals(np.full((horizon, 1), hour), *[np.zeros((horizon, 2))] * 3)

        answer = serve(Mine(), PREDICTOR, observe(0, 30), {"message": "predict", "seen": 30, "horizon": 1})[1]
        self.assertEqual(answer["forecast"]["demand"], [[5.0]])  # slot 29 is 5 o'clock

    def test_what_fails_is_said(self):
        class Short(Same):
            def predict(self, history, horizon):
                return super().predict(history, horizon - 1)

        answers = serve(Short(), PREDICTOR, observe(0, 2), {"message": "predict", "seen": 2, "horizon": 3})
        self.assertIn("demand has shape (2, 1), expected (3, 1)", answers[1]["error"])
        answers = serve(Same(), PREDICTOR, {"message": "predict", "seen": 0, "horizon": 3})
        self.assertIn("shape (0, 1)", answers[1]["error"])

    def test_malformed_lines(self):
        for messages, words in (((observe(1, 1),), "from slot 1, but only 0"),
                                ((observe(0, 1), {"message": "predict", "seen": 2, "horizon": 1}),
                                 "after 2 slots, but 1"),
                                ((observe(0, 1), {"message": "predict", "seen": 1}), "horizon"),
                                (({"message": "observe", "from": 0},), "time")):
            with self.assertRaisesRegex(ProtocolError, words):
                serve(Same(), PREDICTOR, *messages)
        with self.assertRaises(TypeError):
            Predictor().serve(io.StringIO(""), io.StringIO())


class OwnProcessTest(unittest.TestCase):
    """The way evenkeel starts it, by a parent that speaks the protocol."""

    def talk(self, path, *messages):
        lines = "".join(one if isinstance(one, str) else json.dumps(one) + "\n" for one in messages)
        done = subprocess.run([sys.executable, path], input=lines, capture_output=True, text=True, timeout=60,
                              env={**os.environ, "PYTHONPATH": str(support.PACKAGE)})
        return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr

    def test_the_ten_line_policy(self):
        path = support.PACKAGE / "examples" / "my_policy.py"
        code, answers, err = self.talk(path, START, DECIDE, SETTLE)
        self.assertEqual((code, err), (0, ""))
        # Loads 2 and 1: shares 256/257 and 1/257 of the weight.
        np.testing.assert_allclose(answers[1]["prices"], [[1500 * 256 / 257, 1500 / 257]])
        self.assertLessEqual(len(list(filter(None, path.read_text().splitlines()))), 10)  # as is said of it

    def test_the_predictor(self):
        # Slots of 12 hours, so two a day: of slots 0 to 14 the last week is 1, .., 14, its mean day 7, 8; the last slot
        # is 6 above that.
        code, answers, err = self.talk(support.PACKAGE / "examples" / "my_predictor.py", PREDICTOR, observe(0, 15),
                                       {"message": "predict", "seen": 15, "horizon": 3})
        self.assertEqual((code, err), (0, ""))
        demand = np.array([[7.0], [8.0], [7.0]]) + 6.0 * 0.95 ** np.array([[12.0], [24.0], [36.0]])
        np.testing.assert_allclose(answers[1]["forecast"]["demand"], demand)
        np.testing.assert_allclose(answers[1]["forecast"]["price"], 10.0 * demand + [[0.0, 1.0]])

    def own(self, body):
        folder = self.enterContext(support.folder())
        path = os.path.join(folder, "mine.py")
        with open(path, "w", encoding="utf-8") as file:
            file.write("import os\nfrom evenkeel import Policy\n\n\nclass Mine(Policy):\n    def prices(self, slot):\n"
                       f"        {body}\n        return [[0.0, 0.0]]\n\n\nMine().serve()\n")
        return path

    def test_what_is_printed_is_no_answer(self):
        code, answers, err = self.talk(self.own("print('for people'); os.system('echo from a child')"), START, DECIDE)
        self.assertEqual((code, answers[1:]), (0, [{"slot": 0, "prices": [[0.0, 0.0]]}]))
        self.assertIn("for people", err)
        self.assertIn("from a child", err)

    def test_an_error_is_in_the_answer_and_on_standard_error(self):
        code, answers, err = self.talk(self.own("raise KeyError('x')"), START, DECIDE)
        self.assertEqual((code, answers[1]), (0, {"slot": 0, "error": "KeyError: 'x' (mine.py:7)"}))
        self.assertIn("Traceback", err)

    def test_none_is_left_behind(self):
        """The parent goes while an answer is being made."""
        child = subprocess.Popen([sys.executable,
                                  self.own("print('deciding', flush=True); import time; time.sleep(100)")],
                                 stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                 env={**os.environ, "PYTHONPATH": str(support.PACKAGE)})
        self.addCleanup(child.kill)
        child.stdin.write(json.dumps(START) + "\n" + json.dumps(DECIDE) + "\n")
        child.stdin.flush()
        self.assertEqual(child.stderr.readline(), "deciding\n")
        child.stdin.close()
        self.assertEqual(child.wait(timeout=30), 1)
        child.stdout.close()
        child.stderr.close()

    def test_a_malformed_line_ends_it(self):
        code, answers, err = self.talk(self.own("pass"), START, "garbage\n")
        self.assertEqual((code, answers), (1, [{"protocol": 1}]))
        self.assertIn("ProtocolError: line 2: no JSON", err.splitlines()[-1])


if __name__ == "__main__":
    unittest.main()
