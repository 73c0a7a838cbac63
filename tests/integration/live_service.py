"""What the tests of a running service share: programs that end with their test."""
import os
import pathlib
import signal
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "scripts" / "live"))
from world import die_with_parent, free_ports  # noqa: E402


class Started:
    """A program in its own group, ended with the block."""

    def __init__(self, *command, **options):
        self.process = subprocess.Popen(list(map(str, command)), preexec_fn=die_with_parent, start_new_session=True,
                                        stdin=subprocess.PIPE, **options)

    def __enter__(self):
        return self.process

    def __exit__(self, *_):
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait(10)
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe:
                pipe.close()


def page(program, which, *more):
    """The made-up service; its port is the first line that it says."""
    return Started(pathlib.Path(program), which, *more, stdout=subprocess.PIPE, text=True)


def free_port():
    port, = free_ports(1)
    return port
