"""What a service's operator and its manager see: --check beside mocks and HAProxy, sd_notify, the unit file.

Usage: live_operating_test.py EVENKEEL SOURCE_DIR
"""
import contextlib
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import unittest
import urllib.request

from live_service import Started

EVENKEEL, SOURCE = sys.argv[1], pathlib.Path(sys.argv[2])
sys.path.insert(0, str(SOURCE / "scripts/live"))
import world  # noqa: E402  (found by the line above)


def check(config):
    return subprocess.run([EVENKEEL, "serve", str(config), "--check"], capture_output=True, text=True, timeout=120)


class Folder(unittest.TestCase):
    """A folder with a network of two regions and one gateway, and a configuration that serves."""

    def setUp(self):
        self.stack = contextlib.ExitStack()
        self.addCleanup(self.stack.close)
        self.folder = pathlib.Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        subprocess.run([EVENKEEL, "trace", "generate", "--regions", "2", "--gateways", "1", "--slots", "24", "--quiet",
                        "--out", str(self.folder / "network.h5")], check=True)
        info = json.loads(subprocess.run([EVENKEEL, "trace", "info", str(self.folder / "network.h5"), "--json"],
                                         check=True, capture_output=True, text=True).stdout)
        self.regions = [one["name"] for one in info["regions"]]
        self.gateway = info["gateways"][0]["name"]
        self.config = self.folder / "serve.ini"
        self.state = self.folder / "state"
        self.slot = "10s"

    def write(self, *lines, policy="norm-greedy"):
        head = [f"network = {self.folder}/network.h5", f"policy = {policy}", f"state = {self.state}", f"slot = {self.slot}"]
        self.config.write_text("\n".join([*head, *lines, "[http]", "port = 0"]) + "\n")

    def constants(self, *left_out):
        lines = ["[source fixed]", "kind = constant", "carbon-kind = average", "every = 1s",
                 f"value = demand:{self.gateway}:0.001"]
        for region in self.regions:
            lines += [f"value = {signal}:{region}:0.5" for signal in ("price", "carbon_intensity", "water_intensity")]
        return [line for line in lines if line.split(" = ")[-1].split(":")[0] not in left_out]

    def start(self, *before, **environment):
        return self.stack.enter_context(
            Started(*before, EVENKEEL, "serve", self.config, stderr=subprocess.DEVNULL,
                    env={**os.environ, **environment}))


