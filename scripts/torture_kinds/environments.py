"""Limits and surroundings that a login shell does not have."""
import resource
import subprocess

from bench import SECONDS, Failure, environment

COMMANDS = [["run", "t.h5", "--policy", "robust(advice=dmd)", "--json", "--quiet"],
            ["trace", "validate", "t.h5"], ["solve", "t.h5", "--quiet", "--json"],
            ["compare", "t.h5", "--policy", "cost", "--policy", "dmd", "--quiet", "--json", "--threads", "8"],
            ["check", "run.h5"], ["trace", "validate", "foreign.h5"]]


def limit(kind, value):
    return lambda: resource.setrlimit(kind, (value, value))


def memory(bench):
    """Too little memory is an error with a place, or at least one that says so."""
    bench.bring("t.h5", "run.h5", "foreign.h5")
    words = bench.dice.choice(COMMANDS)
    size = int(2 ** (25 + 5 * bench.dice.random()))
    done = bench.call(*words, preexec_fn=limit(resource.RLIMIT_AS, size))
    said = done.stderr.decode(errors="replace")
    if done.returncode == 127 and "error while loading shared libraries" in said:
        return
    if done.returncode != 0 and "failed to map segment" in said:
        return
    if done.returncode == -11 and size < 1 << 27:  # the loader itself
        return
    bench.judge(words, done, ["memory", *words])


def threads(bench):
    """Fewer threads than asked for: the same result."""
    bench.bring("t.h5", "run.h5", "foreign.h5", "s.ini")
    words = bench.dice.choice(COMMANDS[:4])
    command = ["setpriv", "--reuid", "65534", "--clear-groups", "prlimit", f"--nproc={bench.dice.randrange(1, 6)}",
               str(bench.program), *words]
    bench.folder.chmod(0o755)
    try:
        done = subprocess.run(command, cwd=bench.work, stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS,
                              start_new_session=True)
    except FileNotFoundError:
        return
    except subprocess.TimeoutExpired:
        raise Failure("hang", words, "with few threads") from None
    if b"setpriv" in done.stderr or b"prlimit" in done.stderr:
        return
    bench.judge(words, done, ["Resource temporarily unavailable"])


def words_around(bench):
    """Odd variables, and standard streams that are closed."""
    bench.bring("t.h5", "run.h5", "foreign.h5")
    words = bench.dice.choice(COMMANDS)
    more = bench.dice.choice(({"LC_ALL": "de_DE.UTF-8"}, {"LC_ALL": "nonsense"}, {"HOME": "/nonexistent"},
                              {"TMPDIR": "/nonexistent"}, {"TERM": ""}, {"COLUMNS": "-1"}, {"PATH": ""}))
    done = bench.call(*words, env=environment(**more))
    bench.judge(words, done, [])
    if done.returncode != 0:
        raise Failure("exit code", words, f"{more}: {done.stderr.decode()[-300:]}")


def command_lines(bench):
    """Words that mean nothing, in the places of options and values."""
    bench.bring("t.h5")
    dice = bench.dice
    letters = "ab01.-+e=()[]{},;:'\" \n\t\\/%$*~\x01\u00e9\U0001f600"
    junk = lambda: "".join(dice.choice(letters) for _ in range(dice.randrange(1, 12)))
    base = list(dice.choice((["run", "t.h5", "--policy", "cost"], ["compare", "t.h5", "--policy", "dmd"],
                             ["trace", "generate", "--slots", "24", "--out", "o.h5"], ["solve", "t.h5"])))
    at = dice.randrange(1, len(base) + 1)
    if dice.random() < 0.5 and at < len(base):
        base[at] = junk()
    else:
        option = dice.choice(("--weight", "--norm", "--shed-cost", "--event", "--observe", "--period", "--seed",
                              "--threads", "--policy", "--bucket-weight", "--advice-timeout", junk()))
        base[at:at] = [option, junk()]
    done = bench.call(*base, "--quiet")
    bench.judge(base, done, ["error"])


KINDS = [("little memory", memory, 3), ("few threads", threads, 2), ("odd environment", words_around, 2),
         ("odd command line", command_lines, 15)]
