"""Bytes that a disk, a power cut or an editor changed, in every kind of file."""
import os

from bench import Failure


def harm(bench, path):
    """One to three random injuries."""
    dice, data = bench.dice, bytearray(path.read_bytes())
    original = bytes(data)
    for _ in range(dice.choice((1, 1, 1, 2, 3))):
        kind, at = dice.randrange(7), dice.randrange(max(1, len(data)))
        if kind == 0:
            data[at:at + 1] = bytes([(data[at] if data else 0) ^ 1 << dice.randrange(8)])
        elif kind == 1:
            at -= at % 512
            data[at:at + 512] = bytes(len(data[at:at + 512]))
        elif kind == 2:
            del data[at:]
        elif kind == 3:
            data[at:at + dice.randrange(1, 64)] = dice.randbytes(dice.randrange(1, 64))
        elif kind == 4:
            size = dice.choice((1, 8, 64, 512))
            other = dice.randrange(max(1, len(data)))
            data[at:at + size], data[other:other + size] = data[other:other + size], data[at:at + size]
        elif kind == 5:
            data += dice.randbytes(dice.randrange(1, 1000))
        else:
            data[at:at + 4] = b"\xff" * 4
        if not data:
            break
    path.write_bytes(bytes(data))
    return bytes(data) != original


def read_damaged(bench, name, words, checked):
    """`checked`: the file has checksums, so that a command that succeeds has to say what it says of the good one."""
    bench.bring("t.h5")
    bench.bring(name)
    if not harm(bench, bench.work / name):
        return
    done, said = bench.answer(words, bench.work)
    bench.judge(words, done, [name])
    if checked and done.returncode == 0 and said != bench.right_answer(words):
        raise Failure("silent", words, f"another result with {name} damaged:\n{said[:300]}\n{bench.right_answer(words)[:300]}")


def trace(bench):
    words = bench.dice.choice((["trace", "validate", "t.h5"], ["trace", "info", "t.h5"],
                               ["run", "t.h5", "--policy", "cost", "--json", "--quiet"],
                               ["run", "t.h5", "--policy", "nearest", "--json", "--quiet"]))
    read_damaged(bench, "t.h5", words, words[1] != "info")


def foreign_trace(bench):
    words = bench.dice.choice((["trace", "validate", "foreign.h5"],
                               ["run", "foreign.h5", "--policy", "cost", "--json", "--quiet"]))
    read_damaged(bench, "foreign.h5", words, False)


def run_log(bench):
    read_damaged(bench, "run.h5", bench.dice.choice((["check", "run.h5"], ["check", "run.h5", "--json"])), True)


def spent_log(bench):
    words = ["run", "t.h5", "--policy", "robust(advice=dmd,spend=bare.h5)", "--json", "--quiet"]
    read_damaged(bench, "bare.h5", words, True)


def network(bench):
    if bench.networks:
        bench.bring("later.h5")
        words = ["backtest", "later.h5", "--predictor", "learned(file=n.h5)", "--json", "--quiet"]
        read_damaged(bench, "n.h5", words, True)


def config(bench):
    read_damaged(bench, "o.ini", ["run", "t.h5", "--config", "o.ini", "--json", "--quiet"], False)


def prices(bench):
    read_damaged(bench, "prices.csv", ["run", "t.h5", "--policy", "fixed-price(file=prices.csv)", "--json", "--quiet"],
                 False)


def sweep_config(bench):
    read_damaged(bench, "s.ini", ["sweep", "s.ini", "--out", "out.h5", "--quiet"], False)


def journal(bench):
    """A journal of a sweep that was killed, damaged: its cells are found or computed, and the table is the same."""
    bench.bring("t.h5", "s.ini")
    journal_path = bench.good / "s.journal"
    words = ["sweep", "s.ini", "--out", "s.h5", "--quiet"]
    if not journal_path.exists():
        # A directory in the table's place keeps the journal.
        part = bench.call(*words[:-1], "--part", "1/1", "--quiet")
        done = bench.call("sweep", "s.ini", "--out", "s.h5", "--quiet", "--part", "1/2")
        bench.judge(words, done, ["s.h5"])
        part = list(bench.work.glob("s.h5.journal-*"))
        os.rename(part[0], journal_path)
        bench.clear()
        bench.bring("t.h5", "s.ini")
    (bench.work / "s.h5.journal-1of2").write_bytes(journal_path.read_bytes())
    harm(bench, bench.work / "s.h5.journal-1of2")
    done = bench.call(*words)
    bench.judge(words, done, ["s.h5.journal-1of2"])
    if done.returncode == 0 and (bench.work / "s.h5").read_bytes() != (bench.good / "s.h5").read_bytes():
        raise Failure("silent", words, "another table with a damaged journal")


def report(bench):
    bench.bring("s.h5", "run.h5")
    name = bench.dice.choice(("s.h5", "run.h5"))
    harm(bench, bench.work / name)
    words = ["report", name, "--out", "page.html", "--quiet"]
    bench.judge(words, bench.call(*words), [name])


KINDS = [("damaged trace", trace, 40), ("damaged foreign trace", foreign_trace, 20), ("damaged run log", run_log, 30),
         ("damaged log as a plan", spent_log, 5), ("damaged network", network, 3), ("damaged config", config, 10),
         ("damaged prices", prices, 10), ("damaged sweep config", sweep_config, 4), ("damaged journal", journal, 4),
         ("damaged report input", report, 1)]
