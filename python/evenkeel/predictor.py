"""An own predictor: a class with one method, in a file that ends with `.serve()`."""
from typing import List, Mapping, Optional, TextIO, Union

import numpy as np

from . import protocol
from .errors import ProtocolError
from .protocol import SIGNALS, Lines, Message, Signals

Forecast = Union[Signals, Mapping[float, Signals]]


class Predictor:
    """Base class. Give it `predict`; evenkeel's attributes are there before the first call.

    A method that raises leaves this forecast out, says so to evenkeel, and is asked again for the next.
    """

    slot_hours: Optional[float]
    gateways: Optional[List[str]]  # names; None where only their number is known
    regions: Optional[List[str]]
    num_gateways: int
    num_regions: int

    def begin(self) -> None:
        """Called once, when the attributes are there. What takes long belongs here: evenkeel waits `start` seconds."""

    def predict(self, history: Signals, horizon: int) -> Forecast:
        """The next `horizon` slots, from all slots seen so far: Signals [horizon, gateways or regions], or such by
        level, 0.5 among them: {0.1: .., 0.5: .., 0.9: ..}."""
        raise NotImplementedError

    def serve(self, reader: Optional[TextIO] = None, writer: Optional[TextIO] = None) -> None:
        """Forecasts until evenkeel is done. Without arguments it uses standard input and output."""
        if type(self).predict is Predictor.predict:
            raise TypeError(f"{type(self).__name__} has to have predict")
        protocol.serve(self._loop, reader, writer)

    def _loop(self, lines: Lines) -> None:
        start = protocol.handshake(lines, "predictor")
        if start is None:
            return
        for name in ("slot_hours", "gateways", "regions", "num_gateways", "num_regions"):
            setattr(self, name, lines.field(start, name))
        self.begin()
        lines.write({"protocol": protocol.PROTOCOL})
        history = protocol.no_signals(self.num_gateways, self.num_regions)
        while True:
            message = lines.read()
            if message is None:
                return
            if message["message"] == "observe":
                history = self._observed(lines, history, message)
            elif message["message"] == "predict":
                seen = history
                protocol.answered(lines, {"seen": lines.field(message, "seen")},
                                  lambda: self._predicted(lines, seen, message or {}))
            else:
                raise lines.refuse(message)

    def _observed(self, lines: Lines, history: Signals, message: Message) -> Signals:
        begin = lines.field(message, "from")
        if not 0 <= begin <= len(history):
            raise ProtocolError(f"\"observe\" from slot {begin}, but only {len(history)} slots were seen")
        for name in ("time", *SIGNALS):
            lines.field(message, name)
        more = protocol.signals(message, self.num_gateways, self.num_regions)
        values = {name: np.concatenate([getattr(history, name)[:begin], getattr(more, name)])
                  for name in ("time", *SIGNALS)}
        return Signals(**values)

    def _predicted(self, lines: Lines, history: Signals, message: Message) -> Message:
        seen, horizon = message["seen"], lines.field(message, "horizon")
        if seen != len(history):
            raise ProtocolError(f"\"predict\" after {seen} slots, but {len(history)} were seen")
        given = self.predict(history, horizon)
        if isinstance(given, Mapping):
            return {"quantiles": {f"{float(level):g}": self._forecast(one, horizon) for level, one in given.items()}}
        return {"forecast": self._forecast(given, horizon)}

    def _forecast(self, forecast: Signals, horizon: int) -> Message:
        if not isinstance(forecast, Signals):
            raise ValueError(f"predict wants Signals, or Signals by level, got {type(forecast).__name__}")
        counts = {name: self.num_gateways if name == "demand" else self.num_regions for name in SIGNALS}
        return {name: protocol.numbers(getattr(forecast, name), (horizon, count), name)
                for name, count in counts.items()}
