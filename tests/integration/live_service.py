"""What the tests of a running service share: programs that end with their test."""
import ctypes
import os
import pathlib
import signal
import socket
import subprocess


def die_with_parent():
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


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
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]
