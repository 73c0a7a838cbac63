#!/usr/bin/python3
"""evenkeel serve as a whole, beside a real HAProxy and a real Prometheus: live_service_test.py EVENKEEL [TEST..]

Everything is on loopback and ends with its test.
"""
import json
import re
import signal
import sys
import time
import urllib.parse

import h5py

import live_case
from live_case import Counters, LiveTest, journal_of, shares, worlds


class AcceptanceTest(LiveTest):
    def test_shares_ledger_outage_and_reload(self):
        world = self.world(slot=10, rate=40.0)
        world.start()
        port = self.prometheus(world)
        demand = ["kind = prometheus", f"url = http://127.0.0.1:{port}", "signal = demand", "label = proxy", "every = 1s",
                  'query = sum by (proxy) (rate(haproxy_frontend_http_requests_total{proxy=~".+_in"}[5s]))',
                  f"factor = {world.WORKLOAD * world.slot!r}", *(f"place = {name}:{name}_in" for name in world.gateways)]
        world.write_config(demand=demand)
        levels = world.levels()
        with worlds.Traffic(world, lambda gateway: world.rate * levels[gateway]) as traffic, Counters(world) as counters:
            time.sleep(6)  # Prometheus needs two scrapes with requests
            world.start_evenkeel()
            worlds.wait_for(lambda: len(self.events(world, "metered")) >= 5, 120)
            self.check_shares(world)
            self.check_ledger(world, counters)
            self.check_prometheus(port)
            self.check_outage(world, traffic)
            self.check_reload(world)
            self.assertEqual(traffic.failures, [])
        self.check_restart(world)

    def check_shares(self, world):
        """Realised within 1 % of decided, in every slot that was decided before it began."""
        decided = {event["slot"]["index"]: event for event in self.events(world, "decided")}
        checked = 0
        for event in self.events(world, "metered"):
            if event["index"] == 0:
                continue  # begun late
            want = shares(decided[event["index"]]["decision"], 2, 3)
            for j, row in enumerate(event["served"]):
                for i, served in enumerate(row):
                    self.assertAlmostEqual(served / sum(row), want[j][i], delta=0.01, msg=f"slot {event['index']}")
                    checked += 1
        self.assertGreaterEqual(checked, 4 * 6)

    def check_ledger(self, world, counters):
        """Cost, carbon and water from the balancer's counters as another has read them. Here a unit of
        workload is a MWh of IT energy, and the network costs nothing: cost = price PUE E, carbon = 1000 intensity PUE E,
        water = 1000 intensity E."""
        with h5py.File(world.network) as network:
            self.assertTrue((network["energy_per_unit"][()] == 1).all() and (network["network_cost"][()] == 0).all())
            pue = [float(value) for value in network["pue"][()]]
        ledger, events = None, None
        while ledger is None or json.loads(world.get("/v1/ledger"))["guarantee"] != ledger["guarantee"]:
            ledger, events = json.loads(world.get("/v1/ledger")), journal_of(world)
        metered = {event["index"]: event for event in events if event.get("event") == "metered"}
        names = ("price", "carbon_intensity", "water_intensity")
        own = {(region, name): 0.0 for region in world.regions for name in names}
        for slot in (event for event in events if event.get("event") == "decided"):
            index, flow = slot["slot"]["index"], slot["decision"]
            for i, region in enumerate(world.regions):
                workload = [flow[i], flow[3 + i]]
                if index in metered:
                    begin = metered[index]["begin"]
                    before, after = counters.at(begin), counters.at(begin + world.slot)
                    served = [after[gateway, region] - before[gateway, region] for gateway in world.gateways]
                    workload = [count * world.WORKLOAD for count in served]
                    said = sum(row[i] for row in metered[index]["served"]) / world.WORKLOAD
                    self.assertAlmostEqual(sum(served), said, delta=0.03 * said + 12, msg=f"slot {index}, {region}")
                factors = (pue[i], 1000 * pue[i], 1000)
                for name, factor in zip(names, factors):
                    own[region, name] += sum(workload) * slot["slot"][name][i] * factor
        for said in ledger["regions"]:
            for name, field in zip(names, ("cost_usd", "carbon_kg", "water_liters")):
                self.assertAlmostEqual(said[field], own[said["region"], name], delta=0.01 * said[field])
            self.assertGreater(said["carbon_kg"], 0.0)

    def check_prometheus(self, port):
        """It scrapes evenkeel without complaint."""
        query = urllib.parse.urlencode({"query": 'count({__name__=~"evenkeel_.*"})'})
        answer = json.loads(worlds.fetch(f"http://127.0.0.1:{port}/api/v1/query?{query}"))
        self.assertGreater(float(answer["data"]["result"][0]["value"][1]), 50)

    def check_outage(self, world, traffic):
        """A region's servers are killed: nothing fails, nothing goes there from the next slot on, and it is given its
        share step by step when it is back."""
        region = world.regions[0]
        world.stop_region(region)
        worlds.wait_for(lambda: '{reason="region_down"}' in self.metric(world, "evenkeel_degraded"), 15)
        slot = world.status()["decided"]["slot"]
        worlds.wait_for(lambda: world.status()["decided"]["slot"] > slot, 30)
        self.assertEqual([row[0] for row in world.status()["decided"]["shares"]], [0.0, 0.0])
        self.assertEqual(traffic.failures, [])
        world.start_region(region)
        worlds.wait_for(lambda: '{reason="region_down"}' not in self.metric(world, "evenkeel_degraded"), 15)
        rises = []
        end = time.monotonic() + 2.5 * world.slot
        while time.monotonic() < end:
            status = world.status()
            rises.append((time.monotonic(), [row[0] for row in status["applied"]["shares"]]))
            time.sleep(0.1)
        for j in range(2):
            self.check_ramp([(at, row[j]) for at, row in rises])
        self.assertEqual(traffic.failures, [])

    def check_ramp(self, rises):
        """From nothing a quarter of the requests more every 2 s at most, however much is decided."""
        begin = next(k for k in range(1, len(rises)) if rises[k - 1][1] == 0.0 < rises[k][1])
        for at, share in rises[begin:]:
            steps = 1 + int((at - rises[begin][0] + 1.5) / 2)  # what is said is up to a second old
            self.assertLess(share, 0.25 * steps + 0.01, rises)

    def check_reload(self, world):
        """Weights are back within 10 s, and what was counted goes on."""
        process = self.process(world)
        world.reload_haproxy()
        worlds.wait_for(lambda: self.process(world) != process, 20)
        begin = time.monotonic()
        worlds.wait_for(lambda: set(self.weights(world)) != {"100"}, 10)
        print(f"weights back {time.monotonic() - begin:.1f} s after the reload", file=sys.stderr)
        metered = len(self.events(world, "metered"))
        worlds.wait_for(lambda: len(self.events(world, "metered")) >= metered + 2, 60)

    def process(self, world):
        return re.search(r"^Pid: (\d+)", world.ask_haproxy("show info"), re.M).group(1)

    def weights(self, world):
        return [line.split()[7] for line in world.ask_haproxy("show servers state").splitlines()[2:] if line.strip()]

    def check_restart(self, world):
        """Stopped and started: it goes on where it was."""
        before = world.status()
        world.evenkeel.stop(signal.SIGTERM)
        world.start_evenkeel()
        self.assertGreaterEqual(world.status()["decided"]["slot"], before["decided"]["slot"])
        self.assertGreaterEqual(world.status()["guarantee"]["objective_usd"], before["guarantee"]["objective_usd"])


