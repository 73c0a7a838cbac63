"""Own programs (docs/process.md) that break the protocol in every way, alone and as advice."""
import json
import sys

from bench import Failure

CHILD = '''
import json, os, signal, sys, time
mode = sys.argv[1]
at = int(sys.argv[2])  # the decision that it does so at; -1: before it is ready
def say(text):
    sys.stdout.write(text)
    sys.stdout.flush()
def spoil(good, message):
    if mode == "crash": os.kill(os.getpid(), signal.SIGSEGV)
    if mode == "exit": os._exit(0)
    if mode == "hang": time.sleep(1000)
    if mode == "loop":
        while True: pass
    if mode == "late": time.sleep(1.5)
    if mode == "garbage": return os.urandom(50).hex() + "\\n"
    if mode == "bytes": os.write(1, os.urandom(200).replace(b"\\n", b"x") + b"\\n"); return ""
    if mode == "half": say(json.dumps(good)[:10]); os._exit(1)
    if mode == "flood":
        while True: say("x" * 65536)
    if mode == "lines":
        while True: say("{}\\n" * 10000)
    if mode == "closes": os.close(1); time.sleep(1000)
    if mode == "shouts":
        while True: sys.stderr.write("\\x1b[31m no luck " * 1000)
    if mode == "deep": return "[" * 100000 + "\\n"
    if mode == "error": return json.dumps({**good, "error": "no idea \\x1b[31m"}) + "\\n"
    if mode == "number": return "7\\n"
    if mode == "slot": return json.dumps({**good, "slot": 10 ** 30}) + "\\n"
    flow = good.get("flow", [])
    if mode == "short": flow = flow[:-1]
    if mode == "long": flow = flow + [0.0]
    if mode == "nan": flow = [float("nan")] * len(flow)
    if mode == "huge": flow = [1e308] * len(flow)
    if mode == "negative": flow = [-1.0] * len(flow)
    if mode == "zero": flow = [0.0] * len(flow)
    if mode == "texts": flow = ["1"] * len(flow)
    return json.dumps({**good, "flow": flow}) + "\\n"
for line in sys.stdin:
    message = json.loads(line)
    if message["message"] == "start":
        arcs = message["arcs"]
        good = {"protocol": 1}
        bad = at < 0
    elif message["message"] == "decide":
        demand, gateways = message["demand"], arcs["gateway"]
        good = {"slot": message["slot"], "flow": [demand[g] / gateways.count(g) for g in gateways]}
        bad = message["slot"] >= at
    else:
        continue
    say(spoil(good, message) if bad else json.dumps(good) + "\\n")
'''
ENDS = ("crash", "exit", "hang", "loop", "garbage", "bytes", "half", "flood", "lines", "closes", "shouts", "deep",
        "error", "number")
ANSWERS = ("late", "slot", "short", "long", "nan", "huge", "negative", "zero", "texts")


def hostile(bench):
    dice = bench.dice
    mode = dice.choice(ENDS + ANSWERS)
    at = dice.choice((-1, 0, 5)) if mode in ENDS else dice.choice((0, 5))
    bench.bring("t.h5")
    (bench.work / "child.py").write_text(CHILD)
    program = (f"process(command=\"{sys.executable} child.py {mode} {at}\",timeout=0.5,start=5,"
               f"restarts={dice.choice((0, 1))})")
    period = ["--to", "2023-01-01T12:00", "--quiet"]
    if dice.random() < 0.4:
        words = ["run", "t.h5", *period, "--policy", program]
        bench.judge(words, bench.call(*words), ["process \""], may_succeed=False)
        return
    words = ["run", "t.h5", *period, "--policy", f"robust(advice={program},rho={dice.choice((0, 0.05, 1))})", "--json"]
    done = bench.call(*words)
    bench.judge(words, done, [])
    if done.returncode != 0:
        raise Failure("exit code", words, done.stderr.decode(errors="replace")[-500:])
    said = json.loads(done.stdout)
    guarantee = said["guarantee"]
    if not said["objective"] <= guarantee["bound"] + 1e-9 * abs(guarantee["bound"]):
        raise Failure("bound", words, f"J {said['objective']} above {guarantee['bound']}")
    if not guarantee["first_failure"] or guarantee["verdicts"]["rejected"] < 1:
        raise Failure("silent", words, "no reason for what was rejected")


KINDS = [("hostile program", hostile, 4)]
