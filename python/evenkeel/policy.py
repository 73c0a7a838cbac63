"""An own policy: a class with one method, in a file that ends with `.serve()`."""
import datetime
from dataclasses import dataclass
from typing import Any, List, Optional, Sequence, TextIO, Tuple, Union

import numpy as np
import numpy.typing as npt

from . import protocol
from .errors import ProtocolError
from .protocol import Array, Lines, Message, Signals, array

Loads = List[Array]  # [groups][buckets]
Numbers = Union[Array, Sequence[float]]


@dataclass(frozen=True)
class Group:
    """A part of the objective: weight x norm of the loads."""

    name: str
    footprint: str
    unit: str  # of a load: t, m3
    weight: float  # USD per unit of load
    norm: float  # exponent, inf for the largest
    buckets: List[str]
    bucket_weight: Array


@dataclass(frozen=True)
class Network:
    pue: Array  # [regions]
    energy_per_unit: Array  # MWh per unit of workload [regions, variants]
    resource_per_unit: Array  # [variants]
    quality_loss: Array  # [variants]
    network_cost: Array  # USD per unit of workload [gateways, regions]
    distance: Array  # km [gateways, regions]


@dataclass(frozen=True)
class Arcs:
    """Who may serve whom: arc a is gateway[a] served by region[a] on variant[a]."""

    gateway: "npt.NDArray[np.int64]"
    region: "npt.NDArray[np.int64]"
    variant: "npt.NDArray[np.int64]"

    def __len__(self) -> int:
        return len(self.gateway)


@dataclass(frozen=True)
class Ledger:
    """What the slots so far cost and loaded."""

    energy_cost: float  # USD
    shed_cost: float  # USD
    load: Loads  # [groups][buckets], bucket weights applied
    region_workload: Array  # [regions]


@dataclass(frozen=True)
class Slot:
    """What is known when a slot is decided."""

    slot: int
    time: datetime.datetime  # UTC
    demand: Array  # workload [gateways]
    capacity: Array  # units of resource [regions]
    price: Array  # USD/MWh of facility energy [regions]
    carbon_intensity: Array  # kg/kWh of facility energy [regions]
    water_intensity: Array  # L/kWh of IT energy [regions]
    ledger: Ledger  # of the slots before
    forecast: Optional[Signals]  # of the slots behind, where process(horizon=..) asks for them

    @property
    def load(self) -> Loads:
        """The loads of the slots before, [groups][buckets]."""
        return self.ledger.load


@dataclass(frozen=True)
class Settled:
    """A slot whose meters were read."""

    slot: int
    exact: bool  # whether the meters say what was seen before
    ledger: Ledger  # this slot included
    cost: Optional[Array]  # USD per unit [arcs], where not exact
    load: Optional[Loads]  # per unit [groups][arcs], where not exact


