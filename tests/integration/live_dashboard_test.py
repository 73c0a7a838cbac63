"""The dashboard of `live/dashboard/grafana.json` on a real Prometheus that scrapes a made-up service: every expression
of every panel is evaluated without an error and gives data.

Usage: live_dashboard_test.py LIVE_PAGE SOURCE_FOLDER        (skipped where Prometheus is not installed)
"""
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.error
import urllib.parse
import urllib.request

import live_service

PROGRAM = SOURCE = None
PROMETHEUS = shutil.which("prometheus")
TOKEN = "0123456789abcdef-of-the-test"


def query(port, expression):
    address = f"http://127.0.0.1:{port}/api/v1/query?" + urllib.parse.urlencode({"query": expression})
    try:
        with urllib.request.urlopen(address, timeout=10) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        return json.load(error)


def expressions(dashboard):
    for panel in dashboard["panels"]:
        for target in panel["targets"]:
            text = target["expr"]
            for name in ("job", "gateway"):
                text = text.replace("$" + name, ".*")  # what Grafana puts in for "All"
            yield panel["title"], text


@unittest.skipIf(PROMETHEUS is None, "no prometheus")
class DashboardTest(unittest.TestCase):
    def test_every_expression_gives_data(self):
        dashboard = json.loads((SOURCE / "live/dashboard/grafana.json").read_text())
        wanted = list(expressions(dashboard))
        self.assertGreater(len(wanted), 20)
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            token = folder / "token"
            token.write_text(TOKEN + "\n")
            token.chmod(0o600)
            with live_service.page(PROGRAM, "work", token) as service:
                self.check(folder, token, int(service.stdout.readline()), wanted)

    def check(self, folder, token, port, wanted):
        config = {"global": {"scrape_interval": "1s"},
                  "scrape_configs": [{"job_name": "evenkeel", "authorization": {"credentials_file": str(token)},
                                      "static_configs": [{"targets": [f"127.0.0.1:{port}"]}]}]}
        (folder / "prometheus.yml").write_text(json.dumps(config))  # JSON is YAML
        own = live_service.free_port()
        command = (PROMETHEUS, f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data",
                   f"--web.listen-address=127.0.0.1:{own}")
        with (folder / "log").open("w") as log, live_service.Started(*command, stdout=log, stderr=log):
            missing = dict.fromkeys(text for _, text in wanted)
            until = time.monotonic() + 60
            while missing and time.monotonic() < until:
                time.sleep(0.5)
                for text in list(missing):
                    try:
                        missing[text] = query(own, text)
                    except OSError:  # it has not started yet
                        break
                    if missing[text]["status"] == "success" and missing[text]["data"]["result"]:
                        del missing[text]
            self.assertEqual(missing, {})
            # What is served is what is read: the hostile name of a region, to the letter.
            regions = {one["metric"]["region"] for one in query(own, "evenkeel_region_capacity")["data"]["result"]}
            self.assertIn('<b id="x">"a\\b"</b> & ü, rather long', regions)
            self.assertEqual(query(own, "up")["data"]["result"][0]["value"][1], "1")


if __name__ == "__main__":
    PROGRAM, SOURCE = (pathlib.Path(path).resolve() for path in sys.argv[1:3])
    unittest.main(argv=sys.argv[:1])
