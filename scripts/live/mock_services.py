#!/usr/bin/python3
"""Data services as evenkeel asks them, on loopback: Electricity Maps, WattTime and Prometheus' queries, well or not.

Usage: mock_services.py [--port PORT] [--zones A,B,..] [--gateways A,B,..] [--day SECONDS] [--token T]
                        [--user U --password P] [--tls CERTIFICATE_AND_KEY.pem]

Prints one line of JSON when it listens: {"port": 40123}. Without --port the system chooses one. Values go round in a
day of --day seconds (86400), each zone at its own level and hour, so that a demonstration can have short days.

  GET /v3/carbon-intensity/latest?zone=  Electricity Maps, header auth-token
  GET /login, GET /v3/forecast?region=   WattTime, basic authorisation and a token
  GET /api/v1/query?query=               Prometheus: what /mock/set says of a query; else one that has "demand",
                                         "energy" or "price" in it gives one element per gateway or zone
  GET /mock/mode?service=S&mode=M        from now on S (maps, watttime, prometheus, or all) answers like M
  POST /mock/set?query=Q                 the body is the list "result" of that query's answers
  GET /metrics, POST /mock/metrics       a target for a Prometheus of its own: it says what was posted
  GET /mock/tokens?live=SECONDS          new tokens live so long; those given so far are forgotten
  GET /mock/log                          requests and logins of each service so far
Modes: ok, null, zero, negative, nan, empty, stale, future, garbage, error, other (another zone, region or label), huge,
drip, silent, redirect, echo (the token said back), 401, 403, 429 (Retry-After: 7), 500.
"""
import argparse
import base64
import http.server
import json
import math
import os
import ssl
import sys
import threading
import time
import urllib.parse

HOURS = 3600
SERVICES = ("maps", "watttime", "prometheus")
MODES = ("ok null zero negative nan empty stale future garbage error other huge drip silent redirect echo "
         "401 403 429 500").split()


class World:
    """What all requests share."""

    def __init__(self, options):
        self.options = options
        self.lock = threading.Lock()
        self.modes = dict.fromkeys(SERVICES, "ok")
        self.counts = dict.fromkeys(SERVICES + ("login",), 0)
        self.results = {}
        self.metrics = b""
        self.tokens = {}
        self.token_life = 1800.0
        self.issued = 0
        self.stopping = threading.Event()

    def level(self, name, names, base, swing):
        """A value of a place: in a row of levels, going round in a day."""
        rank = names.index(name) if name in names else 0
        phase = 2 * math.pi * (time.time() / self.options.day + rank / max(1, len(names)))
        return base * (1 + 0.5 * rank) * (1 + swing * math.sin(phase))

    def new_token(self):
        with self.lock:
            self.issued += 1
            token = f"token-{self.issued}-of-{os.getpid()}"
            self.tokens[token] = time.time() + self.token_life
            return token


def utc(seconds, ending):
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds)) + ending


def moment(mode):
    return time.time() + {"stale": -25 * HOURS, "future": 2 * HOURS}.get(mode, 0)


def of_mode(mode, value):
    return {"null": None, "zero": 0, "negative": -1}.get(mode, value)


def maps_answer(world, query, mode):
    zone = query.get("zone", "")
    if zone not in world.options.zones:
        return 404, {"error": f"Zone {zone} does not exist"}
    if mode == "other":
        zone = "SOMEWHERE-ELSE"
    hour = moment(mode) // HOURS * HOURS
    value = of_mode(mode, round(world.level(zone, world.options.zones, 120.0, 0.4)))
    if mode == "nan":
        value = "NaN"
    return 200, {"zone": zone, "carbonIntensity": value, "datetime": utc(hour, ".000Z"),
                 "updatedAt": utc(hour + 300, ".020Z"), "createdAt": utc(hour - 86400, ".000Z"),
                 "emissionFactorType": query.get("emissionFactorType", "lifecycle"), "isEstimated": False,
                 "estimationMethod": None}


def watttime_answer(world, query, mode):
    region = query.get("region", "")
    if region not in world.options.zones:
        return 400, {"error": "InvalidScope", "message": f"No region {region}"}
    first = moment(mode) // 300 * 300
    value = of_mode(mode, round(world.level(region, world.options.zones, 700.0, 0.3), 1))
    if mode == "nan":
        value = "NaN"
    points = [{"point_time": utc(first + 300 * k, "+00:00"), "value": value} for k in range(288)]
    return 200, {"data": [] if mode == "empty" else points,
                 "meta": {"data_point_period_seconds": 300, "region": "ELSEWHERE" if mode == "other" else region,
                          "warnings": [], "signal_type": query.get("signal_type", ""),
                          "model": {"date": "2023-03-01"}, "units": "lbs_co2_per_mwh",
                          "generated_at_period_seconds": 300, "generated_at": utc(first, "+00:00")}}


def default_result(world, query):
    if "demand" in query:
        return [({"gateway": name}, world.level(name, world.options.gateways, 1.0, 0.5))
                for name in world.options.gateways]
    if "energy" in query or "price" in query:
        return [({"region": name}, world.level(name, world.options.zones, 40.0, 0.3)) for name in world.options.zones]
    return []


