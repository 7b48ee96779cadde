"""What script/bench measures of a gateway that has nothing to send: bytes in an hour, counted as they pass."""
import contextlib
import getpass
import os
import pathlib
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
os.environ.setdefault("SLUICE_BUILD", str(ROOT / "build" / "host-release"))
sys.path.insert(0, str(ROOT / "tests" / "integration"))

from path import Path  # noqa: E402: it takes its build folder from the environment
from rig import Rig, wait_until  # noqa: E402
from tls_test import Authority  # noqa: E402

CHANNELS = 16
# Until what a start has to tell has been told, and the readings it begins with have left.
SETTLE_SECONDS = 60

HEAD = """
[gateway]
id = "idle"
[realtime]
lock_memory = false
[uplink]
live_every = "{live}"
"""
TLS = """
[uplink.tls]
ca_file = "authority.crt"
"""
# Read once at the start, and once a day.
CHANNEL = """
[[channel]]
name = "channel{number}"
driver = "simulated"
unit = "Cel"
period = "24h"
"""


class Idle:
    """A gateway, a broker and a collector, and a counter between the gateway and the broker."""

    def __init__(self, stack, live, tls):
        self.rig = stack.enter_context(Rig())
        self.path = stack.enter_context(Path(self.rig.port))
        config = HEAD.format(live=live) + (TLS if tls else "")
        self.rig.config.write_text(config + "".join(CHANNEL.format(number=number) for number in range(CHANNELS)))
        listener = []
        if tls:
            folder = self.rig.folder
            Authority(folder).issue("broker")
            listener = [f"certfile {folder}/broker.crt", f"keyfile {folder}/broker.key", f"user {getpass.getuser()}"]
            self.rig.collector_options = ["--ca", folder / "authority.crt"]
            self.rig.address = f"mqtts://localhost:{self.rig.port}"
        scheme, host = ("mqtts", "localhost") if tls else ("mqtt", "127.0.0.1")
        self.rig.gateway_address = f"{scheme}://{host}:{self.path.port}"
        self.rig.start_broker(*listener)
        self.rig.start_collector()
        self.rig.start_gateway()

    def begin(self):
        wait_until(lambda: (status := self.rig.status()) and status["uplink"]["up"], "the link is up")
        self._began = time.monotonic()
        self._before = self._counts()

    def end(self):
        """Of one hour: bytes in TCP, and with the headers of TCP and IP."""
        hours = (time.monotonic() - self._began) / 3_600
        after = self._counts()
        if self.rig.status()["uplink"]["links_lost"]:
            sys.exit("script/bench: the link did not last")
        return [(now - before) / hours for before, now in zip(self._before, after)]

    def _counts(self):
        uplink = self.rig.status()["uplink"]
        return sum(self.path.passed), uplink["wire_bytes_sent"] + uplink["wire_bytes_received"]


def measure(seconds):
    """(name, value, unit) of everything, all at one time."""
    with contextlib.ExitStack() as stack:
        cases = {(live, tls): Idle(stack, live, tls) for live in ("0s", "1s", "1m") for tls in (False, True)}
        time.sleep(SETTLE_SECONDS)
        for case in cases.values():
            case.begin()
        time.sleep(seconds)
        for (live, tls), case in cases.items():
            name = ("no live values" if live == "0s" else f"{CHANNELS} live values every {live}") + (", TLS" if tls else "")
            payload, wire = case.end()
            yield f"{name}, in TCP", payload / 1e3, "kB/h"
            yield f"{name}, with headers", wire / 1e3, "kB/h"