class Policy:
    """Base class. Give it `prices` or `flow`; evenkeel's attributes are there before the first call.

    A method that raises leaves its slot without an answer, says so to evenkeel, and is asked again for the next.
    """

    seed: int
    slot: int  # the first one that will be decided: more than 0 after a restart
    num_slots: int
    slot_hours: Optional[float]
    gateways: List[str]
    regions: List[str]
    variants: List[str]
    network: Network
    arcs: Arcs
    groups: List[Group]
    shed_cost: Optional[float]  # USD per unit of unserved workload; None: all demand must be served
    expected_demand: Array  # workload of the period [gateways]
    history: Signals  # the slots before the period, where process(history=..) asks for them

    def begin(self) -> None:
        """Called once, when the attributes are there. What takes long belongs here: evenkeel waits `start` seconds."""

    def prices(self, slot: Slot) -> Sequence[Numbers]:
        """USD per unit of load, at least 0, [groups][buckets]: evenkeel dispatches at them, so every decision is
        feasible."""
        raise NotImplementedError

    def flow(self, slot: Slot) -> Union[Numbers, Tuple[Numbers, Numbers]]:
        """Workload by arc; with a shed cost also (flow, shed), what is not served by gateway. The flows of a gateway
        sum to its demand, those of a region times resource_per_unit stay within its capacity."""
        raise NotImplementedError

    def settle(self, settled: Settled) -> None:
        """Called after every slot; nothing is to be returned."""

    def serve(self, reader: Optional[TextIO] = None, writer: Optional[TextIO] = None) -> None:
        """Decides slot after slot, until evenkeel is done. Without arguments it uses standard input and output."""
        own = [name for name in ("prices", "flow") if getattr(type(self), name) is not getattr(Policy, name)]
        if len(own) != 1:
            has = " and ".join(own) or "none"
            raise TypeError(f"{type(self).__name__} has to have one of prices and flow, it has {has}")
        protocol.serve(lambda lines: self._loop(lines, own[0] == "prices"), reader, writer)

    def _loop(self, lines: Lines, has_prices: bool) -> None:
        start = protocol.handshake(lines, "policy")
        if start is None:
            return
        self._take(lines, start)
        self.begin()
        lines.write({"protocol": protocol.PROTOCOL})
        while True:
            message = lines.read()
            if message is None:
                return
            if message["message"] == "decide":
                slot = self._slot(lines, message)
                answer = self._prices if has_prices else self._flow
                protocol.answered(lines, {"slot": slot.slot}, lambda: answer(slot))
            elif message["message"] == "settle":
                self.settle(_settled(lines, message))
            else:
                raise lines.refuse(message)

    def _take(self, lines: Lines, start: Message) -> None:
        for name in ("seed", "slot", "num_slots", "slot_hours", "gateways", "regions", "variants", "shed_cost"):
            setattr(self, name, lines.field(start, name))
        try:
            self.network = Network(**{name: array(start["network"][name]) for name in Network.__dataclass_fields__})
            self.arcs = Arcs(**{name: np.array(start["arcs"][name], dtype=np.int64)
                                for name in Arcs.__dataclass_fields__})
            self.groups = [_group(group) for group in start["groups"]]
            self.expected_demand = array(start["expected_demand"])
            places = len(self.gateways), len(self.regions)
            past = start["history"]  # null where none was asked for
            self.history = protocol.signals(past, *places) if past else protocol.no_signals(*places)
        except (KeyError, TypeError, ValueError) as error:
            raise ProtocolError(f"\"start\" is not what docs/process.md says: {error!r}") from None

    def _slot(self, lines: Lines, message: Message) -> Slot:
        values = {name: array(lines.field(message, name)) for name in (*protocol.SIGNALS, "capacity")}
        ahead = message.get("forecast")
        return Slot(slot=lines.field(message, "slot"), time=protocol.moment(lines.field(message, "time")), **values,
                    ledger=_ledger(lines.field(message, "ledger")),
                    forecast=protocol.signals(ahead, len(self.gateways), len(self.regions)) if ahead else None)

    def _prices(self, slot: Slot) -> Message:
        given = self.prices(slot)
        if given is None or len(given) != len(self.groups):
            raise ValueError(f"prices wants a list of {len(self.groups)} groups, got {given!r}")
        return {"prices": [protocol.numbers(one, (len(group.buckets),), f"prices of {group.name}")
                           for one, group in zip(given, self.groups)]}

    def _flow(self, slot: Slot) -> Message:
        given: Any = self.flow(slot)
        shed = None
        if isinstance(given, tuple) and len(given) == 2 and np.ndim(given[0]) == 1:
            given, shed = given
        answer = {"flow": protocol.numbers(given, (len(self.arcs),), "flow")}
        if shed is not None:
            answer["shed"] = protocol.numbers(shed, (len(self.gateways),), "shed")
        return answer


def _group(message: Message) -> Group:
    return Group(message["name"], message["footprint"], message["unit"], float(message["weight"]),
                 float(message["norm"]), list(message["buckets"]), array(message["bucket_weight"]))


def _ledger(message: Message) -> Ledger:
    return Ledger(float(message["energy_cost"]), float(message["shed_cost"]), [array(one) for one in message["load"]],
                  array(message["region_workload"]))


def _settled(lines: Lines, message: Message) -> Settled:
    cost, load = message.get("cost"), message.get("load")
    return Settled(lines.field(message, "slot"), lines.field(message, "exact"), _ledger(lines.field(message, "ledger")),
                   None if cost is None else array(cost), None if load is None else [array(one) for one in load])
