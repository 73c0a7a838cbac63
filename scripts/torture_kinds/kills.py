"""Every command that writes, stopped at a random moment: afterwards there is all of a file or none, and a second start
does the rest and leaves nothing behind."""
import os
import signal
import subprocess
import time

from bench import SECONDS, Failure

SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP)

WRITERS = {
    "t2.h5": ["trace", "generate", "--regions", "4", "--gateways", "3", "--slots", "3000", "--quiet", "--out", "t2.h5"],
    "log.h5": ["run", "t.h5", "--policy", "robust(advice=dmd)", "--out", "log.h5", "--allocations", "--quiet"],
    "p.csv": ["solve", "t.h5", "--prices-out", "p.csv", "--quiet"],
    "s.h5": ["sweep", "s.ini", "--out", "s.h5", "--csv", "s.csv", "--quiet"],
}


def stop(bench, words):
    """Starts, waits for a while, stops; how long the whole takes is found out once."""
    start = time.monotonic()
    key = ("seconds", tuple(words))
    if key not in bench.answers:
        bench.expect(0, *words)
        bench.answers[key] = time.monotonic() - start
        bench.clear()
        bench.bring("t.h5", "s.ini")
    child = subprocess.Popen([str(bench.program), *words], cwd=bench.work, stdin=subprocess.DEVNULL,
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    time.sleep(bench.dice.random() * 1.1 * bench.answers[key])
    child.send_signal(bench.dice.choice(SIGNALS))
    try:
        child.wait(SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        raise Failure("hang", words, "it does not end when it is told to") from None


def kill(bench, out):
    words = WRITERS[out]
    bench.bring("t.h5", "s.ini")
    stop(bench, words)
    whole = bench.answers.get(("bytes", out))
    path = bench.work / out
    if path.exists() and whole is not None and path.read_bytes() != whole:
        raise Failure("silent", words, f"half of {out} under its own name")
    bench.expect(0, *words)
    if whole is None:
        bench.answers[("bytes", out)] = path.read_bytes()
    elif path.read_bytes() != whole:
        raise Failure("silent", words, f"another {out} after a kill")
    left = [one for one in os.listdir(bench.work) if ".tmp-" in one or ".journal" in one]
    if left:
        raise Failure("leftovers", words, f"{left} after the second start")


def kind_of(out):
    return lambda bench: kill(bench, out)


KINDS = [(f"kill while writing {out}", kind_of(out), 2) for out in WRITERS]
