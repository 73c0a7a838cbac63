"""A small world on loopback for the live demonstration and its test: backends in regions, HAProxy, data services,
evenkeel. Everything is in one folder and ends with the block that started it."""
import contextlib
import ctypes

import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
GATEWAYS = ("berlin", "madrid")
REGIONS = ("de", "fr", "pl")
PER_REGION = 2


def die_with_parent():
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def free_ports(count):
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


def wait_for(what, seconds=20.0):
    """Until `what` says yes; what it raises counts as no."""
    end = time.monotonic() + seconds
    while True:
        try:
            answer = what()
            if answer:
                return answer
        except OSError as error:
            answer = error
        if time.monotonic() > end:
            raise TimeoutError(f"waited {seconds} s: {answer}")
        time.sleep(0.05)


class Program:
    """A program in a group of its own, killed with the block."""

    def __init__(self, *command, log, **options):
        self.command = list(map(str, command))
        self.log = open(log, "ab")
        self.options = options
        self.process = None

    def start(self):
        self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stderr=self.log, start_new_session=True,
                                        preexec_fn=die_with_parent, **{"stdout": self.log, **self.options})
        return self

    def stop(self, how=signal.SIGKILL):
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, how)
        self.process.wait(20)
        if self.process.stdout:
            self.process.stdout.close()
        self.process = None

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()
        self.log.close()


BACKEND = """
import http.server, sys
class Answer(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        body = sys.argv[2].encode()
        self.send_response(200); self.send_header("Content-Length", str(len(body))); self.end_headers()
        self.wfile.write(body)
    def log_message(self, *_): pass
http.server.ThreadingHTTPServer.daemon_threads = True
http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Answer).serve_forever()
"""


