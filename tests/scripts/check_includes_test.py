"""check_includes accepts what docs/architecture.md allows and names file, line and rule of everything else."""
import pathlib
import subprocess
import tempfile
import unittest

SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "scripts" / "check_includes"

ALLOWED = [
    ("models/a.cc", "models/b.h"),
    ("models/a.cc", "hdf5.h"),
    ("engine/a.h", "models/b.h"),
    ("robustifiers/a.h", "engine/b.h"),
    ("predictors/a.h", "engine/b.h"),
    ("predictors/torch/a.cc", "torch/nn.h"),
    ("experiments/a.cc", "robustifiers/b.h"),
    ("experiments/a.cc", "predictors/b.h"),
    ("experiments/a.cc", "boost/program_options.hpp"),
    ("tests/unit/engine/a_test.cc", "experiments/b.h"),
    ("tests/unit/engine/a_test.cc", "tests/reference/b.h"),
    ("tests/reference/a.cc", "ClpSimplex.hpp"),
    ("robustifiers/a.h", "Eigen/Core"),
]

FORBIDDEN = [
    ("models/a.h", "engine/b.h"),
    ("models/a.h", "experiments/b.h"),
    ("engine/a.h", "robustifiers/b.h"),
    ("engine/a.h", "predictors/b.h"),
    ("robustifiers/a.h", "predictors/b.h"),
    ("predictors/a.h", "robustifiers/b.h"),
    ("robustifiers/a.h", "experiments/b.h"),
    ("predictors/torch/a.cc", "experiments/b.h"),
    ("experiments/a.h", "tests/reference/b.h"),
    ("models/a.h", "../engine/exists.h"),
    ("models/a.h", "hdf5.h"),
    ("engine/a.cc", "H5Cpp.h"),
    ("experiments/a.cc", "hdf5_hl.h"),
    ("tests/unit/a_test.cc", "hdf5/serial/hdf5.h"),
    ("predictors/a.cc", "torch/torch.h"),
    ("experiments/a.cc", "ATen/core/Tensor.h"),
    ("engine/a.cc", "c10/core/Device.h"),
    ("models/a.cc", "boost/program_options.hpp"),
    ("tests/integration/a_test.cc", "boost/program_options/parsers.hpp"),
    ("models/a.cc", "ClpSimplex.hpp"),
    ("engine/a.cc", "coin/ClpSimplex.hpp"),
    ("experiments/a.cc", "coin/CoinPackedMatrix.hpp"),
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
                    self.assertRegex(result.stderr, rf"^{path}:2: includes .*: .* (include )?only .*\n$")

    def test_reports_all_violations_at_once(self):
        result = self.check({"models/a.h": '#include "engine/b.h"\n#include <hdf5.h>\n',
                             "engine/a.h": "#include <torch/x.h>\n"})
        self.assertEqual(len(result.stderr.splitlines()), 3)

    def test_ignores_comments(self):
        self.assertEqual(self.check({"models/a.h": '// #include "engine/b.h"\n'}).returncode, 0)

    def test_an_empty_tree_is_an_error(self):
        self.assertEqual(self.check({}).returncode, 1)


if __name__ == "__main__":
    unittest.main()
