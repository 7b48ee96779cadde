"""What script/bench measures of the uplink, with real gateway, broker and collector.

Other programs run on the machine as well: what is timed is repeated, and the median is what counts.
"""
import contextlib
import gzip
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
os.environ["SLUICE_BUILD"] = str(ROOT / "build" / "host-release")
sys.path.insert(0, str(ROOT / "tests" / "integration"))

from publisher import Publisher  # noqa: E402: found above, like the next
from rig import COLLECTOR, Rig, wait_until  # noqa: E402: it takes its build folder from the environment
from slow_link import SlowLink, why_not  # noqa: E402

READINGS = 1_000_000
CHANNELS = 100
RATE_HZ = 1_000  # of each channel while the backlog is made
REAL_TIME = 1_000  # readings a second of the gateway that a drain is held against
REPEATS = 5
LIVE_SECONDS = 100  # three times as long as it takes readings to be packed
COMPARED_SECONDS = 1  # of the backlog, sent in other formats too
SENML_BATCH = 1_000
SLOW = "64kbit"
SLOW_READINGS = 100_000
# An alert that has not arrived so long after the last one that counts is missing.
LATE_SECONDS = 5
# Every sample that an alert may be of has another place between two looks of storage and uplink,
# which come round every 20 and 50 ms.
ALERT_MS = 211

HEAD = """
[gateway]
id = "bench"
[realtime]
ring = "10s"
lock_memory = false
[storage]
quota = "1GiB"
"""
# What a channel measures. Periods are a number of samples, however fast they are taken.
SHAPES = (
    'shape = "sine"\namplitude = 3.0\nsine_period = "{slow}ms"',
    'shape = "random_walk"\namplitude = 0.02',
    'shape = "noise"\namplitude = 0.03',
    'shape = "steps"\namplitude = 1.0\nsine_period = "{fast}ms"',
    'shape = "constant"',
)
# Raised and cleared again and again: a sample over the limit each time.
ALERT = f"""
[[channel]]
name = "flapping"
driver = "simulated"
shape = "steps"
mean = 20.0
amplitude = 10.0
sine_period = "{ALERT_MS}ms"
unit = "Cel"
period = "1ms"
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


def sensors(rate_hz):
    return "".join(f"""
