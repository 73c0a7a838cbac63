"""check_readme runs what the pages show, in a scratch directory, and fails with the command that fails."""
import os
import pathlib
import subprocess
import tempfile
import unittest

SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "scripts" / "check_readme"


class CheckReadme(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.root = pathlib.Path(temporary.name, "project")
        (self.root / "docs").mkdir(parents=True)

    def check(self, readme, *arguments, doc="", **environment):
        (self.root / "README.md").write_text(readme)
        (self.root / "docs" / "page.md").write_text(doc)
        clean = {name: value for name, value in os.environ.items() if name != "DATA"}
        return subprocess.run([SCRIPT, "--root", self.root, *arguments], capture_output=True, text=True,
                              env={**clean, **environment})

    def test_failure_names_page_line_command_and_output(self):
        result = self.check("# Title\n\n```sh\ntrue\necho saw this; false\n```\n")
        self.assertEqual(result.returncode, 1)
        self.assertIn("README.md:5: exit status 1: false", result.stderr)
        self.assertIn("saw this", result.stderr)

    def test_a_failure_within_a_pipe_counts(self):
        self.assertEqual(self.check("```bash\nfalse | cat\n```\n").returncode, 1)

    def test_console_blocks_run_only_their_commands(self):
        self.assertEqual(self.check("```console\n$ echo a \\\n    b\nnot-a-command\n```\n").returncode, 0)
        self.assertEqual(self.check("```console\n$ not-a-command\n```\n").returncode, 1)

    def test_other_languages_do_not_run(self):
        self.assertEqual(self.check("```ini\nfalse\n```\n\n```\nfalse\n```\n").returncode, 0)

    def test_docs_run_only_when_marked(self):
        self.assertEqual(self.check("", doc="```sh\nfalse\n```\n").returncode, 0)
        self.assertEqual(self.check("", doc="```sh run\nfalse\n```\n").returncode, 1)

    def test_blocks_share_a_scratch_directory(self):
        result = self.check("```sh\necho x > new\nls README.md build demo\n```\ntext\n```sh\ngrep x new\n```\n")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertFalse((self.root / "new").exists())

    def test_build_release_is_on_the_path(self):
        program = self.root / "build" / "release" / "program"
        program.parent.mkdir(parents=True)
        program.write_text("#!/bin/sh\n")
        program.chmod(0o755)
        self.assertEqual(self.check("```sh\nprogram\nbuild/release/program\n```\n").returncode, 0)

    def test_blocks_that_need_data(self):
        for block in ("```sh\nfalse $DATA\n```\n", "```sh data\nfalse\n```\n", "```sh\nfalse ../shared/data\n```\n"):
            with self.subTest(block=block):
                self.assertIn("needs the real data", self.check(block).stdout)
                self.assertEqual(self.check(block).returncode, 0)
                self.assertEqual(self.check(block, DATA=str(self.root)).returncode, 1)

    def test_skip(self):
        self.assertEqual(self.check("```sh\nfalse   # fails\n```\n", "--skip", "false").returncode, 0)


if __name__ == "__main__":
    unittest.main()
