"""A folder with good files of every kind, and the rules by which a command's answer is judged."""
import json
import os
import pathlib
import re
import resource
import shutil
import signal
import subprocess

CPU_SECONDS = 20  # after which a command loops; none needs many of them
SECONDS = 180  # after which it hangs, on a machine that may be busy with other work


def limit_time():
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 5))


class Failure(Exception):
    def __init__(self, kind, command, detail):
        super().__init__(f"{kind}: {' '.join(map(str, command))}\n{detail}")
        self.kind = kind


class Bench:
    POLICY = "robust(advice=mix(advice=dmd,share=0.3),rho=0.05)"

    def __init__(self, program, folder, dice):
        self.program, self.folder, self.dice = program, folder, dice
        self.good, self.work = folder / "good", folder / "work"

    def prepare(self):
        """Good files of every kind, and what commands answer with them."""
        self.good.mkdir()
        shutil.rmtree(self.work, ignore_errors=True)
        self.work.mkdir()
        run = lambda *words: self.expect(0, *words, at=self.good)
        generate = ["trace", "generate", "--regions", "4", "--gateways", "3", "--quiet"]
        run(*generate, "--slots", "48", "--out", "t.h5")
        run("run", "t.h5", "--policy", self.POLICY, "--out", "run.h5", "--allocations", "--certify", "12", "--quiet")
        run("run", "t.h5", "--policy", "cost", "--out", "bare.h5", "--certify", "24", "--quiet")
        run("solve", "t.h5", "--prices-out", "prices.csv", "--quiet")
        (self.good / "s.ini").write_text(
            "title = small\ntrace = t.h5\nperiod = 2023-01-01 2023-01-02\npolicy = cost\n"
            "policy = norm-greedy(q={q})\npolicy = robust(advice=random,rho={rho})\n"
            "[vary]\nq = 4, 8\nrho = 0.05, 0.1\n")
        run("sweep", "s.ini", "--out", "s.h5", "--quiet")
        (self.good / "o.ini").write_text("policy = dmd\nnorm = carbon=8\n")
        self.foreign()
        self.answers = {}
        self.networks = self.try_training()

    def try_training(self):
        """A small network; False in a build without LibTorch."""
        generate = ["trace", "generate", "--regions", "2", "--gateways", "2", "--quiet"]
        self.expect(0, *generate, "--slots", "1000", "--out", "learn.h5", at=self.good)
        self.expect(0, *generate, "--slots", "700", "--start", "2023-03-01", "--out", "later.h5", at=self.good)
        done = self.call("train", "--predictor", "dlinear", "--train", "learn.h5", "--valid", "later.h5", "--epochs",
                         "1", "--out", "n.h5", "--quiet", at=self.good)
        return done.returncode == 0

    def foreign(self):
        """The trace as others would write it: strings of variable length, no checksums."""
        import h5py
        with h5py.File(self.good / "t.h5") as old, h5py.File(self.good / "foreign.h5", "w") as new:
            for name, value in old.attrs.items():
                new.attrs[name] = value.decode() if isinstance(value, bytes) else value
            for name, data in old.items():
                if name.startswith("text"):
                    continue
                values = data[...]
                if values.dtype.kind == "S":
                    values = [one.decode() for one in values.view(f"S{values.shape[1]}")[:, 0]]
                    new.create_dataset(name, data=values, dtype=h5py.string_dtype())
                else:
                    chunks = True if values.ndim == 2 and values.shape[0] > 10 else None
                    new.create_dataset(name, data=values, chunks=chunks)
                new[name].attrs["units"] = data.attrs["units"].decode()

    def clear(self):
        for one in self.work.iterdir():
            shutil.rmtree(one) if one.is_dir() and not one.is_symlink() else one.unlink()

    def close(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    def bring(self, *names):
        for name in names:
            shutil.copyfile(self.good / name, self.work / name)

    def call(self, *words, at=None, preexec_fn=None, **more):
        """Runs the program, by default with its answers kept."""
        command, more = [str(self.program), *map(str, words)], {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **more}
        try:
            done = subprocess.run(command, cwd=at or self.work, stdin=subprocess.DEVNULL, timeout=SECONDS,
                                  start_new_session=True,  # what stops the bench is not for the program
                                  preexec_fn=lambda: (limit_time(), preexec_fn and preexec_fn()), **more)
        except subprocess.TimeoutExpired:
            raise Failure("hang", words, f"no answer within {SECONDS} s") from None
        if done.returncode == -signal.SIGXCPU:
            raise Failure("hang", words, f"no answer within {CPU_SECONDS} s of processor time")
        return done

    def expect(self, code, *words, at=None):
        done = self.call(*words, at=at)
        if done.returncode != code:
            raise Failure("exit code", words, f"{done.returncode}, expected {code}: {done.stderr.decode()[-500:]}")
        return done

    def judge(self, words, done, names, may_succeed=True):
        """Fails unless the command succeeded, or said which of `names` is wrong."""
        said = done.stderr.decode(errors="replace")
        if done.returncode < 0 or done.returncode > 2:
            raise Failure("crash", words, f"exit code {done.returncode}: {said[-500:]}")
        if "Traceback" in said or "evenkeel: bug" in said or "terminate called" in said or "\nException raised" in said:
            raise Failure("bug", words, said[-800:])
        if done.returncode == 0 and not may_succeed:
            raise Failure("silent", words, f"it succeeds: {done.stdout.decode(errors='replace')[-300:]}")
        if done.returncode != 0 and not any(str(name) in said for name in names):
            raise Failure("no place", words, f"says nothing of {names}: {said[-500:]}")
        return done

    def answer(self, words, at):
        """What the command says, without times."""
        done = self.call(*words, at=at)
        return done, without_times(done.stdout.decode(errors="replace"))

    def right_answer(self, words):
        """The same of the good files."""
        key = tuple(words)
        if key not in self.answers:
            self.answers[key] = self.answer(words, self.good)[1]
        return self.answers[key]

    def leftovers(self):
        return [one.name for one in self.work.iterdir() if ".tmp-" in one.name]


def without_times(text):
    try:
        data = json.loads(text)
    except ValueError:
        return re.sub(r"Ran in .*|\d+\.\d+ s", "", text)
    return json.dumps(strip(data), sort_keys=True)


def strip(value):
    if isinstance(value, dict):
        return {k: strip(v) for k, v in value.items() if k not in ("seconds", "run", "time", "command")}
    return [strip(one) for one in value] if isinstance(value, list) else value


def copy_of(path, to):
    shutil.copyfile(path, to)
    return pathlib.Path(to)


def environment(**more):
    return {**os.environ, **more}
