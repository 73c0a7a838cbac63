"""The page of a running service in Chromium, as wide as a phone and as a screen: it fills, trouble is
told, and hostile names stay text.

Usage: live_page_test.py LIVE_PAGE SOURCE_FOLDER        (skipped where Chromium is not installed)
"""
import html
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import live_service

PROGRAM = None
BROWSER = shutil.which("chromium")


@unittest.skipIf(BROWSER is None, "no chromium")
class PageTest(unittest.TestCase):
    def dumped(self, which, width):
        """The page's elements after it has asked for the status, and what the browser complained of."""
        with tempfile.TemporaryDirectory() as profile, live_service.page(PROGRAM, which) as service:
            port = int(service.stdout.readline())
            done = subprocess.run(
                [BROWSER, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", f"--user-data-dir={profile}",
                 f"--window-size={width},2000", "--virtual-time-budget=4000", "--enable-logging=stderr", "--dump-dom",
                 f"http://127.0.0.1:{port}/"], capture_output=True, text=True, timeout=120, check=True)
            return done.stdout, [line for line in done.stderr.splitlines() if "CONSOLE" in line]

    def test_says_everything(self):
        page, complaints = self.dumped("fine", 1280)
        self.assertEqual([line for line in complaints if "favicon" not in line and "404" not in line], [])
        for words in ("31 of 744", "active", "expert's J, USD", "electricity_maps", "agrees", "900.0 (largest)", "2,300 (largest)",
                      "followed", "held readings"):
            self.assertIn(words, html.unescape(page))
        self.assertEqual(len(re.findall(r'<path class="(own|expert|bound)" d="M', page)), 4)
        self.assertIn('<div id="banner" role="alert" hidden', page)

    def test_says_what_waits(self):
        page, complaints = self.dumped("work", 1280)
        self.assertEqual([line for line in complaints if "favicon" not in line and "404" not in line], [])
        for words in ("Work that can wait", "training", "120.5", "20.25", "in slot 31", "work reports", "1.5 units of work are due"):
            self.assertIn(words, html.unescape(page))
        self.assertIn('<section id="work-section"><h2>', page)
        self.assertIn('<section id="work-section" hidden', self.dumped("fine", 1280)[0])

    def test_says_what_is_wrong_and_runs_no_name(self):
        page, _ = self.dumped("trouble", 390)
        self.assertNotIn('<b id="x">', page)
        for words in ("no space left on device", "Region south is down.", "failed 12 times in a row", "differs", "past days", "not known", "missing",
                      '<b id="x">"a\\b"</b> & ü, rather long'):
            self.assertIn(words, html.unescape(page))
        self.assertNotIn('role="alert" hidden', page)


if __name__ == "__main__":
    PROGRAM = pathlib.Path(sys.argv[1]).resolve()
    unittest.main(argv=sys.argv[:1])
