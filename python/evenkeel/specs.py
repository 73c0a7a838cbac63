"""Policies and predictors as text: NAME(parameter=value,..), quoted where the program wants quotes."""
import os
import re
import shlex
import sys
from typing import Sequence, Union

Parameter = Union[str, int, float, "os.PathLike[str]"]

_BARE = re.compile(r"[A-Za-z0-9/._~+:-]+")
_SWEPT = re.compile(r"(?:[A-Za-z0-9/._~+:-]|\{\w+\})+")  # names in braces are for sweeps, which fill them in
_QUOTED = re.compile(r'"(?:[^"\\]|\\["\\])*"')


class Spec(str):
    """Text that is a spec already, and goes into another one as it is."""


def spec(name: str, **parameters: Parameter) -> Spec:
    """spec("robust", advice=spec("plan", every=12), rho=0.05) is robust(advice=plan(every=12),rho=0.05).

    A text that has the form of a spec, such as "plan(every=12)", goes in as one; any other is quoted where it has to
    be. A path (`pathlib.Path`) is always a text. `from_` is the parameter `from`. Names in braces, rho="{rho}", are
    left for a sweep to fill in.
    """
    if not parameters:
        return Spec(_word(name))
    written = (f"{key[:-1] if key.endswith('_') else key}={_value(value)}" for key, value in parameters.items())
    return Spec(f"{_word(name)}({','.join(written)})")


def process(command: Union[str, "os.PathLike[str]", Sequence[str]], **parameters: Parameter) -> Spec:
    """A policy or predictor that is a program of its own: process("mine.py", timeout=5).

    command: a Python file (it is run by the Python that runs now), the words of a command, or a line for /bin/sh. A
    class is none of them: the program is started anew, and would not know it. Write it to a file, in a notebook with
    %%writefile.
    """
    if isinstance(command, type) or not isinstance(command, (str, os.PathLike, list, tuple)):
        raise TypeError(f"process wants a Python file or a command, not {command!r}: the policy runs in a process of "
                        "its own, so write it to a file (in a notebook: %%writefile mine.py) and give the file's name")
    if isinstance(command, (list, tuple)):
        line = shlex.join(map(os.fspath, command))
    else:
        line = os.fspath(command)
        if isinstance(command, os.PathLike) or re.fullmatch(r"\S+\.py", line):
            if not os.path.isfile(line):
                raise FileNotFoundError(f"process: there is no file {line} in {os.getcwd()}")
            line = shlex.join([sys.executable, line])
    return Spec(f"process(command={_quoted(line)}" + "".join(
        f",{key}={_value(value)}" for key, value in parameters.items()) + ")")


def is_spec(text: str) -> bool:
    """Whether the whole text is NAME or NAME(KEY=SPEC,..) as the program reads it."""
    return _after_spec(text, 0) == len(text)


def _value(value: Parameter) -> str:
    if isinstance(value, Spec):
        return value
    if isinstance(value, bool) or not isinstance(value, (str, int, float, os.PathLike)):
        raise TypeError(f"a parameter is a text, a number, a path or a spec, not {value!r}")
    if isinstance(value, os.PathLike):
        path = os.fspath(value)
        return path if _BARE.fullmatch(path) else _quoted(path)
    if isinstance(value, str):
        return value if "(" in value and is_spec(value) else _word(value)
    return repr(float(value)) if isinstance(value, float) else str(value)


def _word(text: str) -> str:
    return text if _SWEPT.fullmatch(text) else _quoted(text)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _after_spec(text: str, at: int) -> int:
    """Where the spec that begins at `at` ends; -1: none does."""
    at = _after(text, at, _SWEPT, _QUOTED)
    if at < 0 or text[at:at + 1] != "(":
        return at
    end = _after_blanks(text, at + 1)
    if text[end:end + 1] == ")":
        return _after_blanks(text, end + 1)
    while True:
        at = _after(text, at + 1, _BARE)
        if at < 0 or text[at:at + 1] != "=":
            return -1
        at = _after_spec(text, at + 1)
        if at < 0 or text[at:at + 1] not in (",", ")"):
            return -1
        if text[at] == ")":
            return _after_blanks(text, at + 1)


def _after(text: str, at: int, *patterns: "re.Pattern[str]") -> int:
    at = _after_blanks(text, at)
    match = next(filter(None, (pattern.match(text, at) for pattern in patterns)), None)
    return _after_blanks(text, match.end()) if match else -1


def _after_blanks(text: str, at: int) -> int:
    while text[at:at + 1] in ("\t", " ") and at < len(text):
        at += 1
    return at
