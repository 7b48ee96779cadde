#!/usr/bin/env python3
"""A modem of 9,600 bit/s and a backlog: neither alerts nor live readings wait behind it, and slowness is no loss."""
import sys
import time

from rig import Rig, wait_until
from slow_link import SlowLink, why_not

SKIPPED = 77
BITS_PER_SECOND = 9_600
BACKLOG_READINGS = 3_600
# An alert may wait a second or two behind what was sent before it; far below the drain's length.
ALERT_SHARE_MAX = 0.9

HEAD = """
[gateway]
id = "remote"
[storage]
commit_every = "100ms"
seal_after = "1s"
"""
NOISE = """
[[channel]]
name = "noise{number}"
driver = "simulated"
shape = "noise"
seed = {number}
unit = "1"
period = "20ms"
"""
LEVEL = """
[[channel]]
name = "level"
driver = "simulated"
shape = "constant"
unit = "m"
period = "1s"
faults = [{kind = "spike", from = "8s", length = "5s", value = 100}]
[[channel.alert]]
name = "flood"
above = 50.0
severity = "critical"
"""


def store_backlog(rig):
    rig.config.write_text(HEAD + "".join(NOISE.format(number=number) for number in range(1, 13)))
    rig.start_gateway()
    wait_until(lambda: (status := rig.status()) and status["readings"]["produced"] >= BACKLOG_READINGS,
               "a backlog is stored")
    if rig.stop_gateway() != 0:
        raise AssertionError("the gateway did not end well")


def drain(rig):
    """Seconds that the alert took, how much of the backlog and how many live readings had arrived by then,
    and the last status."""
    rig.config.write_text(HEAD + LEVEL)
    rig.start_broker()
    rig.start_collector()
    rig.start_gateway()
    backlog = rig.wait_for_gateway()["readings"]["stored"]

    def flood():
        if not rig.database.exists() or not rig.collected():
            return None
        found = rig.query("SELECT time_ns FROM alert_event WHERE change = 0")
        return found and (time.clock_gettime(time.CLOCK_BOOTTIME) - found[0][0] / 1e9)

    took = wait_until(flood, "the alert arrives")
    share = rig.collected()["readings_held"] / backlog
    live = sum(reading["channel"] == "level" for reading in rig.exported())
    return took, share, live, rig.wait_drained()


def main():
    if reason := why_not():
        print(f"skipped: {reason}")
        return SKIPPED
    with SlowLink(f"{BITS_PER_SECOND}bit") as link, Rig() as rig:
        link.carry(rig)
        try:
            store_backlog(rig)
            began = time.monotonic()
            took, share, live, status = drain(rig)
            drained = time.monotonic() - began
        except AssertionError:
            print(rig.log("gateway")[-3000:])
            raise
        uplink = status["uplink"]
        goodput = 8 * uplink["bytes_sent"] / drained / BITS_PER_SECOND
        print(f"alert after {took:.1f} s, with {share:.0%} of the backlog and {live} live readings there; drained in {drained:.0f} s; "
              f"{uplink['batches_sent']} batches, {uplink['batches_resent']} resent; records take {goodput:.0%} "
              f"of the line; {uplink['bytes_sent']} bytes of batches in {uplink['wire_bytes_sent']} on the wire")
        failures = []
        if share >= ALERT_SHARE_MAX:
            failures.append("the alert waited for the backlog")
        if live == 0:
            failures.append("live readings waited for the backlog")
        if uplink["batches_resent"] != 0:
            failures.append("what was merely slow was sent again")
        if uplink["links_lost"] != 0:
            failures.append("the link did not bear its own slowness")
        if rig.collected()["readings_missing"] != 0 or rig.collected()["readings_held"] < BACKLOG_READINGS:
            failures.append("not everything has arrived")
        print("".join(f"FAILED: {failure}\n" for failure in failures), end="")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
