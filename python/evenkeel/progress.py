"""How far the program is, from its lines of `--progress json`."""
import contextlib
import json
import sys
from typing import Any, Callable, Iterator, Optional, Union

ProgressFunction = Callable[[str, int, Optional[int]], None]  # label, steps done, steps in all where they are known
ProgressArgument = Union[None, bool, ProgressFunction]

_BEGINNING = '{"progress":'


class Listener:
    """Takes the lines that are progress and hands them on."""

    def __init__(self, show: Optional[ProgressFunction]):
        self._show = show

    def take(self, line: str) -> bool:
        """Whether the line was one of progress."""
        if not line.startswith(_BEGINNING):
            return False
        if self._show:
            said = json.loads(line)
            self._show(said["progress"], said["done"], said["total"])
        return True


@contextlib.contextmanager
def listener(progress: ProgressArgument) -> Iterator[Listener]:
    """`progress`: a function of label, done and total; True: a bar; None: a bar in notebooks and terminals."""
    if callable(progress):
        yield Listener(progress)
    elif progress or (progress is None and (in_notebook() or sys.stderr.isatty())):
        with contextlib.closing(bar(wait=0.0 if progress else 1.0)) as shown:
            yield Listener(shown.update)
    else:
        yield Listener(None)


def in_notebook() -> bool:
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return shell is not None and hasattr(shell, "kernel")


class PlainBar:
    """A line that is written over again."""

    def __init__(self, wait: float):
        import time
        self._clock = time.monotonic
        self._next = self._clock() + wait
        self._drawn = 0

    def update(self, label: str, done: int, total: Optional[int]) -> None:
        now = self._clock()
        if now < self._next:
            return
        self._next = now + 0.5
        line = f"{label}: {done} of {total}, {100.0 * done / total:.0f} %" if total else f"{label} .."
        print("\r" + line.ljust(self._drawn), end="", file=sys.stderr, flush=True)
        self._drawn = len(line)

    def close(self) -> None:
        if self._drawn:
            print("\r" + " " * self._drawn + "\r", end="", file=sys.stderr, flush=True)


class TqdmBar:
    """tqdm's bar, in a notebook as a widget where ipywidgets are there."""

    def __init__(self, wait: float, tqdm: Any):
        self._bar = tqdm(total=None, leave=False, delay=wait)

    def update(self, label: str, done: int, total: Optional[int]) -> None:
        if self._bar.total != total:
            self._bar.total = total
        self._bar.set_description_str(label, refresh=False)
        self._bar.update(done - self._bar.n)

    def close(self) -> None:
        self._bar.close()


def bar(wait: float) -> Union[PlainBar, TqdmBar]:
    """A bar that appears after `wait` seconds of work: tqdm's where it is installed."""
    try:
        if in_notebook():
            import ipywidgets  # type: ignore  # noqa: F401  # without it tqdm's notebook bar fails
            from tqdm.notebook import tqdm
        else:
            from tqdm.std import tqdm
    except ImportError:
        try:
            from tqdm.std import tqdm
        except ImportError:
            return PlainBar(wait)
    return TqdmBar(wait, tqdm)
