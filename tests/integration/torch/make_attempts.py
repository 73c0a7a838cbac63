"""TorchScript modules that try what a predictor has no business with.

Usage: make_attempts.py NAME...

Writes NAME.pt, which tries it when it is asked, and NAME_load.pt, a submodule of which tries it when it is loaded.
"""
import sys
import zipfile

import torch

# What is done with a tensor x of doubles. What x does not depend on is optimised away, but for printing and torch.save.
BODIES = {
    "write": "torch.save(x, 'written')",
    "overwrite": "torch.save(x, 'sentinel')",
    "map_new": "y = torch.from_file('written', shared=True, size=4096, dtype=torch.uint8).fill_(65)\nx = x + y.sum()",
    "map_over": "y = torch.from_file('sentinel', shared=True, size=4, dtype=torch.uint8).fill_(65)\nx = x + y.sum()",
    "read": "x = x + torch.from_file('sentinel', shared=False, size=4, dtype=torch.uint8).sum()",
    "read_memory": "x = x + torch.from_file('/proc/self/mem', shared=True, size=4, dtype=torch.uint8).sum()",
    "read_passwords": "x = x + torch.from_file('/etc/passwd', shared=False, size=4, dtype=torch.uint8).sum()",
    "library": "c = torch.classes._nnapi.Compilation()\nc.init(torch.zeros(9, dtype=torch.int32), [x])",
    "thread": "x = torch.jit.wait(torch.jit.fork(same, x))",
    "rpc": "torch.jit.wait(rpc_async('other', same, (x,)))",
    "network": "p = torch.classes.c10d.ProcessGroup(0, 2)\nw = torch.ops.c10d.send([x], p, 1, 0)\nw.wait()",
    "memory": "x = x + torch.ones(12500000000).sum()",
    "memory_in_steps": "kept = [x]\nwhile len(kept) < 100000:\n    kept.append(torch.empty(100000000 + len(kept)))\nx = kept[-1]",
    "strings": "s = 'x'\nwhile len(s) > 0:\n    s = s + s\nx = x + len(s)",
    "loop": "n = 1\nwhile n > 0:\n    n = n % 7 + 1\nx = x + n",
    "print": "n = 1\nwhile n > 0:\n    n = n % 7 + 1\n    print(torch.ones(1000))\nx = x + n",
    "result": "x = torch.ones(20000000, 15) + x.sum()",
    "crash": "far = torch.full([1, 1, 4, 4], 100000000000000)\n"
             "x = x + torch.ops.aten.max_pool2d_with_indices_backward(torch.ones(1, 1, 4, 4), torch.ones(1, 1, 8, 8), "
             "[2, 2], [2, 2], [0, 0], [1, 1], False, far).sum()",
    "assertion": "p = torch.classes.c10d.ProcessGroup(0, 1)\nw = torch.ops.c10d.barrier(p, [0], 1)\nw.wait()",
    "global_state": "torch.set_grad_enabled(True)\ntorch.manual_seed(7)\nx = x + 0.0 * torch.rand(1)",
    "profiler": "p = torch.classes.profiling._ScriptProfile()\np.enable()\n"
                "h = torch.ops.profiler._record_function_enter('x', None)\ntorch.ops.profiler._record_function_exit(h)",
}
HEAD = """import torch
from typing import List, Tuple
from torch.distributed.rpc import rpc_async
def same(x: torch.Tensor) -> torch.Tensor:
    return x
"""
ASKED = """class Module(torch.nn.Module):
    def forward(self, values: torch.Tensor, times: torch.Tensor) -> torch.Tensor:
        x = values[-24:]
{body}
        return x
"""
LOADED = """class Inner(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.x = torch.zeros(1)
    @torch.jit.export
    def __getstate__(self) -> Tuple[torch.Tensor, bool]:
        return self.x, self.training
    @torch.jit.export
    def __setstate__(self, state: Tuple[torch.Tensor, bool]):
        self.training = state[1]
        x = state[0]
{body}
        self.x = x
    def forward(self, values: torch.Tensor) -> torch.Tensor:
        return values[-24:] + 0.0 * self.x.sum()
class Module(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = Inner()
    def forward(self, values: torch.Tensor, times: torch.Tensor) -> torch.Tensor:
        return self.inner(values)
"""
RECURSION = """class Module(torch.nn.Module):
    @torch.jit.export
    def again(self, values: torch.Tensor, times: torch.Tensor) -> torch.Tensor:
        return values[-24:]
    def forward(self, values: torch.Tensor, times: torch.Tensor) -> torch.Tensor:
        return self.again(values, times)
"""


def save(source, path):
    """TorchScript reads a class's source from its file."""
    python = path.replace(".pt", "_module.py")
    with open(python, "w", encoding="ascii") as file:
        file.write(source)
    scope = {"__name__": path}
    exec(compile(source, python, "exec"), scope)
    torch.jit.script(scope["Module"]()).save(path)


def edit(path, was, now):
    with zipfile.ZipFile(path) as old:
        parts = {one.filename: old.read(one.filename) for one in old.infolist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as new:
        for name, data in parts.items():
            new.writestr(name, data.replace(was, now) if name.endswith(".py") else data)


for name in sys.argv[1:]:
    if name == "recursion":
        save(HEAD + RECURSION, "recursion.pt")
        edit("recursion.pt", b"(self).again(", b"(self).forward(")
        continue
    body = "\n".join("        " + line for line in BODIES[name].split("\n"))
    save(HEAD + ASKED.format(body=body), f"{name}.pt")
    save(HEAD + LOADED.format(body=body), f"{name}_load.pt")