class ShadowTest(LiveTest):
    def state(self, world):
        """All of the balancer's state that commands can change; without its last line's changing times."""
        return [line.split()[:8] for line in world.ask_haproxy("show servers state").splitlines()]

    def test_leaves_the_balancer_as_it_was(self):
        world = self.world(slot=2, rate=20.0)
        world.start()
        world.write_config(mode="shadow", lead=1)
        world.ask_haproxy(f"set server {world.gateways[0]}/{world.regions[0]}-0 weight 37")
        before = self.state(world)
        world.start_evenkeel()
        levels = world.levels()
        with worlds.Traffic(world, lambda gateway: world.rate * levels[gateway]) as traffic:
            self.wait_for_slots(world, 4)
            worlds.put(world, f"/v1/regions/{world.regions[1]}/state", {"state": "down"})
            self.wait_for_slots(world, 8)
            self.assertEqual(self.state(world), before)
            self.assertEqual([row[1] for row in world.status()["decided"]["shares"]], [0.0, 0.0])
            # What was not in force is booked as what it was, and both ledgers move alike.
            self.assertTrue(worlds.wait_for(lambda: len(self.events(world, "not_applied")) >= 3, 20))
            worlds.put(world, f"/v1/regions/{world.regions[1]}/state", {"state": "up"})
            worlds.put(world, "/v1/mode", {"mode": "active"})
            worlds.wait_for(lambda: self.state(world) != before, 10)
        self.assertEqual(traffic.failures, [])


if __name__ == "__main__":
    live_case.main()