def prometheus_answer(world, query, mode):
    text = query.get("query", "")
    if not text:
        return 400, {"status": "error", "errorType": "bad_data", "error": "unknown position: parse error"}
    with world.lock:
        result = world.results.get(text)
    if result is None:
        special = {"null": "NaN", "nan": "NaN", "zero": "0", "negative": "-1"}.get(mode)
        result = [{"metric": {"elsewhere" if mode == "other" else label: name for label, name in labels.items()},
                   "value": [round(moment(mode), 3), special or repr(value)]}
                  for labels, value in default_result(world, text)]
    if mode == "empty":
        result = []
    return 200, {"status": "success", "data": {"resultType": "vector", "result": result}}


ANSWERS = {"maps": maps_answer, "watttime": watttime_answer, "prometheus": prometheus_answer}
PATHS = {"/v3/carbon-intensity/latest": "maps", "/login": "watttime", "/v3/forecast": "watttime",
         "/api/v1/query": "prometheus"}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 60
    world = None

    def log_message(self, *_):
        pass  # requests hold tokens

    def send(self, status, body, headers=(), kind="application/json"):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        self.handle_any(b"")

    def do_POST(self):
        self.handle_any(self.rfile.read(int(self.headers.get("Content-Length", 0))))

    def handle_any(self, body):
        parts = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(parts.query))
        try:
            if parts.path.startswith("/mock/"):
                self.control(parts.path, query, body)
            elif parts.path == "/metrics":
                with self.world.lock:
                    metrics = self.world.metrics
                self.send(200, metrics, kind="text/plain; version=0.0.4")
            elif parts.path in PATHS:
                self.serve(PATHS[parts.path], parts.path, query)
            else:
                self.send(404, {"error": "no such path"})
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True  # the client has had enough of it

    def control(self, path, query, body):
        world = self.world
        services = SERVICES if query.get("service", "all") == "all" else (query["service"],)
        if path == "/mock/mode" and query.get("mode") in MODES and set(services) <= set(SERVICES):
            with world.lock:
                world.modes.update(dict.fromkeys(services, query["mode"]))
        elif path == "/mock/set" and query.get("query"):
            with world.lock:
                world.results[query["query"]] = json.loads(body)
        elif path == "/mock/metrics":
            with world.lock:
                world.metrics = body
        elif path == "/mock/tokens":
            with world.lock:
                world.token_life = float(query.get("live", 1800))
                world.tokens.clear()
        elif path != "/mock/log":
            self.send(400, {"error": f"modes are {', '.join(MODES)}"})
            return
        with world.lock:
            self.send(200, {"modes": world.modes, "counts": world.counts})

    def authorised(self, service, path):
        options = self.world.options
        if service == "maps":
            return self.headers.get("auth-token") == options.token
        given = self.headers.get("Authorization", "")
        if path == "/login":
            return given == "Basic " + base64.b64encode(f"{options.user}:{options.password}".encode()).decode()
        if service == "watttime":
            with self.world.lock:
                return self.world.tokens.get(given.replace("Bearer ", "", 1), 0.0) > time.time()
        return True

    def serve(self, service, path, query):
        world = self.world
        with world.lock:
            mode = world.modes[service]
            world.counts["login" if path == "/login" else service] += 1
        if mode in ("401", "403", "429", "500"):
            headers = [("Retry-After", "7")] if mode == "429" else []
            self.send(int(mode), {"error": f"status {mode}"}, headers)
        elif mode == "silent":
            world.stopping.wait(60)
            self.close_connection = True
        elif mode == "drip":
            self.drip()
        elif mode == "huge":
            self.huge()
        elif mode == "garbage":
            self.send(200, b"<html>\x00\xff this is no answer")
        elif mode == "redirect":
            self.send(302, b"", [("Location", self.path + "&again=1")])
        elif mode == "echo":
            said = "; ".join(f"{self.headers.get(name, '')}" for name in ("auth-token", "Authorization"))
            self.send(200, {"error": "bad", "status": said, "zone": said, "message": "invalid token " + said})
        elif mode == "error":
            self.send(200, {"status": "error", "error": "it is broken", "message": "it is broken"})
        elif not self.authorised(service, path):
            self.send(401, {"error": "Invalid authentication"})
        elif path == "/login":
            self.send(200, {"token": world.new_token()})
        else:
            self.send(*ANSWERS[service](world, query, mode))

    def drip(self):
        self.send_response(200)
        self.send_header("Content-Length", "100000")
        self.end_headers()
        for _ in range(600):
            self.wfile.write(b" ")
            self.wfile.flush()
            if self.world.stopping.wait(0.1):
                break
        self.close_connection = True

    def huge(self):
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        chunk = b'["' + b"x" * 65533 + b'"'
        for _ in range(1024):
            self.wfile.write(b"%x\r\n" % len(chunk) + chunk + b"\r\n")
        self.wfile.write(b"0\r\n\r\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--zones", type=lambda text: text.split(","), default=["DE", "FR", "US-CAL-CISO"])
    parser.add_argument("--gateways", type=lambda text: text.split(","), default=["eu", "us"])
    parser.add_argument("--day", type=float, default=86400.0)
    parser.add_argument("--token", default="maps-token")
    parser.add_argument("--tls")
    parser.add_argument("--user", default="user")
    parser.add_argument("--password", default="password")
    Handler.world = World(parser.parse_args())
    server = http.server.ThreadingHTTPServer(("127.0.0.1", Handler.world.options.port), Handler)
    server.daemon_threads = True
    if Handler.world.options.tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(Handler.world.options.tls)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    print(json.dumps({"port": server.server_address[1]}), flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        Handler.world.stopping.set()
    return 0


if __name__ == "__main__":
    sys.exit(main())
