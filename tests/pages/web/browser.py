"""A headless Chromium, driven over the WebDriver protocol by the standard library alone."""

from __future__ import annotations

import base64
import json
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

DRIVER, BROWSER = shutil.which("chromedriver"), shutil.which("chromium")
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--hide-scrollbars",
)
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"


class Browser:
    """One window of a session."""

    def __init__(self, address):
        self.address = address

    def send(self, method, path, **body):
        data = json.dumps(body).encode() if method == "POST" else None
        request = urllib.request.Request(self.address + path, data, {"Content-Type": "application/json"}, method=method)  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310  the driver on this machine
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise AssertionError(json.load(error)["value"]["message"]) from error

    def open(self, path, fragment=""):
        self.send("POST", "/url", url="about:blank")
        self.send("POST", "/url", url=Path(path).resolve().as_uri() + fragment)

    def run(self, script, *arguments):
        return self.send("POST", "/execute/sync", script=script, args=list(arguments))

    def find(self, selector):
        found = self.send("POST", "/elements", using="css selector", value=selector)
        return [one[ELEMENT] for one in found]

    def click(self, selector):
        self.send("POST", f"/element/{self.find(selector)[0]}/click")

    def keys(self, text):
        actions = [{"type": f"key{way}", "value": letter} for letter in text for way in ("Down", "Up")]
        self.send("POST", "/actions", actions=[{"type": "key", "id": "keyboard", "actions": actions}])

    def command(self, name, **parameters):
        return self.send("POST", "/goog/cdp/execute", cmd=name, params=parameters)

    def size(self, width, height):
        self.command(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False
        )

    def scheme(self, name):
        self.command("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": name}])

    def logs(self, kind):
        return self.send("POST", "/se/log", type=kind)

    def errors(self):
        """Return what the console was told since it was asked last, warnings too."""
        return [entry["message"] for entry in self.logs("browser")]

    def requests(self):
        """Return the addresses asked for since this was asked last: all but files, data and the browser's own."""
        found = []
        for entry in self.logs("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                found.append(message["params"]["request"]["url"])
        return [address for address in found if not address.startswith(("file:", "data:", "about:", "chrome:"))]

    def picture(self, path, height=None):
        if height is None:
            height = self.run("return document.documentElement.scrollHeight")
        width = self.run("return innerWidth")
        clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
        found = self.command("Page.captureScreenshot", captureBeyondViewport=True, clip=clip)
        Path(path).write_bytes(base64.b64decode(found["data"]))


@contextmanager
def browser(profile):
    """Give a browser with an empty profile, and end it and its driver."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    driver = subprocess.Popen(
        [DRIVER, f"--port={port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL
    )
    root = Browser(f"http://127.0.0.1:{port}")
    try:
        _await(root)
        options = {"binary": BROWSER, "args": [*FLAGS, f"--user-data-dir={profile}"]}
        asked = {"goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"}}
        made = root.send("POST", "/session", capabilities={"alwaysMatch": asked})
        page = Browser(f"{root.address}/session/{made['sessionId']}")
        try:
            yield page
        finally:
            page.send("DELETE", "")
    finally:
        driver.terminate()
        driver.wait(timeout=20)


def _await(root):
    for _ in range(100):
        try:
            if root.send("GET", "/status")["ready"]:
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
    message = "chromedriver does not answer"
    raise AssertionError(message)
