"""Pages of `evenkeel report` in Chromium, as wide as a phone and as a screen: nothing runs over, figures are there and
can be read, values are told, tables sort.

Usage: report_browser_test.py PROGRAM        (skipped where Chromium is not installed)
"""
import html
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

from report_files import write_log, write_sweep

PROGRAM = None
BROWSER = shutil.which("chromium")
EXPERT, ML = "norm-greedy(q=8)", "plan(forecast=ridge)"
MARGIN = "rho=0.1,mode=price,bonus=0,spend=0,trust=fixed"

# What the page looks like, as JSON in an attribute of the body around its frame.
PROBE = """<script>onload = () => {
  const box = (one) => one.getBoundingClientRect();
  const letters = (text) => parseFloat(getComputedStyle(text).fontSize) * box(text.closest("svg")).width /
    text.closest("svg").viewBox.baseVal.width;
  const inside = (text) => { const a = box(text), b = box(text.closest("svg"));
    return a.left >= b.left - 2 && a.right <= b.right + 2 && a.top >= b.top - 2 && a.bottom <= b.bottom + 2; };
  const plots = [...document.querySelectorAll(".panel svg")];
  const texts = plots.flatMap((plot) => [...plot.querySelectorAll("text")]);
  const bar = document.querySelector("#bars-carbon .tip");
  bar.scrollIntoView({block: "center"});
  const {left, top, width, height} = box(bar);
  const hit = document.elementFromPoint(left + width / 2, top + height / 2);
  const table = document.querySelector("table");
  const column = (at) => [...table.tBodies[0].rows].map((row) => row.cells[at].textContent);
  const button = (name) => [...table.querySelectorAll("th button")].find((one) => one.textContent === name);
  const found = {
    inner: innerWidth, scroll: document.scrollingElement.scrollWidth,
    sizes: plots.map((plot) => [box(plot).width, box(plot).height]),
    lefts: [...new Set(plots.map((plot) => Math.round(box(plot).left)))],
    letters: Math.min(...texts.map(letters)),
    clipped: texts.filter((text) => !inside(text)).map((text) => text.textContent),
    told: [...document.querySelectorAll("figure")].map((one) => one.querySelectorAll("svg title").length),
    hover: hit?.closest(".tip")?.querySelector("title")?.textContent,
    folded: [...document.querySelectorAll("details")].filter((one) => !one.open).length,
    given: column(0), focusable: table.querySelector("th button").tabIndex === 0,
  };
  button("J, USD")?.click(); found.up = column(0); found.sorted = button("J, USD")?.closest("th").ariaSort;
  button("J, USD")?.click(); found.down = column(0);
  button("smallest slack, USD")?.click(); found.slack = column(0);
  button("policy").click(); found.names = column(0);
  parent.document.body.dataset.found = JSON.stringify(found);
}</script>"""


@unittest.skipIf(BROWSER is None, "no chromium")
class BrowserTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.folder = folder = pathlib.Path(cls.temporary.name)
        hours = [float(at + 1) for at in range(48)]
        logs = [write_log(folder / "expert.h5", EXPERT, [10 * at for at in hours]),
                write_log(folder / "ml.h5", ML, [9 * at for at in hours], carbon=(18.0, 22.0)),
                write_log(folder / "robust.h5", f"robust(advice={ML})", [9.5 * at for at in hours], slack=hours,
                          guarantee=MARGIN)]
        sweep = write_sweep(folder / "sweep.h5", [
            {"policy": policy, "objective": j, "ratio": j / 80, "optimum": 80.0, "expert_ratio": j / 100, "rho": rho,
             "carbon_load": (30.0, 10.0), "water_load": (5.0, 15.0), "carbon_max": 30.0, "water_max": 15.0, "carbon_mean": 20.0, "water_mean": 10.0,
             "command": f"evenkeel run trace.h5 --policy '{policy}'" + 8 * " --event outage(region=north)"}
            for policy, j, rho in [(EXPERT, 100, float("nan")), (ML, 90, float("nan"))]
            + [(f"robust(advice={ML},rho={rho:g},mode={mode})", 90 + rho, rho) for rho in range(1, 15)
               for mode in ("price", "line", "switch")]])
        cls.pages = {"runs": cls.made("runs.html", *logs), "both": cls.made("both.html", sweep, *logs)}

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    @classmethod
    def made(cls, name, *files):
        subprocess.run([PROGRAM, "report", *files, "--out", str(cls.folder / name), "--quiet"], check=True)
        return (cls.folder / name).read_text()

    def chromium(self, *arguments):
        done = subprocess.run([BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr",
                               f"--user-data-dir={self.folder}/profile", *arguments], capture_output=True, text=True,
                              timeout=120)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertNotIn("CONSOLE", done.stderr)
        return done.stdout

    def probed(self, page, width):
        """What the page looks like in a frame of that width: a window is never narrower than 500."""
        path = self.folder / "probe.html"
        content = html.escape(self.pages[page].replace("</body>", PROBE + "</body>"))
        path.write_text(f'<!DOCTYPE html><body><iframe width={width} height=900 style="border: 0" '
                        f'srcdoc="{content}"></iframe>')
        dom = self.chromium("--window-size=1400,1000", "--hide-scrollbars", "--dump-dom", f"file://{path}")
        return json.loads(html.unescape(re.search(r'data-found="([^"]*)"', dom).group(1)))

    def test_can_be_read_on_phone_and_screen(self):
        for page in self.pages:
            for width in (390, 1280):
                found = self.probed(page, width)
                with self.subTest(page=page, width=width):
                    self.assertEqual(found["inner"], width)
                    self.assertLessEqual(found["scroll"], width)
                    for wide, high in found["sizes"]:
                        self.assertGreater(wide, 300)
                        self.assertGreater(high, 120)
                    self.assertGreaterEqual(found["letters"], 11.0)
                    self.assertEqual(found["clipped"], [])
                    self.assertGreater(min(found["told"]), 3)
                    self.assertEqual(found["hover"], "north, expert: 30 t, 1.50 times the mean")
                    self.assertGreaterEqual(found["folded"], 2)
                    if width == 390:  # one below the other
                        self.assertEqual(len(found["lefts"]), 1)
                    else:
                        self.assertGreater(len(found["lefts"]), 1)

    # J at the end: 480, 432 and 456; slack is the robust run's only, and what has none comes last.
    def test_tables_sort(self):
        found = self.probed("runs", 1280)
        self.assertTrue(found["focusable"])
        self.assertEqual(found["given"], ["expert", "ML-only", "robust"])
        self.assertEqual(found["up"], ["ML-only", "robust", "expert"])
        self.assertEqual(found["sorted"], "ascending")
        self.assertEqual(found["down"], ["expert", "robust", "ML-only"])
        self.assertEqual(found["slack"][0], "robust")
        self.assertEqual(found["names"], ["expert", "ML-only", "robust"])

    def test_folds_what_matters_less(self):
        shown = self.pages["both"].partition("<h2>By policy</h2>")[2].partition("</table>")[0]
        self.assertLessEqual(shown.count("<tr>"), 9)
        self.assertRegex(self.pages["both"], r"<summary>The other \d+ policies</summary>")

    def test_prints(self):
        self.chromium(f"--print-to-pdf={self.folder}/page.pdf", f"file://{self.folder}/both.html")
        self.assertTrue((self.folder / "page.pdf").read_bytes().startswith(b"%PDF"))


if __name__ == "__main__":
    PROGRAM = sys.argv.pop(1)
    unittest.main()
