"""check_includes accepts what docs/architecture.md allows and names file, line and rule of everything else."""
import pathlib
import subprocess
import tempfile
import unittest

SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "scripts" / "check_includes"

ALLOWED = [
    ("models/world/a.cc", "models/world/b.h"),
    ("models/world/a.cc", "models/base/b.h"),
    ("models/files/a.cc", "hdf5.h"),
    ("engine/a.h", "models/world/b.h"),
    ("engine/a.h", "engine/dispatch/b.h"),
    ("engine/planner/a.h", "engine/b.h"),
    ("robustifiers/a.h", "engine/b.h"),
    ("predictors/advice/a.h", "engine/planner/b.h"),
    ("predictors/torch/a.cc", "torch/nn.h"),
    ("experiments/run/a.cc", "robustifiers/b.h"),
    ("experiments/catalog/a.cc", "predictors/advice/b.h"),
    ("experiments/program/a.cc", "boost/program_options.hpp"),
    ("experiments/sweep/ranks.cc", "mpi.h"),
    ("tests/unit/engine/a_test.cc", "experiments/program/b.h"),
    ("tests/unit/engine/a_test.cc", "tests/reference/b.h"),
    ("tests/reference/a.cc", "ClpSimplex.hpp"),
    ("robustifiers/a.h", "Eigen/Core"),
]

FORBIDDEN = [
    ("models/base/a.h", "models/world/b.h"),
    ("models/world/a.h", "engine/b.h"),
    ("models/files/a.h", "experiments/files/b.h"),
    ("engine/dispatch/a.h", "engine/b.h"),
    ("engine/a.h", "engine/planner/b.h"),
    ("engine/a.h", "robustifiers/b.h"),
    ("engine/a.h", "predictors/forecast/b.h"),
    ("robustifiers/a.h", "predictors/advice/b.h"),
    ("predictors/advice/a.h", "robustifiers/b.h"),
    ("robustifiers/a.h", "experiments/run/b.h"),
    ("predictors/torch/a.cc", "experiments/catalog/b.h"),
    ("experiments/catalog/a.h", "experiments/program/b.h"),
    ("experiments/run/a.h", "tests/reference/b.h"),
    ("experiments/run/a.h", "experiments/attic/b.h"),
    ("models/world/a.h", "../../engine/exists.h"),
    ("models/files/a.h", "hdf5.h"),
    ("engine/a.cc", "H5Cpp.h"),
    ("experiments/files/a.cc", "hdf5_hl.h"),
    ("tests/unit/a_test.cc", "hdf5/serial/hdf5.h"),
    ("predictors/learning/a.cc", "torch/torch.h"),
    ("experiments/run/a.cc", "ATen/core/Tensor.h"),
    ("engine/a.cc", "c10/core/Device.h"),
    ("experiments/sweep/a.cc", "boost/program_options.hpp"),
    ("tests/integration/a_test.cc", "boost/program_options/parsers.hpp"),
    ("experiments/sweep/a.cc", "mpi.h"),
    ("models/world/a.cc", "ClpSimplex.hpp"),
    ("engine/a.cc", "coin/ClpSimplex.hpp"),
    ("experiments/run/a.cc", "coin/CoinPackedMatrix.hpp"),
]


class CheckIncludes(unittest.TestCase):
    def check(self, files):
        """Runs the script over a tree of {path: text}."""
        with tempfile.TemporaryDirectory() as root:
            for path, text in files.items():
                file = pathlib.Path(root, path)
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text)
            return subprocess.run([SCRIPT, root], capture_output=True, text=True)

    def test_accepts_what_is_allowed(self):
        for path, header in ALLOWED:
            for spelling in (f'#include "{header}"', f"#include <{header}>"):
                with self.subTest(path=path, include=spelling):
                    result = self.check({path: spelling + "\n"})
                    self.assertEqual((result.returncode, result.stderr), (0, ""))

    def test_names_every_violation(self):
        for path, header in FORBIDDEN:
            for spelling in (f'#include "{header}"', f"  #  include <{header}>  // why"):
                with self.subTest(path=path, include=spelling):
                    result = self.check({"engine/exists.h": "", path: f"// first line\n{spelling}\n"})
                    self.assertEqual(result.returncode, 1)
                    self.assertRegex(result.stderr, rf"^{path}:2: includes .*: .*only .*\n$")

    def test_reports_all_violations_at_once(self):
        result = self.check({"models/base/a.h": '#include "engine/b.h"\n#include <hdf5.h>\n',
                             "engine/a.h": "#include <torch/x.h>\n"})
        self.assertEqual(len(result.stderr.splitlines()), 3)

    def test_a_file_outside_the_rooms_is_an_error(self):
        for path in ("models/a.h", "experiments/attic/a.cc", "engine/dispatch/deep/a.h"):
            with self.subTest(path=path):
                result = self.check({path: ""})
                self.assertEqual(result.returncode, 1)
                self.assertIn(f"{path}: not in a room", result.stderr)

    def test_finds_circles_through_a_source_file(self):
        # a.h <- b.h is fine, and so is a.cc <- b.h where b has a source that doesn't come back.
        files = {"engine/a.h": "", "engine/a.cc": '#include "engine/a.h"\n#include "engine/b.h"\n', "engine/b.h": "",
                 "engine/b.cc": '#include "engine/c.h"\n', "engine/c.h": ""}
        self.assertEqual(self.check(files).returncode, 0)
        result = self.check(dict(files, **{"engine/c.h": '#include "engine/a.h"\n'}))
        self.assertEqual(result.returncode, 1)
        self.assertIn("engine/a -> engine/b -> engine/c -> engine/a", result.stderr)

    def test_rooms_and_files_stay_small(self):
        rooms = {f"engine/planner/a{i}.h": "" for i in range(30)}
        self.assertEqual(self.check(rooms).returncode, 0)
        result = self.check(dict(rooms, **{"engine/planner/b.cc": ""}))
        self.assertIn("engine/planner: 31 files", result.stderr)
        self.assertEqual(self.check({"engine/a.h": "\n" * 450}).returncode, 0)
        self.assertIn("engine/a.h: 451 lines", self.check({"engine/a.h": "\n" * 451}).stderr)

    def test_ignores_comments(self):
        self.assertEqual(self.check({"models/base/a.h": '// #include "engine/b.h"\n'}).returncode, 0)

    def test_an_empty_tree_is_an_error(self):
        self.assertEqual(self.check({}).returncode, 1)


if __name__ == "__main__":
    unittest.main()
