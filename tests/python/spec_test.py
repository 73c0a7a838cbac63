#!/usr/bin/python3
"""Specs and options as text: by hand, and as the program itself reads them."""
import datetime
import json
import os
import pathlib
import sys
import tempfile
import unittest

import numpy as np
import support
from evenkeel import InputError, call, process, spec
from evenkeel.commands import config_text
from evenkeel.options import arguments
from evenkeel.specs import is_spec


class SpecTest(unittest.TestCase):
    def test_numbers_words_and_specs(self):
        self.assertEqual(spec("norm-greedy", q=8), "norm-greedy(q=8)")
        self.assertEqual(spec("robust", advice=spec("plan", every="12h"), rho=np.float64(0.05)),
                         "robust(advice=plan(every=12h),rho=0.05)")
        self.assertEqual(spec("noisy", of="perfect", from_="begin"), "noisy(of=perfect,from=begin)")
        self.assertEqual(spec("cost"), "cost")

    def test_names_in_braces_are_left_for_sweeps(self):
        self.assertEqual(spec("robust", advice="plan(every={every})", rho="{rho}"),
                         "robust(advice=plan(every={every}),rho={rho})")
        self.assertEqual(spec("fixed-price", file=pathlib.Path("{x}.csv")), 'fixed-price(file="{x}.csv")')

    def test_a_text_with_the_form_of_a_spec_is_one(self):
        self.assertEqual(spec("robust", advice="plan(forecast=noisy(of=perfect, level=1),every=12)"),
                         "robust(advice=plan(forecast=noisy(of=perfect, level=1),every=12))")
        self.assertEqual(spec("fixed-price", file="my (1).csv"), 'fixed-price(file="my (1).csv")')
        self.assertEqual(spec("fixed-price", file=pathlib.Path("a(b=c)")), 'fixed-price(file="a(b=c)")')

    def test_what_is_a_spec(self):
        for text in ("cost", "cost()", 'a(b="x \\" y",c = d(e=1) )', "a( )"):
            self.assertTrue(is_spec(text), text)
        for text in ("", "a(", "a(b)", "a(b=1", "a(b=1))", 'a(b="x)', "a b", "a(b=1),c", 'a("b"=1)', "a(b=\n1)"):
            self.assertFalse(is_spec(text), text)

    def test_nested_quotes_are_escaped(self):
        self.assertEqual(process('echo "a b" \\'), 'process(command="echo \\"a b\\" \\\\")')
        self.assertEqual(process(["my program", "it's"]), 'process(command="\'my program\' \'it\'\\"\'\\"\'s\'")')

    def test_what_is_no_parameter(self):
        for value in (True, None, [1]):
            with self.assertRaises(TypeError):
                spec("robust", advice=value)

    def test_process_runs_a_python_file_by_this_python(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "my policy.py")
            with self.assertRaisesRegex(FileNotFoundError, "my policy.py"):
                process(path)
            path.touch()
            self.assertEqual(process(path, timeout=5), f"process(command=\"{sys.executable} '{path}'\",timeout=5)")

    def test_process_of_a_class_says_what_to_do(self):
        class Mine:
            pass

        with self.assertRaisesRegex(TypeError, "writefile"):
            process(Mine)

    def test_the_program_reads_back_every_text(self):
        """What a path was called comes back in the program's message: quoting loses nothing."""
        with support.folder() as folder:
            trace = support.two_regions(folder)
            for name in ("plain", "a b", 'quo"te', "back\\slash", "(x=1)", "comma,", "it's", "ünïcode", "=", '\\"'):
                path = os.path.join(folder, name)
                for value in (pathlib.Path(path), *([] if "(" in name else [path])):
                    with self.assertRaises(InputError) as caught:
                        call("run", trace, policy=spec("robust", advice=spec("fixed-price", file=value)))
                    self.assertIn(f"{path}: ", str(caught.exception))


class OptionsTest(unittest.TestCase):
    def test_the_rule(self):
        self.assertEqual(arguments({"from_": "2023-01-31", "advice_timeout": 0.5, "json": True, "quiet": False,
                                    "out": None}),
                         ["--from=2023-01-31", "--advice-timeout=0.5", "--json"])
        self.assertEqual(arguments({"event": ["a", "b"], "weight": {"carbon": 1000, "water": np.float64(6)}}),
                         ["--event=a", "--event=b", "--weight=carbon=1000", "--weight=water=6.0"])
        self.assertEqual(arguments({"bucket_weight": {"carbon": pathlib.Path("w.csv")}}),
                         ["--bucket-weight=carbon:w.csv"])

    def test_times_are_utc(self):
        east = datetime.timezone(datetime.timedelta(hours=2))
        self.assertEqual(arguments({"from_": datetime.datetime(2023, 1, 31, 1, tzinfo=east),
                                    "to": datetime.date(2023, 2, 1)}),
                         ["--from=2023-01-30T23:00:00", "--to=2023-02-01"])

    def test_sweeps_as_mappings(self):
        self.assertEqual(config_text({"trace": "t.h5", "policy": ["cost", spec("robust", advice="cost", rho="{rho}")],
                                      "shed_cost": 500, "vary": {"rho": [0.05, 0.2], "seed": "1..3"}}),
                         "trace = t.h5\npolicy = cost\npolicy = robust(advice=cost,rho={rho})\nshed-cost = 500\n"
                         "[vary]\nrho = 0.05, 0.2\nseed = 1..3\n")


if __name__ == "__main__":
    unittest.main()
