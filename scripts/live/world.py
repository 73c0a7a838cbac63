"""A small world on loopback for the live demonstration and its tests: backends in regions, HAProxy, data services,
evenkeel. Everything is in one folder and ends with the block that started it."""
import contextlib
import ctypes
import http.client
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
POLICY = "robust(advice=plan(forecast=seasonal-naive),expert=norm-greedy(q=8))"


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


class World:
    """Two gateways, three regions of two servers each. `slot` in seconds; the made-up services' day has `day` seconds.
    A gateway's requests per second are `rate` times a level about 1 that the services say."""

    PER_REGION = 2
    WORKLOAD = 3e-6  # MWh of a request: 3 Wh

    def __init__(self, folder, evenkeel, slot=10, day=300, rate=30.0):
        self.folder, self.evenkeel_program = pathlib.Path(folder), evenkeel
        self.slot, self.day, self.rate = slot, day, rate
        self.socket = self.folder / "haproxy.sock"
        self.haproxy_config, self.config = self.folder / "haproxy.cfg", self.folder / "serve.ini"
        self.state, self.network = self.folder / "state", self.folder / "network.h5"
        self.state.mkdir(mode=0o700)
        self.write_network()
        ports = free_ports(len(self.regions) * self.PER_REGION + len(self.gateways) + 3)
        self.servers = {(region, k): ports.pop() for region in self.regions for k in range(self.PER_REGION)}
        self.frontends = {gateway: ports.pop() for gateway in self.gateways}
        self.services_port, self.metrics_port, self.api_port = ports
        self.stack = contextlib.ExitStack()
        self.backends, self.haproxy, self.services, self.evenkeel = {}, None, None, None
        self.token = None  # of the API

    # Files.
    def write_network(self):
        """A trace whose network is the world's."""
        subprocess.run([self.evenkeel_program, "trace", "generate", "--regions", "3", "--gateways", "2", "--slots", "48",
                        "--quiet", "--out", str(self.network)], check=True)
        about = json.loads(subprocess.run([self.evenkeel_program, "trace", "info", str(self.network), "--json"],
                                          check=True, capture_output=True, text=True).stdout)
        self.gateways = [one["name"] for one in about["gateways"]]
        self.regions = [one["name"] for one in about["regions"]]

    def write_haproxy_config(self):
        lines = ["global", f"  stats socket {self.socket} mode 600 level admin", "  maxconn 2000", "defaults",
                 "  mode http", "  timeout connect 1s", "  timeout client 30s", "  timeout server 30s",
                 "  timeout check 1s", "  retries 3", "  option redispatch 1",
                 "  retry-on conn-failure empty-response",
                 "  default-server weight 100"]
        for gateway in self.gateways:
            lines += [f"frontend {gateway}_in", f"  bind 127.0.0.1:{self.frontends[gateway]}",
                      f"  default_backend {gateway}", f"backend {gateway}", "  balance roundrobin",
                      "  option allbackups",
                      "  default-server check inter 500ms fall 2 rise 2 observe layer4 error-limit 1 on-error mark-down"]
            lines += [f"  server {region}-{k} 127.0.0.1:{port}" for (region, k), port in self.servers.items()]
            lines += ["  default-server no-check"]
            lines += [f"  server {region}-{k}-spare 127.0.0.1:{port} backup track {gateway}/{region}-{k}"
                      for (region, k), port in self.servers.items()]
        lines += ["frontend metrics", f"  bind 127.0.0.1:{self.metrics_port}",
                  "  http-request use-service prometheus-exporter if { path /metrics }"]
        self.haproxy_config.write_text("\n".join(lines) + "\n")

    def write_config(self, mode="active", policy=POLICY, demand=(), lead=2, meters=True, head=(), more=()):
        """`demand`: lines of a [source demand] instead of the services'; `head` and `more`: of the head and of [http]."""
        services = f"url = http://127.0.0.1:{self.services_port}"
        token = self.folder / "token"
        token.write_text("token-of-the-demonstration\n")
        token.chmod(0o600)
        lines = [f"network = {self.network}", f"policy = {policy}", f"state = {self.state}", f"mode = {mode}",
                 f"slot = {self.slot}s", f"decide-before = {lead}s", *head]
        lines += ["", "[source carbon]", "kind = electricity-maps", services, f"token-file = {token}", "every = 2s"]
        lines += [f"zone = {region}:{region}" for region in self.regions]
        lines += ["", "[source price]", "kind = prometheus", services, "query = price", "signal = price", "every = 2s"]
        lines += ["", "[source water]", "kind = constant", "every = 5s"]
        lines += [f"value = water_intensity:{region}:{1 + 0.5 * at}" for at, region in enumerate(self.regions)]
        lines += ["", "[source capacity]", "kind = constant", "every = 5s"]
        lines += [f"value = capacity:{region}:{self.capacity():.6g}" for region in self.regions]
        lines += ["", "[source demand]"]
        lines += demand or ["kind = prometheus", services, "query = demand", "signal = demand", "every = 2s",
                            f"factor = {self.rate * self.slot * self.WORKLOAD!r}"]
        lines += ["", "[haproxy edge]", f"socket = {self.socket}", "every = 1s", "ramp-every = 2s"]
        lines += [f"workload-per-request = {self.WORKLOAD!r}"] if meters else []
        lines += [f"backend = {gateway}:{gateway}" for gateway in self.gateways]
        lines += [f"{word} = {gateway}/{region}-{k}{ending}:{region}" for word, ending in
                  (("server", ""), ("spare", "-spare")) for gateway in self.gateways for (region, k) in self.servers]
        lines += ["", "[http]", f"port = {self.api_port}", *more]
        self.config.write_text("\n".join(lines) + "\n")

    def capacity(self):
        """MW of a region: 0.7 of what both gateways ask for on average, so that two of three can do nearly all."""
        return 0.7 * 2.5 * self.rate * self.WORKLOAD * 3600

    # Programs.
    def start_backend(self, region, k):
        program = Program(sys.executable, HERE / "backend.py", self.servers[region, k], region,
                          log=self.folder / "backends.log")
        self.backends[region, k] = self.stack.enter_context(program)

    def stop_region(self, region):
        for k in range(self.PER_REGION):
            self.backends[region, k].stop()

    def start_region(self, region):
        for k in range(self.PER_REGION):
            self.start_backend(region, k)

    def start_haproxy(self):
        self.haproxy = self.stack.enter_context(
            Program("haproxy", "-W", "-db", "-f", self.haproxy_config, log=self.folder / "haproxy.log"))
        wait_for(lambda: self.ask_haproxy("show info"))

    def reload_haproxy(self):
        self.haproxy.process.send_signal(signal.SIGUSR2)

    def start_services(self):
        self.services = self.stack.enter_context(
            Program(sys.executable, HERE / "mock_services.py", "--port", self.services_port, "--zones",
                    ",".join(self.regions), "--gateways", ",".join(self.gateways), "--day", self.day,
                    "--token", "token-of-the-demonstration", log=self.folder / "services.log"))
        wait_for(lambda: fetch(f"http://127.0.0.1:{self.services_port}/mock/log"))

    def start_evenkeel(self, **options):
        self.evenkeel = self.stack.enter_context(
            Program(self.evenkeel_program, "serve", self.config, log=self.folder / "evenkeel.log", **options))
        wait_for(lambda: self.get("/healthz"))

    def start(self):
        self.write_haproxy_config()
        for region in self.regions:
            self.start_region(region)
        self.start_services()
        self.start_haproxy()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stack.close()

    # Asking.
    def get(self, path):
        return fetch(f"http://127.0.0.1:{self.api_port}{path}", self.token)

    def status(self):
        return json.loads(self.get("/v1/status"))

    def levels(self):
        """Of the gateways' demand, as the services say it now."""
        query = urllib.parse.urlencode({"query": "demand"})
        answer = json.loads(fetch(f"http://127.0.0.1:{self.services_port}/api/v1/query?{query}"))
        return {one["metric"]["gateway"]: float(one["value"][1]) for one in answer["data"]["result"]}

    def say_to_services(self, path):
        return fetch(f"http://127.0.0.1:{self.services_port}{path}")

    def ask_haproxy(self, command):
        with socket.socket(socket.AF_UNIX) as one:
            one.settimeout(5)
            one.connect(str(self.socket))
            one.sendall(command.encode() + b"\n")
            answer = b""
            while part := one.recv(65536):
                answer += part
            return answer.decode()

    def served(self):
        """What the balancer counted: {(gateway, region): requests}."""
        lines = [line.split(",") for line in self.ask_haproxy("show stat").splitlines() if line]
        column = {name.lstrip("# "): at for at, name in enumerate(lines[0])}
        served = dict.fromkeys(((gateway, region) for gateway in self.gateways for region in self.regions), 0)
        for line in lines[1:]:
            name = line[column["svname"]].split("-")[0]
            if (line[column["pxname"]], name) in served:
                served[line[column["pxname"]], name] += sum(int(line[column[f"hrsp_{k}xx"]] or 0) for k in range(1, 5))
        return served


