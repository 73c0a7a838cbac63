"""What goes wrong, with the program's own message."""
from typing import Optional, Sequence


class Error(Exception):
    """The program ended with an error. `str(error)` is its message, without the "evenkeel: error:" before it.

    returncode: the program's exit code, negative where a signal ended it, None where it was not started.
    command: what was run, a list of words.
    output: what it had written to standard output before it failed, such as the JSON of a run that broke its bound.
    """

    def __init__(self, message: str, returncode: Optional[int] = None, command: Sequence[str] = (), output: str = ""):
        super().__init__(message)
        self.returncode = returncode
        self.command = list(command)
        self.output = output


class InputError(Error):
    """Bad usage or bad input (exit code 2): nothing was run, and the message says what is allowed."""


class RunError(Error):
    """The work failed (exit code 1): a policy had no answer, a cell failed, or a proven bound did not hold."""


class ProgramNotFoundError(Error):
    """There is no program `evenkeel` where it was looked for."""


class ProtocolError(Error):
    """evenkeel wrote a line to an own policy or predictor that isn't in docs/process.md."""


class EvenkeelWarning(UserWarning):
    """A warning or a note of the program."""