[[channel]]
name = "channel{number}"
driver = "simulated"
{SHAPES[number % len(SHAPES)].format(slow=600_000 // rate_hz, fast=120_000 // rate_hz)}
mean = {20 + number}
resolution = 0.01
seed = {number + 1}
unit = "Cel"
period = "{1_000 // rate_hz}ms"
""" for number in range(CHANNELS))


def processor_seconds(process):
    """Of all its threads, to the nanosecond."""
    tasks = pathlib.Path(f"/proc/{process.pid}/task").glob("*/schedstat")
    return sum(int(task.read_text().split()[0]) for task in tasks) / 1e9


@contextlib.contextmanager
def backlog(readings):
    """A state directory in which so many readings wait, stored while there was no broker."""
    with tempfile.TemporaryDirectory(prefix="sluice-bench-") as folder:
        state = pathlib.Path(folder, "state")
        with Rig() as rig:
            rig.config.write_text(HEAD + sensors(RATE_HZ))
            rig.start_gateway()
            wait_until(lambda: (status := rig.status()) and status["readings"]["produced"] >= readings,
                       "a backlog is stored")
            if rig.stop_gateway() != 0:
                sys.exit("script/bench: the gateway did not end well:\n" + rig.log("gateway")[-2000:])
            shutil.copytree(rig.state, state)
        yield state


def start(rig, config, state=None):
    """Broker and collector first, so that only the gateway is waited for: its status once its link is up, and
    since when it is, in boot time."""
    if state:
        shutil.copytree(state, rig.state)
    rig.config.write_text(HEAD + config)
    rig.start_broker()
    rig.start_collector()
    wait_until(lambda: "connected" in rig.log("collector"), "the collector is there")
    rig.start_gateway()
    status = wait_until(lambda: (status := rig.status()) and status["uplink"]["up"] and status, "the link is up")
    return status, boot_now() - status["uplink"]["since_s"]


def boot_now():
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def drain(state):
    """Seconds from the link being up until all is acknowledged, processor seconds of (gateway and collector,
    broker) for each reading, the last status, and how many readings are held then."""
    with Rig() as rig:
        first, link_up = start(rig, IDLE, state)
        ours, others = (rig.gateway, rig.collector), (rig.broker,)
        before = [sum(map(processor_seconds, group)) for group in (ours, others)]
        while (status := rig.status())["storage"]["pending_chunks"] > 0:
            time.sleep(0.05)
        seconds = boot_now() - link_up
        delivered = status["readings"]["delivered"] - first["readings"]["delivered"]
        used = [(sum(map(processor_seconds, group)) - at_first) / delivered
                for group, at_first in zip((ours, others), before)]
        collected = rig.collected()
        if collected["readings_held"] < READINGS or collected["readings_missing"]:
            sys.exit(f"script/bench: {collected['readings_held']} readings have arrived")
        return seconds, used, status, collected["readings_held"]


def first_second(state):
    """Of the backlog, by time, as they would have been sent: (channel, boot ns, value)."""
    with Rig() as rig:
        start(rig, IDLE, state)
        rig.wait_drained()
        (first,), = rig.query("SELECT min(first_ns) FROM chunk JOIN stream ON stream.id = chunk.stream WHERE stream.stream = 2")
        last = first + COMPARED_SECONDS * 1_000_000_000
        readings = []
        with subprocess.Popen([COLLECTOR, "export", "--database", rig.database, "--format", "json"],
                              stdout=subprocess.PIPE, text=True) as export:
            for line in export.stdout:
                reading = json.loads(line)
                if first <= reading["boot_ns"] < last:
                    readings.append((reading["boot_ns"], reading["channel"], reading["value"]))
        if export.returncode != 0:
            sys.exit("script/bench: the export failed")
        return sorted(readings)


def on_the_wire(messages):
    """Bytes (sent, received) that MQTT, TCP and IP take for (topic, payload), one at a time to a real broker."""
    with Rig() as rig:
        rig.start_broker()
        wait_until(lambda: "mosquitto version" in rig.log("broker") and "running" in rig.log("broker"), "the broker runs")
        with Publisher(rig.port) as publisher:
            for topic, payload in messages:
                publisher.publish(topic, payload)
            return publisher.finish()


def live():
    """Bytes on the wire for one reading, (sent, received), while they are read, REAL_TIME a second."""
    with Rig() as rig:
        # Without the latest values, which others do not send besides their readings either.
        start(rig, '[uplink]\nlive_every = "0s"\n' + sensors(REAL_TIME // CHANNELS))
        time.sleep(LIVE_SECONDS)
        uplink, held = rig.status()["uplink"], rig.collected()["readings_held"]
        return uplink["wire_bytes_sent"] / held, uplink["wire_bytes_received"] / held


def json_messages(readings):
    for boot_ns, channel, value in readings:
        yield f"sluice/v1/bench/{channel}", json.dumps({"t": wall_ms(boot_ns), "v": value}, separators=(",", ":")).encode()


def senml_packs(readings):
    for first in range(0, len(readings), SENML_BATCH):
        batch = readings[first:first + SENML_BATCH]
        base = wall_ms(batch[0][0])
        pack = [{"n": channel, "t": (wall_ms(boot_ns) - base) / 1e3, "v": value} for boot_ns, channel, value in batch]
        pack[0]["bt"] = base / 1e3
        yield "sluice/v1/bench/senml", gzip.compress(json.dumps(pack, separators=(",", ":")).encode())


def wall_ms(boot_ns):
    return 1_700_000_000_000 + boot_ns // 1_000_000


def drain_rows(state):
    runs = [drain(state) for _ in range(REPEATS)]
    rates = sorted(held / seconds for seconds, _, _, held in runs)
    rate = statistics.median(rates)
    note(f"drain, {REPEATS} times: {rates[0]:,.0f} to {rates[-1]:,.0f} readings/s")
    _, _, status, held = runs[-1]
    yield "drain of 1 M readings into SQLite", rate, "1/s", 500_000
    yield f"the same, of a gateway with {REAL_TIME:,} readings/s", rate / REAL_TIME, "x", 20
    for number, who in enumerate(("gateway and collector", "broker")):
        yield f"processor for one, {who}", statistics.median(used[number] for _, used, _, _ in runs) * 1e6, "us", None
    readings = first_second(state)
    formats = {"Sluice, live": live(),
               "Sluice, a backlog": (status["uplink"]["wire_bytes_sent"] / held, status["uplink"]["wire_bytes_received"] / held)}
    for name, messages in (("JSON, one a message", json_messages), (f"SenML and gzip, {SENML_BATCH:,} a message", senml_packs)):
        formats[name] = [count / len(readings) for count in on_the_wire(messages(readings))]
    for name, (sent, received) in formats.items():
        yield f"on the wire for one: {name}, sent", sent, "B", None
        yield f"on the wire for one: {name}, received", received, "B", None


def latencies(rig, link_up, end):
    """Of each alert raised in between, from its sample to its arrival at the collector, in ms."""
    offset = time.clock_gettime_ns(time.CLOCK_REALTIME) - time.clock_gettime_ns(time.CLOCK_BOOTTIME)
    arrivals = rig.query(
        "SELECT alert_event.time_ns, min(arrived_wall_ns) FROM alert_event JOIN stream USING (run)"
        " JOIN chunk ON chunk.stream = stream.id AND time_ns BETWEEN chunk.first_ns AND chunk.last_ns"
        f" WHERE stream.stream = 0 AND change = 0 AND time_ns BETWEEN {link_up * 1e9:.0f} AND {end * 1e9:.0f}"
        " GROUP BY alert_event.time_ns")
    # Those that are missing would be the slowest.
    raised = int((end - link_up) * 1_000 / ALERT_MS)
    if len(arrivals) < raised:
        sys.exit(f"script/bench: of {raised} alerts {len(arrivals)} have arrived")
    return [(arrived - offset - sampled) / 1e6 for sampled, arrived in arrivals]


def alerts(state, seconds, carry):
    """Latencies for as long as a backlog is sent; without one for `seconds`."""
    with Rig() as rig:
        carry(rig)
        status, link_up = start(rig, ALERT, state)
        if state is None:
            time.sleep(seconds)
        else:
            backlog_readings = status["readings"]["stored"]
            while status["readings"]["delivered"] < backlog_readings:
                time.sleep(0.05)
                status = rig.status()
        end = boot_now()
        time.sleep(LATE_SECONDS)
        return latencies(rig, link_up, end)


def alert_rows(name, state, seconds, repeats, carry=lambda rig: None):
    found = sorted(latency for _ in range(repeats) for latency in alerts(state, seconds, carry))
    for quantile in (0.5, 0.99):
        yield (f"sample to collector, {name}, p{quantile * 100:.0f} of {len(found)}",
               found[min(int(quantile * len(found)), len(found) - 1)], "ms", None)


def note(words):
    print(f"script/bench: {words}", file=sys.stderr)


def note_load(when):
    note(f"load average {when}: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")


def measure(seconds):
    """(name, value, unit, goal) of everything."""
    note_load("at the start")
    yield from alert_rows("idle loopback", None, 3 * seconds, 1)
    with backlog(READINGS) as state:
        yield from drain_rows(state)
        yield from alert_rows("loopback and a backlog", state, seconds, REPEATS)
    if reason := why_not():
        note(f"the slow line is left out: {reason}")
        return
    with SlowLink(SLOW) as line, backlog(SLOW_READINGS) as state:
        yield from alert_rows("64 kbit/s, idle", None, 3 * seconds, 1, line.carry)
        yield from alert_rows("64 kbit/s and a backlog", state, seconds, 1, line.carry)
    note_load("at the end")
