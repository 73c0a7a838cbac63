#!/usr/bin/python3
"""evenkeel serve through kills, full disks, clocks that jump, and services and advice that fail:
live_failures_test.py EVENKEEL [TEST..]

EVENKEEL_TEST_SCALE=10 kills it 100 times. Everything is on loopback and ends with its test.
"""
import json
import os
import pathlib
import random
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error

import live_case
from live_case import LiveTest, journal_of, worlds

KILLS = max(2, round(10 * live_case.SCALE))
EXPERT = "norm-greedy(q=8)"


class Pusher(threading.Thread):
    """Pushes readings and meters as fast as they are taken, and keeps what was acknowledged."""

    def __init__(self, world):
        super().__init__(daemon=True)
        self.world, self.stopping = world, threading.Event()
        self.readings, self.meters, self.refused = [], [], []

    def run(self):
        for k in range(1, 10**9):
            if self.stopping.wait(0.02):
                return
            self.push(k)
            if k % 5 == 0:
                self.meter(k)

    def say(self, path, body):
        try:
            worlds.put(self.world, path, body, "POST")
            return True
        except urllib.error.HTTPError as error:
            self.refused.append((error.code, error.read()))
        except OSError:
            pass  # it is down
        return False

    def push(self, k):
        reading = {"signal": "demand", "gateway": self.world.gateways[0], "value": 1e-3 + k * 1e-9, "time": int(time.time())}
        if self.say("/v1/observations", {"id": f"batch-{k}", "readings": [reading]}):
            self.readings.append(reading["value"])

    def meter(self, k):
        begin = (int(time.time()) // self.world.slot - 2) * self.world.slot
        served = [{"gateway": gateway, "region": region, "workload": 1e-4 * (1 + k % 7)}
                  for gateway in self.world.gateways for region in self.world.regions]
        if self.say("/v1/meters", {"slot_begin": begin, "revision": k, "served": served}):
            self.meters.append((begin, k))

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        self.join(20)


class FailuresTest(LiveTest):
    def check_journal(self, world):
        """Every slot once, in order; the bound holds."""
        slots = [event["slot"]["index"] for event in journal_of(world) if event.get("event") in ("decided", "missed")]
        self.assertEqual(slots, list(range(len(slots))))
        # Decided again from the journal alone, to the bit, while the service goes on writing.
        for journal in world.state.glob("2*.journal"):
            replay = subprocess.run([live_case.PROGRAM, "serve", "replay", world.config, journal], capture_output=True,
                                    text=True)
            self.assertEqual(replay.returncode, 0, replay.stderr)
        guarantee = json.loads(world.get("/v1/ledger"))["guarantee"]
        self.assertLessEqual(guarantee["objective_usd"], guarantee["bound_usd"] * (1 + 1e-12))
        return len(slots)

    def test_killed_at_random_instants(self):
        seed = random.SystemRandom().randrange(10**6)
        print(f"seed {seed}", file=sys.stderr)
        draw = random.Random(seed)
        world = self.world(slot=2)
        world.start()
        world.write_config(lead=1, meters=False)
        with Pusher(world) as pusher:
            for _ in range(KILLS):
                world.start_evenkeel()
                time.sleep(draw.uniform(0.0, 2.5))
                world.evenkeel.stop(signal.SIGKILL)
            world.start_evenkeel()
            slot = world.status()["decided"]["slot"]
            self.wait_for_slots(world, slot + 3)
        self.check_journal(world)
        events = journal_of(world)
        pushed = {reading[2] for event in events if event.get("event") == "readings" and event["source"] == "push"
                  for reading in event["readings"]}
        metered = {(event["begin"], event["revision"]) for event in events if event.get("event") == "metered"}
        self.assertGreater(len(pusher.readings), 10 * KILLS)
        self.assertGreater(len(pusher.meters), KILLS)
        self.assertEqual([value for value in pusher.readings if value not in pushed], [], "acknowledged, and lost")
        self.assertEqual([meter for meter in pusher.meters if meter not in metered], [], "acknowledged, and lost")
        # What was decided last is what the balancer has.
        worlds.wait_for(lambda: world.status()["outputs"][0]["agrees"], 10)
        print(f"{KILLS} kills, {len(pusher.readings)} readings and {len(pusher.meters)} meters acknowledged, none lost",
              file=sys.stderr)

    def test_full_disk_and_freed(self):
        world = self.world(slot=2)
        world.start()
        world.write_config(lead=1)
        world.start_evenkeel()
        self.wait_for_slots(world, 3)
        journal, = world.state.glob("2*.journal")
        limit = journal.stat().st_size + 300
        resource.prlimit(world.evenkeel.process.pid, resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
        worlds.wait_for(lambda: self.status_of(world, "/readyz") == 503, 20)
        held = world.status()["decided"]
        time.sleep(2 * world.slot)  # it comes into force
        weights = world.status()["applied"]["shares"]
        time.sleep(3 * world.slot)
        self.assertEqual(world.status()["decided"], held)  # nothing that is not on disk
        self.assertEqual(world.status()["applied"]["shares"], weights)
        failures, = self.metric(world, "evenkeel_journal_failures_total").values()
        self.assertGreater(failures, 0)
        reading = {"signal": "demand", "gateway": world.gateways[0], "value": 1e-3, "time": int(time.time())}
        with self.assertRaises(urllib.error.HTTPError) as refused:
            worlds.put(world, "/v1/observations", {"id": "one", "readings": [reading]}, "POST")
        self.assertEqual(refused.exception.code, 503)
        refused.exception.close()
        resource.prlimit(world.evenkeel.process.pid, resource.RLIMIT_FSIZE,
                         (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        worlds.wait_for(lambda: self.status_of(world, "/readyz") == 200, 20)
        worlds.wait_for(lambda: world.status()["decided"]["slot"] > held["slot"] + 1, 20)
        self.check_journal(world)
        self.assertGreaterEqual(len(self.events(world, "missed")), 1)

    def status_of(self, world, path):
        try:
            world.get(path)
            return 200
        except urllib.error.HTTPError as error:
            error.close()
            return error.code

    def test_the_clock_goes_back_and_forth(self):
        world = self.world(slot=10)
        world.start()
        world.write_config(lead=2)
        offset = pathlib.Path(self.folder) / "offset"
        offset.write_text("+0\n")
        library, = pathlib.Path("/usr/lib").glob("*/faketime/libfaketime.so.1")
        clock = {"LD_PRELOAD": str(library), "FAKETIME_TIMESTAMP_FILE": str(offset), "FAKETIME_NO_CACHE": "1",
                 "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
        world.start_evenkeel(env={**os.environ, **clock})
        self.wait_for_slots(world, 2)
        held = world.status()["decided"]
        offset.write_text("-3600\n")
        time.sleep(3)
        self.assertEqual(world.status()["decided"], held)
        self.assertIn('{reason="clock"}', self.metric(world, "evenkeel_degraded"))
        offset.write_text("+0\n")
        self.wait_for_slots(world, held["slot"] + 3)
        offset.write_text("+3600\n")
        worlds.wait_for(lambda: (world.status()["decided"] or {"slot": -1})["slot"] > held["slot"] + 360, 30)
        self.check_journal(world)
        self.assertGreater(len(self.events(world, "missed")), 300)

    def test_services_that_fall_silent_and_advice_that_sleeps_or_dies(self):
        world = self.world(slot=2)
        world.start()
        advice = pathlib.Path(self.folder) / "advice.py"
        advice.write_text(ADVICE)
        program = f'process(command="{sys.executable} {advice}",timeout=1,restarts=1000)'
        world.write_config(lead=1, policy=f"robust(advice={program},expert={EXPERT})")
        world.start_evenkeel()
        self.wait_for_slots(world, 12, 120)
        verdicts = world.status()["verdicts"]
        self.assertGreaterEqual(verdicts.get("rejected", 0), 4)
        self.assertGreaterEqual(verdicts.get("taken", 0) + verdicts.get("pulled", 0), 3)
        self.assertTrue(world.say_to_services("/mock/mode?service=all&mode=silent") is not None)
        worlds.wait_for(lambda: '{reason="source"}' in self.metric(world, "evenkeel_degraded"), 60)
        slot = world.status()["decided"]["slot"]
        self.wait_for_slots(world, slot + 3)  # with what was said last
        self.check_journal(world)

    def test_slow_clients_and_a_thousand_connections_delay_no_decision(self):
        world = self.world(slot=2)
        world.start()
        world.write_config(lead=1)
        world.start_evenkeel()
        self.wait_for_slots(world, 2)
        clients = []
        try:
            for k in range(1000):
                client = socket.create_connection(("127.0.0.1", world.api_port), timeout=5)
                client.sendall(b"POST /v1/observations HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Le" if k % 2 else b"GET ")
                clients.append(client)
            first = world.status()["decided"]["slot"]
            time.sleep(4 * world.slot)
            self.assertGreaterEqual(world.status()["decided"]["slot"], first + 3)
        finally:
            for client in clients:
                client.close()
        self.assertEqual(self.events(world, "missed"), [])

    def test_tokens_are_nowhere(self):
        world = self.world(slot=2)
        world.start()
        world.write_config(lead=1, more=["address = 0.0.0.0"])
        refused = worlds.Program(live_case.PROGRAM, "serve", world.config, log=pathlib.Path(self.folder) / "refused.log")
        with refused:
            self.assertEqual(refused.process.wait(10), 2)
        token = pathlib.Path(self.folder) / "api-token"
        token.write_text("the-token-of-the-api-0123\n")
        token.chmod(0o600)
        world.write_config(lead=1, more=["address = 0.0.0.0", f"token-file = {token}"])
        world.token = "the-token-of-the-api-0123"
        world.start_evenkeel()
        self.wait_for_slots(world, 2)
        world.say_to_services("/mock/mode?service=maps&mode=echo")
        worlds.wait_for(lambda: '{reason="source"}' in self.metric(world, "evenkeel_degraded"), 30)
        said = [world.get(path) for path in ("/", "/metrics", "/v1/status", "/v1/slots", "/v1/ledger", "/v1/weights")]
        said += [path.read_text() for path in [*world.state.iterdir(), pathlib.Path(self.folder) / "evenkeel.log"]]
        for secret in ("the-token-of-the-api-0123", "token-of-the-demonstration"):
            self.assertEqual([text for text in said if secret in text], [])


# Prices of 0 for every bucket; asleep in every fourth slot, dead in every fourth one.
ADVICE = """
import json, sys, time
start = json.loads(sys.stdin.readline())
print(json.dumps({"protocol": 1}), flush=True)
prices = [[0.0 for bucket in group["buckets"]] for group in start["groups"]]
for line in map(json.loads, sys.stdin):
    if line["message"] != "decide":
        continue
    if line["slot"] % 4 == 1:
        time.sleep(5)
    if line["slot"] % 4 == 3:
        sys.exit(3)
    print(json.dumps({"slot": line["slot"], "prices": prices}), flush=True)
"""


if __name__ == "__main__":
    live_case.main()
