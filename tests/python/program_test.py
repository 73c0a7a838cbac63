#!/usr/bin/python3
"""Finding the program, its messages as exceptions, interrupts, progress: with programs made for the purpose."""
import contextlib
import io
import os
import signal
import stat
import subprocess
import sys
import textwrap
import threading
import time
import unittest
import unittest.mock
import warnings

import support
from evenkeel import Error, EvenkeelWarning, InputError, ProgramNotFoundError, RunError, call, program, set_program
from evenkeel.progress import PlainBar, bar


class ProgramTest(unittest.TestCase):
    def setUp(self):
        self.path = self.enterContext(support.folder())
        self.addCleanup(set_program, None)

    def make(self, body, name="evenkeel"):
        """A program in Python; its arguments are sys.argv[1:]."""
        path = os.path.join(self.path, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(f"#!{sys.executable}\nimport os, sys, time\n{textwrap.dedent(body)}")
        os.chmod(path, stat.S_IRWXU)
        return path

    def use(self, body):
        set_program(self.make(body))


class FindTest(ProgramTest):
    def test_order(self):
        folders = {}
        for name in ("chosen", "named", "on_path"):
            os.mkdir(os.path.join(self.path, name))
            folders[name] = self.make("print(__file__, end='')", f"{name}/evenkeel")
        with unittest.mock.patch.dict(os.environ, {"EVENKEEL_PROGRAM": folders["named"],
                                                   "PATH": os.path.dirname(folders["on_path"])}):
            set_program(folders["chosen"])
            self.assertEqual(call("x"), folders["chosen"])
            set_program(None)
            self.assertEqual(call("x"), folders["named"])
            del os.environ["EVENKEEL_PROGRAM"]
            self.assertEqual(call("x"), folders["on_path"])
            os.environ["PATH"] = self.path  # nothing there: the checkout's build folder is left
            built = support.ROOT / "build" / "release" / "evenkeel"
            if built.is_file():
                self.assertEqual(program(), str(built))

    def test_nowhere_says_where_it_was_looked_for(self):
        package = unittest.mock.patch("evenkeel.runner._PACKAGE", support.pathlib.Path(self.path, "python", "evenkeel"))
        with package, unittest.mock.patch.dict(os.environ, {"PATH": self.path}):
            os.environ.pop("EVENKEEL_PROGRAM", None)
            with self.assertRaises(ProgramNotFoundError) as caught:
                program()
        for word in ("set_program", "EVENKEEL_PROGRAM", "PATH",
                     os.path.join(self.path, "build", "release", "evenkeel")):
            self.assertIn(word, str(caught.exception))

    def test_what_can_not_be_run(self):
        with self.assertRaisesRegex(ProgramNotFoundError, "set_program: .*missing"):
            set_program(os.path.join(self.path, "missing"))
        with unittest.mock.patch.dict(os.environ, {"EVENKEEL_PROGRAM": self.path}):
            with self.assertRaisesRegex(ProgramNotFoundError, "EVENKEEL_PROGRAM: "):
                program()


class MessageTest(ProgramTest):
    def fail(self, code, text, out=""):
        self.use(f"sys.stdout.write({out!r}); sys.stderr.write({text!r}); sys.exit({code})")
        with self.assertRaises(Error) as caught:
            call("run", "t.h5", policy="cost")
        return caught.exception

    def test_bad_input(self):
        error = self.fail(2, "evenkeel: error: spec: expected \")\"\n  cost(\n      ^\n")
        self.assertIs(type(error), InputError)
        self.assertEqual(str(error), "spec: expected \")\"\n  cost(\n      ^")
        self.assertEqual(error.returncode, 2)
        self.assertEqual(error.command[1:4], ["run", "t.h5", "--policy=cost"])

    def test_a_broken_bound_comes_with_what_was_printed(self):
        error = self.fail(1, "a note\nevenkeel: warning: w\nevenkeel: error: one\nevenkeel: error: two\n", "{}")
        self.assertIs(type(error), RunError)
        self.assertEqual((str(error), error.output), ("one\ntwo", "{}"))

    def test_a_bug_a_signal_and_silence(self):
        self.assertEqual(str(self.fail(1, "evenkeel: bug: x\n")), "x")
        self.assertIn("exit code 3", str(self.fail(3, "")))
        self.use("import signal; sys.stderr.write('last words'); sys.stderr.flush()\n"
                 "os.kill(os.getpid(), signal.SIGSEGV)")
        with self.assertRaisesRegex(Error, "ended by SIGSEGV\nlast words") as caught:
            call("run")
        self.assertEqual(caught.exception.returncode, -signal.SIGSEGV)

    def test_warnings_and_notes(self):
        self.use("sys.stderr.write('evenkeel: warning: careful\\nby the way\\n'); print('out')")
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            self.assertEqual(call("run"), "out\n")
        self.assertEqual([(w.category, str(w.message)) for w in caught],
                         [(EvenkeelWarning, "careful"), (EvenkeelWarning, "by the way")])

    def test_much_on_both_pipes_does_not_hang(self):
        self.use("for _ in range(2000):\n    sys.stdout.write('o' * 1000 + '\\n'); sys.stderr.write('')\n"
                 "sys.stderr.write('evenkeel: warning: ' + 'e' * 1000000)")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self.assertEqual(len(call("run")), 2000 * 1001)

    def test_no_shell(self):
        self.use("print(sys.argv[1:])")
        self.assertIn("'--policy=$(touch x); `y` *'", call("run", policy="$(touch x); `y` *"))


class InterruptTest(ProgramTest):
    def alive(self, pid):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
        with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"

    def interrupt(self, body):
        """The pids that the program and its child have written, after an interrupt."""
        pids = os.path.join(self.path, "pids")
        self.use(body.replace("PIDS", repr(pids)))

        def when_started():
            while not os.path.exists(pids):
                time.sleep(0.01)
            os.kill(os.getpid(), signal.SIGINT)

        threading.Thread(target=when_started, daemon=True).start()
        with self.assertRaises(KeyboardInterrupt):
            call("run")
        with open(pids, encoding="utf-8") as file:
            return [int(pid) for pid in file.read().split()]

    def check_gone(self, pids):
        deadline = time.monotonic() + 5
        while any(map(self.alive, pids)) and time.monotonic() < deadline:
            time.sleep(0.01)
        self.assertEqual([pid for pid in pids if self.alive(pid)], [])

    BODY = """
        import signal, subprocess
        IGNORE
        other = subprocess.Popen(['sleep', '100'])
        open(PIDS + '.new', 'w').write(f'{os.getpid()} {other.pid}'); os.rename(PIDS + '.new', PIDS)
        time.sleep(100)
    """

    def test_ends_the_program_and_what_it_started(self):
        pids = self.interrupt(self.BODY.replace("IGNORE", ""))
        self.assertEqual(len(pids), 2)
        self.check_gone(pids)

    def test_also_where_it_does_not_want_to(self):
        with unittest.mock.patch("evenkeel.runner._SECONDS_TO_END", 0.5):
            pids = self.interrupt(self.BODY.replace("IGNORE", "signal.signal(signal.SIGTERM, signal.SIG_IGN)"))
        self.check_gone(pids)


class ProgressTest(ProgramTest):
    BODY = """
        for line in ('{"progress":"running","done":0,"total":4}', '{"progress":"running","done":4,"total":4}',
                     'a note', '{"progress":"solving","done":0,"total":null}'):
            print(line, file=sys.stderr)
    """

    def setUp(self):
        super().setUp()
        self.use(self.BODY)
        self.enterContext(warnings.catch_warnings())
        warnings.simplefilter("ignore")

    def test_a_function_gets_every_step(self):
        steps = []
        call("run", progress=lambda *step: steps.append(step))
        self.assertEqual(steps, [("running", 0, 4), ("running", 4, 4), ("solving", 0, None)])

    def test_lines_are_asked_for(self):
        self.use("print(sys.argv[1:])")
        self.assertIn("'--progress', 'json'", call("run"))

    def test_without_tqdm(self):
        with unittest.mock.patch.dict(sys.modules, {"tqdm": None, "tqdm.std": None, "tqdm.notebook": None}):
            shown = bar(0.0)
            self.assertIsInstance(shown, PlainBar)
            text = io.StringIO()
            with contextlib.redirect_stderr(text):
                shown.update("running", 1, 4)
                shown.update("running", 2, 4)  # too soon after
                shown.close()
        self.assertEqual(text.getvalue(), "\rrunning: 1 of 4, 25 %\r" + " " * 21 + "\r")

    def test_tqdm(self):
        try:
            import tqdm  # noqa: F401
        except ImportError:
            self.skipTest("tqdm is not installed")
        text = io.StringIO()
        with contextlib.redirect_stderr(text):
            call("run", progress=True)
        self.assertIn("running", text.getvalue())

    def test_nothing_is_drawn_outside_of_notebooks_and_terminals(self):
        text = io.StringIO()
        with contextlib.redirect_stderr(text):
            call("run")
        self.assertEqual(text.getvalue(), "")


class ImportTest(unittest.TestCase):
    def test_an_own_policy_does_not_wait_for_pandas(self):
        code = "import sys, evenkeel; print(sorted({'pandas', 'xarray', 'tqdm', 'matplotlib'} & set(sys.modules)))"
        done = subprocess.run([sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": str(support.PACKAGE)},
                              capture_output=True, text=True, check=True)
        self.assertEqual(done.stdout, "[]\n")


if __name__ == "__main__":
    unittest.main()
