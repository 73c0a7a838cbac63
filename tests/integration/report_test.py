"""The page of `evenkeel report`: every figure that the data allows is there and drawn, and bad input is refused.

Usage: report_test.py PROGRAM        (report_browser_test.py opens pages, report_answer_test.py has what they say)
"""
import html.parser
import pathlib
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

import h5py
import numpy

PROGRAM = None
REPORT = pathlib.Path(__file__).parents[2] / "experiments" / "report"
CONFIG = """title = A sweep <of> few & small cells
trace = small.h5
policy = norm-greedy(q=8)
policy = plan(forecast=noisy(of=perfect,kind=gaussian,level={level},seed={seed}))
policy = robust(advice=plan(forecast=noisy(of=perfect,kind=gaussian,level={level},seed={seed})),rho={rho})
policy = robust(advice=adversary,rho={rho})
weight = carbon={carbon}
[vary]
level = 0, 0.3
seed = 1, 2
rho = 0.05, 0.2
carbon = 500, 1500
"""
FIGURES = ["ratio-forecast-error", "ratio-rho", "ratio-by-case", "frontier", "realised-forecast-error", "burden-carbon",
           "burden-water", "unevenness", "cost-equity", "slack", "bars-carbon", "bars-water", "bars-cost", "worst-carbon",
           "worst-water", "slack-over-time", "certified-ratio"]


