#!/usr/bin/env python3
"""30 % of all packets lost, two seconds to the broker and back, some packets twice and some out of turn:
whatever the sensors handed out arrives once, or is declared.

Kernels that run tests seldom can do that to a network. One in User-Mode Linux can, so the real gateway,
broker and collector run in such a guest, the gateway in a network namespace of its own. It takes
minutes, most of them TCP's, and is for SLUICE_LONG=1.
"""
import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

import balance
from guest import KERNEL, guest
from rig import BUILD, Rig, wait_until
from slow_link import Line

HERE = pathlib.Path(__file__).resolve()
GUEST = HERE.with_name("lossy_link_guest.sh")
SKIPPED = 77
NETEM = ("netem", "limit", 1_000, "delay", "1000ms", "100ms", "loss", "30%", "duplicate", "15%", "reorder", "5%")
PRODUCE_SECONDS = 60
# TCP alone may need a minute for what takes one round trip elsewhere.
ARRIVAL_SECONDS_MAX = 240
DRAIN_SECONDS_MAX = 1_200
GUEST_SECONDS_MAX = 1_600
SHOW_SECONDS = 15
# Other than the rest of these tests: an answer takes seconds, and a line like this carries a few hundred bytes
# a second.
CHANGES = (('ack_timeout = "1s"\nack_timeout_max = "2s"\n', 'retry_max = "10s"\n'),
           ('seal_after = "700ms"', 'seal_after = "10s"'),
           (f'period = "{balance.PERIOD_MS}ms"', 'period = "200ms"'),
           ("[storage]\n", "[realtime]\npriority = 0\n[storage]\n"))


def counters(line, side):
    """Of TCP in one namespace: {name: count}."""
    text = subprocess.run(["ip", "netns", "exec", side, "cat", "/proc/net/snmp", "/proc/net/netstat"],
                          capture_output=True, text=True, check=True).stdout.splitlines()
    found = {}
    for names, values in zip(text[::2], text[1::2]):
        found.update(zip(names.split()[1:], map(int, values.split()[1:])))
    return found


def dropped(side):
    """(packets sent, packets that netem let fall) at one end of the line."""
    text = subprocess.run(["tc", "-n", side, "-s", "qdisc", "show", "dev", "line"],
                          capture_output=True, text=True, check=True).stdout
    return tuple(map(int, re.search(r"(\d+) pkt \(dropped (\d+)", text).groups()))


def show(rig, seconds):
    status, collected = rig.status(), rig.collected()
    if not status or not collected:
        return
    uplink, readings = status["uplink"], status["readings"]
    print(f"{seconds:4.0f} s: {readings['stored']} stored, {collected['readings_held']} held, {readings['pending']} pending, link "
          f"{'up' if uplink['up'] else 'down'}, lost {uplink['links_lost']} times, round trip {uplink['round_trip_ms']:.0f} ms, "
          f"{uplink['batches_sent']} batches, {uplink['batches_resent']} again", flush=True)


def show_until(rig, condition, what, seconds):
    began = shown = time.monotonic()

    def looked():
        nonlocal shown
        if time.monotonic() >= shown + SHOW_SECONDS:
            shown = time.monotonic()
            show(rig, shown - began)
        return condition()
    return wait_until(looked, what, seconds)


def drained(rig):
    status = rig.status()
    return status and status["storage"]["pending_chunks"] == 0 and status


def run():
    """In the guest. What is wrong, as lines."""
    failures = []
    with Line(*NETEM) as line, Rig() as rig:
        line.carry(rig)
        balance.write_config(rig)
        text = rig.config.read_text()
        for before, after in CHANGES:
            text = text.replace(before, after)
        rig.config.write_text(text)
        rig.start_broker()
        rig.start_collector()
        rig.start_gateway()
        try:
            show_until(rig, lambda: (rig.collected() or {}).get("readings_held", 0) > 0, "something arrives", ARRIVAL_SECONDS_MAX)
            end = time.monotonic() + PRODUCE_SECONDS
            show_until(rig, lambda: time.monotonic() >= end, "readings are produced", 2 * PRODUCE_SECONDS)
            balance.read_no_more(rig)
            status = show_until(rig, lambda: drained(rig), "everything is delivered", DRAIN_SECONDS_MAX)
            failures += [f"{count} {what}" for what, count in balance.check(rig).items()]
        except AssertionError:
            for process in ("gateway", "collector"):
                print(f"--- {process}\n{rig.log(process)[-3000:]}")
            raise
        sent, fallen = dropped(line.near)
        ends = [counters(line, side) for side in (line.near, line.far)]
        repeated, twice, out_of_turn = (sum(end[name] for end in ends)
                                        for name in ("RetransSegs", "TCPDSACKRecv", "TCPOFOQueue"))
        print(f"the line let {fallen} of {sent + fallen} packets fall; TCP sent {repeated} again, was told of {twice} that came "
              f"twice and got {out_of_turn} out of turn; round trip {status['uplink']['round_trip_ms']:.0f} ms")
        # Otherwise all this has shown nothing. What is given twice counts as sent.
        if not 0.15 < fallen / (sent + fallen) < 0.4 or status["uplink"]["round_trip_ms"] < 2_000:
            failures.append("the line was not as bad as it was meant to be")
        if min(repeated, twice, out_of_turn) == 0:
            failures.append("nothing was repeated, came twice or came out of turn")
    return failures


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    if parser.parse_args().inside:
        failures = run()
        print("".join(f"FAILED: {failure}\n" for failure in failures), end="")
        return 1 if failures else 0
    if not os.environ.get("SLUICE_LONG"):
        print("skipped: takes minutes; SLUICE_LONG=1 runs it")
        return SKIPPED
    for program in (KERNEL, "ip"):
        if shutil.which(program) is None:
            print(f"skipped: there is no {program} (packages user-mode-linux, iproute2)")
            return SKIPPED
    with tempfile.TemporaryDirectory(prefix="sluice-test-") as folder:
        shared = pathlib.Path(folder)
        with guest(GUEST, {"SHARED": shared, "PYTHON": sys.executable, "TEST": HERE, "SLUICE_BUILD": BUILD},
                   shared / "console", GUEST_SECONDS_MAX, ["mem=256M"]) as process:
            process.wait()
        if (shared / "log").exists():
            print((shared / "log").read_text(errors="replace"), end="")
        # Also when the guest died or was ended for its time: then there is none.
        result = shared / "result"
        if not result.exists():
            print(f"FAILED: the guest ended without a result\n{(shared / 'console').read_text(errors='replace')[-2000:]}")
            return 1
        return int(result.read_text())


if __name__ == "__main__":
    sys.exit(main())
