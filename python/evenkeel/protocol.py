"""The lines between evenkeel and an own policy or predictor: docs/process.md, protocol 1.

Imported by the program that evenkeel starts, so only numpy is behind it.
"""
import datetime
import json
import os
import queue
import sys
import threading
import time
import traceback
from dataclasses import dataclass
from typing import Any, Callable, Dict, List, Mapping, Optional, Protocol, TextIO, cast

import numpy as np
import numpy.typing as npt

from .errors import ProtocolError

Array = npt.NDArray[np.float64]
Message = Dict[str, Any]

PROTOCOL = 1
SIGNALS = ("demand", "price", "carbon_intensity", "water_intensity")


def array(value: Any) -> Array:
    """Numbers of a message; null is NaN, and "inf" infinity."""
    return np.array(value, dtype=np.float64)


@dataclass(frozen=True)
class Signals:
    """Slots by gateways or regions: what was seen, or what is forecast."""

    demand: Array  # workload [slots, gateways]
    price: Array  # USD/MWh of facility energy [slots, regions]
    carbon_intensity: Array  # kg/kWh of facility energy [slots, regions]
    water_intensity: Array  # L/kWh of IT energy [slots, regions]
    time: Optional["npt.NDArray[np.datetime64]"] = None  # starts of the slots, UTC; forecasts have none

    def __len__(self) -> int:
        return len(self.demand)

    def map(self, function: Callable[[Array], Array]) -> "Signals":
        """The function of every signal, such as a forecast of each from its own past."""
        demand, price, carbon, water = (array(function(getattr(self, name))) for name in SIGNALS)
        return Signals(demand, price, carbon, water)


def signals(message: Mapping[str, Any], gateways: int, regions: int) -> Signals:
    columns = {name: gateways if name == "demand" else regions for name in SIGNALS}
    values = {name: array(message[name]).reshape(-1, count) for name, count in columns.items()}
    return Signals(**values, time=times(message["time"]) if "time" in message else None)


def no_signals(gateways: int, regions: int) -> Signals:
    return signals({"time": [], **{name: [] for name in SIGNALS}}, gateways, regions)


def times(texts: List[str]) -> "npt.NDArray[np.datetime64]":
    return np.array([text.rstrip("Z") for text in texts], dtype="datetime64[s]")


def moment(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


class Reader(Protocol):
    def readline(self) -> str:
        """The next line; empty: the end."""


class Lines:
    """Messages in and answers out, a JSON object a line."""

    def __init__(self, reader: Reader, writer: TextIO):
        self._reader, self._writer = reader, writer
        self._number = 0

    def read(self) -> Optional[Message]:
        """The next message; None: evenkeel is done."""
        line = self._reader.readline()
        if not line:
            return None
        self._number += 1
        try:
            message = json.loads(line)
        except ValueError as error:
            raise ProtocolError(f"line {self._number}: no JSON: {error}: {line[:80]!r}") from None
        if not isinstance(message, dict) or not isinstance(message.get("message"), str):
            raise ProtocolError(f"line {self._number}: no object with a \"message\": {line[:80]!r}")
        return message

    def write(self, answer: Message) -> None:
        self._writer.write(json.dumps(answer, allow_nan=False) + "\n")
        self._writer.flush()

    def field(self, message: Message, name: str) -> Any:
        if name not in message:
            raise ProtocolError(f"line {self._number}: \"{message['message']}\" has no \"{name}\"")
        return message[name]

    def refuse(self, message: Message) -> ProtocolError:
        return ProtocolError(f"line {self._number}: unknown message \"{message['message']}\"")


def handshake(lines: Lines, role: str) -> Optional[Message]:
    """The first message, checked; None: there was none."""
    start = lines.read()
    if start is None:
        return None
    if start["message"] != "start":
        raise ProtocolError(f"the first message is \"{start['message']}\", not \"start\"")
    if lines.field(start, "protocol") != PROTOCOL:
        raise ProtocolError(f"evenkeel speaks protocol {start['protocol']}, this package {PROTOCOL}")
    if lines.field(start, "role") != role:
        raise ProtocolError(f"evenkeel wants a {start['role']}, this program is a {role}")
    return start


def answered(lines: Lines, base: Message, make: Callable[[], Message]) -> None:
    """Writes the answer that `make` makes, or why there is none. `base`: what says which question it is for."""
    try:
        lines.write({**base, **make()})
    except ProtocolError:
        raise
    except BrokenPipeError:
        raise
    except Exception as error:  # of the user's code: this slot has no answer, and the next may have one
        traceback.print_exc(file=sys.stderr)
        lines.write({**base, "error": reason(error)})


def reason(error: Exception) -> str:
    """The error and where it came from, in a line."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{os.path.basename(frame.filename)}:{frame.lineno}"
    return f"{type(error).__name__}: {' '.join(str(error).split())} ({place})"


def numbers(value: Any, shape: "tuple[int, ...]", what: str) -> List[Any]:
    """The value as lists for JSON. Raises ValueError where the shape is another or a number isn't finite."""
    found = np.asarray(value, dtype=np.float64)
    if found.shape != shape:
        raise ValueError(f"{what} has shape {found.shape}, expected {shape}")
    if not np.isfinite(found).all():
        raise ValueError(f"{what} has values that are not finite")
    return cast(List[Any], found.tolist())


class WatchingReader:
    """Lines of a file that a thread reads, so that the end is seen while an answer is being made: evenkeel has gone, or
    was killed, and a process that still computes would be left behind."""

    SECONDS_TO_END = 1.0  # as long as evenkeel itself waits

    def __init__(self, file: TextIO):
        self._lines: "queue.SimpleQueue[str]" = queue.SimpleQueue()
        threading.Thread(target=self._watch, args=(file,), daemon=True).start()

    def readline(self) -> str:
        return self._lines.get()

    def _watch(self, file: TextIO) -> None:
        for line in file:
            self._lines.put(line)
        self._lines.put("")
        time.sleep(self.SECONDS_TO_END)
        os._exit(1)


def standard_lines() -> Lines:
    """Standard input and output. From here on `print` goes to standard error, that of libraries in C as well: evenkeel
    reads every line of standard output as an answer."""
    sys.stdout.flush()
    writer = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    reader = os.fdopen(os.dup(sys.stdin.fileno()), "r", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, sys.stdin.fileno())
    os.close(nothing)
    return Lines(WatchingReader(reader), writer)


def serve(loop: Callable[[Lines], None], reader: Optional[TextIO], writer: Optional[TextIO]) -> None:
    if (reader is None) != (writer is None):
        raise ValueError("serve wants both a reader and a writer, or neither")
    lines = Lines(reader, writer) if reader is not None and writer is not None else standard_lines()
    try:
        loop(lines)
    except BrokenPipeError:  # evenkeel has gone
        if writer is not None:
            raise
        os._exit(1)
