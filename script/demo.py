#!/usr/bin/env python3
"""Runs broker, collector and gateway on this machine and shows what they do, until Ctrl-C.

Everything lives in a folder of its own and ends with the demo. The exit status is 1 if a reading
was produced that is neither at the collector, nor waiting at the gateway, nor declared missing.

With --outage the path from the gateway to the broker is cut for a while. It is held to 32 kbit/s then,
and three vibration sensors are read 200 times a second, so that one can watch what waits, and in which
order it is sent once the path is back.
"""
import argparse
import contextlib
import json
import pathlib
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "integration"))

import demo_view as view  # noqa: E402: all of these are found beside this script and above
from demo_arrivals import Arrivals, boot_now  # noqa: E402
from path import Path  # noqa: E402

BROKER_DOWN_SECONDS = 5
OUTAGE_SECONDS = 20
PLAIN_SECONDS = 5  # from line to line where there is no terminal
# What the demo of an outage has besides config/demo.toml: a link that is slow enough to look at, and
# enough that waits for it.
NARROW_LINK = """
[[uplink.profile]]
name = "narrow"
interfaces = ["lo"]
rate = "32kbit/s"
"""
VIBRATION = """
[[channel]]
name = "vibration_{axis}"
driver = "simulated"
shape = "noise"
amplitude = 0.5
resolution = 0.01
seed = {seed}
unit = "m/s2"
period = "5ms"
"""


class Outage:
    """The path is cut, or the broker is killed, and comes back. Times are seconds of the boot clock."""

    def __init__(self, what, begin, end, planned):
        self.began = boot_now()  # of the demo
        self._what, self._begin, self._end = what, begin, end
        self._planned = planned  # (first, last) second from there on; None: there is none
        self.gone_at = self.back_at = None
        self.link_back = None

    def step(self, now):
        if self._planned is None:
            return
        first, last = self._planned
        if self.gone_at is None and now >= self.began + first:
            self._begin()
            self.gone_at = now
        elif self.gone_at is not None and self.back_at is None and now >= self.began + last:
            self._end()
            self.back_at = now

    def look(self, status, now):
        if self.back_at is None or self.link_back is not None or not status["uplink"]["up"]:
            return
        self.link_back = now - status["uplink"]["since_s"]

    def phase(self):
        if self._planned is None:
            return ""
        if self.gone_at is None:
            return f"{self._what} is there"
        if self.back_at is None:
            return f"{self._what} is gone"
        return f"{self._what} is back" if self.link_back is None else "the link is back"

    def words(self, now):
        if self._planned is None:
            return ""
        at = self._planned[0] if self.gone_at is None else self._planned[1] if self.back_at is None else None
        return self.phase() + (f", for {max(self.began + at - now, 0):.0f} s more" if at else "")


class Demo:
    """The three programs, their folder, and what can be asked of them."""

    def __init__(self, programs, folder, narrow):
        self.folder = pathlib.Path(folder)
        self.config = self.folder / "gateway.toml"
        text = (ROOT / "config" / "demo.toml").read_text()
        if narrow:
            text += NARROW_LINK + "".join(VIBRATION.format(axis=axis, seed=seed) for seed, axis in enumerate("xyz"))
        self.config.write_text(text)
        self.sluice = programs / "app" / "sluice"
        self.sluice_collector = programs / "collector" / "sluice-collector"
        self.port = free_port()
        self.path = Path(self.port)
        self.database = self.folder / "collector.db"
        self.final_status = self.folder / "final.json"
        self.broker = self.collector = self.gateway = None

    def start(self):
        self.start_broker()
        self.collector = self.spawn(
            "collector", [self.sluice_collector, "run", "--broker", f"127.0.0.1:{self.port}", "--database", self.database])
        self.gateway = self.spawn(
            "gateway", [self.sluice, "run", "--config", self.config,
                        "--broker", f"mqtt://127.0.0.1:{self.path.port}", "--state-directory", self.folder / "state",
                        "--run-directory", self.folder / "run", "--final-status", self.final_status])

    def start_broker(self):
        config = self.folder / "mosquitto.conf"
        config.write_text(f"listener {self.port} 127.0.0.1\nallow_anonymous true\npersistence false\n")
        # Debian keeps the broker where only root's path looks.
        program = shutil.which("mosquitto") or "/usr/sbin/mosquitto"
        self.broker = self.spawn("broker", [program, "-c", config])

    def kill_broker(self):
        self.broker.kill()
        self.broker.wait()

    def spawn(self, name, command):
        # Ctrl-C is for the demo, which ends the programs in their order.
        with open(self.folder / f"{name}.log", "ab") as log:
            return subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                    start_new_session=True)

    def died(self):
        """Name of a program that ended by itself, if any."""
        for name in ("gateway", "collector"):
            if getattr(self, name).poll() is not None:
                return name
        return None

    def status(self):
        return ask([self.sluice, "status", "--json", "--run-directory", self.folder / "run"])

    def collected(self):
        return ask([self.sluice_collector, "status", "--json", "--database", self.database])

    def alerts_collected(self):
        """How many alerts were raised and cleared, by what arrived."""
        with contextlib.closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as database:
            counts = dict(database.execute("SELECT change, count(*) FROM alert_event GROUP BY change"))
        return counts.get(0, 0), counts.get(3, 0)

    def stop(self):
        """Ends the gateway first, so that what it still sends finds broker and collector alive."""
        for process in (self.gateway, self.collector, self.broker):
            if process is None or process.poll() is not None:
                continue
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def ask(command):
    try:
        done = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=5)
        return json.loads(done.stdout) if done.returncode == 0 else None
    except (subprocess.TimeoutExpired, json.JSONDecodeError):
        return None


