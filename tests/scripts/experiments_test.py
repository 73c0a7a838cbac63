"""scripts/experiments: headers of the ready experiments have commands, and what the documentation shows is there."""
import csv
import importlib.machinery
import importlib.util
import pathlib
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]


def load():
    loader = importlib.machinery.SourceFileLoader("experiments_script", str(ROOT / "scripts" / "experiments"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    return module


class ExperimentsTest(unittest.TestCase):
    def setUp(self):
        self.script = load()

    def test_headers_have_commands(self):
        for name in self.script.FIGURES:
            needs, sweep, report = self.script.commands(ROOT / "experiments" / "configs" / f"{name}.ini")
            self.assertIn("evenkeel trace import", needs, name)
            self.assertEqual(sweep.strip(), f"evenkeel sweep experiments/configs/{name}.ini --out {name}.h5 "
                                            f"--csv {name}.csv")
            self.assertIn(f"--out {name}.html", report, name)
            for part in (needs, sweep, report):
                done = subprocess.run(["bash", "-n", "-c", part], stderr=subprocess.PIPE, text=True)
                self.assertEqual(done.returncode, 0, f"{name}: {done.stderr}")

    def test_what_the_page_shows_is_kept(self):
        page = (ROOT / "docs" / "experiments.md").read_text(encoding="utf-8")
        for name, figures in self.script.FIGURES.items():
            self.assertIn(f"experiments/configs/{name}.ini", page)
            self.assertLess((ROOT / "docs" / "results" / f"{name}.csv").stat().st_size, 200000)
            for figure in figures:
                self.assertIn(f"figures/experiment_{name}_{figure}.svg", page)
                self.assertTrue((ROOT / "docs" / "figures" / f"experiment_{name}_{figure}.svg").exists(), figure)

    def test_the_bound_held_in_every_kept_cell(self):
        bounds = 0
        for name in self.script.FIGURES:
            with open(ROOT / "docs" / "results" / f"{name}.csv", encoding="utf-8", newline="") as file:
                slack = [float(row["relative_slack"]) for row in csv.DictReader(file) if row.get("relative_slack")]
            bounds += len(slack)
            self.assertGreaterEqual(min(slack, default=0.0), -1e-9, name)
        self.assertIn(f"In all {bounds} cells with a bound it held", (ROOT / "docs" / "experiments.md").read_text())

    def test_tables_keep_columns_that_have_something(self):
        with tempfile.TemporaryDirectory() as folder:
            source, target = pathlib.Path(folder) / "a.csv", pathlib.Path(folder) / "results" / "b.csv"
            source.write_text("policy,other,ratio,events\ncost,1,1.23456789,\nwater,2,,\n")
            self.script.keep_table(source, target)
            self.assertEqual(target.read_text(), "policy,ratio\ncost,1.234568\nwater,\n")

    def test_refuses_what_it_does_not_know(self):
        done = subprocess.run([ROOT / "scripts" / "experiments", "rhoo"], stderr=subprocess.PIPE, text=True)
        self.assertEqual(done.returncode, 1)
        self.assertIn("unknown rhoo; allowed are expert-ml-robust, rho,", done.stderr)


if __name__ == "__main__":
    unittest.main()
