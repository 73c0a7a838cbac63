"""The program's commands, its files, and own policies and predictors. docs/python.md is the guide."""
from .commands import backtest, compare, generate, report, run, sweep, train
from .errors import Error, EvenkeelWarning, InputError, ProgramNotFoundError, ProtocolError, RunError
from .files import cells, dataset, trace
from .policy import Policy, Settled, Slot
from .predictor import Predictor
from .runner import call, program, set_program
from .protocol import Signals
from .runs import Run
from .specs import Spec, process, spec
from .tables import with_units

__version__ = "0.2.0"

__all__ = [
    "Error", "EvenkeelWarning", "InputError", "Policy", "Predictor", "ProgramNotFoundError", "ProtocolError", "Run",
    "RunError", "Settled", "Signals", "Slot", "Spec", "backtest", "call", "cells", "compare", "dataset", "generate",
    "process", "program", "report", "run", "set_program", "spec", "sweep", "trace", "train", "with_units",
]
