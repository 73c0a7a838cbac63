"""Finds the program and runs it: no shell, errors as exceptions, and no child that is left behind."""
import os
import pathlib
import shutil
import signal
import subprocess
import threading
import warnings
from typing import IO, Dict, List, Optional, Sequence, Union

from .errors import Error, EvenkeelWarning, InputError, ProgramNotFoundError, RunError
from .options import Option, Words, arguments
from .progress import Listener, ProgressArgument, listener

PathArgument = Union[str, "os.PathLike[str]"]

_PACKAGE = pathlib.Path(__file__).resolve().parent
_ERROR_PREFIXES = ("evenkeel: error: ", "evenkeel: bug: ")
_WARNING_PREFIX = "evenkeel: warning: "
_SECONDS_TO_END = 3.0
_chosen: List[str] = []  # by set_program: none, or one


def set_program(path: Optional[PathArgument]) -> None:
    """Which program to run from here on; None: look for it again. Raises ProgramNotFoundError if it can't be run."""
    _chosen.clear()
    if path is not None:
        text = os.fspath(path)
        _check(text, "set_program")
        _chosen.append(os.path.abspath(text))


def program() -> str:
    """The path of the program: that of `set_program`, else $EVENKEEL_PROGRAM, else `evenkeel` on PATH, else
    build/release of the checkout that this package lies in. Raises ProgramNotFoundError with all of them."""
    if _chosen:
        return _chosen[0]
    named = os.environ.get("EVENKEEL_PROGRAM")
    if named:
        _check(named, "EVENKEEL_PROGRAM")
        return os.path.abspath(named)
    found = shutil.which("evenkeel")
    if found:
        return found
    built = _PACKAGE.parent.parent / "build" / "release" / "evenkeel"
    if os.access(built, os.X_OK) and built.is_file():
        return str(built)
    raise ProgramNotFoundError(
        "the program evenkeel was not found: nothing was given to evenkeel.set_program(path), the environment variable "
        f"EVENKEEL_PROGRAM is not set, PATH has no evenkeel, and there is no {built} (scripts/build makes it in a "
        "checkout)")


def _check(path: str, where: str) -> None:
    if not (os.path.isfile(path) and os.access(path, os.X_OK)):
        raise ProgramNotFoundError(f"{where}: {path} is not a program that can be run")


def call(command: str, *positionals: PathArgument, progress: ProgressArgument = None, **options: Option) -> str:
    """Runs a command of the program, such as call("trace info", "trace.h5", json=True), and returns what it prints.

    Options are those of the program: see `evenkeel.options`. Raises InputError and RunError with the program's message.
    """
    return execute([*command.split(), *(os.fspath(one) for one in positionals), *arguments(options)], progress)


def execute(words: Words, progress: ProgressArgument = None) -> str:
    """The same for ready words of a command line."""
    is_text = words[0] == "help" or words[0].startswith("-")  # --version has no options
    command = [program(), *words, *([] if is_text else ["--progress", "json"])]
    with listener(progress) as shown:
        # A session of its own: an interrupt comes here first, and ends the program and what it has started.
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                 encoding="utf-8", errors="replace", start_new_session=True, env=_environment())
        try:
            said = _converse(child, shown)
        except BaseException:
            _end(child)
            raise
        finally:
            for pipe in (child.stdout, child.stderr):
                if pipe:
                    pipe.close()
    return _judge(command, child.returncode, said)


class _Said:
    def __init__(self) -> None:
        self.out = ""
        self.err: List[str] = []


def _converse(child: "subprocess.Popen[str]", shown: Listener) -> _Said:
    said = _Said()
    out, err = child.stdout, child.stderr
    assert out and err

    def collect(pipe: IO[str]) -> None:
        try:
            said.out = pipe.read()
        except ValueError:  # closed: the program was ended
            pass

    reader = threading.Thread(target=collect, args=(out,), daemon=True)
    reader.start()
    for line in err:
        if not shown.take(line):
            said.err.append(line)
    child.wait()
    reader.join()
    return said


def _end(child: "subprocess.Popen[str]") -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(child.pid, number)
            child.wait(_SECONDS_TO_END)
            return
        except ProcessLookupError:
            child.wait()
            return
        except subprocess.TimeoutExpired:
            continue


def _judge(command: Sequence[str], returncode: int, said: _Said) -> str:
    messages: List[str] = []
    notes: List[str] = []
    into = notes
    for line in said.err:
        line = line.rstrip("\n")
        prefix = next((p for p in (*_ERROR_PREFIXES, _WARNING_PREFIX) if line.startswith(p)), "")
        if prefix or not messages:  # lines behind an error belong to it
            into = messages if prefix in _ERROR_PREFIXES else notes
        into.append(line[len(prefix):])
    if returncode == 0:
        for note in notes:
            warnings.warn(note, EvenkeelWarning, stacklevel=5)
        return said.out
    if returncode < 0:
        name = signal.Signals(-returncode).name
        raise Error("\n".join([f"the program was ended by {name}", *messages, *notes]), returncode, command, said.out)
    kind = InputError if returncode == 2 else RunError
    text = "\n".join(messages or notes) or f"the program ended with exit code {returncode}, and said nothing"
    raise kind(text, returncode, command, said.out)


def _environment() -> Dict[str, str]:
    """Own policies find this package as well where it is used from a folder that Python does not know by itself."""
    environment = dict(os.environ)
    folder = _PACKAGE.parent
    if folder.name not in ("site-packages", "dist-packages"):
        others = environment.get("PYTHONPATH")
        environment["PYTHONPATH"] = os.pathsep.join([str(folder), *([others] if others else [])])
    return environment
