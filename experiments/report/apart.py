"""Reading files in a process of its own: libhdf5 (1.10) can crash on a damaged one, loop, or take all memory."""
import os
import pickle
import resource
import select
import signal
import time

SECONDS = 10  # of the child's processor: a gigabyte takes about 5
WAIT = 60  # seconds in all, on a machine that is busy
MEMORY = 4 << 30  # beyond what it starts with


class ReadFailure(Exception):
    """The process that reads has no result: the message says what became of it."""


def call_apart(function):
    """What the function returns or raises, when it is called in a copy of this process; all of it is pickled."""
    source, sink = os.pipe()
    child = os.fork()
    if child == 0:
        be_child(function, source, sink)
    os.close(sink)
    try:
        answer, late = receive(source)
    finally:  # also when a signal ends this process
        os.close(source)
        os.kill(child, signal.SIGKILL)  # nothing, if it has ended
        status = os.waitpid(child, 0)[1]
    if late or os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGXCPU:
        raise ReadFailure(f"reading it did not end within {SECONDS} s of processor time")
    if status != 0 or not answer:
        ended = signal.strsignal(os.WTERMSIG(status)) if os.WIFSIGNALED(status) else f"code {os.WEXITSTATUS(status)}"
        raise ReadFailure(f"the process that read it crashed ({ended})")
    good, value = pickle.loads(answer)
    if good:
        return value
    raise value


def be_child(function, source, sink):
    """Ends this process with its answer in the pipe, all of it or nothing."""
    code = 1
    try:
        os.close(source)
        for one in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            signal.signal(one, signal.SIG_DFL)
        limit(resource.RLIMIT_CORE, 0)
        limit(resource.RLIMIT_CPU, SECONDS)
        limit(resource.RLIMIT_AS, mapped_bytes() + MEMORY)
        # Whatever HDF5 or the C library say about a damaged heap is for nobody.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        try:
            answer = pickle.dumps((True, function()))
        except Exception as error:
            answer = pickle.dumps((False, error))
        out = os.fdopen(sink, "wb", closefd=False)  # closed by the end, not before it: then comes the parent's SIGKILL
        out.write(answer)
        out.flush()
        code = 0
    finally:
        os._exit(code)


def receive(source):
    """All that comes until the other end is closed, and whether that took too long; a torn answer is none."""
    end, parts = time.monotonic() + WAIT, []
    while time.monotonic() < end:
        if select.select([source], [], [], max(0, end - time.monotonic()))[0]:
            parts.append(os.read(source, 1 << 20))
            if not parts[-1]:
                return b"".join(parts), False
    return b"", True


def limit(kind, most):
    hard = resource.getrlimit(kind)[1]
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(kind, (most, hard if kind == resource.RLIMIT_CPU else most))  # SIGXCPU, SIGKILL comes at hard


def mapped_bytes():
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[0]) * resource.getpagesize()