class Checks(Folder):
    def mock(self):
        process = self.stack.enter_context(
            Started("/usr/bin/python3", "-B", SOURCE / "scripts/live/mock_services.py", "--zones", "DE,FR", "--token",
                    "0123456789abcdef-maps", stdout=subprocess.PIPE, text=True))
        return f"http://127.0.0.1:{json.loads(process.stdout.readline())['port']}"

    def maps(self, url):
        token = self.folder / "token"
        token.write_text("0123456789abcdef-maps\n")
        token.chmod(0o600)
        return ["[source maps]", "kind = electricity-maps", f"url = {url}", f"token-file = {token}",
                f"zone = {self.regions[0]}:DE", f"zone = {self.regions[1]}:FR"]

    def mode(self, url, mode):
        urllib.request.urlopen(f"{url}/mock/mode?service=maps&mode={mode}").close()

    def test_all_is_well(self):
        url = self.mock()
        self.write(*self.maps(url), *self.constants("carbon_intensity", "average"))
        result = check(self.config)
        self.assertEqual((result.returncode, result.stderr), (0, ""), result.stdout)
        self.assertEqual(result.stdout, f"state {self.state}: will be made\nsource maps: 2 good readings\n"
                                        f"source fixed: 5 good readings\n{self.config}: ok\n")
        self.assertFalse(self.state.exists())  # it changes nothing

    def test_each_mood_of_a_service_is_said(self):
        url = self.mock()
        self.write(*self.maps(url), *self.constants("carbon_intensity", "average"))
        for mode, said in (("401", "\n  maps, zone DE: "), ("429", "\n  maps, zone DE: "), ("500", "\n  maps, zone DE: "), ("garbage", "\n  maps, zone DE: "),
                           ("null", "null"), ("zero", "zero"), ("stale", "not used after 6 h"), ("future", "future"),
                           ("other", "\n  maps, zone DE: ")):
            with self.subTest(mode):
                self.mode(url, mode)
                result = check(self.config)
                self.assertEqual(result.returncode, 1, result.stdout)
                self.assertIn(said, result.stdout)
                self.assertIn("not all of it works", result.stdout)
                self.assertNotIn("0123456789abcdef", result.stdout)

    def test_what_no_source_says_is_named(self):
        self.write(*self.constants("price"))
        result = check(self.config)
        self.assertEqual(result.returncode, 0, result.stdout)  # it may be pushed
        self.assertIn(f"price of {', '.join(self.regions)}: no source says it; it has to be pushed", result.stdout)

    def test_values_that_would_be_refused(self):
        self.write(*[line.replace("carbon_intensity:" + self.regions[0] + ":0.5",
                                  "carbon_intensity:" + self.regions[0] + ":500") for line in self.constants()])
        result = check(self.config)
        self.assertEqual(result.returncode, 1)
        self.assertIn(f"carbon_intensity of {self.regions[0]} is 500: out_of_range", result.stdout)

    def test_folders(self):
        self.state = self.folder / "no" / "state"
        self.write(*self.constants())
        result = check(self.config)
        self.assertEqual(result.returncode, 1)
        self.assertIn(f"state {self.state}: No such file", result.stdout)
        served = subprocess.run([EVENKEEL, "serve", str(self.config)], capture_output=True, text=True, timeout=60)
        self.assertEqual(served.returncode, 2)
        self.assertIn(f"state: {self.state} cannot be made: No such file", served.stderr)
        self.state = self.folder / "network.h5"
        self.write(*self.constants(), "[weights-file]", f"path = {self.folder}/no/weights.json")
        result = check(self.config)
        self.assertIn(f"state {self.state}: it is no folder", result.stdout)
        self.assertIn(f"weights-file {self.folder}/no/weights.json: No such file", result.stdout)

    def test_beside_the_running_service(self):
        self.write(*self.constants())
        service = self.start()
        world.wait_for(lambda: list(self.state.glob("2*.journal")), 30)
        self.assertEqual(self.state.stat().st_mode & 0o777, 0o700)
        result = check(self.config)
        self.assertEqual(result.returncode, 0, result.stdout)
        self.assertRegex(result.stdout, r"journal .*/\d{4}-\d\d\.journal: goes on")
        self.write(*self.constants(), policy="cost")
        result = check(self.config)
        self.assertEqual(result.returncode, 1)
        self.assertIn("it is of policy norm-greedy, not cost", result.stdout)
        self.assertIsNone(service.poll())

    def test_a_bad_configuration(self):
        self.write("polcy = cost")
        result = check(self.config)
        self.assertEqual((result.returncode, result.stdout), (2, ""))
        self.assertIn(f"{self.config}:5: unknown key polcy, did you mean", result.stderr)

    def weights(self, one):
        """Server, its weight as it is, and as configured; what its checks say goes its own way."""
        lines = [line.split() for line in one.ask_haproxy("show servers state").splitlines()]
        return [(line[1], line[3], line[7], line[8]) for line in lines if len(line) > 8]

    @unittest.skipUnless(shutil.which("haproxy"), "there is no haproxy")
    def test_haproxy(self):
        (self.folder / "world").mkdir()
        with world.World(self.folder / "world", EVENKEEL) as one:
            one.write_haproxy_config()
            one.write_network()
            one.write_config()
            result = check(one.config)
            self.assertEqual(result.returncode, 1)
            self.assertIn("haproxy edge: ", result.stdout)
            one.start_haproxy()
            before = self.weights(one)
            result = check(one.config)
            self.assertEqual(result.returncode, 0, result.stdout)
            self.assertRegex(result.stdout, r"haproxy edge: version \S+, 12 servers")
            one.config.write_text(one.config.read_text().replace("server = berlin/de0", "server = berlin/de7"))
            result = check(one.config)
            self.assertEqual(result.returncode, 1)
            self.assertIn("de7", result.stdout)
            self.assertEqual(self.weights(one), before)


