"""Disks that are full at a random byte, and devices that never have room."""
import resource
import signal

from bench import Failure
from kills import WRITERS


def limited(size):
    def set_limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    return set_limit


def full(bench):
    out = bench.dice.choice(list(WRITERS))
    words = WRITERS[out]
    bench.bring("t.h5", "s.ini")
    size = int(2 ** (bench.dice.random() * 18))
    done = bench.call(*words, preexec_fn=limited(size))
    bench.judge(words, done, [out, "s.csv"])
    if done.returncode != 0 and out != "s.h5" and (bench.work / out).exists():
        raise Failure("half file", words, f"{out} is there after a full disk")
    if bench.leftovers():
        raise Failure("leftovers", words, f"{bench.leftovers()} after a full disk")
    if out == "s.h5":  # once there is room, the journal goes on
        bench.judge(words, bench.call(*words), [], may_succeed=True)
        if (bench.work / out).read_bytes() != (bench.good / out).read_bytes():
            raise Failure("silent", words, "another table after a full disk")


def full_output(bench):
    bench.bring("t.h5", "run.h5")
    words = bench.dice.choice((["trace", "info", "t.h5"], ["check", "run.h5"],
                               ["run", "t.h5", "--policy", "cost", "--quiet"]))
    with open("/dev/full", "w") as sink:
        done = bench.call(*words, stdout=sink)
    done.stdout = b""
    bench.judge(words, done, ["standard output"], may_succeed=False)


KINDS = [("full disk", full, 6), ("full standard output", full_output, 1)]
