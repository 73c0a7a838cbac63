"""demo_table and demo_figure: what they say of a comparison, and that they refuse another one's."""
import importlib.machinery
import importlib.util
import io
import json
import pathlib
import subprocess
import tempfile
import unittest

SCRIPTS = pathlib.Path(__file__).resolve().parents[2] / "scripts"
NAMES = ["expert", "ML-only", "robust", "ML wrong", "robust wrong", "adversary", "robust held"]


def policy(ratio, carbon, robust=False):
    """Of an optimum of 100 USD and a shift of 10: J + 10 = 110 ratio, and the bound + 10 = 1.05 x 110 x 1.04."""
    guarantee = {"bound": 1.05 * 110 * 1.04 - 10, "rho": 0.05,
                 "verdicts": {"taken": 1, "pulled": 2, "expert": 3, "rejected": 4}}
    return {"ratio": ratio, "objective": 110 * ratio - 10, "shift": 10, "guarantee": guarantee if robust else None,
            "groups": {"carbon": {"max": carbon}, "water": {"max": 7 * carbon}}}


def comparison():
    policies = [policy(1.04, 20), policy(1.02, 19), policy(1.025, 19.5, True), policy(1.15, 25), policy(1.07, 22, True),
                policy(2.5, 600), policy(1.09, 21, True)]
    return {"optimum": {"groups": {"carbon": {"max": 18}, "water": {"max": 126}}}, "policies": policies}


def drawing(document):
    """The figure's bytes, without a process for each."""
    loader = importlib.machinery.SourceFileLoader("demo_figure", str(SCRIPTS / "demo_figure"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("demo_figure", loader))
    loader.exec_module(module)
    buffer = io.BytesIO()
    module.draw(document).savefig(buffer, format="svg", metadata={"Date": None})
    module.pyplot.close("all")
    return buffer.getvalue()


class Demo(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)

    def run_script(self, name, document, *arguments):
        path = self.folder / "compare.json"
        path.write_text(json.dumps(document))
        return subprocess.run([SCRIPTS / name, path, *arguments], capture_output=True, text=True)

    def test_table(self):
        result = self.run_script("demo_table", comparison(), *NAMES)
        self.assertEqual(result.returncode, 0, result.stderr)
        # Bound 1.05 x 1.04 = 1.0920, slack 110 x (1.092 - 1.09) = 0.22 USD, refused 3 + 4.
        self.assertEqual([line for line in result.stdout.splitlines() if line.startswith("robust held")][0].split(),
                         ["robust", "held", "1.0900", "1.0920", "0", "1", "2", "7", "21.0", "147"])
        self.assertIn("ML alone ends at 15.0 %, robust at 7.0 %", result.stdout)

    def test_figure_shows_what_is_compared(self):
        drawn = drawing(comparison())
        self.assertEqual(drawing(comparison()), drawn)
        for at in range(7):
            other = comparison()
            other["policies"][at]["ratio"] += 0.003
            self.assertNotEqual(drawing(other), drawn, NAMES[at])

    def test_another_comparison_is_refused(self):
        document = comparison()
        document["policies"].pop()
        out = self.folder / "demo.svg"
        result = self.run_script("demo_figure", document, "--out", out)
        self.assertEqual((result.returncode, out.exists()), (1, False))
        self.assertIn("has 6 policies, those of the demo are 7", result.stderr)

    def test_no_comparison(self):
        result = subprocess.run([SCRIPTS / "demo_figure", self.folder / "none.json", "--out", self.folder / "x.svg"],
                                capture_output=True, text=True)
        self.assertEqual(result.returncode, 1)
        self.assertIn("No such file or directory; scripts/demo makes it", result.stderr)


if __name__ == "__main__":
    unittest.main()