class Notify(Folder):
    def test_ready_watchdog_stopping(self):
        for abstract in (False, True):
            with self.subTest(abstract=abstract), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
                path = f"@evenkeel-{os.getpid()}" if abstract else str(self.folder / "notify")
                manager.bind(path.replace("@", "\0", 1) if abstract else path)
                manager.settimeout(30)
                self.write(*self.constants())
                service = self.start(NOTIFY_SOCKET=path)
                said = [manager.recv(100).decode()]
                while said[-1] != "WATCHDOG=1":
                    said.append(manager.recv(100).decode())
                self.assertEqual(said, ["READY=1", "WATCHDOG=1"])
                service.send_signal(signal.SIGTERM)
                while said[-1] == "WATCHDOG=1":
                    said.append(manager.recv(100).decode())
                self.assertEqual(said[-1], "STOPPING=1")
                self.assertEqual(service.wait(30), 0)

    def test_nobody_listens(self):
        self.write(*self.constants())
        service = self.start(NOTIFY_SOCKET=str(self.folder / "gone"))
        world.wait_for(lambda: list(self.state.glob("2*.journal")), 30)
        service.send_signal(signal.SIGINT)
        self.assertEqual(service.wait(30), 0)

    def test_not_ready_before_it_serves(self):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager, socket.create_server(("127.0.0.1", 0)) as taken:
            manager.bind(str(self.folder / "notify"))
            manager.settimeout(0.1)
            self.write(*self.constants())
            self.config.write_text(self.config.read_text().replace("port = 0", f"port = {taken.getsockname()[1]}"))
            service = self.start(NOTIFY_SOCKET=str(self.folder / "notify"))
            self.assertEqual(service.wait(30), 2)
            with self.assertRaises(TimeoutError):
                manager.recv(100)


# What MemoryDenyWriteExecute and SystemCallFilter of systemd 252 make of a program, without systemd: the calls named in
# its arguments up to --, and nothing that makes memory executable that was writable.
SANDBOX = """
import ctypes, errno, os, sys
seccomp = ctypes.CDLL("libseccomp.so.2")
seccomp.seccomp_init.restype = ctypes.c_void_p
DENY, ALLOW, MASKED = 0x00050000 | errno.EPERM, 0x7fff0000, 7
class Compare(ctypes.Structure):
    _fields_ = [("arg", ctypes.c_uint), ("op", ctypes.c_int), ("a", ctypes.c_uint64), ("b", ctypes.c_uint64)]
def load(default, rules):
    context = ctypes.c_void_p(seccomp.seccomp_init(ctypes.c_uint32(default)))
    for name, action, compare in rules:
        number = seccomp.seccomp_syscall_resolve_name(name.encode())
        if number >= 0:
            assert seccomp.seccomp_rule_add_array(context, ctypes.c_uint32(action), number, len(compare),
                                                  (Compare * len(compare))(*compare)) == 0, name
    assert seccomp.seccomp_load(context) == 0
split = sys.argv.index("--")
load(ALLOW, [("mmap", DENY, [Compare(2, MASKED, 6, 6)]), ("mprotect", DENY, [Compare(2, MASKED, 4, 4)]),
             ("pkey_mprotect", DENY, [Compare(2, MASKED, 4, 4)]), ("shmat", DENY, [Compare(2, MASKED, 0x8000, 0x8000)])])
load(DENY, [(name, ALLOW, []) for name in sys.argv[1:split]])
os.execv(sys.argv[split + 1], sys.argv[split + 1:])
"""


def allowed_calls(unit):
    """The names that the unit's SystemCallFilter lines leave, groups resolved."""
    def resolve(name):
        if not name.startswith("@"):
            return {name}
        said = subprocess.run(["systemd-analyze", "syscall-filter", "--no-pager", name], check=True, capture_output=True,
                              text=True).stdout
        members = [line.strip() for line in said.splitlines()[1:] if not line.strip().startswith("#")]
        return set().union(*(resolve(member) for member in members if member))

    allowed = set()
    for line in unit.read_text().splitlines():
        if line.startswith("SystemCallFilter="):
            names = line.split("=", 1)[1]
            listed = set().union(*(resolve(name) for name in names.lstrip("~").split()))
            allowed = allowed - listed if names.startswith("~") else allowed | listed
    return sorted(allowed)


