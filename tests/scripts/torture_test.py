"""scripts/torture counts what it tries, and finds a program that calls every error a success."""
import pathlib
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = ROOT / "build/release/evenkeel"


def torture(*words):
    return subprocess.run([ROOT / "scripts/torture", *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


@unittest.skipUnless(PROGRAM.exists(), "no build")
class TortureTest(unittest.TestCase):
    def test_a_program_that_keeps_its_promises_passes(self):
        done = torture("0.1", "--kind", "paths")
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertRegex(done.stdout, r"special file as input +\d+ attempts +0 failed")
        self.assertRegex(done.stdout, r"[1-9]\d* attempts, 0 failures, seeds from 1")

    def test_a_program_that_hides_its_errors_fails(self):
        with tempfile.TemporaryDirectory() as folder:
            liar = pathlib.Path(folder) / "evenkeel"
            liar.write_text(f"#!/bin/sh\n{PROGRAM} \"$@\" 2>/dev/null || exit 0\n")
            liar.chmod(0o755)
            done = torture("0.1", "--kind", "paths", "--jobs", "1", "--program", str(liar))
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertIn("first failure of seed 1, attempt 1 (special file as input):\nsilent: ", done.stdout)

    def test_usage(self):
        self.assertEqual(torture().returncode, 2)
        self.assertEqual(torture("1", "--kind", "kindness").returncode, 2)
        self.assertIn("is missing", torture("1", "--program", "/nonexistent").stdout)


if __name__ == "__main__":
    unittest.main()