def number(value):
    return "-" if value is None else f"{value:.6g}"


def overview(status, collected, note):
    """The live view as lines."""
    readings, storage, uplink, loop = (status[key] for key in ("readings", "storage", "uplink", "realtime"))
    held = collected["readings_held"] if collected else 0
    missing = collected["readings_missing"] if collected else 0
    lines = [
        f"sluice {status['version']}  gateway {status['gateway']}  up {status['uptime_s']:.0f} s  rt={loop['rt']}"
        f"  {note}",
        "",
        f"{'channel':<20}{'value':>14} {'unit':<6}{'quality'}",
    ]
    for channel in status["channels"]:
        lines.append(f"{channel['name']:<20}{number(channel['value']):>14} {channel['unit']:<6}{channel['quality']}")
    active = [alert for alert in status["alerts"] if alert["state"] != "cleared"]
    shown = ", ".join(f"{alert['name']} {alert['state']} ({alert['severity']}, x{alert['count']})" for alert in active)
    lines += [
        "",
        f"alerts     {shown or 'none active'}",
        f"buffer     {storage['bytes'] // 1024} KiB of {storage['quota_bytes'] // 1024}, "
        f"{storage['pending_chunks']} chunks waiting, {storage['state']}",
        f"link       {'up' if uplink['up'] else 'DOWN'} for {uplink['since_s']:.0f} s, {uplink['batches_sent']} batches "
        f"({uplink['batches_resent']} again), {uplink['bytes_sent']} bytes",
        f"readings   {readings['produced']} produced, {readings['delivered']} delivered, "
        f"{readings['pending'] + readings['uncommitted']} pending, {missing + readings['lost_ring_full']} in gaps; "
        f"collector holds {held}",
    ]
    return lines


def show(lines, drawn):
    """Redraws in place on a terminal; elsewhere prints the last line only."""
    if sys.stdout.isatty():
        if drawn:
            print(f"\x1b[{drawn}A", end="")
        print("\n".join(line + "\x1b[K" for line in lines), flush=True)
        return len(lines)
    print(lines[-1], flush=True)
    return 0


def watch(demo, arguments, outage, arrivals):
    """Shows the view until the time is up, Ctrl-C, or a program dies."""
    stop = []
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stop.append(True))
    chart = view.Chart(outage.began, arguments.seconds)
    drawn, due, said = 0, 0.0, ""
    while not stop:
        now = boot_now()
        if arguments.seconds and now - outage.began >= arguments.seconds:
            return None
        if dead := demo.died():
            return dead
        outage.step(now)
        # Where nobody watches a line now and then is enough, and one whenever something happens.
        if status := demo.status():
            outage.look(status, now)
            chart.note(status, now)
            happened = outage.phase() != said
            if sys.stdout.isatty() or happened or now >= due:
                said, due = outage.phase(), now + PLAIN_SECONDS
                if collected := demo.collected():
                    arrivals.look()
                lines = (view.outage_view(status, collected, arrivals, outage, chart, now) if arguments.outage
                         else overview(status, collected, outage.words(now)))
                drawn = show(lines, drawn)
        time.sleep(1)
    return None


