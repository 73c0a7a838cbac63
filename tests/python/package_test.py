#!/usr/bin/python3
"""The package as others take it: typed, installed from its folder, with an example notebook that runs."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import support


def has(module):
    return subprocess.run([sys.executable, "-c", f"import {module}"], capture_output=True).returncode == 0


class PackageTest(unittest.TestCase):
    def setUp(self):
        self.path = self.enterContext(support.folder())

    def succeed(self, *command, **environment):
        done = subprocess.run(command, cwd=self.path, capture_output=True, text=True, env={**os.environ, **environment})
        self.assertEqual(done.returncode, 0, f"{done.stdout}\n{done.stderr}")
        return done.stdout

    def mypy(self, *files):
        """What mypy says of files, in one cache: it takes long over numpy and xarray."""
        return subprocess.run([sys.executable, "-m", "mypy", "--config-file", str(support.PACKAGE / "pyproject.toml"),
                               "--cache-dir", os.path.join(self.path, "cache"), *files], cwd=self.path, text=True,
                              capture_output=True, env={**os.environ, "MYPYPATH": str(support.PACKAGE)})

    @unittest.skipUnless(has("mypy"), "mypy is not installed (scripts/setup --ci)")
    def test_types(self):
        done = self.mypy(str(support.PACKAGE / "evenkeel"))
        self.assertEqual(done.returncode, 0, done.stdout)
        # Users see them as well.
        mine = "import evenkeel\n\nevenkeel.run('t.h5', 3)\nevenkeel.spec('a', b=[1])\nevenkeel.trace('t.h5')\n"
        pathlib.Path(self.path, "mine.py").write_text(mine, encoding="utf-8")
        found = re.findall(r"^mine.py:(\d+): error: .*\[(.*)\]$", self.mypy("mine.py").stdout, re.MULTILINE)
        self.assertEqual(found, [("3", "arg-type"), ("4", "arg-type")])

    @unittest.skipUnless(has("pip") and has("wheel"), "pip and wheel are not installed (scripts/setup --ci)")
    def test_installs_from_its_folder_without_a_network(self):
        shutil.copytree(support.PACKAGE, os.path.join(self.path, "python"),
                        ignore=shutil.ignore_patterns("build", "*.egg-info"))
        self.succeed(sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-build-isolation",
                     "--no-deps",
                     "--target", "installed", "./python")
        installed = {path.name for path in pathlib.Path(self.path, "installed", "evenkeel").iterdir()} - {"__pycache__"}
        self.assertEqual(installed, {path.name for path in (support.PACKAGE / "evenkeel").iterdir()} - {"__pycache__"})
        said = self.succeed(sys.executable, "-c",
                            "import evenkeel; print(evenkeel.__file__, evenkeel.call('--version'))",
                            PYTHONPATH="installed", EVENKEEL_PROGRAM=support.evenkeel.program())
        self.assertRegex(said, rf"^{self.path}/installed/evenkeel/__init__.py evenkeel {evenkeel_version()}")

    @unittest.skipUnless(has("venv") and has("pip") and has("wheel"), "no venv, pip and wheel (scripts/setup --ci)")
    def test_installed_in_place_it_wins_over_a_folder_of_its_name(self):  # such as the clone that it came from
        shutil.copytree(support.PACKAGE, os.path.join(self.path, "evenkeel", "python"),
                        ignore=shutil.ignore_patterns("build", "*.egg-info"))
        self.succeed(sys.executable, "-m", "venv", "--system-site-packages", "--without-pip", "env")
        python = os.path.join(self.path, "env", "bin", "python")
        self.succeed(python, "-m", "pip", "install", "--quiet", "--no-index", "--no-build-isolation", "--no-deps",
                     "--editable", "evenkeel/python")
        said = self.succeed(python, "-c", "import evenkeel; print(evenkeel.__file__)")
        self.assertEqual(said.strip(), f"{self.path}/evenkeel/python/evenkeel/__init__.py")

    def test_one_version(self):
        project = (support.PACKAGE / "pyproject.toml").read_text(encoding="utf-8")
        self.assertIn(f'version = "{evenkeel_version()}"', project)
        cmake = (support.ROOT / "CMakeLists.txt").read_text(encoding="utf-8")
        self.assertRegex(cmake, rf"project\([^)]*VERSION {re.escape(evenkeel_version())}\b")


def evenkeel_version():
    return support.evenkeel.__version__


def printed(cell):
    """The outputs of a cell without progress and warnings, which differ from run to run."""
    return [one for one in cell["outputs"] if one.get("name") != "stderr"]


def texts(notebook):
    """What each cell has printed or shows, as text."""
    return [["".join(one.get("text") or one["data"].get("text/plain", "")) for one in printed(cell)]
            for cell in notebook["cells"] if cell["cell_type"] == "code"]


def tidy(notebook):
    """The notebook without what differs from run to run."""
    notebook["metadata"] = {"kernelspec": notebook["metadata"]["kernelspec"], "language_info": {"name": "python"}}
    for number, cell in enumerate(notebook["cells"]):
        cell["id"] = f"cell-{number:02}"
        cell["metadata"] = {}
        if "outputs" in cell:
            cell["outputs"] = printed(cell)
    return notebook


class NotebookTest(unittest.TestCase):
    STORED = support.PACKAGE / "examples" / "first_steps.ipynb"

    def test_what_it_writes_are_the_examples(self):
        written = {}
        for cell in json.loads(self.STORED.read_text(encoding="utf-8"))["cells"]:
            first, _, rest = "".join(cell["source"]).partition("\n")
            if first.startswith("%%writefile "):
                written[first.split()[1]] = rest.strip()
        self.assertEqual(sorted(written), ["my_policy.py", "my_predictor.py"])
        for name, text in written.items():
            self.assertEqual(text, (self.STORED.parent / name).read_text(encoding="utf-8").strip())
            guide = (support.ROOT / "docs" / "python.md").read_text(encoding="utf-8")
            self.assertIn(text, guide)

    @unittest.skipUnless(has("nbconvert") and has("ipykernel"),
                         "nbconvert and ipykernel are not installed (scripts/setup --ci)")
    def test_runs_and_shows_what_is_stored(self):
        with support.folder() as folder, tempfile.TemporaryDirectory() as settings:
            shutil.copy(self.STORED, folder)
            done = subprocess.run(
                [sys.executable, "-m", "nbconvert", "--to", "notebook", "--execute", "--output", "executed.ipynb",
                 "--ExecutePreprocessor.timeout=240", self.STORED.name],
                cwd=folder, capture_output=True, text=True,
                env={**os.environ, "PYTHONPATH": str(support.PACKAGE), "HOME": settings, "IPYTHONDIR": settings,
                     "JUPYTER_CONFIG_DIR": settings, "MPLCONFIGDIR": settings})
            self.assertEqual(done.returncode, 0, done.stderr)
            executed = json.loads(pathlib.Path(folder, "executed.ipynb").read_text(encoding="utf-8"))
        stored = json.loads(self.STORED.read_text(encoding="utf-8"))
        if os.environ.get("EVENKEEL_RENEW_NOTEBOOK"):
            self.STORED.write_text(json.dumps(tidy(executed), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
            return
        for now, before in zip(texts(executed), texts(stored), strict=True):
            self.assertEqual(now, before)  # if it should: EVENKEEL_RENEW_NOTEBOOK=1 keeps what is shown now
        outputs = [one for cell in executed["cells"] for one in cell.get("outputs", [])]
        figures = [one for one in outputs if "image/png" in one.get("data", {})]
        self.assertEqual(len(figures), 1)


if __name__ == "__main__":
    unittest.main()