@unittest.skipUnless(shutil.which("systemd-analyze"), "there is no systemd-analyze")
class Sandboxed(Folder):
    """Under the unit's filters all kinds of advice work: a network by LibTorch and a program of one's own."""

    def start_sandboxed(self):
        calls = allowed_calls(SOURCE / "live/systemd/evenkeel.service")
        return self.start("/usr/bin/python3", "-B", "-c", SANDBOX, *calls, "--")

    def decided(self, policy):
        self.write(*self.constants(), policy=policy)
        service = self.start_sandboxed()
        lines = world.wait_for(lambda: [line for path in self.state.glob("2*.journal")
                                        for line in path.read_text().splitlines() if '"decided"' in line], 60)
        service.send_signal(signal.SIGTERM)
        self.assertEqual(service.wait(30), 0)
        return lines[0]

    def test_a_network(self):
        for name, start in (("first", "2023-01-01"), ("second", "2023-03-02")):
            subprocess.run([EVENKEEL, "trace", "generate", "--regions", "2", "--gateways", "1", "--slots", "1440",
                            "--start", start, "--quiet", "--out", str(self.folder / f"{name}.h5")], check=True)
        trained = subprocess.run([EVENKEEL, "train", "--predictor", "dlinear", "--train", str(self.folder / "first.h5"),
                                  "--valid", str(self.folder / "second.h5"), "--epochs", "1", "--out",
                                  str(self.folder / "net.h5")], capture_output=True, text=True)
        if "this build of evenkeel has none" in trained.stderr:
            self.skipTest("this build has no networks")
        self.assertEqual(trained.returncode, 0, trained.stderr)
        shutil.copy(self.folder / "second.h5", self.folder / "network.h5")
        self.slot = "1h"
        line = self.decided(f"robust(advice=plan(forecast=learned(file={self.folder}/net.h5)),expert=norm-greedy)")
        self.assertIn('"answer"', line)  # of the advice

    def test_a_program(self):
        program = self.folder / "cheapest.py"
        program.write_text("import sys; sys.path.insert(0, sys.argv[1])\n"
                           "from evenkeel import Policy\n"
                           "class Mine(Policy):\n"
                           "    def prices(self, slot): return [0 * load for load in slot.load]\n"
                           "Mine().serve()\n")
        line = self.decided(f'robust(advice=process(command="/usr/bin/python3 {program} {SOURCE}/python"),'
                            "expert=norm-greedy)")
        self.assertIn('"answer"', line)


@unittest.skipUnless(shutil.which("systemd-analyze"), "there is no systemd-analyze")
class UnitFile(unittest.TestCase):
    def setUp(self):
        self.root = pathlib.Path(self.enter(tempfile.TemporaryDirectory()))
        text = (SOURCE / "live/systemd/evenkeel.service").read_text()
        self.unit = self.root / "evenkeel.service"
        self.unit.write_text(text.replace("ExecStart=evenkeel", f"ExecStart={EVENKEEL}"))  # which verify wants to be there

    def enter(self, block):
        value = block.__enter__()
        self.addCleanup(block.__exit__, None, None, None)
        return value

    def test_systemd_understands_it(self):
        result = subprocess.run(["systemd-analyze", "verify", "--man=no", str(self.unit)], capture_output=True, text=True,
                                timeout=60, env={**os.environ, "SYSTEMD_LOG_TARGET": "console"})
        said = [line for line in result.stderr.splitlines() if "evenkeel" in line]
        self.assertEqual((result.returncode, said), (0, []), result.stderr)

    def test_little_is_exposed(self):
        result = subprocess.run(["systemd-analyze", "security", "--offline=yes", "--threshold=20", "--no-pager",
                                 str(self.unit)], capture_output=True, text=True, timeout=60)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)  # exposure of at most 2.0 of 10


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