class World:
    """Names, ports and files. `slot` in seconds, `workload` units per request."""

    def __init__(self, folder, evenkeel, slot=10, workload=0.001, capacity=8.0):
        self.folder = pathlib.Path(folder)
        self.evenkeel_program = evenkeel
        self.slot, self.workload, self.capacity = slot, workload, capacity
        ports = free_ports(len(REGIONS) * PER_REGION + len(GATEWAYS) + 3)
        self.servers = {(region, k): ports.pop() for region in REGIONS for k in range(PER_REGION)}
        self.frontends = {gateway: ports.pop() for gateway in GATEWAYS}
        self.services_port, self.metrics_port, self.api_port = ports
        self.socket = self.folder / "haproxy.sock"
        self.haproxy_config = self.folder / "haproxy.cfg"
        self.config = self.folder / "serve.ini"
        self.state = self.folder / "state"
        self.state.mkdir()
        self.stack = contextlib.ExitStack()
        self.backends, self.haproxy, self.evenkeel = {}, None, None

    # Files.
    def write_haproxy_config(self):
        lines = ["global", f"  stats socket {self.socket} mode 600 level admin", "  maxconn 2000", "defaults", "  mode http",
                 "  timeout connect 1s", "  timeout client 30s", "  timeout server 30s", "  timeout check 1s", "  retries 3",
                 "  option redispatch 1", "  retry-on conn-failure empty-response",
                 "  default-server weight 100 check inter 500ms fall 2 rise 2"]
        for gateway in GATEWAYS:
            lines += [f"frontend {gateway}_in", f"  bind 127.0.0.1:{self.frontends[gateway]}",
                      f"  default_backend {gateway}", f"backend {gateway}", "  balance roundrobin"]
            lines += [f"  server {region}{k} 127.0.0.1:{port}" for (region, k), port in self.servers.items()]
        lines += ["frontend metrics", f"  bind 127.0.0.1:{self.metrics_port}",
                  "  http-request use-service prometheus-exporter if { path /metrics }"]
        self.haproxy_config.write_text("\n".join(lines) + "\n")

    def write_network(self):
        """A trace whose network is the world's; its one day is what came before."""
        subprocess.run([self.evenkeel_program, "trace", "generate", "--regions", str(len(REGIONS)), "--gateways",
                        str(len(GATEWAYS)), "--slots", "48", "--quiet", "--out", str(self.folder / "network.h5")], check=True)

    def write_config(self, mode="active", policy="robust(advice=plan(forecast=seasonal-naive),expert=norm-greedy(q=8))"):
        network = json.loads(subprocess.run([self.evenkeel_program, "trace", "info", str(self.folder / "network.h5"),
                                             "--json"], check=True, capture_output=True, text=True).stdout)
        self.gateways = [one["name"] for one in network["gateways"]]
        self.regions = [one["name"] for one in network["regions"]]
        names = dict(zip(REGIONS, self.regions))
        lines = [f"network = {self.folder}/network.h5", f"policy = {policy}", f"state = {self.state}", f"mode = {mode}",
                 f"slot = {self.slot}s", "decide-before = 2s", "[source power]", "kind = constant", "every = 2s",
                 "carbon-kind = average"]
        for at, region in enumerate(self.regions):
            lines += [f"value = price:{region}:{60 + 20 * at}", f"value = carbon_intensity:{region}:{0.5 - 0.15 * at}",
                      f"value = water_intensity:{region}:{1 + 0.5 * at}", f"value = capacity:{region}:{self.capacity}"]
        lines += [f"value = demand:{gateway}:0.05" for gateway in self.gateways]
        lines += ["[haproxy edge]", f"socket = {self.socket}", "every = 1s", f"workload-per-request = {self.workload}",
                  "ramp-every = 1s"]
        lines += [f"backend = {own}:{gateway}" for own, gateway in zip(self.gateways, GATEWAYS)]
        for gateway in GATEWAYS:
            lines += [f"server = {gateway}/{region}{k}:{names[region]}" for (region, k) in self.servers]
        lines += ["[http]", f"port = {self.api_port}"]
        self.config.write_text("\n".join(lines) + "\n")

    # Programs.
    def start_backend(self, region, k):
        program = Program(sys.executable, "-c", BACKEND, self.servers[region, k], region, log=self.folder / "backends.log")
        self.backends[region, k] = self.stack.enter_context(program)

    def start_haproxy(self):
        self.haproxy = self.stack.enter_context(
            Program("haproxy", "-W", "-db", "-f", self.haproxy_config, log=self.folder / "haproxy.log"))
        wait_for(lambda: self.ask_haproxy("show info"))

    def start_evenkeel(self):
        self.evenkeel = self.stack.enter_context(
            Program(self.evenkeel_program, "serve", self.config, log=self.folder / "evenkeel.log"))
        wait_for(lambda: self.get("/healthz"))

    def start(self, **config):
        self.write_haproxy_config()
        self.write_network()
        self.write_config(**config)
        for one in self.servers:
            self.start_backend(*one)
        self.start_haproxy()
        self.start_evenkeel()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stack.close()

    # Asking.
    def get(self, path):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.api_port}{path}", timeout=5) as answer:
            return answer.read().decode()

    def status(self):
        return json.loads(self.get("/v1/status"))

    def ask_haproxy(self, command):
        with socket.socket(socket.AF_UNIX) as one:
            one.settimeout(5)
            one.connect(str(self.socket))
            one.sendall(command.encode() + b"\n")
            answer = b""
            while part := one.recv(65536):
                answer += part
            return answer.decode()


class Traffic:
    """GETs at every gateway, one after the other, counted by the region that answered."""

    def __init__(self, world, pause=0.005):
        self.world, self.pause = world, pause
        self.served = {(gateway, region): 0 for gateway in GATEWAYS for region in REGIONS}
        self.failed = 0
        self.stopping = threading.Event()
        self.threads = [threading.Thread(target=self.run, args=(gateway,), daemon=True) for gateway in GATEWAYS]

    def run(self, gateway):
        url = f"http://127.0.0.1:{self.world.frontends[gateway]}/"
        while not self.stopping.wait(self.pause):
            try:
                with urllib.request.urlopen(url, timeout=10) as answer:
                    self.served[gateway, answer.read().decode()] += 1
            except OSError:
                self.failed += 1

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        for thread in self.threads:
            thread.join(15)
