"""Special files, links and aliases wherever a command takes a path."""
import os

from bench import Failure

INPUTS = [
    (["trace", "validate", "X"], None), (["trace", "info", "X"], None), (["check", "X"], None),
    (["run", "X", "--policy", "cost", "--quiet"], None),
    (["run", "t.h5", "--policy", "fixed-price(file=X)", "--quiet"], None),
    (["run", "t.h5", "--policy", "robust(advice=dmd,spend=X)", "--quiet"], None),
    (["run", "t.h5", "--policy", "cost", "--config", "X", "--quiet"], None),
    (["run", "t.h5", "--policy", "robust(advice=plan(forecast=torchscript(file=X)))", "--quiet"], None),
    (["run", "t.h5", "--policy", "robust(advice=plan(forecast=learned(file=X)))", "--quiet"], None),
    (["sweep", "X", "--out", "o.h5", "--quiet"], None),
    (["run", "t.h5", "--policy", "cost", "--observed", "X", "--quiet"], None),
]
OUTPUTS = [["trace", "generate", "--slots", "24", "--quiet", "--out", "X"],
           ["run", "t.h5", "--policy", "cost", "--quiet", "--out", "X"],
           ["solve", "t.h5", "--quiet", "--prices-out", "X"], ["sweep", "s.ini", "--quiet", "--out", "X"],
           ["sweep", "s.ini", "--quiet", "--out", "o.h5", "--csv", "X"]]


def special(bench):
    """A name of something that is no file."""
    kind = bench.dice.randrange(6)
    path = bench.work / "x"
    if kind == 0:
        os.mkfifo(path)
    elif kind == 1:
        path.mkdir()
    elif kind == 2:
        os.symlink("x", path)
    elif kind == 3:
        return "/dev/zero"
    elif kind == 4:
        return "/dev/full"
    else:
        os.symlink("/dev/zero", path)
    return "x"


def with_name(words, name):
    return [word.replace("X", name) for word in words]


def as_input(bench):
    bench.bring("t.h5", "s.ini")
    words, _ = bench.dice.choice(INPUTS)
    name = special(bench)
    words = with_name(words, name)
    bench.judge(words, bench.call(*words), [name], may_succeed=False)


def as_output(bench):
    bench.bring("t.h5", "s.ini")
    words = bench.dice.choice(OUTPUTS)
    name = special(bench)
    if name == "x" and (bench.work / "x").is_symlink() and os.readlink(bench.work / "x") == "x":
        (bench.work / "x").unlink()
        (bench.work / "x").mkdir()
    words = with_name(words, name)
    bench.judge(words, bench.call(*words), [name], may_succeed=False)


def as_journal(bench):
    bench.bring("t.h5", "s.ini")
    name = bench.work / "o.h5.journal"
    precious = bench.work / "precious"
    precious.write_text("precious")
    kind = bench.dice.randrange(4)
    if kind == 0:
        os.symlink("precious", name)
    elif kind == 1:
        os.mkfifo(name)
    elif kind == 2:
        os.symlink("/dev/full", name)
    else:
        name.mkdir()
    words = ["sweep", "s.ini", "--out", "o.h5", "--quiet"]
    bench.judge(words, bench.call(*words), ["o.h5.journal"], may_succeed=False)
    if precious.read_text() != "precious":
        raise Failure("silent", words, "a link's target was overwritten")


def alias(bench):
    """An output that is an input, or another output, under another name."""
    bench.bring("t.h5", "s.ini", "o.ini", "run.h5")
    cases = [["run", "t.h5", "--policy", "cost", "--quiet", "--out", "A"],
             ["run", "t.h5", "--config", "o.ini", "--quiet", "--out", "B"],
             ["sweep", "s.ini", "--quiet", "--out", "o.h5", "--csv", "o.h5.journal"],
             ["sweep", "s.ini", "--quiet", "--out", "o.h5", "--csv", "o.h5.times.csv"],
             ["sweep", "s.ini", "--quiet", "--out", "o.h5", "--csv", "./o.h5"],
             ["report", "run.h5", "--quiet", "--out", "C"]]
    words = bench.dice.choice(cases)
    for letter, target in (("A", "t.h5"), ("B", "o.ini"), ("C", "run.h5")):
        if letter not in words:
            continue
        kind = bench.dice.randrange(3)
        if kind == 0:
            os.symlink(target, bench.work / letter)
        elif kind == 1:
            os.link(bench.work / target, bench.work / letter)
        else:
            words = [word if word != letter else f"../work/{target}" for word in words]
    before = {one: (bench.work / one).read_bytes() for one in ("t.h5", "s.ini", "o.ini", "run.h5")}
    bench.judge(words, bench.call(*words), [words[-1]], may_succeed=False)
    for one, data in before.items():
        if (bench.work / one).read_bytes() != data:
            raise Failure("silent", words, f"{one} was overwritten")


KINDS = [("special file as input", as_input, 5), ("special file as output", as_output, 3),
         ("special file as journal", as_journal, 1), ("alias", alias, 2)]