def put(world, path, body, method="PUT"):
    request = urllib.request.Request(f"http://127.0.0.1:{world.api_port}{path}", json.dumps(body).encode(),
                                     {"Content-Type": "application/json"}, method=method)
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.loads(answer.read())


def fetch(url, token=None):
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"} if token else {})
    with urllib.request.urlopen(request, timeout=5) as answer:
        return answer.read().decode()


class Traffic:
    """GETs at every gateway, as many a second as `rate(gateway)` says, counted by the region that answered."""

    def __init__(self, world, rate):
        self.world, self.rate = world, rate
        self.served = {(gateway, region): 0 for gateway in world.gateways for region in world.regions}
        self.failures, self.retried = [], 0
        self.stopping = threading.Event()
        self.threads = [threading.Thread(target=self.run, args=(gateway,), daemon=True) for gateway in world.gateways]

    def run(self, gateway):
        client = http.client.HTTPConnection("127.0.0.1", self.world.frontends[gateway], timeout=10)
        due = time.monotonic()
        while not self.stopping.is_set():
            due = max(due + 1 / self.rate(gateway), time.monotonic() - 1)  # at most a second is made up for
            self.stopping.wait(max(0, due - time.monotonic()))
            try:
                answer, body = self.ask(client)
                if answer.status != 200:
                    self.failures.append(f"{gateway}: {answer.status}")
                    continue
                self.served[gateway, body] += 1
            except (OSError, http.client.HTTPException) as error:
                self.failures.append(f"{gateway}: {error!r}")
                client.close()
        client.close()

    def ask(self, client):
        """A connection that was closed before anything of an answer came is tried again, as RFC 9112 (9.3.1) has it for
        GETs and all browsers do: HAProxy closes one when the server behind it resets its own."""
        for last in (False, True):
            try:
                client.request("GET", "/")
                answer = client.getresponse()
                return answer, answer.read().decode()
            except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
                client.close()
                self.retried += 1
                if last:
                    raise

    def total(self):
        return sum(self.served.values())

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        for thread in self.threads:
            thread.join(15)
