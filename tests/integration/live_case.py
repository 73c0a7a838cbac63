"""What the tests of the running service share."""
import contextlib
import json
import os
import pathlib
import re
import shutil
import sys
import tempfile
import threading
import time
import unittest
import zlib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "scripts" / "live"))
import world as worlds  # noqa: E402

PROGRAM = ""  # set by main
SCALE = float(os.environ.get("EVENKEEL_TEST_SCALE", "1"))


def journal_of(world):
    """Heads and events of its journals, in their order; lines without their end are left out."""
    events = []
    for path in sorted(world.state.glob("*.journal"), key=lambda path: (path.name != "waiting.journal", path.name)):
        for line in path.read_bytes().split(b"\n")[:-1]:
            length, crc, text = line.split(b" ", 2)
            assert len(text) == int(length) and zlib.crc32(text) == int(crc, 16), line
            events.append(json.loads(text))
    return events


def shares(flows, gateways, regions):
    """Parts of each gateway's flow; flows are in the order of the arcs: gateway, then region (one variant)."""
    assert len(flows) == gateways * regions
    rows = [flows[j * regions:(j + 1) * regions] for j in range(gateways)]
    return [[flow / sum(row) for flow in row] for row in rows]


class Counters(threading.Thread):
    """The balancer's counters, read five times a second by somebody else than evenkeel."""

    def __init__(self, world):
        super().__init__(daemon=True)
        self.world, self.seen, self.stopping = world, [], threading.Event()

    def run(self):
        while not self.stopping.wait(0.2):
            with contextlib.suppress(OSError, ValueError):
                self.seen.append((time.time(), self.world.served()))

    def at(self, moment):
        """Counts at that time, between two readings as straight lines."""
        worlds.wait_for(lambda: self.seen and self.seen[-1][0] >= moment, 30)  # evenkeel may have looked sooner
        later = next(k for k, (at, _) in enumerate(self.seen) if at >= moment)
        (t0, before), (t1, after) = self.seen[later - 1], self.seen[later]
        part = (moment - t0) / (t1 - t0)
        return {key: before[key] + part * (after[key] - before[key]) for key in before}

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        self.join(5)


class LiveTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="evenkeel-live-", dir="/dev/shm" if os.path.isdir("/dev/shm") else None)
        self.stack = contextlib.ExitStack()
        self.addCleanup(shutil.rmtree, self.folder)
        self.addCleanup(self.stack.close)

    def world(self, **options):
        return self.stack.enter_context(worlds.World(self.folder, PROGRAM, **options))

    def prometheus(self, world):
        """Scrapes HAProxy every second."""
        port, = worlds.free_ports(1)
        config = pathlib.Path(self.folder) / "prometheus.yml"
        config.write_text("global: {scrape_interval: 1s}\nscrape_configs:\n- job_name: haproxy\n  static_configs:\n"
                          f"  - targets: ['127.0.0.1:{world.metrics_port}']\n- job_name: evenkeel\n  static_configs:\n"
                          f"  - targets: ['127.0.0.1:{world.api_port}']\n")
        self.stack.enter_context(worlds.Program(
            "prometheus", f"--config.file={config}", f"--web.listen-address=127.0.0.1:{port}",
            f"--storage.tsdb.path={self.folder}/tsdb", log=pathlib.Path(self.folder) / "prometheus.log"))
        worlds.wait_for(lambda: worlds.fetch(f"http://127.0.0.1:{port}/-/ready"), 60)
        return port

    def metric(self, world, name):
        """Values of the metric's series by their labels' text."""
        return {labels: float(value) for labels, value in
                re.findall(rf"^{name}(\{{[^}}]*\}})? (\S+)$", world.get("/metrics"), re.M)}

    def events(self, world, kind):
        return [event for event in journal_of(world) if event.get("event") == kind]

    def wait_for_slots(self, world, count, seconds=90):
        """Until so many slots are decided."""
        return worlds.wait_for(lambda: (world.status()["decided"] or {"slot": -1})["slot"] + 1 >= count, seconds)


def main():
    """NAME_test.py EVENKEEL [unittest's arguments]"""
    global PROGRAM
    PROGRAM = sys.argv.pop(1)
    unittest.main(module="__main__", verbosity=2)