def settle(demo, outage, seconds=30):
    """Before the end: gives what is under way the time to arrive, and what had to wait for the link."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        status = demo.status()
        if status is None or not status["uplink"]["up"]:
            return
        oldest = view.waiting(status)[2]
        backlog_is_gone = outage.link_back is None or oldest is None or oldest < boot_now() - outage.link_back
        if backlog_is_gone and status["readings"]["pending"] < status["readings"]["produced"] * 0.1:
            return
        time.sleep(0.2)


def balance(demo):
    """The summary, and whether everything produced is accounted for."""
    status = json.loads(demo.final_status.read_text())
    collected = demo.collected()
    raised, cleared = demo.alerts_collected()
    readings = status["readings"]
    produced, pending, delivered = readings["produced"], readings["pending"], readings["delivered"]
    declared = readings["dropped"] + readings["lost_ring_full"]
    unaccounted = produced - delivered - pending - declared - readings["uncommitted"]
    # The collector may hold more than was acknowledged, never less; and nothing twice.
    held = collected["readings_held"]
    balanced = unaccounted == 0 and delivered <= held <= delivered + pending and collected["conflicts"] == 0
    print(f"""
summary
  produced              {produced}
  delivered             {delivered}   (acknowledged by the collector, which holds {held})
  pending               {pending}   (in the buffer, to be sent at the next start)
  declared missing      {declared}
  unaccounted for       {unaccounted}
  duplicates dropped    {collected['duplicates']} chunks
  alerts                {raised} raised, {cleared} cleared
  wake-up lateness      p50 {status['realtime']['lateness_us']['p50']:.0f} us, p99 {status['realtime']['lateness_us']['p99']:.0f} us
  {produced} produced = {held} held by the collector + {delivered + pending - held} pending + {declared} declared
  {'balanced: every reading is accounted for' if balanced else 'NOT BALANCED'}""")
    return balanced


def outage_of(words):
    """(first, last) second of "20" or "20:40"."""
    first, _, last = words.partition(":")
    span = float(first), float(last) if last else float(first) + OUTAGE_SECONDS
    if not 0 < span[0] < span[1]:
        raise ValueError(words)
    return span


def planned_outage(demo, arguments):
    if arguments.break_broker:
        span = (arguments.break_broker, arguments.break_broker + BROKER_DOWN_SECONDS)
        return Outage("the broker", demo.kill_broker, demo.start_broker, span)
    return Outage("the path", demo.path.break_off, demo.path.heal, arguments.outage)


def main():
    parser = argparse.ArgumentParser(prog="script/run", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, help="end by itself after this time, with a summary")
    breaks = parser.add_mutually_exclusive_group()
    breaks.add_argument("--outage", type=outage_of, metavar="FROM[:TO]",
                        help=f"cut the path to the broker from second FROM to second TO (without it for {OUTAGE_SECONDS} s), "
                             "and show what waits and how it is sent")
    breaks.add_argument("--break-broker", type=float, metavar="SECONDS",
                        help=f"kill the broker after this time and start it again {BROKER_DOWN_SECONDS} s later")
    parser.add_argument("--keep", metavar="FOLDER", help="use this new folder and leave databases and logs there")
    parser.add_argument("--programs", type=pathlib.Path, default=ROOT / "build" / "run", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.outage and arguments.seconds and arguments.seconds <= arguments.outage[1]:
        parser.error("--seconds has to leave time after the outage")
    if arguments.keep:
        pathlib.Path(arguments.keep).mkdir(parents=True)
    with tempfile.TemporaryDirectory(prefix="sluice-demo-") as temporary:
        demo = Demo(arguments.programs, arguments.keep or temporary, narrow=bool(arguments.outage))
        arrivals = Arrivals(demo.database)
        try:
            demo.start()
            outage = planned_outage(demo, arguments)
            dead = watch(demo, arguments, outage, arrivals)
            if dead is None:
                settle(demo, outage)
        finally:
            demo.stop()
        if dead:
            sys.stdout.write((demo.folder / f"{dead}.log").read_text(errors="replace")[-4000:])
            sys.exit(f"script/run: the {dead} ended by itself")
        if arguments.outage:
            arrivals.look()
            print("\n" + "\n".join(view.report(arrivals, outage)))
        return 0 if balance(demo) else 1


if __name__ == "__main__":
    sys.exit(main())
