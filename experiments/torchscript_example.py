#!/usr/bin/python3
"""A TorchScript module for evenkeel's predictor torchscript(file=..), made in Python.

Usage: experiments/torchscript_example.py OUT.pt      needs Debian's python3-torch, or any PyTorch from 1.13 on

The contract is in predictors/learning/script_module.h: forward(values [window x columns], times [window]) ->
[steps x columns]. This one mixes yesterday with the mean of the week at the same time of day, hourly slots. A trained
module has its weights as parameters and is saved in the same way.
"""
import sys

import torch


class DayAndWeek(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.day = torch.nn.Parameter(torch.tensor(0.4, dtype=torch.float64))

    def forward(self, values: torch.Tensor, times: torch.Tensor) -> torch.Tensor:
        days = values[-168:].reshape(7, 24, values.size(1))
        return self.day * days[-1] + (1.0 - self.day) * days.mean(0)


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    torch.jit.script(DayAndWeek()).save(sys.argv[1])
