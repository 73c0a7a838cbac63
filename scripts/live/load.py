#!/usr/bin/python3
"""How fast a service of ten gateways and ten regions answers GET /v1/weights to many who ask at once, while it decides
every 10 s and takes readings.

Usage: load.py EVENKEEL [SECONDS] [REQUESTS_A_SECOND]      30 and 200 by default
"""
import http.client
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import threading
import time

sys.dont_write_bytecode = True
import world as worlds  # noqa: E402

CLIENTS = 20


def write_config(folder, program, port):
    network = folder / "network.h5"
    subprocess.run([program, "trace", "generate", "--slots", "48", "--quiet", "--out", network], check=True)
    about = json.loads(subprocess.run([program, "trace", "info", network, "--json"], check=True, capture_output=True,
                                      text=True).stdout)
    gateways, regions = ([one["name"] for one in about[key]] for key in ("gateways", "regions"))
    lines = [f"network = {network}", "policy = norm-greedy(q=8)", f"state = {folder}/state", "mode = active",
             "slot = 10s", "decide-before = 2s", "[source all]", "kind = constant", "every = 2s", "carbon-kind = average"]
    lines += [f"value = demand:{name}:{0.5 + 0.03 * k:g}" for k, name in enumerate(gateways)]
    for k, name in enumerate(regions):
        lines += [f"value = capacity:{name}:360", f"value = price:{name}:{40 + 7 * k}",
                  f"value = carbon_intensity:{name}:{0.5 - 0.04 * k:g}", f"value = water_intensity:{name}:{1 + 0.3 * k:g}"]
    config = folder / "serve.ini"
    config.write_text("\n".join([*lines, "[http]", f"port = {port}"]) + "\n")
    return config


def ask(port, pause, until, seconds):
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    due = time.monotonic()
    while due < until:
        time.sleep(max(0.0, due - time.monotonic()))
        begin = time.monotonic()
        client.request("GET", "/v1/weights")
        answer = client.getresponse()
        body = json.loads(answer.read())
        seconds.append(time.monotonic() - begin)
        assert answer.status == 200 and len(body["shares"]) == 10
        due += pause
    client.close()


def main():
    program = pathlib.Path(sys.argv[1]).resolve()
    length, rate = (float(word) for word in (sys.argv[2:] + ["30", "200"][len(sys.argv) - 2:])[:2])
    with tempfile.TemporaryDirectory(prefix="evenkeel-load-") as name:
        folder = pathlib.Path(name)
        port, = worlds.free_ports(1)
        with worlds.Program(program, "serve", write_config(folder, program, port), log=folder / "log") as service:
            url = f"http://127.0.0.1:{port}"
            worlds.wait_for(lambda: json.loads(worlds.fetch(url + "/v1/status"))["decided"])
            seconds = []
            until = time.monotonic() + length
            threads = [threading.Thread(target=ask, args=(port, CLIENTS / rate, until, seconds)) for _ in range(CLIENTS)]
            for thread in threads:
                thread.start()
                time.sleep(1 / rate)
            for thread in threads:
                thread.join()
            metrics = worlds.fetch(url + "/metrics")
            memory = re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{service.process.pid}/status").read_text()).group(1)
    seconds.sort()
    quantile = {q: 1000 * seconds[min(len(seconds) - 1, int(q * len(seconds)))] for q in (0.5, 0.99, 1.0)}
    print(f"{len(seconds)} requests, {len(seconds) / length:.0f} a second: median {quantile[0.5]:.2f} ms, "
          f"p99 {quantile[0.99]:.2f} ms, longest {quantile[1.0]:.2f} ms; {int(memory) / 1000:.0f} MB")
    for line in metrics.splitlines():
        if line.startswith("evenkeel_decide_duration_seconds"):
            print(line)


if __name__ == "__main__":
    main()
