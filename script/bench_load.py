"""What script/bench measures of a gateway under load: memory, processor and flash at so many readings a second,
with a broker and a collector that take them; here, or on the emulated board of tests/integration."""
import contextlib
import json
import os
import pathlib
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
os.environ.setdefault("SLUICE_BUILD", str(ROOT / "build" / "host-release"))
sys.path.insert(0, str(ROOT / "tests" / "integration"))

from rig import Rig, wait_until  # noqa: E402: it takes its build folder from the environment

CHANNELS = 100
# Readings a second: the period of each channel that makes them.
PERIODS = {100: "1s", 1000: "100ms"}
# What a start costs, and until the first chunks have been sent.
SETTLE_SECONDS = 40
DAY_SECONDS = 86_400

HEAD = """
[gateway]
id = "loaded"
"""
# As a sensor with 12 bits would give it, so that it packs as such.
CHANNEL = """
[[channel]]
name = "channel{number}"
driver = "simulated"
shape = "random_walk"
amplitude = 0.05
mean = 20
resolution = 0.0625
seed = {number}
unit = "Cel"
period = "{period}"
"""


def channels(readings_per_second):
    period = PERIODS[readings_per_second]
    return "".join(CHANNEL.format(number=number, period=period) for number in range(1, CHANNELS + 1))


def processor_seconds(stat):
    """Of the text of /proc/<pid>/stat, on a kernel that counts 100 ticks a second."""
    fields = stat.rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / 100


def pss_bytes(rollup):
    return next(int(line.split()[1]) * 1024 for line in rollup.splitlines() if line.startswith("Pss:"))


def measured(look, seconds):
    """Rows of what `look` gives, at the begin and the end: (seconds, status, stat, smaps_rollup)."""
    wait_until(lambda: look()[1]["uplink"]["up"], "the link is up")
    time.sleep(SETTLE_SECONDS)
    began, before, stat, _ = look()
    time.sleep(seconds)
    ended, after, stat_after, rollup = look()
    took = ended - began
    readings = after["readings"]["stored"] - before["readings"]["stored"]
    written = after["flash"]["device_bytes"] - before["flash"]["device_bytes"]
    return {
        "readings/s stored": readings / took,
        "PSS": pss_bytes(rollup) / 1e6,
        "processor": 100 * (processor_seconds(stat_after) - processor_seconds(stat)) / took,
        "written to the disk": written / took * DAY_SECONDS / 1e6,
        "of that per reading": written / max(readings, 1),
    }


UNITS = {"readings/s stored": "1/s", "PSS": "MB", "processor": "% of a core", "written to the disk": "MB/day", "of that per reading": "B"}


def here(seconds):
    """{readings a second: rows}."""
    found = {}
    for load in PERIODS:
        with Rig() as rig:
            rig.config.write_text(HEAD + channels(load))
            rig.start_broker()
            rig.start_collector()
            rig.start_gateway()

            def look():
                status = rig.wait_for_gateway()
                process = pathlib.Path(f"/proc/{rig.gateway.pid}")
                return (time.monotonic(), status, (process / "stat").read_text(), (process / "smaps_rollup").read_text())
            found[load] = measured(look, seconds)
    return found


def on_the_board(seconds):
    """The same in the guest, and the seconds from `systemctl start` to readiness, and the size of what is installed."""
    import board  # the emulator is not needed elsewhere
    import board_test
    if why := board.missing() or (None if board.arm64_package() else "there is no arm64 package; script/package makes it"):
        sys.exit(f"script/bench: {why}")
    found = {}
    with contextlib.ExitStack() as stack:
        site = board_test.SITE = board_test.Site()
        stack.callback(site.stop)
        site.start()
        installed = int(site.board.run("dpkg-query --listfiles sluice | while read -r f; do [ -f $f ] && stat -c %s $f; done "
                                       "| awk '{ n += $1 } END { print n }'"))
        for load in PERIODS:
            site.configure(channels(load), storage="")
            site.restart(fresh=True)

            def look():
                text = site.board.run("read -r up _ </proc/uptime; pid=$(systemctl show -P MainPID sluice); echo $up; cat /proc/$pid/stat; "
                                      "cat /proc/$pid/smaps_rollup; echo END; sluice status --json")
                rest, _, status = text.partition("END\n")
                up, stat, rollup = rest.split("\n", 2)
                return float(up), json.loads(status), stat, rollup
            found[load] = measured(look, seconds)
        site.board.run("systemctl stop sluice")
        start = float(site.board.run("read -r a _ </proc/uptime; systemctl start sluice; read -r b _ </proc/uptime; "
                                     "echo $a $b | awk '{ print $2 - $1 }'"))
    return found, start, installed
