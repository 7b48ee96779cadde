"""What script/bench measures of the uplink, with real gateway, broker and collector."""
import contextlib
import gzip
import json
import os
import pathlib
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
os.environ["SLUICE_BUILD"] = str(ROOT / "build" / "host-release")
sys.path.insert(0, str(ROOT / "tests" / "integration"))

from rig import Rig, wait_until  # noqa: E402: it takes its build folder from the environment
from slow_link import SlowLink, why_not  # noqa: E402

READINGS = 1_000_000
CHANNELS = 100
RATE_HZ = 1_000  # of each channel while the backlog is made
SLOW = "64kbit"
SLOW_READINGS = 400_000
SENML_BATCH = 1_000
# An alert that has not arrived so long after the last one that counts would be missed here.
LATE_SECONDS = 5
SHAPES = ("sine", "random_walk", "steps", "constant")

HEAD = """
[gateway]
id = "bench"
[realtime]
ring = "10s"
lock_memory = false
[storage]
quota = "1GiB"
"""
# Raised and cleared again and again: a sample over the limit each time.
ALERT = """
[[channel]]
name = "flapping"
driver = "simulated"
shape = "steps"
mean = 20.0
amplitude = 10.0
sine_period = "{period}"
unit = "Cel"
period = "10ms"
[[channel.alert]]
name = "hot"
above = 25.0
"""
IDLE = """
[[channel]]
name = "idle"
driver = "simulated"
unit = "1"
period = "1h"
"""


def sensors():
    return "".join(f"""
[[channel]]
name = "channel{number}"
driver = "simulated"
shape = "{SHAPES[number % len(SHAPES)]}"
mean = {20 + number}
amplitude = {0.05 if number % len(SHAPES) == 1 else 3.0}
sine_period = "10m"
resolution = 0.01
seed = {number + 1}
unit = "Cel"
period = "{1_000 // RATE_HZ}ms"
""" for number in range(CHANNELS))


def processor_seconds(process):
    fields = pathlib.Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def store(rig, readings):
    """A backlog, while there is no broker: how many readings."""
    rig.config.write_text(HEAD + sensors())
    rig.start_gateway()
    wait_until(lambda: (status := rig.status()) and status["readings"]["produced"] >= readings, "a backlog is stored")
    if rig.stop_gateway() != 0:
        sys.exit("script/bench: the gateway did not end well:\n" + rig.log("gateway")[-2000:])


def start(rig, config):
    """Broker and collector first, so that only the gateway is waited for."""
    rig.config.write_text(HEAD + config)
    rig.start_broker()
    rig.start_collector()
    wait_until(rig.database.exists, "the collector is there")
    rig.start_gateway()


def drained(rig):
    """Seconds from the link being up until all is acknowledged, and the status then."""
    first = wait_until(lambda: (status := rig.status()) and status["uplink"]["up"] and status, "the link is up")
    began = time.monotonic() - first["uplink"]["since_s"]
    while (status := rig.status())["storage"]["pending_chunks"] > 0:
        time.sleep(0.05)
    return time.monotonic() - began, status


def as_json(readings):
    """Bytes of one MQTT 3.1.1 publication at QoS 1 for each reading, without TCP and IP."""
    total = 0
    for reading in readings:
        payload = json.dumps({"t": reading["boot_ns"], "v": reading["value"]}, separators=(",", ":"))
        body = 2 + len("sluice/v1/bench/" + reading["channel"]) + 2 + len(payload)
        total += 1 + (1 if body < 128 else 2) + body
    return total


def as_senml(readings):
    """Bytes of gzipped SenML packs, likewise."""
    total = 0
    for first in range(0, len(readings), SENML_BATCH):
        pack = [{"n": reading["channel"], "t": reading["boot_ns"] / 1e9, "v": reading["value"]}
                for reading in readings[first:first + SENML_BATCH]]
        body = 2 + len("sluice/v1/bench/senml") + 2 + len(gzip.compress(json.dumps(pack, separators=(",", ":")).encode()))
        total += 1 + (2 if body < 128 * 128 else 3) + body
    return total


def drain_rows():
    with Rig() as rig:
        store(rig, READINGS)
        start(rig, IDLE)
        seconds, status = drained(rig)
        used = processor_seconds(rig.gateway) + processor_seconds(rig.collector)
        held = rig.collected()["readings_held"]
        if held < READINGS or rig.collected()["readings_missing"]:
            sys.exit(f"script/bench: {held} readings have arrived")
        wire = status["uplink"]["wire_bytes_sent"] / held
        # By time, as they would have been sent.
        readings = sorted(rig.exported()[:100 * SENML_BATCH], key=lambda reading: reading["boot_ns"])
    yield "drain of 1 M readings into SQLite", held / seconds, "1/s", 500_000
    yield "the same, times 1,000 readings/s", held / seconds / 1_000, "x", 20
    yield "processor, send and receive", used / held * 1e6, "us", None
    yield "sent on the wire, per reading", wire, "B", None
    yield "JSON per message, without TCP and IP", as_json(readings) / len(readings), "B", None
    yield "SenML and gzip, 1,000 a batch, likewise", as_senml(readings) / len(readings), "B", None


def latencies(rig, before_ns):
    """Of each alert raised before then (boot time), from its sample to its arrival at the collector, in ms."""
    offset = time.clock_gettime_ns(time.CLOCK_REALTIME) - time.clock_gettime_ns(time.CLOCK_BOOTTIME)
    arrivals = rig.query(
        "SELECT alert_event.time_ns, min(arrived_wall_ns) FROM alert_event JOIN stream USING (run)"
        " JOIN chunk ON chunk.stream = stream.id AND time_ns BETWEEN chunk.first_ns AND chunk.last_ns"
        f" WHERE stream.stream = 0 AND change = 0 AND time_ns < {before_ns} GROUP BY alert_event.time_ns")
    return sorted((arrived - offset - sampled) / 1e6 for sampled, arrived in arrivals)


def alert_rows(name, backlog, seconds, period, carry=lambda rig: None):
    with Rig() as rig:
        carry(rig)
        if backlog:
            store(rig, backlog)
        start(rig, ALERT.format(period=period))
        rig.wait_for_gateway()
        if backlog:
            wait_until(lambda: (rig.collected() or {}).get("readings_held", 0) >= 0.9 * backlog, "most has arrived", 900)
        else:
            time.sleep(seconds)
        before = time.clock_gettime_ns(time.CLOCK_BOOTTIME)
        time.sleep(LATE_SECONDS)
        found = latencies(rig, before)
    if not found:
        sys.exit(f"script/bench: no alert has arrived: {name}")
    for quantile in (0.5, 0.99):
        yield (f"sample to collector, {name}, p{quantile * 100:.0f} of {len(found)}",
               found[min(int(quantile * len(found)), len(found) - 1)], "ms", None)


def measure(seconds):
    """(name, value, unit, goal) of everything."""
    yield from drain_rows()
    yield from alert_rows("idle loopback", 0, seconds, "200ms")
    yield from alert_rows("loopback and a backlog", READINGS, seconds, "200ms")
    if reason := why_not():
        print(f"script/bench: the slow line is left out: {reason}", file=sys.stderr)
        return
    for name, backlog in (("idle", 0), ("and a backlog", SLOW_READINGS)):
        with contextlib.ExitStack() as stack:
            line = stack.enter_context(SlowLink(SLOW))
            yield from alert_rows(f"64 kbit/s, {name}", backlog, 2 * seconds, "500ms", line.carry)