def evenkeel(folder, *arguments):
    return subprocess.run([PROGRAM, *arguments], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


class Page(html.parser.HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.figures, self.links = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        if tag == "figure":
            self.figures.append(attributes["id"])
        self.links += [value for name, value in attrs if name in ("href", "xlink:href", "src") and value[0] != "#"]


class ReportTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.folder = pathlib.Path(cls.temporary.name)
        (cls.folder / "few.ini").write_text(CONFIG)
        for command in (["trace", "generate", "--slots", "48", "--regions", "4", "--gateways", "3", "--out", "small.h5"],
                        ["sweep", "few.ini", "--out", "few.h5", "--quiet"],
                        ["run", "small.h5", "--policy", "robust(advice=adversary,rho=0.1)", "--certify", "12", "--out",
                         "run.h5", "--quiet"],
                        ["report", "few.h5", "--run", "run.h5", "--out", "few.html", "--figures", "figures"]):
            done = evenkeel(cls.folder, *command)
            assert done.returncode == 0, (command, done.stderr)
        cls.text = (cls.folder / "few.html").read_text()

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    def test_has_every_figure_and_nothing_from_outside(self):
        page = Page(self.text)
        self.assertEqual(page.figures, FIGURES)
        self.assertEqual(page.links, [])
        self.assertIn("A sweep &lt;of&gt; few &amp; small cells", self.text)
        self.assertNotIn("url(http", self.text)
        figures = re.findall(r"<figure id=([\w-]+)>(.*?)</figure>", self.text, re.DOTALL)
        for name, figure in figures:
            self.assertGreater(len(re.findall(r"<path d=\"M[^\"]{20,}", figure)), 4, name)
            self.assertGreater(len(re.findall(r"<title>[^<]*\d[^<]*</title>", figure)), 1, name)
        ids = re.findall(r"\bid=\"?([\w-]+)", self.text)
        self.assertEqual(len(ids), len(set(ids)))

    def test_same_input_same_bytes(self):
        for name in ("again.html", "once-more.html"):
            done = evenkeel(self.folder, "report", "few.h5", "run.h5", "--out", name)
            self.assertEqual(done.stdout, f"{name}: {self.cells()} cells, 1 run, {len(FIGURES)} figures\n", done.stderr)
            self.assertEqual(done.stderr, "")
            self.assertEqual((self.folder / name).read_text(), self.text)

    def cells(self):
        return len(h5py.File(self.folder / "few.h5")["cell"])

    def test_figures_are_files_for_papers_too(self):
        for name in FIGURES:
            self.assertTrue((self.folder / "figures" / f"{name}.svg").read_bytes().startswith(b"<?xml"))
            self.assertTrue((self.folder / "figures" / f"{name}.pdf").read_bytes().startswith(b"%PDF"))

    def test_lists_every_cell_with_its_command(self):
        cells = len(re.findall(r"<td class=text data-v=\"[^\"]*\"><code>evenkeel run small.h5 ", self.text))
        self.assertEqual(cells, self.cells())
        self.assertGreaterEqual(cells, 2 * (1 + 4 + 8 + 2))
        policies = self.text.partition("<h2>By policy</h2>")[2].partition("</table>")[0]
        self.assertEqual(re.findall(r"<tr><td[^>]*><span title=\"[^\"]*\">([^<]*)<", policies),
                         ["expert", "ML-only", "robust, rho 0.05", "robust, rho 0.2", "robust around adversary, rho 0.05",
                          "robust around adversary, rho 0.2"])

    def test_names_policies_for_people(self):
        sys.path.insert(0, str(REPORT))
        sys.dont_write_bytecode = True
        from names import EXPERT, names_of, without
        from results import general_policies, label
        self.assertIn(f"policy, default {EXPERT}\n", evenkeel(self.folder, "help", "compare").stdout)
        plan, noisy = "plan(forecast=learned(file=a/net.pt),every=12)", \
            "plan(forecast=noisy(of=learned(file=a/net.pt),kind=bias,level=3,from=2023-01-16),every=12)"
        specs = ["offline", EXPERT, plan, noisy, f"robust(advice={plan})", f"robust(advice={plan},rho=0.2)",
                 f"robust(advice={noisy})", "adversary", "robust(advice=adversary)", "cost"]
        margin = {one: {"rho": "rho 0.05"} for one in specs if one.startswith("robust") and "rho" not in one}
        self.assertEqual(list(names_of(specs, margin).values()),
                         ["optimum", "expert", "ML-only", "ML-only, bias 3 from 2023-01-16", "robust, rho 0.05",
                          "robust, rho 0.2", "robust, rho 0.05, bias 3 from 2023-01-16", "adversary",
                          "robust around adversary", "cost"])
        self.assertEqual(list(names_of(["plan(forecast=ridge)", "plan"]).values()),
                         ["ML-only, ridge", "ML-only, seasonal-naive"])
        self.assertEqual(list(names_of(["dmd", "robust(advice=plan,expert=dmd)"]).values()), ["expert", "robust"])
        general = general_policies("period = 2023-{month}-01 2023-{month}-28\npolicy = cost\n"
                                   "policy = robust(advice=fixed-price(file=p-2022-{month}.csv),rho={rho})\n")
        self.assertEqual(label("robust(advice=fixed-price(file=p-2022-02.csv),rho=0.02)", general),
                         "robust(advice=fixed-price(file=p-2022-{month}.csv),rho=0.02)")
        self.assertEqual(label("cost", general), "cost")
        self.assertEqual(label("plan(forecast=noisy(of=perfect,kind=lag,level=2,seed=1),every=3)"),
                         "plan(forecast=noisy(of=perfect),every=3)")
        self.assertEqual(without("robust(advice=plan(every=3),rho=0.1)", "advice"), "robust(rho=0.1)")
        self.assertEqual(without("robust(advice=plan(every=3))", "every"), "robust(advice=plan(every=3))")
        self.assertEqual(without("robust(rho=0.1)", "rho"), "robust")
        own = 'process(command="mine, (1")'
        self.assertEqual(without(f"robust(advice={own},rho=0.1)", "rho"), f"robust(advice={own})")
        self.assertEqual(list(names_of([own, f"robust(advice={own})"]).values()), ["mine,", "robust"])

    def test_names_programs_of_ones_own_by_their_file(self):
        sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "experiments" / "report"))
        sys.dont_write_bytecode = True
        from names import names_of
        mine, days = 'process(command="/usr/bin/python3 a/mine.py")', 'process(command="python3 days.py",timeout=5)'
        plan = f"plan(forecast={days},every=12)"
        robust = [f"robust(advice={one},rho=0.1)" for one in (mine, plan)]
        self.assertEqual(list(names_of([mine, *robust]).values()),
                         ["mine.py", "robust, mine.py", "robust, days.py, timeout 5, every 12"])
        self.assertEqual(list(names_of([plan, "plan(forecast=ridge,every=12)"]).values()),
                         ["ML-only, days.py, timeout 5", "ML-only, ridge"])
        self.assertEqual(list(names_of(['process(command="./own -a")', 'process(command="./own -b")']).values()),
                         ["own, -a", "own, -b"])

    def test_refuses_other_files(self):
        for arguments, word in ((["report", "small.h5", "--out", "x.html"], "evenkeel-trace"),
                                (["report", "few.ini", "--out", "x.html"], "cannot read few.ini"),
                                (["report", "few.h5", "--run", "few.h5", "--out", "x.html"], "a second sweep"),
                                (["report", "few.h5", "--out", "nowhere/x.html"], "nowhere")):
            done = evenkeel(self.folder, *arguments)
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertIn(word, done.stderr)
            self.assertFalse((self.folder / "x.html").exists())

    def edited(self, name, edit):
        """A copy of few.h5 that was edited."""
        shutil.copyfile(self.folder / "few.h5", self.folder / name)
        with h5py.File(self.folder / name, "r+") as file:
            edit(file)
        return name

    def refused(self, word, *arguments, **more):
        done = subprocess.run([PROGRAM, "report", *arguments], cwd=self.folder, capture_output=True, text=True, **more)
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertNotIn("Traceback", done.stderr)
        self.assertIn(word, done.stderr)
        self.assertEqual([one.name for one in self.folder.glob("x.html*")], [])

    def damaged(self, name, at):
        """few.h5 with every 97th byte set, as a damaged disk may leave it, from byte `at` on for a while."""
        data = bytearray((self.folder / "few.h5").read_bytes())
        for place in range(at, min(at + 4000, len(data)), 97):
            data[place] = 0xFF
        (self.folder / name).write_bytes(data)
        return name

    def test_says_which_file_is_damaged(self):
        """Every variant in one process, which starts faster than the program does, and some with the program."""
        size = (self.folder / "few.h5").stat().st_size
        places = range(0, size, size // 60 + 1)
        names = [self.damaged(f"damaged-{at}.h5", at) for at in places]
        (self.folder / "reads.py").write_text(
            f"import sys\nsys.path.insert(0, {str(REPORT)!r})\nimport results\nfor name in sys.argv[1:]:\n"
            "    try:\n        results.read([name])\n        print(name, 'good')\n"
            "    except results.InputError as error:\n        print(name, 'bad', error)\n")
        done = subprocess.run(["/usr/bin/python3", "-B", "reads.py", *names], cwd=self.folder, capture_output=True,
                              text=True)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        said = done.stdout.splitlines()
        self.assertEqual([line.split()[0] for line in said], names)
        bad = [line.split()[0] for line in said if line.split()[1] == "bad"]
        self.assertGreater(len(bad), 30)
        for line in said:
            self.assertTrue(line.split()[1] == "good" or f"{line.split()[0]}: " in line.partition(" bad ")[2], line)
        for name in bad[::8]:
            self.refused(f"{name}: ", name, "--out", "x.html")

    def test_a_crash_of_the_library_is_a_damaged_file(self):
        """A reader that crashes, ends, takes all memory or raises: it is in a process of its own."""
        reader = self.folder / "crashes.py"
        for crash, word in (("os.kill(os.getpid(), signal.SIGSEGV)", "crashed (Segmentation fault)"),
                            ("os.abort()", "crashed (Aborted)"), ("os._exit(0)", "crashed (code 0)"),
                            ("bytes(8 << 30)", "not as evenkeel wrote it (MemoryError)"),
                            ("exec('while True: pass')", "did not end within 1 s"),
                            ("1 / 0", "not as evenkeel wrote it (division by zero)")):
            reader.write_text(f"import os, signal, sys\nsys.path.insert(0, {str(REPORT)!r})\nimport apart, results\n"
                              f"apart.SECONDS = 1\nresults.schema_of = lambda path, file: {crash}\n"
                              "try:\n    results.read(['few.h5'])\nexcept results.InputError as error:\n    print(error)\n")
            done = subprocess.run(["/usr/bin/python3", "-B", "crashes.py"], cwd=self.folder, capture_output=True, text=True)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            self.assertIn("cannot read few.h5: it is damaged", done.stdout)
            self.assertIn(word, done.stdout)

    def test_names_are_not_listed_in_order_of_their_index(self):
        """libhdf5 1.10 corrupts its memory then, where names are damaged: h5py's own list crashes."""
        lists = "import h5py; list(h5py.File('links.h5'))"
        for at in range(5000, (self.folder / "few.h5").stat().st_size, 600):
            self.damaged("links.h5", at)
            if subprocess.run(["/usr/bin/python3", "-c", lists], cwd=self.folder, capture_output=True).returncode < 0:
                break
        else:
            self.skipTest("this libhdf5 lists damaged names without a crash")
        for _ in range(20):
            done = evenkeel(self.folder, "report", "links.h5", "--out", "x.html")
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertIn("links.h5: ", done.stderr)

    def test_draws_any_label(self):
        def dollars(file):
            data = file["region"]
            data[0] = numpy.frombuffer(b"$\\frac$ \xff".ljust(data.shape[1], b"\0"), "S1")
        name = self.edited("dollars.h5", dollars)
        done = evenkeel(self.folder, "report", name, "--out", "dollars.html")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("$\\frac$", (self.folder / "dollars.html").read_text())

    def test_refuses_what_it_cannot_draw_or_write(self):
        def version(file):
            file.attrs["schema_version"] = numpy.array([9])
        self.refused("version.h5: schema_version is 9", self.edited("version.h5", version), "--out", "x.html")
        for lost in ("failure", "cell", "policy", "ratio"):
            def lose(file):
                del file[lost]
                file[lost] = numpy.zeros(1)
            self.refused("lost.h5", self.edited("lost.h5", lose), "--out", "x.html")
        self.refused("/dev/null", "few.h5", "--out", "x.html", "--figures", "/dev/null")
        def full():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))
        self.refused("x.html", "few.h5", "--out", "x.html", preexec_fn=full)

    def test_ends_when_it_is_told_to(self):
        child = subprocess.Popen([PROGRAM, "report", "few.h5", "--out", "x.html"], cwd=self.folder)
        time.sleep(0.3)
        child.terminate()
        self.assertNotEqual(child.wait(10), 0)
        time.sleep(1.0)
        self.assertEqual([one.name for one in self.folder.glob("x.html*")], [])


if __name__ == "__main__":
    PROGRAM = sys.argv.pop(1)
    unittest.main()
