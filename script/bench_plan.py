"""What script/bench measures of `sluice plan`: what it foretells of a gateway, beside what that gateway does with a real
broker and collector: bytes on the wire both ways, chunks, and bytes to the disk."""
import json
import os
import pathlib
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
os.environ.setdefault("SLUICE_BUILD", str(ROOT / "build" / "host-release"))
sys.path.insert(0, str(ROOT / "tests" / "integration"))

from rig import SLUICE, Rig, wait_until  # noqa: E402: it takes its build folder from the environment

# What a start costs, and until the first chunks have been sent.
SETTLE_SECONDS = 45
MONTH_SECONDS = 30 * 86_400
DAY_SECONDS = 86_400

HEAD = """
[gateway]
id = "planned"
[realtime]
lock_memory = false
"""
CHANNEL = """
[[channel]]
name = "channel{number}"
driver = "simulated"
unit = "Cel"
seed = {number}
mean = 20
{shape}
period = "{period}"
"""
# A sensor of 12 bits that drifts; values with two decimals; contacts and set points.
SHAPES = ('shape = "random_walk"\namplitude = 0.05\nresolution = 0.0625',
          'shape = "noise"\namplitude = 0.03\nresolution = 0.01',
          'shape = "sine"\namplitude = 3.0\nresolution = 0.01',
          'shape = "steps"\namplitude = 1.0\nresolution = 0.01\nsine_period = "20s"',
          'shape = "constant"')
CASES = {"16 readings/s": (16, "1s"), "100 readings/s": (100, "1s"), "1,000 readings/s": (100, "100ms")}


def config(channels, period):
    return HEAD + "".join(CHANNEL.format(number=number, shape=SHAPES[number % len(SHAPES)], period=period)
                          for number in range(channels))


def planned(rig, *options):
    done = subprocess.run([SLUICE, "plan", rig.config, "--format", "json", "--alarms-per-day", "0", *options],
                          check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def look(rig):
    status = rig.status()
    uplink = status["uplink"]
    return (time.monotonic(), uplink["wire_bytes_sent"] + uplink["wire_bytes_received"],
            status["readings"]["stored"], status["flash"]["device_bytes"])


def measure(seconds):
    """(name, planned, unit, measured)."""
    for name, (channels, period) in CASES.items():
        with Rig() as rig:
            rig.config.write_text(config(channels, period))
            rig.start_broker()
            rig.start_collector()
            rig.start_gateway()
            wait_until(lambda: (status := rig.status()) and status["uplink"]["up"], "the link is up")
            time.sleep(SETTLE_SECONDS)
            before = look(rig)
            time.sleep(seconds)
            after = look(rig)
            if rig.status()["uplink"]["links_lost"]:
                sys.exit("script/bench: the link did not last")
            took, wire, readings, device = (now - then for then, now in zip(before, after))
            plan = planned(rig)
            knows = planned(rig, "--measured", rig.state)
        yield f"{name}: recorded", plan["readings_per_second"], "1/s", readings / took
        for which, forecast in (("", plan), (", buffer looked at", knows)):
            foretold = forecast["links"][0]["bytes_per_month"] / MONTH_SECONDS
            yield f"{name}: on the wire{which}", foretold, "B/s", wire / took
        yield f"{name}: to the disk", plan["device_bytes_per_day"] / DAY_SECONDS / 1e3, "kB/s", device / took / 1e3
