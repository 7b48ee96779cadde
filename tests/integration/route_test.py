#!/usr/bin/env python3
"""Two ways to one broker, in network namespaces: the gateway follows the route, and its profile with it."""
import sys
import time

from namespaces import Namespaces, run, why_not
from rig import Rig, wait_until

SKIPPED = 77
BROKER = "10.79.0.1"
# By name: the network of each, and how much the kernel prefers its route when both are there.
WAYS = {"wlan0": ("10.79.1", 600), "eth0": ("10.79.2", 100)}
# Of the gateway: what it waits for routes to settle, and then a new connection; far below its keep-alive of 60 s,
# after which it would notice in any case that its peer is gone.
PROMPT_SECONDS = 20

CONFIG = """
[gateway]
id = "mobile"
[storage]
commit_every = "100ms"
seal_after = "300ms"
[[uplink.profile]]
name = "air"
interfaces = ["wlan*"]
[[uplink.profile]]
name = "cable"
interfaces = ["eth*"]
[[channel]]
name = "level"
driver = "simulated"
shape = "random_walk"
unit = "m"
period = "50ms"
"""


class TwoWays(Namespaces):
    """A pair of devices for each way."""

    def lay(self):
        run("ip", "-n", self.far, "addr", "add", f"{BROKER}/32", "dev", "lo")
        for device, (net, _) in WAYS.items():
            self.pair(device)
            run("ip", "-n", self.near, "addr", "add", f"{net}.1/29", "dev", device)
            run("ip", "-n", self.far, "addr", "add", f"{net}.2/29", "dev", device)
            run("ip", "-n", self.far, "link", "set", device, "up")

    def up(self, device):
        net, metric = WAYS[device]
        run("ip", "-n", self.near, "link", "set", device, "up")
        run("ip", "-n", self.near, "route", "add", BROKER, "via", f"{net}.2", "dev", device, "metric", metric)

    def readdress(self, device):
        """As a network does that knows the device no more."""
        net, _ = WAYS[device]
        run("ip", "-n", self.near, "addr", "del", f"{net}.1/29", "dev", device)
        run("ip", "-n", self.near, "addr", "add", f"{net}.3/29", "dev", device)
        self.up(device)

    def down(self, device):
        """The far end stays: nothing tells the connection that its packets are lost."""
        run("ip", "-n", self.near, "link", "set", device, "down")


def arrives_over(rig, device, profile):
    """Seconds until the link is up over that device, with that profile, and readings arrive."""
    began = time.monotonic()

    def is_over():
        uplink = rig.status()["uplink"]
        held = uplink["profile"]
        return uplink["up"] and (held["interface"], held["name"]) == (device, profile)

    wait_until(is_over, f"the link is up over {device}; the gateway says {rig.status()['uplink']}", PROMPT_SECONDS)
    before = (rig.collected() or {}).get("readings_held", 0)
    wait_until(lambda: (rig.collected() or {}).get("readings_held", 0) > before, "readings arrive", PROMPT_SECONDS)
    return time.monotonic() - began


def main():
    if reason := why_not(TwoWays):
        print(f"skipped: {reason}")
        return SKIPPED
    with TwoWays() as ways, Rig() as rig:
        ways.carry(rig, BROKER)
        rig.config.write_text(CONFIG)
        rig.start_broker()
        rig.start_collector()
        ways.up("wlan0")
        rig.start_gateway()
        rig.wait_for_gateway()
        try:
            first = arrives_over(rig, "wlan0", "air")
            ways.up("eth0")
            better = arrives_over(rig, "eth0", "cable")
            ways.down("eth0")
            fallback = arrives_over(rig, "wlan0", "air")
            ways.readdress("wlan0")
            wait_until(lambda: rig.status()["uplink"]["links_lost"] == 3, "the old address is given up", PROMPT_SECONDS)
            readdressed = arrives_over(rig, "wlan0", "air")
            lost = rig.status()["uplink"]["links_lost"]
            if rig.stop_gateway() != 0:
                raise AssertionError("the gateway did not end well")
        except AssertionError:
            print(rig.log("gateway")[-3000:])
            raise
        print(f"over wlan0 after {first:.1f} s, eth0 {better:.1f} s after it came, wlan0 {fallback:.1f} s after it went; "
              f"readings go on {readdressed:.1f} s after the old address was given up")
        if lost != 3:
            print(f"FAILED: the link was lost {lost} times, for 3 changes")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
